"""The register of complaints in the browser, one complaint with what is to be done next, and the
forms."""

from __future__ import annotations

from typing import Any, Final
from uuid import UUID

from sqlalchemy import select
from starlette.responses import Response

from ....infra.errors import AppError
from ....infra.i18n import _, in_language
from ....tenants.legal import law
from ....tenants.names import names_of
from ....tenants.tree import units
from ...web.exports import export_started
from ...web.fields import Field, read_fields, shown
from ...web.page import View, action, page
from ...web.register import PART, Asked, Column, Entry, Facet, Lamp, Register, asked_of
from . import complaint_fields as fields_of
from . import complaint_steps, complaints
from .complaint_export import ask_for_complaints
from .complaint_kinds import all_kinds
from .complaint_models import Complaint, ComplaintOutcome, ComplaintState
from .complaint_words import (
    COMPLAINTS,
    complainant_words,
    outcome_words,
    state_words,
    step_words,
    way_words,
    year_word,
)
from .settings import school_settings

BASE: Final = "/skolkvalitet/klagomal"
ONE: Final = BASE + "/{id:uuid}"
HTTPS: Final = "https://"


@page(BASE, name="school_complaints")
async def register(view: View) -> Response:
    """Whoever only takes out numbers is led to them."""
    if not view.work.allows(complaints.READ) and view.work.allows("school_complaints.export"):
        return view.redirect(view.url("school_complaint_numbers"))
    view.work.require(complaints.READ)
    facets = await _facets(view)
    asked = asked_of(view, facets)
    found = await complaints.complaints(view.work, _wanted(asked), offset=asked.offset, limit=PART)
    columns = [
        Column(_("Complaint")),
        Column(_("State")),
        Column(_("Unit")),
        Column(_("What it is about")),
        Column(_("Came in")),
        Column(_("Next step by")),
    ]
    entries = await _entries(view, list(found.rows))
    return await view.render(
        "school_quality/complaints.html",
        heading=await view.word(COMPLAINTS),
        tab="register",
        found=Register(asked, facets, columns, entries, found.total),
        may=view.work.allows(complaints.WRITE),
        export=view.url("export_school_complaints") + (f"?{q}" if (q := asked.query()) else ""),
    )


@action(BASE + "/excel", name="export_school_complaints")
async def to_excel(view: View) -> Response:
    wanted = _wanted(asked_of(view, await _facets(view)))
    return await export_started(view, await ask_for_complaints(view.work, wanted))


@page(BASE + "/nytt", name="new_school_complaint")
async def new(view: View) -> Response:
    return await _show_form(view)


@action(BASE + "/nytt", name="register_school_complaint")
async def add(view: View) -> Response:
    view.work.require(complaints.WRITE)
    fields = await fields_of.registration_fields(view.work)
    try:
        async with view.work.attempt():
            row = await complaints.register_complaint(view.work, **read_fields(view.form, fields))
    except AppError as problem:
        return await _show_form(view, problem=problem)
    said = _("The complaint is registered as {reference}.", reference=row.reference)
    return view.redirect(view.url("school_complaint", id=row.id), said=said)


@page(ONE, name="school_complaint")
async def one(view: View) -> Response:
    return await _show(view)


@page(ONE + "/andra", name="school_complaint_to_change")
async def to_change(view: View) -> Response:
    return await _show_form(view, await complaints.get_complaint(view.work, view.id()))


@action(ONE + "/andra", name="change_school_complaint")
async def change(view: View) -> Response:
    found = await complaints.get_complaint(view.work, view.id())
    fields = await fields_of.registration_fields(view.work, found.row.unit_id)
    try:
        async with view.work.attempt():
            changes: Any = read_fields(view.form, fields)
            await complaints.change_complaint(
                view.work, found.row.id, changes=changes, version=view.version
            )
    except AppError as problem:
        return await _show_form(view, found, problem)
    if not view.work.allows(complaints.READ, at=changes["unit_id"]):
        return view.redirect(view.url("school_complaints"), said=_("It is saved."))
    return view.redirect(view.url("school_complaint", id=found.row.id), said=_("It is saved."))


@action(ONE + "/steg", name="take_school_complaint_step")
async def step(view: View) -> Response:
    """What the one button of the state says: confirm, save or end the investigation, answer, or
    close."""
    id, version = view.id(), view.version
    state = (await complaints.get_complaint(view.work, id)).row.state
    try:
        async with view.work.attempt():
            values = read_fields(view.form, _step_fields(state))
            if state is ComplaintState.RECEIVED:
                await complaint_steps.confirm_complaint(view.work, id, version=version, **values)
            elif state is ComplaintState.CONFIRMED:
                chosen = ComplaintOutcome(values["outcome"]) if values["outcome"] else None
                row = await complaint_steps.write_investigation(
                    view.work, id, text=values["text"], outcome=chosen, version=version
                )
                if "end" in view.form:
                    await complaint_steps.end_investigation(view.work, id, version=row.version)
            elif state is ComplaintState.INVESTIGATED:
                await complaint_steps.answer_complaint(view.work, id, version=version, **values)
            else:
                await complaint_steps.close_complaint(view.work, id, version=version, **values)
    except AppError as problem:
        return await _show(view, problem)
    return view.redirect(view.url("school_complaint", id=id), said=_("It is saved."))


@action(ONE + "/atgard", name="plan_school_complaint_action")
async def plan(view: View) -> Response:
    found = await complaints.get_complaint(view.work, view.id())
    fields = await fields_of.action_fields(view.work, found.row.unit_id)
    try:
        async with view.work.attempt():
            await complaint_steps.plan_complaint_action(
                view.work, found.row.id, version=view.version, **read_fields(view.form, fields)
            )
    except AppError as problem:
        return await _show(view, problem, planning=True)
    said = _("The action is added. Its owner is asked for it in My work.")
    return view.redirect(view.url("school_complaint", id=found.row.id), said=said)


def lamp_of(row: Complaint, view: View) -> Lamp:
    late = (due := _due(row)) is not None and due < view.work.today
    ended = row.state in (ComplaintState.ANSWERED, ComplaintState.CLOSED)
    return Lamp("green" if ended else "red" if late else "yellow", state_words()[row.state])


def _due(row: Complaint) -> Any:
    """The day of the next step that has one."""
    if row.state is ComplaintState.RECEIVED:
        return row.confirm_by
    return row.answer_by if row.answered_on is None else None


def _step_fields(state: ComplaintState) -> list[Field]:
    """What is asked for to leave a state."""
    if state is ComplaintState.RECEIVED:
        return fields_of.confirm_fields()
    if state is ComplaintState.CONFIRMED:
        return fields_of.investigation_fields()
    if state is ComplaintState.INVESTIGATED:
        return fields_of.answer_fields()
    return fields_of.close_fields()


async def _show(view: View, problem: AppError | None = None, *, planning: bool = False) -> Response:
    found = await complaints.get_complaint(view.work, view.id())
    row = found.row
    fields = _step_fields(row.state)
    values = shown(found if row.state is ComplaintState.CONFIRMED else None, fields)
    if row.state is ComplaintState.CONFIRMED:
        values |= {"text": found.investigation, "outcome": row.outcome or ""}
    elif "on" in values:
        values["on"] = str(view.work.today)
    if problem and not planning:
        values = shown(None, fields, view.form)
    doing = await complaint_steps.actions_of_complaint(view.work, row.id)
    steps = [step for step, _note in found.steps]
    people = [row.handler_id, *(s.taken_by for s in steps), *(each.owner_id for each in doing)]
    may = view.work.allows(complaints.WRITE, at=row.unit_id)
    plans = await fields_of.action_fields(view.work, row.unit_id) if may else []
    place = next((u.name for u in await units.tree(view.work) if u.id == row.unit_id), "–")
    kinds = {kind.id: in_language(kind.name) for kind in await all_kinds(view.work)}
    return await view.render(
        "school_quality/complaint.html",
        status=problem.status if problem else 200,
        word=await view.word(COMPLAINTS),
        heading=row.reference,
        found=found,
        row=row,
        lamp=lamp_of(row, view),
        due=_due(row),
        late=(due := _due(row)) is not None and due < view.work.today,
        place=place,
        kind=kinds.get(row.kind_id, "–"),
        way=way_words()[row.way],
        whose=complainant_words()[row.complainant],
        outcome=outcome_words()[row.outcome] if row.outcome else "",
        step_words=step_words(),
        names=await names_of(view.work, people),
        actions=doing,
        law=await law(view.work, "school.complaints", on=row.received_on),
        routine=await routine_address(view),
        may=may,
        fields=fields,
        values=values,
        plans=plans,
        plan_values=shown(None, plans, view.form if planning else None),
        problem=problem,
        planning=planning,
    )


async def routine_address(view: View) -> str:
    """Of the written routine; empty where none is told, or its module is off."""
    told = (await school_settings(view.work)).complaint_routine
    if told.startswith(HTTPS) or not told:
        return told
    on = "governing_documents" in view.tenant.modules
    return view.url("governing_document", id=UUID(told)) if on else ""


async def _show_form(
    view: View, found: complaints.Opened | None = None, problem: AppError | None = None
) -> Response:
    view.work.require(complaints.WRITE, at=found.row.unit_id if found else None)
    row = found.row if found else None
    fields = await fields_of.registration_fields(view.work, row.unit_id if row else None)
    values = shown(row, fields, view.form)
    if not view.form.fields:
        texts = {name: getattr(found, name, "") for name in complaints.TEXTS}
        values |= texts if found else {"received_on": str(view.work.today)}
    address = view.url("register_school_complaint")
    back = view.url("school_complaints")
    if row is not None:
        address = view.url("change_school_complaint", id=row.id)
        back = view.url("school_complaint", id=row.id)
    return await view.render(
        "school_quality/complaint_form.html",
        status=problem.status if problem else 200,
        heading=_("Put right {reference}", reference=row.reference)
        if row
        else _("Register a complaint"),
        word=await view.word(COMPLAINTS),
        address=address,
        back=back,
        version=row.version if row else None,
        fields=fields,
        values=values,
        problem=problem,
    )


async def _entries(view: View, rows: list[Complaint]) -> list[Entry]:
    places = {unit.id: unit.name for unit in await units.tree(view.work)}
    kinds = {kind.id: in_language(kind.name) for kind in await all_kinds(view.work)}
    entries = []
    for row in rows:
        due = _due(row)
        late = due is not None and due < view.work.today
        entries.append(
            Entry(
                row.reference,
                [
                    lamp_of(row, view),
                    places.get(row.unit_id, ""),
                    kinds.get(row.kind_id, ""),
                    row.received_on,
                    Lamp("red", _("Late")) if late else due,
                ],
                address=view.url("school_complaint", id=row.id),
                hint=row.registry_number,
            )
        )
    return entries


async def _facets(view: View) -> list[Facet]:
    work, here = view.work, complaints.visible(view.work)
    ids = set(await work.scalars(select(Complaint.unit_id).where(here).distinct()))
    years = sorted(await work.scalars(select(Complaint.year).where(here).distinct()), reverse=True)
    places = [(str(unit.id), unit.name) for unit in await units.tree(work) if unit.id in ids]
    kinds = [(str(row.id), in_language(row.name)) for row in await all_kinds(work)]
    return [
        Facet("lage", _("State"), [(state.value, word) for state, word in state_words().items()]),
        Facet("enhet", _("Unit"), places),
        Facet("slag", _("What it is about"), kinds),
        Facet("lasar", _("School year"), [(str(year), year_word(year)) for year in years]),
    ]


def _wanted(asked: Asked) -> complaints.Wanted:
    state, year = asked.chosen["lage"], asked.chosen["lasar"]
    return complaints.Wanted(
        unit_id=asked.id("enhet"),
        state=ComplaintState(state) if state else None,
        kind_id=asked.id("slag"),
        year=int(year) if year else None,
        reference=asked.words,
    )


REGISTER_PAGES = (register, to_excel, new, add, one, to_change, change, step, plan)
