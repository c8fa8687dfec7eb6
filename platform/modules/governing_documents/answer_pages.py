"""A unit tells how far it has come with what a document asks of it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from starlette.responses import Response

from ....infra.errors import AppError
from ....infra.i18n import _
from ....tenants import units
from ....tenants.names import names_of
from ...web.fields import read_fields, shown
from ...web.page import View, action, page
from . import assignments
from .document_pages import version_of
from .fields import answer_fields, typed
from .holding import REPORT, WRITE
from .list_pages import BASE
from .models import AnswerState, DocumentAssignment
from .overview import Followed
from .service import get_document
from .words import ANSWER_LIGHTS, DOCUMENTS, answer_lamp, answer_words, kind_words

ONE = BASE + "/svar/{row:uuid}"


@page(ONE, name="document_answer")
async def answer(view: View) -> Response:
    return await _show(view)


@action(ONE, name="tell_document_answer")
async def tell(view: View) -> Response:
    try:
        async with view.work.attempt():
            values: Any = typed(read_fields(view.form, answer_fields()))
            await assignments.report_back(view.work, _id(view), version=version_of(view), **values)
    except AppError as problem:
        return await _show(view, problem)
    address = view.url("document_answer", row=_id(view))
    return view.redirect(address, said=_("Thank you, it is noted."))


@action(ONE + "/bort", name="take_document_assignment")
async def take(view: View) -> Response:
    try:
        async with view.work.attempt():
            row = await assignments.take_assignment(view.work, _id(view))
            document_id = row.document_id
    except AppError as problem:
        return await _show(view, problem)
    address = view.url("governing_document", id=document_id)
    return view.redirect(address, said=_("The unit is not asked any more."))


async def _show(view: View, problem: AppError | None = None) -> Response:
    work = view.work
    row = await assignments.get_answer(work, _id(view))
    assignment = await work.get(DocumentAssignment, row.assignment_id)
    document = await get_document(work, assignment.document_id)
    steps = await assignments.steps_of(work, row.id)
    placed = await units.placed(work, [row.unit_id])
    states = answer_words()
    fields = answer_fields()
    return await view.render(
        "governing_documents/answer.html",
        status=problem.status if problem else 200,
        word=await view.word(DOCUMENTS),
        document=document,
        assignment=assignment,
        row=row,
        unit=placed[0].name if placed else "",
        kind=kind_words()[assignment.kind],
        lamp=answer_lamp(Followed(document, assignment, row), work.today),
        steps=[(step, states[step.state], ANSWER_LIGHTS[step.state]) for step in steps],
        names=await names_of(work, (step.told_by for step in steps)),
        may=work.allows(REPORT, at=row.unit_id) and assignment.ended_at is None,
        takes=row.told_at is None and work.allows(WRITE, at=document.body_id),
        fields=fields,
        values=shown(row, fields, view.form),
        begun=row.state is not AnswerState.NOT_BEGUN,
        problem=problem,
    )


def _id(view: View) -> UUID:
    id: UUID = view.request.path_params["row"]
    return id


ANSWER_PAGES = (answer, tell, take)
