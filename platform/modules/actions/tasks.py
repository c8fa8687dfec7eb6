"""What actions ask of people: those that are open and due soon, late, or without a day."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from sqlalchemy import and_, or_, select

from ....tenants.models import Person
from ....tenants.work import Work
from ...asked import Asked
from ...tasks import ActionToFinish, Because, Task, TaskKind
from .models import ActionState, PlannedAction
from .service import WRITE


async def action_tasks(work: Work, asked: Asked) -> list[Task]:
    """One statement. Asked is the owner and whoever stands in for them; without one, or when they
    have left, whoever holds the nearest role that writes at the unit."""
    here = and_(
        Person.id == PlannedAction.owner_id,
        Person.tenant_id == PlannedAction.tenant_id,
        Person.here(work.today),
    )
    near = work.today + timedelta(days=asked.ahead_days)
    rows = await work.rows(
        select(PlannedAction, Person.id)
        .outerjoin(Person, here)
        .where(
            PlannedAction.state == ActionState.OPEN,
            or_(PlannedAction.due_on.is_(None), PlannedAction.due_on <= near),
        )
        .order_by(PlannedAction.id)
    )
    found: list[Task] = []
    for action, owner_id in rows:
        found += asked.task(
            TaskKind.FINISH_ACTION,
            action.id,
            action.title,
            action.unit_id,
            _whom(asked, action.unit_id, owner_id),
            ActionToFinish(action.id, action.version),
            due_on=action.due_on,
            about=action.about,
        )
    return found


def _whom(asked: Asked, unit_id: UUID, owner_id: UUID | None) -> tuple[frozenset[UUID], Because]:
    if owner_id is None:
        return asked.nearest(WRITE, unit_id), Because.UNIT
    stand_ins = asked.stand_ins.get(owner_id, frozenset())
    able = (id for id in stand_ins if asked.may(WRITE, unit_id, id))
    return frozenset({owner_id, *able}), Because.RESPONSIBLE
