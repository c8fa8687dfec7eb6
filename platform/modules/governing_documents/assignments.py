"""What a document asks: its goals and assignments, given to units, and what the units tell back."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from uuid import UUID

from sqlalchemy import func, select

from ....authz.permit import permit
from ....infra.errors import Conflict, InvalidInput
from ....infra.i18n import _
from ....infra.texts import at_most
from ....tenants.rows import uuid7
from ....tenants.work import Work
from ..goals.models import PlanNode
from .holding import REPORT, WRITE, check_units, hold_binding
from .models import (
    AnswerState,
    AnswerStep,
    AssignmentKind,
    AssignmentNode,
    DocumentAnswer,
    DocumentAssignment,
    DocumentState,
)
from .service import LONG
from .states import states

OPEN = (AnswerState.NOT_BEGUN, AnswerState.UNDER_WAY)
"""What something remains to be done of."""


@permit("governing_documents.read")
async def assignments_of(work: Work, document_id: UUID) -> Sequence[DocumentAssignment]:
    return await work.scalars(
        select(DocumentAssignment)
        .where(DocumentAssignment.document_id == document_id)
        .order_by(DocumentAssignment.position)
    )


@permit("governing_documents.read")
async def answers_to(work: Work, assignment_ids: Iterable[UUID]) -> Sequence[DocumentAnswer]:
    return await work.scalars(
        select(DocumentAnswer)
        .where(DocumentAnswer.assignment_id.in_(set(assignment_ids)))
        .order_by(DocumentAnswer.id)
    )


@permit("governing_documents.read")
async def get_answer(work: Work, answer_id: UUID) -> DocumentAnswer:
    return await work.get(DocumentAnswer, answer_id)


@permit("governing_documents.read")
async def steps_of(work: Work, answer_id: UUID) -> Sequence[AnswerStep]:
    """What a unit has told, the latest first."""
    return await work.scalars(
        select(AnswerStep).where(AnswerStep.answer_id == answer_id).order_by(AnswerStep.id.desc())
    )


@permit(WRITE)
async def add_assignment(
    work: Work,
    document_id: UUID,
    *,
    kind: AssignmentKind,
    text: str,
    due_on: date | None = None,
    unit_ids: Sequence[UUID] = (),
) -> DocumentAssignment:
    """A goal or an assignment, given to units at once if any are named.

    Raises Forbidden for those who do not write for the body that decides, InvalidInput for a unit
    that it cannot bind.
    """
    document = await hold_binding(work, document_id)
    last = await work.first(
        select(func.max(DocumentAssignment.position)).where(
            DocumentAssignment.document_id == document.id
        )
    )
    assignment = DocumentAssignment(
        id=uuid7(),
        document_id=document.id,
        position=(last or 0) + 1,
        kind=kind,
        text=_needed(text),
        due_on=due_on,
        version=0,
    )
    work.add(assignment)
    await _saved(work, assignment)
    if unit_ids:
        await _give(work, assignment, await check_units(work, document.body_id, unit_ids))
    return assignment


@permit(WRITE)
async def change_assignment(
    work: Work,
    assignment_id: UUID,
    *,
    kind: AssignmentKind,
    text: str,
    due_on: date | None,
    version: int | None = None,
) -> DocumentAssignment:
    assignment = await _held(work, assignment_id, version)
    assignment.kind, assignment.text, assignment.due_on = kind, _needed(text), due_on
    return await _saved(work, assignment)


@permit(WRITE)
async def end_assignment(
    work: Work, assignment_id: UUID, *, version: int | None = None
) -> DocumentAssignment:
    """Nothing more is asked; what units have told is kept."""
    assignment = await _held(work, assignment_id, version)
    assignment.ended_at, assignment.ended_by = work.now, work.actor.id
    return await _saved(work, assignment)


@permit(WRITE)
async def give_assignment(
    work: Work, assignment_id: UUID, *, unit_ids: Sequence[UUID]
) -> DocumentAssignment:
    """To units, one row to follow up for each; those that have it keep theirs.

    Raises InvalidInput for a unit that the document's body cannot bind.
    """
    assignment = await _held(work, assignment_id, None)
    document = await hold_binding(work, assignment.document_id)
    await _give(work, assignment, await check_units(work, document.body_id, unit_ids))
    return await _saved(work, assignment)


@permit(WRITE)
async def take_assignment(work: Work, answer_id: UUID) -> DocumentAssignment:
    """From a unit that has told nothing of it yet. Raises Conflict where it has."""
    answer = await work.get(DocumentAnswer, answer_id)
    assignment = await _held(work, answer.assignment_id, None)
    if answer.told_at is not None:
        raise Conflict(_("The unit has told of it already, and that is kept."))
    await work.delete(answer)
    return await _saved(work, assignment)


@permit(WRITE)
async def link_assignment(work: Work, assignment_id: UUID, *, node_id: UUID) -> DocumentAssignment:
    """To a goal or an assignment of the plan. Raises Conflict for one that is linked already."""
    assignment = await _held(work, assignment_id, None)
    node = await work.get(PlanNode, node_id, field="nodeId")
    if await _link(work, assignment.id, node.id):
        raise Conflict(_("It is linked already."), field="nodeId")
    work.add(AssignmentNode(assignment_id=assignment.id, node_id=node.id))
    return await _saved(work, assignment)


@permit(WRITE)
async def unlink_assignment(
    work: Work, assignment_id: UUID, *, node_id: UUID
) -> DocumentAssignment:
    assignment = await _held(work, assignment_id, None)
    await work.get(PlanNode, node_id, field="nodeId")
    link = await _link(work, assignment.id, node_id)
    if link is None:
        raise Conflict(_("It is not linked."), field="nodeId")
    await work.delete(link)
    return await _saved(work, assignment)


@permit(REPORT)
async def report_back(
    work: Work, answer_id: UUID, *, state: AnswerState, text: str, version: int | None = None
) -> DocumentAnswer:
    """How far the unit has come, and what it has done; what was told before is kept.

    Raises InvalidInput without a text, Conflict for another version, for an assignment that is
    ended, and for a document that is not decided or is withdrawn.
    """
    answer, _assignment = await hold_answer(work, answer_id, version)
    answer.state, answer.text = state, _needed(text)
    answer.told_by, answer.told_at = work.actor.id, work.now
    answer.version += 1
    work.add(
        AnswerStep(
            answer_id=answer.id,
            state=state,
            text=answer.text,
            told_by=work.actor.id,
            told_at=work.now,
        )
    )
    await work.flush()
    return answer


async def hold_answer(
    work: Work, answer_id: UUID, version: int | None
) -> tuple[DocumentAnswer, DocumentAssignment]:
    """A unit's row to write in, held until the end of the work, and what is asked. Raises as
    `report_back`."""
    answer = await work.get(DocumentAnswer, answer_id)
    work.require(REPORT, at=answer.unit_id)
    again = select(DocumentAnswer).where(DocumentAnswer.id == answer_id).with_for_update()
    answer = (await work.scalars(again.execution_options(populate_existing=True)))[0]
    if version is not None and version != answer.version:
        raise Conflict(_("Somebody else has changed this meanwhile. Load the page again."))
    assignment = await work.get(DocumentAssignment, answer.assignment_id)
    if assignment.ended_at is not None:
        raise Conflict(_("It is not followed up any more."))
    standing = (await states(work, [assignment.document_id]))[assignment.document_id]
    if standing in (DocumentState.DRAFT, DocumentState.WITHDRAWN):
        raise Conflict(_("The document is not decided, or is withdrawn: nothing is asked by it."))
    return answer, assignment


async def _give(work: Work, assignment: DocumentAssignment, unit_ids: Sequence[UUID]) -> None:
    has = {each.unit_id for each in await answers_to(work, [assignment.id])}
    work.add(
        *(
            DocumentAnswer(
                assignment_id=assignment.id,
                unit_id=unit_id,
                state=AnswerState.NOT_BEGUN,
                text="",
                asked_by=work.actor.id,
                asked_at=work.now,
                version=0,
            )
            for unit_id in unit_ids
            if unit_id not in has
        )
    )
    await work.flush()


async def _held(work: Work, assignment_id: UUID, version: int | None) -> DocumentAssignment:
    """The assignment, with its document held. Raises Conflict when it is ended."""
    row = await work.get(DocumentAssignment, assignment_id)
    await hold_binding(work, row.document_id)
    again = select(DocumentAssignment).where(DocumentAssignment.id == assignment_id)
    assignment = (await work.scalars(again.execution_options(populate_existing=True)))[0]
    if version is not None and version != assignment.version:
        raise Conflict(_("Somebody else has changed this meanwhile. Load the page again."))
    if assignment.ended_at is not None:
        raise Conflict(_("It is not followed up any more."))
    return assignment


async def _link(work: Work, assignment_id: UUID, node_id: UUID) -> AssignmentNode | None:
    return await work.first(
        select(AssignmentNode).where(
            AssignmentNode.assignment_id == assignment_id, AssignmentNode.node_id == node_id
        )
    )


async def _saved(work: Work, assignment: DocumentAssignment) -> DocumentAssignment:
    assignment.version += 1
    assignment.changed_by, assignment.changed_at = work.actor.id, work.now
    await work.flush()
    return assignment


def _needed(text: str) -> str:
    written = at_most(text, field="text", most=LONG)
    if not written:
        raise InvalidInput(_("Write something here: it cannot be empty."), field="text")
    return written
