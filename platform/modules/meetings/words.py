"""What the pages call the parts of a meeting."""

from __future__ import annotations

from ....infra.i18n import _
from ....tenants.terms import Term
from ...web.register import Lamp
from .dates import Step
from .models import (
    Attendance,
    Away,
    Cycle,
    ItemKind,
    ItemState,
    MeetingKind,
    MeetingRole,
    MeetingState,
    Vote,
)

MEETINGS = Term("meetings.meetings", lambda: _("Meetings"))
MINUTES = Term("meetings.minutes", lambda: _("Minutes of the meeting"))


def kind_words() -> dict[MeetingKind, str]:
    return {
        MeetingKind.ORDINARY: _("Meeting at work"),
        MeetingKind.COMMITTEE: _("Committee or board, with formal minutes"),
        MeetingKind.COUNCIL: _("Council, with formal minutes"),
    }


def cycle_words() -> dict[Cycle, str]:
    return {
        Cycle.NONE: _("When needed"),
        Cycle.WEEK: _("Every week"),
        Cycle.TWO_WEEKS: _("Every other week"),
        Cycle.MONTH: _("Every month"),
        Cycle.QUARTER: _("Every quarter"),
    }


def role_words() -> dict[MeetingRole, str]:
    return {
        MeetingRole.CHAIR: _("Chair"),
        MeetingRole.SECRETARY: _("Secretary"),
        MeetingRole.MEMBER: _("Member"),
        MeetingRole.SUBSTITUTE: _("Substitute"),
        MeetingRole.GUEST: _("Guest"),
    }


def roles_words() -> dict[MeetingRole, str]:
    """Of several in the same role."""
    return role_words() | {
        MeetingRole.MEMBER: _("Members of the body"),
        MeetingRole.SUBSTITUTE: _("Substitutes"),
        MeetingRole.GUEST: _("Guests"),
    }


def item_kind_words() -> dict[ItemKind, str]:
    return {
        ItemKind.INFORMATION: _("Information"),
        ItemKind.DISCUSSION: _("Discussion"),
        ItemKind.DECISION: _("Decision of the meeting"),
    }


def item_state_words() -> dict[ItemState, str]:
    return {
        ItemState.OPEN: _("To be taken up"),
        ItemState.DONE: _("Taken up"),
        ItemState.CARRIED: _("Left for the next meeting"),
    }


def state_words() -> dict[MeetingState, str]:
    return {
        MeetingState.PLANNED: _("Being planned"),
        MeetingState.SUMMONED: _("Summons sent"),
        MeetingState.HELD: _("Held"),
        MeetingState.WRITTEN: _("Minutes written"),
        MeetingState.ADJUSTED: _("Minutes adjusted"),
        MeetingState.ANNOUNCED: _("Adjustment announced"),
        MeetingState.CLOSED: _("Meeting closed"),
        MeetingState.CANCELLED: _("Cancelled meeting"),
    }


def attendance_words() -> dict[Attendance, str]:
    return {
        Attendance.EXPECTED: _("Not told yet"),
        Attendance.SERVED: _("Served"),
        Attendance.PRESENT: _("There without serving"),
        Attendance.ABSENT: _("Absent"),
    }


def vote_words() -> dict[Vote, str]:
    return {
        Vote.FOR: _("For"),
        Vote.AGAINST: _("Against"),
        Vote.ABSTAINED: _("Abstained"),
    }


def away_words() -> dict[Away, str]:
    return {Away.CONFLICT: _("Conflict of interest"), Away.OTHER: _("Another reason")}


def day_words() -> dict[Step, str]:
    return {
        "summon": _("Summons sent at the latest"),
        "write": _("Minutes written at the latest"),
        "adjust": _("Minutes adjusted at the latest"),
        "announce": _("Announced at the latest"),
        "appeal": _("Can be appealed against until"),
    }


def lamp(state: MeetingState) -> Lamp:
    word = state_words()[state]
    if state in (MeetingState.PLANNED, MeetingState.CANCELLED):
        return Lamp("none", word)
    if state in (MeetingState.CLOSED, MeetingState.ANNOUNCED):
        return Lamp("green", word)
    return Lamp("yellow", word)
