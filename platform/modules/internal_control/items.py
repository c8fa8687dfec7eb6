"""The controls of a plan: what, who, how often, how and how much, with the days they are due."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final, TypedDict
from uuid import UUID

from sqlalchemy import and_, delete, select

from ....authz.permit import permit
from ....infra.errors import Conflict, InvalidInput
from ....infra.i18n import _
from ....infra.periods import PeriodKind
from ....tenants.work import Work
from ..actions.models import ActionState, PlannedAction
from .holding import TITLE, hold, line, saved, words
from .models import (
    Attestation,
    ControlItem,
    ControlKind,
    ControlOccasion,
    ControlPlan,
    Deviation,
    PlanRisk,
    PlanState,
)
from .places import below, check_person
from .plans import hold_plan, next_number, record, refuse_fixed
from .rules import days_of

MOST_DAYS: Final = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class NewItem:
    """`days` are when it is due; None follows the periodicity. `unit_id` None is the plan's."""

    title: str
    method: str
    periodicity: PeriodKind
    sample: str = ""
    kind: ControlKind = ControlKind.CONTROL
    unit_id: UUID | None = None
    responsible_id: UUID | None = None
    days: Sequence[date] | None = None


class ItemChanges(TypedDict, total=False):
    """What shall be changed; what is left out stays."""

    title: str
    method: str
    sample: str
    kind: ControlKind
    periodicity: PeriodKind
    responsible_id: UUID | None
    unit_id: UUID
    days: Sequence[date]


@permit("internal_control.write")
async def add_item(
    work: Work, plan_risk_id: UUID, new: NewItem, *, reason: str = ""
) -> ControlItem:
    """A control of a risk in the plan. Raises Conflict when the plan is attested or over; one
    under way takes a reason."""
    risk = await work.get(PlanRisk, plan_risk_id)
    plan = await hold_plan(work, risk.plan_id, None)
    refuse_fixed(plan)
    await _check(work, plan, unit_id=new.unit_id, responsible_id=new.responsible_id)
    item = ControlItem(
        plan_id=plan.id,
        plan_risk_id=risk.id,
        unit_id=new.unit_id or plan.unit_id,
        number=await next_number(work, plan.id),
        kind=new.kind,
        title=line(new.title, field="title"),
        method=words(new.method, field="method", needed=True),
        sample=words(new.sample, field="sample")[:TITLE],
        periodicity=new.periodicity,
        responsible_id=new.responsible_id,
        version=0,
    )
    work.add(item)
    await saved(work, item)
    record(work, plan, {}, reason=reason, item=item, after={"title": item.title})
    await set_days(work, plan, item, new.days)
    await saved(work, plan)
    return item


@permit("internal_control.write")
async def change_item(
    work: Work,
    item_id: UUID,
    *,
    changes: ItemChanges,
    reason: str = "",
    version: int | None = None,
) -> ControlItem:
    """Raises as `add_item`, and Conflict for one that is attested by itself, or was saved since
    `version`. Occasions that are done, or said to be missed, keep their days."""
    plan, item = await hold_item(work, item_id, version)
    refuse_fixed(plan)
    await refuse_attested(work, item)
    values: dict[str, Any] = {name: value for name, value in changes.items() if name != "days"}
    await _check(
        work, plan, unit_id=values.get("unit_id"), responsible_id=values.get("responsible_id")
    )
    if "title" in values:
        values["title"] = line(values["title"], field="title")
    if "method" in values:
        values["method"] = words(values["method"], field="method", needed=True)
    if "sample" in values:
        values["sample"] = words(values["sample"], field="sample")[:TITLE]
    days = changes.get("days")
    moved = days is not None or values.get("periodicity", item.periodicity) != item.periodicity
    was = await _due_days(work, item.id) if moved else []
    old = {name: getattr(item, name) for name in values}
    for name, value in values.items():
        setattr(item, name, value)
    if moved:
        await set_days(work, plan, item, days)
    becomes = await _due_days(work, item.id) if moved else []
    before, after = _told_days(was, becomes)
    _record_values(work, plan, item, old, before, after, reason)
    return await saved(work, item)


@permit("internal_control.write")
async def remove_item(
    work: Work, item_id: UUID, *, reason: str = "", version: int | None = None
) -> ControlItem:
    """Take a control out. What was done of it stays; in a plan under way it takes a reason."""
    plan, item = await hold_item(work, item_id, version)
    refuse_fixed(plan)
    await refuse_attested(work, item)
    record(work, plan, {}, reason=reason, item=item, before={"title": item.title})
    await _refuse_carrying(work, item)
    await _forget_undone(work, item.id)
    item.removed_by, item.removed_at = work.actor.id, work.now
    await saved(work, item)
    if plan.state is PlanState.DRAFT and not await _has_history(work, item.id):
        await work.delete(item)
        await work.flush()
    return item


async def hold_item(
    work: Work, item_id: UUID, version: int | None, permission: str | None = None
) -> tuple[ControlPlan, ControlItem]:
    """The plan, then the item, so that two writers never wait for each other."""
    found = await work.get(ControlItem, item_id)
    if permission is None:
        plan = await hold_plan(work, found.plan_id, None)
    else:
        plan = await hold(work, ControlPlan, found.plan_id)
        work.require(permission, at=found.unit_id)
    item = await hold(work, ControlItem, item_id, version)
    if item.removed_at is not None:
        raise Conflict(_("The control has been taken out of the plan."))
    return plan, item


async def set_days(
    work: Work, plan: ControlPlan, item: ControlItem, days: Collection[date] | None
) -> None:
    """Give the item an occasion for each day; those that are over stay as they are."""
    wanted = set(days_of(plan.year, item.periodicity) if days is None else days)
    if not 1 <= len(wanted) <= MOST_DAYS:
        raise InvalidInput(_("A control has 1 to {most} days.", most=MOST_DAYS), field="days")
    if any(day.year not in (plan.year, plan.year + 1) for day in wanted):
        raise InvalidInput(
            _("The days of a control lie in the plan's year, or soon after."), field="days"
        )
    await _forget_undone(work, item.id)
    over = await _due_days(work, item.id)
    work.add(*(ControlOccasion(item_id=item.id, due_on=day) for day in sorted(wanted - set(over))))
    await work.flush()


async def refuse_attested(work: Work, item: ControlItem) -> None:
    standing = select(Attestation.id).where(
        Attestation.item_id == item.id, Attestation.withdrawn_at.is_(None)
    )
    plan = await work.get(ControlPlan, item.plan_id)
    if plan.state is PlanState.DRAFT and await work.first(standing) is not None:
        raise Conflict(_("The control is attested. Withdraw the attestation to change it."))


async def _refuse_carrying(work: Work, item: ControlItem) -> None:
    """What last year's control found and is not finished is not lost with its control."""
    carried = (
        select(Deviation.id)
        .join(
            PlannedAction,
            and_(
                PlannedAction.id == Deviation.action_id, PlannedAction.tenant_id == work.tenant.id
            ),
        )
        .where(Deviation.item_id == item.id, Deviation.carried_from_id.is_not(None))
        .where(PlannedAction.state == ActionState.OPEN)
    )
    if await work.first(carried) is not None:
        raise Conflict(
            _("The control follows up a deviation that is not finished. End its action first.")
        )


async def _has_history(work: Work, item_id: UUID) -> bool:
    attested = select(Attestation.id).where(Attestation.item_id == item_id)
    found = select(Deviation.id).where(Deviation.item_id == item_id)
    return await work.first(attested) is not None or await work.first(found) is not None


async def _forget_undone(work: Work, item_id: UUID) -> None:
    undone = delete(ControlOccasion).where(
        ControlOccasion.item_id == item_id,
        ControlOccasion.done_on.is_(None),
        ControlOccasion.missed_at.is_(None),
    )
    await work.execute(undone.execution_options(synchronize_session="fetch"))


async def _due_days(work: Work, item_id: UUID) -> Sequence[date]:
    chosen = select(ControlOccasion.due_on).where(ControlOccasion.item_id == item_id)
    return await work.scalars(chosen.order_by(ControlOccasion.due_on))


async def _check(
    work: Work, plan: ControlPlan, *, unit_id: UUID | None, responsible_id: UUID | None
) -> None:
    if unit_id is not None and unit_id not in await below(work, plan.unit_id):
        raise InvalidInput(_("Choose the committee itself, or a unit below it."), field="unitId")
    await check_person(work, responsible_id, field="responsibleId")


def _told_days(
    was: Sequence[date], becomes: Sequence[date]
) -> tuple[dict[str, str], dict[str, str]]:
    if was == becomes:
        return {}, {}
    return {"days": ", ".join(map(str, was))}, {"days": ", ".join(map(str, becomes))}


def _record_values(
    work: Work,
    plan: ControlPlan,
    item: ControlItem,
    old: dict[str, Any],
    before: dict[str, str],
    after: dict[str, str],
    reason: str,
) -> None:
    changed = {name for name, value in old.items() if getattr(item, name) != value}
    was = {name: "" if old[name] is None else str(old[name]) for name in changed}
    becomes = {
        name: "" if getattr(item, name) is None else str(getattr(item, name)) for name in changed
    }
    record(work, plan, {}, reason=reason, item=item, before=was | before, after=becomes | after)
