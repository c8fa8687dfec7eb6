"""What belongs to a grant: goals and activities that it is for, and its documents."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from sqlalchemy import and_, select

from ....authz.permit import permit
from ....infra.errors import Conflict, NotFound
from ....infra.i18n import _
from ....infra.texts import one_line
from ....tenants.files import may_have
from ....tenants.models import StoredFile, Unit
from ....tenants.rows import uuid7
from ....tenants.work import Work
from ..goals.models import NodeKind, PlanNode, SteeringModel
from .holding import WRITE, hold_grant
from .models import Grant, GrantFile, GrantNode
from .service import SHORT

MOST: Final = 100


@dataclass(frozen=True, slots=True)
class LinkedNode:
    """A goal or an activity that a grant is for. `slug` is its unit's part of addresses."""

    id: UUID
    """Of the link."""
    node_id: UUID
    kind: NodeKind
    title: str
    year: int
    slug: str


@dataclass(frozen=True, slots=True)
class LinkedFile:
    id: UUID
    """Of the link."""
    file_id: UUID
    title: str
    name: str
    size: int


@permit("grants.read")
async def nodes_of(work: Work, grant_id: UUID) -> list[LinkedNode]:
    """The latest year first. Nothing where the goals are switched off."""
    if "goals" not in work.tenant.modules:
        return []
    rows = await work.rows(
        select(
            GrantNode.id,
            PlanNode.id,
            PlanNode.kind,
            PlanNode.title,
            SteeringModel.year,
            Unit.slug,
        )
        .join(
            PlanNode,
            and_(PlanNode.id == GrantNode.node_id, PlanNode.tenant_id == GrantNode.tenant_id),
        )
        .join(
            SteeringModel,
            and_(
                SteeringModel.id == PlanNode.model_id,
                SteeringModel.tenant_id == PlanNode.tenant_id,
            ),
        )
        .join(Unit, and_(Unit.id == PlanNode.unit_id, Unit.tenant_id == PlanNode.tenant_id))
        .where(GrantNode.grant_id == grant_id)
        .order_by(SteeringModel.year.desc(), PlanNode.title, GrantNode.id)
    )
    return [LinkedNode(*row) for row in rows]


@permit("grants.read")
async def nodes_to_link(
    work: Work, grant: Grant, *, unit_ids: Sequence[UUID]
) -> list[tuple[UUID, str]]:
    """Goals and activities of the grant's year at the units, that are not linked yet."""
    if "goals" not in work.tenant.modules:
        return []
    linked = select(GrantNode.node_id).where(
        GrantNode.tenant_id == work.tenant.id, GrantNode.grant_id == grant.id
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
            SteeringModel.year == grant.year,
            PlanNode.unit_id.in_(unit_ids),
            PlanNode.kind.in_((NodeKind.GOAL, NodeKind.ASSIGNMENT, NodeKind.ACTIVITY)),
            PlanNode.id.not_in(linked),
        )
        .order_by(PlanNode.title, PlanNode.id)
        .limit(500)
    )
    return [(row[0], row[1]) for row in rows]


@permit(WRITE)
async def link_node(work: Work, grant_id: UUID, *, node_id: UUID) -> Grant:
    """Raises NotFound, Conflict for one that is linked already."""
    grant = await hold_grant(work, grant_id)
    node = await work.get(PlanNode, node_id, field="nodeId")
    same = select(GrantNode.id).where(GrantNode.grant_id == grant.id, GrantNode.node_id == node.id)
    if await work.first(same):
        raise Conflict(_("It is linked already."), field="nodeId")
    work.add(GrantNode(grant_id=grant.id, node_id=node.id))
    await work.flush()
    return grant


@permit(WRITE)
async def unlink_node(work: Work, grant_id: UUID, *, node_id: UUID) -> Grant:
    """Raises NotFound, Conflict for what is not linked."""
    grant = await hold_grant(work, grant_id)
    await work.get(PlanNode, node_id, field="nodeId")
    own = select(GrantNode).where(GrantNode.grant_id == grant.id, GrantNode.node_id == node_id)
    link = await work.first(own)
    if link is None:
        raise Conflict(_("It is not linked to the grant."), field="nodeId")
    await work.delete(link)
    await work.flush()
    return grant


@permit("grants.read")
async def files_of(work: Work, grant_id: UUID) -> list[LinkedFile]:
    rows = await work.rows(
        select(GrantFile.id, StoredFile.id, GrantFile.title, StoredFile.name, StoredFile.size)
        .join(
            StoredFile,
            and_(StoredFile.id == GrantFile.file_id, StoredFile.tenant_id == GrantFile.tenant_id),
        )
        .where(GrantFile.grant_id == grant_id)
        .order_by(GrantFile.id)
    )
    return [LinkedFile(*row) for row in rows]


@permit(WRITE)
async def attach_file(work: Work, grant_id: UUID, *, file_id: UUID, title: str = "") -> GrantFile:
    """Raises NotFound, Conflict for one that is there already."""
    grant = await hold_grant(work, grant_id)
    file = await work.get(StoredFile, file_id, field="fileId")
    if not may_have(work, file):
        raise NotFound(field="fileId")
    standing = await work.scalars(
        select(GrantFile.file_id).where(GrantFile.grant_id == grant.id).limit(MOST)
    )
    if file.id in standing:
        raise Conflict(_("The file {name} is there already.", name=file.name), field="fileId")
    if len(standing) >= MOST:
        raise Conflict(_("A grant has at most {most} documents.", most=MOST))
    row = GrantFile(
        id=uuid7(),
        grant_id=grant.id,
        file_id=file.id,
        title=one_line(title or file.name, field="title", most=SHORT),
    )
    work.add(row)
    await work.flush()
    return row


@permit(WRITE)
async def detach_file(work: Work, grant_file_id: UUID) -> Grant:
    """The file no longer belongs to the grant. The answer is the grant."""
    row = await work.get(GrantFile, grant_file_id)
    grant = await hold_grant(work, row.grant_id)
    await work.delete(row)
    await work.flush()
    return grant
