"""API keys: which there are, a new one that is shown once, and revoking one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from sqlalchemy import select
from starlette.responses import Response

from ....authz.permit import permissions
from ....infra.errors import InvalidInput
from ....infra.i18n import _, in_language
from ....tenants.models import ApiToken, Person
from ....tenants.tokens import NewToken, create_token, list_tokens, revoke_token
from ...web.page import View, action, page
from .settings_tabs import show_settings
from .stepping import ASKED, Step, id_of, take_step

READS: Final = ("read", "export")
DAYS: Final = (30, 90, 365, 730)


@page("/installningar/nycklar", name="api_keys")
async def api_keys(view: View) -> Response:
    return await _show(view)


@page("/installningar/nycklar/ny", name="new_api_key")
async def new_api_key(view: View) -> Response:
    return await _show_new(view, ASKED)


@action("/installningar/nycklar/ny", name="create_api_key")
async def create_api_key(view: View) -> Response:
    """The key is in this answer and nowhere else, so there is no page to go on to."""
    form, own = view.form, view.actor.id
    assert own is not None
    made: list[NewToken] = []

    async def deed() -> str:
        scopes = form.all("scope")
        if not scopes:
            raise InvalidInput(_("Tick what the key may do."), field="scopes")
        days = form.get("days")
        made.append(
            await create_token(
                view.work,
                name=form.get("name"),
                person_id=own,
                scopes=scopes,
                days=int(days) if days.isdecimal() and len(days) < 5 else 0,
            )
        )
        return _("The key is made.")

    step = await take_step(view, deed)
    if step.said:
        response = await _show(view, made=made[-1])
        response.headers["cache-control"] = "no-store"
        return response
    return await _show_new(view, step)


@action("/installningar/nycklar/{id:uuid}/aterkalla", name="revoke_api_key")
async def revoke_api_key(view: View) -> Response:
    """First that it cannot be undone, then that."""
    token_id = id_of(view)

    async def deed() -> str:
        token = await revoke_token(view.work, token_id)
        return _("The key {name} is revoked.", name=token.name)

    step = await take_step(view, deed)
    if step.said:
        return view.redirect(view.url("api_keys"), said=step.said)
    return await _show(view, revoking=token_id, step=step)


async def _show(
    view: View,
    *,
    made: NewToken | None = None,
    revoking: UUID | None = None,
    step: Step = ASKED,
) -> Response:
    view.work.require("tokens.manage")
    own = view.query("visa") == "mina"
    tokens = [
        token
        for token in await list_tokens(view.work)
        if not own or token.person_id == view.actor.id
    ]
    names = await _names(view, tokens)
    return await show_settings(
        view,
        "organisation/settings_keys.html",
        "api_keys",
        _("API keys"),
        tokens=list(reversed(tokens)),
        names=names,
        own=own,
        made=made,
        revoking=revoking,
        step=step,
        scope_words=_scope_words(view),
        now=view.work.now,
    )


async def _names(view: View, tokens: Sequence[ApiToken]) -> dict[object, str]:
    ids = {token.person_id for token in tokens}
    rows = await view.work.rows(select(Person.id, Person.name).where(Person.id.in_(ids)))
    return {row[0]: row[1] for row in rows}


@dataclass(frozen=True, slots=True)
class ScopeGroup:
    """What a key may read and write of one kind, under the title of its module."""

    word: str
    scopes: tuple[tuple[str, str], ...]


async def _show_new(view: View, step: Step) -> Response:
    view.work.require("tokens.manage")
    form = view.form
    chosen = form.all("scope") or (["read"] if not form.fields else [])
    words = _scope_words(view)
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
        name=form.get("name"),
        days=form.get("days", "365"),
        lives=[(days, _("{count} days", count=days)) for days in DAYS],
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
        if actions & set(READS):
            scopes.append((f"read:{kind}", _("read")))
        if actions - set(READS):
            scopes.append((f"write:{kind}", _("write")))
        if scopes:
            groups.append(ScopeGroup(word, tuple(scopes)))
    return groups


def _scope_words(view: View) -> dict[str, str]:
    return {
        scope: f"{group.word}: {word}"
        for group in _scope_groups(view)
        for scope, word in group.scopes
    }


tokens_pages = (api_keys, new_api_key, create_api_key, revoke_api_key)
