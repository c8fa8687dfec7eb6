"""A steering model carried on to another year: its levels, and what stands in it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select

from .....authz.permit import permit
from .....infra.periods import check_year
from .....tenants.rows import uuid7
from .....tenants.tree.units import tree
from .....tenants.work import Work
from ..live import tell_nodes
from ..models import Activity, Indicator, Level, PlanNode, SteeringModel
from ..places import day_of
from ..settings import goal_settings
from .design import free_name, levels_of
from .locks import require_open


@dataclass(frozen=True, slots=True)
class CopiedModel:
    """The new model, how many nodes came along, and how many stayed behind.

    Left behind are closed activities, and what belongs to units that the new year does not have.
    """

    model: SteeringModel
    copied: int = 0
    left_behind: int = 0


@permit("goals.design")
async def copy_model(
    work: Work, model_id: UUID, *, year: int | None = None, with_nodes: bool = True
) -> CopiedModel:
    """The same levels and lights in another year (the next when None), under the same name.

    With nodes come goals, indicators, assignments and open activities, with who answers for them;
    no outcomes, targets, comments, checkpoints or lights set by hand. The old year may be locked.
    """
    old = await work.get(SteeringModel, model_id)
    year = old.year + 1 if year is None else year
    check_year(year)
    await require_open(work, year)
    name = await free_name(work, old.name, year)
    new = SteeringModel(year=year, name=name, lights=old.lights)
    work.add(new)
    await work.flush()
    levels = await _copy_levels(work, old, new)
    if not with_nodes:
        return CopiedModel(new)
    standing = await work.scalars(
        select(PlanNode).where(PlanNode.model_id == old.id).order_by(PlanNode.id)
    )
    chosen = await _chosen(work, standing, year)
    await _copy_nodes(work, old, levels, chosen)
    await work.flush()
    return CopiedModel(new, len(chosen), len(standing) - len(chosen))


async def _copy_levels(work: Work, old: SteeringModel, new: SteeringModel) -> dict[UUID, Level]:
    """The new levels by the ids of the old ones."""
    copies = {
        level.id: Level(
            id=uuid7(),
            model_id=new.id,
            **{column: getattr(level, column) for column in LEVEL_COLUMNS},
        )
        for level in await levels_of(work, old.id)
    }
    work.add(*copies.values())
    await work.flush()
    return copies


LEVEL_COLUMNS = (
    "key", "position", "kind", "name", "parents", "unit_kinds", "spread", "light_rule",
    "hand_lights",
)  # fmt: skip
INDICATOR_COLUMNS = (
    "measure_unit", "decimals", "direction", "green_limit", "yellow_limit", "periodicity",
    "by_sex", "source", "consolidation",
)  # fmt: skip
ACTIVITY_COLUMNS = ("state", "state_by", "state_at", "starts_on", "ends_on")


async def _chosen(work: Work, nodes: Sequence[PlanNode], year: int) -> list[PlanNode]:
    """What comes along, parents before children."""
    units = {unit.id for unit in await tree(work, on=day_of(work, year))}
    closed = (await goal_settings(work)).closed()
    finished = set(await work.scalars(select(Activity.id).where(Activity.state.in_(closed))))
    below: dict[UUID | None, list[PlanNode]] = {}
    for node in nodes:
        if node.unit_id in units and node.id not in finished:
            below.setdefault(node.parent_id, []).append(node)
    chosen = below.get(None, [])
    for node in chosen:  # grows as it is walked
        chosen.extend(below.get(node.id, []))
    return chosen


async def _copy_nodes(
    work: Work, old: SteeringModel, levels: Mapping[UUID, Level], nodes: Sequence[PlanNode]
) -> None:
    ids = {node.id: uuid7() for node in nodes}
    copies = {
        node.id: PlanNode(
            id=ids[node.id],
            model_id=levels[node.level_id].model_id,
            level_id=levels[node.level_id].id,
            kind=node.kind,
            unit_id=node.unit_id,
            parent_id=ids[node.parent_id] if node.parent_id else None,
            title=node.title,
            description=node.description,
            position=node.position,
            responsible_id=node.responsible_id,
            local=node.local,
            changed_by=work.actor.id,
        )
        for node in nodes
    }
    work.add(*copies.values())
    await work.flush()
    # An origin may have been made after what now hangs on it, so the links come last.
    for node in nodes:
        if node.origin_id in ids:
            copies[node.id].origin_id = ids[node.origin_id]
    work.add(*await _details(work, old, ids))
    await tell_nodes(work, *copies.values())


async def _details(
    work: Work, old: SteeringModel, ids: Mapping[UUID, UUID]
) -> list[Indicator | Activity]:
    kinds: tuple[tuple[type[Indicator] | type[Activity], tuple[str, ...]], ...] = (
        (Indicator, INDICATOR_COLUMNS),
        (Activity, ACTIVITY_COLUMNS),
    )
    return [
        kind(id=ids[row.id], **{column: getattr(row, column) for column in columns})
        for kind, columns in kinds
        for row in await work.scalars(
            select(kind)
            .join(PlanNode, (PlanNode.id == kind.id) & (PlanNode.tenant_id == kind.tenant_id))
            .where(PlanNode.model_id == old.id)
        )
        if row.id in ids
    ]
