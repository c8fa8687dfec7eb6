"""The identity providers that a municipality signs in by, each a button on the page."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Final
from urllib.parse import urlsplit
from uuid import UUID

from sqlalchemy import delete, func, select

from ...authz.permit import allowed, permit
from ...infra.errors import Forbidden, InvalidInput
from ...infra.i18n import _
from ...infra.openid import Client, ProviderSilent, check_issuer
from ...infra.sealing import seal, unseal
from ...infra.texts import at_most
from ..actors import lasting
from ..log.access_log import Action
from ..models import SignInProvider
from ..work import Tenancy, Work
from .assurance import HIGHEST, LOWEST, usual_levels
from .models import ProviderLevel

SCOPES: Final = ("openid", "email", "profile")
EMAIL: Final = "email"
SIGN_IN: Final = "/logga-in"
ANSWER: Final = f"{SIGN_IN}/svar"
LABEL: Final = 80
SECRET: Final = 1000
LONGEST_ACR: Final = 200
MOST_PROVIDERS: Final = 20
MOST_LEVELS: Final = 50


@permit("tenant.read")
async def sign_in_providers(work: Work) -> Sequence[SignInProvider]:
    """The municipality's providers, in the order of their buttons."""
    return await standing_providers(work)


@permit("tenant.read")
async def sign_in_provider(work: Work, provider_id: UUID) -> SignInProvider:
    return await work.get(SignInProvider, provider_id)


@permit("tenant.configure")
async def set_sign_in_provider(
    work: Work,
    *,
    issuer: str,
    client_id: str,
    client_secret: str | None = None,
    scopes: Sequence[str] = SCOPES,
    claim: str = EMAIL,
    vouches: bool = False,
    label: str = "",
) -> SignInProvider:
    """Let people sign in by the provider with this issuer, from now on: a new one comes last, with
    the usual levels; one that is there is changed.

    A secret that is left out stays as it was; for another client it is forgotten, so that nobody
    can have it sent somewhere else. Only a provider that `vouches` for its addresses can have them
    in another claim than `email`. Raises InvalidInput, and Forbidden for whoever has the right for
    a time only: by a provider of their own they would come in after it.
    """
    _refuse_for_a_time(work)
    values = {
        "issuer": check_issuer(issuer, nearby=_nearby(work)),
        "client_id": _word(client_id, field="clientId", most=300),
        "scopes": _scopes(scopes),
        "claim": _claim(claim, vouches=vouches),
        "vouches": vouches,
        "label": " ".join(at_most(label, field="label", most=LABEL).split()),
        "changed_by": work.actor.id,
        "changed_at": work.now,
    }
    secret = _sealed(work, client_secret) if client_secret else None
    standing = await standing_providers(work)
    row = next((each for each in standing if each.issuer == values["issuer"]), None)
    if row is None:
        row = await _add(work, standing, values | {"sealed_secret": secret})
        action = Action.ADD
    else:
        same = row.client_id == values["client_id"]
        row.sealed_secret = secret or (row.sealed_secret if same else None)
        for name, value in values.items():
            setattr(row, name, value)
        action = Action.CHANGE
    await work.flush()
    _note(work, action, row)
    return row


@permit("tenant.configure")
async def remove_sign_in_provider(work: Work, provider_id: UUID) -> None:
    """Nobody can sign in by it any more; whoever is signed in stays so. Who its accounts are is
    kept, should it come back."""
    row = await work.get(SignInProvider, provider_id)
    _note(work, Action.REMOVE, row)
    await work.delete(row)
    await work.flush()


@permit("tenant.configure")
async def move_sign_in_provider(work: Work, provider_id: UUID, *, up: bool) -> None:
    """Let its button change places with the one before or after it."""
    rows = list(await standing_providers(work))
    row = await work.get(SignInProvider, provider_id)
    place = rows.index(row)
    other = place - 1 if up else place + 1
    if 0 <= other < len(rows):
        rows[place], rows[other] = rows[other], rows[place]
    for position, each in enumerate(rows):
        each.position = position
    await work.flush()
    _note(work, Action.CHANGE, row)


@permit("tenant.read")
async def provider_levels(work: Work, provider_id: UUID) -> Sequence[ProviderLevel]:
    """What the provider's values of `acr` mean, the lowest level first."""
    await work.get(SignInProvider, provider_id)
    return await levels_of(work, provider_id)


@permit("tenant.configure")
async def set_provider_levels(
    work: Work, provider_id: UUID, levels: Mapping[str, int]
) -> Sequence[ProviderLevel]:
    """These and no others. Whoever is signed in keeps their level. Raises InvalidInput."""
    row = await work.get(SignInProvider, provider_id)
    if len(levels) > MOST_LEVELS:
        raise InvalidInput(_("There are at most {most} levels.", most=MOST_LEVELS), field="levels")
    for acr, level in levels.items():
        _word(acr, field="levels", most=LONGEST_ACR)
        if not LOWEST <= level <= HIGHEST or " " in acr:
            raise InvalidInput(
                _("Write one value of acr, without spaces, and a level from 1 to 4."),
                field="levels",
            )
    old = delete(ProviderLevel).where(ProviderLevel.provider_id == row.id)
    await work.execute(old.execution_options(synchronize_session=False))
    work.add(
        *(ProviderLevel(provider_id=row.id, acr=acr, level=n) for acr, n in levels.items()),
    )
    await work.flush()
    _note(work, Action.CHANGE, row)
    return await levels_of(work, row.id)


async def levels_of(work: Work, provider_id: UUID) -> Sequence[ProviderLevel]:
    return await work.scalars(
        select(ProviderLevel)
        .where(ProviderLevel.provider_id == provider_id)
        .order_by(ProviderLevel.level, ProviderLevel.id)
    )


async def standing_providers(work: Work) -> Sequence[SignInProvider]:
    return await work.scalars(
        select(SignInProvider).order_by(SignInProvider.position, SignInProvider.id)
    )


def answer_address(base_url: str, tenant: Tenancy) -> str:
    """Where the provider sends people back to; it has to be registered there."""
    return f"{base_url}/{tenant.slug}{ANSWER}"


def signed_out_address(base_url: str, tenant: Tenancy) -> str:
    """Where the provider sends people who have signed out there; it can be registered there."""
    return f"{base_url}/{tenant.slug}{SIGN_IN}"


def provider_label(work: Work, row: SignInProvider) -> str:
    """The words on its button, for those who are not signed in."""
    return row.label or _("Sign in with your account at {name}", name=work.tenant.name)


def provider_name(row: SignInProvider) -> str:
    """What it is called where somebody has signed in by it."""
    return row.label or urlsplit(row.issuer).hostname or row.issuer


def provider_client(work: Work, row: SignInProvider) -> Client:
    """What to ask the provider with. Raises ProviderSilent where its secret cannot be read."""
    secret = None
    if row.sealed_secret is not None:
        key = work.runtime.settings.secret_key
        secret = unseal(key, row.sealed_secret, purpose=_purpose(work))
        if secret is None:
            raise ProviderSilent(
                _("The secret of the sign-in cannot be read any more. An administrator sets it.")
            )
    return Client(
        row.issuer,
        row.client_id,
        secret,
        tuple(row.scopes),
        nearby=_nearby(work),
        tenant=str(work.tenant.id),
    )


async def chosen_provider(work: Work, provider_id: UUID | None) -> SignInProvider:
    """The one whose button was pressed; None is the first. Raises ProviderSilent without it."""
    rows = await standing_providers(work)
    for row in rows:
        if provider_id is None or row.id == provider_id:
            return row
    if rows:
        raise ProviderSilent(_("This way of signing in is not here any more. Choose another."))
    raise ProviderSilent(_("{name} has not set up sign-in yet.", name=work.tenant.name))


def _refuse_for_a_time(work: Work) -> None:
    if not allowed(lasting(work.actor, None), "tenant.configure"):
        raise Forbidden(
            _(
                "A way of signing in stays when your own right ends. Ask somebody whose right to "
                "change the sign-in has no end."
            ),
            permission="tenant.configure",
        )


async def _add(
    work: Work, standing: Sequence[SignInProvider], values: Mapping[str, object]
) -> SignInProvider:
    if len(standing) >= MOST_PROVIDERS:
        raise InvalidInput(
            _("There are at most {most} ways of signing in.", most=MOST_PROVIDERS), field="issuer"
        )
    last = await work.first(select(func.max(SignInProvider.position)))
    row = SignInProvider(**values, position=0 if last is None else last + 1)
    work.add(row)
    await work.flush()
    levels = usual_levels()
    work.add(*(ProviderLevel(provider_id=row.id, acr=acr, level=n) for acr, n in levels))
    return row


def _note(work: Work, action: Action, row: SignInProvider) -> None:
    work.note(action, "sign_in_provider", records=[row.id], detail={"issuer": row.issuer})


def _sealed(work: Work, secret: str) -> str:
    secret = _word(secret, field="clientSecret", most=SECRET)
    return seal(work.runtime.settings.secret_key, secret, purpose=_purpose(work))


def _purpose(work: Work) -> str:
    """With the tenant in it, so that a row that is copied to another one stays shut."""
    return f"sign-in secret of {work.tenant.id}"


def _nearby(work: Work) -> bool:
    return work.runtime.settings.mode == "demo"


def _word(text: str, *, field: str, most: int) -> str:
    word = at_most(text, field=field, most=most)
    if not re.fullmatch(r"[\x20-\x7e]+", word):
        raise InvalidInput(_("Copy it as the provider shows it, without line breaks."), field=field)
    return word


def _scopes(scopes: Sequence[str]) -> list[str]:
    """`openid` first, which makes it a sign-in (RFC 6749, section 3.3 for what a scope may be)."""
    strange = [scope for scope in scopes if not re.fullmatch(r"[\x21\x23-\x5b\x5d-\x7e]+", scope)]
    if strange or len(" ".join(scopes)) > 500:
        raise InvalidInput(_("Write scopes as one word each, such as email."), field="scopes")
    return list(dict.fromkeys(["openid", *scopes]))


def _claim(claim: str, *, vouches: bool) -> str:
    claim = claim.strip()
    if not re.fullmatch(r"[\w.:/-]{1,200}", claim, re.ASCII):
        raise InvalidInput(
            _("Write the name of the claim, such as email or preferred_username."), field="claim"
        )
    if claim != EMAIL and not vouches:
        raise InvalidInput(
            _("Only email can be verified by the token. Tick that the addresses are always right."),
            field="claim",
        )
    return claim
