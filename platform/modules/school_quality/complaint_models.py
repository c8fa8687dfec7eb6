"""Complaints against the education, and what is done about them.

What is told by and about people is sealed with the municipality's key (`tenants/sealed/safe.py`):
a copy of the database holds none of it in words. What stands open names nobody.
"""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from typing import Annotated
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, LargeBinary, UniqueConstraint
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from ....tenants.rows import DUTY, SEALED, WORDS, Code, TenantRow, refers

Sealed = Annotated[bytes, mapped_column(LargeBinary, info=SEALED)]
"""A text that only `tenants/sealed/safe.py` writes and reads; its reading is noted in the
access log. Nobody is named in it as it lies."""


class ComplaintState(StrEnum):
    """How far a complaint has come, in the order in which that happens."""

    RECEIVED = "received"
    CONFIRMED = "confirmed"
    """Whoever complains has been told that it has come in."""
    INVESTIGATED = "investigated"
    ANSWERED = "answered"
    """Whoever complains has been told what came of it."""
    CLOSED = "closed"


class ComplaintWay(StrEnum):
    """How it came in."""

    LETTER = "letter"
    E_MAIL = "e_mail"
    PHONE = "phone"
    IN_PERSON = "in_person"
    E_SERVICE = "e_service"


class Complainant(StrEnum):
    GUARDIAN = "guardian"
    PUPIL = "pupil"
    OTHER = "other"


class ComplaintOutcome(StrEnum):
    FOUNDED = "founded"
    PARTLY = "partly"
    UNFOUNDED = "unfounded"


class ComplaintKind(TenantRow):
    """What complaints are about, as the municipality divides them."""

    __tablename__ = "school_complaint_kinds"
    __table_args__ = (refers("ended_by", "people"), UniqueConstraint("tenant_id", "key"))

    key: Mapped[Code]
    name: Mapped[dict[str, str]] = mapped_column(JSONB, info=WORDS)
    position: Mapped[int]
    ended_at: Mapped[datetime | None]
    ended_by: Mapped[UUID | None]


class Complaint(TenantRow):
    """A complaint against the education at a unit, which decides who sees it.

    `reference` is chosen by chance: a running number would tell how many others there are. `year`
    is the school year that it counts in, by the year in which that begins. Until `confirm_by` and
    `answer_by` it is to be confirmed and answered, by the settings of when it came in.
    """

    __tablename__ = "school_complaints"
    __table_args__ = (
        refers("unit_id", "units"),
        refers("kind_id", "school_complaint_kinds"),
        refers("handler_id", "people"),
        refers("registered_by", "people"),
        UniqueConstraint("tenant_id", "reference"),
        CheckConstraint("(state = 'received') = (confirmed_on is null)", name="confirmed"),
        CheckConstraint(
            "(state in ('answered', 'closed')) = (answered_on is not null)", name="answered"
        ),
        Index("ix_school_complaints_unit", "tenant_id", "unit_id", "year"),
    )

    reference: Mapped[Code]
    registry_number: Mapped[Code]
    unit_id: Mapped[UUID]
    year: Mapped[int]
    received_on: Mapped[date]
    way: Mapped[ComplaintWay]
    kind_id: Mapped[UUID]
    complainant: Mapped[Complainant]
    name: Mapped[Sealed]
    contact: Mapped[Sealed]
    what: Mapped[Sealed]
    state: Mapped[ComplaintState]
    confirm_by: Mapped[date]
    answer_by: Mapped[date]
    confirmed_on: Mapped[date | None]
    answered_on: Mapped[date | None]
    handler_id: Mapped[UUID | None] = mapped_column(info=DUTY)
    investigation: Mapped[Sealed]
    outcome: Mapped[ComplaintOutcome | None]
    told_back: Mapped[Sealed]
    registered_by: Mapped[UUID | None]
    version: Mapped[int]


class ComplaintStep(TenantRow):
    """A step that a complaint has taken, by whom and when; never changed. `taken_on` is the day on
    which it was done, `taken_at` when that was written down."""

    __tablename__ = "school_complaint_steps"
    __table_args__ = (
        refers("complaint_id", "school_complaints"),
        refers("taken_by", "people"),
        Index("ix_school_complaint_steps_complaint", "tenant_id", "complaint_id"),
    )

    complaint_id: Mapped[UUID]
    state: Mapped[ComplaintState]
    taken_on: Mapped[date]
    note: Mapped[Sealed]
    taken_by: Mapped[UUID | None]
    taken_at: Mapped[datetime]


class ComplaintAction(TenantRow):
    """A planned action comes of a complaint. Everybody reads the action, and nobody sees by it more
    than the complaint's reference."""

    __tablename__ = "school_complaint_actions"
    __table_args__ = (
        refers("complaint_id", "school_complaints"),
        refers("action_id", "planned_actions"),
        UniqueConstraint("tenant_id", "complaint_id", "action_id"),
    )

    complaint_id: Mapped[UUID]
    action_id: Mapped[UUID]
