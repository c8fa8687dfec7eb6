"""The people of the demonstration, whom one can sign in as without a password."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final
from uuid import UUID

from sqlalchemy import and_, func, select

from ...infra.errors import InvalidInput
from ...infra.i18n import _
from ...tenants.grants import stands
from ...tenants.models import Person, RoleGrant, UnitVersion
from ...tenants.tree.versions import on_day
from ...tenants.work import Work

MOST_PEOPLE: Final = 100


@dataclass(frozen=True, slots=True)
class Role:
    """What somebody can be let in as: their name, role and unit, in words."""

    person_id: UUID
    name: str
    role: str
    unit: str


def chosen_person(form: dict[str, list[str]]) -> UUID:
    """Whom the form names. Raises InvalidInput."""
    try:
        return UUID(form["person"][0])
    except (ValueError, KeyError):
        raise InvalidInput(_("Choose who you want to sign in as."), field="person") from None


async def people_by_role(work: Work) -> list[tuple[str, list[Role]]]:
    """The people of the municipality by role, those with most to say first."""
    unit = (
        select(UnitVersion.unit_id, UnitVersion.name)
        .where(UnitVersion.tenant_id == work.tenant.id, on_day(work.today))
        .subquery()
    )
    rows = await work.rows(
        select(Person.id, Person.name, RoleGrant.role, unit.c.name)
        .select_from(Person)
        .outerjoin(
            RoleGrant,
            and_(
                RoleGrant.person_id == Person.id,
                RoleGrant.tenant_id == Person.tenant_id,
                stands(work.now),
            ),
        )
        .outerjoin(unit, unit.c.unit_id == RoleGrant.unit_id)
        .where(Person.here(work.today))
        .order_by(func.sv_key(Person.name))
        .limit(MOST_PEOPLE)
    )
    words = role_words()
    found: dict[str, list[Role]] = {role: [] for role in words}
    for person_id, name, role, unit_name in rows:
        shown = Role(person_id, name, role or "employee", unit_name or work.tenant.name)
        found.setdefault(shown.role, []).append(shown)
    return [(words.get(role, role), people) for role, people in found.items() if people]


def role_words() -> dict[str, str]:
    """The roles as people call them, in the order of what they may do."""
    return {
        "full_administrator": _("Full administrator"),
        "local_administrator": _("Local administrator"),
        "contributor": _("Contributor"),
        "auditor": _("Auditor"),
        "employee": _("Employee"),
    }
