"""The lists of past months, made out of the access log: each entry comes into exactly one.

An entry's day is that of Sweden, its unit the one it names, else that of a role of whoever acted.
Entries that come late go into the list of their days, or into a supplement where that is signed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ARRAY,
    ColumnElement,
    Date,
    Subquery,
    Text,
    Uuid,
    and_,
    case,
    cast,
    column,
    exists,
    func,
    literal,
    select,
    true,
)
from sqlalchemy.dialects.postgresql import distinct_on, insert

from ....authz.permit import NOWHERE, permit
from ....tenants.log.access_log import Action, LogEntry
from ....tenants.models import RoleGrant
from ....tenants.rows import uuid7
from ....tenants.work import STOCKHOLM, Work
from .marking import mark_events
from .models import Mark, Review, ReviewEvent, ReviewHead, ReviewState
from .placing import Places, read_places
from .settings import review_settings
from .slots import ONE, Slot, month_of, plan


@dataclass(frozen=True, slots=True)
class Made:
    """What a run did: how many lists are new, and how many events came into one."""

    lists: int
    events: int


@permit("log_review.run")
async def make_lists(work: Work) -> Made:
    """Put every entry of months that have ended into its list. Done again it adds only what has
    come since; two runs at once wait for each other."""
    head = await take_head(work)
    this_month = work.today.replace(day=1)
    places = await read_places(work, await review_settings(work))
    chosen = and_(LogEntry.seq > head.seq, LogEntry.at < midnight(this_month))
    known = await slots_by_unit(work)
    empty = await _begin_empty(work, places, known, this_month - ONE)
    made = await take_in(work, chosen, places, known, last=this_month - ONE)
    head.seq = await _all_taken(work, head.seq)
    await work.flush()
    if empty or made.lists or made.events:
        work.note(
            Action.ADD, "log_review", detail={"lists": str(empty + made.lists), "of": "month"}
        )
    return Made(empty + made.lists, made.events)


async def take_in(
    work: Work,
    chosen: ColumnElement[bool],
    places: Places,
    known: dict[UUID, dict[Slot, UUID]],
    *,
    last: date,
    only: UUID | None = None,
) -> Made:
    """The chosen entries that are in no list yet, into theirs, or into those of one unit only;
    marked."""
    free = _free_entries(work, chosen, places)
    here = true() if only is None else free.c.list == only
    days = await work.rows(select(free.c.list, free.c.day).where(here).distinct())
    wanted: dict[UUID, list[date]] = {}
    for unit_id, day in days:
        wanted.setdefault(unit_id, []).append(day)
    targets: dict[tuple[UUID, date], tuple[UUID, bool]] = {}
    new: list[Review] = []
    for unit_id, found in wanted.items():
        slots = known.setdefault(unit_id, {})
        for day, slot in plan(found, slots, last=last).items():
            if slot not in slots:
                review = await new_review(work, places, unit_id, slot)
                new.append(review)
                slots[slot] = review.id
            targets[unit_id, day] = (slots[slot], slot.number > 1)
    work.add(*new)
    await work.flush()
    events = await _copy(work, free, targets)
    await mark_events(work, {id for id, _late in targets.values()})
    return Made(len(new), events)


async def new_review(work: Work, places: Places, unit_id: UUID, slot: Slot) -> Review:
    """A list not yet added; given to the one reviewer there is, if it is one."""
    at = None if unit_id == NOWHERE else unit_id
    people = places.reviewers_of(at)
    days = (await review_settings(work)).days_to_review
    return Review(
        id=uuid7(),
        unit_id=at,
        begins=slot.begins,
        ends=slot.ends,
        number=slot.number,
        due_on=work.today + timedelta(days=days),
        reviewer_id=next(iter(people)) if len(people) == 1 else None,
    )


async def slots_by_unit(work: Work) -> dict[UUID, dict[Slot, UUID]]:
    """The lists there are by unit, NOWHERE for the municipality's own."""
    rows = await work.rows(
        select(Review.unit_id, Review.begins, Review.ends, Review.number, Review.state, Review.id)
    )
    found: dict[UUID, dict[Slot, UUID]] = {}
    for unit_id, begins, ends, number, state, id in rows:
        slot = Slot(begins, ends, number, state is ReviewState.OPEN)
        found.setdefault(unit_id or NOWHERE, {})[slot] = id
    return found


async def take_head(work: Work) -> ReviewHead:
    """The row that says how far the log is taken, held until the work ends."""
    row = {"tenant_id": work.tenant.id, "id": work.tenant.id, "seq": 0}
    await work.execute(insert(ReviewHead).values(row).on_conflict_do_nothing())
    head = await work.first(select(ReviewHead).with_for_update())
    assert head is not None
    return head


def midnight(day: date) -> datetime:
    """The moment at which the day begins in Sweden."""
    return datetime.combine(day, time(), STOCKHOLM).astimezone(UTC)


async def _begin_empty(
    work: Work, places: Places, known: dict[UUID, dict[Slot, UUID]], last: date
) -> int:
    """A list of the last month for units with a reviewer, also where nothing was done: that this
    was so is reviewed too."""
    begins, ends = month_of(last)
    new = []
    for unit_id in set(places.lists.values()) & set(places.reviewers):
        slots = known.setdefault(unit_id, {})
        if not any(slot.meets(begins, ends) for slot in slots):
            review = await new_review(work, places, unit_id, Slot(begins, ends))
            slots[Slot(begins, ends)] = review.id
            new.append(review)
    work.add(*new)
    await work.flush()
    return len(new)


def _free_entries(work: Work, chosen: ColumnElement[bool], places: Places) -> Subquery:
    """Entries in no list, each with the unit whose list it belongs to and its day in Sweden."""
    tenant = work.tenant.id
    taken = exists().where(ReviewEvent.tenant_id == tenant, ReviewEvent.id == LogEntry.id)
    usual = (
        select(RoleGrant.person_id, RoleGrant.unit_id)
        .where(RoleGrant.tenant_id == tenant, RoleGrant.unit_id.is_not(None))
        .order_by(
            RoleGrant.person_id,
            RoleGrant.ended_at.is_not(None),
            RoleGrant.delegated_from.is_not(None),
            RoleGrant.id,
        )
        .ext(distinct_on(RoleGrant.person_id))
        .subquery("usual")
    )
    placed = _pairs("placed", places.lists)
    unit = func.coalesce(LogEntry.unit_id, usual.c.unit_id)
    return (
        select(
            LogEntry,
            func.coalesce(placed.c.list, NOWHERE).label("list"),
            func.date(func.timezone(STOCKHOLM.key, LogEntry.at)).label("day"),
        )
        .outerjoin(usual, usual.c.person_id == LogEntry.person_id)
        .outerjoin(placed, placed.c.unit == unit)
        .where(LogEntry.tenant_id == tenant, chosen, ~taken)
        .subquery("free")
    )


def _pairs(name: str, given: Mapping[UUID, UUID]) -> Any:
    units = cast(literal(list(given), ARRAY(Uuid)), ARRAY(Uuid))
    lists = cast(literal(list(given.values()), ARRAY(Uuid)), ARRAY(Uuid))
    columns = (column("unit", Uuid), column("list", Uuid))
    return func.unnest(units, lists).table_valued(*columns, name=name).render_derived()


COPIED = (
    "id",
    "seq",
    "at",
    "person_id",
    "behind_id",
    "support_id",
    "action",
    "kind",
    "records",
    "about",
    "unit_id",
    "process",
    "way",
    "address",
)


async def _copy(
    work: Work, free: Subquery, targets: Mapping[tuple[UUID, date], tuple[UUID, bool]]
) -> int:
    if not targets:
        return 0
    arrays = (
        cast(literal([unit for unit, _day in targets], ARRAY(Uuid)), ARRAY(Uuid)),
        cast(literal([day for _unit, day in targets], ARRAY(Date)), ARRAY(Date)),
        cast(literal([id for id, _late in targets.values()], ARRAY(Uuid)), ARRAY(Uuid)),
    )
    columns = (column("list", Uuid), column("day", Date), column("review", Uuid))
    target = func.unnest(*arrays).table_valued(*columns, name="target").render_derived()
    late = [id for id, is_late in targets.values() if is_late]
    given = case(
        (target.c.review.in_(late), cast(literal([Mark.LATE.value], ARRAY(Text)), ARRAY(Text))),
        else_=cast(literal([], ARRAY(Text)), ARRAY(Text)),
    )
    found = select(
        literal(work.tenant.id), *(free.c[name] for name in COPIED), target.c.review, given
    ).join(target, and_(target.c.list == free.c.list, target.c.day == free.c.day))
    names = ["tenant_id", *COPIED, "review_id", "given"]
    done = await work.execute(
        insert(ReviewEvent)
        .from_select(names, found)
        .on_conflict_do_nothing()
        .returning(ReviewEvent.id)
    )
    return len(done.all())


async def _all_taken(work: Work, since: int) -> int:
    """Up to which number all entries are in a list: what comes later has a higher one."""
    tenant = work.tenant.id
    taken = exists().where(ReviewEvent.tenant_id == tenant, ReviewEvent.id == LogEntry.id)
    waiting = func.min(LogEntry.seq).filter(~taken)
    statement = select(func.coalesce(waiting - 1, func.max(LogEntry.seq), since)).where(
        LogEntry.tenant_id == tenant, LogEntry.seq > since
    )
    return await work.first(statement) or since


def days_chosen(begins: date, ends: date) -> ColumnElement[bool]:
    return and_(LogEntry.at >= midnight(begins), LogEntry.at < midnight(ends + ONE))
