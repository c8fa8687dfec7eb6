"""Roles from what the identity provider says: rules of the municipality, tried out before they are
switched on, and followed at each sign-in.

What the rules give is marked so on the grant, is replaced at each sign-in, and never touches what
was given by hand.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final
from uuid import UUID

import orjson
import structlog
from sqlalchemy import ColumnElement, and_, or_, select

from ...authz.permit import permit
from ...infra.errors import Conflict, InvalidInput
from ...infra.i18n import _
from ..grants import GrantSource, give, stands, take
from ..log.access_log import Action
from ..models import Person, RoleGrant, SignInProvider, Unit
from ..municipality import settings_of
from ..people import WHOLE_TENANT, require_giving, roles
from ..work import Work
from .assurance import SIGN_IN, SignInSettings
from .models import ClaimRule
from .people import LONGEST_CLAIMS, keep_claims, level_told, name_told, whose

log = structlog.get_logger()

FULL: Final = "full_administrator"
MOST_RULES: Final = 200
LONGEST: Final = 200
MOST_VALUES: Final = 1000
"""Of a claim that are looked at, such as groups."""


class Effect(StrEnum):
    """What a rule comes to for some claims."""

    GIVES = "gives"
    NO_CLAIM = "no_claim"
    OTHER_VALUE = "other_value"
    NO_UNIT = "no_unit"
    NOT_ALLOWED = "not_allowed"
    OTHER_PROVIDER = "other_provider"


@dataclass(frozen=True, slots=True)
class Tried:
    """A rule that was tried: for each value that fits, its effect and the unit it names."""

    rule: ClaimRule
    effect: Effect
    value: str = ""
    unit_code: str = ""
    unit_id: UUID | None = None

    @property
    def held(self) -> tuple[str, UUID | None]:
        return self.rule.role, self.unit_id


@dataclass(frozen=True, slots=True)
class TryOut:
    """What a sign-in with some claims would come to."""

    person: Person | None
    found_by: str
    """`account`, `email`, `new` or `nobody`."""
    name: str | None
    level: int
    tried: tuple[Tried, ...]
    given: tuple[Tried, ...]
    """What would be given that the person does not have by a rule already."""
    taken: tuple[RoleGrant, ...]
    kept: tuple[RoleGrant, ...]
    """Given by hand or otherwise, and untouched."""


@permit("tenant.read")
async def claim_rules(work: Work) -> Sequence[ClaimRule]:
    return await _rules(work)


@permit("tenant.configure")
async def add_claim_rule(
    work: Work,
    *,
    claim: str,
    pattern: str,
    role: str,
    unit_code: str | None = None,
    provider_id: UUID | None = None,
) -> ClaimRule:
    """Give `role` to whoever has `claim` with a value that fits `pattern`, in which one `*` stands
    for anything; in `unit_code` it is what stood there. Raises InvalidInput."""
    if provider_id is not None:
        await work.get(SignInProvider, provider_id, field="providerId")
    if role not in roles():
        raise InvalidInput(_("Choose one from the list."), field="role")
    unit_code = _code(unit_code, role=role, pattern=pattern)
    require_giving(work, role, None)
    standing = await _rules(work)
    if len(standing) >= MOST_RULES:
        raise InvalidInput(_("There are at most {most} rules.", most=MOST_RULES), field="claim")
    rule = ClaimRule(
        position=standing[-1].position + 1 if standing else 0,
        provider_id=provider_id,
        claim=_claim(claim),
        pattern=_pattern(pattern),
        role=role,
        unit_code=unit_code,
    )
    work.add(rule)
    await work.flush()
    _note(work, Action.ADD, rule)
    return rule


@permit("tenant.configure")
async def remove_claim_rule(work: Work, rule_id: UUID) -> None:
    """What it has given is taken at each person's next sign-in."""
    rule = await work.get(ClaimRule, rule_id)
    _note(work, Action.REMOVE, rule)
    await work.delete(rule)
    await work.flush()


@permit("tenant.configure")
async def try_claims(
    work: Work, claims: Mapping[str, object], *, provider: SignInProvider
) -> TryOut:
    """What a sign-in with these claims would come to and why, changing nothing.

    Raises SignInFailed and the like where nobody would come in.
    """
    person, found_by = await whose(work, provider, claims)
    settings = await settings_of(work, SIGN_IN, SignInSettings)
    tried = await weigh(work, provider, claims, settings)
    wanted = {each.held: each for each in tried if each.effect is Effect.GIVES}
    held = await _held(work, person.id) if person else []
    ruled = {(g.role, g.unit_id): g for g in held if g.source == GrantSource.CLAIMS}
    shown = [person.id] if person else []
    work.note(Action.READ, "sign_in_claims", records=shown, about=shown)
    if held:
        work.note(Action.READ, "role_grant", records=[grant.id for grant in held], about=shown)
    return TryOut(
        person=person,
        found_by=found_by,
        name=person.name if person else await name_told(work, claims),
        level=await level_told(work, provider, claims),
        tried=tried,
        given=tuple(each for place, each in wanted.items() if place not in ruled),
        taken=tuple(grant for place, grant in ruled.items() if place not in wanted),
        kept=tuple(grant for grant in held if grant.source != GrantSource.CLAIMS),
    )


def read_claims(text: str) -> dict[str, object]:
    """Claims that somebody has pasted: a JSON object. Raises InvalidInput."""
    if len(text) > LONGEST_CLAIMS:
        raise InvalidInput(_("That is too much: at most 20,000 signs fit."), field="claims")
    try:
        # No text of the database holds U+0000, which no provider has a use for either.
        found = None if "\\u0000" in text else orjson.loads(text)
    except ValueError:
        found = None
    if not isinstance(found, dict):
        raise InvalidInput(
            _("Paste claims as JSON, such as {example}.", example='{"sub": "1", "groups": ["a"]}'),
            field="claims",
        )
    return found


async def follow_rules(
    work: Work, person: Person, provider: SignInProvider, claims: Mapping[str, object]
) -> None:
    """Give and take what the rules say of this sign-in, where they are switched on."""
    settings = await settings_of(work, SIGN_IN, SignInSettings)
    if settings.rules_on:
        tried = await weigh(work, provider, claims, settings)
        wanted = {each.held for each in tried if each.effect is Effect.GIVES}
        await _replace(work, person, wanted)
    held = await _held(work, person.id)
    may_try = any(grant.role == FULL for grant in held)
    await keep_claims(work, person, provider.issuer, claims if may_try else None)


async def weigh(
    work: Work, provider: SignInProvider, claims: Mapping[str, object], settings: SignInSettings
) -> tuple[Tried, ...]:
    """Each rule with its effect; one that fits several values, once for each."""
    rules = await _rules(work)
    found = [tried for rule in rules for tried in _weighed(rule, provider, claims, settings)]
    codes = {each.unit_code for each in found if each.unit_code}
    rows = await work.rows(select(Unit.code, Unit.id).where(Unit.code.in_(codes))) if codes else []
    units = {row[0]: row[1] for row in rows}
    return tuple(_placed(each, units) for each in found)


def values_of(claims: Mapping[str, object], name: str) -> list[str] | None:
    """The values of a claim as texts; None where it is not there. `realm_access.roles` also is
    `roles` within `realm_access`."""
    found: object = claims.get(name)
    if found is None:
        found = claims
        for part in name.split("."):
            found = found.get(part) if isinstance(found, Mapping) else None
    if found is None:
        return None
    each = found if isinstance(found, list) else [found]
    return [_text(value) for value in each[:MOST_VALUES] if isinstance(value, str | int | float)]


def fits(pattern: str, value: str) -> str | None:
    """What the `*` stands for, "" without one; None where the value does not fit. Capitals are
    the same as small letters, as in a directory."""
    before, star, after = pattern.partition("*")
    said = value.casefold()
    before, after = before.casefold(), after.casefold()
    if not star:
        return "" if said == before else None
    if len(said) < len(before) + len(after):
        return None
    if not (said.startswith(before) and said.endswith(after)):
        return None
    return value[len(before) : len(value) - len(after)]


def _weighed(
    rule: ClaimRule,
    provider: SignInProvider,
    claims: Mapping[str, object],
    settings: SignInSettings,
) -> list[Tried]:
    if rule.provider_id is not None and rule.provider_id != provider.id:
        return [Tried(rule, Effect.OTHER_PROVIDER)]
    values = values_of(claims, rule.claim)
    if values is None:
        return [Tried(rule, Effect.NO_CLAIM)]
    starred = [(value, fits(rule.pattern, value)) for value in values]
    fitting = [(value, star) for value, star in starred if star is not None]
    if not fitting:
        return [Tried(rule, Effect.OTHER_VALUE)]
    allowed = rule.role != FULL or settings.full_administrator_by_rules
    effect = Effect.GIVES if allowed else Effect.NOT_ALLOWED
    code = rule.unit_code or ""
    return [Tried(rule, effect, value, code.replace("*", star)) for value, star in fitting]


def _placed(tried: Tried, units: Mapping[str, UUID]) -> Tried:
    if tried.effect is not Effect.GIVES or tried.rule.unit_code is None:
        return tried
    unit_id = units.get(tried.unit_code)
    effect = Effect.GIVES if unit_id else Effect.NO_UNIT
    return Tried(tried.rule, effect, tried.value, tried.unit_code, unit_id)


async def _replace(work: Work, person: Person, wanted: set[tuple[str, UUID | None]]) -> None:
    """Only what differs is written: every change has all sessions of the municipality look anew."""
    held = await _held(work, person.id)
    ruled = {(g.role, g.unit_id): g for g in held if g.source == GrantSource.CLAIMS}
    for place, grant in ruled.items():
        if place in wanted:
            continue
        if grant.role == FULL and not await _others(work, grant):
            log.warning("last_administrator_kept", tenant=work.tenant.slug)
            continue
        await take(work, grant)
    for role, unit_id in sorted(wanted - set(ruled), key=str):
        try:
            await give(work, person.id, role=role, unit_id=unit_id, source=GrantSource.CLAIMS)
        except Conflict as refusal:
            log.warning("rule_not_followed", tenant=work.tenant.slug, role=role, code=refusal.code)


async def _others(work: Work, grant: RoleGrant) -> bool:
    """Whether there is a full administrator beside this grant who can come in, and stays one: not
    for a time, nor because it was handed on, which falls with what it comes from."""
    here = Person.here(work.today)
    own = and_(Person.id == RoleGrant.person_id, Person.tenant_id == RoleGrant.tenant_id)
    other = (
        select(RoleGrant.id)
        .join(Person, own)
        .where(
            RoleGrant.role == FULL,
            RoleGrant.id != grant.id,
            RoleGrant.valid_to.is_(None),
            RoleGrant.delegated_from.is_(None),
            stands(work.now),
            here,
        )
    )
    return await work.first(other) is not None


async def _held(work: Work, person_id: UUID) -> Sequence[RoleGrant]:
    return await work.scalars(
        select(RoleGrant)
        .where(RoleGrant.person_id == person_id, *_standing(work))
        .order_by(RoleGrant.id)
    )


def _standing(work: Work) -> tuple[ColumnElement[bool], ...]:
    return (
        RoleGrant.ended_at.is_(None),
        or_(RoleGrant.valid_to.is_(None), RoleGrant.valid_to > work.now),
    )


async def _rules(work: Work) -> Sequence[ClaimRule]:
    return await work.scalars(select(ClaimRule).order_by(ClaimRule.position, ClaimRule.id))


def _text(value: str | int | float) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)[:1000]


def _claim(claim: str) -> str:
    claim = claim.strip()
    if not re.fullmatch(r"[\w.:/ -]{1,200}", claim):
        raise InvalidInput(
            _("Write the name of the claim, such as groups or department."), field="claim"
        )
    return claim


def _pattern(pattern: str) -> str:
    pattern = pattern.strip()
    if not 1 <= len(pattern) <= LONGEST or not pattern.isprintable() or pattern.count("*") > 1:
        raise InvalidInput(
            _("Write the value, with at most one * for anything, such as roder-chef-*."),
            field="pattern",
        )
    return pattern


def _code(unit_code: str | None, *, role: str, pattern: str) -> str | None:
    code = (unit_code or "").strip()
    if role in WHOLE_TENANT and code:
        raise InvalidInput(
            _("This role is held for the whole municipality. Leave the unit empty."),
            field="unitCode",
        )
    if len(code) > LONGEST or code.count("*") > 1 or ("*" in code and "*" not in pattern):
        raise InvalidInput(
            _("A * in the code of the unit takes what the * of the value stood for."),
            field="unitCode",
        )
    return code or None


def _note(work: Work, action: Action, rule: ClaimRule) -> None:
    work.note(action, "claim_rule", records=[rule.id], detail={"role": rule.role})
