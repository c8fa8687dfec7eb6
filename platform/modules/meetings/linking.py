"""Items with what they come from: linked, pulled in from other modules, and kept as it stood."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from uuid import UUID

from sqlalchemy import select

from ....authz.permit import permit
from ....infra.errors import Conflict, InvalidInput
from ....infra.i18n import _
from ....tenants.files import may_have
from ....tenants.models import StoredFile
from ....tenants.rows import uuid7
from ....tenants.work import Work
from ..goals.models import PlanNode
from ..governing_documents.models import GoverningDocument
from ..internal_control.models import Risk
from .design import SHORT
from .models import AgendaItem, AgendaLink, ItemKind, Meeting, MeetingState
from .planning import add_item
from .seeing import WRITE, get_item, get_meeting, unsettled
from .sources import READ, Source, SourceKind, Sources, find_sources, stands_of

BEFORE = (MeetingState.PLANNED, MeetingState.SUMMONED)


@permit("meetings.write")
async def sources_to_pull_in(
    work: Work, meeting_id: UUID, *, kind: SourceKind, words: str = ""
) -> tuple[Sources, set[UUID]]:
    """What can be taken up at a meeting, by id, and which of it is on the agenda already."""
    meeting = await get_meeting(work, meeting_id)
    work.require(WRITE, at=meeting.unit_id)
    found = await find_sources(work, meeting, kind, words.strip())
    return found, await _on_agenda(work, meeting)


@permit("meetings.write")
async def pull_in(
    work: Work,
    meeting_id: UUID,
    *,
    kind: ItemKind,
    node_id: UUID | None = None,
    risk_id: UUID | None = None,
    document_id: UUID | None = None,
) -> AgendaItem:
    """A new item about a goal, a risk or a governing document, with its title.

    Raises Conflict for what the meeting takes up already.
    """
    given = {SourceKind.GOAL: node_id, SourceKind.RISK: risk_id, SourceKind.DOCUMENT: document_id}
    title = await _title(work, given)
    meeting = await unsettled(work, meeting_id)
    if not (await _on_agenda(work, meeting)).isdisjoint(given.values()):
        raise Conflict(_("{title} is on the agenda already.", title=title))
    short = title if len(title) <= SHORT else f"{title[: SHORT - 1].rstrip()}…"
    item = await add_item(work, meeting_id, title=short, kind=kind)
    await link_item(work, item.id, node_id=node_id, risk_id=risk_id, document_id=document_id)
    return item


@permit("meetings.write")
async def link_item(
    work: Work,
    item_id: UUID,
    *,
    node_id: UUID | None = None,
    risk_id: UUID | None = None,
    document_id: UUID | None = None,
    file_id: UUID | None = None,
) -> AgendaLink:
    """What a point is about: one goal, risk, governing document or file that the actor sees."""
    item = await get_item(work, item_id)
    given = {SourceKind.GOAL: node_id, SourceKind.RISK: risk_id, SourceKind.DOCUMENT: document_id}
    title = await _title(work, given, file_id)
    meeting = await unsettled(work, item.meeting_id)
    link = AgendaLink(
        id=uuid7(),
        item_id=item.id,
        node_id=node_id,
        risk_id=risk_id,
        document_id=document_id,
        file_id=file_id,
        title=title,
        detail="",
        light="",
        word="",
    )
    keep(work, link, (await stands_of(work, meeting, [link]))[link.id], meeting)
    work.add(link)
    await work.flush()
    return link


@permit("meetings.write")
async def unlink_item(work: Work, link_id: UUID) -> AgendaItem:
    link = await work.get(AgendaLink, link_id)
    item = await get_item(work, link.item_id)
    await unsettled(work, item.meeting_id)
    await work.delete(link)
    await work.flush()
    return item


async def keep_sources(work: Work, meeting: Meeting) -> None:
    """The meeting is held: what its items come from is kept as it stands now."""
    links = await links_of(work, meeting)
    stands = await stands_of(work, meeting, links)
    for link in links:
        keep(work, link, stands[link.id], meeting)
    await work.flush()


def keep(work: Work, link: AgendaLink, stands: Source, meeting: Meeting) -> None:
    link.title, link.detail = stands.title, stands.detail
    link.light, link.word = stands.light, stands.word
    if meeting.state not in BEFORE:
        link.kept_at = work.now


async def links_of(work: Work, meeting: Meeting) -> Sequence[AgendaLink]:
    items = select(AgendaItem.id).where(
        AgendaItem.tenant_id == work.tenant.id, AgendaItem.meeting_id == meeting.id
    )
    return await work.scalars(select(AgendaLink).where(AgendaLink.item_id.in_(items)))


async def _on_agenda(work: Work, meeting: Meeting) -> set[UUID]:
    links = await links_of(work, meeting)
    return {id for each in links for id in (each.node_id, each.risk_id, each.document_id) if id}


async def _title(
    work: Work, given: Mapping[SourceKind, UUID | None], file_id: UUID | None = None
) -> str:
    """Of the one thing that is given. Raises InvalidInput, Forbidden, ModuleOff and NotFound."""
    chosen = [(kind, id) for kind, id in given.items() if id is not None]
    if len(chosen) + (file_id is not None) != 1:
        raise InvalidInput(_("Choose one thing to link to."), field="nodeId")
    if file_id is not None:
        work.require("files.read")
        file = await work.get(StoredFile, file_id, field="fileId")
        if not may_have(work, file) or file.needs is not None:
            raise InvalidInput(_("That file is not for everybody at the meeting."), field="fileId")
        return file.name
    [(kind, id)] = chosen
    work.require(READ[kind])
    if kind is SourceKind.GOAL:
        return (await work.get(PlanNode, id, field="nodeId")).title
    if kind is SourceKind.RISK:
        return (await work.get(Risk, id, field="riskId")).title
    return (await work.get(GoverningDocument, id, field="documentId")).title
