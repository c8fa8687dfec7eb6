"""Which actions there are, as pages, files and the API ask for them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from sqlalchemy import ColumnElement, Select, func, or_, select

from ....authz.permit import permit
from ....tenants import units
from ....tenants.models import Person
from ....tenants.work import Work
from .models import ActionState, PlannedAction

MOST: Final = 5_000
"""Rows of a file."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What narrows the actions; an empty one narrows nothing. A unit has those below it too."""

    words: str = ""
    unit_id: UUID | None = None
    state: ActionState | None = None
    late: bool = False
    module: str = ""
    owner_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class Part:
    """A part of the rows that fit, and how many fit in all."""

    rows: Sequence[PlannedAction]
    total: int


ALL: Final = Wanted()


@permit("actions.read")
async def planned_actions(
    work: Work, wanted: Wanted = ALL, *, offset: int = 0, limit: int = MOST
) -> Part:
    """Open ones first by their last day, then those that have ended, the latest first."""
    fits = await _fitting(work, wanted)
    total = await work.first(select(func.count()).select_from(PlannedAction).where(*fits))
    rows = await work.scalars(_in_order(select(PlannedAction).where(*fits), offset, limit))
    return Part(rows, total or 0)


@permit("actions.read")
async def present(work: Work) -> tuple[frozenset[UUID], frozenset[str]]:
    """The units that actions are planned at, and the modules they come from."""
    rows = await work.rows(select(PlannedAction.unit_id, PlannedAction.module).distinct())
    return frozenset(row[0] for row in rows), frozenset(row[1] for row in rows)


@permit("actions.read")
async def names(work: Work, rows: Sequence[PlannedAction]) -> dict[UUID, str]:
    """The people and the units of the rows, by id."""
    ids = {id for row in rows for id in (row.owner_id, row.done_by, row.changed_by) if id}
    people = await work.rows(select(Person.id, Person.name).where(Person.id.in_(ids)))
    placed = await units.placed(work, list({row.unit_id for row in rows}))
    return {row[0]: row[1] for row in people} | {unit.id: unit.name for unit in placed}


def is_late(work: Work, action: PlannedAction) -> bool:
    open_ = action.state is ActionState.OPEN
    return open_ and action.due_on is not None and action.due_on < work.today


def _in_order(statement: Select[PlannedAction], offset: int, limit: int) -> Select[PlannedAction]:
    return (
        statement.order_by(
            PlannedAction.state != ActionState.OPEN,
            PlannedAction.done_at.desc().nulls_first(),
            PlannedAction.due_on.asc().nulls_last(),
            func.sv_key(PlannedAction.title),
            PlannedAction.id,
        )
        .offset(offset)
        .limit(limit)
    )


async def _fitting(work: Work, wanted: Wanted) -> list[ColumnElement[bool]]:
    row = PlannedAction
    fits: list[ColumnElement[bool]] = []
    if wanted.words:
        written = (row.title, row.about, row.detail, row.outcome)
        fits.append(or_(*(text.icontains(wanted.words, autoescape=True) for text in written)))
    if wanted.unit_id is not None:
        fits.append(row.unit_id.in_(await _with_below(work, wanted.unit_id)))
    if wanted.state is not None:
        fits.append(row.state == wanted.state)
    if wanted.late:
        fits += [row.state == ActionState.OPEN, row.due_on < work.today]
    if wanted.module:
        fits.append(row.module == wanted.module)
    if wanted.owner_id is not None:
        fits.append(row.owner_id == wanted.owner_id)
    return fits


async def _with_below(work: Work, unit_id: UUID) -> set[UUID]:
    """The tree comes with every unit after the one it stands below."""
    inside = {unit_id}
    for unit in await units.tree(work):
        if unit.parent_id in inside:
            inside.add(unit.id)
    return inside
