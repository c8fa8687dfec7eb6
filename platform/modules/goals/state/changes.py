"""What was changed last in a plan: who, what and when."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import Select, and_, func, literal, select, union_all

from .....authz.permit import permit
from .....tenants.models import Person
from .....tenants.work import Work
from ..models import (
    Activity,
    HandLight,
    NodeComment,
    NodeKind,
    Outcome,
    PlanNode,
)

MOST = 5


class ChangeKind(StrEnum):
    VALUES = "values"
    COMMENT = "comment"
    LIGHT = "light"
    ACTIVITY = "activity"
    PLAN = "plan"


@dataclass(frozen=True, slots=True)
class Change:
    """`by` is the name of who did it; None when the service itself did."""

    kind: ChangeKind
    node_id: UUID
    node_kind: NodeKind
    title: str
    unit_id: UUID
    by_id: UUID | None
    by: str | None
    at: datetime


@permit("goals.read")
async def latest_changes(
    work: Work, model_id: UUID, unit_ids: Collection[UUID], *, most: int = MOST
) -> tuple[Change, ...]:
    """What was done last at the units, or by them on what they see; the latest first.

    What someone did several times with the same thing stands once.
    What was merely put into the plan, as by a copy from another year, is no change of it.
    """
    parts = union_all(*_parts(work, unit_ids)).subquery("parts")
    acts = (
        select(
            parts.c.kind,
            parts.c.node_id,
            parts.c.unit_id,
            parts.c.by_id,
            func.max(parts.c.at).label("at"),
        )
        .group_by(parts.c.kind, parts.c.node_id, parts.c.unit_id, parts.c.by_id)
        .subquery("acts")
    )
    rows = await work.rows(
        select(
            acts.c.kind,
            PlanNode.id,
            PlanNode.kind,
            PlanNode.title,
            acts.c.unit_id,
            acts.c.by_id,
            Person.name,
            acts.c.at,
        )
        .join(
            PlanNode,
            and_(PlanNode.id == acts.c.node_id, PlanNode.tenant_id == work.tenant.id),
        )
        .outerjoin(Person, and_(Person.id == acts.c.by_id, Person.tenant_id == PlanNode.tenant_id))
        .where(PlanNode.model_id == model_id)
        .order_by(acts.c.at.desc(), PlanNode.id)
        .limit(most)
    )
    return tuple(Change(ChangeKind(kind), *rest) for kind, *rest in rows)


def _parts(work: Work, unit_ids: Collection[UUID]) -> list[Select[*tuple[object, ...]]]:
    here, own = set(unit_ids), work.tenant.id
    value, said, hand, node = Outcome, NodeComment, HandLight, PlanNode
    return [
        select(
            literal(ChangeKind.VALUES.value).label("kind"),
            value.node_id.label("node_id"),
            value.unit_id.label("unit_id"),
            value.entered_by.label("by_id"),
            value.entered_at.label("at"),
        ).where(value.tenant_id == own, value.unit_id.in_(here)),
        select(
            literal(ChangeKind.COMMENT.value),
            said.node_id,
            said.unit_id,
            said.written_by,
            said.written_at,
        ).where(said.tenant_id == own, said.unit_id.in_(here)),
        select(
            literal(ChangeKind.LIGHT.value),
            hand.node_id,
            hand.unit_id,
            func.coalesce(hand.taken_back_by, hand.set_by),
            func.coalesce(hand.taken_back_at, hand.set_at),
        ).where(hand.tenant_id == own, hand.unit_id.in_(here)),
        select(
            literal(ChangeKind.ACTIVITY.value),
            Activity.id,
            node.unit_id,
            Activity.state_by,
            Activity.state_at,
        )
        .join(node, and_(node.id == Activity.id, node.tenant_id == Activity.tenant_id))
        .where(
            Activity.tenant_id == own,
            node.tenant_id == own,
            node.unit_id.in_(here),
            Activity.state_at.is_not(None),
        ),
        select(
            literal(ChangeKind.PLAN.value),
            node.id,
            node.unit_id,
            node.changed_by,
            node.changed_at,
        ).where(node.tenant_id == own, node.unit_id.in_(here), node.version > 1),
    ]
