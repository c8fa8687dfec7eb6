"""Who is writing where just now, such as "Eva is writing in 2.5"."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, Index, UniqueConstraint, and_, case, delete, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Mapped, mapped_column

from ..infra.errors import Unauthenticated
from ..infra.i18n import _
from ..infra.texts import one_line
from .changes import tell
from .models import Person
from .rows import OPEN, OWN, Code, TenantRow, refers, uuid7
from .work import Work

SEEN = timedelta(seconds=45)
"""How long someone counts as here after the last beat; a page beats every 20 seconds."""
PLACE = 100
PURGED = 100
MOST_PLACES = 10
"""Places that one person may hold at once, over all topics: a window each."""
MOST_SHOWN = 200


class Presence(TenantRow):
    """Someone has a place open for writing. The row goes soon after the last beat."""

    __tablename__ = "presences"
    __table_args__ = (
        refers("person_id", "people"),
        UniqueConstraint("tenant_id", "topic", "person_id", "place", name="uq_presences"),
        Index("ix_presences_age", "tenant_id", "seen_at"),
    )

    person_id: Mapped[UUID] = mapped_column(info=OWN | OPEN)
    topic: Mapped[Code]
    place: Mapped[Code]
    since: Mapped[datetime]
    seen_at: Mapped[datetime]


@dataclass(frozen=True, slots=True)
class Present:
    """A colleague who writes at `place`, since when, and until when that is believed."""

    topic: str
    person_id: UUID
    name: str
    place: str
    since: datetime
    until: datetime


async def here(work: Work, topic: str, place: str) -> None:
    """The actor writes at the place; to be said again at least every 45 seconds.

    Others are told only when it is news. Whoever holds too many places loses the one that was
    said longest ago. Raises InvalidInput for a place that is empty or longer
    than a hundred characters, Unauthenticated for the service itself, which writes nowhere.
    """
    person_id = _person(work)
    place = one_line(place, field="place", most=PLACE)
    mine = _at(person_id, topic, place)
    known = await work.first(select(Presence.id).where(mine, _fresh()))
    now = func.clock_timestamp()
    await work.execute(
        insert(Presence)
        .values(
            tenant_id=work.tenant.id,
            id=uuid7(),
            person_id=person_id,
            topic=topic,
            place=place,
            since=now,
            seen_at=now,
        )
        .on_conflict_do_update(
            index_elements=["tenant_id", "topic", "person_id", "place"],
            set_={"seen_at": now, "since": case((_fresh(), Presence.since), else_=now)},
        )
    )
    await _purge(work)
    left = await _leave_oldest(work, person_id)
    if known is None or left:
        await tell(work, {topic, *left})


async def leave(work: Work, topic: str, place: str) -> None:
    """The actor writes there no more."""
    place = one_line(place, field="place", most=PLACE)
    await work.execute(delete(Presence).where(_at(_person(work), topic, place)))
    await tell(work, [topic])


async def who_is_here(work: Work, *topics: str) -> list[Present]:
    """Those seen within 45 seconds in the topics, by place and name; never the asker. No more
    than two hundred, as they stand in that order."""
    rows = await work.rows(
        select(Presence, Person.name)
        .join(Person, and_(Person.id == Presence.person_id, Person.tenant_id == Presence.tenant_id))
        .where(Presence.topic.in_(topics), _fresh())
        .where(Presence.person_id.is_distinct_from(work.actor.id))
        .order_by(Presence.topic, Presence.place, func.sv_key(Person.name), Presence.id)
        .limit(MOST_SHOWN)
    )
    return [
        Present(row.topic, row.person_id, name, row.place, row.since, row.seen_at + SEEN)
        for row, name in rows
    ]


def _person(work: Work) -> UUID:
    if work.actor.id is None:
        raise Unauthenticated(_("You are not signed in any more. Sign in again."))
    return work.actor.id


def _at(person_id: UUID, topic: str, place: str) -> ColumnElement[bool]:
    return and_(Presence.person_id == person_id, Presence.topic == topic, Presence.place == place)


def _fresh() -> ColumnElement[bool]:
    return Presence.seen_at > func.clock_timestamp() - SEEN


async def _leave_oldest(work: Work, person_id: UUID) -> set[str]:
    """Give up the places beyond the most that one person may hold; the topics they were in."""
    beyond = (
        select(Presence.id)
        .where(Presence.tenant_id == work.tenant.id, Presence.person_id == person_id)
        .order_by(Presence.seen_at.desc(), Presence.id.desc())
        .offset(MOST_PLACES)
        .with_for_update(skip_locked=True)
    )
    left = delete(Presence).where(Presence.id.in_(beyond)).returning(Presence.topic)
    return set((await work.execute(left)).scalars())


async def _purge(work: Work) -> None:
    """Drop those who are not here any more. Rows that another work holds are left to it."""
    gone = (
        select(Presence.id)
        .where(Presence.tenant_id == work.tenant.id, ~_fresh())
        .limit(PURGED)
        .with_for_update(skip_locked=True)
    )
    await work.execute(delete(Presence).where(Presence.id.in_(gone)))
