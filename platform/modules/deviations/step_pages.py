"""The steps of a case, each a form of its own: its categories, risks, actions, hand-over, decisions
and end."""

from __future__ import annotations

from collections.abc import Mapping
from types import SimpleNamespace
from typing import Final

from starlette.responses import Response

from ....infra.errors import AppError, NotFound
from ...web.fields import read_fields, shown
from ...web.page import View, action, page
from . import service
from .case_pages import CASES
from .handling_steps import HANDLING
from .lex_steps import LEX
from .service import Case
from .sight import look, require_part
from .step_form import Form, Step

STEPS: Final[Mapping[str, Step]] = {**HANDLING, **LEX}


@page(CASES + "/{id:uuid}/steg/{step}", name="deviation_step")
async def step(view: View) -> Response:
    return await _show(view)


@action(CASES + "/{id:uuid}/steg/{step}", name="take_deviation_step")
async def take_step(view: View) -> Response:
    case = await service.get_case(view.work, view.id())
    form = await _form(view, case)
    try:
        async with view.work.attempt():
            values = read_fields(view.form, form.fields)
            said = await form.take(view, case, values, view.version or 0)
    except AppError as problem:
        return await _show(view, problem)
    try:
        await look(view.work, case.id)
    except NotFound:
        return view.redirect(view.url("deviation_cases"), said=said)
    return view.redirect(view.url("deviation_case", id=case.id), said=said)


async def _show(view: View, problem: AppError | None = None) -> Response:
    case = await service.get_case(view.work, view.id())
    form = await _form(view, case)
    stands = {each.name: None for each in form.fields} | dict(form.stands)
    return await view.render(
        "deviations/form.html",
        status=problem.status if problem else 200,
        word=case.seen.case.reference,
        heading=form.heading,
        told=form.told,
        warning=form.warning,
        fields=form.fields,
        values=shown(SimpleNamespace(**stands), form.fields, view.form),
        version=case.seen.case.version if form.version is None else form.version,
        problem=problem,
        back=view.url("deviation_case", id=case.id),
        save=form.save,
    )


async def _form(view: View, case: Case) -> Form:
    """Raises NotFound for a step that there is not, or whose part one does not see; Forbidden or
    Conflict where it is not written."""
    make = STEPS.get(view.path("step"))
    if make is None:
        raise NotFound()
    form = await make(view, case)
    require_part(case.seen, form.part)
    return form


STEP_PAGES = (step, take_step)
