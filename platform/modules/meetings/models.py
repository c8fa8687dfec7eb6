"""Meetings in series: who takes part, what is on the agenda, and what was said and decided."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from ....tenants.rows import OPEN, OWN, Code, TenantRow, Words, refers


class MeetingKind(StrEnum):
    ORDINARY = "ordinary"
    COMMITTEE = "committee"
    """Of a nämnd or the executive board: formal minutes."""
    COUNCIL = "council"
    """Of the fullmäktige: formal minutes, and a summons that the law sets a day for."""

    @property
    def formal(self) -> bool:
        return self is not MeetingKind.ORDINARY


class Cycle(StrEnum):
    """How often it meets; the next meeting is suggested from it."""

    NONE = "none"
    WEEK = "week"
    TWO_WEEKS = "two_weeks"
    MONTH = "month"
    QUARTER = "quarter"


class MeetingRole(StrEnum):
    CHAIR = "chair"
    SECRETARY = "secretary"
    MEMBER = "member"
    SUBSTITUTE = "substitute"
    GUEST = "guest"


class ItemKind(StrEnum):
    INFORMATION = "information"
    DISCUSSION = "discussion"
    DECISION = "decision"


class MeetingState(StrEnum):
    """In the order they come; an ordinary meeting goes from written to closed."""

    PLANNED = "planned"
    SUMMONED = "summoned"
    HELD = "held"
    WRITTEN = "written"
    ADJUSTED = "adjusted"
    ANNOUNCED = "announced"
    CLOSED = "closed"
    CANCELLED = "cancelled"


class Attendance(StrEnum):
    EXPECTED = "expected"
    """Nobody has told yet."""
    SERVED = "served"
    PRESENT = "present"
    """There without serving: a substitute who was not called in, a guest."""
    ABSENT = "absent"


class ItemState(StrEnum):
    OPEN = "open"
    DONE = "done"
    CARRIED = "carried"
    """Left for the next meeting, which begins with it."""


class Vote(StrEnum):
    FOR = "for"
    AGAINST = "against"
    ABSTAINED = "abstained"


class Away(StrEnum):
    """Why somebody was not there for an item."""

    CONFLICT = "conflict"
    """Conflict of interest (jäv)."""
    OTHER = "other"


class MeetingTemplate(TenantRow):
    """An agenda to begin with."""

    __tablename__ = "meeting_templates"
    __table_args__ = (refers("changed_by", "people"),)

    name: Mapped[Words]
    ended_at: Mapped[datetime | None]
    changed_by: Mapped[UUID | None]
    changed_at: Mapped[datetime]


class TemplateItem(TenantRow):
    """A point of a template. Those that are `standing` come with every meeting by themselves."""

    __tablename__ = "meeting_template_items"
    __table_args__ = (
        refers("template_id", "meeting_templates"),
        Index("ix_meeting_template_items_template", "tenant_id", "template_id"),
    )

    template_id: Mapped[UUID]
    position: Mapped[int]
    title: Mapped[Words]
    kind: Mapped[ItemKind]
    standing: Mapped[bool]


class MeetingSeries(TenantRow):
    """Meetings that belong together, of a unit or of the body that a unit is.

    One that is `private` is seen by those who take part and those who write at the unit.
    """

    __tablename__ = "meeting_series"
    __table_args__ = (
        refers("unit_id", "units"),
        refers("template_id", "meeting_templates"),
        refers("changed_by", "people"),
        Index("ix_meeting_series_unit", "tenant_id", "unit_id"),
    )

    unit_id: Mapped[UUID]
    name: Mapped[Words]
    kind: Mapped[MeetingKind]
    template_id: Mapped[UUID | None]
    place: Mapped[Words]
    cycle: Mapped[Cycle]
    private: Mapped[bool]
    ended_at: Mapped[datetime | None]
    version: Mapped[int]
    changed_by: Mapped[UUID | None]
    changed_at: Mapped[datetime]


class SeriesMember(TenantRow):
    """Who takes part in the meetings of a series: somebody in the register, or a name."""

    __tablename__ = "meeting_members"
    __table_args__ = (
        refers("series_id", "meeting_series"),
        refers("person_id", "people"),
        UniqueConstraint("tenant_id", "series_id", "person_id"),
        Index("ix_meeting_members_person", "tenant_id", "person_id"),
    )

    series_id: Mapped[UUID]
    person_id: Mapped[UUID | None] = mapped_column(info=OWN | OPEN)
    name: Mapped[Words]
    role: Mapped[MeetingRole]
    adjuster: Mapped[bool]


class Meeting(TenantRow):
    """One meeting of a series. `adjusted_on` and `announced_on` are the days that the times of
    the law are counted from; who took each step, and when, stands in its steps."""

    __tablename__ = "meetings"
    __table_args__ = (
        refers("series_id", "meeting_series"),
        refers("unit_id", "units"),
        refers("changed_by", "people"),
        Index("ix_meetings_starts_at", "tenant_id", "starts_at"),
        Index("ix_meetings_series", "tenant_id", "series_id"),
        CheckConstraint("ends_at > starts_at", name="ends_after_it_starts"),
    )

    series_id: Mapped[UUID]
    unit_id: Mapped[UUID]
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    place: Mapped[Words]
    state: Mapped[MeetingState]
    adjusted_on: Mapped[date | None]
    announced_on: Mapped[date | None]
    version: Mapped[int]
    changed_by: Mapped[UUID | None]
    changed_at: Mapped[datetime]


class MeetingStep(TenantRow):
    """A state that a meeting has come to, by whom and when; never changed afterwards."""

    __tablename__ = "meeting_steps"
    __table_args__ = (
        refers("meeting_id", "meetings"),
        refers("taken_by", "people"),
        Index("ix_meeting_steps_meeting", "tenant_id", "meeting_id"),
    )

    meeting_id: Mapped[UUID]
    state: Mapped[MeetingState]
    note: Mapped[Words]
    taken_by: Mapped[UUID | None]
    taken_at: Mapped[datetime]


class Participant(TenantRow):
    """Who was called to a meeting, in which role, and whether they came."""

    __tablename__ = "meeting_participants"
    __table_args__ = (
        refers("meeting_id", "meetings"),
        refers("person_id", "people"),
        UniqueConstraint("tenant_id", "meeting_id", "person_id"),
        Index("ix_meeting_participants_person", "tenant_id", "person_id"),
    )

    meeting_id: Mapped[UUID]
    person_id: Mapped[UUID | None]
    name: Mapped[Words]
    role: Mapped[MeetingRole]
    adjuster: Mapped[bool]
    attendance: Mapped[Attendance]


class AgendaItem(TenantRow):
    """A point of a meeting. Formal meetings number theirs when they are held: `paragraph` is the
    next of the body and the year. The counts of a vote are None where none was taken."""

    __tablename__ = "agenda_items"
    __table_args__ = (
        refers("meeting_id", "meetings"),
        refers("unit_id", "units"),
        refers("carried_from", "agenda_items"),
        refers("changed_by", "people"),
        UniqueConstraint("tenant_id", "unit_id", "year", "paragraph"),
        UniqueConstraint("tenant_id", "carried_from"),
        Index("ix_agenda_items_meeting", "tenant_id", "meeting_id"),
    )

    meeting_id: Mapped[UUID]
    unit_id: Mapped[UUID]
    year: Mapped[int]
    position: Mapped[int]
    title: Mapped[Words]
    kind: Mapped[ItemKind]
    state: Mapped[ItemState]
    paragraph: Mapped[int | None]
    registry_number: Mapped[Code]
    notes: Mapped[Words]
    """HTML of the closed subset (`infra/documents/richtext.py`), cleaned when it is saved."""
    proposals: Mapped[Words]
    decision: Mapped[Words]
    votes_for: Mapped[int | None]
    votes_against: Mapped[int | None]
    votes_abstained: Mapped[int | None]
    carried_from: Mapped[UUID | None]
    version: Mapped[int]
    changed_by: Mapped[UUID | None]
    changed_at: Mapped[datetime]


class ItemVote(TenantRow):
    """How somebody who served voted."""

    __tablename__ = "agenda_votes"
    __table_args__ = (
        refers("item_id", "agenda_items"),
        refers("participant_id", "meeting_participants"),
        UniqueConstraint("tenant_id", "item_id", "participant_id"),
    )

    item_id: Mapped[UUID]
    participant_id: Mapped[UUID]
    vote: Mapped[Vote]


class ItemReservation(TenantRow):
    """Somebody who does not stand behind a decision, and what they say of it."""

    __tablename__ = "agenda_reservations"
    __table_args__ = (
        refers("item_id", "agenda_items"),
        refers("participant_id", "meeting_participants"),
        UniqueConstraint("tenant_id", "item_id", "participant_id"),
    )

    item_id: Mapped[UUID]
    participant_id: Mapped[UUID]
    said: Mapped[Words]


class ItemAbsence(TenantRow):
    """Somebody who left for an item, such as for a conflict of interest."""

    __tablename__ = "agenda_absences"
    __table_args__ = (
        refers("item_id", "agenda_items"),
        refers("participant_id", "meeting_participants"),
        UniqueConstraint("tenant_id", "item_id", "participant_id"),
    )

    item_id: Mapped[UUID]
    participant_id: Mapped[UUID]
    reason: Mapped[Away]


class AgendaLink(TenantRow):
    """What a point is about: a goal, a risk, a governing document or a file.

    How that stands (`title`, `detail`, `light` and its `word`) is what it was when it was linked;
    since `kept_at`, when the meeting was held, what it was then.
    """

    __tablename__ = "agenda_links"
    __table_args__ = (
        refers("item_id", "agenda_items"),
        refers("node_id", "plan_nodes", ondelete="CASCADE"),
        refers("risk_id", "risks"),
        refers("document_id", "governing_documents"),
        refers("file_id", "files"),
        CheckConstraint(
            "num_nonnulls(node_id, risk_id, document_id, file_id) = 1", name="to_one_thing"
        ),
        Index("ix_agenda_links_item", "tenant_id", "item_id"),
    )

    item_id: Mapped[UUID]
    node_id: Mapped[UUID | None]
    risk_id: Mapped[UUID | None]
    document_id: Mapped[UUID | None]
    file_id: Mapped[UUID | None]
    title: Mapped[Words]
    detail: Mapped[Words] = mapped_column(server_default="")
    """What it is and where, in words."""
    light: Mapped[Code] = mapped_column(server_default="")
    """green, yellow, red or none; empty for what has no light."""
    word: Mapped[Words] = mapped_column(server_default="")
    kept_at: Mapped[datetime | None]


class AgendaAction(TenantRow):
    """An action that was agreed on a point."""

    __tablename__ = "agenda_actions"
    __table_args__ = (
        refers("item_id", "agenda_items"),
        refers("action_id", "planned_actions"),
        UniqueConstraint("tenant_id", "action_id"),
        Index("ix_agenda_actions_item", "tenant_id", "item_id"),
    )

    item_id: Mapped[UUID]
    action_id: Mapped[UUID]
