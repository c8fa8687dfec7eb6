"""Signing in with the municipality's own accounts: which provider, and whom its answer means."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Final

from sqlalchemy import func, or_, select

from ..authz.permit import permit
from ..infra.errors import AppError, InvalidInput
from ..infra.i18n import _
from ..infra.openid import Client, ProviderSilent, SignInFailed, check_issuer
from ..infra.sealing import seal, unseal
from ..infra.texts import at_most
from .models import Person, SignInProvider
from .people import LONGEST_EMAIL
from .work import Tenancy, Work

SCOPES: Final = ("openid", "email", "profile")
EMAIL: Final = "email"
SIGN_IN: Final = "/logga-in"
ANSWER: Final = f"{SIGN_IN}/svar"
LABEL: Final = 80
SECRET: Final = 1000


class UnknownPerson(AppError):
    """The provider has said who it is, and the register has nobody like that."""

    code = "UNKNOWN_PERSON"
    status = 403


@permit("tenant.configure")
async def sign_in_provider(work: Work) -> SignInProvider | None:
    """The municipality's provider; None while nobody can sign in by one."""
    return await _standing(work)


@permit("tenant.configure")
async def set_sign_in_provider(
    work: Work,
    *,
    issuer: str,
    client_id: str,
    client_secret: str | None = None,
    scopes: Sequence[str] = SCOPES,
    claim: str = EMAIL,
    label: str = "",
) -> SignInProvider:
    """Let people sign in by this provider, from now on and instead of any other.

    A secret that is left out stays as it was; for another issuer or client it is forgotten, so
    that nobody can have it sent somewhere else. Raises InvalidInput.
    """
    values = {
        "issuer": check_issuer(issuer, nearby=_nearby(work)),
        "client_id": _word(client_id, field="clientId", most=300),
        "scopes": _scopes(scopes),
        "claim": _claim(claim),
        "label": " ".join(at_most(label, field="label", most=LABEL).split()),
        "changed_by": work.actor.id,
        "changed_at": work.now,
    }
    secret = _sealed(work, client_secret) if client_secret else None
    row = await _standing(work)
    if row is None:
        row = SignInProvider(**values, sealed_secret=secret)
        work.add(row)
    else:
        same = (row.issuer, row.client_id) == (values["issuer"], values["client_id"])
        row.sealed_secret = secret or (row.sealed_secret if same else None)
        for name, value in values.items():
            setattr(row, name, value)
    await work.flush()
    return row


@permit("tenant.configure")
async def remove_sign_in_provider(work: Work) -> bool:
    """Nobody can sign in by it any more; whoever is signed in stays so. Whether there was one."""
    row = await _standing(work)
    if row is not None:
        await work.delete(row)
        await work.flush()
    return row is not None


def answer_address(base_url: str, tenant: Tenancy) -> str:
    """Where the provider sends people back to; it has to be registered there."""
    return f"{base_url}/{tenant.slug}{ANSWER}"


def signed_out_address(base_url: str, tenant: Tenancy) -> str:
    """Where the provider sends people who have signed out there; it can be registered there."""
    return f"{base_url}/{tenant.slug}{SIGN_IN}"


async def provider_label(work: Work) -> str | None:
    """The words on the button for those who are not signed in; None without a provider."""
    row = await _standing(work)
    if row is None:
        return None
    return row.label or _("Sign in with your account at {name}", name=work.tenant.name)


async def provider_client(work: Work) -> Client:
    """What to ask the provider with. Raises ProviderSilent when there is none to ask."""
    row = await _standing(work)
    if row is None:
        raise ProviderSilent(_("{name} has not set up sign-in yet.", name=work.tenant.name))
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


async def person_meant(work: Work, claims: Mapping[str, object]) -> Person:
    """Whom the provider's answer is about, by the e-mail address in the register.

    Raises SignInFailed when it names no address, or one that it has not verified, and
    UnknownPerson for an address that nobody has who is still here.
    """
    row = await _standing(work)
    email = claims.get(row.claim if row else EMAIL)
    if not isinstance(email, str) or not email.strip() or len(email) > LONGEST_EMAIL:
        raise SignInFailed(_("The sign-in service did not tell your e-mail address."))
    if claims.get("email_verified", True) not in (True, "true"):
        raise SignInFailed(_("The sign-in service has not verified your e-mail address."))
    person = await work.first(
        select(Person).where(
            func.lower(Person.email) == email.strip().lower(),
            or_(Person.left_on.is_(None), Person.left_on > work.today),
        )
    )
    if person is None:
        raise UnknownPerson(
            _(
                "{email} is not in the register of {name}. Ask your administrator to add you.",
                email=email.strip(),
                name=work.tenant.name,
            )
        )
    return person


async def _standing(work: Work) -> SignInProvider | None:
    return await work.first(select(SignInProvider))


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


def _claim(claim: str) -> str:
    claim = claim.strip()
    if not re.fullmatch(r"[\w.:/-]{1,200}", claim, re.ASCII):
        raise InvalidInput(
            _("Write the name of the claim, such as email or preferred_username."), field="claim"
        )
    return claim
