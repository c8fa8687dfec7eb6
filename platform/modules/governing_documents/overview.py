"""How far what documents ask has come: for each document and for each unit, in numbers."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from uuid import UUID

from sqlalchemy import ColumnElement, and_, select

from ....authz.permit import permit
from ....tenants.tree import units
from ....tenants.tree.below import below
from ....tenants.work import Work
from ..actions.models import PlannedAction
from ..actions.service import READ as READ_ACTIONS
from ..actions.service import actions_of
from .assignments import OPEN
from .models import (
    AnswerState,
    DocumentAnswer,
    DocumentAssignment,
    DocumentState,
    GoverningDocument,
)
from .states import states


@dataclass(frozen=True, slots=True)
class Followed:
    """What one unit was given, and how far it has come."""

    document: GoverningDocument
    assignment: DocumentAssignment
    answer: DocumentAnswer
    action: PlannedAction | None = None
    """What the unit is going to do, as it planned last."""

    def late(self, today: date) -> bool:
        due = self.assignment.due_on
        return due is not None and due < today and self.answer.state in OPEN


@dataclass(frozen=True, slots=True)
class Progress:
    """Counts of what was given. `late` are among those that are open."""

    id: UUID | None
    name: str
    counts: dict[AnswerState, int]
    late: int

    @property
    def total(self) -> int:
        return sum(self.counts.values())


@dataclass(frozen=True, slots=True)
class FollowUp:
    """`whole` counts all of `rows`; `documents` and `units` divide them."""

    rows: list[Followed]
    whole: Progress
    documents: list[Progress]
    units: list[Progress]


@permit("governing_documents.read")
async def follow_up(
    work: Work, *, document_id: UUID | None = None, unit_id: UUID | None = None
) -> FollowUp:
    """Of what is followed up: of one document, or of a unit with those below it, if told so. Of
    all documents, drafts are left out: nothing is asked by them yet."""
    tree = await units.tree(work)
    reach = None if unit_id is None else below(tree, [unit_id])
    rows = await _with_actions(work, await _rows(work, document_id, reach))
    titles = {row.document.id: row.document.title for row in rows}
    gone = {row.answer.unit_id for row in rows} - {unit.id for unit in tree}
    names = {unit.id: unit.name for unit in [*tree, *await units.placed(work, list(gone))]}
    return FollowUp(
        rows,
        _counted(work, None, "", rows),
        [
            _counted(work, id, title, (row for row in rows if row.document.id == id))
            for id, title in titles.items()
        ],
        [
            _counted(work, id, name, own)
            for id, name in names.items()
            if (own := [row for row in rows if row.answer.unit_id == id])
        ],
    )


async def _with_actions(work: Work, rows: list[Followed]) -> list[Followed]:
    """For those who may read actions: nearly everybody, but not every token."""
    if not work.allows(READ_ACTIONS):
        return rows
    found = await actions_of(work, (row.answer.action_id for row in rows))
    return [
        replace(row, action=found.get(row.answer.action_id)) if row.answer.action_id else row
        for row in rows
    ]


async def _rows(work: Work, document_id: UUID | None, reach: set[UUID] | None) -> list[Followed]:
    conditions: list[ColumnElement[bool]] = [
        DocumentAssignment.ended_at.is_(None),
        GoverningDocument.withdrawn_at.is_(None),
    ]
    if document_id is not None:
        conditions.append(GoverningDocument.id == document_id)
    if reach is not None:
        conditions.append(DocumentAnswer.unit_id.in_(reach))
    found = await work.rows(
        select(GoverningDocument, DocumentAssignment, DocumentAnswer)
        .join(
            DocumentAssignment,
            and_(
                DocumentAssignment.document_id == GoverningDocument.id,
                DocumentAssignment.tenant_id == GoverningDocument.tenant_id,
            ),
        )
        .join(
            DocumentAnswer,
            and_(
                DocumentAnswer.assignment_id == DocumentAssignment.id,
                DocumentAnswer.tenant_id == DocumentAssignment.tenant_id,
            ),
        )
        .where(*conditions)
        .order_by(GoverningDocument.title, DocumentAssignment.position, DocumentAnswer.id)
    )
    rows = [Followed(*row) for row in found]
    if document_id is not None:
        return rows
    state = await states(work, {row.document.id for row in rows})
    return [row for row in rows if state[row.document.id] is not DocumentState.DRAFT]


def _counted(work: Work, id: UUID | None, name: str, rows: Iterable[Followed]) -> Progress:
    counts, late = dict.fromkeys(AnswerState, 0), 0
    for row in rows:
        counts[row.answer.state] += 1
        late += row.late(work.today)
    return Progress(id, name, counts, late)
