"""What stands out in a list, by the municipality's rules; computed for whole lists at once."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ARRAY,
    CTE,
    ColumnElement,
    Date,
    FrameClause,
    FrameClauseType,
    Text,
    Uuid,
    all_,
    and_,
    any_,
    case,
    cast,
    column,
    extract,
    false,
    func,
    literal,
    or_,
    select,
    true,
    tuple_,
    update,
)
from sqlalchemy.dialects.postgresql import array

from ....infra.holidays import between
from ....tenants.grants import stands
from ....tenants.models import Person, RoleGrant
from ....tenants.work import STOCKHOLM, Work
from .models import Decision, Mark, ReviewEvent
from .placing import lineages
from .settings import LogReviewSettings, review_settings

SUPPORT = "support"
OWN_KIND = "log_review"
"""Whoever reviews comes to many people, and shall."""
BEFORE, HERE, AFTER = FrameClauseType.PRECEDING, FrameClauseType.CURRENT, FrameClauseType.FOLLOWING
IDS, TEXTS = ARRAY(Uuid), ARRAY(Text)


async def mark_events(work: Work, review_ids: Collection[UUID]) -> None:
    """Mark the events of these lists anew. One that now stands out loses a decision that was given
    to many at once."""
    chosen = ReviewEvent.review_id.in_(review_ids)
    first = await work.first(select(func.min(ReviewEvent.at)).where(chosen))
    last = await work.first(select(func.max(ReviewEvent.at)).where(chosen))
    if first is None or last is None:
        return
    settings = await review_settings(work)
    place = _Place(work, settings, tuple(review_ids), first, last)
    above = await lineages(work) if settings.mark_no_relation else {}
    await work.execute(_update(place, above).execution_options(synchronize_session=False))


@dataclass(frozen=True, slots=True)
class _Place:
    """Which lists, by which rules, and from when to when their events were."""

    work: Work
    settings: LogReviewSettings
    review_ids: tuple[UUID, ...]
    first: datetime
    last: datetime

    @property
    def tenant(self) -> UUID:
        return self.work.tenant.id

    @property
    def chosen(self) -> ColumnElement[bool]:
        return and_(
            ReviewEvent.tenant_id == self.tenant, ReviewEvent.review_id.in_(self.review_ids)
        )


def _update(place: _Place, above: Mapping[UUID, Collection[UUID]]) -> Any:
    texts: Any = [
        case((and_(rule, literal(mark.value) != all_(ReviewEvent.given)), mark.value))
        for mark, rule in _rules(place, above).items()
    ]
    computed = func.array_remove(array(texts, type_=Text), None)
    found = (
        select(ReviewEvent.id, func.array_cat(ReviewEvent.given, computed).label("marks"))
        .where(place.chosen)
        .cte("found")
    )
    now_marked = func.cardinality(found.c.marks) > 0
    by_many = and_(now_marked, ReviewEvent.decision == Decision.NO_REMARK)
    return (
        update(ReviewEvent)
        .where(
            ReviewEvent.tenant_id == place.tenant,
            ReviewEvent.id == found.c.id,
            ReviewEvent.marks != found.c.marks,
        )
        .values(
            marks=found.c.marks,
            marked=now_marked,
            decision=case((by_many, None), else_=ReviewEvent.decision),
        )
    )


def _rules(
    place: _Place, above: Mapping[UUID, Collection[UUID]]
) -> dict[Mark, ColumnElement[bool]]:
    """The rules that are on, the gravest first."""
    chosen = place.settings
    pairs = _pairs(place)
    found: dict[Mark, ColumnElement[bool]] = {}
    if chosen.mark_protected:
        found[Mark.PROTECTED] = _protected(place)
    if chosen.mark_no_relation:
        found[Mark.NO_RELATION] = _with(place, _apart(place, pairs, above))
    if chosen.mark_own:
        found[Mark.OWN] = func.coalesce(ReviewEvent.person_id == any_(ReviewEvent.about), false())
    if chosen.mark_colleague:
        found[Mark.COLLEAGUE] = _with(place, _colleagues(place, pairs))
    if chosen.mark_behind:
        found[Mark.BEHIND] = or_(
            ReviewEvent.behind_id.is_not(None),
            ReviewEvent.support_id.is_not(None),
            ReviewEvent.way == SUPPORT,
        )
    if chosen.mark_many:
        found[Mark.MANY] = _many(place)
    if chosen.mark_odd_hours:
        found[Mark.ODD_HOURS] = _odd_hours(place)
    return found


def _odd_hours(place: _Place) -> ColumnElement[bool]:
    chosen = place.settings
    local = func.timezone(STOCKHOLM.key, ReviewEvent.at)
    hour, weekday = extract("hour", local), extract("isodow", local) - 1
    odd = or_(hour < chosen.first_hour, hour >= chosen.last_hour)
    if chosen.first_weekday <= chosen.last_weekday:
        off: ColumnElement[bool] = ~weekday.between(chosen.first_weekday, chosen.last_weekday)
    else:
        off = and_(weekday > chosen.last_weekday, weekday < chosen.first_weekday)
    first, last = (at.astimezone(STOCKHOLM).date() for at in (place.first, place.last))
    days: list[date] = between(first, last) if chosen.holidays else []
    holiday = func.date(local) == any_(cast(literal(days, ARRAY(Date)), ARRAY(Date)))
    return or_(odd, off, holiday)


def _protected(place: _Place) -> ColumnElement[bool]:
    hidden = select(func.array_agg(Person.id)).where(
        Person.tenant_id == place.tenant, Person.protected
    )
    none = cast(literal([], IDS), IDS)
    return ReviewEvent.about.op("&&")(func.coalesce(hidden.scalar_subquery(), none))


def _many(place: _Place) -> ColumnElement[bool]:
    """Events within a stretch of so many minutes in which somebody came to so many people, or
    records where nobody is named. Whoever is come to again within the stretch counts once."""
    stretch = timedelta(minutes=place.settings.many_minutes)
    reader = func.coalesce(cast(ReviewEvent.person_id, Text), "=" + ReviewEvent.who)
    subjects = case(
        (func.cardinality(ReviewEvent.subjects) > 0, ReviewEvent.subjects),
        (func.cardinality(ReviewEvent.about) > 0, cast(ReviewEvent.about, TEXTS)),
        else_=cast(ReviewEvent.records, TEXTS),
    )
    subject = _each(subjects, "subject", Text)
    near = ReviewEvent.at.between(place.first - stretch, place.last + stretch)
    seen = (
        select(
            ReviewEvent.id, ReviewEvent.at, reader.label("reader"), subject.c.value.label("subject")
        )
        .select_from(ReviewEvent)
        .join(subject, true())
        .where(ReviewEvent.tenant_id == place.tenant, near, ReviewEvent.kind != OWN_KIND)
        .cte("seen")
    )
    before = func.lag(seen.c.at).over(
        partition_by=(seen.c.reader, seen.c.subject), order_by=(seen.c.at, seen.c.id)
    )
    fresh = select(
        seen.c.id, seen.c.reader, seen.c.at, func.coalesce(seen.c.at - before > stretch, True)
    ).cte("fresh")
    new = func.count().filter(fresh.c[3])
    each = (
        select(fresh.c.id, fresh.c.reader, fresh.c.at, new.label("new"))
        .group_by(fresh.c.id, fresh.c.reader, fresh.c.at)
        .cte("each_event")
    )
    total = func.sum(each.c.new).over(
        partition_by=each.c.reader,
        order_by=each.c.at,
        range_=FrameClause(stretch, None, BEFORE, HERE),
    )
    back = select(each.c.id, each.c.reader, each.c.at, total.label("total")).cte("back")
    top = func.max(back.c.total).over(
        partition_by=back.c.reader,
        order_by=back.c.at,
        range_=FrameClause(None, stretch, HERE, AFTER),
    )
    tops = select(back.c.id, top.label("top")).subquery("tops")
    return ReviewEvent.id.in_(select(tops.c.id).where(tops.c.top >= place.settings.many))


def _pairs(place: _Place) -> CTE:
    """Who came to whom, each pair once."""
    person = _each(ReviewEvent.about, "person", Uuid)
    rows = (
        select(ReviewEvent.person_id.label("reader"), person.c.value.label("person"))
        .select_from(ReviewEvent)
        .join(person, true())
        .where(
            place.chosen,
            ReviewEvent.person_id.is_not(None),
            ReviewEvent.person_id != person.c.value,
        )
        .distinct()
    )
    return _once("pairs", rows)


def _with(place: _Place, pairs: CTE) -> ColumnElement[bool]:
    """Events in which one of the pairs met."""
    person = _each(ReviewEvent.about, "about_whom", Uuid)
    found = (
        select(ReviewEvent.id)
        .select_from(ReviewEvent)
        .join(person, true())
        .join(
            pairs, and_(pairs.c.reader == ReviewEvent.person_id, pairs.c.person == person.c.value)
        )
        .where(place.chosen)
    )
    return ReviewEvent.id.in_(found)


def _each(values: Any, name: str, kind: Any) -> Any:
    """The values of an array as rows with one column, `value`."""
    return func.unnest(values).table_valued(column("value", kind), name=name).render_derived()


def _once(name: str, rows: Any) -> CTE:
    """Computed once: what is new has no statistics, and would be computed for each row."""
    made: CTE = rows.cte(name).prefix_with("materialized", dialect="postgresql")
    return made


def _held(place: _Place, name: str) -> CTE:
    """Who holds a role where, today."""
    now, tenant = place.work.now, place.tenant
    rows = (
        select(RoleGrant.person_id, RoleGrant.unit_id)
        .where(RoleGrant.tenant_id == tenant, stands(now, tenant=tenant))
        .distinct()
    )
    return _once(name, rows)


def _apart(place: _Place, pairs: CTE, above: Mapping[UUID, Collection[UUID]]) -> CTE:
    """Pairs of which the one who was come to has units, and none of them stands above, below or is
    one of the other's."""
    held = _held(place, "held")
    reader, person, standing = held.alias("reader"), held.alias("person"), held.alias("standing")
    couples = [(unit, other) for unit, others in above.items() for other in others]
    arrays = (
        cast(literal([unit for unit, _other in couples], IDS), IDS),
        cast(literal([other for _unit, other in couples], IDS), IDS),
    )
    columns = (column("unit", Uuid), column("above", Uuid))
    lines = func.unnest(*arrays).table_valued(*columns, name="lines").render_derived()
    line = select(lines.c.unit, lines.c.above)
    meet = or_(
        reader.c.unit_id.is_(None),
        person.c.unit_id.is_(None),
        tuple_(person.c.unit_id, reader.c.unit_id).in_(line),
        tuple_(reader.c.unit_id, person.c.unit_id).in_(line),
    )
    couple = select(pairs.c.reader, pairs.c.person)
    related = _once(
        "related",
        couple.join(reader, reader.c.person_id == pairs.c.reader)
        .join(person, person.c.person_id == pairs.c.person)
        .where(meet)
        .distinct(),
    )
    known = pairs.c.person.in_(select(standing.c.person_id))
    met = tuple_(pairs.c.reader, pairs.c.person).in_(select(related.c.reader, related.c.person))
    return _once("apart", couple.where(known, ~met))


def _colleagues(place: _Place, pairs: CTE) -> CTE:
    """Pairs that hold a role at the very same unit."""
    held = _held(place, "held_here")
    reader, person = held.alias("reader_here"), held.alias("person_here")
    same = and_(person.c.person_id == pairs.c.person, person.c.unit_id == reader.c.unit_id)
    rows = (
        select(pairs.c.reader, pairs.c.person)
        .join(reader, reader.c.person_id == pairs.c.reader)
        .join(person, same)
        .distinct()
    )
    return _once("colleagues", rows)
