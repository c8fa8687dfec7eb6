"""What a resolver has at hand: the work of this request and its loaders."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Hashable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, TypeVar
from uuid import UUID

import strawberry
from sqlalchemy import ColumnElement, SQLColumnExpression, select
from sqlalchemy.orm import InstrumentedAttribute
from strawberry.dataloader import DataLoader

from ..infra.errors import InvalidInput
from ..infra.i18n import _
from ..infra.runtime import Runtime
from ..tenants.actors import Actor
from ..tenants.log.access_log import Action
from ..tenants.rows import TenantRow
from ..tenants.work import Tenancy, Work, open_work

M = TypeVar("M", bound=TenantRow)
K = TypeVar("K", bound=Hashable)
V = TypeVar("V")


MOST_RECORDS = 20_000


@dataclass(frozen=True, slots=True)
class Logged:
    """What the access log is told where an answer shows a record, or some field of it: `about`
    names the column that holds whom it is about. Those who see their `own` need not be told of.
    Who does not hold `permission` sees it of nobody else."""

    kind: str
    about: str
    permission: str = ""
    own: bool = False


@dataclass
class Context:
    """One request. Loaders live as long as the request, so they never mix tenants."""

    work: Work
    loaders: dict[Hashable, DataLoader[Any, Any]] = field(default_factory=dict)
    taken: int = 0
    seen: dict[str, dict[UUID, UUID | None]] = field(default_factory=dict)
    """By kind, the records that the log is to be told of, and whom each is about."""

    async def by_id(self, model: type[M], id: UUID) -> M | None:
        """The row with this id; all that siblings ask for come in one statement."""

        async def load(ids: list[UUID]) -> list[M | None]:
            rows = await self.work.scalars(select(model).where(model.id.in_(ids)))
            found = {row.id: row for row in rows}
            return [found.get(id) for id in ids]

        return await self.batch(model, id, load)

    async def children(
        self,
        model: type[M],
        column: InstrumentedAttribute[UUID] | InstrumentedAttribute[UUID | None],
        id: UUID,
        *,
        order: Sequence[SQLColumnExpression[Any]] = (),
        where: ColumnElement[bool] | None = None,
        name: Hashable = None,
    ) -> list[M]:
        """The rows whose `column` is this id, in order; one statement for all siblings.

        Siblings are those with the same column, or the same `name` where order or `where` differ.
        """

        async def load(ids: list[UUID]) -> list[list[M]]:
            statement = select(model).where(column.in_(ids)).order_by(*order, model.id)
            if where is not None:
                statement = statement.where(where)
            found: dict[UUID, list[M]] = {id: [] for id in ids}
            for row in await self.work.scalars(statement):
                found[getattr(row, column.key)].append(row)
            return [found[id] for id in ids]

        return await self.batch((model, column.key, name), id, load)

    async def batch(
        self, name: Hashable, key: K, load: Callable[[list[K]], Awaitable[list[V]]]
    ) -> V:
        """One of what `load` fetches for all siblings that ask under the same name."""
        loader = self.loaders.setdefault(name, DataLoader(load_fn=load))
        found: V = await loader.load(key)
        self.take(len(found) if isinstance(found, list) else 1)
        return found

    def take(self, records: int) -> None:
        """Count what the answer comes to. Lists within lists multiply, also when they are loaded
        only once, and no count beforehand knows how long they are. Raises InvalidInput."""
        self.taken += records
        if self.taken > MOST_RECORDS:
            raise InvalidInput(
                _(
                    "The query fetches more than {most} records. Ask for less at a time.",
                    most=MOST_RECORDS,
                )
            )

    def saw(self, logged: Logged | None, *rows: Any) -> None:
        """The answer shows these rows."""
        if logged is None or (logged.permission and not self.work.allows(logged.permission)):
            return
        actor = self.work.actor
        for row in rows:
            about = getattr(row, logged.about)
            own = about is not None and about == actor.id and actor.behind is None
            if logged.own or not own:
                self.saw_one(logged.kind, row.id, about)

    def saw_one(self, kind: str, id: UUID, about: UUID | None) -> None:
        self.seen.setdefault(kind, {})[id] = about

    def tell(self) -> None:
        """Note what the answer shows, an entry for each kind, without what the services have noted
        themselves. Called when the answer is made, before it is given."""
        for kind in sorted(self.seen):
            about = {id: self.seen[kind][id] for id in self._untold(kind)}
            if about:
                people = [person for person in about.values() if person is not None]
                self.work.note(Action.READ, kind, records=about, about=people)
        self.seen.clear()

    def _untold(self, kind: str) -> list[UUID]:
        told = self.work.noted(kind)
        return sorted(id for id in self.seen[kind] if id not in told)

    def forget(self) -> None:
        """Drop what has been loaded, after something was written."""
        self.loaders.clear()


class SubscriptionContext(Context):
    """One subscription. It outlives any transaction, so each of its results gets a work."""

    def __init__(self, runtime: Runtime, tenant: Tenancy, actor: Actor) -> None:
        self.loaders, self.taken, self.seen = {}, 0, {}
        self.told: set[tuple[str, UUID]] = set()
        self.runtime, self.tenant, self.actor = runtime, tenant, actor

    @asynccontextmanager
    async def look(self) -> AsyncIterator[None]:
        """Hold a read work while the fields of one result are resolved: yield it within."""
        async with open_work(self.runtime, self.tenant, self.actor, write=False) as self.work:
            self.forget()
            yield

    async def settle(self) -> None:
        """Have the log hold what a result shows before it is sent: its work goes on meanwhile."""
        if hasattr(self, "work"):  # not where it is refused before its first look
            self.tell()
            await self.work.settle()

    def _untold(self, kind: str) -> list[UUID]:
        """A stream tells of a record once, however often it shows it."""
        new = [id for id in super()._untold(kind) if (kind, id) not in self.told]
        self.told.update((kind, id) for id in new)
        return new


Info = strawberry.Info[Context, None]
