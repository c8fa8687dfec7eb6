"""All schools of a year in the browser, and what the organiser makes of them."""

from __future__ import annotations

from typing import Any, Final
from uuid import UUID

from starlette.responses import Response

from ....infra.errors import AppError, NotFound
from ....infra.i18n import _
from ....tenants.legal import law
from ....tenants.names import names_of
from ....tenants.tree import units
from ...module import MenuItem
from ...web.exports import export_started
from ...web.page import View, action, page
from ...web.register import Asked, Column, Entry, Facet, Lamp, Register, asked_of
from ...web.words import MORE
from . import years
from .cycle import Overview, SchoolYear, Standing, overview
from .exporting import ask_for_overview
from .models import SchoolForm, TakingPart
from .pictures import StepBars
from .reporting import begin_organiser_report, gather_organiser_report
from .schools import DESIGN, WRITE, organisers
from .stands import WITHIN
from .words import (
    SCHOOLS,
    form_words,
    light_of,
    stage_word,
    standing_words,
    step_words,
)

BASE: Final = "/skolkvalitet"
MENU = (MenuItem(SCHOOLS, page="schools", permission="school_quality.read", group=MORE),)


@page(BASE, name="schools")
async def schools(view: View) -> Response:
    """Those of the school year that runs."""
    return await show_schools(view, years.year_of(view.work.today))


@page(BASE + "/{start:int}", name="schools_of_year")
async def schools_of_year(view: View) -> Response:
    return await show_schools(view, _start(view))


@action(BASE + "/{start:int}/excel", name="export_schools")
async def to_excel(view: View) -> Response:
    chosen = _chosen(asked_of(view, await _facets(view)))
    return await export_started(
        view, await ask_for_overview(view.work, year=_start(view), **chosen)
    )


@action(BASE + "/{start:int}/huvudman/{organiser:uuid}", name="organiser_report")
async def organiser_report(view: View) -> Response:
    """Begins the organiser's report, or gathers the schools' chapters in it."""
    year, organiser = _start(view), view.id("organiser")
    try:
        async with view.work.attempt():
            if "gather" in view.form:
                done = await gather_organiser_report(view.work, organiser, year=year)
                said = _(
                    "{count} chapters are filled with what {schools} schools have written.",
                    count=len(done.chapters),
                    schools=done.schools,
                )
            else:
                report = await begin_organiser_report(view.work, organiser, year=year)
                said = _("{title} is begun.", title=report.title)
    except AppError as problem:
        return await show_schools(view, year, problem)
    return view.redirect(view.url("schools_of_year", start=year), said=said)


async def show_schools(view: View, year: int, problem: AppError | None = None) -> Response:
    facets = await _facets(view)
    asked = asked_of(view, facets)
    found = await overview(view.work, year=year, **_chosen(asked))
    names = await names_of(view.work, [row.principal_id for row in found.schools])
    words = step_words()
    columns = [
        Column(_("School")),
        Column(_("Principal")),
        *(Column(words[total.step]) for total in found.totals),
        Column(_("Who took part")),
    ]
    shown = [row for row in found.schools if asked.words.casefold() in row.name.casefold()]
    entries = [_entry(view, row, names, year) for row in shown]
    bars = StepBars(title=_("How far the schools have come, by step"), totals=found.totals)
    ours = [year + each for each in (-1, 0, 1)]
    return await view.render(
        "school_quality/schools.html",
        status=problem.status if problem else 200,
        heading=await view.word(SCHOOLS),
        year=year,
        label=years.label,
        near=ours,
        law=await law(view.work, "school.quality", on=years.nearest(year, view.work.today)),
        found=Register(asked, facets, columns, entries, len(entries)),
        totals=found.totals,
        steps=words,
        organisers=_organisers(view, found),
        chapters=await _chapters(view, found),
        bars=bars.in_two_widths(key="steps") if found.schools else None,
        may=view.work.allows(DESIGN),
        export=view.url("export_schools", start=year) + (f"?{q}" if (q := asked.query()) else ""),
        problem=problem,
    )


def _start(view: View) -> int:
    try:
        return years.checked(view.request.path_params["start"])
    except AppError:
        raise NotFound() from None


async def _facets(view: View) -> list[Facet]:
    bodies = [(str(body.id), body.name) for body in await organisers(view.work)]
    return [
        Facet(
            "form", _("School form"), [(form.value, word) for form, word in form_words().items()]
        ),
        Facet("lage", _("State"), [(each.value, word) for each, word in standing_words().items()]),
        Facet("huvudman", _("Organiser"), bodies),
    ]


def _chosen(asked: Asked) -> dict[str, Any]:
    form, state = asked.chosen["form"], asked.chosen["lage"]
    return {
        "form": SchoolForm(form) if form else None,
        "standing": Standing(state) if state else None,
        "organiser_id": asked.id("huvudman"),
    }


def _entry(view: View, row: SchoolYear, names: dict[UUID, str], year: int) -> Entry:
    forms = form_words()
    return Entry(
        row.name,
        [
            names.get(row.principal_id, "") if row.principal_id else None,
            *(Lamp(light_of(step), stage_word(step)) for step in row.steps),
            taken_part(row),
        ],
        address=view.url("school_year", unit=row.slug, year=year),
        hint=", ".join(forms[SchoolForm(form)] for form in row.school.forms),
    )


def taken_part(row: SchoolYear) -> Lamp:
    every = len(TakingPart)
    count = every - len(row.missing)
    if not row.missing:
        return Lamp("green", _("All groups"))
    return Lamp("yellow" if count else "none", _("{done} of {count}", done=count, count=every))


def _organisers(view: View, found: Overview) -> list[dict[str, Any]]:
    told = []
    for each in found.organisers:
        may = view.work.allows(WRITE, at=each.unit.id)
        report = each.step.report if each.step else None
        page = "write_report" if may and each.step and not each.step.done else "read_report"
        address = report and view.url(
            page, unit=each.unit.slug, year=report.period, report=report.id
        )
        told.append(
            {
                "unit": each.unit,
                "schools": each.schools,
                "step": each.step,
                "lamp": each.step and Lamp(light_of(each.step), stage_word(each.step)),
                "address": address,
                "title": report.title if report else "",
                "may": may and not (each.step and each.step.done),
            }
        )
    return told


async def _chapters(view: View, found: Overview) -> list[tuple[str, str]]:
    """Where what the schools have written stands beside each other: in the reports."""
    reports = [step.report for row in found.schools for step in row.steps if step.step in WITHIN]
    begun = next((report for report in reports if report is not None), None)
    top = await units.topmost(view.work)
    if begun is None or top is None:
        return []
    place = {"unit": top.slug, "year": begun.period}
    query = {"mall": begun.template_id, "period": begun.period}
    return [
        (word, view.url("gathered_chapter", query, key=step.value, **place))
        for step, word in step_words().items()
        if step in WITHIN
    ]


SCHOOLS_PAGES = (schools, schools_of_year, to_excel, organiser_report)
