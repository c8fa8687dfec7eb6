"""What somebody answers for, and who takes over."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import func, select, update

from ....tenants.personal import Reference, Tie, references
from ....tenants.work import Work
from ...tasks import Asked, who_is_asked
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


async def hand_over(work: Work, leaver: Leaver, *, leaving: Sequence[UUID]) -> dict[str, int]:
    """Give what somebody answers for to the heir, or to the nearest manager of the row's unit who
    stays; where there is none, to nobody: then the unit is asked. How many rows, by table."""
    asked = None
    counts: dict[str, int] = {}
    for reference in references():
        if reference.tie is not Tie.DUTY:
            continue
        if leaver.heir_id is not None:
            number = await _give(work, reference, leaver.person_id, leaver.heir_id)
        else:
            if asked is None:
                asked = await who_is_asked(work, people=None, outcome_days=0, ahead_days=0)
            number = await _give_to_managers(work, reference, leaver.person_id, asked, leaving)
        if number:
            counts[reference.table.name] = counts.get(reference.table.name, 0) + number
    return counts


async def _give(
    work: Work,
    reference: Reference,
    person_id: UUID,
    heir_id: UUID | None,
    *,
    unit_id: UUID | None = None,
) -> int:
    table, column = reference.table, reference.column
    given = (
        update(table)
        .where(table.c.tenant_id == work.tenant.id, column == person_id)
        .values({column.name: heir_id})
    )
    if unit_id is not None:
        given = given.where(table.c.unit_id == unit_id)
    return len((await work.execute(given.returning(table.c.id))).all())


async def _give_to_managers(
    work: Work, reference: Reference, person_id: UUID, asked: Asked, leaving: Sequence[UUID]
) -> int:
    table, column = reference.table, reference.column
    if "unit_id" not in table.c:
        return await _give(work, reference, person_id, None) if column.nullable else 0
    units = await work.execute(
        select(table.c.unit_id)
        .distinct()
        .where(
            table.c.tenant_id == work.tenant.id,
            column == person_id,
            table.c.unit_id.is_not(None),
        )
        .order_by(table.c.unit_id)
    )
    number = 0
    for (unit_id,) in units.all():
        heir_id = manager_of(asked, unit_id, leaving)
        if heir_id is not None or column.nullable:
            number += await _give(work, reference, person_id, heir_id, unit_id=unit_id)
    return number


def manager_of(asked: Asked, unit_id: UUID, leaving: Sequence[UUID]) -> UUID | None:
    """The first of those who hold the nearest role at the unit and who stay."""
    near = sorted(asked.nearest(MANAGES, unit_id) - set(leaving))
    if near:
        return near[0]
    for place in asked.lineage(unit_id)[1:]:
        if near := sorted(asked.nearest(MANAGES, place) - set(leaving)):
            return near[0]
    return None
