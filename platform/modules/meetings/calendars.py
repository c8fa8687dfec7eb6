"""Meetings in calendars: somebody's own among their last days, and those of a series."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from sqlalchemy import and_, select

from ....authz.permit import permit
from ....infra.i18n import _
from ....tenants.work import Work
from ...events import Event
from .models import Meeting, MeetingSeries, MeetingState, Participant
from .seeing import seen
from .words import role_words

MOST: Final = 500


@permit("meetings.read")
async def own_meetings(work: Work, since: datetime) -> Sequence[Event]:
    """Those that the actor is called to, cancelled ones too. Of one that is for its participants
    only a calendar, which others may keep, is told neither the name nor the role."""
    rows = await work.rows(
        select(Meeting, MeetingSeries, Participant.role)
        .join(
            MeetingSeries,
            and_(
                MeetingSeries.id == Meeting.series_id,
                MeetingSeries.tenant_id == Meeting.tenant_id,
            ),
        )
        .join(
            Participant,
            and_(Participant.meeting_id == Meeting.id, Participant.tenant_id == Meeting.tenant_id),
        )
        .where(Participant.person_id == work.actor.id, Meeting.ends_at >= since, *seen(work))
        .order_by(Meeting.starts_at, Meeting.id)
        .limit(MOST)
    )
    words = role_words()
    return [
        Event(
            id=meeting.id,
            version=meeting.version,
            title=_("Meeting") if series.private else series.name,
            starts_at=meeting.starts_at,
            ends_at=meeting.ends_at,
            path=f"moten/mote/{meeting.id}",
            place=meeting.place,
            detail="" if series.private else words[role],
            cancelled=meeting.state is MeetingState.CANCELLED,
        )
        for meeting, series, role in rows
    ]
