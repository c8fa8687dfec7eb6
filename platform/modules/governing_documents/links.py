"""The goals and assignments of the plan by which what a document asks is carried out."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import and_, select

from ....authz.permit import permit
from ....tenants.models import Unit
from ....tenants.work import Work
from ..goals.models import NodeKind, PlanNode, SteeringModel
from .models import AssignmentNode

CARRIES = (NodeKind.GOAL, NodeKind.ASSIGNMENT, NodeKind.ACTIVITY)


@dataclass(frozen=True, slots=True)
class LinkedNode:
    """`slug` is its unit's part of addresses."""

    assignment_id: UUID
    node_id: UUID
    title: str
    year: int
    slug: str


@permit("governing_documents.read")
async def nodes_of(work: Work, assignment_ids: Iterable[UUID]) -> list[LinkedNode]:
    """Nothing where the goals are switched off."""
    if "goals" not in work.tenant.modules:
        return []
    rows = await work.rows(
        select(
            AssignmentNode.assignment_id,
            PlanNode.id,
            PlanNode.title,
            SteeringModel.year,
            Unit.slug,
        )
        .join(
            PlanNode,
            and_(
                PlanNode.id == AssignmentNode.node_id,
                PlanNode.tenant_id == AssignmentNode.tenant_id,
            ),
        )
        .join(
            SteeringModel,
            and_(
                SteeringModel.id == PlanNode.model_id,
                SteeringModel.tenant_id == PlanNode.tenant_id,
            ),
        )
        .join(Unit, and_(Unit.id == PlanNode.unit_id, Unit.tenant_id == PlanNode.tenant_id))
        .where(AssignmentNode.assignment_id.in_(set(assignment_ids)))
        .order_by(SteeringModel.year.desc(), PlanNode.title, AssignmentNode.id)
    )
    return [LinkedNode(*row) for row in rows]


@permit("governing_documents.read")
async def nodes_to_link(work: Work, assignment_id: UUID) -> list[tuple[str, str]]:
    """Goals, assignments and activities of this year that are not linked yet, as options."""
    if "goals" not in work.tenant.modules:
        return []
    linked = select(AssignmentNode.node_id).where(
        AssignmentNode.tenant_id == work.tenant.id, AssignmentNode.assignment_id == assignment_id
    )
    rows = await work.rows(
        select(PlanNode.id, PlanNode.title)
        .join(
            SteeringModel,
            and_(
                SteeringModel.id == PlanNode.model_id,
                SteeringModel.tenant_id == PlanNode.tenant_id,
            ),
        )
        .where(
            SteeringModel.year == work.today.year,
            PlanNode.kind.in_(CARRIES),
            PlanNode.id.not_in(linked),
        )
        .order_by(PlanNode.title, PlanNode.id)
        .limit(500)
    )
    return [(str(row[0]), row[1]) for row in rows]
