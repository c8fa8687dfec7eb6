"""A node taken up for a change: found, allowed, open, and held until the work ends."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import select

from .....infra.errors import InvalidInput, NotFound
from .....infra.i18n import _
from .....infra.periods import Period, parse_period
from .....tenants.work import Work
from ..live import tell_nodes
from ..models import Level, NodeKind, PlanNode, Spread, SteeringModel
from ..places import day_of, lineages, saved_meanwhile, units_by_id
from ..steering.locks import require_open


async def open_node(
    work: Work, node_id: UUID, *, kind: NodeKind | None = None, version: int | None = None
) -> PlanNode:
    """The node, held for this work so that a second writer waits and then sees the new version.

    Raises NotFound (also when it is of another kind), Forbidden, Conflict for a locked year or
    when someone has saved since `version`.
    """
    rows = await work.rows(
        select(PlanNode, SteeringModel.year)
        .join(
            SteeringModel,
            (SteeringModel.id == PlanNode.model_id)
            & (SteeringModel.tenant_id == PlanNode.tenant_id),
        )
        .where(PlanNode.id == node_id)
        .with_for_update(of=PlanNode)
        .execution_options(populate_existing=True)
    )
    if not rows or (kind is not None and rows[0][0].kind is not kind):
        raise NotFound()
    node: PlanNode = rows[0][0]
    work.require("goals.edit", at=node.unit_id)
    await require_open(work, rows[0][1])
    if version is not None and version != node.version:
        raise await saved_meanwhile(work, by=node.changed_by, at=node.changed_at)
    return node


async def saved(work: Work, node: PlanNode) -> PlanNode:
    """The node with a new version, by whom and when."""
    node.version += 1
    node.changed_by, node.changed_at = work.actor.id, work.now
    await work.flush()
    await tell_nodes(work, node)
    return node


async def require_seen(work: Work, node_id: UUID, *, unit_id: UUID, period: str) -> Period:
    """The period, if the unit may say something about the node for it.

    The unit is the node's own, or one below it where the level is visible downwards; the period
    lies in the model's year. Raises NotFound, Forbidden, InvalidInput, or Conflict for a locked
    year.
    """
    rows = await work.rows(
        select(PlanNode.unit_id, Level.spread, SteeringModel.year)
        .join(Level, (Level.id == PlanNode.level_id) & (Level.tenant_id == PlanNode.tenant_id))
        .join(
            SteeringModel,
            (SteeringModel.id == PlanNode.model_id)
            & (SteeringModel.tenant_id == PlanNode.tenant_id),
        )
        .where(PlanNode.id == node_id)
    )
    if not rows:
        raise NotFound()
    owner_id, spread, year = rows[0]
    await units_by_id(work, {unit_id})
    work.require("goals.edit", at=unit_id)
    if unit_id != owner_id:
        above = (await lineages(work, [unit_id], on=day_of(work, year))).get(unit_id, ())
        if spread is not Spread.VISIBLE or owner_id not in above:
            raise InvalidInput(_("The unit cannot see this."), field="unitId")
    read = parse_period(period)
    if read.year != year:
        raise InvalidInput(
            _("This belongs to {year}. Choose a period of that year.", year=year), field="period"
        )
    await require_open(work, year)
    return read
