"""What a unit sees of the red thread in a period, and what it has entered there."""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, case, func, or_, select

from ....authz.permit import permit
from ....infra.errors import NotFound
from ....infra.i18n import _
from ....infra.periods import Period, PeriodKind, due_period
from ....tenants import units
from ....tenants.models import Unit, UnitVersion
from ....tenants.work import Work
from .models import (
    Activity,
    HandLight,
    Indicator,
    Level,
    NodeComment,
    Outcome,
    PlanNode,
    Spread,
    SteeringModel,
)


@dataclass(frozen=True, slots=True)
class Place:
    """A unit as it stood in a period; `above` holds the unit itself and all above, nearest first.

    The tree is that of the period's last day, or today's within a period that has not ended, or
    the first day's of one that has not begun.
    """

    unit: Unit
    name: str
    above: tuple[UUID, ...]


@dataclass(frozen=True, slots=True)
class Seen:
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
    day = min(max(work.today, period.start), period.end)
    then = and_(
        UnitVersion.valid_from <= day,
        or_(UnitVersion.valid_to.is_(None), UnitVersion.valid_to > day),
    )
    named = (
        select(Unit, UnitVersion.name)
        .join(
            UnitVersion,
            and_(UnitVersion.unit_id == Unit.id, UnitVersion.tenant_id == Unit.tenant_id),
        )
        .where(Unit.id == unit_id)
        .order_by(then.desc(), UnitVersion.valid_from.desc())
        .limit(1)
    )
    found = await work.rows(named)
    if not found:
        raise NotFound(_("It does not exist, or you may not see it."))
    unit, name = found[0]
    above = await units.ancestors(work, unit_id, on=day)
    return Place(unit, name, tuple(above) or (unit_id,))


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
        raise NotFound(_("It does not exist, or you may not see it."))
    model = rows[0][0] if rows else None
    return model, tuple(level for owner, level in rows if owner is model and level is not None)


@permit("goals.read")
async def nodes_in_view(
    work: Work, *, place: Place, period: Period, model: SteeringModel, levels: Sequence[Level]
) -> list[Seen]:
    """What the unit owns and what the units above let it see, depth first; one or two statements.

    Siblings come by the position of their level, then their own, then their title in Swedish
    order. A copy whose parent is not in view stands where its origin's parent has its place.
    """
    unit_id = place.unit.id
    visible = [level.id for level in levels if level.spread is Spread.VISIBLE]
    statement = (
        _with_what_was_entered(unit_id, period)
        .where(
            PlanNode.model_id == model.id,
            or_(
                PlanNode.unit_id == unit_id,
                and_(PlanNode.unit_id.in_(place.above), PlanNode.level_id.in_(visible)),
            ),
        )
        .order_by(PlanNode.position, func.sv_key(PlanNode.title), PlanNode.id)
        # What this work has just written by a bulk statement counts, not what it read before.
        .execution_options(populate_existing=True)
    )
    rows = [_Loaded(*row) for row in await work.rows(statement)]
    lost = await _parents_of_origins(work, rows)
    return _depth_first(rows, levels, unit_id, lost)


def due_code(period: Period) -> ColumnElement[str]:
    """SQL for the code of the period that an indicator's values are for when `period` ends."""
    codes = {kind.value: str(due) for kind in PeriodKind if (due := due_period(kind, period))}
    return case(codes, value=Indicator.periodicity)


def _with_what_was_entered(
    unit_id: UUID, period: Period
) -> Select[PlanNode, Indicator, Activity, Outcome, NodeComment, HandLight]:
    return (
        select(PlanNode, Indicator, Activity, Outcome, NodeComment, HandLight)
        .outerjoin(Indicator, _same(Indicator, Indicator.id))
        .outerjoin(Activity, _same(Activity, Activity.id))
        .outerjoin(
            Outcome,
            and_(
                _same(Outcome, Outcome.node_id),
                Outcome.unit_id == unit_id,
                Outcome.period == due_code(period),
            ),
        )
        .outerjoin(
            NodeComment,
            and_(
                _same(NodeComment, NodeComment.node_id),
                NodeComment.unit_id == unit_id,
                NodeComment.period == str(period),
            ),
        )
        .outerjoin(
            HandLight,
            and_(
                _same(HandLight, HandLight.node_id),
                HandLight.unit_id == unit_id,
                HandLight.period == str(period),
                HandLight.taken_back_at.is_(None),
            ),
        )
    )


def _same(
    entity: type[Indicator | Activity | Outcome | NodeComment | HandLight], id: object
) -> ColumnElement[bool]:
    return and_(entity.tenant_id == PlanNode.tenant_id, PlanNode.id == id)


class _Loaded(NamedTuple):
    node: PlanNode
    indicator: Indicator | None
    activity: Activity | None
    outcome: Outcome | None
    comment: NodeComment | None
    hand: HandLight | None


async def _parents_of_origins(work: Work, rows: Sequence[_Loaded]) -> dict[UUID, UUID | None]:
    """For the origins of copies without a parent in view: what those stand below."""
    known = {row.node.id for row in rows}
    origins = {
        row.node.origin_id
        for row in rows
        if row.node.origin_id is not None and row.node.parent_id not in known
    }
    if not origins:
        return {}
    found = select(PlanNode.id, PlanNode.parent_id).where(PlanNode.id.in_(origins))
    return {row.id: row.parent_id for row in await work.rows(found)}


def _depth_first(
    rows: Sequence[_Loaded],
    levels: Sequence[Level],
    unit_id: UUID,
    lost: Mapping[UUID, UUID | None],
) -> list[Seen]:
    loaded = {row.node.id: row for row in rows}
    level_of = {level.id: level for level in levels}
    copies = {row.node.origin_id: id for id, row in loaded.items() if row.node.origin_id}
    below: dict[UUID | None, list[_Loaded]] = {}
    for row in loaded.values():
        origin_parent_id = lost.get(row.node.origin_id) if row.node.origin_id else None
        above = _parent_in_view(row.node, origin_parent_id, loaded.keys(), copies)
        below.setdefault(above, []).append(row)
    for siblings in below.values():
        siblings.sort(key=lambda row: level_of[row.node.level_id].position)
    seen: list[Seen] = []
    waiting: list[tuple[_Loaded, UUID | None, int]] = [
        (row, None, 0) for row in reversed(below.get(None, []))
    ]
    while waiting:
        row, parent_id, depth = waiting.pop()
        node = row.node
        seen.append(
            Seen(
                node=node,
                level=level_of[node.level_id],
                depth=depth,
                parent_id=parent_id,
                inherited=node.unit_id != unit_id,
                indicator=row.indicator,
                activity=row.activity,
                outcome=row.outcome,
                comment=row.comment,
                hand=row.hand,
            )
        )
        waiting.extend((child, node.id, depth + 1) for child in reversed(below.get(node.id, [])))
    return seen


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
