"""Whom to ask when one may read a unit's goals but not change them."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import and_, case, func, or_, select

from ....infra.errors import Conflict
from ....infra.i18n import _
from ....tenants.grants import stands
from ....tenants.models import Person, RoleGrant
from ....tenants.work import Work
from .places import day_of, lineages
from .steering.locks import locked_years, year_is_locked

WRITERS = ("contributor", "local_administrator", "full_administrator")
MOST = 2


async def why_not(work: Work, *, unit_id: UUID, year: int) -> str:
    """Why this person cannot change the unit's goals of the year; empty when they can."""
    locked = [lock for lock in await locked_years(work) if lock.year == year]
    if locked:
        refusal: Conflict = year_is_locked(work, locked[0])
        return refusal.message
    if work.allows("goals.edit", at=unit_id):
        return ""
    names = await _writers(work, unit_id, year)
    if not names:
        return _("You can read but not change here. An administrator can give you the right.")
    return _(
        "You can read but not change here. Only {names} can change. Ask for help there.",
        names=f" {_('or')} ".join(names),
    )


async def _writers(work: Work, unit_id: UUID, year: int) -> list[str]:
    """Those nearest to the unit first, and those who report before those who administer."""
    above = (await lineages(work, [unit_id], on=day_of(work, year))).get(unit_id, (unit_id,))
    near = case({at: place for place, at in enumerate(above)}, value=RoleGrant.unit_id, else_=99)
    role = case({name: place for place, name in enumerate(WRITERS)}, value=RoleGrant.role)
    found = await work.rows(
        select(Person.name)
        .join(
            RoleGrant,
            and_(RoleGrant.person_id == Person.id, RoleGrant.tenant_id == Person.tenant_id),
        )
        .where(
            stands(work.now),
            RoleGrant.role.in_(WRITERS),
            or_(RoleGrant.unit_id.in_(above), RoleGrant.unit_id.is_(None)),
            Person.here(work.today),
        )
        .order_by(near, role, func.sv_key(Person.name))
        .limit(MOST)
    )
    return list(dict.fromkeys(name for (name,) in found))
