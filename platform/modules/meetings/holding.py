"""A meeting from summons to its end: each step once, in order, by whom and when."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Final
from uuid import UUID

from sqlalchemy import select

from ....authz.permit import permit
from ....infra.errors import Conflict, InvalidInput
from ....infra.i18n import _
from ....infra.texts import at_most
from ....tenants.work import Work
from .check import content_check
from .dates import day_of, last_days
from .linking import keep_sources
from .models import Attendance, Meeting, MeetingSeries, MeetingState, Participant
from .planning import agenda_of, give_paragraphs, saved, step
from .reading import whole_meeting
from .seeing import ENDED, held_meeting, unsettled

LONG: Final = 1_000


@permit("meetings.write")
async def summon_meeting(work: Work, meeting_id: UUID, *, version: int | None = None) -> Meeting:
    """The summons is sent. Raises Conflict unless it is planned, InvalidInput without items."""
    meeting = await _in(work, meeting_id, version, MeetingState.PLANNED)
    if not await agenda_of(work, meeting.id):
        raise InvalidInput(_("There is nothing on the agenda yet."), field="agenda")
    return await _step(work, meeting, MeetingState.SUMMONED)


@permit("meetings.write")
async def tell_attendance(
    work: Work,
    meeting_id: UUID,
    *,
    attendance: Mapping[UUID, Attendance],
    adjusters: frozenset[UUID] | None = None,
    version: int | None = None,
) -> Meeting:
    """Who came, by participant, and who of them adjusts the minutes; the others keep what they
    have. Raises InvalidInput for somebody who is not among those called."""
    meeting = await unsettled(work, meeting_id, version)
    rows = {
        row.id: row
        for row in await work.scalars(
            select(Participant).where(Participant.meeting_id == meeting.id)
        )
    }
    if not rows.keys() >= attendance.keys() | (adjusters or frozenset()):
        raise InvalidInput(_("That person was not called to the meeting."), field="attendance")
    for id, told in attendance.items():
        rows[id].attendance = told
    if adjusters is not None:
        for id, row in rows.items():
            row.adjuster = id in adjusters
    return await saved(work, meeting)


@permit("meetings.write")
async def hold_meeting(work: Work, meeting_id: UUID, *, version: int | None = None) -> Meeting:
    """It has been held. The items of a formal meeting get their paragraphs.

    Raises Conflict before its day, or when it is held already.
    """
    meeting = await _in(work, meeting_id, version, MeetingState.PLANNED, MeetingState.SUMMONED)
    if day_of(meeting.starts_at) > work.today:
        raise Conflict(_("The day of the meeting is still to come."))
    series = await work.get(MeetingSeries, meeting.series_id)
    if series.kind.formal:
        await give_paragraphs(work, meeting, await agenda_of(work, meeting.id))
    await _step(work, meeting, MeetingState.HELD)
    await keep_sources(work, meeting)
    return meeting


@permit("meetings.write")
async def complete_minutes(work: Work, meeting_id: UUID, *, version: int | None = None) -> Meeting:
    """The minutes are written. Raises InvalidInput while formal ones lack something."""
    meeting = await _in(work, meeting_id, version, MeetingState.HELD)
    check = await content_check(work, await whole_meeting(work, meeting.id))
    if check is not None and check.missing:
        raise InvalidInput(
            _("The minutes lack something: {what}", what=", ".join(check.missing)), field="minutes"
        )
    return await _step(work, meeting, MeetingState.WRITTEN)


@permit("meetings.write")
async def reopen_minutes(
    work: Work, meeting_id: UUID, *, note: str, version: int | None = None
) -> Meeting:
    """Written minutes are written on; `note` tells why. Adjusted ones are never opened."""
    meeting = await _in(work, meeting_id, version, MeetingState.WRITTEN)
    return await _step(work, meeting, MeetingState.HELD, _why(note))


@permit("meetings.write")
async def adjust_minutes(
    work: Work, meeting_id: UUID, *, on: date, version: int | None = None
) -> Meeting:
    """The minutes were signed on a day by those who adjust them; nothing is changed after that."""
    meeting = await _in(work, meeting_id, version, MeetingState.WRITTEN)
    await _formal(work, meeting)
    # A summary of the last check: what was changed since may have taken something away.
    check = await content_check(work, await whole_meeting(work, meeting.id))
    if check is not None and check.missing:
        raise InvalidInput(
            _("The minutes lack something: {what}", what=", ".join(check.missing)), field="minutes"
        )
    _between(on, day_of(meeting.starts_at), work.today)
    meeting.adjusted_on = on
    return await _step(work, meeting, MeetingState.ADJUSTED)


@permit("meetings.write")
async def announce_minutes(
    work: Work, meeting_id: UUID, *, on: date, version: int | None = None
) -> Meeting:
    """It is told on the notice board, since a day, that the minutes are adjusted. The time to
    appeal runs from that day."""
    meeting = await _in(work, meeting_id, version, MeetingState.ADJUSTED)
    assert meeting.adjusted_on is not None
    _between(on, meeting.adjusted_on, work.today)
    meeting.announced_on = on
    return await _step(work, meeting, MeetingState.ANNOUNCED)


@permit("meetings.write")
async def close_meeting(work: Work, meeting_id: UUID, *, version: int | None = None) -> Meeting:
    """All is done: of an ordinary meeting when its minutes are written, of a formal one when the
    time to appeal has passed. Raises Conflict before."""
    meeting = await held_meeting(work, meeting_id, version)
    series = await work.get(MeetingSeries, meeting.series_id)
    last = MeetingState.ANNOUNCED if series.kind.formal else MeetingState.WRITTEN
    _only(meeting, last)
    appeal = (await last_days(work, meeting, series)).get("appeal")
    if appeal is not None and appeal.day >= work.today:
        raise Conflict(
            _("The decisions can be appealed against until {day}.", day=appeal.day.isoformat())
        )
    return await _step(work, meeting, MeetingState.CLOSED)


@permit("meetings.write")
async def cancel_meeting(
    work: Work, meeting_id: UUID, *, note: str, version: int | None = None
) -> Meeting:
    """It will not be held, and `note` tells why. What it had from an earlier one waits for the
    next."""
    meeting = await _in(work, meeting_id, version, MeetingState.PLANNED, MeetingState.SUMMONED)
    for item in await agenda_of(work, meeting.id):
        item.carried_from = None
    return await _step(work, meeting, MeetingState.CANCELLED, _why(note))


async def _in(work: Work, meeting_id: UUID, version: int | None, *states: MeetingState) -> Meeting:
    meeting = await held_meeting(work, meeting_id, version)
    _only(meeting, *states)
    return meeting


def _only(meeting: Meeting, *states: MeetingState) -> None:
    if meeting.state in states:
        return
    if meeting.state in ENDED:
        raise Conflict(_("The meeting is over."))
    raise Conflict(_("The meeting has not come that far, or has passed it already."))


async def _formal(work: Work, meeting: Meeting) -> None:
    if not (await work.get(MeetingSeries, meeting.series_id)).kind.formal:
        raise Conflict(_("Only formal minutes are adjusted and announced."))


def _between(day: date, first: date, last: date) -> None:
    if not first <= day <= last:
        raise InvalidInput(
            _("Choose a day from {first} to {last}.", first=f"{first}", last=f"{last}"), field="on"
        )


def _why(note: str) -> str:
    told = at_most(note, field="note", most=LONG)
    if not told:
        raise InvalidInput(_("Write something here: it cannot be empty."), field="note")
    return told


async def _step(work: Work, meeting: Meeting, state: MeetingState, note: str = "") -> Meeting:
    meeting.state = state
    step(work, meeting, note)
    return await saved(work, meeting)
