"""Who may be made responsible for something at a unit."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Final
from uuid import UUID

from sqlalchemy import func, or_, select

from ..grants import stands
from ..models import Person, RoleGrant
from ..work import Work
from . import units
from .below import below

MOST: Final = 2000


async def may_answer(work: Work, unit_id: UUID, *, on: date) -> Sequence[Person]:
    """Those with a role at the unit, above or below it on a day, and the actor; for somebody who
    may read the register of people, everybody. In the order of their names, nobody who has left."""
    there = select(Person).where(Person.here(work.today))
    if not work.allows("people.read"):
        above = await units.ancestors(work, unit_id, on=on)
        near = {*above, *below(await units.tree(work, on=on), [unit_id])}
        holds = select(RoleGrant.person_id).where(
            RoleGrant.tenant_id == work.tenant.id,
            stands(work.now, tenant=work.tenant.id),
            or_(RoleGrant.unit_id.is_(None), RoleGrant.unit_id.in_(near)),
        )
        there = there.where(or_(Person.id.in_(holds), Person.id == work.actor.id))
    return await work.scalars(there.order_by(func.sv_key(Person.name), Person.id).limit(MOST))
