"""The key to sealed texts, for who keeps it: shown once, and given where texts came locked."""

from __future__ import annotations

from typing import Final

from starlette.responses import Response

from ....infra.errors import AppError, InvalidInput
from ....infra.i18n import _
from ....tenants.names import names_of
from ...web.page import View, action, page
from . import recovering
from .report_pages import BASE
from .terms import DEVIATIONS

KEY: Final = BASE + "/nyckel"


@page(KEY, name="deviation_key")
async def key(view: View) -> Response:
    return await _show(view)


@action(KEY, name="take_out_deviation_key")
async def take_out(view: View) -> Response:
    """The one answer that the key stands in: no browser and no cache keeps it."""
    try:
        async with view.work.attempt():
            if "sure" not in view.form:
                raise InvalidInput(_("Tick that you have a safe place for the key."), field="sure")
            _row, written = await recovering.take_out_key(view.work)
    except AppError as problem:
        return await _show(view, problem)
    response = await _show(view, written=written)
    response.headers["cache-control"] = "no-store"
    return response


@action(KEY + "/las-upp", name="unlock_deviations")
async def unlock(view: View) -> Response:
    try:
        async with view.work.attempt():
            opened = await recovering.unlock_texts(view.work, view.form.get("key"))
    except AppError as problem:
        return await _show(view, problem)
    said = _("{count} texts are open again.", count=opened)
    return view.redirect(view.url("deviation_key"), said=said)


async def _show(view: View, problem: AppError | None = None, written: str = "") -> Response:
    state = await recovering.key_state(view.work)
    taken_by = state.standing.taken_by if state.standing else None
    return await view.render(
        "deviations/key.html",
        status=problem.status if problem else 200,
        heading=await view.word(DEVIATIONS),
        tab="key",
        standing=state.standing,
        locked=state.locked,
        by=(await names_of(view.work, [taken_by])).get(taken_by, "") if taken_by else "",
        written=written,
        problem=problem,
    )


KEY_PAGES = (key, take_out, unlock)
