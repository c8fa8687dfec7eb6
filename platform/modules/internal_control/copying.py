"""A plan goes on into the next year: its controls, with what they found and is not finished."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import and_, or_, select

from ....authz.permit import permit
from ....infra.errors import Conflict
from ....infra.i18n import _
from ....tenants.models import Person
from ....tenants.work import Work
from ..actions.models import ActionState, PlannedAction
from .holding import WRITE
from .models import (
    ControlItem,
    ControlOccasion,
    ControlPlan,
    Deviation,
    PlanRisk,
    PlanState,
    Risk,
)
from .plans import start_plan
from .rules import days_of


@dataclass(frozen=True, slots=True)
class CopiedPlan:
    """The new plan, and the mirrored risks that were left out since they are closed."""

    plan: ControlPlan
    left_out: tuple[PlanRisk, ...]
    carried: int
    """Deviations that are not finished, and follow with."""


@permit("internal_control.write")
async def copy_plan(work: Work, plan_id: UUID, *, year: int | None = None) -> CopiedPlan:
    """A draft for the next year with the same controls, of the risks as they are now.

    Days are moved to the new year. A closed risk is left out with its controls, unless they found
    something that is not finished. Raises Conflict where there is a plan for the year already.
    """
    old = await work.get(ControlPlan, plan_id)
    work.require(WRITE, at=old.unit_id)
    if old.state is PlanState.DRAFT:
        raise Conflict(_("A draft is not copied. Go on with it instead."))
    new = await start_plan(
        work, unit_id=old.unit_id, year=year or old.year + 1, introduction=old.introduction
    )
    new.copied_from_id = old.id
    items = await work.scalars(
        select(ControlItem)
        .where(ControlItem.plan_id == old.id, ControlItem.removed_at.is_(None))
        .order_by(ControlItem.number)
    )
    unfinished = await unfinished_of(work, [item.id for item in items])
    kept = {item.plan_risk_id for item in items if item.id in unfinished}
    mirrors, left_out = await _mirrors(work, old, new, kept)
    wanted = [item for item in items if item.plan_risk_id in mirrors]
    copies = await _copies(work, new, wanted, mirrors)
    days = await _days(work, [item.id for item in wanted])
    work.add(
        *(
            ControlOccasion(item_id=copies[item.id].id, due_on=day)
            for item in wanted
            for day in _moved(old, new, item, days[item.id])
        )
    )
    carried = [
        Deviation(
            item_id=copies[item_id].id,
            occasion_id=row.occasion_id,
            carried_from_id=row.id,
            what=row.what,
            action_id=row.action_id,
            no_action_reason="",
            found_by=row.found_by,
            found_at=row.found_at,
        )
        for item_id, rows in unfinished.items()
        for row in rows
    ]
    work.add(*carried)
    await work.flush()
    return CopiedPlan(new, left_out, len(carried))


async def unfinished_of(work: Work, item_ids: Sequence[UUID]) -> dict[UUID, list[Deviation]]:
    """Deviations whose action is open, or which nobody has taken care of, by item."""
    rows = await work.scalars(
        select(Deviation)
        .outerjoin(
            PlannedAction,
            and_(
                PlannedAction.id == Deviation.action_id, PlannedAction.tenant_id == work.tenant.id
            ),
        )
        .where(
            Deviation.item_id.in_(item_ids),
            or_(
                PlannedAction.state == ActionState.OPEN,
                and_(Deviation.action_id.is_(None), Deviation.no_action_reason == ""),
            ),
        )
        .order_by(Deviation.found_at, Deviation.id)
    )
    found: dict[UUID, list[Deviation]] = {}
    for row in rows:
        found.setdefault(row.item_id, []).append(row)
    return found


async def _mirrors(
    work: Work, old: ControlPlan, new: ControlPlan, kept: set[UUID]
) -> tuple[dict[UUID, UUID], tuple[PlanRisk, ...]]:
    """The new plan's risks by those of the old one, and the old ones that were left out."""
    before = await work.scalars(
        select(PlanRisk).where(PlanRisk.plan_id == old.id).order_by(PlanRisk.number)
    )
    chosen = select(Risk).where(Risk.id.in_([row.risk_id for row in before]))
    living = {
        risk.id: risk
        for risk in await work.scalars(chosen)
        if risk.closed_at is None and risk.value is not None
    }
    mirrors: dict[UUID, PlanRisk] = {}
    left_out: list[PlanRisk] = []
    for row in before:
        risk = living.get(row.risk_id)
        if risk is None and row.id not in kept:
            left_out.append(row)
            continue
        picture = row if risk is None else risk
        mirrors[row.id] = PlanRisk(
            plan_id=new.id,
            risk_id=row.risk_id,
            number=row.number,
            title=picture.title,
            cause=picture.cause,
            effect=picture.effect,
            category=picture.category,
            probability=picture.probability,
            consequence=picture.consequence,
            value=picture.value,
            mirrored_at=work.now,
        )
    work.add(*mirrors.values())
    await work.flush()
    return {id: row.id for id, row in mirrors.items()}, tuple(left_out)


async def _copies(
    work: Work, new: ControlPlan, items: Sequence[ControlItem], mirrors: Mapping[UUID, UUID]
) -> dict[UUID, ControlItem]:
    here = Person.here(work.today)
    people = {item.responsible_id for item in items if item.responsible_id}
    staying = set(await work.scalars(select(Person.id).where(Person.id.in_(people), here)))
    copies = {
        item.id: ControlItem(
            plan_id=new.id,
            plan_risk_id=mirrors[item.plan_risk_id],
            unit_id=item.unit_id,
            number=number,
            kind=item.kind,
            title=item.title,
            method=item.method,
            sample=item.sample,
            periodicity=item.periodicity,
            responsible_id=item.responsible_id if item.responsible_id in staying else None,
            conclusion="",
            origin_id=item.id,
            changed_by=work.actor.id,
            version=1,
        )
        for number, item in enumerate(items, 1)
    }
    work.add(*copies.values())
    await work.flush()
    return copies


async def _days(work: Work, item_ids: Sequence[UUID]) -> dict[UUID, list[date]]:
    found: dict[UUID, list[date]] = {id: [] for id in item_ids}
    chosen = select(ControlOccasion.item_id, ControlOccasion.due_on)
    for item_id, day in await work.rows(
        chosen.where(ControlOccasion.item_id.in_(item_ids)).order_by(ControlOccasion.due_on)
    ):
        found[item_id].append(day)
    return found


def _moved(
    old: ControlPlan, new: ControlPlan, item: ControlItem, days: Sequence[date]
) -> list[date]:
    """Those that followed the periodicity follow it again; others keep their day of the year."""
    if not days or list(days) == days_of(old.year, item.periodicity):
        return days_of(new.year, item.periodicity)
    return [_in_year(day, day.year + new.year - old.year) for day in days]


def _in_year(day: date, year: int) -> date:
    leap_day = (day.month, day.day) == (2, 29)
    return date(year, 2, 28) if leap_day else day.replace(year=year)
