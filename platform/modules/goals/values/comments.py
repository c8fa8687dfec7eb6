"""What a unit says about a node for a period."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import select

from .....authz.permit import permit
from .....infra.errors import Conflict, InvalidInput
from .....infra.i18n import _
from .....tenants.work import Work
from ..live import tell_at
from ..models import NodeComment
from ..places import saved_meanwhile
from ..planning.editing import require_seen
from ..settings import goal_settings
from ..texts import COMMENT, rich


@permit("goals.edit")
async def write_comment(
    work: Work,
    node_id: UUID,
    *,
    unit_id: UUID,
    period: str,
    text: str,
    in_report: bool | None = None,
    version: int | None = None,
) -> NodeComment | None:
    """Write or replace the unit's comment; blank text takes it away and answers None.

    `text` is plain, or the closed subset of HTML (see `texts.rich`). `in_report` None keeps what
    the comment had; a new one gets the municipality's choice. With `version`, nobody may have
    saved since that one was read; 0 means that there was no comment. Earlier wordings are not
    kept, only who wrote last and when. Raises as `change_node`.
    """
    seen = await require_seen(work, node_id, unit_id=unit_id, period=period)
    code = str(seen)
    text = rich(text, field="text", most=COMMENT)
    standing = await _held(work, node_id, unit_id, code)
    await _check_version(work, standing, version)
    if not text:
        if standing is None:
            raise InvalidInput(_("Write a comment: there is none to take away."), field="text")
        await work.delete(standing)
        await work.flush()
        await tell_at(work, [(unit_id, seen.year, node_id)])
        return None
    if standing is None:
        standing = NodeComment(node_id=node_id, unit_id=unit_id, period=code, version=0)
        standing.in_report = (await goal_settings(work)).comments_in_report
        work.add(standing)
    standing.text = text
    standing.in_report = standing.in_report if in_report is None else in_report
    standing.version += 1
    standing.written_by, standing.written_at = work.actor.id, work.now
    await work.flush()
    await tell_at(work, [(unit_id, seen.year, node_id)])
    return standing


async def _held(work: Work, node_id: UUID, unit_id: UUID, period: str) -> NodeComment | None:
    return await work.first(
        select(NodeComment)
        .where(NodeComment.node_id == node_id, NodeComment.unit_id == unit_id)
        .where(NodeComment.period == period)
        .with_for_update()
        .execution_options(populate_existing=True)
    )


async def _check_version(work: Work, standing: NodeComment | None, version: int | None) -> None:
    if version is None or version == (standing.version if standing else 0):
        return
    if standing is None:
        raise Conflict(_("The comment has been taken away. Load the page again."), field="version")
    raise await saved_meanwhile(work, by=standing.written_by, at=standing.written_at)
