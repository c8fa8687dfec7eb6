"""The plans of many units at once, as far as tasks are found in them."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import NamedTuple, TypeVar
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, func, or_, select

from .....tenants.rows import TenantRow
from .....tenants.work import Work
from ....asked import Asked
from ..models import (
    Activity,
    Indicator,
    Level,
    NodeComment,
    NodeKind,
    Outcome,
    PlanNode,
    Spread,
    SteeringModel,
    YearLock,
)
from ..view.view import among

EDIT = "goals.edit"

M = TypeVar("M", bound=TenantRow)


class Entered(NamedTuple):
    """The values of an indicator for a unit and period."""

    total: Decimal | None
    women: Decimal | None
    men: Decimal | None
    target: Decimal | None
    version: int


@dataclass(slots=True)
class Thread:
    """The plans of some years that are not locked, with what was entered for some periods.

    `years` are those of the models by id, `first` each year's first model. `distributed` are
    nodes that have copies; `taking_part` the units below that have given values, by node.
    """

    years: dict[UUID, int] = field(default_factory=dict)
    first: dict[int, UUID] = field(default_factory=dict)
    visible: set[UUID] = field(default_factory=set)
    """Levels that the units below see too."""
    nodes: Sequence[PlanNode] = ()
    at: dict[UUID, list[PlanNode]] = field(default_factory=dict)
    indicators: dict[UUID, Indicator] = field(default_factory=dict)
    activities: dict[UUID, Activity] = field(default_factory=dict)
    values: dict[tuple[UUID, UUID, str], Entered] = field(default_factory=dict)
    distributed: set[UUID] = field(default_factory=set)
    taking_part: dict[UUID, set[UUID]] = field(default_factory=dict)

    def in_view(self, asked: Asked, unit_id: UUID, year: int) -> Iterator[PlanNode]:
        """What the unit owns, and what the units above let it see, of the year's first model."""
        model_id = self.first.get(year)
        for at in asked.lineage(unit_id):
            for node in self.at.get(at, ()):
                if node.model_id == model_id and (at == unit_id or node.level_id in self.visible):
                    yield node


async def read_thread(
    work: Work, asked: Asked, *, years: Collection[int], codes: Collection[str]
) -> Thread:
    """The plans that those who are asked may have something to do in, in at most seven statements.

    `codes` are the periods whose values are read.
    """
    thread = Thread()
    await _read_models(work, thread, years)
    units = _units(asked)
    if not thread.years or not (units or asked.people):
        return thread
    own: ColumnElement[bool] = PlanNode.unit_id.in_(units)
    if asked.people is not None:
        own = or_(own, PlanNode.responsible_id.in_(asked.answering_for(asked.people)))
    thread.nodes = await work.scalars(
        select(PlanNode)
        .where(PlanNode.model_id.in_(thread.years), own)
        .order_by(PlanNode.position, func.sv_key(PlanNode.title), PlanNode.id)
    )
    for node in thread.nodes:
        thread.at.setdefault(node.unit_id, []).append(node)
    await _read_measures(work, thread, codes)
    return thread


async def read_comments(
    work: Work, nodes: Sequence[PlanNode], units: Collection[UUID], periods: Collection[str]
) -> set[tuple[UUID, UUID, str]]:
    """Node, unit and period of all comments that say something."""
    if not nodes:
        return set()
    said = select(NodeComment.node_id, NodeComment.unit_id, NodeComment.period).where(
        among(NodeComment.node_id, [node.id for node in nodes]),
        NodeComment.unit_id.in_(set(units)),
        NodeComment.period.in_(periods),
        func.btrim(NodeComment.text) != "",
    )
    return {(node_id, unit_id, period) for node_id, unit_id, period in await work.rows(said)}


def _units(asked: Asked) -> frozenset[UUID]:
    """Those where the wanted people are asked, and all above them."""
    units = asked.units(EDIT)
    return frozenset(above for unit_id in units for above in asked.lineage(unit_id))


async def _read_models(work: Work, thread: Thread, years: Collection[int]) -> None:
    open_years = and_(
        YearLock.year == SteeringModel.year, YearLock.tenant_id == SteeringModel.tenant_id
    )
    levels = and_(Level.model_id == SteeringModel.id, Level.tenant_id == SteeringModel.tenant_id)
    rows = await work.rows(
        select(SteeringModel.id, SteeringModel.year, Level.id, Level.spread)
        .join(Level, levels)
        .outerjoin(YearLock, open_years)
        .where(SteeringModel.year.in_(set(years)), YearLock.id.is_(None))
        .order_by(SteeringModel.created_at, SteeringModel.id)
    )
    for model_id, year, level_id, spread in rows:
        thread.years[model_id] = year
        thread.first.setdefault(year, model_id)
        if spread is Spread.VISIBLE:
            thread.visible.add(level_id)


async def _read_measures(work: Work, thread: Thread, codes: Collection[str]) -> None:
    measured = [node.id for node in thread.nodes if node.kind is NodeKind.INDICATOR]
    done = [node.id for node in thread.nodes if node.kind is NodeKind.ACTIVITY]
    if done:
        thread.activities = await _by_id(work, select(Activity).where(among(Activity.id, done)))
    if not measured:
        return
    thread.indicators = await _by_id(work, select(Indicator).where(among(Indicator.id, measured)))
    values = select(
        Outcome.node_id,
        Outcome.unit_id,
        Outcome.period,
        Outcome.total,
        Outcome.women,
        Outcome.men,
        Outcome.target,
        Outcome.version,
    ).where(among(Outcome.node_id, measured), Outcome.period.in_(codes))
    for row in await work.rows(values):
        thread.values[row[0], row[1], row[2]] = Entered(row[3], row[4], row[5], row[6], row[7])
    copies = select(PlanNode.origin_id).where(among(PlanNode.origin_id, measured)).distinct()
    thread.distributed = {id for id in await work.scalars(copies) if id is not None}
    owner = {node.id: node.unit_id for node in thread.nodes}
    given = select(Outcome.node_id, Outcome.unit_id).where(among(Outcome.node_id, measured))
    for node_id, unit_id in await work.rows(given.distinct()):
        if unit_id != owner[node_id]:
            thread.taking_part.setdefault(node_id, set()).add(unit_id)


async def _by_id(work: Work, statement: Select[M]) -> dict[UUID, M]:
    return {row.id: row for row in await work.scalars(statement)}
