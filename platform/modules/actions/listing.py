"""Which actions there are, as pages, files and the API ask for them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Final
from uuid import UUID

from sqlalchemy import ColumnElement, Select, func, or_, select

from ....authz.permit import permit
from ....tenants.names import names_of
from ....tenants.tree import units
from ....tenants.tree.below import below
from ....tenants.work import Work
from .models import ActionState, PlannedAction
from .settings import action_settings

MOST: Final = 5_000
"""Rows of a file."""


class Due(StrEnum):
    """How its last day lies, of an action that is open."""

    LATE = "late"
    SOON = "soon"
    NEVER = "never"
    """It has no last day."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What narrows the actions; an empty one narrows nothing. A unit has those below it too."""

    words: str = ""
    unit_id: UUID | None = None
    state: ActionState | None = None
    due: Due | None = None
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
    ids = (id for row in rows for id in (row.owner_id, row.done_by, row.changed_by))
    people = await names_of(work, ids)
    placed = await units.placed(work, list({row.unit_id for row in rows}))
    return people | {unit.id: unit.name for unit in placed}


async def due_of(work: Work, rows: Sequence[PlannedAction]) -> dict[UUID, Due]:
    """Of the rows that are open, by id; those with days to spare are left out."""
    soon = await last_soon(work)
    return {
        row.id: due
        for row in rows
        if row.state is ActionState.OPEN and (due := _due(row.due_on, work.today, soon))
    }


async def last_soon(work: Work) -> date:
    """The last day that is soon."""
    return work.today + timedelta(days=(await action_settings(work)).soon_days)


def _due(day: date | None, today: date, soon: date) -> Due | None:
    if day is None:
        return Due.NEVER
    if day < today:
        return Due.LATE
    return Due.SOON if day <= soon else None


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
        fits.append(row.unit_id.in_(below(await units.tree(work), [wanted.unit_id])))
    if wanted.state is not None:
        fits.append(row.state == wanted.state)
    if wanted.due is not None:
        soon = await last_soon(work)
        fits += [row.state == ActionState.OPEN, _fits_due(wanted.due, work.today, soon)]
    if wanted.module:
        fits.append(row.module == wanted.module)
    if wanted.owner_id is not None:
        fits.append(row.owner_id == wanted.owner_id)
    return fits


def _fits_due(due: Due, today: date, soon: date) -> ColumnElement[bool]:
    day = PlannedAction.due_on
    if due is Due.NEVER:
        return day.is_(None)
    return day < today if due is Due.LATE else day.between(today, soon)
