"""What a token for some units sees, for every statement of its session, whoever wrote it.

What belongs to its units, and to the units above them, whose goals theirs are broken down from; of
what belongs to no unit it sees the organisation, what goals and reports are made by, and files of
its own. What it may do with them: see `authz/permit.py`.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Final, cast
from uuid import UUID

from sqlalchemy import ColumnElement, FromClause, Table, exists, or_, select

from ..rows import TenantRow

WHOLE: Final = frozenset({"units", "unit_versions", "unit_successions", "role_grants"})
"""Tables of the organisation itself, which is no secret to anybody who may read at all."""
FILES: Final = "files"


def narrowed(
    models: Sequence[type[TenantRow]], tenant_id: UUID, units: Collection[UUID], owner: UUID | None
) -> list[tuple[type[TenantRow], ColumnElement[bool]]]:
    """What a row of each of the models has to be, of those that belong to units or to somebody."""
    found: list[tuple[type[TenantRow], ColumnElement[bool]]] = []
    for model in models:
        table = cast("Table", model.__table__)
        if table.name == FILES:
            found.append((model, table.c.created_by == owner))
        elif (condition := _within(table, table, tenant_id, units)) is not None:
            found.append((model, condition))
    return found


def _within(
    table: Table, row: FromClause, tenant_id: UUID, units: Collection[UUID]
) -> ColumnElement[bool] | None:
    """By its own unit, else by that of what it points at; None for what belongs to no unit."""
    if table.name in WHOLE:
        return None
    if "unit_id" in table.c:
        return or_(row.c.unit_id.is_(None), row.c.unit_id.in_(units))
    for column, parent in _parents(table):
        above = parent.alias()
        condition = _within(parent, above, tenant_id, units)
        if condition is not None:
            own = (above.c.tenant_id == tenant_id, above.c.id == row.c[column])
            return exists(select(above.c.id).where(*own, condition))
    return None


def _parents(table: Table) -> list[tuple[str, Table]]:
    """What a row belongs to: what it cannot be without."""
    found = []
    for link in sorted(table.foreign_key_constraints, key=lambda link: str(link.name)):
        own = [column.name for column in link.columns if column.name != "tenant_id"]
        if len(own) == 1 and not table.c[own[0]].nullable and link.referred_table is not table:
            found.append((own[0], link.referred_table))
    return found
