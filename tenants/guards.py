"""What a record is kept by: where it lies, and whose it is, read off its row and its table."""

from __future__ import annotations

from functools import cache
from typing import Any, cast
from uuid import UUID

from sqlalchemy import Table, select

from ..authz.permit import NOWHERE
from ..infra.database import Base
from .access import Guard
from .grants import not_over
from .models import Person, RoleGrant, Unit, UserSession
from .rows import TenantRow
from .work import Work

OWNERS = {"files": "created_by", "jobs": "created_by", "sessions": "person_id"}
"""By table, the column that says whose a record is, where a rule for one's own asks."""


async def guard_of(work: Work, row: TenantRow, *, read: str, change: str) -> Guard:
    """The guard of a row that is read and changed by these permissions."""
    owner = OWNERS.get(type(row).__tablename__)
    return Guard(
        read=read,
        change=change,
        places=await _places(work, row),
        owner=getattr(row, owner) if owner else None,
    )


async def _places(work: Work, row: Any) -> tuple[UUID, ...]:
    """Its unit, or that of what it is part of; what is in no unit is the whole municipality's."""
    if isinstance(row, Unit):
        return (row.id,)
    if isinstance(row, Person | UserSession):
        # Nobody changes someone who may do more than they: see `people.require_all_of`.
        person_id = row.id if isinstance(row, Person) else row.person_id
        held = select(RoleGrant.unit_id).where(RoleGrant.person_id == person_id, not_over(work.now))
        return tuple({unit_id or NOWHERE for unit_id in await work.scalars(held)})
    if "unit_id" in row.__table__.c:
        return (row.unit_id or NOWHERE,)
    for column, model in _wholes(cast("type[TenantRow]", type(row))):
        whole = await work.find(model, getattr(row, column))
        if whole is not None:
            return await _places(work, whole)
    return (NOWHERE,)


@cache
def _wholes(model: type[TenantRow]) -> tuple[tuple[str, type[TenantRow]], ...]:
    """What a row is part of, where that leads to a unit: what it cannot be without."""
    table = cast("Table", model.__table__)
    models = {
        mapper.local_table: mapper.class_
        for mapper in Base.registry.mappers
        if issubclass(mapper.class_, TenantRow)
    }
    found = []
    for link in sorted(table.foreign_key_constraints, key=lambda link: str(link.name)):
        own = [column.name for column in link.columns if column.name != "tenant_id"]
        parent = models.get(link.referred_table)
        if len(own) != 1 or parent is None or parent is model or table.c[own[0]].nullable:
            continue
        if "unit_id" in link.referred_table.c or _wholes(parent):
            found.append((own[0], parent))
    return tuple(found)
