"""Whom an account at an identity provider means: decision 22.

The first sign-in binds the account (issuer and `sub`) to a person by the e-mail address that the
provider has verified. From then on the account decides, and the address no more.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final, NamedTuple
from uuid import UUID

import orjson
from sqlalchemy import Select, func, select

from ...authz.permit import permit
from ...infra.errors import AppError, Forbidden, InvalidInput
from ...infra.i18n import _
from ...infra.openid import SignInFailed
from ..log.access_log import Action
from ..models import Person, SignInProvider
from ..municipality import settings_of
from ..people import LONGEST_EMAIL, LONGEST_NAME, person_email, person_name, require_all_of
from ..rows import uuid7
from ..work import Work
from .assurance import LOWEST, SIGN_IN, SignInSettings
from .models import PersonIdentity, ProviderLevel

LONGEST_SUBJECT: Final = 255
"""OpenID Connect Core 1.0, section 2."""
LONGEST_CLAIMS: Final = 20_000


class UnknownPerson(AppError):
    """The provider has said who it is, and the register has nobody like that."""

    code = "UNKNOWN_PERSON"
    status = 403


class OtherAccount(AppError):
    """The address is that of a person who signs in with another account at this provider."""

    code = "OTHER_ACCOUNT"
    status = 403


class Meant(NamedTuple):
    person: Person
    new: bool
    """Whether the person is only now in the register."""


def subject_of(claims: Mapping[str, object]) -> str:
    """Raises SignInFailed where the token names no account as it should."""
    subject = claims.get("sub")
    if not isinstance(subject, str) or not 1 <= len(subject) <= LONGEST_SUBJECT:
        raise SignInFailed(_("The answer of the sign-in service could not be trusted. Try again."))
    return subject


async def person_meant(work: Work, provider: SignInProvider, claims: Mapping[str, object]) -> Meant:
    """Whom the provider's answer is about; an account that is new here is bound from now on.

    Raises SignInFailed when it names no address, or one that it has not verified, UnknownPerson
    for an address that nobody has who is still here, OtherAccount for one whose person has another
    account at this provider.
    """
    subject, new = subject_of(claims), False
    bound = await _bound(work, provider.issuer, subject)
    if bound is not None:
        person = await work.get(Person, bound.person_id)
        if not _is_here(work, person):
            raise _unknown(work, person.email)
    else:
        email = verified_email(provider, claims)
        found = await _by_email(work, email)
        if found is None:
            found, new = await _make(work, email, claims), True
        person = found
        await _refuse_other_account(work, provider, person)
        bound = PersonIdentity(person_id=person.id, issuer=provider.issuer, subject=subject)
        bound.last_used_at = work.now
        work.add(bound)
        await work.flush()
        _note(work, Action.ADD, bound)
    bound.last_used_at = work.now
    return Meant(person, new)


async def keep_claims(
    work: Work, person: Person, issuer: str, claims: Mapping[str, object] | None
) -> None:
    """What the sign-in said, for one who may try the rules on it; None forgets it."""
    bound = await work.first(_accounts(person.id).where(PersonIdentity.issuer == issuer))
    if bound is not None:
        kept = None if claims is None else dict(claims)
        bound.claims = kept if kept and len(orjson.dumps(kept)) <= LONGEST_CLAIMS else None


def verified_email(provider: SignInProvider, claims: Mapping[str, object]) -> str:
    """Raises SignInFailed when there is none, or the provider does not stand for it."""
    email = claims.get(provider.claim)
    if not isinstance(email, str) or not email.strip() or len(email) > LONGEST_EMAIL:
        raise SignInFailed(_("The sign-in service did not tell your e-mail address."))
    verified = claims.get("email_verified", provider.vouches)
    if verified is not True and verified != "true":
        raise SignInFailed(_("The sign-in service has not verified your e-mail address."))
    return email.strip()


async def level_told(work: Work, provider: SignInProvider, claims: Mapping[str, object]) -> int:
    """The level of assurance that the token's `acr` stands for; the lowest where it says nothing
    that the municipality has given a level."""
    acr = claims.get("acr")
    if not isinstance(acr, str):
        return LOWEST
    wanted = select(ProviderLevel.level).where(
        ProviderLevel.provider_id == provider.id, ProviderLevel.acr == acr
    )
    return await work.first(wanted) or LOWEST


async def name_told(work: Work, claims: Mapping[str, object]) -> str | None:
    """The name by the claims that the municipality has chosen; None where there is none."""
    settings = await settings_of(work, SIGN_IN, SignInSettings)
    for names in settings.name_claims:
        told = [claims.get(name) for name in names.split()]
        words = [text.strip() for text in told if isinstance(text, str) and text.strip()]
        if words and len(words) == len(told):
            return " ".join(words)[:LONGEST_NAME]
    return None


@permit("people.edit")
async def accounts_of(work: Work, person_id: UUID) -> Sequence[PersonIdentity]:
    """The accounts that are a person, for those who may change that person."""
    person = await work.get(Person, person_id)
    await require_all_of(work, person)
    found = await work.scalars(_accounts(person_id))
    work.note(Action.READ, "person_identity", records=[row.id for row in found], about=[person_id])
    return found


@permit("people.edit")
async def release_account(work: Work, identity_id: UUID) -> UUID:
    """Let an account be nobody's again, so that the next sign-in binds by the address; whose it
    was. For one whose account was made anew, or whose address somebody else has got."""
    bound = await work.get(PersonIdentity, identity_id)
    await require_all_of(work, await work.get(Person, bound.person_id))
    _note(work, Action.REMOVE, bound)
    await work.delete(bound)
    await work.flush()
    return bound.person_id


@permit("people.edit")
async def find_account(work: Work, identity_id: UUID) -> PersonIdentity | None:
    """One of somebody whom the actor may change; None for all others."""
    bound = await work.find(PersonIdentity, identity_id)
    if bound is None:
        return None
    try:
        await require_all_of(work, await work.get(Person, bound.person_id))
    except Forbidden:
        return None
    work.note(Action.READ, "person_identity", records=[bound.id], about=[bound.person_id])
    return bound


async def own_claims(work: Work) -> Mapping[str, object] | None:
    """What one's own last sign-in said, where it is kept."""
    if work.actor.id is None:
        return None
    chosen = _accounts(work.actor.id).where(PersonIdentity.claims.is_not(None))
    bound = await work.first(chosen.order_by(PersonIdentity.last_used_at.desc()).limit(1))
    return bound.claims if bound else None


async def whose(
    work: Work, provider: SignInProvider, claims: Mapping[str, object]
) -> tuple[Person | None, str]:
    """Whom a sign-in with these claims would let in and how, changing nothing: `account`, `email`,
    `new` or `nobody`. Raises as `person_meant`."""
    bound = await _bound(work, provider.issuer, subject_of(claims))
    if bound is not None:
        person = await work.get(Person, bound.person_id)
        return (person, "account") if _is_here(work, person) else (None, "nobody")
    email = verified_email(provider, claims)
    found = await _by_email(work, email)
    if found is not None:
        await _refuse_other_account(work, provider, found)
        return found, "email"
    settings = await settings_of(work, SIGN_IN, SignInSettings)
    return None, "new" if settings.make_people else "nobody"


async def _bound(work: Work, issuer: str, subject: str) -> PersonIdentity | None:
    return await work.first(
        select(PersonIdentity).where(
            PersonIdentity.issuer == issuer, PersonIdentity.subject == subject
        )
    )


async def _by_email(work: Work, email: str) -> Person | None:
    return await work.first(
        select(Person).where(
            func.lower(Person.email) == email.lower(),
            Person.here(work.today),
        )
    )


async def _make(work: Work, email: str, claims: Mapping[str, object]) -> Person:
    settings = await settings_of(work, SIGN_IN, SignInSettings)
    taken = await work.first(select(Person).where(func.lower(Person.email) == email.lower()))
    name = await name_told(work, claims)
    # Of one who has left the row stays, and is not made a second time.
    if not settings.make_people or name is None or taken is not None:
        raise _unknown(work, email)
    try:
        person = Person(id=uuid7(), name=person_name(name), email=person_email(email))
    except InvalidInput:
        raise _unknown(work, email) from None
    work.add(person)
    await work.flush()
    work.note(Action.ADD, "person", records=[person.id], about=[person.id])
    return person


async def _refuse_other_account(work: Work, provider: SignInProvider, person: Person) -> None:
    other = _accounts(person.id).where(PersonIdentity.issuer == provider.issuer)
    if await work.first(other) is not None:
        raise OtherAccount(
            _(
                "{email} belongs to another account at the sign-in service. If the account is new, "
                "ask your administrator to release the old one.",
                email=person.email,
            )
        )


def _accounts(person_id: UUID) -> Select[PersonIdentity]:
    return select(PersonIdentity).where(PersonIdentity.person_id == person_id)


def _is_here(work: Work, person: Person) -> bool:
    return person.left_on is None or person.left_on > work.today


def _unknown(work: Work, email: str) -> UnknownPerson:
    return UnknownPerson(
        _(
            "{email} is not in the register of {name}. Ask your administrator to add you.",
            email=email,
            name=work.tenant.name,
        )
    )


def _note(work: Work, action: Action, bound: PersonIdentity) -> None:
    work.note(
        action,
        "person_identity",
        records=[bound.id],
        about=[bound.person_id],
        detail={"issuer": bound.issuer},
    )
