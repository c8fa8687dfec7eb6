"""A job as its row: what was asked, by whom, how far it has come, how it ended."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import Index, SmallInteger, UniqueConstraint, func, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from ..tenants.rows import CODES, LOGGED, WORDS, Code, TenantRow, Words, refers


class JobState(StrEnum):
    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"


class Job(TenantRow):
    """Something to do after the request. The row decides; the message in the queue only wakes.

    `done` of `total` and `step` are its progress; `total` 0 means that the end is not known.
    `attempts` also tells two runs of the same job apart: only the latest may write the row.
    `created_by` None is the service itself; `scopes` are those of the token that asked, `level`
    the level of assurance of the session.
    """

    __tablename__ = "jobs"
    __table_args__ = (
        refers("created_by", "people"),
        Index("ix_jobs_person", "tenant_id", "created_by", "id"),
        Index(
            "ix_jobs_open",
            "tenant_id",
            "sent_at",
            postgresql_where=text("state in ('queued', 'running')"),
        ),
    )

    kind: Mapped[Code]
    queue: Mapped[Code]
    arguments: Mapped[dict[str, object]] = mapped_column(info=WORDS)
    state: Mapped[JobState] = mapped_column(server_default=JobState.QUEUED)
    done: Mapped[int] = mapped_column(server_default="0")
    total: Mapped[int] = mapped_column(server_default="0")
    step: Mapped[Words] = mapped_column(server_default="")
    attempts: Mapped[int] = mapped_column(server_default="0")
    result: Mapped[dict[str, object] | None] = mapped_column(
        JSONB(none_as_null=True), info=WORDS | LOGGED
    )
    problem: Mapped[Words | None] = mapped_column(info=LOGGED)
    created_by: Mapped[UUID | None]
    scopes: Mapped[list[str] | None] = mapped_column(JSONB(none_as_null=True), info=CODES)
    level: Mapped[int | None] = mapped_column(SmallInteger)
    token_id: Mapped[UUID | None]
    session_id: Mapped[UUID | None]
    locale: Mapped[Code]
    sent_at: Mapped[datetime] = mapped_column(server_default=func.clock_timestamp())
    started_at: Mapped[datetime | None]
    beat_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]


class TimetableSlot(TenantRow):
    """A job was started by the timetable for this moment; the row keeps it from starting twice."""

    __tablename__ = "timetable_slots"
    __table_args__ = (UniqueConstraint("tenant_id", "job", "slot"),)

    job: Mapped[Code]
    slot: Mapped[datetime]
