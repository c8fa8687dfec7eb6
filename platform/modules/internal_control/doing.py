"""Doing the controls of a plan under way: results with their lights, evidence, deviations."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import select

from ....authz.permit import NOWHERE, permit
from ....infra.errors import Conflict, InvalidInput
from ....infra.i18n import _
from ....tenants.models import StoredFile
from ....tenants.work import Work
from ..actions.models import ActionState, PlannedAction
from ..actions.service import plan_action
from .holding import RECORD, WRITE, hold, line, saved, words
from .models import (
    ControlItem,
    ControlLight,
    ControlOccasion,
    ControlPlan,
    Deviation,
    OccasionFile,
    PlanState,
)
from .places import ITEM_PAGE, check_person


@dataclass(frozen=True, slots=True, kw_only=True)
class Remedy:
    """What is done about a deviation: an action with its owner and day, or why none is needed."""

    action_title: str = ""
    action_detail: str = ""
    owner_id: UUID | None = None
    due_on: date | None = None
    no_action_reason: str = ""

    @property
    def empty(self) -> bool:
        return not self.action_title.strip() and not self.no_action_reason.strip()


@permit("internal_control.record")
async def record_occasion(
    work: Work,
    occasion_id: UUID,
    *,
    done_on: date,
    light: ControlLight,
    result: str,
    sample: str = "",
    deviation: str = "",
    remedy: Remedy | None = None,
    version: int | None = None,
) -> ControlOccasion:
    """What a control showed, by whoever is responsible for it or writes at its unit.

    Yellow or red is a deviation: `deviation` says what it is, the result when empty. It takes a
    remedy from those who may plan an action there; others leave that to them. What was recorded
    can be corrected while the plan is under way. Raises InvalidInput, Conflict, Forbidden.
    """
    await check_person(work, remedy.owner_id if remedy else None, field="ownerId")
    _plan, item, occasion = await _hold_occasion(work, occasion_id, version)
    if done_on > work.today:
        raise InvalidInput(_("The control cannot be done on a day to come."), field="doneOn")
    occasion.result = words(result, field="result", needed=True)
    occasion.sample = words(sample, field="sample")
    occasion.done_on, occasion.done_by, occasion.light = done_on, work.actor.id, light
    occasion.missed_reason, occasion.missed_by, occasion.missed_at = "", None, None
    await saved(work, occasion)
    found = await work.first(
        select(Deviation).where(
            Deviation.occasion_id == occasion.id, Deviation.carried_from_id.is_(None)
        )
    )
    if light is ControlLight.GREEN:
        await _no_deviation(work, found)
        return occasion
    what = words(deviation, field="deviation") or occasion.result
    await _deviation(work, item, occasion, found, what, remedy)
    return occasion


@permit("internal_control.write")
async def miss_occasion(
    work: Work, occasion_id: UUID, *, reason: str, version: int | None = None
) -> ControlOccasion:
    """Say why a control was not done at its day, so that the year can be followed up."""
    _plan, item, occasion = await _hold_occasion(work, occasion_id, version)
    work.require(WRITE, at=item.unit_id)
    if occasion.done_on is not None:
        raise Conflict(_("The control is done."))
    occasion.missed_reason = words(reason, field="reason", needed=True)
    occasion.missed_by, occasion.missed_at = work.actor.id, work.now
    return await saved(work, occasion)


@permit("internal_control.write")
async def settle_deviation(work: Work, deviation_id: UUID, remedy: Remedy) -> Deviation:
    """Plan an action for what was found, or say why none is needed. Raises Conflict when that is
    done already."""
    deviation = await work.get(Deviation, deviation_id)
    await check_person(work, remedy.owner_id, field="ownerId")
    found = await work.get(ControlItem, deviation.item_id)
    plan = await hold(work, ControlPlan, found.plan_id)
    item = await hold(work, ControlItem, found.id)
    work.require(WRITE, at=item.unit_id)
    _refuse_not_active(plan)
    if remedy.empty:
        raise InvalidInput(
            _("A deviation needs an action, or the reason why none is needed."), field="remedy"
        )
    await _remedy(work, item, deviation, remedy)
    await work.flush()
    return deviation


@permit("internal_control.write")
async def conclude_item(
    work: Work, item_id: UUID, *, conclusion: str, version: int | None = None
) -> ControlItem:
    """What the year's control has shown, in words, for the follow-up."""
    found = await work.get(ControlItem, item_id)
    plan = await hold(work, ControlPlan, found.plan_id)
    item = await hold(work, ControlItem, item_id, version)
    work.require(WRITE, at=item.unit_id)
    _refuse_not_active(plan)
    item.conclusion = words(conclusion, field="conclusion")
    return await saved(work, item)


@permit("internal_control.record")
async def add_evidence(
    work: Work, occasion_id: UUID, *, file_id: UUID, title: str = ""
) -> OccasionFile:
    """Lay a file that was sent in beside what a control showed. Raises NotFound, Conflict."""
    file = await work.get(StoredFile, file_id, field="fileId")
    _plan, _item, occasion = await _hold_occasion(work, occasion_id, None)
    same = select(OccasionFile.id).where(
        OccasionFile.occasion_id == occasion.id, OccasionFile.file_id == file.id
    )
    if await work.first(same) is not None:
        raise Conflict(_("The file is there already."), field="fileId")
    row = OccasionFile(
        occasion_id=occasion.id, file_id=file.id, title=line(title or file.name, field="title")
    )
    work.add(row)
    await saved(work, occasion)
    return row


@permit("internal_control.record")
async def remove_evidence(work: Work, evidence_id: UUID) -> ControlOccasion:
    row = await work.get(OccasionFile, evidence_id)
    _plan, _item, occasion = await _hold_occasion(work, row.occasion_id, None)
    await work.delete(row)
    return await saved(work, occasion)


async def _hold_occasion(
    work: Work, occasion_id: UUID, version: int | None
) -> tuple[ControlPlan, ControlItem, ControlOccasion]:
    """The plan first, so that two writers never wait for each other."""
    found = await work.get(ControlOccasion, occasion_id)
    item = await work.get(ControlItem, found.item_id)
    plan = await hold(work, ControlPlan, item.plan_id)
    work.require(RECORD, at=item.unit_id, owner=item.responsible_id or NOWHERE)
    _refuse_not_active(plan)
    return plan, item, await hold(work, ControlOccasion, occasion_id, version)


def _refuse_not_active(plan: ControlPlan) -> None:
    if plan.state in (PlanState.FOLLOWED_UP, PlanState.CLOSED):
        raise Conflict(_("The plan is followed up, and changes no more."))
    if plan.state is not PlanState.ACTIVE:
        raise Conflict(_("The plan is not activated yet."))


def _may_plan(work: Work, item: ControlItem) -> bool:
    return work.allows(WRITE, at=item.unit_id)


async def _deviation(
    work: Work,
    item: ControlItem,
    occasion: ControlOccasion,
    found: Deviation | None,
    what: str,
    remedy: Remedy | None,
) -> None:
    if found is None:
        found = Deviation(
            item_id=item.id,
            occasion_id=occasion.id,
            what=what,
            no_action_reason="",
            found_by=work.actor.id,
            found_at=work.now,
        )
        work.add(found)
    found.what = what
    if remedy is not None and not remedy.empty:
        await _remedy(work, item, found, remedy)
    elif found.action_id is None and not found.no_action_reason and _may_plan(work, item):
        raise InvalidInput(
            _("A deviation needs an action, or the reason why none is needed."), field="remedy"
        )
    await work.flush()


async def _no_deviation(work: Work, found: Deviation | None) -> None:
    """A result that was corrected to green has no deviation; an action would be left without its
    reason."""
    if found is None:
        return
    if found.action_id is not None:
        action = await work.find(PlannedAction, found.action_id)
        if action is not None and action.state is ActionState.OPEN:
            raise Conflict(
                _("There is an open action for what was found. End it before the light is green."),
                field="light",
            )
        return
    await work.delete(found)
    await work.flush()


async def _remedy(work: Work, item: ControlItem, deviation: Deviation, remedy: Remedy) -> None:
    if deviation.action_id is not None:
        raise Conflict(_("There is an action for this deviation already. Change it instead."))
    work.require(WRITE, at=item.unit_id)
    if not remedy.action_title.strip():
        deviation.no_action_reason = words(remedy.no_action_reason, field="noActionReason")
        return
    if remedy.owner_id is None:
        raise InvalidInput(_("Choose who does it."), field="ownerId")
    if remedy.due_on is None:
        raise InvalidInput(_("Choose a day."), field="dueOn")
    action = await plan_action(
        work,
        unit_id=item.unit_id,
        module="internal_control",
        about=f"{item.number} {item.title}",
        page=ITEM_PAGE,
        params={"item": str(item.id)},
        title=remedy.action_title,
        owner_id=remedy.owner_id,
        due_on=remedy.due_on,
        detail=remedy.action_detail,
    )
    deviation.action_id, deviation.no_action_reason = action.id, ""
