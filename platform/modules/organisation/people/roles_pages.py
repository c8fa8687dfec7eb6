"""Roles with their history, handed on for a while, and seeing as somebody else."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from starlette.responses import Response

from .....infra.errors import Conflict, InvalidInput
from .....infra.i18n import _
from .....tenants import delegations, seeing
from .....tenants.models import Person
from .....tenants.tree import units
from .....tenants.work import Work
from ....web.page import View, action, page
from ....web.words import role_words
from ..spans import last_day, times_in
from ..stepping import id_in
from .register import role_history


async def roles_of(work: Work, person: Person) -> dict[str, Any]:
    """What a person's page tells of their roles beside those they hold."""
    sees = work.allows("roles.see_as") and work.actor.session_id is not None
    handed = await delegations.delegations_of(work, person.id)
    ids = {each.grant.unit_id for each in handed if each.grant.unit_id}
    return {
        "unit_names": {unit.id: unit.name for unit in await units.placed(work, list(ids))},
        "history": await role_history(work, person.id),
        "handed": handed,
        "seen": await seeing.who_saw_as(work, person.id) if sees else [],
        "may_see_as": sees and person.id != work.actor.id and work.actor.behind is None,
        "source_words": source_words(),
        "last_day": last_day,
    }


@action("/personer/{id:uuid}/se-som", name="see_as")
async def see_as(view: View) -> Response:
    view.work.require("people.read")
    person_id = view.id()
    try:
        async with view.work.attempt():
            await seeing.begin_seeing(view.work, person_id, reason=view.form.get("reason"))
    except (InvalidInput, Conflict) as error:
        return await _ask_why(view, person_id, problem=error)
    return view.redirect(view.url("home"))


@page("/personer/{id:uuid}/se-som", name="ask_to_see_as")
async def ask_to_see_as(view: View) -> Response:
    view.work.require("roles.see_as")
    return await _ask_why(view, view.id())


async def _ask_why(
    view: View, person_id: UUID, *, problem: InvalidInput | Conflict | None = None
) -> Response:
    person = await view.work.get(Person, person_id)
    values: dict[str, Any] = {
        "person": person,
        "problem": problem,
        "reason": view.form.get("reason"),
    }
    if view.partial and problem is None:
        return await view.fragment("organisation/see_as_form.html", **values)
    status = problem.status if problem else 200
    return await view.render("organisation/see_as.html", status=status, **values)


@page("/profil/roller", name="own_roles")
async def own_roles(view: View) -> Response:
    return await _show(view)


@action("/profil/roller", name="delegate_roles")
async def delegate_roles(view: View) -> Response:
    work, form = view.work, view.form
    try:
        async with work.attempt():
            colleague = await delegations.find_colleague(work, form.get("colleague"))
            begins, ends = times_in(form)
            if ends is None:
                raise InvalidInput(_("Choose the last day."), field="to")
            await delegations.delegate_roles(
                work,
                grant_ids=[id for text in form.all("roles") if (id := id_in(text, field="roles"))],
                colleague_id=colleague.id,
                valid_from=begins,
                valid_to=ends,
                reason=form.get("reason"),
            )
            name = colleague.name
    except (InvalidInput, Conflict) as error:
        return await _show(view, problem=error)
    said = _("{name} has your roles in that time, and can see it here.", name=name)
    return view.redirect(view.url("own_roles"), said=said)


@action("/profil/roller/{id:uuid}/avsluta", name="end_delegation")
async def end_delegation(view: View) -> Response:
    """Of one's own from here, of others' from their page."""
    grant = await delegations.end_delegation(view.work, view.id())
    person_id = id_in(view.form.get("person"), field="person")
    back = view.url("person", id=person_id) if person_id else view.url("own_roles")
    return view.redirect(back, said=_("It is over: {role}.", role=role_words()[grant.role]))


async def _show(view: View, *, problem: InvalidInput | Conflict | None = None) -> Response:
    work, form = view.work, view.form
    own = await delegations.own_roles(work)
    handed = await delegations.own_delegations(work)
    ids = [grant.unit_id for grant in [*own, *(each.grant for each in handed)] if grant.unit_id]
    names = {unit.id: unit.name for unit in await units.placed(work, list(set(ids)))}
    return await view.render(
        "organisation/own_roles.html",
        status=problem.status if problem else 200,
        own=own,
        handed=handed,
        names=names,
        seen=await seeing.who_saw_as_me(work),
        roles=role_words(),
        problem=problem,
        told=problem.field if problem else "",
        chosen=form.all("roles") or [str(grant.id) for grant in own],
        values={name: form.get(name) for name in ("colleague", "from", "to", "reason")},
        last_day=last_day,
        may=work.allows("roles.delegate"),
    )


def source_words() -> dict[str, str]:
    return {
        "hand": _("by hand"),
        "claims": _("at sign-in"),
        "scim": _("by the directory"),
        "delegated": _("handed on"),
    }


roles_pages = (see_as, ask_to_see_as, own_roles, delegate_roles, end_delegation)
