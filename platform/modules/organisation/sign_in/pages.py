"""Which identity providers people sign in by. A secret goes in and never out."""

from __future__ import annotations

from typing import Any, Final

from starlette.responses import Response

from .....infra.errors import InvalidInput
from .....infra.i18n import _
from .....infra.sealing import seal, unseal
from .....tenants.models import SignInProvider
from .....tenants.sign_in.providers import (
    EMAIL,
    SCOPES,
    answer_address,
    move_sign_in_provider,
    provider_label,
    provider_levels,
    remove_sign_in_provider,
    set_provider_levels,
    set_sign_in_provider,
    sign_in_provider,
    sign_in_providers,
    signed_out_address,
)
from ....web.forms import Form
from ....web.page import View, action, page
from ..settings.tabs import show_settings
from ..stepping import ASKED, Step, take_step

PATH: Final = "/installningar/inloggning"
FIELDS: Final = ("issuer", "client_id", "scopes", "claim", "label")
APART: Final = ("client_secret", "sealed")
SEALED_SECONDS: Final = 600
"""How long a secret lies sealed in the form, as long as what is asked at a sign-in."""
BLANK_ROWS: Final = 2


async def show_sign_in_tab(
    view: View, template: str, part: str, *, status: int = 200, **values: Any
) -> Response:
    """A page of the tab, with the others of it above: `part` is the route of the one shown."""
    parts = (
        ("sign_in_settings", _("Ways of signing in")),
        ("sign_in_rules", _("Roles from the sign-in")),
        ("sign_in_levels", _("Levels of assurance")),
        ("provisioning", _("The directory (SCIM)")),
    )
    return await show_settings(
        view,
        template,
        "sign_in_settings",
        _("Sign-in"),
        status=status,
        parts_of=[(view.url(name), word, name == part) for name, word in parts],
        **values,
    )


@page(PATH, name="sign_in_settings")
async def sign_in_settings(view: View) -> Response:
    return await _show(view, ASKED)


@page(f"{PATH}/{{id:uuid}}", name="sign_in_provider")
async def one_provider(view: View) -> Response:
    return await _show_one(view, await sign_in_provider(view.work, view.id()))


@action(PATH, name="save_sign_in")
async def save_sign_in(view: View) -> Response:
    """What would change, then that. Between the two, the secret is sealed in the form."""
    view.work.require("tenant.configure")
    form = view.form
    sealed = form.get("sealed")
    secret = form.get("client_secret") or (_unsealed(view, sealed) if sealed else None)

    async def deed() -> str:
        if sealed and secret is None:
            raise InvalidInput(
                _("The secret was written too long ago. Write it once more."), field="clientSecret"
            )
        await set_sign_in_provider(
            view.work,
            issuer=form.get("issuer").strip(),
            client_id=form.get("client_id").strip(),
            client_secret=secret,
            scopes=form.get("scopes").split(),
            claim=form.get("claim"),
            vouches="vouches" in form,
            label=form.get("label"),
        )
        return _("The sign-in is saved.")

    step = await take_step(view, deed, apart=APART)
    if step.said:
        return view.redirect(view.url("sign_in_settings"), said=step.said)
    issuer = form.get("issuer").strip()
    rows = await sign_in_providers(view.work)
    row = next((each for each in rows if each.issuer == issuer), None)
    return await _show(view, step, row=row, sealed=_sealed(view, secret) if secret else "")


@action(f"{PATH}/{{id:uuid}}/ta-bort", name="remove_sign_in")
async def remove_sign_in(view: View) -> Response:
    """What it means that nobody can sign in by the provider, then that."""
    row = await sign_in_provider(view.work, view.id())

    async def deed() -> str:
        await remove_sign_in_provider(view.work, view.id())
        return _("Nobody can sign in by the provider any more.")

    step = await take_step(view, deed)
    if step.said:
        return view.redirect(view.url("sign_in_settings"), said=step.said)
    return await _show_one(view, row, removing=step)


@action(f"{PATH}/{{id:uuid}}/flytta", name="move_sign_in")
async def move_sign_in(view: View) -> Response:
    await move_sign_in_provider(view.work, view.id(), up="upp" in view.form)
    return view.redirect(view.url("sign_in_settings"), said=_("The buttons have changed places."))


@action(f"{PATH}/{{id:uuid}}/nivaer", name="save_acr_levels")
async def save_acr_levels(view: View) -> Response:
    """The values of acr with their levels; a row that is emptied goes."""
    row = await sign_in_provider(view.work, view.id())

    async def deed() -> str:
        levels = {acr: level for acr, level in _read_levels(view.form) if acr}
        await set_provider_levels(view.work, row.id, levels)
        return _("The levels of the provider are saved.")

    step = await take_step(view, deed)
    if step.said:
        return view.redirect(view.url("sign_in_provider", id=row.id), said=step.said)
    return await _show_one(view, row, levelling=step)


def _read_levels(form: Form) -> list[tuple[str, int]]:
    text = form.get("antal")
    count = int(text) if text.isdecimal() and len(text) < 4 else 0
    found = []
    for number in range(min(count, 100)):
        acr, level = form.get(f"acr-{number}").strip(), form.get(f"niva-{number}")
        found.append((acr, int(level) if level in ("1", "2", "3", "4") else 0))
    return found


def _sealed(view: View, secret: str) -> str:
    key = view.work.runtime.settings.secret_key
    return seal(key, secret, purpose=_purpose(view))


def _unsealed(view: View, sealed: str) -> str | None:
    key = view.work.runtime.settings.secret_key
    return unseal(key, sealed, purpose=_purpose(view), seconds=SEALED_SECONDS)


def _purpose(view: View) -> str:
    """Good for this form, this municipality and this person only."""
    return f"sign-in draft of {view.tenant.id} by {view.actor.id}"


async def _show(
    view: View, step: Step, *, row: SignInProvider | None = None, sealed: str = ""
) -> Response:
    """The providers that there are, and a form for one more."""
    rows = await sign_in_providers(view.work)
    return await show_sign_in_tab(
        view,
        "organisation/settings_sign_in.html",
        "sign_in_settings",
        status=step.status,
        rows=[(each, provider_label(view.work, each)) for each in rows],
        **_form(view, row, step, sealed),
    )


async def _show_one(
    view: View, row: SignInProvider, *, removing: Step = ASKED, levelling: Step = ASKED
) -> Response:
    levels = [(each.acr, each.level) for each in await provider_levels(view.work, row.id)]
    levels += [("", 1)] * BLANK_ROWS
    if levelling is not ASKED:
        levels = _read_levels(view.form)
    return await show_sign_in_tab(
        view,
        "organisation/settings_sign_in_provider.html",
        "sign_in_settings",
        status=removing.problem.status if removing.problem else levelling.status,
        name=provider_label(view.work, row),
        removing=removing,
        levelling=levelling,
        levels=levels,
        **_form(view, row, ASKED, ""),
    )


def _form(view: View, row: SignInProvider | None, step: Step, sealed: str) -> dict[str, object]:
    standing = _standing(row)
    values = {name: view.form.get(name, standing[name]) for name in FIELDS}
    vouches = "vouches" in view.form if "issuer" in view.form else bool(row and row.vouches)
    base_url = view.work.runtime.settings.base_url
    return {
        "step": step,
        "words": _words(),
        "values": values,
        "vouches": vouches,
        "told": _told(row, values, vouches=vouches, secret=bool(sealed)),
        "sealed": sealed,
        "row": row,
        "has_secret": row is not None and row.sealed_secret is not None,
        "answer": answer_address(base_url, view.tenant),
        "signed_out": signed_out_address(base_url, view.tenant),
    }


def _words() -> dict[str, str]:
    return {
        "issuer": _("Issuer"),
        "client_id": _("Client id"),
        "scopes": _("Scopes"),
        "claim": _("Claim with the e-mail address"),
        "label": _("Words on the button"),
    }


def _told(
    row: SignInProvider | None, values: dict[str, str], *, vouches: bool, secret: bool
) -> list[str]:
    """What saving would change."""
    standing, words = _standing(row), _words()
    told = [
        _("{what}: {before} becomes {after}", what=words[name], before=old, after=values[name])
        for name in FIELDS
        if (old := standing[name] or _("nothing")) != (values[name] or _("nothing"))
    ]
    if vouches != bool(row and row.vouches):
        told.append(
            _("Its addresses are taken as right.")
            if vouches
            else _("Its addresses count only where it says that they are verified.")
        )
    if secret:
        told.append(_("The secret is replaced."))
    if row is not None and row.client_id != values["client_id"]:
        told.append(_("The old secret is forgotten."))
    return told


def _standing(row: SignInProvider | None) -> dict[str, str]:
    if row is None:
        return {
            "issuer": "",
            "client_id": "",
            "scopes": " ".join(SCOPES),
            "claim": EMAIL,
            "label": "",
        }
    return {
        "issuer": row.issuer,
        "client_id": row.client_id,
        "scopes": " ".join(row.scopes),
        "claim": row.claim,
        "label": row.label,
    }


sign_in_pages = (
    sign_in_settings,
    one_provider,
    save_sign_in,
    remove_sign_in,
    move_sign_in,
    save_acr_levels,
)
