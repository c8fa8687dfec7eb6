"""API keys: which there are, a new one that is shown once, and one that has leaked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from starlette.responses import Response

from .....authz.permit import READING, permissions
from .....infra.errors import AppError, InvalidInput
from .....infra.i18n import _, in_language
from .....tenants.models import ApiToken
from .....tenants.names import names_of
from .....tenants.tokens.tokens import SCIM, NewToken, TokenState, create_token, list_tokens
from ....web.page import View, action, page
from ..settings.tabs import show_settings
from ..stepping import ASKED, Step, id_in, take_step
from ..units.tree_view import read_tree
from .jobs import revoke_and_tell

DAYS: Final = (30, 90, 365, 730)
MINE: Final = "mina"
STATES: Final = {
    "galler": TokenState.STANDING,
    "oanvanda": TokenState.UNUSED,
    "slut": TokenState.EXPIRED,
    "aterkallade": TokenState.REVOKED,
}


@page("/installningar/nycklar", name="api_keys")
async def api_keys(view: View) -> Response:
    return await _show(view)


@page("/installningar/nycklar/ny", name="new_api_key")
async def new_api_key(view: View) -> Response:
    return await _show_new(view, ASKED)


@action("/installningar/nycklar/ny", name="create_api_key")
async def create_api_key(view: View) -> Response:
    """The key is in this answer and nowhere else, so there is no page to go on to."""
    view.work.require("tokens.manage")
    form, own = view.form, view.actor.id
    assert own is not None
    made: list[NewToken] = []

    async def deed() -> str:
        scopes = form.all("scope")
        if not scopes:
            raise InvalidInput(_("Tick what the key may do."), field="scopes")
        units = [id_in(unit, field="unitIds") for unit in form.all("unit")]
        made.append(
            await create_token(
                view.work,
                name=form.get("name"),
                person_id=own,
                scopes=scopes,
                days=days_in(form.get("days")),
                unit_ids=[unit for unit in units if unit],
                networks=form.get("networks").split(),
            )
        )
        return _("The key is made.")

    step = await take_step(view, deed)
    if step.said:
        response = await _show(view, made=made[-1])
        response.headers["cache-control"] = "no-store"
        return response
    return await _show_new(view, step)


@page("/installningar/nycklar/lackt", name="leaked_api_key")
async def leaked_api_key(view: View) -> Response:
    return await _show_leaked(view)


@action("/installningar/nycklar/lackt", name="revoke_leaked_api_key")
async def revoke_leaked_api_key(view: View) -> Response:
    """At once: whoever has found a key in the wrong place is not asked twice."""
    try:
        async with view.work.attempt():
            found = await revoke_and_tell(view.work, view.form.get("key"))
    except AppError as problem:
        return await _show_leaked(view, problem)
    names = ", ".join(token.name for token in found)
    said = _("Revoked: {names}. The owner and the administrators are told by mail.", names=names)
    return view.redirect(view.url("api_keys"), said=said)


def days_in(text: str) -> int:
    return int(text) if text.isdecimal() and len(text) < 5 else 0


async def _show(view: View, *, made: NewToken | None = None) -> Response:
    view.work.require("tokens.read")
    shown, search = view.query("visa"), view.query("q")
    tokens = await list_tokens(
        view.work,
        person_id=view.actor.id if shown == MINE else None,
        state=STATES.get(shown),
        search=search,
    )
    return await show_settings(
        view,
        "organisation/settings_keys.html",
        "api_keys",
        _("API keys"),
        tokens=list(reversed(tokens)),
        names=await names_of(view.work, (token.person_id for token in tokens)),
        units=await units_of(view, tokens),
        shown=shown,
        search=search,
        choices=_choices(),
        narrowed=bool(shown or search),
        made=made,
        scope_words=scope_words(view),
        now=view.work.now,
    )


def _choices() -> list[tuple[str, str]]:
    words = (_("In use"), _("Not used for ninety days"), _("Have stopped"), _("Revoked ones"))
    return [(MINE, _("Mine")), *zip(STATES, words, strict=True)]


async def units_of(view: View, tokens: Sequence[ApiToken]) -> dict[UUID, str]:
    """The names of the units that keys are for."""
    if not any(token.unit_ids for token in tokens):
        return {}
    tree = await read_tree(view.work, view.work.today)
    return {id: branch.unit.name for id, branch in tree.branches.items()}


@dataclass(frozen=True, slots=True)
class ScopeGroup:
    """What a key may read and write of one kind, under the title of its module."""

    word: str
    scopes: tuple[tuple[str, str], ...]


async def _show_new(view: View, step: Step) -> Response:
    view.work.require("tokens.manage")
    form = view.form
    chosen = form.all("scope") or (["read"] if not form.fields else [])
    words, units = scope_words(view), form.all("unit")
    tree = await read_tree(view.work, view.work.today)
    return await show_settings(
        view,
        "organisation/settings_key_new.html",
        "api_keys",
        _("A new API key"),
        status=step.status,
        step=step,
        groups_of_scopes=_scope_groups(view),
        chosen=chosen,
        chosen_words=[words[scope] for scope in chosen if scope in words],
        branches=list(tree.branches.values()),
        units=units,
        unit_names=[b.unit.name for b in tree.branches.values() if str(b.unit.id) in units],
        networks=form.get("networks"),
        name=form.get("name"),
        days=form.get("days", "365"),
        lives=[(days, _("{count} days", count=days)) for days in DAYS],
    )


async def _show_leaked(view: View, problem: AppError | None = None) -> Response:
    view.work.require("tokens.manage")
    return await show_settings(
        view,
        "organisation/settings_key_leaked.html",
        "api_keys",
        _("A key has leaked"),
        status=problem.status if problem else 200,
        problem=problem,
    )


def _kinds(view: View) -> dict[str, str]:
    """What permissions are about, in words: the modules that are on, and what all have."""
    words = {
        "organisation": _("The organisation"),
        "people": _("The register of people"),
        "roles": _("Roles"),
        "tenant": _("Settings"),
        "files": _("Files"),
        "jobs": _("Jobs"),
        "tokens": _("API keys"),
        "sessions": _("Sign-ins"),
    }
    on = {
        module.name: in_language(module.title)
        for module in view.modules
        if module.core or module.name in view.tenant.modules
    }
    return on | words


def _scope_groups(view: View) -> list[ScopeGroup]:
    words = _kinds(view)
    groups = [ScopeGroup(_("Everything"), (("read", _("read")), ("write", _("write"))))]
    for kind, word in words.items():
        actions = {name.partition(".")[2] for name in permissions() if name.startswith(f"{kind}.")}
        scopes = []
        if actions & set(READING):
            scopes.append((f"read:{kind}", _("read")))
        if actions - set(READING):
            scopes.append((f"write:{kind}", _("write")))
        if scopes:
            groups.append(ScopeGroup(word, tuple(scopes)))
    groups.append(ScopeGroup(_("People and groups from a directory (SCIM)"), ((SCIM, _("write")),)))
    return groups


def scope_words(view: View) -> dict[str, str]:
    return {
        scope: f"{group.word}: {word}"
        for group in _scope_groups(view)
        for scope, word in group.scopes
    }


tokens_pages = (api_keys, new_api_key, create_api_key, leaked_api_key, revoke_leaked_api_key)
