"""A plan as data, and how it is put into a municipality: nodes, values, comments and states."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from uuid import UUID

from ...tenants.rows import uuid7
from ...tenants.work import Work
from ..modules.goals.models import SteeringModel
from ..modules.goals.service import (
    IndicatorChanges,
    NewNode,
    OutcomeEntry,
    OutcomeValues,
    add_nodes,
    change_activity,
    levels_of,
    set_outcomes,
    write_comment,
)
from .town import Filling


@dataclass(frozen=True, slots=True, kw_only=True)
class Planned:
    """A node with those below it. Without `at` it belongs to the unit of the one above."""

    level: str
    title: str
    at: str = ""
    description: str = ""
    measured: IndicatorChanges = field(default_factory=IndicatorChanges)
    values: Mapping[str, OutcomeValues] = field(default_factory=dict)
    """By period."""
    comment: str = ""
    """For the whole year."""
    state: str = ""
    starts_on: date | None = None
    ends_on: date | None = None
    below: tuple[Planned, ...] = ()


def value(
    total: str | None = None,
    target: str | None = None,
    *,
    women: str | None = None,
    men: str | None = None,
    forecast: str | None = None,
) -> OutcomeValues:
    """Values as they are written in Python, `8.4`; None leaves one out."""
    values: OutcomeValues = {}
    if total is not None:
        values["total"] = Decimal(total)
    if target is not None:
        values["target"] = Decimal(target)
    if women is not None:
        values["women"] = Decimal(women)
    if men is not None:
        values["men"] = Decimal(men)
    if forecast is not None:
        values["forecast"] = Decimal(forecast)
    return values


def series(
    periods: Sequence[str], totals: str, *, target: str | None = None
) -> dict[str, OutcomeValues]:
    """A value for each period, told apart by spaces."""
    return {
        period: value(total, target) for period, total in zip(periods, totals.split(), strict=True)
    }


async def plant(
    filling: Filling,
    work: Work,
    model: SteeringModel,
    planned: Sequence[Planned],
    *,
    below: UUID | None = None,
    source: str = "",
) -> dict[str, UUID]:
    """Add all of it below a node, or at the top. The answer is the new nodes by their titles."""
    levels = {level.key: level.id for level in await levels_of(work, model.id)}
    placed = list(_placed(planned, below, ""))
    await add_nodes(
        work,
        [
            NewNode(
                id=item.id,
                level_id=levels[item.planned.level],
                unit_id=filling.units[item.at],
                title=item.planned.title,
                description=item.planned.description,
                parent_id=item.parent_id,
                indicator=item.planned.measured,
                starts_on=item.planned.starts_on,
                ends_on=item.planned.ends_on,
            )
            for item in placed
        ],
    )
    entries = [
        OutcomeEntry(item.id, filling.units[item.at], period, values, source)
        for item in placed
        for period, values in item.planned.values.items()
    ]
    await set_outcomes(work, entries)
    for item in placed:
        await _follow_up(work, item, filling.units[item.at], str(model.year))
    return {item.planned.title: item.id for item in placed}


@dataclass(frozen=True, slots=True)
class _Placed:
    """A planned node with its id, what it stands below, and the code of its unit."""

    planned: Planned
    id: UUID
    parent_id: UUID | None
    at: str


def _placed(planned: Sequence[Planned], parent_id: UUID | None, at: str) -> Iterator[_Placed]:
    for node in planned:
        placed = _Placed(node, uuid7(), parent_id, node.at or at)
        yield placed
        yield from _placed(node.below, placed.id, placed.at)


async def _follow_up(work: Work, item: _Placed, unit_id: UUID, period: str) -> None:
    if item.planned.state:
        await change_activity(work, item.id, changes={"state": item.planned.state})
    if item.planned.comment:
        await write_comment(
            work, item.id, unit_id=unit_id, period=period, text=item.planned.comment
        )
