"""Fetching a section from another module: a look at what it would bring, then taking it in."""

from __future__ import annotations

from starlette.responses import Response

from .....infra.errors import AppError, Conflict, NotFound
from .....infra.i18n import _
from ....telling import giver
from ....web.page import View, action, page
from ..models import Section
from ..report_pages import REPORTS_TERM, report_here
from .fetching import fill_chapter, preview_chapter, remove_fetched

BASE = "/{unit}/{year:int}/rapporter/{report:uuid}/{section:uuid}/hamta"


@page(BASE, name="preview_chapter")
async def preview(view: View) -> Response:
    return await _show(view)


@action(BASE, name="fill_chapter")
async def fill(view: View) -> Response:
    """Exactly what was looked at; where the source has changed meanwhile, a look at that."""
    section = await _section(view)
    try:
        async with view.work.attempt():
            await fill_chapter(view.work, section.id, seen=view.form.get("seen"))
    except AppError as error:
        if not isinstance(error, Conflict) or error.field != "seen":
            raise
        return await _show(view, problem=error)
    return view.redirect(_address(view, section), said=_("The section is fetched."))


@action(BASE + "/bort", name="remove_fetched")
async def remove(view: View) -> Response:
    section = await _section(view)
    await remove_fetched(view.work, section.id)
    return view.redirect(_address(view, section), said=_("What was fetched is taken away."))


async def _show(view: View, *, problem: AppError | None = None) -> Response:
    section = await _section(view)
    preview = await preview_chapter(view.work, section.id)
    return await view.render(
        "reports/fetch.html",
        status=problem.status if problem else 200,
        report=await report_here(view),
        section=section,
        preview=preview,
        giver=giver(preview.source.key),
        back=_address(view, section),
        problem=problem,
        REPORTS_TERM=REPORTS_TERM,
    )


async def _section(view: View) -> Section:
    """The section of the address. Raises NotFound for one of another report or unit."""
    report = await report_here(view)
    section = await view.work.get(Section, view.id("section"))
    if section.report_id != report.id:
        raise NotFound()
    return section


def _address(view: View, section: Section) -> str:
    return view.url("write_report", {"avsnitt": section.id}, report=view.path("report"))


fetching_pages = (preview, fill, remove)
