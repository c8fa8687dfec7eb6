"""A token for some units: what its owner may, in those units and all below them, and no more."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, Date, Executable, Uuid, any_, bindparam, func, select
from sqlalchemy.orm import aliased

from ..actors import EMPLOYEE, Actor
from ..models import UnitVersion
from ..tree.versions import on_day
from ..work import Work


async def narrow(work: Work, actor: Actor, unit_ids: Collection[UUID]) -> Actor:
    """The actor in these units and below, as the tree stands today; unchanged for no units."""
    if not unit_ids:
        return actor
    given = {"units": list(unit_ids), "today": work.today}
    row: tuple[Any, ...] = tuple((await work.run(_around(), given)).one())
    own = frozenset(row[0] or ())
    seen = own | frozenset(row[1] or ())
    grants = []
    for grant in actor.grants:
        most = seen if grant.role == EMPLOYEE else own
        reach = most if grant.reach is None else grant.reach & most
        if reach:
            grants.append(replace(grant, reach=reach))
    return replace(actor, grants=tuple(grants), within=seen, memo={})


@cache
def _around() -> Executable:
    """The units with all below them, and all above them."""
    tenant, today = bindparam("tenant", type_=Uuid), bindparam("today", type_=Date)
    units = bindparam("units", type_=ARRAY(Uuid))
    first = select(UnitVersion.unit_id, UnitVersion.parent_id).where(
        UnitVersion.tenant_id == tenant,
        UnitVersion.unit_id == any_(units),
        on_day(today),
    )
    version = aliased(UnitVersion)
    then = (version.tenant_id == tenant, on_day(today, version))
    below = first.cte("below", recursive=True)
    below = below.union(
        select(version.unit_id, version.parent_id)
        .join(below, version.parent_id == below.c.unit_id)
        .where(*then)
    )
    above = first.cte("above", recursive=True)
    above = above.union(
        select(version.unit_id, version.parent_id)
        .join(above, version.unit_id == above.c.parent_id)
        .where(*then)
    )
    return select(
        select(func.array_agg(below.c.unit_id)).scalar_subquery(),
        select(func.array_agg(above.c.unit_id)).scalar_subquery(),
    )
