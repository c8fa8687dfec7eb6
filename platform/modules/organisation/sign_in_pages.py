"""Which identity provider people sign in by. Its secret goes in and never out."""

from __future__ import annotations

from typing import Final

from starlette.responses import Response

from ....infra.errors import InvalidInput
from ....infra.i18n import _
from ....infra.sealing import seal, unseal
from ....tenants.models import SignInProvider
from ....tenants.sign_in import (
    EMAIL,
    SCOPES,
    answer_address,
    remove_sign_in_provider,
    set_sign_in_provider,
    sign_in_provider,
    signed_out_address,
)
from ...web.page import View, action, page
from .settings_tabs import show_settings
from .stepping import ASKED, Step, take_step

FIELDS: Final = ("issuer", "client_id", "scopes", "claim", "label")
APART: Final = ("client_secret", "sealed")
SEALED_SECONDS: Final = 600
"""How long a secret lies sealed in the form, as long as what is asked at a sign-in."""


@page("/installningar/inloggning", name="sign_in_settings")
async def sign_in_settings(view: View) -> Response:
    return await _show(view, ASKED)


@action("/installningar/inloggning", name="save_sign_in")
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
            label=form.get("label"),
        )
        return _("The sign-in is saved.")

    step = await take_step(view, deed, apart=APART)
    if step.said:
        return view.redirect(view.url("sign_in_settings"), said=step.said)
    return await _show(view, step, sealed=_sealed(view, secret) if secret else "")


@action("/installningar/inloggning/ta-bort", name="remove_sign_in")
async def remove_sign_in(view: View) -> Response:
    """What it means that nobody can sign in by the provider, then that."""

    async def deed() -> str:
        await remove_sign_in_provider(view.work)
        return _("Nobody can sign in by the provider any more.")

    step = await take_step(view, deed)
    if step.said:
        return view.redirect(view.url("sign_in_settings"), said=step.said)
    return await _show(view, ASKED, removing=step)


def _sealed(view: View, secret: str) -> str:
    key = view.work.runtime.settings.secret_key
    return seal(key, secret, purpose=_purpose(view))


def _unsealed(view: View, sealed: str) -> str | None:
    key = view.work.runtime.settings.secret_key
    return unseal(key, sealed, purpose=_purpose(view), seconds=SEALED_SECONDS)


def _purpose(view: View) -> str:
    """Good for this form, this municipality and this person only."""
    return f"sign-in draft of {view.tenant.id} by {view.actor.id}"


async def _show(view: View, step: Step, *, sealed: str = "", removing: Step = ASKED) -> Response:
    row = await sign_in_provider(view.work)
    standing = _standing(row)
    values = {name: view.form.get(name, standing[name]) for name in FIELDS}
    words = {
        "issuer": _("Issuer"),
        "client_id": _("Client id"),
        "scopes": _("Scopes"),
        "claim": _("Claim with the e-mail address"),
        "label": _("Words on the button"),
    }
    told = [
        _("{what}: {before} becomes {after}", what=words[name], before=old, after=values[name])
        for name in FIELDS
        if (old := standing[name] or _("nothing")) != (values[name] or _("nothing"))
    ]
    return await show_settings(
        view,
        "organisation/settings_sign_in.html",
        "sign_in_settings",
        _("Sign-in"),
        status=step.status,
        step=step,
        removing=removing,
        words=words,
        values=values,
        told=told + ([_("The secret is replaced.")] if sealed else []),
        sealed=sealed,
        row=row is not None,
        has_secret=row is not None and row.sealed_secret is not None,
        answer=answer_address(view.work.runtime.settings.base_url, view.tenant),
        signed_out=signed_out_address(view.work.runtime.settings.base_url, view.tenant),
    )


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


sign_in_pages = (sign_in_settings, save_sign_in, remove_sign_in)
