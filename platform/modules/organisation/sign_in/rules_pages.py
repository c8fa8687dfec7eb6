"""Roles from what the identity provider says: the rules, and a place to try them out first."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final
from uuid import UUID

import orjson
from starlette.responses import Response

from .....infra.errors import AppError, InvalidInput
from .....infra.i18n import _
from .....infra.openid import SignInFailed
from .....tenants.sign_in.people import OtherAccount, own_claims
from .....tenants.sign_in.providers import chosen_provider, provider_label, sign_in_providers
from .....tenants.sign_in.rules import (
    Effect,
    TryOut,
    add_claim_rule,
    claim_rules,
    read_claims,
    remove_claim_rule,
    try_claims,
)
from .....tenants.sign_in.settings import change_sign_in_settings, sign_in_settings
from .....tenants.tree.units import placed
from ....web.page import View, action, page
from ....web.words import role_words
from ..stepping import ASKED, Step, id_in, take_step
from .pages import PATH, show_sign_in_tab

RULES: Final = f"{PATH}/roller"
EXAMPLE: Final = '{"sub": "anna", "email": "anna@kommun.example", "groups": ["roder-chef-HTO"]}'


@page(RULES, name="sign_in_rules")
async def rules_page(view: View) -> Response:
    return await _show(view)


@action(RULES, name="add_claim_rule")
async def add_rule(view: View) -> Response:
    form = view.form

    async def deed() -> str:
        await add_claim_rule(
            view.work,
            claim=form.get("claim"),
            pattern=form.get("pattern"),
            role=form.get("role"),
            unit_code=form.get("unit_code"),
            provider_id=id_in(form.get("provider"), field="provider"),
        )
        return _("The rule is there. Try it before you switch the rules on.")

    try:
        async with view.work.attempt():
            said = await deed()
    except InvalidInput as error:
        return await _show(view, adding=Step(problem=error))
    return view.redirect(view.url("sign_in_rules"), said=said)


@action(f"{RULES}/{{id:uuid}}/ta-bort", name="remove_claim_rule")
async def remove_rule(view: View) -> Response:
    await remove_claim_rule(view.work, view.id())
    said = _("The rule is gone. What it gave is taken at the next sign-in.")
    return view.redirect(view.url("sign_in_rules"), said=said)


@action(f"{RULES}/val", name="choose_sign_in_rules")
async def choose(view: View) -> Response:
    """What it means to switch the rules on or off, then that."""
    form = view.form

    async def deed() -> str:
        names = [line.strip() for line in form.get("name_claims").splitlines() if line.strip()]
        await change_sign_in_settings(
            view.work,
            {
                "rules_on": "rules_on" in form,
                "full_administrator_by_rules": "full_administrator_by_rules" in form,
                "make_people": "make_people" in form,
                "name_claims": names,
            },
        )
        return _("Your choices are saved.")

    step = await take_step(view, deed)
    if step.said:
        return view.redirect(view.url("sign_in_rules"), said=step.said)
    return await _show(view, choosing=step)


@action(f"{RULES}/prova", name="try_claims")
async def try_out(view: View) -> Response:
    """What a sign-in with the pasted claims, or one's own last ones, would come to."""
    view.work.require("tenant.configure")
    form, own = view.form, "egna" in view.form
    text = form.get("claims")
    try:
        if own:
            text = _pretty(await own_claims(view.work))
        wanted = id_in(form.get("provider"), field="provider")
        provider = await chosen_provider(view.work, wanted)
        tried = await try_claims(view.work, read_claims(text), provider=provider)
    except (InvalidInput, SignInFailed, OtherAccount) as error:
        return await _show(view, claims=text, refused=error)
    return await _show(view, claims=text, tried=tried)


def _pretty(claims: Mapping[str, object] | None) -> str:
    if claims is None:
        raise InvalidInput(
            _("There are no claims of yours yet. Sign in by the provider once."), field="claims"
        )
    return orjson.dumps(claims, option=orjson.OPT_INDENT_2).decode()


async def _show(
    view: View,
    *,
    adding: Step = ASKED,
    choosing: Step = ASKED,
    claims: str = EXAMPLE,
    tried: TryOut | None = None,
    refused: AppError | None = None,
) -> Response:
    providers = await sign_in_providers(view.work)
    settings = await sign_in_settings(view.work)
    form = view.form
    ticked = ("rules_on", "full_administrator_by_rules", "make_people")
    asked = choosing is not ASKED
    problem = adding.problem or choosing.problem or refused
    return await show_sign_in_tab(
        view,
        "organisation/settings_sign_in_rules.html",
        "sign_in_rules",
        status=problem.status if problem else 200,
        providers=[(each.id, provider_label(view.work, each)) for each in providers],
        rules=await claim_rules(view.work),
        roles={role: word for role, word in role_words().items() if role != "employee"},
        adding=adding,
        choosing=choosing,
        values={name: form.get(name) for name in ("claim", "pattern", "role", "unit_code")},
        chosen={name: name in form if asked else getattr(settings, name) for name in ticked},
        names=form.get("name_claims") if asked else "\n".join(settings.name_claims),
        claims=claims,
        provider=form.get("provider"),
        tried=tried,
        refused=refused,
        effects=_effect_words(),
        unit_names=await _unit_names(view, tried) if tried else {},
        found_words=_found_words(),
    )


async def _unit_names(view: View, tried: TryOut) -> dict[UUID, str]:
    ids = [each.unit_id for each in tried.tried]
    ids += [grant.unit_id for grant in (*tried.taken, *tried.kept)]
    found = await placed(view.work, [id for id in ids if id is not None])
    return {unit.id: unit.name for unit in found}


def _effect_words() -> dict[Effect, str]:
    return {
        Effect.GIVES: _("gives the role"),
        Effect.NO_CLAIM: _("the claim is not there"),
        Effect.OTHER_VALUE: _("no value fits"),
        Effect.NO_UNIT: _("there is no unit with that code"),
        Effect.NOT_ALLOWED: _("full administrator by a rule is not ticked"),
        Effect.OTHER_PROVIDER: _("is for another way of signing in"),
    }


def _found_words() -> dict[str, str]:
    return {
        "account": _("the account has signed in before"),
        "email": _("first time: matched by the verified e-mail address"),
        "new": _("would be put into the register"),
        "nobody": _("is not in the register and would not come in"),
    }


sign_in_rules_pages = (rules_page, add_rule, remove_rule, choose, try_out)
