"""What governing documents ask of people: a review in time, and how far units have come."""

from __future__ import annotations

from datetime import date, timedelta

from sqlalchemy import and_, or_, select

from ....tenants.work import Work
from ...asked import Asked
from ...tasks import PageToOpen, Task, TaskKind
from .assignments import OPEN
from .holding import REPORT, WRITE
from .listing import Listed, documents
from .models import (
    DocumentAnswer,
    DocumentAssignment,
    DocumentState,
    GoverningDocument,
)
from .settings import document_settings
from .states import state_of

ASKS = (DocumentState.COMING, DocumentState.VALID, DocumentState.EXPIRED, DocumentState.REPLACED)
"""Of a document that has been decided, units tell how far they have come until it is withdrawn."""


async def document_tasks(work: Work, asked: Asked) -> list[Task]:
    """A few statements, and none where the module is off."""
    if "governing_documents" not in work.tenant.modules:
        return []
    near = asked.today + timedelta(days=(await document_settings(work)).ahead_days)
    rows = (await documents(work, limit=None)).rows
    reviews = [task for row in rows for task in _review(asked, row, near)]
    return [*reviews, *await _answers(work, asked, near)]


def _review(asked: Asked, row: Listed, near: date) -> list[Task]:
    """Of whoever answers for the document; of who writes at its unit when they have left."""
    document, due_on = row.document, _due(row)
    if row.overdue is None and (due_on is None or due_on > near):
        return []
    return asked.task(
        TaskKind.REVIEW_DOCUMENT,
        document.id,
        document.title,
        document.unit_id,
        asked.whose(WRITE, document.unit_id, responsible_id=document.owner_id),
        PageToOpen("governing_document", {"id": str(document.id)}),
        due_on=due_on,
    )


def _due(row: Listed) -> date | None:
    """The day of review, or the last day in force when nothing comes after it."""
    if row.state not in (DocumentState.VALID, DocumentState.EXPIRED):
        return None
    ends = row.version.valid_to if row.version else None
    last = ends if row.document.replaced_by_id is None else None
    review = row.document.review_on if row.state is DocumentState.VALID else None
    return min((day for day in (last, review) if day is not None), default=None)


async def _answers(work: Work, asked: Asked, near: date) -> list[Task]:
    """What a unit has told nothing of at all, and then what is due soon and not done."""
    rows = await work.rows(
        select(DocumentAnswer, DocumentAssignment, GoverningDocument.title)
        .join(
            DocumentAssignment,
            and_(
                DocumentAssignment.id == DocumentAnswer.assignment_id,
                DocumentAssignment.tenant_id == DocumentAnswer.tenant_id,
            ),
        )
        .join(
            GoverningDocument,
            and_(
                GoverningDocument.id == DocumentAssignment.document_id,
                GoverningDocument.tenant_id == DocumentAssignment.tenant_id,
            ),
        )
        .where(
            DocumentAssignment.ended_at.is_(None),
            DocumentAnswer.state.in_(OPEN),
            or_(DocumentAnswer.told_at.is_(None), DocumentAssignment.due_on <= near),
            state_of(work).in_([state.value for state in ASKS]),
        )
        .order_by(DocumentAnswer.id)
    )
    found: list[Task] = []
    for answer, assignment, title in rows:
        found += asked.task(
            TaskKind.ANSWER_ASSIGNMENT,
            answer.id,
            assignment.text,
            answer.unit_id,
            asked.whose(REPORT, answer.unit_id),
            PageToOpen("document_answer", {"row": str(answer.id)}),
            due_on=assignment.due_on,
            about=title,
        )
    return found
