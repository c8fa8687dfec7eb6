"""The register of people, and which roles they hold where."""

from __future__ import annotations

import re
from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import func, select

from ..authz.permit import NOWHERE, permit, policy
from ..infra.errors import Conflict, InvalidInput
from ..infra.i18n import LOCALES, _
from .actors import EMPLOYEE, SERVICE_ROLE
from .models import Person, RoleGrant, Unit
from .work import Work

WHOLE_TENANT = frozenset({"full_administrator", "auditor"})
"""Roles that are held for the whole municipality and never for one unit."""


def roles() -> frozenset[str]:
    """The roles that can be granted: all in the rule table but those nobody is given."""
    return frozenset(role for role, *_rest in policy()) - {EMPLOYEE, SERVICE_ROLE}


@permit("people.edit")
async def add_person(work: Work, *, name: str, email: str, locale: str = "sv") -> Person:
    """Add someone to the register. Raises InvalidInput, or Conflict when the e-mail is taken."""
    name, email = name.strip(), email.strip()
    if not name:
        raise InvalidInput(_("Write a name."), field="name")
    if not re.fullmatch(r"[^@\s]+@[^@\s]+\.[^@\s]+", email):
        raise InvalidInput(
            _("Write an e-mail address, for example anna.nilsson@kommun.example."), field="email"
        )
    if locale not in LOCALES:
        raise InvalidInput(_("The languages are sv and en."), field="locale")
    if await work.first(select(Person).where(func.lower(Person.email) == email.lower())):
        raise Conflict(_("There is already someone with this e-mail address."), field="email")
    person = Person(name=name, email=email, locale=locale)
    work.add(person)
    await work.flush()
    return person


@permit("people.edit")
async def end_person(work: Work, person_id: UUID) -> Person:
    """Someone has left: from today they cannot come in. The row stays until the purge."""
    person = await work.get(Person, person_id)
    if person.left_on is None:
        person.left_on = work.today
    return person


@permit("roles.grant")
async def grant_role(
    work: Work, person_id: UUID, *, role: str, unit_id: UUID | None = None
) -> RoleGrant:
    """Give someone a role, at a unit and below, or (None) in the whole municipality.

    Nobody gives away more than they hold: a local administrator grants local roles below an own
    unit, only a full administrator grants for the whole municipality.
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
    work.require("roles.grant", at=unit_id or NOWHERE)
    standing = await work.first(
        select(RoleGrant).where(
            RoleGrant.person_id == person.id,
            RoleGrant.role == role,
            RoleGrant.unit_id.is_not_distinct_from(unit_id),
        )
    )
    if standing is not None:
        return standing
    grant = RoleGrant(person_id=person.id, role=role, unit_id=unit_id, granted_by=work.actor.id)
    work.add(grant)
    await work.flush()
    return grant


@permit("roles.grant")
async def withdraw_role(work: Work, grant_id: UUID) -> UUID:
    """Take a role back; the answer is whose it was. The last full administrator keeps theirs."""
    grant = await work.get(RoleGrant, grant_id)
    work.require("roles.grant", at=grant.unit_id or NOWHERE)
    if grant.role == "full_administrator" and await _is_last(work, grant):
        raise Conflict(_("This is the last full administrator. Give someone else the role first."))
    await work.delete(grant)
    return grant.person_id


@permit("people.read")
async def list_grants(work: Work, person_id: UUID) -> Sequence[RoleGrant]:
    return await work.scalars(
        select(RoleGrant).where(RoleGrant.person_id == person_id).order_by(RoleGrant.id)
    )


async def _is_last(work: Work, grant: RoleGrant) -> bool:
    others = select(RoleGrant.id).where(RoleGrant.role == grant.role, RoleGrant.id != grant.id)
    return await work.first(others.limit(1)) is None
