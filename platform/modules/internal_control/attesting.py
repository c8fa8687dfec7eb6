"""Attesting a plan, whole or item by item; until it is activated that can be taken back."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import select

from ....authz.permit import permit
from ....infra.errors import Conflict
from ....infra.i18n import _
from ....tenants.decided import DECIDED
from ....tenants.work import Work
from .holding import ATTEST, saved, told, words
from .items import hold_item
from .models import Attestation, ControlChange, ControlItem, ControlPlan, PlanState
from .plans import hold_plan

BEFORE_START = (PlanState.DRAFT, PlanState.ATTESTED, PlanState.DECIDED)


@permit("internal_control.attest")
async def attest_plan(work: Work, plan_id: UUID, *, version: int | None = None) -> ControlPlan:
    """Attest the plan as a whole. Raises Conflict unless it is a draft with controls in it."""
    plan = await hold_plan(work, plan_id, version, ATTEST)
    _refuse_other_than_draft(plan)
    if not await _items(work, plan.id):
        raise Conflict(_("There is no control in the plan yet."))
    _attest(work, plan.id, None)
    plan.state = PlanState.ATTESTED
    return await saved(work, plan)


@permit("internal_control.attest")
async def attest_item(work: Work, item_id: UUID, *, version: int | None = None) -> ControlPlan:
    """Attest one control; with the last of them the plan is attested."""
    plan, item = await hold_item(work, item_id, version, ATTEST)
    _refuse_other_than_draft(plan)
    standing = await _standing(work, plan.id)
    if item.id in {row.item_id for row in standing}:
        raise Conflict(_("The control is attested already."))
    _attest(work, plan.id, item.id)
    await work.flush()
    if await _all_attested(work, plan.id):
        plan.state = PlanState.ATTESTED
    return await saved(work, plan)


@permit("internal_control.attest")
async def withdraw_attestation(work: Work, attestation_id: UUID, *, reason: str) -> ControlPlan:
    """Take an attestation back, with the reason; a plan that is then not attested is a draft.

    A decision that the committee has made falls with it, and stays in the plan's history. Raises
    Conflict once the plan is activated.
    """
    row = await work.get(Attestation, attestation_id)
    plan = await hold_plan(work, row.plan_id, None, ATTEST)
    if plan.state not in BEFORE_START:
        raise Conflict(_("The plan is under way, and its attestation stands."))
    if row.withdrawn_at is not None:
        raise Conflict(_("The attestation is withdrawn already."))
    row.reason = words(reason, field="reason", needed=True)
    row.withdrawn_by, row.withdrawn_at = work.actor.id, work.now
    await work.flush()
    if plan.state is not PlanState.DRAFT and not await _all_attested(work, plan.id):
        _forget_decision(work, plan, row.reason)
        plan.state = PlanState.DRAFT
    return await saved(work, plan)


def _attest(work: Work, plan_id: UUID, item_id: UUID | None) -> None:
    work.add(
        Attestation(
            plan_id=plan_id, item_id=item_id, attested_by=work.actor.id, attested_at=work.now
        )
    )


async def _all_attested(work: Work, plan_id: UUID) -> bool:
    attested = {row.item_id for row in await _standing(work, plan_id)}
    items = await _items(work, plan_id)
    return None in attested or (bool(items) and items <= attested)


async def _standing(work: Work, plan_id: UUID) -> list[Attestation]:
    chosen = select(Attestation).where(
        Attestation.plan_id == plan_id, Attestation.withdrawn_at.is_(None)
    )
    return list(await work.scalars(chosen))


async def _items(work: Work, plan_id: UUID) -> set[UUID | None]:
    chosen = select(ControlItem.id).where(
        ControlItem.plan_id == plan_id, ControlItem.removed_at.is_(None)
    )
    return set(await work.scalars(chosen))


def _refuse_other_than_draft(plan: ControlPlan) -> None:
    if plan.state is not PlanState.DRAFT:
        raise Conflict(_("The plan is attested already."))


def _forget_decision(work: Work, plan: ControlPlan, reason: str) -> None:
    if plan.decided_on is None:
        return
    work.add(
        ControlChange(
            plan_id=plan.id,
            item_id=None,
            before={name: told(getattr(plan, name)) for name in DECIDED},
            after={},
            reason=reason,
            changed_by=work.actor.id,
            changed_at=work.now,
        )
    )
    plan.decided_by = plan.decided_paragraph = plan.registry_number = ""
    plan.decided_on = None
