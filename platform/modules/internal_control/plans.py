"""A committee's plan for a year: started, and given the risks that it mirrors."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import TypedDict
from uuid import UUID

from sqlalchemy import func, select

from ....authz.permit import permit
from ....infra.errors import Conflict, InvalidInput, NotFound
from ....infra.i18n import _
from ....infra.periods import check_year
from ....tenants.work import Work
from .holding import WRITE, differences, hold, saved, words
from .models import ControlChange, ControlItem, ControlPlan, PlanRisk, PlanState, Risk
from .places import below, check_unit


class PlanChanges(TypedDict, total=False):
    """What shall be changed; what is left out stays."""

    introduction: str
    attest_by: date | None
    follow_up_by: date | None


@permit("internal_control.read")
async def plans(
    work: Work, *, year: int | None = None, unit_id: UUID | None = None
) -> Sequence[ControlPlan]:
    """The latest year first."""
    chosen = select(ControlPlan)
    if year is not None:
        chosen = chosen.where(ControlPlan.year == year)
    if unit_id is not None:
        chosen = chosen.where(ControlPlan.unit_id == unit_id)
    return await work.scalars(chosen.order_by(ControlPlan.year.desc(), ControlPlan.id))


@permit("internal_control.read")
async def get_plan(work: Work, plan_id: UUID) -> ControlPlan:
    return await work.get(ControlPlan, plan_id)


@permit("internal_control.read")
async def find_plan(work: Work, *, unit_id: UUID, year: int) -> ControlPlan | None:
    return await work.first(
        select(ControlPlan).where(ControlPlan.unit_id == unit_id, ControlPlan.year == year)
    )


@permit("internal_control.write")
async def start_plan(
    work: Work,
    *,
    unit_id: UUID,
    year: int,
    introduction: str = "",
    attest_by: date | None = None,
    follow_up_by: date | None = None,
) -> ControlPlan:
    """An empty plan, to mirror risks in. Raises Conflict where the unit has one for the year."""
    work.require(WRITE, at=unit_id)
    check_year(year)
    await check_unit(work, unit_id)
    if await find_plan(work, unit_id=unit_id, year=year) is not None:
        raise Conflict(
            _("The unit has an internal control plan for {year} already.", year=year), field="year"
        )
    plan = ControlPlan(
        unit_id=unit_id,
        year=year,
        state=PlanState.DRAFT,
        introduction=words(introduction, field="introduction"),
        attest_by=attest_by,
        follow_up_by=follow_up_by,
        decided_by="",
        decided_paragraph="",
        registry_number="",
        version=0,
    )
    work.add(plan)
    return await saved(work, plan)


@permit("internal_control.write")
async def change_plan(
    work: Work,
    plan_id: UUID,
    *,
    changes: PlanChanges,
    reason: str = "",
    version: int | None = None,
) -> ControlPlan:
    """Raises Conflict when the plan is attested or over; one under way takes a reason."""
    plan = await hold_plan(work, plan_id, version)
    refuse_fixed(plan)
    values = dict(changes)
    if "introduction" in changes:
        values["introduction"] = words(changes["introduction"], field="introduction")
    record(work, plan, values, reason=reason)
    for name, value in values.items():
        setattr(plan, name, value)
    return await saved(work, plan)


@permit("internal_control.write")
async def choose_risks(
    work: Work,
    plan_id: UUID,
    risk_ids: Sequence[UUID],
    *,
    reason: str = "",
    version: int | None = None,
) -> list[PlanRisk]:
    """Mirror risks of the unit and the units below it as they are now; also those that the plan
    has already, while it is a draft.

    Raises NotFound, InvalidInput for a risk that is closed, not assessed or of another unit,
    Conflict as `change_plan`.
    """
    plan = await hold_plan(work, plan_id, version)
    refuse_fixed(plan)
    rows = await mirror(work, plan, risk_ids, reason=reason)
    await saved(work, plan)
    return rows


async def mirror(
    work: Work, plan: ControlPlan, risk_ids: Sequence[UUID], *, reason: str = ""
) -> list[PlanRisk]:
    """As `choose_risks`, in a plan that is held."""
    found = {r.id: r for r in await work.scalars(select(Risk).where(Risk.id.in_(risk_ids)))}
    within = set(await below(work, plan.unit_id))
    known = {row.risk_id: row for row in await _mirrored(work, plan.id, risk_ids)}
    chosen: list[PlanRisk] = []
    for risk_id in dict.fromkeys(risk_ids):
        risk = found.get(risk_id)
        if risk is None:
            raise NotFound(field="riskIds")
        _refuse_unfit(risk, within)
        row = known.get(risk.id)
        if row is None:
            row = PlanRisk(plan_id=plan.id, risk_id=risk.id)
            work.add(row)
            added = {"risk": f"R{risk.number} {risk.title}"}
            record(work, plan, {}, reason=reason, after=added)
        elif plan.state is not PlanState.DRAFT:
            raise Conflict(_("R{number} stands in the plan already.", number=risk.number))
        for name in ("number", "title", "cause", "effect", "category", "probability"):
            setattr(row, name, getattr(risk, name))
        row.consequence, row.value = risk.consequence or 0, risk.value or 0
        row.mirrored_at = work.now
        chosen.append(row)
    await work.flush()
    return chosen


@permit("internal_control.write")
async def drop_risk(work: Work, plan_risk_id: UUID) -> ControlPlan:
    """Take a risk out of a draft. Raises Conflict while the plan controls it."""
    row = await work.get(PlanRisk, plan_risk_id)
    plan = await hold_plan(work, row.plan_id, None)
    if plan.state is not PlanState.DRAFT:
        raise Conflict(_("Risks are taken out of a plan only while it is a draft."))
    used = select(ControlItem.id).where(ControlItem.plan_risk_id == row.id).limit(1)
    if await work.first(used.where(ControlItem.removed_at.is_(None))) is not None:
        raise Conflict(_("The plan has controls of this risk. Take them away first."))
    if await work.first(used) is not None:
        # Somebody has attested what was taken away: that stays, and so does what it was about.
        raise Conflict(_("A control of this risk was attested once, so the risk stays."))
    await work.delete(row)
    return await saved(work, plan)


async def hold_plan(
    work: Work, plan_id: UUID, version: int | None, permission: str = WRITE
) -> ControlPlan:
    plan = await hold(work, ControlPlan, plan_id, version)
    work.require(permission, at=plan.unit_id)
    return plan


def refuse_fixed(plan: ControlPlan) -> None:
    """Conflict when what the plan holds cannot be changed in its state."""
    if plan.state in (PlanState.ATTESTED, PlanState.DECIDED):
        raise Conflict(_("The plan is attested. Withdraw the attestation to change it."))
    if plan.state in (PlanState.FOLLOWED_UP, PlanState.CLOSED):
        raise Conflict(_("The plan is followed up, and changes no more."))


def record(
    work: Work,
    plan: ControlPlan,
    values: dict[str, object],
    *,
    reason: str,
    item: ControlItem | None = None,
    before: dict[str, str] | None = None,
    after: dict[str, str] | None = None,
) -> None:
    """Keep what changes in a plan under way, with its reason: InvalidInput without one.

    `values` are columns of the item, else of the plan; `before` and `after` what else changes.
    """
    if plan.state is not PlanState.ACTIVE:
        return
    was, becomes = differences(item or plan, values)
    was, becomes = was | (before or {}), becomes | (after or {})
    if not was and not becomes:
        return
    if not reason.strip():
        raise InvalidInput(
            _("The plan is under way. Write why it is changed: the reason is kept."), field="reason"
        )
    work.add(
        ControlChange(
            plan_id=plan.id,
            item_id=item.id if item else None,
            before=was,
            after=becomes,
            reason=words(reason, field="reason"),
            changed_by=work.actor.id,
            changed_at=work.now,
        )
    )


async def next_number(work: Work, plan_id: UUID) -> int:
    chosen = select(func.max(ControlItem.number)).where(ControlItem.plan_id == plan_id)
    return (await work.first(chosen) or 0) + 1


async def _mirrored(work: Work, plan_id: UUID, ids: Iterable[UUID]) -> Sequence[PlanRisk]:
    chosen = select(PlanRisk).where(PlanRisk.plan_id == plan_id)
    return await work.scalars(chosen.where(PlanRisk.risk_id.in_(list(ids))))


def _refuse_unfit(risk: Risk, within: set[UUID]) -> None:
    if risk.unit_id not in within:
        raise InvalidInput(
            _("R{number} is a risk of a unit that does not belong here.", number=risk.number),
            field="riskIds",
        )
    if risk.closed_at is not None:
        raise InvalidInput(_("R{number} is closed.", number=risk.number), field="riskIds")
    if risk.value is None:
        raise InvalidInput(
            _("R{number} is not assessed yet. Assess it first.", number=risk.number),
            field="riskIds",
        )
