"""Risks, plans and controls for the tests of internal control."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import ColumnElement, func, select

from roder.infra.periods import PeriodKind
from roder.platform.modules.internal_control import service
from roder.platform.modules.internal_control.models import (
    ControlItem,
    ControlOccasion,
    ControlPlan,
    PlanRisk,
    Risk,
)
from roder.tenants.rows import TenantRow
from roder.tenants.work import Work

Row = TypeVar("Row", bound=TenantRow)
YEAR = 2026
DECISION = {
    "decided_by": "Socialnämnden",
    "decided_on": date(2026, 1, 20),
    "decided_paragraph": "§ 12",
    "registry_number": "SN-2026-7",
}


async def a_risk(
    work: Work, unit_id: UUID, title: str = "Fel lön betalas ut", **values: Any
) -> Risk:
    given = {"category": "operations", "probability": 3, "consequence": 4}
    return await service.add_risk(work, unit_id=unit_id, title=title, **given | values)


def an_item(title: str = "Stickprov av löner", **values: Any) -> service.NewItem:
    given = {
        "method": "Jämför lönelistan med schemat.",
        "periodicity": PeriodKind.HALF_YEAR,
        "sample": "20 av 400 löner",
    }
    return service.NewItem(title=title, **given | values)


@dataclass
class Planned:
    risk: Risk
    plan: ControlPlan
    mirror: PlanRisk
    item: ControlItem


async def a_plan(town: Any, work: Work, **values: Any) -> Planned:
    """A draft of the committee with one risk and one control, due twice."""
    unit_id = town.units["committee"].id
    risk = await a_risk(work, unit_id)
    plan = await service.start_plan(work, unit_id=unit_id, year=YEAR)
    (mirror,) = await service.choose_risks(work, plan.id, [risk.id])
    return Planned(risk, plan, mirror, await service.add_item(work, mirror.id, an_item(**values)))


async def activate(work: Work, plan: ControlPlan) -> None:
    await service.attest_plan(work, plan.id)
    await service.decide_plan(work, plan.id, decision=DECISION)
    await service.activate_plan(work, plan.id)


async def all_of(work: Work, model: type[Row], *where: ColumnElement[bool]) -> list[Row]:
    return await work.scalars(select(model).where(*where).order_by(model.id))


async def count(work: Work, model: type[TenantRow]) -> int:
    return (await work.scalars(select(func.count()).select_from(model)))[0]


async def occasions(work: Work, item: ControlItem) -> list[ControlOccasion]:
    chosen = select(ControlOccasion).where(ControlOccasion.item_id == item.id)
    return await work.scalars(chosen.order_by(ControlOccasion.due_on))


def remedy(town: Any, **values: Any) -> service.Remedy:
    given: dict[str, Any] = {
        "action_title": "Rätta scheman",
        "owner_id": town.people["manager"].id,
        "due_on": date(YEAR, 12, 1),
    }
    return service.Remedy(**given | values)
