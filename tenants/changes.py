"""What others have changed: told when it is committed, and kept a day for those who were away.

A topic is a text such as `goals:<unit>:<year>` that the modules name. Who may follow which topic
is asked at the edges, and what is said here is only that something changed, never what it became.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Any, cast
from uuid import UUID

from sqlalchemy import (
    ARRAY,
    BigInteger,
    ColumnElement,
    Executable,
    Index,
    Table,
    Text,
    UniqueConstraint,
    Uuid,
    and_,
    bindparam,
    case,
    column,
    delete,
    func,
    literal,
    or_,
    select,
    text,
)
from sqlalchemy import cast as sql_cast
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import InstrumentedAttribute, Mapped, mapped_column
from sqlalchemy.types import TypeEngine

from ..infra.errors import InvalidInput
from ..infra.i18n import _
from .models import Person
from .rows import Code, TenantRow, refers, uuid7
from .work import Work

CHANNEL = "roder_live"
KEPT = timedelta(days=1)
MOST_IDS = 100
MOST_ROWS = 500
"""Changes that one look tells one by one; of more it says only where they were."""


class Change(TenantRow):
    """That one transaction changed something in a topic; `ids` empty means too much to name.

    `transaction` is PostgreSQL's own number of it, which tells whether it was over at a moment.
    """

    __tablename__ = "changes"
    __table_args__ = (
        refers("person_id", "people"),
        UniqueConstraint(
            "tenant_id", "topic", "transaction", name="uq_changes_tenant_id_topic_transaction"
        ),
        Index("ix_changes_age", "tenant_id", "created_at"),
    )

    topic: Mapped[Code]
    transaction: Mapped[int] = mapped_column(
        BigInteger, server_default=text("(pg_current_xact_id()::text)::bigint")
    )
    person_id: Mapped[UUID | None]
    ids: Mapped[list[UUID]] = mapped_column(ARRAY(Uuid))


@dataclass(frozen=True, slots=True)
class Changed:
    """Something in `topic` was changed; no `ids` means that all of it is to be looked at anew."""

    topic: str
    ids: tuple[UUID, ...]
    person_id: UUID | None
    name: str | None
    at: datetime | None


@dataclass(frozen=True, slots=True)
class Moment:
    """What had been committed at a moment: PostgreSQL's snapshot, and its clock in seconds.

    As text it is the cursor of those who follow. A number or a time would lose what: a
    transaction that began earlier may be committed later.
    """

    seconds: int
    first_open: int
    next: int
    open: tuple[int, ...] = ()

    def __str__(self) -> str:
        numbers = ",".join(map(str, self.open))
        return f"{self.seconds}-{self.first_open}:{self.next}:{numbers}"

    def misses(self, column: InstrumentedAttribute[int]) -> ColumnElement[bool]:
        """Whether a transaction was not over at the moment."""
        return and_(column >= self.first_open, or_(column >= self.next, column.in_(self.open)))

    def has(self, column: InstrumentedAttribute[int]) -> ColumnElement[bool]:
        return and_(column < self.next, column.not_in(self.open))


async def tell_changed(work: Work, topic: str, *ids: UUID) -> None:
    """Let those who follow the topic know, once this work is committed, and not if it is not.

    `ids` are what was changed; none, or more than a hundred in one work, means all of it.
    """
    await tell_all_changed(work, {topic: ids})


async def tell_all_changed(work: Work, topics: Mapping[str, Collection[UUID]]) -> None:
    """As `tell_changed`, for many topics at once."""
    if not topics:
        return
    told = sorted(topics.items())
    given = {
        "new": [uuid7() for _each in told],
        "topics": [topic for topic, _ids in told],
        "ids": [_array(ids) for _topic, ids in told],
        "person": work.actor.id,
    }
    await work.run(_told(), given)


def _array(ids: Collection[UUID]) -> str:
    """As PostgreSQL reads a list: lists of different lengths make no list of lists there."""
    return f"{{{','.join(map(str, dict.fromkeys(ids)))}}}" if len(ids) <= MOST_IDS else "{}"


@cache
def _told() -> Executable:
    changes = cast("Table", Change.__table__)
    lists: dict[str, TypeEngine[Any]] = {"new": Uuid(), "topics": Text(), "ids": Text()}
    given = func.unnest(*(bindparam(name, type_=ARRAY(kind)) for name, kind in lists.items()))
    rows = given.table_valued(*map(column, lists)).render_derived(name="given").c
    person, tenant = bindparam("person", type_=Uuid), bindparam("tenant", type_=Uuid)
    new = insert(changes).from_select(
        ["tenant_id", "id", "topic", "person_id", "ids"],
        select(tenant, rows.new, rows.topics, person, sql_cast(rows.ids, ARRAY(Uuid))),
    )
    before, more = func.cardinality(changes.c.ids), func.cardinality(new.excluded.ids)
    many = or_(before == 0, more == 0, before + more > MOST_IDS)
    nothing: list[UUID] = []
    both = changes.c.ids + new.excluded.ids
    told = func.pg_notify(CHANNEL, sql_cast(tenant, Text) + " " + changes.c.topic)
    return new.on_conflict_do_update(
        index_elements=["tenant_id", "topic", "transaction"],
        set_={"ids": case((many, literal(nothing, ARRAY(Uuid))), else_=both)},
    ).returning(told)


async def tell(work: Work, topics: Collection[str]) -> None:
    """Wake those who follow the topics, once this work is committed."""
    texts = literal([channel_text(work.tenant.id, topic) for topic in topics], ARRAY(Text))
    await work.execute(select(func.pg_notify(CHANNEL, func.unnest(texts))))


def channel_text(tenant_id: UUID, topic: str) -> str:
    return f"{tenant_id} {topic}"


async def changes_since(
    work: Work, topics: Collection[str], after: str | None
) -> tuple[list[Changed], str]:
    """What was committed in the topics after the cursor, and the cursor to ask with next time.

    None is now: nothing has changed since. Nothing is lost and nothing told twice, in whatever
    order transactions end. After a day, or with a cursor of another database, every topic counts
    as changed. Raises InvalidInput for a text that is no cursor.
    """
    # Two statements: what the first sees as committed, the second sees too.
    now = await _now(work)
    if after is None:
        return [], str(now)
    since = parse_moment(after)
    if since.next > now.next or now.seconds - since.seconds > KEPT.total_seconds() * 0.9:
        return [_all_of(topic) for topic in sorted(topics)], str(now)
    rows = await work.rows(
        select(Change.topic, Change.ids, Change.person_id, Person.name, Change.created_at)
        .outerjoin(
            Person, and_(Person.id == Change.person_id, Person.tenant_id == Change.tenant_id)
        )
        .where(Change.topic.in_(topics))
        .where(since.misses(Change.transaction), now.has(Change.transaction))
        .order_by(Change.id)
        .limit(MOST_ROWS + 1)
    )
    if len(rows) > MOST_ROWS:
        return [_all_of(topic) for topic in sorted(topics)], str(now)
    found = [
        Changed(topic, tuple(dict.fromkeys(ids)), person_id, name, at)
        for topic, ids, person_id, name, at in rows
    ]
    return found, str(now)


async def cursor_now(work: Work) -> str:
    """The cursor for a page: taken before what it shows is read, it loses nothing in between."""
    return str(await _now(work))


async def forget_changes(work: Work) -> None:
    """Drop what is older than a day."""
    old = Change.created_at < func.clock_timestamp() - KEPT
    await work.execute(delete(Change).where(old).execution_options(synchronize_session=False))


_MOMENT = re.compile(r"(\d{1,12})-(\d{1,18}):(\d{1,18}):((?:\d{1,18},)*\d{1,18})?", re.ASCII)
MOMENT_LENGTH = 8_000


def parse_moment(cursor: str) -> Moment:
    """Raises InvalidInput for a text that is no cursor."""
    found = _MOMENT.fullmatch(cursor) if len(cursor) <= MOMENT_LENGTH else None
    if found is None:
        raise InvalidInput(_("This is no cursor. Leave it out to begin now."), field="after")
    seconds, first, last, between = found.groups()
    numbers = tuple(map(int, between.split(","))) if between else ()
    return Moment(int(seconds), int(first), int(last), numbers)


async def _now(work: Work) -> Moment:
    snapshot = sql_cast(func.pg_current_snapshot(), Text)
    seconds = sql_cast(func.extract("epoch", func.clock_timestamp()), BigInteger)
    [(numbers, at)] = await work.rows(select(snapshot, seconds))
    return parse_moment(f"{at}-{numbers}")


def _all_of(topic: str) -> Changed:
    return Changed(topic, (), None, None, None)
