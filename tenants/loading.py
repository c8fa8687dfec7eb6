"""A person as an actor: the roles that count now, and until when that stays so by itself."""

from __future__ import annotations

from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy import Date, DateTime, Executable, Uuid, and_, bindparam, func, or_, select
from sqlalchemy.orm import aliased

from ..infra.errors import Unauthenticated
from ..infra.i18n import LOCALES, _
from .actors import EMPLOYEE, Actor, Grant
from .grants import changes_at, stands
from .models import Person, RoleGrant, UnitVersion
from .tree.versions import on_day
from .work import Work


async def load_actor(work: Work, person_id: UUID) -> Actor:
    """A person with the roles they have now. Raises Unauthenticated for one who has left."""
    person = await work.find(Person, person_id)
    if person is None or (person.left_on and person.left_on <= work.today):
        raise Unauthenticated(_("The person is not here any more."))
    given = {"person": person_id, "today": work.today, "now": work.now}
    grants: list[tuple[Any, ...]] = [tuple(row) for row in await work.run(_grants(), given)]
    return Actor(
        id=person.id,
        name=person.name,
        locale=person.locale if person.locale in LOCALES else "sv",
        grants=(
            Grant(EMPLOYEE),
            *(
                # One that has begun changes next when it ends.
                Grant(role, unit_id, None if unit_id is None else frozenset(units), until, handed)
                for role, unit_id, units, counts, until, handed in grants
                if counts
            ),
        ),
        until=min((row[4] for row in grants if row[4] is not None), default=None),
    )


@cache
def _grants() -> Executable:
    """A person's roles, each with its unit and all below it today; also those that are to come."""
    tenant, today = bindparam("tenant", type_=Uuid), bindparam("today", type_=Date)
    now = bindparam("now", type_=DateTime(timezone=True))
    own = and_(
        RoleGrant.tenant_id == tenant,
        RoleGrant.person_id == bindparam("person", type_=Uuid),
        RoleGrant.ended_at.is_(None),
        or_(RoleGrant.valid_to.is_(None), RoleGrant.valid_to > now),
    )
    below = (
        select(RoleGrant.id.label("grant_id"), RoleGrant.unit_id.label("unit_id"))
        .where(RoleGrant.unit_id.is_not(None), own)
        .cte("reach", recursive=True)
    )
    version = aliased(UnitVersion)
    reach = below.union_all(
        select(below.c.grant_id, version.unit_id)
        .join(version, version.parent_id == below.c.unit_id)
        .where(version.tenant_id == tenant, on_day(today, version))
    )
    return (
        select(
            RoleGrant.role,
            RoleGrant.unit_id,
            func.array_agg(reach.c.unit_id),
            stands(now, tenant=tenant),
            changes_at(now, tenant=tenant),
            RoleGrant.delegated_from.is_not(None),
        )
        .outerjoin(reach, reach.c.grant_id == RoleGrant.id)
        .where(own)
        .group_by(RoleGrant.tenant_id, RoleGrant.id)
        .order_by(RoleGrant.id)
    )
