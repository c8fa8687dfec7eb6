"""How indicators have gone over the years, also through reorganisations and new plans."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from functools import cache
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import ARRAY, Select, Text, any_, bindparam, func, select

from .....authz.permit import permit
from .....infra.periods import Period, parse_period
from .....tenants.prepared import TENANT, among, read
from .....tenants.tree.reorganising import predecessors
from .....tenants.work import Work
from ..models import Indicator, NodeKind, Outcome, PlanNode, SteeringModel
from .analysis import Values


class Reading(NamedTuple):
    """The values of an indicator for a period, and whose they are: a unit that was merged into
    this one since, or the indicator of the same name in an earlier plan, may have given them."""

    period: Period
    total: Decimal | None
    women: Decimal | None
    men: Decimal | None
    target: Decimal | None
    node_id: UUID
    unit_id: UUID
    source: str
    consolidated: bool = False
    """Put together from what other units have given."""


class Measured(NamedTuple):
    """An indicator, and the unit whose values are asked for."""

    node: PlanNode
    indicator: Indicator
    unit_id: UUID


@permit("goals.read")
async def series_of(
    work: Work, measured: Sequence[Measured], *, unit_id: UUID, year: int
) -> dict[UUID, tuple[Reading, ...]]:
    """As `series_at`, by node, for indicators that are each asked for at one unit."""
    found = await series_at(work, measured, unit_id=unit_id, year=year)
    return {node_id: readings for (node_id, _unit), readings in found.items()}


@permit("goals.read")
async def series_at(
    work: Work, measured: Sequence[Measured], *, unit_id: UUID, year: int
) -> dict[tuple[UUID, UUID], tuple[Reading, ...]]:
    """By node and unit: the readings, the oldest first, in three statements however many there are.

    An indicator carries on those of earlier years' plans that have its wording, measure unit and
    periodicity at its unit. What `unit_id` carries on since mergers counts where it is the only
    value for a period.
    """
    if not measured:
        return {}
    line = {related.unit_id for related in await predecessors(work, unit_id)}
    namesakes = await _namesakes(work, measured, unit_id, line, year)
    outcomes = await read(
        work,
        _outcomes(),
        nodes=[one.id for found in namesakes.values() for one in found],
        units=list(line | {one.unit_id for one in measured}),
    )
    by_node: dict[UUID, list[_Given]] = {}
    for outcome in map(_Given._make, outcomes):
        by_node.setdefault(outcome.node_id, []).append(outcome)
    return {
        (one.node.id, one.unit_id): tuple(
            _joined(
                [
                    outcome
                    for sake in namesakes[one.node.id]
                    for outcome in by_node.get(sake.id, ())
                ],
                at=one.unit_id,
                line=line if one.unit_id == unit_id else set(),
            )
        )
        for one in measured
    }


class _Given(NamedTuple):
    """What is read of an outcome: hundreds of them are shown, and none is changed."""

    node_id: UUID
    unit_id: UUID
    period: str
    total: Decimal | None
    women: Decimal | None
    men: Decimal | None
    target: Decimal | None
    source: str


class _Namesake(NamedTuple):
    id: UUID
    year: int


async def _namesakes(
    work: Work, measured: Sequence[Measured], unit_id: UUID, line: set[UUID], year: int
) -> dict[UUID, list[_Namesake]]:
    """By node: itself, and what it carries on from earlier plans, the latest first."""
    titles = {one.node.title.lower() for one in measured}
    owners = {one.node.unit_id for one in measured} | line
    rows = await read(work, _earlier(), year=year, owners=list(owners), titles=list(titles))
    found: dict[tuple[object, ...], list[_Namesake]] = {}
    for id, title, owner, measure_unit, periodicity, of_year in rows:
        owner = unit_id if owner in line else owner
        key = (title, owner, measure_unit, periodicity)
        found.setdefault(key, []).append(_Namesake(id, of_year))
    return {
        one.node.id: [_Namesake(one.node.id, year), *found.get(_key(one), ())] for one in measured
    }


@cache
def _outcomes() -> Select[*tuple[Any, ...]]:
    return (
        select(*(getattr(Outcome, name) for name in _Given._fields))
        .where(
            Outcome.tenant_id == TENANT,
            among(Outcome.node_id, "nodes"),
            among(Outcome.unit_id, "units"),
        )
        .order_by(Outcome.node_id, Outcome.unit_id, Outcome.period)
    )


@cache
def _earlier() -> Select[UUID, str, UUID, str, str, int]:
    """The indicators of plans before a year that have one of the titles."""
    title = func.lower(PlanNode.title)
    return (
        select(
            PlanNode.id,
            title,
            PlanNode.unit_id,
            Indicator.measure_unit,
            Indicator.periodicity,
            SteeringModel.year,
        )
        .join(SteeringModel, SteeringModel.id == PlanNode.model_id)
        .join(Indicator, Indicator.id == PlanNode.id)
        .where(
            *(model.tenant_id == TENANT for model in (PlanNode, SteeringModel, Indicator)),
            SteeringModel.year < bindparam("year", type_=SteeringModel.year.type),
            PlanNode.kind == NodeKind.INDICATOR,
            among(PlanNode.unit_id, "owners"),
            title == any_(bindparam("titles", type_=ARRAY(Text()))),
        )
        .order_by(SteeringModel.year.desc(), PlanNode.id)
    )


def _key(one: Measured) -> tuple[object, ...]:
    node, indicator = one.node, one.indicator
    return node.title.lower(), node.unit_id, indicator.measure_unit, indicator.periodicity


def _joined(outcomes: Iterable[_Given], *, at: UUID, line: set[UUID]) -> Iterator[Reading]:
    """One reading a period: the unit's own of the latest plan, else the only one it carries on."""
    own: dict[Period, _Given] = {}
    carried: dict[Period, dict[UUID, _Given]] = {}
    for outcome in outcomes:  # the latest plan first
        period = parse_period(outcome.period)
        if outcome.unit_id == at:
            own.setdefault(period, outcome)
        elif outcome.unit_id in line:
            carried.setdefault(period, {}).setdefault(outcome.unit_id, outcome)
    for period in sorted({*own, *carried}):
        before = list(carried.get(period, {}).values())
        found = own.get(period) or (before[0] if len(before) == 1 else None)
        if found is not None:
            yield Reading(
                period=period,
                total=found.total,
                women=found.women,
                men=found.men,
                target=found.target,
                node_id=found.node_id,
                unit_id=found.unit_id,
                source=found.source,
            )


def with_current(
    readings: Sequence[Reading], values: Values | None, *, node_id: UUID, unit_id: UUID
) -> tuple[Reading, ...]:
    """With the values of this period where they are put together from other units, which no
    reading has."""
    if values is None or not values.consolidated:
        return tuple(readings)
    period = parse_period(values.period)
    current = Reading(
        period=period,
        total=values.total,
        women=values.women,
        men=values.men,
        target=values.target,
        node_id=node_id,
        unit_id=unit_id,
        source="",
        consolidated=True,
    )
    others = (reading for reading in readings if reading.period != period)
    return tuple(sorted([*others, current], key=lambda reading: reading.period))


def as_shown(
    series: Mapping[UUID, Sequence[Reading]], node_id: UUID, *, most: int
) -> Sequence[Reading]:
    """The last readings of a node, as many as fit in a small picture."""
    return series.get(node_id, ())[-most:]
