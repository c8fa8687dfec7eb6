"""Whose list it is, and which days it has."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from sqlalchemy import and_, func, or_, select, update

from ....authz.permit import NOWHERE, allowed, permit
from ....infra.errors import Conflict, InvalidInput
from ....infra.i18n import _
from ....tenants.entry import load_actor
from ....tenants.log.access_log import Action, LogEntry
from ....tenants.models import Unit
from ....tenants.work import STOCKHOLM, Work
from .making import days_chosen, midnight, new_review, slots_by_unit, take_head, take_in
from .marking import mark_events
from .models import Review, ReviewEvent, ReviewHead
from .placing import Places, read_places
from .reviews import REVIEW, hold_review
from .settings import review_settings
from .slots import LONGEST, ONE, Slot, plan


@permit(REVIEW)
async def start_list(work: Work, *, unit_id: UUID | None, begins: date, ends: date) -> Review:
    """A list of chosen days for a unit, or None for the municipality's own. Raises InvalidInput,
    Conflict where a list of the unit has some of the days."""
    if unit_id is not None:
        await work.get(Unit, unit_id, field="unitId")
    at = unit_id or NOWHERE
    work.require(REVIEW, at=at)
    head = await take_head(work)
    _refuse_days(work, begins, ends)
    places = _for_itself(await read_places(work, await review_settings(work)), at)
    known = await slots_by_unit(work)
    slot = Slot(begins, ends)
    _refuse_met(known.get(at, {}), begins, ends)
    review = await new_review(work, places, at, slot)
    known.setdefault(at, {})[slot] = review.id
    work.add(review)
    await work.flush()
    await _take_days(work, head, places, known, at, begins, ends)
    work.note(Action.ADD, "log_review", records=[review.id], unit_id=unit_id)
    return review


@permit(REVIEW)
async def change_interval(work: Work, review_id: UUID, *, begins: date, ends: date) -> Review:
    """Other days for a list that is open. What falls outside goes into lists of its own days, with
    what was written about it; days that come in bring their events. Raises as `start_list`."""
    head = await take_head(work)
    review = await hold_review(work, review_id)
    at = review.unit_id or NOWHERE
    _refuse_days(work, begins, ends)
    known = await slots_by_unit(work)
    own = Slot(review.begins, review.ends, review.number)
    others = {slot: id for slot, id in known[at].items() if id != review.id}
    if review.number > 1 or any(slot.begins == own.begins for slot in others):
        raise Conflict(_("A list with a supplement, and a supplement, keep their days."))
    _refuse_met(others, begins, ends)
    slot = Slot(begins, ends)
    known[at] = others | {slot: review.id}
    was = f"{review.begins}–{review.ends}"
    review.begins, review.ends = begins, ends
    review.version += 1
    await work.flush()
    places = await read_places(work, await review_settings(work))
    await _let_go(work, review, places, known, last=max(own.ends, ends))
    await _take_days(work, head, places, known, at, begins, ends)
    await mark_events(work, [review.id])
    work.note(
        Action.CHANGE,
        "log_review",
        records=[review.id],
        unit_id=review.unit_id,
        detail={"was": was, "now": f"{begins}–{ends}"},
    )
    return review


@permit(REVIEW)
async def give_to(work: Work, review_id: UUID, *, person_id: UUID | None) -> Review:
    """Name who reviews the list; None leaves it to all who may. Raises InvalidInput for somebody
    who may not."""
    review = await hold_review(work, review_id)
    if person_id is not None:
        actor = await load_actor(work, person_id)
        if not allowed(actor, REVIEW, at=review.unit_id or NOWHERE):
            raise InvalidInput(_("This person does not review the unit."), field="personId")
    review.reviewer_id = person_id
    review.version += 1
    await work.flush()
    about = [person_id] if person_id else []
    work.note(Action.CHANGE, "log_review", records=[review.id], about=about, unit_id=review.unit_id)
    return review


@permit(REVIEW)
async def mark_again(work: Work, review_id: UUID) -> Review:
    """Mark by the rules as they are now."""
    review = await hold_review(work, review_id)
    await mark_events(work, [review.id])
    work.note(Action.CHANGE, "log_review", records=[review.id], unit_id=review.unit_id)
    return review


def _refuse_days(work: Work, begins: date, ends: date) -> None:
    if ends < begins:
        raise InvalidInput(_("The last day comes before the first one."), field="ends")
    if ends >= work.today:
        raise InvalidInput(
            _("The days have to have passed. Choose yesterday at the latest."), field="ends"
        )
    if (ends - begins).days >= LONGEST:
        raise InvalidInput(_("A list has at most {days} days.", days=LONGEST), field="begins")


def _refuse_met(slots: dict[Slot, UUID], begins: date, ends: date) -> None:
    met = next((slot for slot in slots if slot.meets(begins, ends)), None)
    if met is not None:
        raise Conflict(
            _(
                "The unit has a list of {begins} – {ends} already. No day is in two lists.",
                begins=met.begins,
                ends=met.ends,
            ),
            field="begins",
        )


def _for_itself(places: Places, at: UUID) -> Places:
    """The places, with a list for this unit also where it had none."""
    if at == NOWHERE:
        return places
    lists = {
        unit: at if at in (line := places.lineage(unit)) and _nearer(line, at, above) else above
        for unit, above in places.lists.items()
    }
    return Places(places.parents, lists, places.reviewers)


def _nearer(line: list[UUID], unit: UUID, other: UUID) -> bool:
    return other not in line or line.index(unit) < line.index(other)


async def _take_days(
    work: Work,
    head: ReviewHead,
    places: Places,
    known: dict[UUID, dict[Slot, UUID]],
    at: UUID,
    begins: date,
    ends: date,
) -> None:
    chosen = and_(LogEntry.seq > head.seq, days_chosen(begins, ends))
    await take_in(work, chosen, places, known, last=ends, only=at)


async def _let_go(
    work: Work,
    review: Review,
    places: Places,
    known: dict[UUID, dict[Slot, UUID]],
    *,
    last: date,
) -> None:
    at = review.unit_id or NOWHERE
    day = func.date(func.timezone(STOCKHOLM.key, ReviewEvent.at))
    outside = or_(
        ReviewEvent.at < midnight(review.begins), ReviewEvent.at >= midnight(review.ends + ONE)
    )
    own = ReviewEvent.review_id == review.id
    days = await work.scalars(select(day).where(own, outside).distinct())
    planned = plan(days, known[at], last=last)
    for slot in dict.fromkeys(planned.values()):
        if slot not in known[at]:
            new = await new_review(work, places, at, slot)
            known[at][slot] = new.id
            work.add(new)
            await work.flush()
        moved = and_(
            own, ReviewEvent.at >= midnight(slot.begins), ReviewEvent.at < midnight(slot.ends + ONE)
        )
        await work.execute(
            update(ReviewEvent)
            .where(moved)
            .values(review_id=known[at][slot])
            .execution_options(synchronize_session=False)
        )
    await mark_events(work, {known[at][slot] for slot in planned.values()})
