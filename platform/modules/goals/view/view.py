"""What a unit sees of the red thread in a period, and what it has entered there."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence, Set
from dataclasses import dataclass, field
from typing import NamedTuple, TypeVar, cast
from uuid import UUID

from sqlalchemy import (
    ARRAY,
    ColumnElement,
    Select,
    Uuid,
    and_,
    any_,
    literal,
    select,
)
from sqlalchemy.orm import InstrumentedAttribute

from .....authz.permit import permit
from .....infra.errors import NotFound
from .....infra.periods import Period, PeriodKind, due_period
from .....tenants.prepared import read
from .....tenants.rows import TenantRow
from .....tenants.tree import units
from .....tenants.tree.units import Placed
from .....tenants.work import Work
from ..models import (
    JUDGED,
    Activity,
    HandLight,
    Indicator,
    Level,
    NodeComment,
    NodeKind,
    Outcome,
    PlanNode,
    Spread,
    SteeringModel,
)
from . import statements

S = TypeVar("S", NodeComment, HandLight)
M = TypeVar("M", bound=TenantRow)

# What this work has just written by a bulk statement counts, not what it read before.
FRESH = {"populate_existing": True}


@dataclass(frozen=True, slots=True)
class Place:
    """A unit as it stood in a period; `above` holds the unit itself and all above, nearest first.

    The tree is that of the period's last day, or today's within a period that has not ended, or
    the first day's of one that has not begun.
    """

    unit: Placed
    name: str
    above: tuple[UUID, ...]


class Seen(NamedTuple):
    """A node with what the unit has entered on it for the period.

    `parent_id` is the node it stands below in this view, None at the top. `outcome` is the one for
    the indicator's own period that was due last.
    """

    node: PlanNode
    level: Level
    depth: int
    parent_id: UUID | None
    inherited: bool
    indicator: Indicator | None
    activity: Activity | None
    outcome: Outcome | None
    comment: NodeComment | None
    hand: HandLight | None


@permit("goals.read")
async def place_of(work: Work, *, unit_id: UUID, period: Period) -> Place:
    """Raises NotFound for a unit that the municipality does not have."""
    day = period.nearest(work.today)
    found = await units.placed(work, [unit_id], on=day)
    if not found:
        raise NotFound(field="unitId")
    above = await units.ancestors(work, unit_id, on=day)
    return Place(found[0], found[0].name, tuple(above) or (unit_id,))


@permit("goals.read")
async def model_with_levels(
    work: Work, *, year: int, model_id: UUID | None = None
) -> tuple[SteeringModel | None, tuple[Level, ...]]:
    """The model with this id, or the year's first one; its levels in order.

    Raises NotFound for an id that the municipality does not have; None when the year has no model.
    """
    chosen = SteeringModel.id == model_id if model_id else SteeringModel.year == year
    rows = await work.rows(
        select(SteeringModel, Level)
        .outerjoin(
            Level,
            and_(Level.model_id == SteeringModel.id, Level.tenant_id == SteeringModel.tenant_id),
        )
        .where(chosen)
        .order_by(SteeringModel.created_at, SteeringModel.id, Level.position)
    )
    if not rows and model_id:
        raise NotFound(field="modelId")
    model = rows[0][0] if rows else None
    return model, tuple(level for owner, level in rows if owner is model and level is not None)


@permit("goals.read")
async def nodes_in_view(
    work: Work,
    *,
    place: Place,
    period: Period,
    model: SteeringModel,
    levels: Sequence[Level],
    to_show: bool = False,
) -> list[Seen]:
    """What the unit owns and what the units above let it see, depth first.

    Siblings come by the position of their level, then their own, then their title in Swedish
    order. A copy whose parent is not in view stands where its origin's parent has its place.
    What is read only `to_show` it is no entity, see `_fresh`.
    """
    unit_id = place.unit.id
    visible = [level.id for level in levels if level.spread is Spread.VISIBLE]
    nodes = await _read(
        work,
        statements.in_view,
        to_show=to_show,
        model=model.id,
        unit=unit_id,
        above=place.above,
        levels=visible,
    )
    entered = await _entered(work, nodes, unit_id=unit_id, period=period, to_show=to_show)
    lost = await _parents_of_origins(work, nodes)
    return depth_first(nodes, entered, levels, unit_id, lost)


@permit("goals.read")
async def nodes_below(
    work: Work,
    seen: Sequence[Seen],
    *,
    place: Place,
    period: Period,
    levels: Sequence[Level],
    to_show: bool = False,
) -> list[Seen]:
    """What units below have put under the unit's own goals, with what each entered itself.

    It does not stand in the unit's view, but a goal is judged by all that stands below it. Copies
    are left out: their origins answer for them. Parents come before what stands below them.
    """
    own = [item.node.id for item in seen if item.node.kind in JUDGED and not item.inherited]
    if not own:
        return []
    nodes = await _read(work, statements.below, to_show=to_show, parents=own, unit=place.unit.id)
    entered = await _entered(work, nodes, unit_id=None, period=period, to_show=to_show)
    level_of = {level.id: level for level in levels}
    return [
        _seen(node, entered, level_of[node.level_id], 0, node.parent_id, inherited=False)
        for node in nodes
    ]


def due_codes(period: Period) -> dict[str, str]:
    """By periodicity: the code of the period that values are for when `period` ends."""
    return {kind.value: str(due) for kind in PeriodKind if (due := due_period(kind, period))}


@dataclass(slots=True)
class Entered:
    """What belongs to the nodes of a view, by their ids."""

    indicators: dict[UUID, Indicator] = field(default_factory=dict)
    activities: dict[UUID, Activity] = field(default_factory=dict)
    outcomes: dict[UUID, Outcome] = field(default_factory=dict)
    comments: dict[UUID, NodeComment] = field(default_factory=dict)
    hands: dict[UUID, HandLight] = field(default_factory=dict)


async def _entered(
    work: Work,
    nodes: Sequence[PlanNode],
    *,
    unit_id: UUID | None,
    period: Period,
    to_show: bool = False,
) -> Entered:
    """What the unit has entered on the nodes, or (None) each node's own unit.

    One statement a table. Joined, they take the square of the time wherever the database has no
    statistics yet of the municipality: it then goes through all its rows for each node."""
    found = Entered()
    at = {node.id: unit_id or node.unit_id for node in nodes}
    owners = list(set(at.values()))
    measured = [node.id for node in nodes if node.kind is NodeKind.INDICATOR]
    done = [node.id for node in nodes if node.kind is NodeKind.ACTIVITY]
    if measured:
        asked = await _read(work, statements.indicators, to_show=to_show, ids=measured)
        found.indicators = {row.id: row for row in asked}
        codes = due_codes(period)
        outcomes = await _read(
            work,
            statements.outcomes,
            to_show=to_show,
            nodes=measured,
            units=owners,
            periods=list(codes.values()),
        )
        for outcome in outcomes:
            indicator = found.indicators.get(outcome.node_id)
            due = indicator and outcome.period == codes.get(indicator.periodicity)
            if due and outcome.unit_id == at[outcome.node_id]:
                found.outcomes[outcome.node_id] = outcome
    if done:
        done_here = await _read(work, statements.activities, to_show=to_show, ids=done)
        found.activities = {row.id: row for row in done_here}
    if at:
        here = {"nodes": list(at), "units": owners, "period": str(period)}
        found.comments = _own(at, await _read(work, statements.comments, to_show=to_show, **here))
        found.hands = _own(at, await _read(work, statements.hands, to_show=to_show, **here))
    return found


def _own(at: Mapping[UUID, UUID], rows: Sequence[S]) -> dict[UUID, S]:
    """By node: what the node's unit in `at` has said of it."""
    return {row.node_id: row for row in rows if row.unit_id == at[row.node_id]}


async def _read(
    work: Work, make: Callable[[], Select[M]], *, to_show: bool, **values: object
) -> Sequence[M]:
    """Entities; or only `to_show`, rows with the same columns, which take a third of the time."""
    if to_show:
        return cast("Sequence[M]", await read(work, statements.rows_of(make), **values))
    asked = make().params(tenant=work.tenant.id, **values)
    return await work.scalars(asked.execution_options(**FRESH))


def among(
    column: InstrumentedAttribute[UUID] | InstrumentedAttribute[UUID | None], ids: Sequence[UUID]
) -> ColumnElement[bool]:
    """One parameter whatever the number, so that the statement stays the same."""
    return column == any_(literal(ids, ARRAY(Uuid())))


async def _parents_of_origins(work: Work, nodes: Sequence[PlanNode]) -> dict[UUID, UUID | None]:
    """For the origins of copies without a parent in view: what those stand below."""
    known = {node.id for node in nodes}
    origins = {
        node.origin_id
        for node in nodes
        if node.origin_id is not None and node.parent_id not in known
    }
    if not origins:
        return {}
    found = select(PlanNode.id, PlanNode.parent_id).where(PlanNode.id.in_(origins))
    return {row.id: row.parent_id for row in await work.rows(found)}


def depth_first(
    nodes: Sequence[PlanNode],
    entered: Entered,
    levels: Sequence[Level],
    unit_id: UUID,
    lost: Mapping[UUID, UUID | None],
) -> list[Seen]:
    level_of = {level.id: level for level in levels}
    known = {node.id for node in nodes}
    copies = {node.origin_id: node.id for node in nodes if node.origin_id}
    below: dict[UUID | None, list[PlanNode]] = {}
    for node in nodes:
        origin_parent_id = lost.get(node.origin_id) if node.origin_id else None
        above = _parent_in_view(node, origin_parent_id, known, copies)
        below.setdefault(above, []).append(node)
    for siblings in below.values():
        siblings.sort(key=lambda node: level_of[node.level_id].position)
    seen: list[Seen] = []
    waiting: list[tuple[PlanNode, UUID | None, int]] = [
        (node, None, 0) for node in reversed(below.get(None, []))
    ]
    while waiting:
        node, parent_id, depth = waiting.pop()
        level = level_of[node.level_id]
        inherited = node.unit_id != unit_id
        seen.append(_seen(node, entered, level, depth, parent_id, inherited=inherited))
        waiting.extend((child, node.id, depth + 1) for child in reversed(below.get(node.id, [])))
    return seen


def _seen(
    node: PlanNode,
    entered: Entered,
    level: Level,
    depth: int,
    parent_id: UUID | None,
    *,
    inherited: bool,
) -> Seen:
    id = node.id
    return Seen(
        node=node,
        level=level,
        depth=depth,
        parent_id=parent_id,
        inherited=inherited,
        indicator=entered.indicators.get(id),
        activity=entered.activities.get(id),
        outcome=entered.outcomes.get(id),
        comment=entered.comments.get(id),
        hand=entered.hands.get(id),
    )


def _parent_in_view(
    node: PlanNode, origin_parent_id: UUID | None, known: Set[UUID], copies: Mapping[UUID, UUID]
) -> UUID | None:
    """Its parent, or that one's copy here; for a copy, else where its origin's parent stands."""
    for wanted in (node.parent_id, origin_parent_id):
        if wanted is None:
            continue
        if wanted in known:
            return wanted
        if wanted in copies:
            return copies[wanted]
    return None
