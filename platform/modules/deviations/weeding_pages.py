"""Weeding: how many cases are due, and the decision, by somebody who reads none of them."""

from __future__ import annotations

from typing import Final

from starlette.responses import Response

from ....infra.errors import AppError, InvalidInput
from ....infra.i18n import _
from ....tenants.names import names_of
from ...web.page import View, action, page
from . import weeding
from .report_pages import BASE
from .terms import DEVIATIONS

WEEDING: Final = BASE + "/gallring"


@page(WEEDING, name="deviation_weeding")
async def look(view: View) -> Response:
    return await _show(view)


@action(WEEDING, name="weed_deviations")
async def weed(view: View) -> Response:
    seen = view.form.get("cases")
    try:
        async with view.work.attempt():
            if "sure" not in view.form:
                raise InvalidInput(_("Tick that the cases are to go."), field="sure")
            number = int(seen) if seen.isdecimal() and len(seen) < 6 else 0
            row = await weeding.weed(view.work, cases=number)
    except AppError as problem:
        return await _show(view, problem)
    said = _("{count} cases are weeded.", count=row.cases)
    return view.redirect(view.url("deviation_weeding"), said=said)


async def _show(view: View, problem: AppError | None = None) -> Response:
    due = await weeding.due_for_weeding(view.work)
    rows = await weeding.disposals(view.work)
    return await view.render(
        "deviations/weeding.html",
        status=problem.status if problem else 200,
        heading=await view.word(DEVIATIONS),
        tab="weeding",
        due=due,
        rows=rows,
        names=await names_of(view.work, [row.decided_by for row in rows]),
        problem=problem,
    )


WEEDING_PAGES = (look, weed)
