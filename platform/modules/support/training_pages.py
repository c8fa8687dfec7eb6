"""Courses in the browser, who has taken them, and the cards of whom to ask."""

from __future__ import annotations

from itertools import groupby
from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from starlette.responses import Response

from ....infra.errors import AppError, InvalidInput
from ....infra.i18n import _
from ....tenants.models import Person
from ....tenants.names import names_of
from ....tenants.tree import units
from ...web.exports import export_started
from ...web.fields import Field, read_fields, shown
from ...web.page import View, action, page
from . import contacts, training
from .exporting import ask_for_completions
from .models import Course, CourseKind, SupportContact
from .words import SUPPORT, areas, course_words

BASE = "/stod"
NEW = UUID(int=0)


@page(BASE + "/utbildning", name="training")
async def offered(view: View) -> Response:
    """What there is to learn by module, with what one has taken."""
    places = dict(areas(view.modules, view.tenant.modules))
    found = [row for row in await training.courses(view.work) if row.area in places]
    order = list(places)
    found.sort(key=lambda row: order.index(row.area))
    return await view.render(
        "support/training.html",
        heading=await view.word(SUPPORT),
        tab="training",
        groups=[(places[area], list(rows)) for area, rows in groupby(found, lambda row: row.area)],
        taken=await training.own_completions(view.work),
        confirms={row.id for row in found if await training.may_confirm(view.work, row)},
        kinds=course_words(),
        may=view.work.allows("support.design"),
        sees=view.work.allows("support.write"),
    )


@action(BASE + "/utbildning/{id:uuid}/klar", name="complete_course")
async def complete(view: View) -> Response:
    await training.complete_course(view.work, view.id())
    return view.redirect(view.url("training"), said=_("Noted. Well done."))


@page(BASE + "/utbildning/{id:uuid}/deltagare", name="course_people")
async def taken_by(view: View) -> Response:
    return await _show_people(view)


@action(BASE + "/utbildning/{id:uuid}/deltagare", name="confirm_completions")
async def confirm(view: View) -> Response:
    try:
        async with view.work.attempt():
            people = await _by_email(view, view.form.get("emails"))
            ids = [UUID(id) for id in view.form.all("person")] + people
            made = await training.confirm_completions(view.work, view.id(), person_ids=ids)
    except AppError as problem:
        return await _show_people(view, problem)
    said = _("{count} have completed the course.", count=len(made))
    address = view.url("course_people", id=view.id())
    return view.redirect(address, said=said)


@action(BASE + "/utbildning/{id:uuid}/excel", name="export_completions")
async def to_excel(view: View) -> Response:
    job = await ask_for_completions(view.work, view.id())
    return await export_started(view, job)


@page(BASE + "/utbildning/kurs/{id}", name="course")
async def course(view: View) -> Response:
    return await _show_course(view)


@action(BASE + "/utbildning/kurs/{id}", name="save_course")
async def save_course(view: View) -> Response:
    id, fields = _id(view), _course_fields(view)
    try:
        async with view.work.attempt():
            values = read_fields(view.form, fields)
            values["kind"], values["minutes"] = CourseKind(values["kind"]), values["minutes"] or 0
            row = await training.save_course(view.work, id, **values)
            if "end" in view.form:
                await training.end_course(view.work, row.id)
    except AppError as problem:
        return await _show_course(view, problem)
    return view.redirect(view.url("training"), said=_("{name} is saved.", name=row.title))


@page(BASE + "/kontakter", name="support_contacts")
async def whom_to_ask(view: View) -> Response:
    rows = await contacts.contacts(view.work)
    placed = {unit.id: unit.name for unit in await units.tree(view.work)}
    names = await names_of(view.work, (row.person_id for row in rows))
    return await view.render(
        "support/contacts.html",
        heading=await view.word(SUPPORT),
        tab="contacts",
        rows=rows,
        placed=placed,
        names=names,
        areas=dict(areas(view.modules, view.tenant.modules)),
        may=view.work.allows("support.write"),
    )


@page(BASE + "/kontakter/{id}", name="support_contact")
async def contact(view: View) -> Response:
    return await _show_contact(view)


@action(BASE + "/kontakter/{id}", name="save_support_contact")
async def save_contact(view: View) -> Response:
    id, fields = _id(view), await _contact_fields(view)
    try:
        async with view.work.attempt():
            if id is not None and "remove" in view.form:
                await contacts.remove_contact(view.work, id)
                return view.redirect(view.url("support_contacts"), said=_("It is taken away."))
            values = read_fields(view.form, fields)
            people = await _by_email(view, values.pop("person_email"))
            values["person_id"] = people[0] if people else None
            await contacts.save_contact(view.work, id, **values)
    except AppError as problem:
        return await _show_contact(view, problem)
    return view.redirect(view.url("support_contacts"), said=_("It is saved."))


async def _show_people(view: View, problem: AppError | None = None) -> Response:
    found = await view.work.get(Course, view.id())
    sees = view.work.allows("support.write")
    may = await training.may_confirm(view.work, found)
    if not may:
        view.work.require("support.write")
    people = await training.learned(view.work, found.id) if sees else []
    return await view.render(
        "support/course_people.html",
        status=problem.status if problem else 200,
        heading=found.title,
        word=await view.word(SUPPORT),
        row=found,
        people=people,
        done=sum(each.completion is not None for each in people),
        sees=sees,
        may=may,
        emails=view.form.get("emails"),
        problem=problem,
    )


async def _show_course(view: View, problem: AppError | None = None) -> Response:
    view.work.require("support.design")
    id = _id(view)
    row = None if id is None else await view.work.get(Course, id)
    fields = _course_fields(view)
    return await _form(
        view,
        heading=_("Course") if row else _("New course"),
        fields=fields,
        values=shown(row, fields, view.form),
        back=view.url("training"),
        extra=("end", _("Save and stop offering it")) if row and not row.ended_at else None,
        problem=problem,
    )


async def _show_contact(view: View, problem: AppError | None = None) -> Response:
    view.work.require("support.write")
    id = _id(view)
    row = None if id is None else await view.work.get(SupportContact, id)
    fields = await _contact_fields(view)
    values = shown(row, fields, view.form)
    if row is not None and not view.form.fields and row.person_id:
        person = await view.work.get(Person, row.person_id)
        values["person_email"] = person.email
    return await _form(
        view,
        heading=_("Somebody to ask") if row else _("New contact"),
        fields=fields,
        values=values,
        back=view.url("support_contacts"),
        extra=("remove", _("Take away")) if row else None,
        problem=problem,
    )


async def _form(view: View, *, problem: AppError | None, **values: Any) -> Response:
    return await view.render(
        "support/form.html",
        status=problem.status if problem else 200,
        word=await view.word(SUPPORT),
        address=view.request.url.path,
        problem=problem,
        **values,
    )


def _course_fields(view: View) -> list[Field]:
    return [
        Field("title", _("Name"), needed=True),
        Field("area", _("About"), "choice", options=areas(view.modules, view.tenant.modules)),
        Field(
            "kind",
            _("How one takes it"),
            "choice",
            needed=True,
            options=[(kind.value, word) for kind, word in course_words().items()],
        ),
        Field(
            "address",
            _("Address"),
            hint=_("Of the film or the page, https://. Empty for the manual in the service."),
        ),
        Field("minutes", _("Minutes"), "number"),
        Field("audience", _("For whom"), hint=_("For example: managers and controllers.")),
        Field("for_trainers", _("Whoever has taken it may confirm others"), "tick"),
    ]


async def _contact_fields(view: View) -> list[Field]:
    reach = view.work.reach("support.write")
    placed = [
        (str(unit.id), unit.name)
        for unit in await units.tree(view.work)
        if reach is None or unit.id in reach
    ]
    return [
        Field("unit_id", _("Unit"), "record", needed=True, options=placed),
        Field("area", _("About"), "choice", options=areas(view.modules, view.tenant.modules)),
        Field("role", _("What they help with"), needed=True),
        Field(
            "person_email",
            _("E-mail address of somebody in the register"),
            hint=_("Their name follows the register, and they are asked to hand it over."),
        ),
        Field("name", _("Or another name"), hint=_("For example: the service desk.")),
        Field("phone", _("Phone number")),
        Field("email", _("E-mail address")),
        Field("hours", _("When they can be reached")),
    ]


async def _by_email(view: View, text: str) -> list[UUID]:
    """The people with some addresses. Raises InvalidInput that names one nobody has."""
    wanted = list(dict.fromkeys(text.replace(",", " ").replace(";", " ").lower().split()))[:500]
    rows = await view.work.rows(
        select(func.lower(Person.email), Person.id).where(func.lower(Person.email).in_(wanted))
    )
    found = {row[0]: row[1] for row in rows}
    for email in wanted:
        if email not in found:
            raise InvalidInput(_("Nobody has the address {email}.", email=email), field="emails")
    return [found[email] for email in wanted]


def _id(view: View) -> UUID | None:
    text = view.path("id")
    if text == "ny":
        return None
    try:
        return UUID(text)
    except ValueError:
        return NEW


TRAINING_PAGES = (
    offered,
    complete,
    taken_by,
    confirm,
    to_excel,
    course,
    save_course,
    whom_to_ask,
    contact,
    save_contact,
)
