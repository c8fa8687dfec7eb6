"""The state of a unit: its areas with their lights, what has changed, and the units below it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from uuid import UUID

from .....authz.permit import permit
from .....infra.periods import Period
from .....tenants.tree import units
from .....tenants.tree.units import Placed
from .....tenants.work import Work
from ..analysis.analysis import Row
from ..analysis.series import Measured, Reading, series_of, with_current
from ..analysis.views import rows_of_views
from ..models import Level, NodeKind, SteeringModel
from ..rules import Light
from ..view.view import Place, model_with_levels, place_of
from .changes import Change, latest_changes

Lights = Counter[Light | None]
"""How many goals have each light; None is for those without one."""


@dataclass(frozen=True, slots=True)
class Before:
    """An area as it was the year before."""

    light: Light | None


@dataclass(frozen=True, slots=True)
class Area:
    """A goal at the top of what a unit sees, with what stands below it there.

    `told_by` is the unit above whose light it is, when this one takes no part in it: has nothing
    of its own below it and no values for it. `goals` and `indicators` are those below that are
    due. `histories` are the readings of the indicators that have two values or more. `before` is
    None where the year before was not asked for, or did not have it.
    """

    row: Row
    told_by: Placed | None
    goals: tuple[Row, ...]
    indicators: tuple[Row, ...]
    missing: int
    histories: Mapping[UUID, tuple[Reading, ...]] = field(default_factory=dict)
    before: Before | None = None

    @property
    def light(self) -> Light | None:
        return light_of(self.row)

    @property
    def leading(self) -> Row | None:
        """The first indicator with a history."""
        return next((row for row in self.indicators if row.node.id in self.histories), None)

    @property
    def readings(self) -> tuple[Reading, ...]:
        return self.histories[self.leading.node.id] if self.leading else ()


@dataclass(frozen=True, slots=True)
class UnitBelow:
    """A unit one level down: the lights of the goals it takes part in, and its absent values."""

    unit: Placed
    lights: Lights
    missing: int


@dataclass(frozen=True, slots=True)
class State:
    """`model` is None, and there are no areas, when the year has no steering model.

    `lights` counts all goals in view, `indicators` are those with a value to give, in order.
    `compared` says that the year before was asked for and had a plan; `gone` are titles of areas
    that only it has.
    """

    place: Place
    period: Period
    model: SteeringModel | None
    levels: tuple[Level, ...] = ()
    areas: tuple[Area, ...] = ()
    lights: Lights = field(default_factory=Lights)
    missing: int = 0
    indicators: tuple[Row, ...] = ()
    periodicities: frozenset[str] = frozenset()
    below: tuple[UnitBelow, ...] = ()
    latest: tuple[Change, ...] = ()
    gone: tuple[str, ...] = ()
    compared: bool = False


@permit("goals.read")
async def state_of(work: Work, *, unit_id: UUID, period: Period, compare: bool = False) -> State:
    """The state in a fixed number of statements; with `compare` the year before is read too.

    Raises NotFound for a unit that the municipality does not have.
    """
    place = await place_of(work, unit_id=unit_id, period=period)
    model, levels = await model_with_levels(work, year=period.year)
    if model is None:
        return State(place, period, None)
    (children,) = await units.children(work, [unit_id], on=period.nearest(work.today))
    rows = await rows_of_views(
        work, _lineages(place, children), period=period, model=model, levels=levels
    )
    owners = {unit.id: unit for unit in await units.placed(work, place.above)}
    areas = _areas(unit_id, rows, owners)
    shown = [_told(rows, unit_id, row) or row for row in _goals(rows[unit_id])]
    state = State(
        place=place,
        period=period,
        model=model,
        levels=levels,
        areas=await _with_history(work, areas, unit_id, period),
        lights=Lights(light_of(row) for row in shown),
        missing=_missing(rows[unit_id]),
        indicators=tuple(row for row in rows[unit_id] if row.indicator and row.due),
        periodicities=frozenset(
            row.indicator.periodicity for row in rows[unit_id] if row.indicator
        ),
        below=tuple(_below(unit, rows[unit.id]) for unit in children),
        latest=await latest_changes(work, model.id, [place.unit.id, *(c.id for c in children)]),
    )
    return await _compared(work, state) if compare else state


def light_of(row: Row) -> Light | None:
    return row.verdict.light if row.verdict else None


def below_in(rows: Sequence[Row], top: Row) -> tuple[Row, ...]:
    """What stands below a row: rows are depth first."""
    start = next(at for at, row in enumerate(rows) if row.node.id == top.node.id) + 1
    end = start
    while end < len(rows) and rows[end].depth > top.depth:
        end += 1
    return tuple(rows[start:end])


def takes_part(rows: Sequence[Row], goal: Row) -> bool:
    """Whether the unit whose view this is has a say in the light of a goal."""
    if not goal.inherited or (goal.verdict and goal.verdict.hand):
        return True
    return any(
        not row.inherited or (row.values is not None and row.values.total is not None)
        for row in below_in(rows, goal)
        if row.verdict
    )


def _lineages(place: Place, children: Sequence[Placed]) -> dict[UUID, Sequence[UUID]]:
    """The unit, those above it, and those right below it."""
    found: dict[UUID, Sequence[UUID]] = {
        unit_id: place.above[at:] for at, unit_id in enumerate(place.above)
    }
    return found | {child.id: (child.id, *place.above) for child in children}


def _areas(
    unit_id: UUID, rows: Mapping[UUID, Sequence[Row]], owners: Mapping[UUID, Placed]
) -> tuple[Area, ...]:
    areas = []
    for goal in _goals(rows[unit_id]):
        if goal.depth:
            continue
        told = _told(rows, unit_id, goal)
        view = rows[told.node.unit_id] if told else rows[unit_id]
        below = [row for row in below_in(view, told or goal) if told or _counts(view, row)]
        areas.append(
            Area(
                row=told or goal,
                told_by=owners.get(told.node.unit_id) if told else None,
                goals=tuple(row for row in below if row.node.kind is NodeKind.GOAL and row.due),
                indicators=tuple(row for row in below if row.indicator and row.due),
                missing=sum(len(row.missing) for row in below),
            )
        )
    return tuple(areas)


def _goals(rows: Sequence[Row]) -> list[Row]:
    return [row for row in rows if row.node.kind is NodeKind.GOAL]


def _told(rows: Mapping[UUID, Sequence[Row]], unit_id: UUID, goal: Row) -> Row | None:
    """The goal as its owner sees it, when this unit takes no part in it."""
    if takes_part(rows[unit_id], goal):
        return None
    owner = rows.get(goal.node.unit_id, ())
    return next((row for row in owner if row.node.id == goal.node.id), None)


def _counts(rows: Sequence[Row], row: Row) -> bool:
    """Whether it is this unit's to answer for."""
    if row.indicator:
        return not row.inherited or (row.values is not None and row.values.total is not None)
    return row.node.kind is NodeKind.GOAL and takes_part(rows, row)


def _missing(rows: Sequence[Row]) -> int:
    return sum(len(row.missing) for row in rows if row.missing and _counts(rows, row))


def _below(unit: Placed, rows: Sequence[Row]) -> UnitBelow:
    own = [row for row in _goals(rows) if takes_part(rows, row)]
    return UnitBelow(unit, Lights(light_of(row) for row in own), _missing(rows))


async def _with_history(
    work: Work, areas: Sequence[Area], unit_id: UUID, period: Period
) -> tuple[Area, ...]:
    """Each area with what its indicators have been before."""
    measured = [
        Measured(row.node, row.indicator, area.told_by.id if area.told_by else unit_id)
        for area in areas
        for row in area.indicators
        if row.indicator
    ]
    series = await series_of(work, measured, unit_id=unit_id, year=period.year)
    found = []
    for area in areas:
        at = area.told_by.id if area.told_by else unit_id
        histories = {
            row.node.id: readings
            for row in area.indicators
            if has_history(
                readings := with_current(
                    series[row.node.id], row.values, node_id=row.node.id, unit_id=at
                )
            )
        }
        found.append(replace(area, histories=histories))
    return tuple(found)


def has_history(readings: Sequence[Reading]) -> bool:
    return sum(reading.total is not None for reading in readings) > 1


async def _compared(work: Work, state: State) -> State:
    """With the areas of the year before: the same wording on a level with the same key."""
    period = state.period.same_last_year()
    model, levels = await model_with_levels(work, year=period.year)
    if model is None:
        return state
    unit_id = state.place.unit.id
    above = await units.ancestors(work, unit_id, on=period.nearest(work.today)) or [unit_id]
    lineages = {id: above[at:] for at, id in enumerate(above)}
    rows = await rows_of_views(work, lineages, period=period, model=model, levels=levels)
    before = {
        _name(row): Before(light_of(_told(rows, unit_id, row) or row))
        for row in _goals(rows[unit_id])
        if not row.depth
    }
    now = {_name(area.row) for area in state.areas}
    return replace(
        state,
        compared=True,
        areas=tuple(replace(area, before=before.get(_name(area.row))) for area in state.areas),
        gone=tuple(
            row.node.title
            for row in _goals(rows[unit_id])
            if not row.depth and _name(row) not in now
        ),
    )


def _name(row: Row) -> tuple[str, str]:
    return row.level.key, row.node.title.lower()
