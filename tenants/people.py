"""The register of people, and which roles they hold where."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import and_, func, select

from ..authz.permit import CONFIDENTIAL, NOWHERE, allowed, permissions, permit, policy
from ..infra.errors import Conflict, Forbidden, InvalidInput, NotFound
from ..infra.i18n import LOCALES, _
from ..infra.texts import at_most
from .actors import EMPLOYEE, SERVICE_ROLE, Actor, lasting
from .grants import give, not_over, stands, take
from .log.access_log import Action
from .models import Person, RoleGrant, Unit
from .sign_in.ways_in import end_ways_in
from .work import STOCKHOLM, Work

ALL = "full_administrator"

WHOLE_TENANT = frozenset({ALL, "auditor"})
"""Roles that are held for the whole municipality and never for one unit."""

REASON = 500
LONGEST_NAME = 200
LONGEST_EMAIL = 254
"""As long as an address can be (RFC 5321, section 4.5.3.1.3, less the brackets)."""


def roles() -> frozenset[str]:
    """The roles that can be granted: all in the rule table but those nobody is given."""
    return frozenset(role for role, *_rest in policy()) - {EMPLOYEE, SERVICE_ROLE}


@permit("people.edit")
async def add_person(work: Work, *, name: str, email: str, locale: str = "sv") -> Person:
    """Add someone to the register. Raises InvalidInput, or Conflict when the e-mail is taken."""
    person = Person(name=person_name(name), email=person_email(email), locale=_locale(locale))
    await _refuse_taken(work, person.email)
    work.add(person)
    await work.flush()
    _note(work, Action.ADD, person)
    return person


@permit("people.edit")
async def change_person(
    work: Work,
    person_id: UUID,
    *,
    name: str | None = None,
    email: str | None = None,
    locale: str | None = None,
) -> Person:
    """Mend what the register says of someone; what is None stays. Raises as `add_person`."""
    person = await work.get(Person, person_id)
    await require_all_of(work, person)
    new_name = person.name if name is None else person_name(name)
    new_locale = person.locale if locale is None else _locale(locale)
    new_email = person.email if email is None else person_email(email)
    if new_email.lower() != person.email.lower():
        await _refuse_way_in(work, person)
        await _refuse_taken(work, new_email)
    before = {"name": person.name, "email": person.email, "locale": person.locale}
    person.name, person.email, person.locale = new_name, new_email, new_locale
    await work.flush()
    _note(work, Action.CHANGE, person, *(n for n in before if getattr(person, n) != before[n]))
    return person


@permit("organisation.read")
async def speak(work: Work, locale: str) -> None:
    """The language that the service speaks with whoever asks. Raises InvalidInput."""
    if work.actor.id is not None:
        person = await work.get(Person, work.actor.id)
        person.locale = _locale(locale)
        await work.flush()
        _note(work, Action.CHANGE, person, "locale")


@permit("people.edit")
async def end_person(work: Work, person_id: UUID) -> Person:
    """Someone has left: from today they cannot come in. The row stays until the purge.

    Raises Conflict for the last full administrator.
    """
    person = await work.get(Person, person_id)
    await end_people(work, [person])
    return person


@permit("people.edit")
async def end_people(work: Work, people: Sequence[Person]) -> None:
    """As `end_person`, for all of them at once."""
    await require_all_of(work, *people)
    await leave(work, *people, by="hand")


async def leave(work: Work, *people: Person, by: str) -> None:
    """The end itself, for whoever has made sure that the actor may: `by` hand, or a directory.

    Raises Conflict for the last full administrator.
    """
    left = [person for person in people if person.left_on is None]
    if not left:
        return
    await _refuse_last(work, *(person.id for person in left))
    for person in left:
        person.left_on, person.left_by = work.today, by
    await work.flush()
    for person in left:
        _note(work, Action.CHANGE, person, "left_on", "left_by")
    await end_ways_in(work, [person.id for person in left])


@permit("people.edit")
async def return_person(work: Work, person_id: UUID) -> Person:
    """Someone who had left is back, with the roles that were not withdrawn meanwhile."""
    person = await work.get(Person, person_id)
    await require_all_of(work, person)
    person.left_on = person.left_by = None
    await work.flush()
    _note(work, Action.CHANGE, person, "left_on", "left_by")
    return person


@permit("roles.grant")
async def grant_role(
    work: Work,
    person_id: UUID,
    *,
    role: str,
    unit_id: UUID | None = None,
    valid_from: datetime | None = None,
    valid_to: datetime | None = None,
    reason: str = "",
) -> RoleGrant:
    """Give someone a role, at a unit and below, or (None) in the whole municipality, from one
    moment up to (not with) another. The same role with other times is replaced.

    Nobody gives away more than they hold: a local administrator grants local roles below an own
    unit, only a full administrator grants for the whole municipality. Who sees what is
    confidential is chosen by those only who see it: see `may_give`. Nor for longer than they hold
    it, nor on what was handed to them: see `require_giving`.
    """
    person = await work.get(Person, person_id)
    if role not in roles():
        raise InvalidInput(
            _(
                "There is no role {role}. The roles are: {roles}.",
                role=role,
                roles=", ".join(sorted(roles())),
            ),
            field="role",
        )
    if role in WHOLE_TENANT and unit_id is not None:
        raise InvalidInput(
            _("This role is held for the whole municipality. Leave the unit empty."), field="unitId"
        )
    if unit_id is not None:
        await work.get(Unit, unit_id)
    require_giving(work, role, unit_id, until=valid_to)
    if person.id == work.actor.id and role not in WHOLE_TENANT:
        _refuse_own(work, role, unit_id)
    at_most(reason, field="reason", most=REASON)
    if role == ALL and valid_to is not None:
        await _refuse_last(work, person.id)
    return await give(
        work,
        person.id,
        role=role,
        unit_id=unit_id,
        valid_from=valid_from,
        valid_to=valid_to,
        reason=reason.strip(),
    )


@permit("roles.grant")
async def withdraw_role(work: Work, grant_id: UUID) -> UUID:
    """Take a role back; the answer is whose it was. The last full administrator keeps theirs.

    What was handed on of it falls with it.
    """
    grant = await work.get(RoleGrant, grant_id)
    _require_giving(work, grant.role, grant.unit_id)
    if grant.ended_at is not None:
        raise NotFound()
    if grant.role == ALL and grant.delegated_from is None:
        await _refuse_last(work, grant.person_id)
    await take(work, grant)
    return grant.person_id


def may_give(work: Work, role: str, unit_id: UUID | None) -> bool:
    """Whether the actor may give and take the role there. One for the whole municipality is given
    by whoever may grant everywhere; another that sees what is confidential, such as the reviewer of
    the log, by those only who see it: nobody chooses who examines what they do themselves. Where
    a kind has somebody who appoints (`<kind>.appoint`), they give its roles without having them,
    to others only: see `grant_role`."""
    return _gives(work.actor, role, unit_id)


def require_giving(
    work: Work, role: str, unit_id: UUID | None, *, until: datetime | None = None
) -> None:
    """Raises Forbidden unless the actor may give the role there and up to then (None: without an
    end). It lasts no longer than what it rests on, and whoever has it from a colleague for a while
    does not give it on: InvalidInput tells the last day there is."""
    _require_giving(work, role, unit_id)
    if _gives(lasting(work.actor, until, role=role), role, unit_id):
        return
    ends = sorted({grant.until for grant in work.actor.grants if grant.until}, reverse=True)
    for end in ends:
        if _gives(lasting(work.actor, end, role=role), role, unit_id):
            raise InvalidInput(
                _(
                    "Your own right to give this role ends {moment}. Nobody gives it for longer "
                    "than that.",
                    moment=end.astimezone(STOCKHOLM).strftime("%Y-%m-%d %H:%M"),
                ),
                field="to",
            )
    raise Forbidden(
        _("The role was handed to you for a while, and is not given on. Ask who has it."),
        permission="roles.grant",
        at=unit_id,
    )


def _gives(actor: Actor, role: str, unit_id: UUID | None) -> bool:
    whole = role in WHOLE_TENANT
    at = NOWHERE if whole or unit_id is None else unit_id
    return allowed(actor, "roles.grant", at=at) and (
        whole
        or all(
            allowed(actor, f"{kind}.{action}", at=at, level=level) or _appoints(actor, kind, at)
            for held, kind, action, _scope, level in policy()
            if held == role and level == CONFIDENTIAL
        )
    )


def _appoints(actor: Actor, kind: str, at: UUID) -> bool:
    """Whether the actor chooses who sees what is confidential of a kind without seeing it."""
    name = f"{kind}.appoint"
    return name in permissions() and allowed(actor, name, at=at)


def _sees_all_of(actor: Actor, role: str, unit_id: UUID | None) -> bool:
    return all(
        allowed(actor, f"{kind}.{action}", at=unit_id or NOWHERE, level=level)
        for held, kind, action, _scope, level in policy()
        if held == role and level == CONFIDENTIAL
    )


def _require_giving(work: Work, role: str, unit_id: UUID | None) -> None:
    work.require("roles.grant", at=unit_id or NOWHERE)
    if not may_give(work, role, unit_id):
        raise Forbidden(
            _("You do not have the right to do this here. An administrator can give it to you."),
            permission="roles.grant",
            at=unit_id,
        )


def _refuse_own(work: Work, role: str, unit_id: UUID | None) -> None:
    if not _sees_all_of(work.actor, role, unit_id):
        raise Forbidden(
            _("Nobody lets themselves into what is confidential. Ask another administrator."),
            permission="roles.grant",
            at=unit_id,
        )


@dataclass(frozen=True, slots=True)
class Permitted:
    """A permission that someone has: everywhere, from some units down, or for what is their own."""

    name: str
    everywhere: bool
    unit_ids: tuple[UUID, ...]


def own_permissions(work: Work) -> list[Permitted]:
    """What the actor may do and where, by name, as far as the modules that are on."""
    places = tuple(dict.fromkeys(g.unit_id for g in work.actor.grants if g.unit_id is not None))
    found = []
    for name in sorted(permissions()):
        if not work.allows(name):
            continue
        # Nobody is that owner, so that a rule for what is one's own does not count as everywhere.
        everywhere = work.allows(name, at=NOWHERE, owner=NOWHERE)
        units = tuple(unit for unit in places if work.allows(name, at=unit, owner=NOWHERE))
        found.append(Permitted(name, everywhere, () if everywhere else units))
    return found


def _note(work: Work, action: Action, person: Person, *fields: str) -> None:
    detail = {"fields": " ".join(fields)} if fields else None
    work.note(action, "person", records=[person.id], about=[person.id], detail=detail)


async def require_all_of(work: Work, *people: Person) -> None:
    """Nobody changes someone who may do more than they: an e-mail address is a way in. Nor does
    support, which gives no roles, anybody who has one; nor anybody one of whom there is only a
    pseudonym left."""
    if any(person.forgotten_at is not None for person in people):
        raise Forbidden(_("They have left, and have been taken out of the register."))
    for grant in await _roles_of(work, *people):
        work.require("people.edit", at=grant.unit_id or NOWHERE)
        if work.actor.support_id is not None:
            work.require("roles.grant", at=grant.unit_id or NOWHERE)


async def _refuse_way_in(work: Work, person: Person) -> None:
    """Whoever comes in by another's address comes in for as long as their roles last."""
    for grant in await _roles_of(work, person):
        own = lasting(work.actor, grant.valid_to)
        if not allowed(own, "people.edit", at=grant.unit_id or NOWHERE):
            raise Forbidden(
                _(
                    "Their role lasts longer than your own right to change it. Somebody whose "
                    "right has no end changes the e-mail address."
                ),
                field="email",
                permission="people.edit",
                at=grant.unit_id,
            )


async def _roles_of(work: Work, *people: Person) -> Sequence[RoleGrant]:
    ids = [person.id for person in people]
    return await work.scalars(
        select(RoleGrant).where(RoleGrant.person_id.in_(ids), not_over(work.now))
    )


async def _refuse_last(work: Work, *person_ids: UUID) -> None:
    """Conflict when nobody but these is a full administrator who can come in, and goes on being
    one."""
    held = select(RoleGrant).where(RoleGrant.role == ALL).order_by(RoleGrant.id)
    # Two who end each other at the same moment wait here for one another.
    await work.scalars(held.with_for_update())
    able = await work.scalars(
        select(RoleGrant.person_id)
        .join(
            Person, and_(Person.id == RoleGrant.person_id, Person.tenant_id == RoleGrant.tenant_id)
        )
        .where(
            RoleGrant.role == ALL,
            RoleGrant.valid_to.is_(None),
            RoleGrant.delegated_from.is_(None),
            stands(work.now),
            Person.here(work.today),
        )
    )
    if able and set(able) <= set(person_ids):
        raise Conflict(_("This is the last full administrator. Give someone else the role first."))


async def _refuse_taken(work: Work, email: str) -> None:
    if await work.first(select(Person).where(func.lower(Person.email) == email.lower())):
        raise Conflict(_("There is already someone with this e-mail address."), field="email")


def person_name(text: str) -> str:
    name = " ".join(text.split())
    if not name:
        raise InvalidInput(_("Write a name."), field="name")
    if len(name) > LONGEST_NAME:
        raise InvalidInput(_("A name has at most {most} signs.", most=LONGEST_NAME), field="name")
    return name


def person_email(text: str) -> str:
    email = text.strip()
    if len(email) > LONGEST_EMAIL or not re.fullmatch(r"[^@\s]+@[^@\s]+\.[^@\s]+", email):
        raise InvalidInput(
            _("Write an e-mail address, for example anna.nilsson@kommun.example."), field="email"
        )
    return email


def _locale(text: str) -> str:
    if text not in LOCALES:
        raise InvalidInput(_("The languages are sv and en."), field="locale")
    return text
