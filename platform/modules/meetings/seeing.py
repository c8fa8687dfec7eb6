"""Which meetings an actor sees, and what they may change."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final
from uuid import UUID

from sqlalchemy import ColumnElement, or_, select

from ....authz.permit import NOWHERE, permit
from ....infra.errors import Conflict, NotFound
from ....infra.i18n import _
from ....tenants.log.access_log import Action
from ....tenants.work import Work
from .models import AgendaItem, Meeting, MeetingSeries, MeetingState, Participant, SeriesMember

READ: Final = "meetings.read"
WRITE: Final = "meetings.write"
DESIGN: Final = "meetings.design"

ENDED: Final = (MeetingState.CLOSED, MeetingState.CANCELLED)
SETTLED: Final = (MeetingState.ADJUSTED, MeetingState.ANNOUNCED, *ENDED)
"""What stands in the minutes is signed, or the meeting is over: nothing is changed any more."""


@permit("meetings.read")
async def get_series(work: Work, series_id: UUID) -> MeetingSeries:
    """Raises NotFound, also for one that is for others only."""
    seen = [MeetingSeries.id == series_id, *series_seen(work)]
    series = await work.first(select(MeetingSeries).where(*seen))
    if series is None:
        raise NotFound()
    return series


@permit("meetings.read")
async def get_meeting(work: Work, meeting_id: UUID) -> Meeting:
    """Raises NotFound, also for one that is for others only. Reading such a one is logged."""
    meeting = await work.first(select(Meeting).where(Meeting.id == meeting_id, *seen(work)))
    if meeting is None:
        raise NotFound()
    await note_private(work, [meeting])
    return meeting


@permit("meetings.read")
async def get_item(work: Work, item_id: UUID) -> AgendaItem:
    item = await work.find(AgendaItem, item_id)
    if item is None:
        raise NotFound()
    await get_meeting(work, item.meeting_id)
    return item


def series_seen(work: Work) -> list[ColumnElement[bool]]:
    """What narrows series to those that the actor sees; nothing for whoever writes everywhere."""
    if work.allows(WRITE, at=NOWHERE):
        return []
    return [or_(*_open_series(work))]


def seen(work: Work) -> list[ColumnElement[bool]]:
    """As `series_seen`, for meetings: a guest sees the one they were called to."""
    if work.allows(WRITE, at=NOWHERE):
        return []
    series = select(MeetingSeries.id).where(
        MeetingSeries.tenant_id == work.tenant.id, or_(*_open_series(work))
    )
    choices = [Meeting.series_id.in_(series)]
    if work.actor.id is not None:
        called = select(Participant.meeting_id).where(
            Participant.tenant_id == work.tenant.id, Participant.person_id == work.actor.id
        )
        choices.append(Meeting.id.in_(called))
    return [or_(*choices)]


async def held_meeting(work: Work, meeting_id: UUID, version: int | None = None) -> Meeting:
    """A meeting to change, held until the end of the work. Raises NotFound, Forbidden, Conflict."""
    await get_meeting(work, meeting_id)
    again = select(Meeting).where(Meeting.id == meeting_id).with_for_update()
    meeting = await work.first(again.execution_options(populate_existing=True))
    assert meeting is not None
    work.require(WRITE, at=meeting.unit_id)
    if version is not None and version != meeting.version:
        raise Conflict(_("Somebody else has changed this meeting meanwhile. Load the page again."))
    return meeting


async def unsettled(work: Work, meeting_id: UUID, version: int | None = None) -> Meeting:
    """As `held_meeting`. Raises Conflict when the minutes are adjusted, or the meeting over."""
    meeting = await held_meeting(work, meeting_id, version)
    if meeting.state in SETTLED:
        raise Conflict(_("The minutes are settled. Nothing in them is changed any more."))
    return meeting


def note_read(work: Work, meeting: Meeting) -> None:
    work.note(Action.READ, "meeting", records=[meeting.id])


async def note_private(work: Work, meetings: Sequence[Meeting]) -> None:
    """Reading meetings that are for their participants only is told of in the access log."""
    ids = {meeting.series_id for meeting in meetings}
    if not ids:
        return
    private = set(
        await work.scalars(
            select(MeetingSeries.id).where(MeetingSeries.id.in_(ids), MeetingSeries.private)
        )
    )
    found = [meeting.id for meeting in meetings if meeting.series_id in private]
    if found:
        work.note(Action.READ, "meeting", records=found)


def _open_series(work: Work) -> list[ColumnElement[bool]]:
    choices: list[ColumnElement[bool]] = [~MeetingSeries.private]
    reach = work.reach(WRITE)
    if reach:
        choices.append(MeetingSeries.unit_id.in_(reach))
    if work.actor.id is not None:
        mine = select(SeriesMember.series_id).where(
            SeriesMember.tenant_id == work.tenant.id, SeriesMember.person_id == work.actor.id
        )
        choices.append(MeetingSeries.id.in_(mine))
    return choices
