"""What the executive board sees: the committees of a year side by side, and what they cover."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from sqlalchemy import and_, func, select

from ....authz.permit import permit
from ....infra.periods import check_year
from ....tenants.tree import units
from ....tenants.tree.units import Placed
from ....tenants.work import Work
from .design import Design, design_of
from .models import (
    ControlItem,
    ControlLight,
    ControlOccasion,
    ControlPlan,
    FollowUp,
    PlanRisk,
    PlanState,
    Process,
    Risk,
)
from .places import bodies_of
from .rules import worst
from .settings import control_settings


@dataclass(slots=True)
class Cover:
    """How much of one category or process a committee has: living risks, and controls."""

    risks: int = 0
    items: int = 0


@dataclass(slots=True)
class CommitteeYear:
    """A committee's internal control during a year; all counts are 0 without a plan."""

    unit: Placed
    plan: ControlPlan | None
    follow_up: FollowUp | None = None
    risks: int = 0
    """Living risks of the committee and the units below it, today."""
    high_risks: int = 0
    """Those in a red cell of the matrix."""
    items: int = 0
    occasions: int = 0
    done: int = 0
    overdue: int = 0
    lights: dict[ControlLight, int] = field(default_factory=lambda: dict.fromkeys(ControlLight, 0))
    """Controls by the worst light of the year."""
    least: int = 0
    by_category: dict[str, Cover] = field(default_factory=dict)
    by_process: dict[UUID, Cover] = field(default_factory=dict)

    @property
    def too_few(self) -> bool:
        """Whether the plan holds fewer controls than the municipality expects."""
        return self.items < self.least


@dataclass(frozen=True, slots=True)
class Overview:
    year: int
    design: Design
    least_items: int
    committees: tuple[CommitteeYear, ...]
    processes: tuple[Process, ...]
    """Those that have living risks."""

    @property
    def without_plan(self) -> tuple[Placed, ...]:
        return tuple(each.unit for each in self.committees if each.plan is None)

    @property
    def uncovered(self) -> Mapping[str, tuple[Placed, ...]]:
        """By category of risk, the committees that have neither a risk nor a control of it."""
        return {
            category.key: tuple(
                each.unit for each in self.committees if category.key not in each.by_category
            )
            for category in self.design.categories
            if not category.ended
        }


@permit("internal_control.read")
async def control_overview(work: Work, *, year: int) -> Overview:
    """Boards, committees and companies of today's tree, in its order, and any other unit that has
    a plan for the year. Seven statements whatever their number."""
    check_year(year)
    tree = await units.tree(work)
    design, least = await design_of(work), (await control_settings(work)).least_items
    plans = {
        plan.unit_id: plan
        for plan in await work.scalars(select(ControlPlan).where(ControlPlan.year == year))
    }
    bodies = bodies_of(tree)
    rows = {
        unit.id: CommitteeYear(unit, plans.get(unit.id), least=least)
        for unit in tree
        if bodies.get(unit.id) == unit.id or unit.id in plans
    }
    await _count_risks(work, rows, bodies, design)
    await _count_items(work, rows, {plan.id: plan.unit_id for plan in plans.values()})
    await _see_follow_ups(work, rows)
    seen = {id for row in rows.values() for id in row.by_process}
    processes = await work.scalars(
        select(Process).where(Process.id.in_(seen)).order_by(func.sv_key(Process.name), Process.id)
    )
    return Overview(year, design, least, tuple(rows.values()), tuple(processes))


async def _count_risks(
    work: Work, rows: Mapping[UUID, CommitteeYear], bodies: Mapping[UUID, UUID], design: Design
) -> None:
    living = await work.rows(
        select(
            Risk.unit_id, Risk.category, Risk.process_id, Risk.probability, Risk.consequence
        ).where(Risk.closed_at.is_(None))
    )
    for unit_id, category, process_id, probability, consequence in living:
        row = rows.get(bodies.get(unit_id, unit_id))
        if row is None:
            continue
        row.risks += 1
        row.by_category.setdefault(category, Cover()).risks += 1
        if process_id is not None:
            row.by_process.setdefault(process_id, Cover()).risks += 1
        if probability is not None and consequence is not None:
            row.high_risks += design.colour(probability, consequence) is ControlLight.RED


async def _count_items(
    work: Work, rows: Mapping[UUID, CommitteeYear], plans: Mapping[UUID, UUID]
) -> None:
    """`plans` are the units of the year's plans by their ids."""
    items = await work.rows(
        select(ControlItem.id, ControlItem.plan_id, PlanRisk.category, Risk.process_id)
        .join(
            PlanRisk,
            and_(PlanRisk.id == ControlItem.plan_risk_id, PlanRisk.tenant_id == work.tenant.id),
        )
        .join(Risk, and_(Risk.id == PlanRisk.risk_id, Risk.tenant_id == work.tenant.id))
        .where(ControlItem.plan_id.in_(list(plans)), ControlItem.removed_at.is_(None))
    )
    occasions: dict[UUID, list[ControlOccasion]] = {row[0]: [] for row in items}
    for each in await _occasions(work, list(plans)):
        if each.item_id in occasions:
            occasions[each.item_id].append(each)
    for item_id, plan_id, category, process_id in items:
        row = rows.get(plans[plan_id])
        if row is None:
            continue
        row.items += 1
        row.by_category.setdefault(category, Cover()).items += 1
        if process_id is not None:
            row.by_process.setdefault(process_id, Cover()).items += 1
        row.occasions += len(occasions[item_id])
        row.done += sum(each.done_on is not None for each in occasions[item_id])
        if row.plan is not None and row.plan.state is PlanState.ACTIVE:
            row.overdue += sum(is_late(work, each) for each in occasions[item_id])
        light = worst(each.light for each in occasions[item_id])
        if light is not None:
            row.lights[light] += 1


def is_late(work: Work, occasion: ControlOccasion) -> bool:
    waits = occasion.done_on is None and occasion.missed_at is None
    return waits and occasion.due_on < work.today


async def _occasions(work: Work, plan_ids: Sequence[UUID]) -> Sequence[ControlOccasion]:
    own = and_(ControlItem.id == ControlOccasion.item_id, ControlItem.tenant_id == work.tenant.id)
    chosen = select(ControlOccasion).join(ControlItem, own)
    return await work.scalars(chosen.where(ControlItem.plan_id.in_(plan_ids)))


async def _see_follow_ups(work: Work, rows: Mapping[UUID, CommitteeYear]) -> None:
    by_plan = {row.plan.id: row for row in rows.values() if row.plan is not None}
    chosen = select(FollowUp).where(FollowUp.plan_id.in_(list(by_plan)))
    for follow_up in await work.scalars(chosen):
        by_plan[follow_up.plan_id].follow_up = follow_up
