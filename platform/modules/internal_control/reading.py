"""A plan with all that belongs to it, read set by set: for its page, its files and the API."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import InstrumentedAttribute

from ....authz.permit import permit
from ....tenants.names import names_of
from ....tenants.rows import TenantRow
from ....tenants.tree import units
from ....tenants.tree.units import Placed
from ....tenants.work import Work
from ..actions.models import PlannedAction
from ..actions.service import actions_of
from .design import Design, design_of
from .models import (
    Attestation,
    ControlChange,
    ControlItem,
    ControlLight,
    ControlOccasion,
    ControlPlan,
    Deviation,
    FollowUp,
    OccasionFile,
    PlanRisk,
    RiskTreatment,
)
from .rules import worst

T = TypeVar("T", bound=TenantRow)


@dataclass(frozen=True, slots=True)
class LastYear:
    """What the item that this one was copied from came to."""

    item: ControlItem
    occasions: tuple[ControlOccasion, ...]

    @property
    def light(self) -> ControlLight | None:
        return worst(each.light for each in self.occasions)


@dataclass(frozen=True, slots=True)
class FoundDeviation:
    deviation: Deviation
    action: PlannedAction | None


@dataclass(frozen=True, slots=True)
class WholeItem:
    item: ControlItem
    unit_name: str
    responsible: str
    """Whose name it has; empty for nobody, or for one who is erased."""
    occasions: tuple[ControlOccasion, ...]
    evidence: Mapping[UUID, tuple[OccasionFile, ...]]
    """By occasion."""
    deviations: tuple[FoundDeviation, ...]
    attestation: Attestation | None
    last_year: LastYear | None

    @property
    def light(self) -> ControlLight | None:
        """The worst of the year."""
        return worst(each.light for each in self.occasions)

    @property
    def done(self) -> int:
        return sum(each.done_on is not None for each in self.occasions)


@dataclass(frozen=True, slots=True)
class WholeRisk:
    risk: PlanRisk
    items: tuple[WholeItem, ...]
    treatments: tuple[RiskTreatment, ...]
    """What is being done about it now, beside the controls."""


@dataclass(frozen=True, slots=True)
class WholePlan:
    plan: ControlPlan
    unit: Placed
    design: Design
    risks: tuple[WholeRisk, ...]
    """The highest value first."""
    attestation: Attestation | None
    """Of the plan as a whole, that stands."""
    attestations: tuple[Attestation, ...]
    """All there have been, the latest first."""
    changes: tuple[ControlChange, ...]
    follow_up: FollowUp | None
    names: Mapping[UUID, str]
    """Of the people who did anything with the plan."""
    titles: Mapping[UUID, str]
    """Of all controls, also those that were taken out."""

    @property
    def items(self) -> tuple[WholeItem, ...]:
        return tuple(item for risk in self.risks for item in risk.items)

    @property
    def by_number(self) -> list[tuple[WholeRisk, WholeItem]]:
        found = [(risk, item) for risk in self.risks for item in risk.items]
        return sorted(found, key=lambda pair: pair[1].item.number)

    @property
    def lights(self) -> dict[ControlLight, int]:
        """How many items have come to each light."""
        found = [item.light for item in self.items]
        return {light: found.count(light) for light in ControlLight}


@permit("internal_control.read")
async def whole_plan(work: Work, plan_id: UUID) -> WholePlan:
    """A dozen statements whatever the plan holds. Raises NotFound."""
    plan = await work.get(ControlPlan, plan_id)
    risks = await _of(work, PlanRisk, PlanRisk.plan_id, [plan.id])
    rows = await _of(work, ControlItem, ControlItem.plan_id, [plan.id], ControlItem.number)
    treatments = await _of(
        work, RiskTreatment, RiskTreatment.risk_id, [risk.risk_id for risk in risks[plan.id]]
    )
    attestations = await _of(work, Attestation, Attestation.plan_id, [plan.id])
    changes = await _of(work, ControlChange, ControlChange.plan_id, [plan.id])
    follow_ups = await _of(work, FollowUp, FollowUp.plan_id, [plan.id])
    here = [row for row in rows[plan.id] if row.removed_at is None]
    items = await whole_items(work, here, attestations[plan.id])
    names = await names_of(
        work,
        [
            *(row.attested_by for row in attestations[plan.id]),
            *(row.withdrawn_by for row in attestations[plan.id]),
            *(row.changed_by for row in changes[plan.id]),
            *(row.made_by for row in follow_ups[plan.id]),
            *(plan.activated_by, plan.closed_by, plan.changed_by),
            *(each.done_by for item in items for each in item.occasions),
            *(d.action.owner_id for item in items for d in item.deviations if d.action),
        ],
    )
    (unit,) = await units.placed(work, [plan.unit_id])
    by_risk: dict[UUID, list[WholeItem]] = {}
    for item in items:
        by_risk.setdefault(item.item.plan_risk_id, []).append(item)
    standing = [row for row in attestations[plan.id] if row.withdrawn_at is None]
    return WholePlan(
        plan=plan,
        unit=unit,
        design=await design_of(work),
        risks=tuple(
            WholeRisk(
                risk,
                tuple(by_risk.get(risk.id, ())),
                tuple(each for each in treatments[risk.risk_id] if each.ended_at is None),
            )
            for risk in sorted(risks[plan.id], key=lambda risk: (-risk.value, risk.number))
        ),
        attestation=next((row for row in standing if row.item_id is None), None),
        attestations=tuple(reversed(attestations[plan.id])),
        changes=tuple(reversed(changes[plan.id])),
        follow_up=next(iter(follow_ups[plan.id]), None),
        names=names,
        titles={row.id: row.title for row in rows[plan.id]},
    )


@permit("internal_control.read")
async def whole_item(work: Work, item_id: UUID) -> WholeItem:
    """One control with all that belongs to it. Raises NotFound."""
    item = await work.get(ControlItem, item_id)
    attestations = await _of(work, Attestation, Attestation.plan_id, [item.plan_id])
    (found,) = await whole_items(work, [item], attestations[item.plan_id])
    return found


async def whole_items(
    work: Work, items: Sequence[ControlItem], attestations: Sequence[Attestation] = ()
) -> list[WholeItem]:
    """Controls of any plans, in the order given; `attestations` those that may be theirs."""
    ids = [item.id for item in items]
    origins = [item.origin_id for item in items if item.origin_id]
    before = {
        row.id: row
        for row in await work.scalars(select(ControlItem).where(ControlItem.id.in_(origins)))
    }
    occasions = await _of(
        work, ControlOccasion, ControlOccasion.item_id, [*ids, *origins], ControlOccasion.due_on
    )
    evidence = await _of(
        work, OccasionFile, OccasionFile.occasion_id, [o.id for id in ids for o in occasions[id]]
    )
    deviations = await _of(work, Deviation, Deviation.item_id, ids, Deviation.found_at)
    actions = await actions_of(work, [d.action_id for id in ids for d in deviations[id]])
    names = await names_of(work, [item.responsible_id for item in items])
    places = await units.placed(work, list({item.unit_id for item in items}))
    named = {unit.id: unit.name for unit in places}
    standing = {row.item_id: row for row in attestations if row.withdrawn_at is None}

    def last_year(item: ControlItem) -> LastYear | None:
        origin = before.get(item.origin_id) if item.origin_id else None
        return LastYear(origin, tuple(occasions[origin.id])) if origin else None

    return [
        WholeItem(
            item=item,
            unit_name=named.get(item.unit_id, ""),
            responsible=names.get(item.responsible_id, "") if item.responsible_id else "",
            occasions=tuple(occasions[item.id]),
            evidence={o.id: tuple(evidence[o.id]) for o in occasions[item.id]},
            deviations=tuple(
                FoundDeviation(row, actions.get(row.action_id) if row.action_id else None)
                for row in deviations[item.id]
            ),
            attestation=standing.get(item.id),
            last_year=last_year(item),
        )
        for item in items
    ]


async def _of(
    work: Work,
    model: type[T],
    column: InstrumentedAttribute[UUID],
    ids: Iterable[UUID],
    *order: InstrumentedAttribute[object],
) -> dict[UUID, list[T]]:
    """The rows by what `column` points at, in the order they were made if none is given."""
    found: dict[UUID, list[T]] = {id: [] for id in ids}
    if found:
        for row in await work.scalars(
            select(model).where(column.in_(list(found))).order_by(*order, model.id)
        ):
            found[getattr(row, column.key)].append(row)
    return found
