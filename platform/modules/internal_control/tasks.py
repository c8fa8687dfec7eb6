"""What internal control asks for: controls, plans in their turns, risks to assess anew."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, or_, select

from ....infra.i18n import _
from ....tenants.models import Person
from ....tenants.work import STOCKHOLM, Work
from ...asked import Asked
from ...tasks import Because, PageToOpen, Task, TaskKind
from .holding import ATTEST, WRITE
from .models import (
    ControlItem,
    ControlOccasion,
    ControlPlan,
    Deviation,
    FollowUp,
    PlanState,
    Risk,
)
from .places import ITEM_PAGE, PLAN_PAGE, RISK_PAGE
from .settings import ControlSettings, control_settings

WAITING = (PlanState.DRAFT, PlanState.ATTESTED, PlanState.ACTIVE, PlanState.FOLLOWED_UP)


async def control_tasks(work: Work, asked: Asked) -> list[Task]:
    """Six statements, and none where the module is off."""
    if "internal_control" not in work.tenant.modules:
        return []
    chosen = await control_settings(work)
    occasions = await work.rows(_due(work, chosen))
    found = await work.rows(_unsettled(work))
    risks = await work.scalars(_old(work, chosen))
    here = await _here(
        work, [*(item.responsible_id for _o, item, _y in occasions), *(r.owner_id for r in risks)]
    )
    whom = _Whom(asked, here)
    tasks: list[Task] = []
    for occasion, item, year in occasions:
        what = _What(TaskKind.DO_CONTROL, occasion.id, item.title, item.unit_id, year)
        page = PageToOpen(ITEM_PAGE, {"item": str(item.id)})
        tasks += whom.person(what, page, item.responsible_id, occasion.due_on)
    for deviation, item, year in found:
        what = _What(TaskKind.SETTLE_CONTROL, deviation.id, item.title, item.unit_id, year)
        tasks += whom.unit(what, PageToOpen(ITEM_PAGE, {"item": str(item.id)}), WRITE, None)
    tasks += await _of_plans(work, whom, chosen)
    for risk in risks:
        what = _What(TaskKind.ASSESS_RISK, risk.id, risk.title, risk.unit_id, work.today.year)
        page = PageToOpen(RISK_PAGE, {"risk": str(risk.id)})
        able = risk.owner_id and asked.may(WRITE, risk.unit_id, risk.owner_id)
        owner = risk.owner_id if able else None
        tasks += whom.person(what, page, owner, _assess_by(risk, chosen))
    return tasks


def _due(work: Work, chosen: ControlSettings) -> Select[ControlOccasion, ControlItem, int]:
    last = work.today + timedelta(days=chosen.ahead_days)
    return (
        select(ControlOccasion, ControlItem, ControlPlan.year)
        .join(ControlItem, _own(work, ControlItem, ControlOccasion.item_id))
        .join(ControlPlan, _own(work, ControlPlan, ControlItem.plan_id))
        .where(
            ControlPlan.state == PlanState.ACTIVE,
            ControlItem.removed_at.is_(None),
            ControlOccasion.done_on.is_(None),
            ControlOccasion.missed_at.is_(None),
            ControlOccasion.due_on <= last,
        )
        .order_by(ControlOccasion.due_on, ControlOccasion.id)
    )


def _unsettled(work: Work) -> Select[Deviation, ControlItem, int]:
    return (
        select(Deviation, ControlItem, ControlPlan.year)
        .join(ControlItem, _own(work, ControlItem, Deviation.item_id))
        .join(ControlPlan, _own(work, ControlPlan, ControlItem.plan_id))
        .where(
            ControlPlan.state == PlanState.ACTIVE,
            ControlItem.removed_at.is_(None),
            Deviation.action_id.is_(None),
            Deviation.no_action_reason == "",
        )
        .order_by(Deviation.found_at, Deviation.id)
    )


def _old(work: Work, chosen: ControlSettings) -> Select[Risk]:
    """Living risks that nobody has assessed, or not for so many months."""
    day = _months(work.today, -chosen.assess_months)
    before = datetime.combine(day, time.min, tzinfo=STOCKHOLM)
    old = or_(Risk.assessed_at.is_(None), Risk.assessed_at < before)
    return select(Risk).where(Risk.closed_at.is_(None), old).order_by(Risk.number)


def _assess_by(risk: Risk, chosen: ControlSettings) -> date | None:
    if risk.assessed_at is None:
        return None
    return _months(risk.assessed_at.astimezone(STOCKHOLM).date(), chosen.assess_months)


async def _of_plans(work: Work, whom: _Whom, chosen: ControlSettings) -> list[Task]:
    """Drafts to attest, plans and follow-ups to decide on, and plans to follow up in time."""
    ahead = work.today + timedelta(days=chosen.ahead_days)
    own = and_(FollowUp.plan_id == ControlPlan.id, FollowUp.tenant_id == work.tenant.id)
    rows = await work.rows(
        select(ControlPlan, FollowUp.decided_on)
        .outerjoin(FollowUp, own)
        .where(ControlPlan.state.in_(WAITING))
        .order_by(ControlPlan.year, ControlPlan.id)
    )
    ready = await _with_items(work)
    tasks: list[Task] = []
    for plan, decided_on in rows:
        asked = _asked_of_plan(plan, decided_on, ahead, plan.id in ready)
        if asked is None:
            continue
        kind, permission, due_on = asked
        title = _("Internal control plan {year}", year=plan.year)
        what = _What(kind, plan.id, title, plan.unit_id, plan.year)
        page = PageToOpen(PLAN_PAGE, {"plan": str(plan.id)})
        tasks += whom.unit(what, page, permission, due_on)
    return tasks


def _asked_of_plan(
    plan: ControlPlan, decided_on: date | None, ahead: date, ready: bool
) -> tuple[TaskKind, str, date | None] | None:
    match plan.state:
        case PlanState.DRAFT if ready and (plan.attest_by is None or plan.attest_by <= ahead):
            return TaskKind.ATTEST_CONTROLS, ATTEST, plan.attest_by
        case PlanState.ATTESTED:
            return TaskKind.DECIDE_CONTROLS, WRITE, None
        case PlanState.FOLLOWED_UP if decided_on is None:
            return TaskKind.DECIDE_CONTROLS, WRITE, None
        case PlanState.ACTIVE:
            last = plan.follow_up_by or date(plan.year + 1, 1, 31)
            return (TaskKind.FOLLOW_UP_CONTROLS, WRITE, last) if last <= ahead else None
    return None


async def _with_items(work: Work) -> set[UUID]:
    """Drafts that hold anything to attest."""
    rows = await work.scalars(
        select(ControlItem.plan_id)
        .join(ControlPlan, _own(work, ControlPlan, ControlItem.plan_id))
        .where(ControlPlan.state == PlanState.DRAFT, ControlItem.removed_at.is_(None))
        .distinct()
    )
    return set(rows)


async def _here(work: Work, ids: Iterable[UUID | None]) -> frozenset[UUID]:
    wanted = {id for id in ids if id is not None}
    if not wanted:
        return frozenset()
    here = Person.here(work.today)
    chosen = select(Person.id).where(Person.id.in_(wanted), here)
    return frozenset(await work.scalars(chosen))


@dataclass(frozen=True, slots=True)
class _What:
    """What is asked for, and where."""

    kind: TaskKind
    id: UUID
    title: str
    unit_id: UUID
    year: int


@dataclass(frozen=True, slots=True)
class _Whom:
    """Whom to ask; `here` are those named who have not left."""

    asked: Asked
    here: frozenset[UUID]

    def person(
        self, what: _What, page: PageToOpen, person_id: UUID | None, due_on: date | None
    ) -> Iterator[Task]:
        """Asked of somebody by name, whatever other role they have, and of those who stand in for
        them; of those who write at the unit when nobody is named, or has left."""
        if person_id is None or person_id not in self.here:
            yield from self.unit(what, page, WRITE, due_on)
            return
        people = frozenset({person_id}) | self.asked.stand_ins.get(person_id, frozenset())
        yield from self._task(what, page, due_on, (people, Because.RESPONSIBLE))

    def unit(
        self, what: _What, page: PageToOpen, permission: str, due_on: date | None
    ) -> Iterator[Task]:
        """Asked of those who hold the right closest to the unit."""
        people = self.asked.nearest(permission, what.unit_id)
        yield from self._task(what, page, due_on, (people, Because.UNIT))

    def _task(
        self,
        what: _What,
        page: PageToOpen,
        due_on: date | None,
        whom: tuple[frozenset[UUID], Because],
    ) -> list[Task]:
        return self.asked.task(
            what.kind, what.id, what.title, what.unit_id, whom, page, due_on=due_on, year=what.year
        )


def _own(work: Work, model: type[ControlItem] | type[ControlPlan], id: Any) -> ColumnElement[bool]:
    return and_(model.id == id, model.tenant_id == work.tenant.id)


def _months(day: date, months: int) -> date:
    """So many months later, on the last day of a month that is shorter."""
    years, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    for last in range(day.day, 27, -1):
        try:
            return date(years, month + 1, last)
        except ValueError:
            continue
    return date(years, month + 1, day.day)
