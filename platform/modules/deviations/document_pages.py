"""The documents of an investigation: written by the version of the form that each was begun with,
and never over somebody else's words without being told."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace
from typing import Any

from starlette.responses import Response

from ....infra.errors import AppError, Conflict, NotFound
from ....infra.i18n import _
from ....tenants.names import names_of
from ...web.fields import Field, read_fields, shown
from ...web.page import View, action, page
from . import service
from .case_pages import CASES
from .cases import Document
from .fields import ANSWER, answer_fields, read_answers, shown_values
from .forms import FormField, fields_of, form_of
from .models import FormKind
from .rules import PART_OF
from .service import Case
from .terms import DEVIATIONS
from .words import form_words


@page(CASES + "/{id:uuid}/dokument/{kind}", name="deviation_document")
async def document(view: View) -> Response:
    return await _show(view)


@action(CASES + "/{id:uuid}/dokument/{kind}", name="save_deviation_document")
async def save(view: View) -> Response:
    case = await service.get_case(view.work, view.id())
    row = _document(view, case)
    version = view.version or 0
    questions = await _questions(view, case, row)
    complete = "complete" in view.form
    try:
        async with view.work.attempt():
            if "reopen" in view.form:
                await service.reopen_document(view.work, case.id, row.kind, version=version)
                said = _("The document is open again.")
            else:
                fields = _fields(questions, complete=complete)
                await service.write_document(
                    view.work,
                    case.id,
                    row.kind,
                    answers=read_answers(read_fields(view.form, fields), questions),
                    version=version,
                    complete=complete,
                )
                said = _("The document is completed.") if complete else _("It is saved.")
    except AppError as problem:
        if problem.field in {each.key for each in questions}:
            problem.field = f"{ANSWER}{problem.field}"
        return await _show(view, problem)
    if complete:
        return view.redirect(view.url("deviation_case", id=case.id), said=said)
    return view.redirect(view.request.url.path, said=said)


async def _show(view: View, problem: AppError | None = None) -> Response:
    case = await service.get_case(view.work, view.id())
    row = _document(view, case)
    questions = await _questions(view, case, row)
    fields = _fields(questions, complete=True)
    stands: dict[str, Any] = {each.name: None for each in fields} | shown_values(row.answers)
    clash = isinstance(problem, Conflict) and problem.field == "version"
    names = await names_of(view.work, [row.written_by])
    return await view.render(
        "deviations/document.html",
        status=problem.status if problem else 200,
        word=await view.word(DEVIATIONS),
        heading=form_words()[row.kind],
        id=case.id,
        reference=case.seen.case.reference,
        document=row,
        may=PART_OF[row.kind] in case.seen.writable,
        by=names[row.written_by] if row.written_by else _("Somebody else"),
        fields=fields,
        values=shown(SimpleNamespace(**stands), fields, view.form),
        clash=clash,
        problem=problem,
    )


def _document(view: View, case: Case) -> Document:
    """Raises NotFound for one that the case does not ask for, or whose part one does not see."""
    word = view.path("kind")
    found = next((each for each in case.documents if each.kind.value == word), None)
    if found is None or found.kind is FormKind.REPORT:
        raise NotFound()
    return found


async def _questions(view: View, case: Case, row: Document) -> list[FormField]:
    if row.form_id is None:
        form = await service.standing_form(view.work, row.kind)
    else:
        form = await form_of(view.work, row.form_id)
    return [each for each in fields_of(form) if each.asked(case.seen.case.laws)]


def _fields(questions: list[FormField], *, complete: bool) -> list[Field]:
    fields = answer_fields(questions)
    return fields if complete else [replace(field, needed=False) for field in fields]


DOCUMENT_PAGES = (document, save)
