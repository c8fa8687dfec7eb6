"""One person: what the register says, the roles given and taken, sessions, and leaving."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from starlette.responses import Response

from .....authz.permit import NOWHERE
from .....infra.errors import Conflict, Forbidden, InvalidInput
from .....infra.i18n import _
from .....tenants import people
from .....tenants.models import Person, RoleGrant, UserSession
from .....tenants.people import WHOLE_TENANT
from .....tenants.sign_in import sessions
from .....tenants.work import Work
from ....web.page import View, action, page
from ....web.words import role_words
from ..spans import times_in
from ..stepping import ASKED, Step, id_in, take_step
from ..terms import PEOPLE
from ..units.tree_view import read_tree, unit_exists
from .account_pages import provider_names, shown_accounts
from .pages import LANGUAGES
from .permission_words import grantable_roles, role_in_words
from .register import held_by, look_up
from .roles_pages import roles_of


@page("/personer/{id:uuid}", name="person")
async def person_page(view: View) -> Response:
    return await _show(view)


@action("/personer/{id:uuid}", name="change_person")
async def change_person(view: View) -> Response:
    person = await _person(view)
    form, before = view.form, (person.name, person.email, person.locale)

    async def deed() -> str:
        changed = await people.change_person(
            view.work,
            person.id,
            name=form.get("name"),
            email=form.get("email"),
            locale=form.get("locale"),
        )
        told[:] = _changes(before, (changed.name, changed.email, changed.locale))
        return _("The change is saved.")

    told: list[str] = []
    step = await take_step(view, deed)
    if step.said:
        return view.redirect(view.url("person", id=view.id()), said=step.said)
    return await _show(view, changing=step, told=told)


@action("/personer/{id:uuid}/roller", name="grant_role")
async def grant_role(view: View) -> Response:
    """A role at a unit, or in the whole municipality; first what it would let the person do."""
    person = await _person(view)
    name, form = person.name, view.form

    async def deed() -> str:
        role, unit_id = form.get("role"), id_in(form.get("unit"), field="unit")
        if role not in WHOLE_TENANT and unit_id is None and "everywhere" not in form:
            raise InvalidInput(_("Choose a unit, or the whole municipality."), field="unit")
        begins, ends = times_in(form)
        await people.grant_role(
            view.work,
            person_id,
            role=role,
            unit_id=unit_id,
            valid_from=begins,
            valid_to=ends,
            reason=form.get("reason"),
        )
        word = role_words().get(role, role)
        return _("{name} has the role {role} now.", name=name, role=word)

    person_id = person.id
    step = await take_step(view, deed)
    if step.said:
        return view.redirect(view.url("person", id=person_id), said=step.said)
    return await _show(view, granting=step)


@action("/personer/{id:uuid}/roller/{grant:uuid}/ta-bort", name="withdraw_role")
async def withdraw_role(view: View) -> Response:
    person = await _person(view)
    grant = await view.work.get(RoleGrant, view.id("grant"))
    if grant.person_id != person.id:
        await view.work.get(Person, grant.id)
    word = role_words().get(grant.role, grant.role)
    person_id, name, grant_id = person.id, person.name, grant.id

    async def deed() -> str:
        await people.withdraw_role(view.work, grant_id)
        return _("{name} no longer has the role {role}.", name=name, role=word)

    step = await take_step(view, deed)
    if step.said:
        return view.redirect(view.url("person", id=person_id), said=step.said)
    return await _show(view, taking=step, taken=grant_id)


@action("/personer/{id:uuid}/slutat", name="end_person")
async def end_person(view: View) -> Response:
    """First what leaving means, then that."""
    person_id, name = view.id(), (await _person(view)).name

    async def deed() -> str:
        await people.end_person(view.work, person_id)
        return _("{name} has left, and cannot sign in any more.", name=name)

    step = await take_step(view, deed)
    if step.said:
        return view.redirect(view.url("person", id=person_id), said=step.said)
    return await _show(view, ending=step)


@action("/personer/{id:uuid}/ater", name="return_person")
async def return_person(view: View) -> Response:
    person = await people.return_person(view.work, (await _person(view)).id)
    said = _("{name} is back, with the roles that are listed here.", name=person.name)
    return view.redirect(view.url("person", id=person.id), said=said)


@action("/personer/{id:uuid}/sessioner/{session:uuid}/avsluta", name="end_person_session")
async def end_session(view: View) -> Response:
    person = await _person(view)
    session = await view.work.get(UserSession, view.id("session"))
    if session.person_id != person.id:
        await view.work.get(Person, session.id)
    await sessions.close_session(view.work, session.id)
    return view.redirect(view.url("person", id=person.id), said=_("The session has ended."))


@action("/personer/{id:uuid}/sessioner/avsluta", name="end_person_sessions")
async def end_sessions(view: View) -> Response:
    person = await sessions.close_sessions_of(view.work, (await _person(view)).id)
    said = _("{name} is signed out everywhere.", name=person.name)
    return view.redirect(view.url("person", id=person.id), said=said)


async def _person(view: View) -> Person:
    return await look_up(view.work, view.id())


async def _show(
    view: View,
    *,
    changing: Step = ASKED,
    granting: Step = ASKED,
    ending: Step = ASKED,
    taking: Step = ASKED,
    taken: UUID | None = None,
    told: list[str] | None = None,
) -> Response:
    work, form = view.work, view.form
    person = await _person(view)
    held = (await held_by(work, [person.id]))[person.id]
    may = await _may_change(work, person)
    values = {name: form.get(name, getattr(person, name)) for name in ("name", "email", "locale")}
    step = next((each for each in (changing, granting, taking, ending) if each.problem), ASKED)
    return await view.render(
        "organisation/person.html",
        status=step.status,
        people_word=await view.word(PEOPLE),
        person=person,
        held=held,
        may=may,
        values=values,
        told=told or [],
        languages=LANGUAGES,
        changing=changing,
        granting=granting,
        ending=ending,
        taking=taking,
        taken=taken,
        **await roles_of(work, person),
        **await _granting(view),
        sessions=await sessions.sessions_of(work, person.id) if may else [],
        device=sessions.in_words,
        accounts=await shown_accounts(view, person) if may else [],
        providers=await provider_names(view),
        gone=person.left_on is not None and person.left_on <= work.today,
    )


async def _granting(view: View) -> dict[str, Any]:
    """What the form that gives a role shows."""
    work, form = view.work, view.form
    tree = await read_tree(work, work.today)
    role = form.get("role") or view.query("roll") or "contributor"
    unit_id = id_in(view.query("enhet"), field="enhet")
    where = form.get("unit") or (str(unit_id) if unit_id else "")
    return {
        "role_may": lambda name: role_in_words(work, name),
        "roles": role_words(),
        "role": role,
        "unit": where,
        "everywhere": "everywhere" in form,
        "times": {name: form.get(name) for name in ("from", "to", "reason")},
        "may_grant": work.allows("roles.grant"),
        "whole": work.allows("roles.grant", at=NOWHERE),
        "grantable": grantable_roles(work),
        "may_do": role_in_words(work, role),
        "unit_name": await _unit_name(work, where),
        "places": [b for b in tree.branches.values() if work.allows("roles.grant", at=b.unit.id)],
    }


async def _unit_name(work: Work, where: str) -> str:
    unit_id = None
    try:
        unit_id = id_in(where, field="unit")
    except InvalidInput:
        return ""
    return (await unit_exists(work, unit_id, work.today)).name if unit_id else ""


async def _may_change(work: Work, person: Person) -> bool:
    """Whether the services would let the actor change the person."""
    if not work.allows("people.edit"):
        return False
    try:
        await people.require_all_of(work, person)
    except (Forbidden, Conflict):
        return False
    return True


def _changes(before: tuple[str, str, str], after: tuple[str, str, str]) -> list[str]:
    words = (_("Name"), _("E-mail address"), _("Language"))
    return [
        _("{what}: {before} becomes {after}", what=word, before=old, after=new)
        for word, old, new in zip(words, before, after, strict=True)
        if old != new
    ]


person_pages = (
    person_page,
    change_person,
    grant_role,
    withdraw_role,
    end_person,
    return_person,
    end_sessions,
    end_session,
)
