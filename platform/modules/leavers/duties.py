"""What somebody answers for, and who takes over."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import Column, ColumnElement, and_, case, func, literal, select, update

from ....tenants.personal import Reference, Tie, references
from ....tenants.work import Work
from ...asked import Asked, who_is_asked
from .models import Leaver

MANAGES = "goals.edit"
"""Whoever holds the nearest role that may do this at a unit counts as its manager here."""


@dataclass(frozen=True, slots=True)
class Duty:
    """Rows of one table that somebody answers for."""

    table: str
    person_id: UUID
    count: int


async def count_ties(work: Work, person_ids: Sequence[UUID], *ties: Tie) -> list[Duty]:
    """How many rows of each table are tied so to each person; a statement for each table."""
    found = []
    for reference in references():
        if reference.tie not in ties:
            continue
        table, column = reference.table, reference.column
        rows = await work.execute(
            select(column, func.count().label("number"))
            .select_from(table)
            .where(table.c.tenant_id == work.tenant.id, column.in_(person_ids))
            .group_by(column)
            .order_by(column)
        )
        for row in rows.mappings():
            found.append(Duty(table.name, row[column], row["number"]))
    return found


async def hand_over(work: Work, *leavers: Leaver, leaving: Sequence[UUID]) -> dict[str, int]:
    """Give what some answer for to their heirs, or to the nearest manager of the row's unit who
    stays; where there is none, to nobody: then the unit is asked. How many rows, by table."""
    heirs = {each.person_id: each.heir_id for each in leavers if each.heir_id is not None}
    others = [each.person_id for each in leavers if each.heir_id is None]
    asked = None
    if others:
        asked = await who_is_asked(work, people=None, outcome_days=0, ahead_days=0)
    counts: dict[str, int] = {}
    for reference in references():
        if reference.tie is not Tie.DUTY:
            continue
        number = await _give(work, reference, heirs) if heirs else 0
        if asked is not None:
            number += await _give_to_managers(work, reference, others, asked, leaving)
        if number:
            counts[reference.table.name] = counts.get(reference.table.name, 0) + number
    return counts


async def _give(work: Work, reference: Reference, heirs: Mapping[UUID, UUID]) -> int:
    column = reference.column
    return await _change(work, reference, column.in_(heirs), _heir_by(column, heirs))


async def _give_to_managers(
    work: Work, reference: Reference, people: Sequence[UUID], asked: Asked, leaving: Sequence[UUID]
) -> int:
    table, column = reference.table, reference.column
    theirs = column.in_(people)
    if "unit_id" not in table.c:
        return await _change(work, reference, theirs, None) if column.nullable else 0
    found = await work.execute(
        select(table.c.unit_id)
        .distinct()
        .where(table.c.tenant_id == work.tenant.id, theirs, table.c.unit_id.is_not(None))
        .order_by(table.c.unit_id)
    )
    units = found.scalars().all()
    managers = {unit: manager_of(asked, unit, leaving) for unit in units}
    near = {unit: heir for unit, heir in managers.items() if heir is not None}
    given = [unit for unit in units if unit in near or column.nullable]
    if not given:
        return 0
    heir = _heir_by(table.c.unit_id, near) if near else None
    return await _change(work, reference, and_(theirs, table.c.unit_id.in_(given)), heir)


def _heir_by(column: Column[object], heirs: Mapping[UUID, UUID]) -> ColumnElement[object]:
    """Who takes over, by what stands in a column; null for what has nobody."""
    named = {key: literal(heir, column.type) for key, heir in heirs.items()}
    return case(named, value=column)


async def _change(
    work: Work, reference: Reference, rows: ColumnElement[bool], heir: ColumnElement[object] | None
) -> int:
    """`heir` is null for a row that nobody takes over."""
    table = reference.table
    changed = await work.execute(
        update(table)
        .where(table.c.tenant_id == work.tenant.id, rows)
        .values({reference.column.name: heir})
        .returning(table.c.id)
    )
    return len(changed.all())


def manager_of(asked: Asked, unit_id: UUID, leaving: Sequence[UUID]) -> UUID | None:
    """The first of those who hold the nearest role at the unit and who stay."""
    near = sorted(asked.nearest(MANAGES, unit_id) - set(leaving))
    if near:
        return near[0]
    for place in asked.lineage(unit_id)[1:]:
        if near := sorted(asked.nearest(MANAGES, place) - set(leaving)):
            return near[0]
    return None
