"""A unit tells how far it has come with what a document asks of it."""

from __future__ import annotations

from typing import Any

from starlette.responses import Response

from ....infra.errors import AppError
from ....infra.i18n import _
from ....tenants.names import names_of
from ....tenants.tree import units
from ...web.fields import read_fields, shown
from ...web.page import View, action, page
from ..actions.models import ActionState
from ..actions.service import actions_of, lamps_of
from . import assignments
from .answer_actions import plan_answer_action
from .fields import action_fields, answer_fields, typed
from .holding import REPORT, WRITE
from .list_pages import BASE
from .models import AnswerState, DocumentAnswer, DocumentAssignment
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
            await assignments.report_back(view.work, view.id("row"), version=view.version, **values)
    except AppError as problem:
        return await _show(view, problem, at="tell")
    address = view.url("document_answer", row=view.id("row"))
    return view.redirect(address, said=_("Thank you, it is noted."))


@action(ONE + "/atgard", name="plan_document_answer_action")
async def plan(view: View) -> Response:
    row = await assignments.get_answer(view.work, view.id("row"))
    try:
        async with view.work.attempt():
            values: Any = read_fields(view.form, await action_fields(view.work, row.unit_id))
            await plan_answer_action(view.work, row.id, version=view.version, **values)
    except AppError as problem:
        return await _show(view, problem, at="plan")
    address = view.url("document_answer", row=row.id)
    return view.redirect(address, said=_("{title} is planned.", title=values["title"]))


@action(ONE + "/bort", name="take_document_assignment")
async def take(view: View) -> Response:
    try:
        async with view.work.attempt():
            row = await assignments.take_assignment(view.work, view.id("row"))
            document_id = row.document_id
    except AppError as problem:
        return await _show(view, problem, at="tell")
    address = view.url("governing_document", id=document_id)
    return view.redirect(address, said=_("The unit is not asked any more."))


async def _show(view: View, problem: AppError | None = None, *, at: str = "") -> Response:
    """`at` is the form that was refused."""
    work = view.work
    row = await assignments.get_answer(work, view.id("row"))
    assignment = await work.get(DocumentAssignment, row.assignment_id)
    document = await get_document(work, assignment.document_id)
    steps = await assignments.steps_of(work, row.id)
    placed = await units.placed(work, [row.unit_id])
    states = answer_words()
    fields = answer_fields()
    may = work.allows(REPORT, at=row.unit_id) and assignment.ended_at is None
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
        may=may,
        at=at,
        **await _planning(view, row, may=may, refused=at == "plan"),
        takes=row.told_at is None and work.allows(WRITE, at=document.body_id),
        fields=fields,
        values=shown(row, fields, None if at == "plan" else view.form),
        begun=row.state is not AnswerState.NOT_BEGUN,
        problem=problem,
    )


async def _planning(view: View, row: DocumentAnswer, *, may: bool, refused: bool) -> dict[str, Any]:
    """What the unit is going to do, and the form to plan it while nothing is to be done."""
    planned = (await actions_of(view.work, [row.action_id])).get(row.action_id or row.id)
    lamps = await lamps_of(view.work, [planned]) if planned else {}
    plans = may and (planned is None or planned.state is not ActionState.OPEN)
    fields = await action_fields(view.work, row.unit_id) if plans else []
    return {
        "planned": planned,
        "planned_lamp": lamps[planned.id] if planned else None,
        "plans": plans,
        "plan_fields": fields,
        "plan_values": shown(None, fields, view.form if refused else None),
    }


ANSWER_PAGES = (answer, tell, plan, take)
