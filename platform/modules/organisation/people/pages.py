"""The register of people: looking for someone, adding, changing, and who has left."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from starlette.responses import Response

from .....infra.i18n import LOCALES, _
from .....tenants import people
from .....tenants.tree import units
from ....web.page import View, action, page
from ....web.words import role_words
from ..stepping import ASKED, Step, id_in, take_step
from ..terms import PEOPLE
from .register import Wanted, list_people


@page("/personer", name="people")
async def register(view: View) -> Response:
    view.work.require("people.read")
    number = view.query("sida", "1")
    wanted = Wanted(
        words=view.query("q")[:200],
        role=view.query("roll"),
        unit_id=id_in(view.query("enhet"), field="enhet"),
        left=view.query("visa") == "slutat",
        number=int(number[:6]) if number.isdecimal() else 1,
    )
    found = await list_people(view.work, wanted)
    return await view.render(
        "organisation/people.html",
        heading=await view.word(PEOPLE),
        wanted=wanted,
        found=found,
        roles=role_words(),
        places=await units.tree(view.work),
        may=view.work.allows("people.edit"),
        query=dict(view.request.query_params),
    )


@page("/personer/ny", name="new_person")
async def new_person(view: View) -> Response:
    view.work.require("people.read")
    return await _show_new(view, ASKED)


@action("/personer/ny", name="add_person")
async def add_person(view: View) -> Response:
    form = view.form
    made: list[UUID] = []

    async def deed() -> str:
        person = await people.add_person(
            view.work,
            name=form.get("name"),
            email=form.get("email"),
            locale=form.get("locale", "sv"),
        )
        made.append(person.id)
        return _("{name} is in the register. Give a role below.", name=person.name)

    step = await take_step(view, deed)
    if step.said:
        return view.redirect(view.url("person", id=made[-1]), said=step.said)
    return await _show_new(view, step)


async def _show_new(view: View, step: Step) -> Response:
    form = view.form
    values = {name: form.get(name) for name in ("name", "email")}
    values["locale"] = form.get("locale", "sv")
    given: dict[str, Any] = {
        "step": step,
        "values": values,
        "languages": LANGUAGES,
        "heading": _("Add someone"),
        "people_word": await view.word(PEOPLE),
        "may": view.work.allows("people.edit"),
        "body": "organisation/person_new.html",
    }
    if view.partial and not step.problem:
        return await view.fragment("organisation/person_new.html", **given)
    return await view.render("organisation/person_step.html", status=step.status, **given)


LANGUAGES = tuple(zip(LOCALES, ("Svenska", "English"), strict=True))

people_pages = (register, new_person, add_person)
