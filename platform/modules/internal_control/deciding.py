"""The way of a plan after it is attested: decided, activated, followed up, closed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import and_, select

from ....authz.permit import permit
from ....infra.errors import Conflict
from ....infra.i18n import _
from ....tenants.decided import read_decided
from ....tenants.work import Work
from .holding import saved, words
from .models import (
    ControlItem,
    ControlOccasion,
    ControlPlan,
    Deviation,
    FollowUp,
    PlanState,
)
from .plans import hold_plan

MOST_NAMED = 10


@permit("internal_control.write")
async def decide_plan(
    work: Work, plan_id: UUID, *, decision: Mapping[str, Any], version: int | None = None
) -> ControlPlan:
    """Keep what the committee has decided (`tenants/decided.py`) of an attested plan.

    A decided one can be corrected until it is activated. Raises Conflict, InvalidInput.
    """
    plan = await hold_plan(work, plan_id, version)
    if plan.state not in (PlanState.ATTESTED, PlanState.DECIDED):
        raise Conflict(_("A plan is attested first, and then decided."))
    for name, value in read_decided(decision, today=work.today).items():
        setattr(plan, name, value)
    plan.state = PlanState.DECIDED
    return await saved(work, plan)


@permit("internal_control.write")
async def activate_plan(work: Work, plan_id: UUID, *, version: int | None = None) -> ControlPlan:
    """The year's controls begin; from now on what the plan holds changes only with a reason."""
    plan = await hold_plan(work, plan_id, version)
    if plan.state is not PlanState.DECIDED:
        raise Conflict(_("The committee decides on the plan before it is activated."))
    plan.state = PlanState.ACTIVE
    plan.activated_by, plan.activated_at = work.actor.id, work.now
    return await saved(work, plan)


@permit("internal_control.write")
async def follow_up_plan(
    work: Work, plan_id: UUID, *, summary: str, version: int | None = None
) -> ControlPlan:
    """Hand over what the year's controls have shown; nothing in the plan changes after that.

    Raises Conflict, naming them, while controls are neither done nor said to be missed, have no
    conclusion, or have found something that nobody has taken care of.
    """
    plan = await hold_plan(work, plan_id, version)
    if plan.state is not PlanState.ACTIVE:
        raise Conflict(_("Only a plan that is under way is followed up."))
    await _refuse_unfinished(work, plan)
    follow_up = await _follow_up(work, plan.id)
    if follow_up is None:
        follow_up = FollowUp(
            plan_id=plan.id, decided_by="", decided_paragraph="", registry_number=""
        )
        work.add(follow_up)
    follow_up.summary = words(summary, field="summary", needed=True)
    follow_up.made_by, follow_up.made_at = work.actor.id, work.now
    plan.state = PlanState.FOLLOWED_UP
    return await saved(work, plan)


@permit("internal_control.write")
async def take_back_follow_up(
    work: Work, plan_id: UUID, *, version: int | None = None
) -> ControlPlan:
    """Go on with the controls. Raises Conflict once the committee has decided on the follow-up."""
    plan = await hold_plan(work, plan_id, version)
    follow_up = await _follow_up(work, plan.id)
    if plan.state is not PlanState.FOLLOWED_UP or follow_up is None:
        raise Conflict(_("The plan is not followed up."))
    if follow_up.decided_on is not None:
        raise Conflict(_("The committee has decided on the follow-up."))
    plan.state = PlanState.ACTIVE
    return await saved(work, plan)


@permit("internal_control.write")
async def decide_follow_up(
    work: Work, plan_id: UUID, *, decision: Mapping[str, Any], version: int | None = None
) -> FollowUp:
    """Keep what the committee has decided of the follow-up. Raises Conflict, InvalidInput."""
    plan = await hold_plan(work, plan_id, version)
    follow_up = await _follow_up(work, plan.id)
    if plan.state is not PlanState.FOLLOWED_UP or follow_up is None:
        raise Conflict(_("The plan is not followed up."))
    for name, value in read_decided(decision, today=work.today).items():
        setattr(follow_up, name, value)
    await saved(work, plan)
    return follow_up


@permit("internal_control.write")
async def close_plan(work: Work, plan_id: UUID, *, version: int | None = None) -> ControlPlan:
    """The year is over. Raises Conflict before the committee has decided on the follow-up."""
    plan = await hold_plan(work, plan_id, version)
    follow_up = await _follow_up(work, plan.id)
    decided = follow_up is not None and follow_up.decided_on is not None
    if plan.state is not PlanState.FOLLOWED_UP or not decided:
        raise Conflict(_("The committee decides on the follow-up before the plan is closed."))
    plan.state = PlanState.CLOSED
    plan.closed_by, plan.closed_at = work.actor.id, work.now
    return await saved(work, plan)


async def _follow_up(work: Work, plan_id: UUID) -> FollowUp | None:
    return await work.first(select(FollowUp).where(FollowUp.plan_id == plan_id))


async def _refuse_unfinished(work: Work, plan: ControlPlan) -> None:
    items = await work.scalars(
        select(ControlItem)
        .where(ControlItem.plan_id == plan.id, ControlItem.removed_at.is_(None))
        .order_by(ControlItem.number)
    )
    ids = [item.id for item in items]
    waiting = set(
        await work.scalars(
            select(ControlOccasion.item_id).where(
                ControlOccasion.item_id.in_(ids),
                ControlOccasion.done_on.is_(None),
                ControlOccasion.missed_at.is_(None),
            )
        )
    )
    _refuse([i for i in items if i.id in waiting], _("These controls are not done yet: {items}."))
    unsettled = set(await work.scalars(select(Deviation.item_id).where(unsettled_of(ids))))
    _refuse(
        [i for i in items if i.id in unsettled],
        _("Say what is done about what these controls found: {items}."),
    )
    _refuse(
        [i for i in items if not i.conclusion],
        _("Write what these controls have shown: {items}."),
    )


def unsettled_of(item_ids: Sequence[UUID]) -> Any:
    """What was found, with neither an action nor the reason why none is needed."""
    return and_(
        Deviation.item_id.in_(item_ids),
        Deviation.action_id.is_(None),
        Deviation.no_action_reason == "",
    )


def _refuse(items: Sequence[ControlItem], sentence: str) -> None:
    if items:
        named = ", ".join(f"{item.number} {item.title}" for item in items[:MOST_NAMED])
        raise Conflict(sentence.replace("{items}", named))
