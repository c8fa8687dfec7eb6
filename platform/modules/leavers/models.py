"""Those who have left: runs that purge them, what each run changed, extracts, and what is kept."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import Index, UniqueConstraint
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from ....tenants.rows import CODES, OWN, Code, TenantRow, Words, refers


class Because(StrEnum):
    """Why a run was opened."""

    TIMETABLE = "timetable"
    HAND = "hand"
    DIRECTORY = "directory"
    """The municipality's directory told that somebody left (SCIM)."""
    REQUEST = "request"
    """Somebody asked to be erased (article 17)."""


class RunState(StrEnum):
    OPEN = "open"
    DECIDED = "decided"
    DONE = "done"
    WITHDRAWN = "withdrawn"


class Why(StrEnum):
    """Why somebody is among those of a run."""

    LEFT = "left"
    SCIM = "scim"
    SILENT = "silent"
    """Has not signed in for as long as the municipality has chosen."""
    REQUEST = "request"


class LeaverRun(TenantRow):
    """A purge: those it is about, who decided it, how far it has come, and its receipt.

    `stage` and `after` tell what is done already: they are written in the transaction that did it,
    so that a run which was killed goes on where it was. `counts` is what has been done, by kind.
    """

    __tablename__ = "leaver_runs"
    __table_args__ = (
        refers("opened_by", "people"),
        refers("decided_by", "people"),
        Index("ix_leaver_runs_state", "tenant_id", "state"),
    )

    because: Mapped[Because]
    state: Mapped[RunState] = mapped_column(server_default=RunState.OPEN)
    opened_by: Mapped[UUID | None]
    decided_by: Mapped[UUID | None]
    decided_at: Mapped[datetime | None]
    motivation: Mapped[Words] = mapped_column(server_default="")
    identity_check: Mapped[Words] = mapped_column(server_default="")
    """Of a request: how it was made sure that it came from the person themselves."""
    stage: Mapped[int] = mapped_column(server_default="0")
    after: Mapped[Code] = mapped_column(server_default="")
    total: Mapped[int] = mapped_column(server_default="0")
    counts: Mapped[dict[str, object]] = mapped_column(server_default="{}", info=CODES)
    done_at: Mapped[datetime | None]
    receipt: Mapped[dict[str, object] | None] = mapped_column(JSONB(none_as_null=True), info=CODES)
    receipt_hash: Mapped[Code] = mapped_column(server_default="")


class Leaver(TenantRow):
    """Somebody in a run, and who takes over; without an heir it is the nearest manager."""

    __tablename__ = "leavers"
    __table_args__ = (
        refers("run_id", "leaver_runs", ondelete="CASCADE"),
        refers("person_id", "people"),
        refers("heir_id", "people"),
        UniqueConstraint("tenant_id", "run_id", "person_id"),
        UniqueConstraint("tenant_id", "pseudonym"),
    )

    run_id: Mapped[UUID]
    person_id: Mapped[UUID]
    heir_id: Mapped[UUID | None]
    why: Mapped[Why]
    pseudonym: Mapped[Code]


class Kept(StrEnum):
    """Why a name stays where it stands."""

    NAMESAKE = "namesake"
    PUBLIC = "public"
    """Somebody elected, or another whose name belongs to the public record."""


class KeptName(TenantRow):
    """A place that was unticked: the name stays there. `mark` is the hash of its surroundings."""

    __tablename__ = "leaver_kept_names"
    __table_args__ = (
        refers("run_id", "leaver_runs", ondelete="CASCADE"),
        UniqueConstraint("tenant_id", "run_id", "row_id", "place", "mark"),
    )

    run_id: Mapped[UUID]
    place: Mapped[Code]
    """Table and column, such as sections.text."""
    row_id: Mapped[UUID] = mapped_column(info=CODES)
    mark: Mapped[Code]
    reason: Mapped[Kept]


class ArchiveChange(TenantRow):
    """What a run changed in a report that was done, or in a file: what stood there, by its hash.

    `old_key` is where the bytes lay that are to be removed; empty once they are.
    """

    __tablename__ = "archive_changes"
    __table_args__ = (
        refers("run_id", "leaver_runs"),
        Index("ix_archive_changes_run", "tenant_id", "run_id"),
        Index("ix_archive_changes_row", "tenant_id", "row_id"),
    )

    run_id: Mapped[UUID]
    kind: Mapped[Code]
    """The table, such as sections or files."""
    row_id: Mapped[UUID] = mapped_column(info=CODES)
    report_id: Mapped[UUID | None] = mapped_column(info=CODES)
    how: Mapped[Code]
    old_hash: Mapped[Code]
    new_hash: Mapped[Code]
    changed_at: Mapped[datetime]
    old_key: Mapped[Code] = mapped_column(server_default="")


class FoundInFile(TenantRow):
    """How many times those of an open run are named within a file, as the last look found."""

    __tablename__ = "leaver_files"
    __table_args__ = (
        refers("run_id", "leaver_runs", ondelete="CASCADE"),
        refers("file_id", "files", ondelete="CASCADE"),
        UniqueConstraint("tenant_id", "run_id", "file_id"),
    )

    run_id: Mapped[UUID]
    file_id: Mapped[UUID]
    hits: Mapped[int]
    made: Mapped[Code]
    kept: Mapped[bool] = mapped_column(server_default="false")
    """Unticked: the file stays as it is."""


class Effect(StrEnum):
    """What erasure does with a kind of records."""

    ERASE = "erase"
    PSEUDONYMISE = "pseudonymise"
    KEEP = "keep"


class RetentionRule(TenantRow):
    """What happens to a kind of records when somebody is erased, from one day up to another."""

    __tablename__ = "retention_rules"
    __table_args__ = (
        refers("changed_by", "people"),
        UniqueConstraint("tenant_id", "kind", "valid_from"),
    )

    kind: Mapped[Code]
    effect: Mapped[Effect]
    reason: Mapped[Words]
    law: Mapped[Words] = mapped_column(server_default="")
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]
    changed_by: Mapped[UUID | None]


class PersonExtract(TenantRow):
    """That somebody asked what is held about a person (article 15), and the jobs that answer."""

    __tablename__ = "person_extracts"
    __table_args__ = (
        refers("person_id", "people"),
        refers("asked_by", "people"),
        Index("ix_person_extracts_person", "tenant_id", "person_id"),
    )

    person_id: Mapped[UUID] = mapped_column(info=OWN)
    asked_by: Mapped[UUID | None]
    identity_check: Mapped[Words] = mapped_column(server_default="")
    pdf_job: Mapped[UUID | None] = mapped_column(info=CODES)
    json_job: Mapped[UUID | None] = mapped_column(info=CODES)
