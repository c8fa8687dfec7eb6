"""Work: one tenant, one actor, one transaction. Every service function takes it first."""

from __future__ import annotations

import asyncio
from collections.abc import (
    AsyncIterator,
    Awaitable,
    Callable,
    Coroutine,
    Iterable,
    Mapping,
    Sequence,
)
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from typing import Any, TypeVar, TypeVarTuple, cast
from uuid import UUID
from zoneinfo import ZoneInfo

import structlog
from sqlalchemy import Executable, Result, Row, Select, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession

from ..authz.permit import allowed, reach
from ..infra import database
from ..infra.errors import Forbidden, ModuleOff, NotFound
from ..infra.i18n import _
from ..infra.runtime import Runtime
from ..infra.storage import Storage
from .actors import Actor
from .log.access_log import Action, Noted, lasting, noted
from .log.noting import write_noted, write_within
from .modules import module_of
from .rows import TenantRow
from .sign_in.assurance import Demand, step_up, unmet
from .tenant_session import TenantSession, collision

log = structlog.get_logger()

STOCKHOLM = ZoneInfo("Europe/Stockholm")

FINISH_SECONDS = 3
"""What a statement has to finish in when whoever asked for it is cancelled."""

CORE = frozenset(
    {
        "actions",
        "organisation",
        "people",
        "roles",
        "sessions",
        "tokens",
        "tenant",
        "transfer",
        "feedback",
        "files",
        "jobs",
        "leavers",
        "log",
        "mywork",
    }
)
"""What every municipality has; all other permissions belong to a module that can be off."""

M = TypeVar("M", bound=TenantRow)
T = TypeVar("T")
Ts = TypeVarTuple("Ts")


@dataclass(frozen=True, slots=True)
class Tenancy:
    """The municipality that a piece of work is for, as it stood when the work began."""

    id: UUID
    slug: str
    name: str
    languages: tuple[str, ...] = ("sv",)
    accent: str = "#1f5f8b"
    modules: frozenset[str] = frozenset()
    demands: frozenset[Demand] = frozenset()
    """The levels of assurance that parts of the service ask for."""
    locked: frozenset[Demand] = frozenset()
    """Those that the actor does not meet: their modules are not among `modules`."""


def module_is_on(tenant: Tenancy, permission: str) -> bool:
    module = module_of(permission)
    return (module in CORE or module in tenant.modules) and not lock_on(tenant, module)


def lock_on(tenant: Tenancy, module: str) -> Demand | None:
    return next((demand for demand in tenant.locked if demand.module == module), None)


def opened_to(tenant: Tenancy, actor: Actor) -> Tenancy:
    """The municipality as it is open to the actor: a module that asks for a higher level than they
    came in with is shut, by every way. The service itself is not held to any."""
    service_itself = actor.id is None and actor.support_id is None
    if not tenant.demands or service_itself:
        return tenant
    locked = unmet(tenant.demands, level=actor.level, program=_by_program(actor))
    shut = {demand.module for demand in locked}
    return replace(tenant, locked=locked, modules=tenant.modules - shut)


@dataclass(slots=True)
class Work:
    """One tenant, one actor, one transaction. Only the edge that opened it commits."""

    tenant: Tenancy
    actor: Actor
    runtime: Runtime
    session: AsyncSession
    now: datetime
    _lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    _afterwards: list[Callable[[], Awaitable[None]]] = field(default_factory=list)
    _noted: list[Noted] = field(default_factory=list)

    @property
    def storage(self) -> Storage:
        return self.runtime.storage

    @property
    def today(self) -> date:
        return self.now.astimezone(STOCKHOLM).date()

    # Reading and writing. One lock, since sibling resolvers run at once on one connection.

    async def execute(self, statement: Executable) -> Result[Any]:
        return await self._undivided(lambda: self.session.execute(statement))

    async def run(self, statement: Executable, values: Mapping[str, object]) -> Result[Any]:
        """A statement on tables, made beforehand: nothing is added to it, so it has to name the
        municipality on every relation, as `:tenant`."""
        given = {**values, "tenant": self.tenant.id}

        async def call() -> Result[Any]:
            await self.session.flush()
            connection = await self.session.connection()
            return await connection.execute(statement, given)

        return await self._undivided(call)

    async def rows(self, statement: Select[*Ts]) -> Sequence[Row[*Ts]]:
        result: Result[*Ts] = await self.execute(statement)
        return result.all()

    async def scalars(self, statement: Select[T]) -> Sequence[T]:
        result: Result[T] = await self.execute(statement)
        return result.scalars().all()

    async def first(self, statement: Select[T]) -> T | None:
        result: Result[T] = await self.execute(statement)
        return result.scalars().first()

    async def raw(self, sql: str, parameters: Sequence[Any]) -> Sequence[Sequence[Any]]:
        """The rows of a statement that names its tenant by itself, as the driver reads them."""

        async def fetch() -> Sequence[Sequence[Any]]:
            driver = await database.driver(await self.session.connection())
            return await driver.fetch(sql, *parameters)

        return await self._undivided(fetch)

    async def find(self, model: type[M], id: UUID) -> M | None:
        return await self.first(select(model).where(model.id == id))

    async def get(self, model: type[M], id: UUID, *, field: str | None = None) -> M:
        """The row, or NotFound; a foreign id and an absent one get the same answer."""
        row = await self.find(model, id)
        if row is None:
            raise NotFound(field=field)
        return row

    def add(self, *rows: TenantRow) -> None:
        self.session.add_all(rows)

    async def flush(self) -> None:
        await self._undivided(self.session.flush)

    async def delete(self, row: TenantRow) -> None:
        await self._undivided(lambda: self.session.delete(row))

    async def _undivided(self, call: Callable[[], Coroutine[Any, Any, T]]) -> T:
        """Alone on the connection, and to its end even if whoever asked is cancelled meanwhile.

        GraphQL cancels the siblings of a field that is refused, and a statement that is cut off
        takes the connection with it, and so the transaction that the others are in.
        """
        async with self._lock:
            running = asyncio.create_task(call())
            try:
                return await asyncio.shield(running)
            finally:
                if not running.done():
                    await asyncio.wait([running], timeout=FINISH_SECONDS)
                    running.cancel()

    @asynccontextmanager
    async def attempt(self) -> AsyncIterator[None]:
        """A savepoint: what happens within is undone when it raises, and only that.

        A broken constraint of the database, such as two people adding the same code at the same
        moment, becomes a Conflict.
        """
        later, noted_before = len(self._afterwards), len(self._noted)
        try:
            async with self.session.begin_nested():
                yield
                await self.flush()
        except BaseException as error:
            del self._afterwards[later:]
            self._noted[noted_before:] = lasting(self._noted[noted_before:])
            if isinstance(error, IntegrityError):
                raise collision(error) from error
            raise

    # May they.

    def allows(self, permission: str, *, at: UUID | None = None, owner: UUID | None = None) -> bool:
        return module_is_on(self.tenant, permission) and allowed(
            self.actor, permission, at=at, owner=owner
        )

    def require(
        self, permission: str, *, at: UUID | None = None, owner: UUID | None = None
    ) -> None:
        """Forbidden unless the actor may do `permission` at the unit; ModuleOff if it is off."""
        lock = lock_on(self.tenant, module_of(permission))
        if lock is None and not module_is_on(self.tenant, permission):
            raise ModuleOff()
        if not allowed(self.actor, permission, at=at, owner=owner):
            raise Forbidden(
                _(
                    "You do not have the right to do this here. "
                    "An administrator can give it to you."
                ),
                permission=permission,
                at=at,
            )
        if lock is not None:
            raise step_up(lock, program=_by_program(self.actor))

    def reach(self, permission: str) -> frozenset[UUID] | None:
        """The units where the actor may do `permission`; None is every unit."""
        return reach(self.actor, permission)

    # What the access log is to keep.

    def note(
        self,
        action: Action,
        kind: str,
        *,
        records: Iterable[UUID] = (),
        about: Iterable[UUID] = (),
        unit_id: UUID | None = None,
        detail: Mapping[str, str] | None = None,
        by: UUID | None = None,
    ) -> None:
        """One entry: what the actor did with which rows, about which people of the register.

        It is written when the work ends, and where it cannot be, the work gives no answer.
        """
        self._noted.append(
            noted(
                self.actor,
                action,
                kind,
                records=records,
                about=about,
                unit_id=unit_id,
                detail=detail,
                by=by,
            )
        )

    def noted(self, kind: str) -> frozenset[UUID]:
        """The records of a kind that are noted already, whatever was done with them."""
        return frozenset(
            UUID(id)
            for entry in self._noted
            if entry.content["kind"] == kind
            for id in cast("list[str]", entry.content["records"])
        )

    async def settle(self) -> None:
        """Write what is noted so far, of work that only reads and whose answer leaves before its
        end."""
        entries = self._noted[:]
        self._noted.clear()
        if entries:
            await write_noted(self.runtime, self.tenant.id, entries)

    # The end.

    def after_commit(self, call: Callable[[], Awaitable[None]]) -> None:
        """Have `call` awaited once the work is committed; not at all if it is not."""
        self._afterwards.append(call)

    async def afterwards(self) -> None:
        for call in self._afterwards:
            try:
                await call()
            except Exception:
                # The work is done and kept; a sweep mends what this call should have sent.
                log.exception("after_commit_failed", tenant=self.tenant.slug)


@asynccontextmanager
async def open_work(
    runtime: Runtime, tenant: Tenancy, actor: Actor, *, write: bool, rights: int | None = None
) -> AsyncIterator[Work]:
    """Begin the work, commit it if the block ends well and `write` is set, else roll it back.

    The five edges call this (GraphQL operation, page, job, command, import) and nothing else does.
    Raises Forbidden where somebody who may only look wants to write: see `guises`; Outdated, before
    anything is done, where the rights of the municipality are no more at the version `rights`.
    """
    if write and actor.looks_only:
        await write_noted(runtime, tenant.id, [noted(actor, Action.REFUSED, "write")])
        raise Forbidden(_only_looking(actor))
    tenant = opened_to(tenant, actor)
    work = None
    try:
        async with _transaction(runtime, tenant, actor, write=write, rights=rights) as work:
            yield work
    finally:
        # Here what was written is noted already; what was read, or refused, remains.
        if work is not None and work._noted:
            await write_noted(runtime, tenant.id, work._noted)
    if write:
        await work.afterwards()


@asynccontextmanager
async def _transaction(
    runtime: Runtime, tenant: Tenancy, actor: Actor, *, write: bool, rights: int | None
) -> AsyncIterator[Work]:
    async with runtime.engine.connect() as connection:
        done = False
        session = AsyncSession(
            connection,
            sync_session_class=TenantSession,
            expire_on_commit=False,
            info={"tenant_id": tenant.id, "actor": actor},
        )
        work = Work(tenant, actor, runtime, session, datetime.now(UTC))
        try:
            await database.begin(
                connection,
                tenant.id,
                write=write,
                distributed=runtime.settings.distributed,
                rights=rights,
            )
            yield work
            if write:
                await work.flush()
            # A refused field cancels its siblings, whose statement may be under way still.
            async with work._lock:
                if write and work._noted:
                    await write_within(runtime, connection, tenant.id, work._noted)
                await database.end(connection, commit=write)
            if write:
                work._noted.clear()
            done = True
        except IntegrityError as error:
            raise collision(error) from error
        finally:
            if not done:
                work._noted[:] = lasting(work._noted)
                await _roll_back(connection, work._lock)
            await session.close()


def _by_program(actor: Actor) -> bool:
    return actor.scopes is not None and actor.support_id is None


def _only_looking(actor: Actor) -> str:
    if actor.behind is not None:
        return _("You see the service as {name}, and can only read here.", name=actor.name)
    return _("The municipality lets support read here, and change nothing.")


async def _roll_back(connection: AsyncConnection, lock: asyncio.Lock) -> None:
    try:
        async with lock:
            await asyncio.shield(database.end(connection, commit=False))
    except BaseException as error:
        # A connection that cannot even roll back, or was cancelled at it, must not go back to the
        # pool with its tenant.
        await connection.invalidate()
        if isinstance(error, asyncio.CancelledError):
            raise
