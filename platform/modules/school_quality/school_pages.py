"""One school's year in the browser, and the forms about the school."""

from __future__ import annotations

from datetime import date
from typing import Any, Final

from starlette.responses import Response

from ....infra.errors import AppError, NotFound
from ....infra.i18n import _
from ....tenants.legal import law
from ....tenants.names import names_of
from ....tenants.tree import units
from ....tenants.tree.responsible import may_answer
from ...web.fields import read_fields, shown
from ...web.page import View, action, page
from ...web.register import Lamp
from . import schools, years
from .cycle import SchoolYear, school_year
from .fields import part_fields, part_of, principal_fields, school_fields, school_of
from .models import SchoolForm, SchoolPrincipal, SchoolUnit, Step
from .pages import BASE, taken_part
from .reporting import begin_school_report
from .schools import DESIGN, WRITE
from .stands import Taken
from .taking_part import add_participation, participations_of, remove_participation
from .words import SCHOOLS, form_words, light_of, stage_word, step_words, who_words

HERE: Final = "/{unit}/{year:int}/skolkvalitet"


@page(HERE, name="school_year")
async def one_year(view: View) -> Response:
    return await _show(view)


@action(HERE + "/{step}/borja", name="begin_school_report")
async def begin(view: View) -> Response:
    school = await _here(view)
    steps = {step.value: step for step in (Step.PLAN, Step.REPORT)}
    if view.path("step") not in steps:
        raise NotFound()
    try:
        async with view.work.attempt():
            report = await begin_school_report(
                view.work, school.id, step=steps[view.path("step")], year=view.here.year
            )
    except AppError as problem:
        return await _show(view, problem)
    address = view.url("write_report", year=report.period, report=report.id)
    return view.redirect(address, said=_("{title} is begun.", title=report.title))


@action(HERE + "/delaktighet", name="add_participation")
async def add_part(view: View) -> Response:
    school = await _here(view)
    try:
        async with view.work.attempt():
            values = part_of(read_fields(view.form, part_fields(view.here.year)))
            await add_participation(view.work, school.id, year=view.here.year, **values)
    except AppError as problem:
        return await _show(view, problem, "part")
    return view.redirect(view.url("school_year"), said=_("It is saved."))


@action(HERE + "/delaktighet/{row:uuid}/bort", name="remove_participation")
async def remove_part(view: View) -> Response:
    await remove_participation(view.work, view.id("row"))
    return view.redirect(view.url("school_year"), said=_("It is taken away."))


@page(BASE + "/ny", name="new_school")
async def new_school(view: View) -> Response:
    return await _show_form(view, None)


@action(BASE + "/ny", name="add_school")
async def add_school(view: View) -> Response:
    try:
        async with view.work.attempt():
            values = read_fields(view.form, await _fields(view, None))
            row = await schools.add_school(view.work, values["unit_id"], school_of(values))
    except AppError as problem:
        return await _show_form(view, None, problem)
    return view.redirect(await _address(view, row), said=_("It is saved."))


@page(BASE + "/{id:uuid}/andra", name="school")
async def school(view: View) -> Response:
    return await _show_form(view, await _wanted(view))


@action(BASE + "/{id:uuid}/andra", name="change_school")
async def change_school(view: View) -> Response:
    row = await _wanted(view)
    try:
        async with view.work.attempt():
            values = read_fields(view.form, await _fields(view, row))
            version = view.version or 0
            await schools.change_school(view.work, row.id, school_of(values), version=version)
    except AppError as problem:
        return await _show_form(view, row, problem)
    return view.redirect(await _address(view, row), said=_("It is saved."))


@page(BASE + "/{id:uuid}/rektor", name="new_principal")
async def new_principal(view: View) -> Response:
    return await _show_principal(view, await _wanted(view), None)


@action(BASE + "/{id:uuid}/rektor", name="appoint_principal")
async def appoint(view: View) -> Response:
    row = await _wanted(view)
    try:
        async with view.work.attempt():
            people = await may_answer(view.work, row.unit_id, on=view.work.today)
            values = read_fields(view.form, principal_fields(people))
            await schools.appoint_principal(view.work, row.id, **values)
    except AppError as problem:
        return await _show_principal(view, row, None, problem)
    return view.redirect(await _address(view, row), said=_("It is saved."))


@page(BASE + "/rektor/{id:uuid}", name="principal")
async def principal(view: View) -> Response:
    found = await view.work.get(SchoolPrincipal, view.id())
    return await _show_principal(view, await view.work.get(SchoolUnit, found.school_id), found)


@action(BASE + "/rektor/{id:uuid}", name="change_principal")
async def change_principal(view: View) -> Response:
    found = await view.work.get(SchoolPrincipal, view.id())
    row = await view.work.get(SchoolUnit, found.school_id)
    try:
        async with view.work.attempt():
            values = read_fields(view.form, principal_fields())
            await schools.change_principal(view.work, found.id, **values)
    except AppError as problem:
        return await _show_principal(view, row, found, problem)
    return view.redirect(await _address(view, row), said=_("It is saved."))


async def _show(view: View, problem: AppError | None = None, where: str = "") -> Response:
    work, year = view.work, view.here.year
    row = await schools.school_at(work, view.here.unit.id)
    values: dict[str, Any] = {"label": years.label(year), "word": await view.word(SCHOOLS)}
    if row is None:
        return await view.render("school_quality/no_school.html", **values)
    found = await school_year(work, row, year=year)
    leads = await schools.principals_of(work, row.id)
    parts = await participations_of(work, row.id, year=year)
    (organiser,) = await units.placed(work, [row.organiser_id])
    forms, fields = form_words(), part_fields(year)
    values |= {
        "row": row,
        "found": found,
        "organiser": organiser,
        "forms": [forms[SchoolForm(form)] for form in row.forms],
        "law": await law(work, "school.quality", on=years.nearest(year, work.today)),
        "steps": [(step, step_words()[step.step], _lamp(step)) for step in found.steps],
        "address": {s.step: _report_address(view, found, s) for s in found.steps if s.report},
        "begins": {Step.PLAN: _("Begin the plan"), Step.REPORT: _("Begin the report")},
        "part": taken_part(found),
        "missing": ", ".join(who_words()[who] for who in found.missing),
        "parts": parts,
        "who": who_words(),
        "step_words": step_words(),
        "leads": leads,
        "names": await names_of(work, [*(each.person_id for each in leads), found.principal_id]),
        "fields": fields,
        "values": shown(None, fields, view.form if where == "part" else None),
        "may": work.allows(WRITE, at=row.unit_id),
        "designs": work.allows(DESIGN, at=row.unit_id),
        "problem": problem,
        "where": where,
    }
    code = problem.status if problem else 200
    return await view.render("school_quality/school.html", status=code, **values)


async def _show_form(
    view: View, row: SchoolUnit | None, problem: AppError | None = None
) -> Response:
    view.work.require(DESIGN, **({"at": row.unit_id} if row else {}))
    fields = await _fields(view, row)
    values = shown(row, fields, view.form)
    if row is None and not view.form.fields:
        values["first_year"] = years.year_of(view.work.today)
    heading = _("New school") if row is None else (await _placed(view, row)).name
    return await view.render(
        "school_quality/form.html",
        status=problem.status if problem else 200,
        heading=heading,
        back=view.url("schools") if row is None else await _address(view, row),
        back_word=await view.word(SCHOOLS) if row is None else heading,
        version=row.version if row else None,
        fields=fields,
        values=values,
        problem=problem,
    )


async def _show_principal(
    view: View, row: SchoolUnit, found: SchoolPrincipal | None, problem: AppError | None = None
) -> Response:
    view.work.require(DESIGN, at=row.unit_id)
    people = await may_answer(view.work, row.unit_id, on=view.work.today) if not found else ()
    names = await names_of(view.work, [found.person_id if found else None])
    fields = principal_fields(people)
    called = (await _placed(view, row)).name
    return await view.render(
        "school_quality/form.html",
        status=problem.status if problem else 200,
        heading=next(iter(names.values()), _("New principal")),
        back=await _address(view, row),
        back_word=called,
        version=None,
        fields=fields,
        values=shown(found, fields, view.form),
        problem=problem,
    )


async def _fields(view: View, row: SchoolUnit | None) -> list[Any]:
    places = [] if row else await units.tree(view.work)
    may = [place for place in places if view.work.allows(DESIGN, at=place.id)]
    return school_fields(await schools.organisers(view.work), may)


async def _here(view: View) -> SchoolUnit:
    row = await schools.school_at(view.work, view.here.unit.id)
    if row is None:
        raise NotFound()
    return row


async def _wanted(view: View) -> SchoolUnit:
    return await view.work.get(SchoolUnit, view.id())


async def _placed(view: View, row: SchoolUnit) -> units.Placed:
    (place,) = await units.placed(view.work, [row.unit_id])
    return place


async def _address(view: View, row: SchoolUnit) -> str:
    day: date = view.work.today
    slug = (await _placed(view, row)).slug
    return view.url("school_year", unit=slug, year=max(years.year_of(day), row.first_year))


def _lamp(step: Taken) -> Lamp:
    return Lamp(light_of(step), stage_word(step))


def _report_address(view: View, found: SchoolYear, step: Taken) -> str:
    """To where it is written, for those who may, while it is not done."""
    assert step.report is not None
    may = view.work.allows(WRITE, at=found.school.unit_id) and not step.done
    page = "write_report" if may else "read_report"
    return view.url(page, unit=found.slug, year=step.report.period, report=step.report.id)


SCHOOL_PAGES = (
    one_year,
    begin,
    add_part,
    remove_part,
    new_school,
    add_school,
    new_principal,
    appoint,
    principal,
    change_principal,
    school,
    change_school,
)
