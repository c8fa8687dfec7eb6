"""Years: which are locked, locking and unlocking one; and where reminders are set."""

from __future__ import annotations

from starlette.responses import Response

from .....infra.i18n import _
from ....web.page import View, action, page
from ....web.shell import years_of
from ...goals.models import YearLock
from ...goals.service import lock_year, locked_years, unlock_year
from ..stepping import ASKED, Step, take_step
from .tabs import show_settings


@page("/installningar/arshjul", name="year_wheel")
async def year_wheel(view: View) -> Response:
    return await _show(view, ASKED, None)


@action("/installningar/arshjul/{number:int}/las", name="lock_year")
async def lock(view: View) -> Response:
    """First what a locked year means, then the lock."""
    number: int = view.request.path_params["number"]

    async def deed() -> str:
        await lock_year(view.work, number, reason=view.form.get("reason"))
        return _("{year} is locked.", year=number)

    step = await take_step(view, deed)
    if step.said:
        return view.redirect(view.url("year_wheel"), said=step.said)
    return await _show(view, step, number)


@action("/installningar/arshjul/{number:int}/las-upp", name="unlock_year")
async def unlock(view: View) -> Response:
    number: int = view.request.path_params["number"]

    async def deed() -> str:
        await unlock_year(view.work, number)
        return _("{year} is open for changes.", year=number)

    step = await take_step(view, deed)
    if step.said:
        return view.redirect(view.url("year_wheel"), said=step.said)
    return await _show(view, step, number)


async def _show(view: View, step: Step, number: int | None) -> Response:
    locks: dict[int, YearLock] = {}
    on = "goals" in view.tenant.modules
    if on:
        locks = {lock.year: lock for lock in await locked_years(view.work)}
    known = await years_of(view.work, view.modules) if on else ()
    years = [year.number for year in known if year.planned]
    return await show_settings(
        view,
        "organisation/settings_years.html",
        "year_wheel",
        _("Years and periods"),
        status=step.status,
        step=step,
        number=number,
        years=sorted({*years, *locks, *([number] if number else [])}, reverse=True),
        locks=locks,
        on=on,
        reason=view.form.get("reason"),
    )


year_pages = (year_wheel, lock, unlock)
