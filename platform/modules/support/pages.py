"""Support in the browser: report a fault and follow it, whom to ask, and what there is to learn."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from starlette.responses import Response

from ....infra.errors import AppError
from ....infra.i18n import _
from ....tenants.names import names_of
from ...module import MenuItem
from ...web.fields import read_fields, shown
from ...web.page import View, action, page
from ...web.register import PART, Column, Entry, Facet, Lamp, Register, asked_of
from ...web.words import MORE
from . import faults
from .contacts import cards_of, contacts_near
from .fault_fields import answers, report_fields, workaround_fields
from .models import FaultClass, FaultReport, FaultState, Workaround
from .words import LIGHTS, SUPPORT, areas, class_words, effect_words, state_words, workaround_words

BASE = "/stod"


@dataclass(frozen=True, slots=True)
class Told:
    """A step of a fault as the page tells it."""

    at: datetime
    who: str
    said: str
    state: str
    lamp: Lamp


@page(BASE, name="support")
async def support(view: View) -> Response:
    """Whom to ask here, and the faults that one may see."""
    facets = _facets(view)
    asked = asked_of(view, facets)
    state, found_class = asked.chosen["lage"], asked.chosen["klass"]
    found = await faults.faults(
        view.work,
        words=asked.words,
        state=FaultState(state) if state else None,
        found_class=FaultClass(found_class) if found_class else None,
        offset=asked.offset,
        limit=PART,
    )
    columns = [
        Column(_("Fault")),
        Column(_("Class")),
        Column(_("Status")),
        Column(_("Reported")),
    ]
    register = Register(
        asked, facets, columns, [_entry(view, row) for row in found.rows], found.total
    )
    place = (await view.shell()).place
    return await view.render(
        "support/support.html",
        heading=await view.word(SUPPORT),
        tab="support",
        found=register,
        contacts=await cards_of(view.work, await contacts_near(view.work, place.unit.id))
        if place
        else [],
        place=place.unit.name if place else view.tenant.name,
        areas=dict(areas(view.modules, view.tenant.modules)),
    )


@page(BASE + "/fel/nytt", name="new_fault")
async def new_fault(view: View) -> Response:
    return await _show_new(view)


@action(BASE + "/fel/nytt", name="report_fault")
async def report(view: View) -> Response:
    fields = report_fields(areas(view.modules, view.tenant.modules))
    try:
        async with view.work.attempt():
            values = read_fields(view.form, fields)
            place = (await view.shell()).place
            fault = await faults.report_fault(
                view.work,
                title=values["title"],
                what=values["what"],
                asked=answers(values),
                workaround_is=values["workaround_is"],
                area=values["area"],
                page=view.form.get("page")[:200],
                unit_id=place.unit.id if place else None,
            )
    except AppError as problem:
        return await _show_new(view, problem)
    said = _(
        "Thank you. The fault has number {number} and class {letter}.",
        number=fault.number,
        letter=fault.fault_class.value.upper(),
    )
    return view.redirect(view.url("fault", id=fault.id), said=said)


@page(BASE + "/fel/{id:uuid}", name="fault")
async def fault(view: View) -> Response:
    return await _show(view)


@action(BASE + "/fel/{id:uuid}/svar", name="answer_fault")
async def answer(view: View) -> Response:
    """What the buttons of the page say: answer, solve, agree, or open again."""
    id, version = view.id(), view.version or 0
    said = view.form.get("said")
    try:
        async with view.work.attempt():
            if "solve" in view.form:
                await faults.solve_fault(view.work, id, said=said, version=version)
            elif "close" in view.form:
                await faults.close_fault(view.work, id, version=version)
            elif "more" in view.form:
                await faults.tell_more(view.work, id, said=said, version=version)
            elif "reopen" in view.form:
                await faults.reopen_fault(view.work, id, said=said, version=version)
            else:
                await faults.answer_fault(view.work, id, said=said, version=version)
    except AppError as problem:
        return await _show(view, problem)
    return view.redirect(view.url("fault", id=id), said=_("It is saved."))


@action(BASE + "/fel/{id:uuid}/annan-vag", name="found_workaround")
async def workaround(view: View) -> Response:
    id, version = view.id(), view.version or 0
    try:
        async with view.work.attempt():
            values = read_fields(view.form, workaround_fields())
            fault = await faults.found_workaround(
                view.work,
                id,
                workaround=Workaround(values["workaround"]),
                how=values["workaround_is"],
                version=version,
            )
    except AppError as problem:
        return await _show(view, problem)
    said = _("The fault has class {letter} now.", letter=fault.fault_class.value.upper())
    return view.redirect(view.url("fault", id=id), said=said)


def _facets(view: View) -> list[Facet]:
    return [
        Facet("lage", _("Status"), [(kind.value, word) for kind, word in state_words().items()]),
        Facet("klass", _("Class"), [(kind.value, word) for kind, word in class_words().items()]),
    ]


def _entry(view: View, row: FaultReport) -> Entry:
    return Entry(
        row.title,
        [
            Lamp(LIGHTS[row.fault_class], row.fault_class.value.upper()),
            state_words()[row.state],
            row.created_at.date(),
        ],
        address=view.url("fault", id=row.id),
        hint=_("Number {number}", number=row.number),
    )


async def _show_new(view: View, problem: AppError | None = None) -> Response:
    view.work.require("support.report")
    fields = report_fields(areas(view.modules, view.tenant.modules))
    values: dict[str, Any] = shown(None, fields, view.form)
    if not view.form.fields:
        values["area"] = view.query("modul")
        values["effect"], values["workaround"] = "broken", "none"
    return await view.render(
        "support/new_fault.html",
        status=problem.status if problem else 200,
        heading=_("Report a fault"),
        word=await view.word(SUPPORT),
        fields=fields,
        values=values,
        from_page=view.form.get("page") or view.query("sida")[:200],
        problem=problem,
    )


async def _show(view: View, problem: AppError | None = None) -> Response:
    row = await faults.get_fault(view.work, view.id())
    steps = await faults.steps_of(view.work, row.id)
    names = await names_of(view.work, [step.taken_by for step in steps])
    words, classes = state_words(), class_words()
    fields = workaround_fields()
    return await view.render(
        "support/fault.html",
        status=problem.status if problem else 200,
        heading=row.title,
        word=await view.word(SUPPORT),
        row=row,
        lamp=Lamp(LIGHTS[row.fault_class], classes[row.fault_class]),
        state=words[row.state],
        effect=effect_words()[row.effect],
        way=workaround_words()[row.workaround],
        area=dict(areas(view.modules, view.tenant.modules)).get(row.area, row.area),
        steps=[
            Told(
                step.taken_at,
                names[step.taken_by] if step.taken_by else _("The service"),
                step.said,
                words[step.state],
                Lamp(LIGHTS[step.fault_class], step.fault_class.value.upper()),
            )
            for step in steps
        ],
        ended=row.state in (FaultState.SOLVED, FaultState.CLOSED),
        may_answer=faults.may_answer(view.work, row),
        own=row.reported_by == view.actor.id,
        late=view.work.now > (row.solve_by if row.answered_at else row.answer_by),
        fields=fields,
        values=shown(row, fields, view.form if "workaround" in view.form else None),
        said_before=view.form.get("said"),
        problem=problem,
    )


FAULT_PAGES = (support, new_fault, report, fault, answer, workaround)
MENU = (MenuItem(SUPPORT, page="support", permission="support.read", group=MORE),)
