"""Changing what stands in the plan: words, place, who answers for it; and taking it away."""

from __future__ import annotations

from typing import TypedDict
from uuid import UUID

from sqlalchemy import ColumnElement, func, select

from .....authz.permit import permit
from .....infra.errors import Conflict, InvalidInput
from .....infra.i18n import _
from .....infra.texts import one_line
from .....tenants.models import Person
from .....tenants.rows import TenantRow
from .....tenants.work import Work
from ..live import tell_nodes
from ..models import (
    Checkpoint,
    HandLight,
    Indicator,
    Level,
    NodeComment,
    NodeKind,
    Outcome,
    PlanNode,
    SteeringModel,
    YearLock,
)
from ..places import day_of, lineages
from ..rules import Light
from ..steering.design import has_light
from ..texts import DESCRIPTION, TITLE, rich
from .adding import check_parent, check_people
from .editing import open_node, saved
from .indicators import IndicatorChanges, choose, refuse_if_values_would_not_fit


class NodeChanges(TypedDict, total=False):
    """What shall be changed; what is left out stays."""

    title: str
    description: str
    responsible_id: UUID | None


@permit("goals.edit")
async def change_node(
    work: Work, node_id: UUID, *, changes: NodeChanges, version: int | None = None
) -> PlanNode:
    """Change title, description or who answers for it. With `version`, only if nobody has saved
    since that one was read (else Conflict, which says who and when)."""
    node = await open_node(work, node_id, version=version)
    if "title" in changes:
        node.title = one_line(changes["title"], field="title", most=TITLE)
    if "description" in changes:
        node.description = rich(changes["description"], field="description", most=DESCRIPTION)
    if "responsible_id" in changes:
        await check_people(work, {changes["responsible_id"]})
        node.responsible_id = changes["responsible_id"]
    return await saved(work, node)


@permit("goals.edit")
async def change_indicator(
    work: Work, node_id: UUID, *, changes: IndicatorChanges, version: int | None = None
) -> PlanNode:
    """Change how an indicator is measured. Raises Conflict for what its values would not fit."""
    node = await open_node(work, node_id, kind=NodeKind.INDICATOR, version=version)
    indicator = await work.get(Indicator, node.id)
    model = await work.get(SteeringModel, node.model_id)
    await refuse_if_values_would_not_fit(work, indicator, changes)
    choose(indicator, changes, has_yellow=has_light(model, Light.YELLOW))
    return await saved(work, node)


@permit("goals.edit")
async def move_node(
    work: Work,
    node_id: UUID,
    *,
    parent_id: UUID | None,
    position: int | None = None,
    version: int | None = None,
) -> PlanNode:
    """Stand the node below another parent, or elsewhere among its siblings of the same unit.

    `position` counts from 0; None is last. Raises as `change_node`, InvalidInput for a parent
    that its level, or its unit, may not stand below.
    """
    node = await open_node(work, node_id, version=version)
    if parent_id != node.parent_id:
        await _check_move(work, node, parent_id)
    siblings = list(
        await work.scalars(
            select(PlanNode)
            .where(PlanNode.model_id == node.model_id, PlanNode.unit_id == node.unit_id)
            .where(PlanNode.parent_id.is_not_distinct_from(parent_id), PlanNode.id != node.id)
            .order_by(PlanNode.position, PlanNode.id)
        )
    )
    place = len(siblings) if position is None else position
    if not 0 <= place <= len(siblings):
        raise InvalidInput(
            _("The place has to be between 0 and {most}.", most=len(siblings)), field="position"
        )
    node.parent_id = parent_id
    siblings.insert(place, node)
    for number, sibling in enumerate(siblings):
        sibling.position = number
    return await saved(work, node)


@permit("goals.edit")
async def remove_node(work: Work, node_id: UUID, *, version: int | None = None) -> PlanNode:
    """Take away a node that nothing hangs on. Raises Conflict that says what does."""
    node = await open_node(work, node_id, version=version)
    # A value is tied to the indicator's row: hold it too, so that none comes in meanwhile.
    await work.first(select(Indicator).where(Indicator.id == node.id).with_for_update())
    counted = {
        _("{count} below it"): await _count(work, PlanNode, PlanNode.parent_id == node.id),
        _("{count} copies at other units"): await _count(
            work, PlanNode, PlanNode.origin_id == node.id
        ),
        _("{count} periods with values"): await _count(work, Outcome, Outcome.node_id == node.id),
        _("{count} comments"): await _count(work, NodeComment, NodeComment.node_id == node.id),
        _("{count} lights set by hand"): await _count(
            work, HandLight, HandLight.node_id == node.id
        ),
        _("{count} checkpoints"): await _count(work, Checkpoint, Checkpoint.activity_id == node.id),
    }
    hanging = ", ".join(text.format(count=count) for text, count in counted.items() if count)
    if hanging:
        raise Conflict(
            _(
                '"{title}" cannot be removed, since it has {what}. Nothing was removed.',
                title=node.title,
                what=hanging,
            )
        )
    await work.delete(node)
    await work.flush()
    await tell_nodes(work, node)
    return node


@permit("goals.edit")
async def hand_over(work: Work, *, from_id: UUID, to_id: UUID) -> int:
    """Let one person answer for all that another does, where the actor may edit and the year is
    open. The answer is how many nodes that was."""
    if from_id == to_id:
        raise InvalidInput(_("Choose two different people."), field="toId")
    await work.get(Person, from_id)
    await check_people(work, {to_id}, field="toId")
    reach = work.reach("goals.edit")
    chosen = (
        select(PlanNode)
        .join(
            SteeringModel,
            (SteeringModel.id == PlanNode.model_id)
            & (SteeringModel.tenant_id == PlanNode.tenant_id),
        )
        .where(PlanNode.responsible_id == from_id)
        .where(SteeringModel.year.not_in(select(YearLock.year)))
        .order_by(PlanNode.id)
        .with_for_update(of=PlanNode)
        .execution_options(populate_existing=True)
    )
    if reach is not None:
        chosen = chosen.where(PlanNode.unit_id.in_(reach))
    nodes = await work.scalars(chosen)
    for node in nodes:
        node.responsible_id = to_id
        node.version += 1
        node.changed_by, node.changed_at = work.actor.id, work.now
    await work.flush()
    await tell_nodes(work, *nodes)
    return len(nodes)


async def _check_move(work: Work, node: PlanNode, parent_id: UUID | None) -> None:
    level = await work.get(Level, node.level_id)
    parent = parent_level = None
    if parent_id is not None:
        parent = await work.get(PlanNode, parent_id, field="parentId")
        parent_level = await work.get(Level, parent.level_id)
    model = await work.get(SteeringModel, node.model_id)
    found = await lineages(work, [node.unit_id], on=day_of(work, model.year))
    check_parent(
        level,
        parent,
        parent_level,
        unit_id=node.unit_id,
        lineage=found.get(node.unit_id, ()),
    )


async def _count(work: Work, model: type[TenantRow], condition: ColumnElement[bool]) -> int:
    rows = await work.rows(select(func.count()).select_from(model).where(condition))
    return int(rows[0][0])
