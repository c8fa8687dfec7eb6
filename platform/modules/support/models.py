"""Faults that people report and what became of them, whom to ask, and what there is to learn."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from ....tenants.rows import DUTY, OWN, Code, TenantRow, Words, refers


class FaultClass(StrEnum):
    """How grave a fault is, the gravest first; see `rules.fault_class`."""

    A = "a"
    B = "b"
    C = "c"
    D = "d"


class Effect(StrEnum):
    """What does not work."""

    DOWN = "down"
    """Nothing, or almost nothing, can be done."""
    BROKEN = "broken"
    """One thing or several do not work, or work wrongly."""
    AWKWARD = "awkward"
    """It works, but not as it should."""
    BLEMISH = "blemish"
    """It can be seen, and hardly matters."""


class Workaround(StrEnum):
    """Whether one can get it done in another way meanwhile."""

    NONE = "none"
    CUMBERSOME = "cumbersome"
    EASY = "easy"


class FaultState(StrEnum):
    OPEN = "open"
    ANSWERED = "answered"
    SOLVED = "solved"
    CLOSED = "closed"


class FaultReport(TenantRow):
    """What somebody has reported, with what they were asked about it and the class that gives.

    `area` is the module it was met in, empty for the whole service; `page` the address. Times are
    counted in office hours from when it was reported: `answer_by`, `solve_by`.
    """

    __tablename__ = "fault_reports"
    __table_args__ = (
        refers("unit_id", "units"),
        refers("reported_by", "people"),
        refers("handler_id", "people"),
        UniqueConstraint("tenant_id", "number"),
        Index("ix_fault_reports_state", "tenant_id", "state", "fault_class"),
    )

    number: Mapped[int]
    unit_id: Mapped[UUID | None]
    area: Mapped[Code]
    page: Mapped[Code]
    title: Mapped[Words]
    what: Mapped[Words]
    in_production: Mapped[bool]
    effect: Mapped[Effect]
    critical: Mapped[bool]
    workaround: Mapped[Workaround]
    workaround_is: Mapped[Words]
    fault_class: Mapped[FaultClass]
    state: Mapped[FaultState]
    reported_by: Mapped[UUID | None]
    handler_id: Mapped[UUID | None] = mapped_column(info=DUTY)
    answer_by: Mapped[datetime]
    solve_by: Mapped[datetime]
    answered_at: Mapped[datetime | None]
    solved_at: Mapped[datetime | None]
    version: Mapped[int]


class FaultStep(TenantRow):
    """Something that was said or done about a fault; never changed afterwards.

    `fault_class` and `state` are what they were from then on.
    """

    __tablename__ = "fault_steps"
    __table_args__ = (
        refers("fault_id", "fault_reports"),
        refers("taken_by", "people"),
        Index("ix_fault_steps_fault", "tenant_id", "fault_id"),
    )

    fault_id: Mapped[UUID]
    said: Mapped[Words]
    state: Mapped[FaultState]
    fault_class: Mapped[FaultClass]
    taken_by: Mapped[UUID | None]
    taken_at: Mapped[datetime]


class SupportContact(TenantRow):
    """Whom to ask at a unit and below it, about one module or, when `area` is empty, about all."""

    __tablename__ = "support_contacts"
    __table_args__ = (
        refers("unit_id", "units"),
        refers("person_id", "people"),
        refers("changed_by", "people"),
        Index("ix_support_contacts_unit", "tenant_id", "unit_id"),
    )

    unit_id: Mapped[UUID]
    area: Mapped[Code]
    role: Mapped[Words]
    person_id: Mapped[UUID | None] = mapped_column(info=DUTY)
    name: Mapped[Words]
    phone: Mapped[Words]
    email: Mapped[Words]
    hours: Mapped[Words]
    changed_by: Mapped[UUID | None]
    changed_at: Mapped[datetime]


class CourseKind(StrEnum):
    MANUAL = "manual"
    FILM = "film"
    EXERCISE = "exercise"
    MEETING = "meeting"


class Course(TenantRow):
    """Something to read, watch or take part in, about a module; `area` is empty for all of it.

    Whoever has completed one that is `for_trainers` may confirm others (train the trainer).
    """

    __tablename__ = "courses"
    __table_args__ = (refers("changed_by", "people"),)

    area: Mapped[Code]
    title: Mapped[Words]
    kind: Mapped[CourseKind]
    address: Mapped[Code]
    """https:// of a film or page elsewhere; empty for the manual in the service itself."""
    minutes: Mapped[int]
    audience: Mapped[Words]
    for_trainers: Mapped[bool]
    ended_at: Mapped[datetime | None]
    changed_by: Mapped[UUID | None]
    changed_at: Mapped[datetime]


class CourseCompletion(TenantRow):
    """A person has completed a course, by their own word or as a trainer has confirmed."""

    __tablename__ = "course_completions"
    __table_args__ = (
        refers("course_id", "courses"),
        refers("person_id", "people"),
        refers("confirmed_by", "people"),
        UniqueConstraint("tenant_id", "course_id", "person_id"),
        Index("ix_course_completions_person", "tenant_id", "person_id"),
    )

    course_id: Mapped[UUID]
    person_id: Mapped[UUID] = mapped_column(info=OWN)
    completed_at: Mapped[datetime]
    confirmed_by: Mapped[UUID | None]
