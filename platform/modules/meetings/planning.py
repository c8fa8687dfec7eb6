"""Planning a meeting: called when and where, who takes part, and what is on the agenda."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import exists, select
from sqlalchemy.orm import aliased

from ....authz.permit import permit
from ....infra.errors import Conflict, InvalidInput
from ....infra.i18n import _
from ....infra.periods import check_year
from ....infra.texts import at_most, one_line
from ....tenants.rows import uuid7
from ....tenants.work import Work
from .dates import day_of
from .design import SHORT, called, check_role, members, template_items
from .models import (
    AgendaAction,
    AgendaItem,
    AgendaLink,
    Attendance,
    ItemKind,
    ItemState,
    Meeting,
    MeetingRole,
    MeetingSeries,
    MeetingState,
    MeetingStep,
    Participant,
    TemplateItem,
)
from .seeing import WRITE, get_item, get_meeting, get_series, unsettled
from .settings import meeting_settings


@permit("meetings.write")
async def plan_meeting(
    work: Work, series_id: UUID, *, starts_at: datetime, ends_at: datetime, place: str = ""
) -> Meeting:
    """A meeting with the members of its series, what was left open the last time, and the other
    standing items of the template. Raises Conflict when the series has ended."""
    series = await get_series(work, series_id)
    work.require(WRITE, at=series.unit_id)
    if series.ended_at is not None:
        raise Conflict(_("The series has ended already."))
    meeting = Meeting(
        id=uuid7(),
        series_id=series.id,
        unit_id=series.unit_id,
        state=MeetingState.PLANNED,
        version=0,
    )
    _place(meeting, starts_at, ends_at, place or series.place)
    work.add(meeting)
    await saved(work, meeting)
    step(work, meeting)
    work.add(
        *(
            Participant(
                meeting_id=meeting.id,
                person_id=member.person_id,
                name=member.name,
                role=member.role,
                adjuster=member.adjuster,
                attendance=Attendance.EXPECTED,
            )
            for member in await members(work, series.id)
        )
    )
    await _first_agenda(work, meeting, series)
    await work.flush()
    return meeting


@permit("meetings.write")
async def change_meeting(
    work: Work,
    meeting_id: UUID,
    *,
    starts_at: datetime,
    ends_at: datetime,
    place: str,
    version: int | None = None,
) -> Meeting:
    """Another time or place. The day stays once the meeting is held: its § are of that year."""
    meeting = await unsettled(work, meeting_id, version)
    begun = meeting.state not in (MeetingState.PLANNED, MeetingState.SUMMONED)
    if begun and day_of(starts_at) != day_of(meeting.starts_at):
        raise Conflict(_("The meeting is held: its day stays."), field="startsAt")
    _place(meeting, starts_at, ends_at, place)
    for item in await agenda_of(work, meeting.id):
        item.year = day_of(starts_at).year
    return await saved(work, meeting)


@permit("meetings.write")
async def add_participant(
    work: Work,
    meeting_id: UUID,
    *,
    role: MeetingRole,
    person_id: UUID | None = None,
    name: str = "",
    adjuster: bool = False,
) -> Participant:
    """Somebody more takes part in this meeting only."""
    meeting = await unsettled(work, meeting_id)
    there = await work.scalars(select(Participant).where(Participant.meeting_id == meeting.id))
    kept = await called(work, person_id, name, {each.person_id for each in there})
    check_role(role, {row.role for row in there})
    row = Participant(
        meeting_id=meeting.id,
        person_id=person_id,
        name=kept,
        role=role,
        adjuster=adjuster,
        attendance=Attendance.EXPECTED,
    )
    work.add(row)
    await saved(work, meeting)
    return row


@permit("meetings.write")
async def add_item(
    work: Work,
    meeting_id: UUID,
    *,
    title: str,
    kind: ItemKind,
    registry_number: str = "",
    place: int | None = None,
) -> AgendaItem:
    """A point last on the agenda, or at a place. One that is added to a formal meeting that is
    held gets the next paragraph, and stands last."""
    meeting = await unsettled(work, meeting_id)
    series = await work.get(MeetingSeries, meeting.series_id)
    standing = list(await agenda_of(work, meeting.id))
    held = meeting.state in (MeetingState.HELD, MeetingState.WRITTEN)
    item = new_item(work, meeting, one_line(title, field="title", most=SHORT), kind)
    item.registry_number = at_most(registry_number, field="registryNumber", most=60)
    at = len(standing) if held or place is None else min(max(place - 1, 0), len(standing))
    standing.insert(at, item)
    work.add(item)
    _number(standing)
    await work.flush()
    if held and series.kind.formal:
        await give_paragraphs(work, meeting, [item])
    await saved(work, meeting)
    return item


@permit("meetings.write")
async def points_left(work: Work, meeting_id: UUID) -> list[TemplateItem]:
    """Items of the template of a meeting's series that its agenda does not have."""
    meeting = await get_meeting(work, meeting_id)
    work.require(WRITE, at=meeting.unit_id)
    series = await work.get(MeetingSeries, meeting.series_id)
    if series.template_id is None:
        return []
    there = {item.title for item in await agenda_of(work, meeting.id)}
    points = await template_items(work, series.template_id)
    return [point for point in points if point.title not in there]


@permit("meetings.write")
async def move_item(work: Work, item_id: UUID, *, place: int) -> AgendaItem:
    """Another place on the agenda, 1 first. Raises Conflict when the meeting is held."""
    item = await get_item(work, item_id)
    meeting = await _unheld(work, item)
    standing = [row for row in await agenda_of(work, meeting.id) if row.id != item.id]
    standing.insert(min(max(place - 1, 0), len(standing)), item)
    _number(standing)
    await saved(work, meeting)
    return item


@permit("meetings.write")
async def remove_item(work: Work, item_id: UUID) -> Meeting:
    """Off the agenda, with its links. Raises Conflict when the meeting is held."""
    item = await get_item(work, item_id)
    meeting = await _unheld(work, item)
    agreed = select(AgendaAction.id).where(AgendaAction.item_id == item.id).limit(1)
    if await work.first(agreed) is not None:
        raise Conflict(_("An action was agreed on this item. It stays on the agenda."))
    for link in await work.scalars(select(AgendaLink).where(AgendaLink.item_id == item.id)):
        await work.delete(link)
    await work.flush()
    await work.delete(item)
    await work.flush()
    _number(await agenda_of(work, meeting.id))
    return await saved(work, meeting)


async def agenda_of(work: Work, meeting_id: UUID) -> Sequence[AgendaItem]:
    return await work.scalars(
        select(AgendaItem)
        .where(AgendaItem.meeting_id == meeting_id)
        .order_by(AgendaItem.position, AgendaItem.id)
    )


async def give_paragraphs(work: Work, meeting: Meeting, items: Sequence[AgendaItem]) -> None:
    """The next of the body and the year, in order; two meetings never get the same."""
    latest = (
        select(AgendaItem.paragraph)
        .where(
            AgendaItem.unit_id == meeting.unit_id,
            AgendaItem.year == day_of(meeting.starts_at).year,
            AgendaItem.paragraph.is_not(None),
        )
        .order_by(AgendaItem.paragraph.desc())
        .limit(1)
    )
    # Whoever holds another meeting of the body waits at its series, which are few.
    await work.scalars(
        select(MeetingSeries.id)
        .where(MeetingSeries.unit_id == meeting.unit_id)
        .order_by(MeetingSeries.id)
        .with_for_update(key_share=True)
    )
    last = await work.first(latest) or 0
    for number, item in enumerate(items, last + 1):
        item.paragraph = number
    await work.flush()


def new_item(work: Work, meeting: Meeting, title: str, kind: ItemKind) -> AgendaItem:
    return AgendaItem(
        id=uuid7(),
        meeting_id=meeting.id,
        unit_id=meeting.unit_id,
        year=day_of(meeting.starts_at).year,
        position=0,
        title=title,
        kind=kind,
        state=ItemState.OPEN,
        registry_number="",
        notes="",
        proposals="",
        decision="",
        version=1,
        changed_by=work.actor.id,
        changed_at=work.now,
    )


def step(work: Work, meeting: Meeting, note: str = "") -> None:
    work.add(
        MeetingStep(
            meeting_id=meeting.id,
            state=meeting.state,
            note=note,
            taken_by=work.actor.id,
            taken_at=work.now,
        )
    )


async def saved(work: Work, meeting: Meeting) -> Meeting:
    meeting.version += 1
    meeting.changed_by, meeting.changed_at = work.actor.id, work.now
    await work.flush()
    return meeting


async def _first_agenda(work: Work, meeting: Meeting, series: MeetingSeries) -> None:
    items = []
    chosen = await meeting_settings(work)
    if chosen.carry_open_items:
        for left in await _left_open(work, meeting):
            item = new_item(work, meeting, left.title, left.kind)
            item.registry_number, item.carried_from = left.registry_number, left.id
            items.append(item)
    if series.template_id is not None:
        points = await template_items(work, series.template_id)
        there = {item.title for item in items}
        items += [
            new_item(work, meeting, point.title, point.kind)
            for point in points
            if point.standing and point.title not in there
        ]
    _number(items)
    work.add(*items)
    await work.flush()
    await _carry_links(work, items)


async def _carry_links(work: Work, items: Sequence[AgendaItem]) -> None:
    """What is taken up again comes from the same, as that stands until the next meeting is held."""
    again = {item.carried_from: item.id for item in items if item.carried_from is not None}
    for link in await work.scalars(select(AgendaLink).where(AgendaLink.item_id.in_(again))):
        work.add(
            AgendaLink(
                item_id=again[link.item_id],
                node_id=link.node_id,
                risk_id=link.risk_id,
                document_id=link.document_id,
                file_id=link.file_id,
                title=link.title,
                detail=link.detail,
                light=link.light,
                word=link.word,
            )
        )


async def _left_open(work: Work, meeting: Meeting) -> Sequence[AgendaItem]:
    """Items of held meetings of the series that were carried and that none has taken up yet."""
    taken = aliased(AgendaItem)
    return await work.scalars(
        select(AgendaItem)
        .join(
            Meeting,
            (Meeting.id == AgendaItem.meeting_id) & (Meeting.tenant_id == AgendaItem.tenant_id),
        )
        .where(
            Meeting.series_id == meeting.series_id,
            AgendaItem.state == ItemState.CARRIED,
            ~exists(
                select(taken.id).where(
                    taken.tenant_id == work.tenant.id, taken.carried_from == AgendaItem.id
                )
            ),
        )
        .order_by(Meeting.starts_at, AgendaItem.position)
    )


async def _unheld(work: Work, item: AgendaItem) -> Meeting:
    meeting = await unsettled(work, item.meeting_id)
    if meeting.state not in (MeetingState.PLANNED, MeetingState.SUMMONED):
        raise Conflict(_("The meeting is held: its agenda stays in the order it was taken up."))
    return meeting


def _place(meeting: Meeting, starts_at: datetime, ends_at: datetime, place: str) -> None:
    check_year(starts_at.year)
    if ends_at <= starts_at:
        raise InvalidInput(_("The meeting ends after it starts."), field="endsAt")
    meeting.starts_at, meeting.ends_at = starts_at, ends_at
    meeting.place = at_most(place, field="place", most=SHORT)


def _number(items: Sequence[AgendaItem]) -> None:
    for place, item in enumerate(items, 1):
        item.position = place
