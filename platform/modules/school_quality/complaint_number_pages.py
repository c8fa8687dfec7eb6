"""Numbers of complaints in the browser, and what complaints can be about."""

from __future__ import annotations

from starlette.responses import Response

from ....infra.errors import AppError
from ....infra.i18n import _
from ....tenants.legal import law
from ...module import MenuItem
from ...web.forms import read_id
from ...web.page import View, action, page
from ...web.words import MORE
from . import complaint_kinds
from .complaint_numbers import complaint_numbers
from .complaint_pages import BASE, REGISTER_PAGES, routine_address
from .complaint_words import COMPLAINTS, year_word
from .complaints import school_year

YEARS = 6


@page(BASE + "/siffror", name="school_complaint_numbers")
async def numbers(view: View) -> Response:
    this = school_year(view.work.today)
    years = {str(year): year_word(year) for year in range(this, this - YEARS, -1)}
    asked = view.query("lasar")
    year = int(asked) if asked in years else this
    found = await complaint_numbers(view.work, year=year)
    tables = [
        (_("Unit"), found.by_unit),
        (_("What it is about"), found.by_kind),
        (_("Outcome of the complaint"), found.by_outcome),
    ]
    return await view.render(
        "school_quality/complaint_numbers.html",
        heading=await view.word(COMPLAINTS),
        tab="numbers",
        year=str(year),
        years=years,
        found=found,
        tables=tables,
        any=any(counts for _word, counts in tables),
        law=await law(view.work, "school.complaints"),
        routine=await routine_address(view),
    )


@page(BASE + "/slag", name="school_complaint_kinds")
async def kinds(view: View) -> Response:
    return await _show_kinds(view)


@action(BASE + "/slag", name="save_school_complaint_kind")
async def save(view: View) -> Response:
    """A new kind, another name of one, or its end."""
    sent, name = view.form.get("id"), {"sv": view.form.get("name"), "en": view.form.get("en")}
    id = read_id(sent) if sent else None
    try:
        async with view.work.attempt():
            if id is None:
                await complaint_kinds.add_complaint_kind(view.work, name=name)
            elif "end" in view.form:
                await complaint_kinds.end_complaint_kind(view.work, id)
            else:
                await complaint_kinds.change_complaint_kind(view.work, id, name=name)
    except AppError as problem:
        return await _show_kinds(view, problem)
    return view.redirect(view.url("school_complaint_kinds"), said=_("It is saved."))


async def _show_kinds(view: View, problem: AppError | None = None) -> Response:
    view.work.require(complaint_kinds.DESIGN)
    return await view.render(
        "school_quality/complaint_kinds.html",
        status=problem.status if problem else 200,
        heading=await view.word(COMPLAINTS),
        tab="kinds",
        rows=await complaint_kinds.complaint_kinds(view.work),
        name="" if view.form.get("id") else view.form.get("name"),
        problem=problem,
    )


COMPLAINT_PAGES = (*REGISTER_PAGES, numbers, kinds, save)
COMPLAINT_MENU = (
    MenuItem(COMPLAINTS, page="school_complaints", permission=complaint_kinds.EXPORT, group=MORE),
)
