"""What meetings ask of their secretaries: to summon, to write, to have adjusted, to announce."""

from __future__ import annotations

from collections import defaultdict
from datetime import timedelta
from typing import Final
from uuid import UUID

from sqlalchemy import and_, select

from ....tenants.work import Work
from ...asked import Asked
from ...tasks import Because, PageToOpen, Task, TaskKind
from .dates import Step, day_of, last_days
from .models import Meeting, MeetingRole, MeetingSeries, MeetingState, Participant
from .seeing import WRITE

NEXT: Final[dict[MeetingState, tuple[TaskKind, Step]]] = {
    MeetingState.PLANNED: (TaskKind.SUMMON_MEETING, "summon"),
    MeetingState.SUMMONED: (TaskKind.WRITE_MINUTES, "write"),
    MeetingState.HELD: (TaskKind.WRITE_MINUTES, "write"),
    MeetingState.WRITTEN: (TaskKind.ADJUST_MINUTES, "adjust"),
    MeetingState.ADJUSTED: (TaskKind.ANNOUNCE_MINUTES, "announce"),
}
"""What comes after a state. After the notice nothing is asked but to wait."""


async def meeting_tasks(work: Work, asked: Asked) -> list[Task]:
    """One statement for the meetings with a step to take, and those of the law for each of them.

    Asked is the secretary where they may write at the unit, else whoever may nearest to it.
    """
    rows = await work.rows(
        select(Meeting, MeetingSeries)
        .join(
            MeetingSeries,
            and_(
                MeetingSeries.id == Meeting.series_id,
                MeetingSeries.tenant_id == Meeting.tenant_id,
            ),
        )
        .where(Meeting.state.in_(NEXT))
        .order_by(Meeting.starts_at, Meeting.id)
    )
    secretaries = await _secretaries(work)
    found: list[Task] = []
    for meeting, series in rows:
        kind, step = NEXT[meeting.state]
        if kind is TaskKind.WRITE_MINUTES and day_of(meeting.starts_at) > asked.today:
            continue
        last = (await last_days(work, meeting, series)).get(step)
        if last is None or last.day > asked.today + timedelta(asked.ahead_days):
            continue
        found += asked.task(
            kind,
            meeting.id,
            f"{series.name} {day_of(meeting.starts_at)}",
            meeting.unit_id,
            _whom(asked, meeting.unit_id, secretaries[meeting.id]),
            PageToOpen("meeting", {"id": str(meeting.id)}),
            due_on=last.day,
        )
    return found


def _whom(
    asked: Asked, unit_id: UUID, secretaries: frozenset[UUID]
) -> tuple[frozenset[UUID], Because]:
    able = frozenset(id for id in secretaries if asked.may(WRITE, unit_id, id))
    return (able, Because.RESPONSIBLE) if able else (asked.nearest(WRITE, unit_id), Because.UNIT)


async def _secretaries(work: Work) -> defaultdict[UUID, frozenset[UUID]]:
    found: defaultdict[UUID, frozenset[UUID]] = defaultdict(frozenset)
    named = await work.scalars(
        select(Participant)
        .join(
            Meeting,
            and_(Meeting.id == Participant.meeting_id, Meeting.tenant_id == Participant.tenant_id),
        )
        .where(
            Meeting.state.in_(NEXT),
            Participant.role == MeetingRole.SECRETARY,
            Participant.person_id.is_not(None),
        )
    )
    for each in named:
        if each.person_id is not None:
            found[each.meeting_id] |= {each.person_id}
    return found
