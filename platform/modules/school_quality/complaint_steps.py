"""A complaint on its way: confirmed, investigated, answered, closed, and what is done because of
it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from sqlalchemy import select

from ....authz.permit import permit
from ....infra.errors import Conflict, InvalidInput
from ....infra.i18n import _
from ....infra.texts import at_most
from ....tenants.log.access_log import Action
from ....tenants.models import Person
from ....tenants.sealed.safe import safe_to_read, safe_to_write
from ....tenants.work import Work
from ..actions.models import PlannedAction
from ..actions.service import plan_action
from ..deviations.service import refuse_personal_numbers
from .complaint_models import (
    Complaint,
    ComplaintAction,
    ComplaintOutcome,
    ComplaintState,
)
from .complaints import LONG, WRITE, held, saved, take_step, visible

ENDED = (ComplaintState.ANSWERED, ComplaintState.CLOSED)


@permit(WRITE)
async def confirm_complaint(
    work: Work,
    complaint_id: UUID,
    *,
    on: date | None = None,
    note: str = "",
    version: int | None = None,
) -> Complaint:
    """Whoever complains has been told that it has come in. Raises Conflict when they have been."""
    row = await held(work, complaint_id, version)
    _require(row, ComplaintState.RECEIVED)
    row.confirmed_on = _day(work, on, after=row.received_on)
    row.state = ComplaintState.CONFIRMED
    return await take_step(work, row, await safe_to_write(work), on=row.confirmed_on, text=note)


@permit(WRITE)
async def write_investigation(
    work: Work,
    complaint_id: UUID,
    *,
    text: str,
    outcome: ComplaintOutcome | None = None,
    version: int | None = None,
) -> Complaint:
    """What was found out so far. Raises Conflict once whoever complains has been answered."""
    row = await held(work, complaint_id, version, but=ENDED)
    refuse_personal_numbers({"text": text})
    safe = await safe_to_write(work)
    safe.put(row, investigation=at_most(text, field="text", most=LONG))
    row.outcome = outcome
    return await saved(work, row)


@permit(WRITE)
async def end_investigation(
    work: Work,
    complaint_id: UUID,
    *,
    on: date | None = None,
    note: str = "",
    version: int | None = None,
) -> Complaint:
    """It is investigated. Raises Conflict before it is confirmed, InvalidInput while nothing is
    written of what was found, or whether the complaint was founded."""
    row = await held(work, complaint_id, version)
    _require(row, ComplaintState.CONFIRMED)
    if not (await safe_to_read(work)).text(row, "investigation"):
        raise InvalidInput(_("Write what was found out first."), field="text")
    if row.outcome is None:
        raise InvalidInput(_("Choose whether the complaint was founded."), field="outcome")
    assert row.confirmed_on
    day = _day(work, on, after=row.confirmed_on)
    row.state = ComplaintState.INVESTIGATED
    return await take_step(work, row, await safe_to_write(work), on=day, text=note)


@permit(WRITE)
async def answer_complaint(
    work: Work,
    complaint_id: UUID,
    *,
    told_back: str,
    on: date | None = None,
    version: int | None = None,
) -> Complaint:
    """Whoever complains has been told what came of it; `told_back` is what they were told. Raises
    Conflict before it is investigated."""
    row = await held(work, complaint_id, version)
    _require(row, ComplaintState.INVESTIGATED)
    told = at_most(told_back, field="toldBack", most=LONG)
    if not told:
        raise InvalidInput(_("Write something here: it cannot be empty."), field="toldBack")
    refuse_personal_numbers({"toldBack": told})
    assert row.confirmed_on
    row.answered_on = _day(work, on, after=row.confirmed_on)
    row.state = ComplaintState.ANSWERED
    safe = await safe_to_write(work)
    safe.put(row, told_back=told)
    return await take_step(work, row, safe, on=row.answered_on)


@permit(WRITE)
async def close_complaint(
    work: Work, complaint_id: UUID, *, note: str = "", version: int | None = None
) -> Complaint:
    """It is done with, and is changed no more. Raises Conflict before it is answered."""
    row = await held(work, complaint_id, version)
    _require(row, ComplaintState.ANSWERED)
    row.state = ComplaintState.CLOSED
    return await take_step(work, row, await safe_to_write(work), on=work.today, text=note)


@permit(WRITE)
async def plan_complaint_action(
    work: Work,
    complaint_id: UUID,
    *,
    title: str,
    owner_id: UUID | None = None,
    due_on: date | None = None,
    version: int | None = None,
) -> PlannedAction:
    """Something to be done because of a complaint. Every employee reads the title, so that it names
    nobody; of the complaint they see its reference. Raises NotFound, Conflict once it is closed."""
    if owner_id is not None:
        await work.get(Person, owner_id, field="ownerId")
    row = await held(work, complaint_id, version, but=[ComplaintState.CLOSED])
    refuse_personal_numbers({"title": title})
    action = await plan_action(
        work,
        unit_id=row.unit_id,
        module="school_quality",
        about=_("Complaint {reference}", reference=row.reference),
        page="school_complaint",
        params={"id": str(row.id)},
        title=title,
        owner_id=owner_id,
        due_on=due_on,
    )
    link = ComplaintAction(complaint_id=row.id, action_id=action.id)
    work.add(link)
    await saved(work, row)
    work.note(Action.ADD, "school_complaint_action", records=[link.id], unit_id=row.unit_id)
    return action


async def actions_of_complaint(work: Work, complaint_id: UUID) -> Sequence[PlannedAction]:
    """What is done because of one that the actor sees, by its last day."""
    linked = (
        select(ComplaintAction.action_id)
        .join(
            Complaint,
            (Complaint.id == ComplaintAction.complaint_id)
            & (Complaint.tenant_id == ComplaintAction.tenant_id),
        )
        .where(
            ComplaintAction.tenant_id == work.tenant.id,
            ComplaintAction.complaint_id == complaint_id,
            visible(work),
        )
    )
    return await work.scalars(
        select(PlannedAction)
        .where(PlannedAction.id.in_(linked))
        .order_by(PlannedAction.due_on.nulls_last(), PlannedAction.id)
    )


def _require(row: Complaint, state: ComplaintState) -> None:
    """Each step follows on the one before. Raises Conflict."""
    if row.state is state:
        return
    order = list(ComplaintState)
    if order.index(row.state) < order.index(state):
        raise Conflict(_("A step before this one is left to take."))
    raise Conflict(_("The complaint has come further than that already."))


def _day(work: Work, on: date | None, *, after: date) -> date:
    """Raises InvalidInput for a day to come, or one before the step that comes before it."""
    day = on or work.today
    if not after <= day <= work.today:
        raise InvalidInput(
            _("Choose a day from {first} to today.", first=after.isoformat()), field="on"
        )
    return day
