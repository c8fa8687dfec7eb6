"""What complaints ask of people, without a word of what is in them: My work is open on many
screens, so a task tells only a complaint's reference and its unit."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from sqlalchemy import select

from ....tenants.work import Work
from ...asked import Asked
from ...tasks import PageToOpen, Task, TaskKind
from .complaint_models import Complaint, ComplaintState
from .complaints import WRITE

PAGE = "school_complaint"
"""The route of the page of a complaint; `id` is its parameter."""


async def complaint_tasks(work: Work, asked: Asked) -> list[Task]:
    """Complaints to confirm and to answer, of their handler or else of those who may write at the
    unit; in one statement, and none where the module is off."""
    if "school_quality" not in work.tenant.modules:
        return []
    waiting = await work.rows(
        select(
            Complaint.id,
            Complaint.reference,
            Complaint.unit_id,
            Complaint.handler_id,
            Complaint.state,
            Complaint.confirm_by,
            Complaint.answer_by,
        )
        .where(Complaint.answered_on.is_(None))
        .order_by(Complaint.id)
    )
    return [task for row in waiting for task in _task(asked, *row)]


def _task(
    asked: Asked,
    id: UUID,
    reference: str,
    unit_id: UUID,
    handler_id: UUID | None,
    state: ComplaintState,
    confirm_by: date,
    answer_by: date,
) -> list[Task]:
    new = state is ComplaintState.RECEIVED
    kind, due_on = (
        (TaskKind.CONFIRM_COMPLAINT, confirm_by) if new else (TaskKind.ANSWER_COMPLAINT, answer_by)
    )
    whom = asked.whose(WRITE, unit_id, responsible_id=handler_id)
    page = PageToOpen(PAGE, {"id": str(id)})
    return asked.task(kind, id, reference, unit_id, whom, page, due_on=due_on)
