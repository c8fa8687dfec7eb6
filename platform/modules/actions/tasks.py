"""What actions ask of people: those that are open and due soon, late, or without a day."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from sqlalchemy import and_, or_, select

from ....tenants.models import Person
from ....tenants.work import Work
from ...tasks import ActionToFinish, Asked, Because, Task, TaskKind
from .models import ActionState, PlannedAction
from .service import WRITE


async def action_tasks(work: Work, asked: Asked) -> list[Task]:
    """One statement. Asked is the owner and whoever stands in for them; without one, or when they
    have left, whoever holds the nearest role that writes at the unit."""
    here = and_(
        Person.id == PlannedAction.owner_id,
        Person.tenant_id == PlannedAction.tenant_id,
        or_(Person.left_on.is_(None), Person.left_on > work.today),
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
    found = [_task(asked, action, owner_id) for action, owner_id in rows]
    return [task for task in found if task is not None]


def _task(asked: Asked, action: PlannedAction, owner_id: UUID | None) -> Task | None:
    place = asked.places.get(action.unit_id)
    if place is None:
        return None
    people = _whom(asked, action.unit_id, owner_id)
    if not (people if asked.people is None else people & asked.people):
        return None
    return Task(
        key=f"{TaskKind.FINISH_ACTION.value}:{action.id}",
        kind=TaskKind.FINISH_ACTION,
        title=action.title,
        about=action.about,
        unit_id=action.unit_id,
        unit_name=place.name,
        unit_slug=place.slug,
        period=str(asked.today.year),
        year=asked.today.year,
        due_on=action.due_on,
        late=action.due_on is not None and action.due_on < asked.today,
        people=people,
        because=Because.UNIT if owner_id is None else Because.RESPONSIBLE,
        payload=ActionToFinish(action.id, action.version),
    )


def _whom(asked: Asked, unit_id: UUID, owner_id: UUID | None) -> frozenset[UUID]:
    if owner_id is None:
        return asked.nearest(WRITE, unit_id)
    stand_ins = asked.stand_ins.get(owner_id, frozenset())
    return frozenset({owner_id, *(id for id in stand_ins if asked.may(WRITE, unit_id, id))})
