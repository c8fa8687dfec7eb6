"""The views of several units at once, judged: what someone answers for, however large it is."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeVar
from uuid import UUID

from sqlalchemy import and_, func, or_, select
from sqlalchemy.orm import aliased

from .....authz.permit import permit
from .....infra.periods import Period
from .....tenants.work import Work
from ..models import (
    JUDGED,
    HandLight,
    Indicator,
    Level,
    NodeKind,
    Outcome,
    PlanNode,
    Spread,
    SteeringModel,
)
from ..view.consolidation import Copy
from ..view.view import FRESH, Entered, Seen, among, depth_first, due_codes
from .analysis import Row, added_up, judged_rows

M = TypeVar("M", Outcome, HandLight)

Lineages = Mapping[UUID, Sequence[UUID]]
"""By unit: itself and all above it."""


@permit("goals.read")
async def rows_of_views(
    work: Work, lineages: Lineages, *, period: Period, model: SteeringModel, levels: Sequence[Level]
) -> dict[UUID, tuple[Row, ...]]:
    """The goals, indicators and assignments of each unit's goal analysis, without comments.

    As many statements for a hundred units as for one.
    """
    ground = await _ground(work, lineages, period=period, model=model, levels=levels)
    views = {unit_id: _view(ground, levels, unit_id, line) for unit_id, line in lineages.items()}
    copies = await added_up(
        work, [item for view in views.values() for items in view for item in items], period
    )
    return {
        unit_id: judged_rows(seen, hidden, _own(copies, seen), period)
        for unit_id, (seen, hidden) in views.items()
    }


@dataclass(slots=True)
class _Ground:
    """All that stands in any of the views; values and lights by node and unit."""

    nodes: Sequence[PlanNode]
    lost: dict[UUID, UUID | None]
    below: dict[UUID, list[PlanNode]] = field(default_factory=dict)
    indicators: dict[UUID, Indicator] = field(default_factory=dict)
    outcomes: dict[tuple[UUID, UUID], Outcome] = field(default_factory=dict)
    hands: dict[tuple[UUID, UUID], HandLight] = field(default_factory=dict)


async def _ground(
    work: Work, lineages: Lineages, *, period: Period, model: SteeringModel, levels: Sequence[Level]
) -> _Ground:
    above = {unit_id for line in lineages.values() for unit_id in line}
    visible = [level.id for level in levels if level.spread is Spread.VISIBLE]
    nodes = await work.scalars(
        select(PlanNode)
        .where(
            PlanNode.model_id == model.id,
            PlanNode.kind != NodeKind.ACTIVITY,
            or_(
                PlanNode.unit_id.in_(set(lineages)),
                and_(PlanNode.unit_id.in_(above), PlanNode.level_id.in_(visible)),
            ),
        )
        .order_by(PlanNode.position, func.sv_key(PlanNode.title), PlanNode.id)
        .execution_options(**FRESH)
    )
    ground = _Ground(nodes, await _parents_of_origins(work, nodes))
    if not nodes:
        return ground
    own = [node.id for node in nodes if node.unit_id in lineages and node.kind in JUDGED]
    for node in await _below(work, own):
        if node.parent_id:
            ground.below.setdefault(node.parent_id, []).append(node)
    hidden = [node for nodes in ground.below.values() for node in nodes]
    await _read_entered(work, ground, [*nodes, *hidden], set(lineages), period)
    return ground


async def _parents_of_origins(work: Work, nodes: Sequence[PlanNode]) -> dict[UUID, UUID | None]:
    origins = [node.origin_id for node in nodes if node.origin_id]
    if not origins:
        return {}
    found = select(PlanNode.id, PlanNode.parent_id).where(among(PlanNode.id, origins))
    return {row.id: row.parent_id for row in await work.rows(found)}


async def _below(work: Work, ids: Sequence[UUID]) -> Sequence[PlanNode]:
    """What any unit has put below these to judge them by; copies are answered for by origins."""
    judged = and_(PlanNode.kind.in_(JUDGED), PlanNode.origin_id.is_(None))
    below = (
        select(PlanNode.id)
        .where(PlanNode.tenant_id == work.tenant.id, among(PlanNode.parent_id, ids), judged)
        .cte("below", recursive=True)
    )
    node = aliased(PlanNode)
    below = below.union(
        select(node.id)
        .join(below, node.parent_id == below.c.id)
        .where(node.tenant_id == work.tenant.id, node.kind.in_(JUDGED), node.origin_id.is_(None))
    )
    return await work.scalars(
        select(PlanNode)
        .join(below, below.c.id == PlanNode.id)
        .order_by(PlanNode.position, func.sv_key(PlanNode.title), PlanNode.id)
        .execution_options(**FRESH)
    )


async def _read_entered(
    work: Work, ground: _Ground, nodes: Sequence[PlanNode], units: set[UUID], period: Period
) -> None:
    ids = list({node.id for node in nodes})
    at = units | {node.unit_id for node in nodes}
    indicators = select(Indicator).where(among(Indicator.id, ids)).execution_options(**FRESH)
    ground.indicators = {row.id: row for row in await work.scalars(indicators)}
    codes = due_codes(period)
    outcomes = select(Outcome).where(
        among(Outcome.node_id, ids), Outcome.unit_id.in_(at), Outcome.period.in_(codes.values())
    )
    for outcome in await work.scalars(outcomes.execution_options(**FRESH)):
        indicator = ground.indicators[outcome.node_id]
        if outcome.period == codes.get(indicator.periodicity):
            ground.outcomes[outcome.node_id, outcome.unit_id] = outcome
    hands = select(HandLight).where(
        among(HandLight.node_id, ids),
        HandLight.unit_id.in_(at),
        HandLight.period == str(period),
        HandLight.taken_back_at.is_(None),
    )
    for hand in await work.scalars(hands.execution_options(**FRESH)):
        ground.hands[hand.node_id, hand.unit_id] = hand


def _view(
    ground: _Ground, levels: Sequence[Level], unit_id: UUID, line: Sequence[UUID]
) -> tuple[list[Seen], list[Seen]]:
    """What the unit sees, depth first, and what others have put under its own; as `view` has it."""
    level_of = {level.id: level for level in levels}
    nodes = [
        node
        for node in ground.nodes
        if node.unit_id == unit_id
        or (node.unit_id in line and level_of[node.level_id].spread is Spread.VISIBLE)
    ]
    entered = Entered(
        indicators=ground.indicators,
        outcomes=_at(ground.outcomes, nodes, unit_id),
        hands=_at(ground.hands, nodes, unit_id),
    )
    seen = depth_first(nodes, entered, levels, unit_id, ground.lost)
    hidden = [
        Seen(
            node=node,
            level=level_of[node.level_id],
            depth=0,
            parent_id=node.parent_id,
            inherited=False,
            indicator=ground.indicators.get(node.id),
            activity=None,
            outcome=ground.outcomes.get((node.id, node.unit_id)),
            comment=None,
            hand=ground.hands.get((node.id, node.unit_id)),
        )
        for node in _hidden(ground, nodes, unit_id)
    ]
    return seen, hidden


def _at(
    entered: Mapping[tuple[UUID, UUID], M], nodes: Sequence[PlanNode], unit_id: UUID
) -> dict[UUID, M]:
    """By node: what was entered at the unit."""
    return {node.id: entered[key] for node in nodes if (key := (node.id, unit_id)) in entered}


def _hidden(ground: _Ground, nodes: Sequence[PlanNode], unit_id: UUID) -> Iterator[PlanNode]:
    """What stands under the unit's own from the first node of another unit on, parents first."""
    waiting = [
        child
        for node in nodes
        if node.unit_id == unit_id and node.kind in JUDGED
        for child in ground.below.get(node.id, [])
        if child.unit_id != unit_id
    ]
    for node in waiting:  # grows as it is walked
        yield node
        waiting.extend(ground.below.get(node.id, []))


def _own(copies: Mapping[UUID, Sequence[Copy]], seen: Sequence[Seen]) -> dict[UUID, Sequence[Copy]]:
    """The copies of what is not inherited in this view: only its own unit adds them up."""
    inherited = {item.node.id for item in seen if item.inherited}
    return {id: standing for id, standing in copies.items() if id not in inherited}
