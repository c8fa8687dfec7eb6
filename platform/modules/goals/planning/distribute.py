"""Own copies at other units of what stands on a level that is distributed downwards."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from uuid import UUID

from sqlalchemy import select

from .....authz.permit import permit
from .....infra.errors import Conflict, InvalidInput
from .....infra.i18n import _, in_language
from .....tenants.models import Unit
from .....tenants.rows import uuid7
from .....tenants.work import Work
from ..live import tell_nodes
from ..models import Activity, Indicator, Level, PlanNode, Spread, SteeringModel
from ..places import day_of, lineages, units_by_id
from ..settings import goal_settings
from ..steering.next_year import INDICATOR_COLUMNS
from .adding import check_unit_kind
from .editing import open_node

MOST_AT_ONCE = 1_000


@permit("goals.edit")
async def distribute_node(
    work: Work, node_id: UUID, *, unit_ids: Collection[UUID]
) -> list[PlanNode]:
    """A copy of the node at each of the units, in their order; one that is there already stays.

    A copy stands below what the units can see of the node's parent: the parent itself, or its own
    copy at the unit. Raises InvalidInput for a level that is visible downwards instead, or a unit
    that is not below the node's; Conflict where the parent has not been distributed first.
    """
    node = await open_node(work, node_id)
    level = await work.get(Level, node.level_id)
    model = await work.get(SteeringModel, node.model_id)
    wanted = list(dict.fromkeys(unit_ids))
    if not 1 <= len(wanted) <= MOST_AT_ONCE:
        raise InvalidInput(_("Choose 1 to {most} units.", most=MOST_AT_ONCE), field="unitIds")
    units = await units_by_id(work, wanted)
    await _check_units(work, node, level, model, [units[id] for id in wanted])
    standing = await _copies(work, node.id, wanted)
    missing = [id for id in wanted if id not in standing]
    parents = await _parents(work, node, [units[id] for id in missing])
    made = {id: _copy(work, node, id, parents[id]) for id in missing}
    work.add(*made.values())
    await work.flush()
    await _add_details(work, node, list(made.values()))
    await tell_nodes(work, *made.values())
    return [standing.get(id) or made[id] for id in wanted]


async def _check_units(
    work: Work, node: PlanNode, level: Level, model: SteeringModel, units: Sequence[Unit]
) -> None:
    if level.spread is not Spread.DISTRIBUTED:
        raise InvalidInput(
            _(
                'A "{level}" is visible to all units below and has no copies.',
                level=in_language(level.name),
            ),
            field="id",
        )
    found = await lineages(work, [unit.id for unit in units], on=day_of(work, model.year))
    for unit in units:
        work.require("goals.edit", at=unit.id)
        check_unit_kind(level, unit)
        if unit.id == node.unit_id or node.unit_id not in found.get(unit.id, ()):
            raise InvalidInput(
                _("The unit {code} is not below the one that decided this.", code=unit.code),
                field="unitIds",
            )


async def _copies(work: Work, origin_id: UUID, unit_ids: Sequence[UUID]) -> dict[UUID, PlanNode]:
    copies = await work.scalars(
        select(PlanNode).where(PlanNode.origin_id == origin_id, PlanNode.unit_id.in_(unit_ids))
    )
    return {copy.unit_id: copy for copy in copies}


async def _parents(work: Work, node: PlanNode, units: Sequence[Unit]) -> Mapping[UUID, UUID | None]:
    """What the copy at each unit stands below."""
    if node.parent_id is None:
        return {unit.id: None for unit in units}
    parent = await work.get(PlanNode, node.parent_id)
    level = await work.get(Level, parent.level_id)
    if level.spread is Spread.VISIBLE:
        return {unit.id: parent.id for unit in units}
    copies = await _copies(work, parent.id, [unit.id for unit in units])
    for unit in units:
        if unit.id not in copies:
            raise Conflict(
                _(
                    'Distribute "{title}" to the unit {code} first.',
                    title=parent.title,
                    code=unit.code,
                ),
                field="unitIds",
            )
    return {unit_id: copy.id for unit_id, copy in copies.items()}


def _copy(work: Work, node: PlanNode, unit_id: UUID, parent_id: UUID | None) -> PlanNode:
    return PlanNode(
        id=uuid7(),
        model_id=node.model_id,
        level_id=node.level_id,
        kind=node.kind,
        unit_id=unit_id,
        parent_id=parent_id,
        origin_id=node.id,
        title=node.title,
        description=node.description,
        position=node.position,
        local=work.reach("goals.edit") is not None,
        version=1,
        changed_by=work.actor.id,
        changed_at=work.now,
    )


async def _add_details(work: Work, node: PlanNode, copies: Sequence[PlanNode]) -> None:
    indicator = await work.find(Indicator, node.id)
    if indicator is not None:
        chosen = {column: getattr(indicator, column) for column in INDICATOR_COLUMNS}
        work.add(*(Indicator(id=copy.id, **chosen) for copy in copies))
    activity = await work.find(Activity, node.id)
    if activity is not None:
        state = (await goal_settings(work)).activity_states[0].key
        days = {"starts_on": activity.starts_on, "ends_on": activity.ends_on}
        work.add(*(Activity(id=copy.id, state=state, **days) for copy in copies))
    await work.flush()
