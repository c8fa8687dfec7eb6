"""What faults ask of those who answer them, and of whoever reported one that is solved."""

from __future__ import annotations

from collections.abc import Iterator
from uuid import UUID

from sqlalchemy import and_, or_, select

from ....authz.permit import NOWHERE
from ....tenants.work import STOCKHOLM, Work
from ...asked import Asked
from ...tasks import Because, PageToOpen, Task, TaskKind
from .models import FaultReport, FaultState

ANSWER = "support.answer"


async def support_tasks(work: Work, asked: Asked) -> list[Task]:
    """Faults without an answer, those that are answered and not solved, and solved ones to agree
    with; one statement, and none where the module is off."""
    if "support" not in work.tenant.modules:
        return []
    waiting = select(FaultReport).where(
        or_(
            FaultReport.state.in_((FaultState.OPEN, FaultState.ANSWERED)),
            and_(FaultReport.state == FaultState.SOLVED, FaultReport.reported_by.is_not(None)),
        )
    )
    found = await work.scalars(waiting.order_by(FaultReport.number))
    return [task for fault in found for task in _tasks(work, asked, fault)]


def _tasks(work: Work, asked: Asked, fault: FaultReport) -> Iterator[Task]:
    kind, due_at = TaskKind.SOLVE_FAULT, fault.solve_by
    because, people = _who_answers(asked, fault)
    if fault.state is FaultState.SOLVED:
        assert fault.reported_by is not None
        kind, because, people = (
            TaskKind.CLOSE_FAULT,
            Because.RESPONSIBLE,
            frozenset({fault.reported_by}),
        )
    elif fault.answered_at is None:
        kind, due_at = TaskKind.ANSWER_FAULT, fault.answer_by
    at = fault.unit_id if fault.unit_id in asked.places else asked.top
    if at is None or not asked.wants(people):
        return
    due_on = None if kind is TaskKind.CLOSE_FAULT else due_at.astimezone(STOCKHOLM).date()
    yield Task(
        key=f"{kind.value}:{fault.id}",
        kind=kind,
        title=f"{fault.fault_class.value.upper()} {fault.number}. {fault.title}",
        about="",
        unit_id=at,
        unit_name=asked.places[at].name,
        unit_slug=asked.places[at].slug,
        period=str(asked.today.year),
        year=asked.today.year,
        due_on=due_on,
        late=kind is not TaskKind.CLOSE_FAULT and due_at < work.now,
        people=people,
        because=because,
        payload=PageToOpen("fault", {"id": str(fault.id)}),
    )


def _who_answers(asked: Asked, fault: FaultReport) -> tuple[Because, frozenset[UUID]]:
    place = fault.unit_id or NOWHERE
    if fault.handler_id is not None and asked.may(ANSWER, place, fault.handler_id):
        return Because.RESPONSIBLE, frozenset({fault.handler_id})
    return Because.UNIT, asked.nearest(ANSWER, place)
