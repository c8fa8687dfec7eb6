"""Lists of the access log that somebody reviews: their events, what came of them, what is kept."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import ARRAY, BigInteger, Index, Text, UniqueConstraint, Uuid, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from ....tenants.rows import CODES, WORDS, Code, TenantRow, Words, refers


class ReviewState(StrEnum):
    OPEN = "open"
    SIGNED = "signed"
    ARCHIVED = "archived"


class Mark(StrEnum):
    """Why an event stands out."""

    NO_RELATION = "no_relation"
    ODD_HOURS = "odd_hours"
    MANY = "many"
    PROTECTED = "protected"
    BEHIND = "behind"
    OWN = "own"
    COLLEAGUE = "colleague"
    SOURCE = "source"
    """The system that the list came from has marked it."""
    LATE = "late"
    """It came after the list of its days had been signed."""


class Decision(StrEnum):
    NO_REMARK = "no_remark"
    """Given to many at once, none of which stands out."""
    LEGITIMATE = "legitimate"
    INVESTIGATE = "investigate"
    INTRUSION = "intrusion"


class ReviewHead(TenantRow):
    """One row: up to which entry of the log all are in a list. Whoever makes lists locks it."""

    __tablename__ = "review_heads"
    __table_args__ = (UniqueConstraint("tenant_id"),)

    seq: Mapped[int] = mapped_column(BigInteger)


class Review(TenantRow):
    """The list of a unit for some days, both of them with it; without a unit the municipality's
    own. `number` 2 and on are supplements, for what came when the list before had been signed.

    `counts` are those of the signing. `health` says that a list of a health journal was read in.
    """

    __tablename__ = "reviews"
    __table_args__ = (
        refers("unit_id", "units"),
        refers("reviewer_id", "people"),
        refers("signed_by", "people"),
        refers("archived_by", "people"),
        Index(
            "uq_reviews_slot",
            "tenant_id",
            "unit_id",
            "begins",
            "number",
            unique=True,
            postgresql_nulls_not_distinct=True,
        ),
    )

    unit_id: Mapped[UUID | None]
    begins: Mapped[date]
    ends: Mapped[date]
    number: Mapped[int] = mapped_column(server_default="1")
    state: Mapped[ReviewState] = mapped_column(server_default=ReviewState.OPEN)
    due_on: Mapped[date]
    reviewer_id: Mapped[UUID | None]
    health: Mapped[bool] = mapped_column(server_default="false")
    result: Mapped[Words] = mapped_column(server_default="")
    counts: Mapped[dict[str, int]] = mapped_column(JSONB, server_default="{}", info=CODES)
    signed_by: Mapped[UUID | None]
    signed_at: Mapped[datetime | None]
    archived_by: Mapped[UUID | None]
    archived_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column(server_default="1")


class ReviewEvent(TenantRow):
    """One event of a list: a copy of an entry of the log, whose id it has, or a row of an imported
    list. `subjects` are people as the other system names them; they are confidential.

    `given` are the marks that came with it, `marks` all of them.
    """

    __tablename__ = "review_events"
    __table_args__ = (
        refers("review_id", "reviews", ondelete="CASCADE"),
        refers("import_id", "review_imports", ondelete="CASCADE"),
        refers("decided_by", "people"),
        Index("ix_review_events_order", "tenant_id", "review_id", text("marked desc"), "at", "id"),
        Index("ix_review_events_at", "tenant_id", "at"),
        Index("uq_review_events_row", "tenant_id", "import_id", "row_number", unique=True),
    )

    review_id: Mapped[UUID]
    seq: Mapped[int | None] = mapped_column(BigInteger)
    import_id: Mapped[UUID | None]
    row_number: Mapped[int | None]
    at: Mapped[datetime]
    person_id: Mapped[UUID | None]
    who: Mapped[Words] = mapped_column(server_default="")
    behind_id: Mapped[UUID | None]
    support_id: Mapped[UUID | None]
    action: Mapped[Code]
    kind: Mapped[Code]
    records: Mapped[list[UUID]] = mapped_column(ARRAY(Uuid), server_default="{}")
    about: Mapped[list[UUID]] = mapped_column(ARRAY(Uuid), server_default="{}")
    subjects: Mapped[list[str]] = mapped_column(ARRAY(Text), server_default="{}", info=WORDS)
    unit_id: Mapped[UUID | None]
    process: Mapped[Code] = mapped_column(server_default="")
    way: Mapped[Code] = mapped_column(server_default="")
    address: Mapped[Code] = mapped_column(server_default="")
    given: Mapped[list[str]] = mapped_column(ARRAY(Text), server_default="{}", info=CODES)
    marks: Mapped[list[str]] = mapped_column(ARRAY(Text), server_default="{}", info=CODES)
    marked: Mapped[bool] = mapped_column(server_default="false")
    comment: Mapped[Words] = mapped_column(server_default="")
    decision: Mapped[Decision | None]
    decided_by: Mapped[UUID | None]
    decided_at: Mapped[datetime | None]


class ReviewImport(TenantRow):
    """A list of another system. Until it is read in `cells` holds it (the heading row first); after
    that only its name, its hash and how many rows came in are kept."""

    __tablename__ = "review_imports"
    __table_args__ = (
        refers("review_id", "reviews", ondelete="CASCADE"),
        refers("imported_by", "people"),
    )

    review_id: Mapped[UUID]
    name: Mapped[Words]
    system: Mapped[Words] = mapped_column(server_default="")
    sha256: Mapped[Code]
    health: Mapped[bool] = mapped_column(server_default="false")
    columns: Mapped[dict[str, int]] = mapped_column(JSONB, server_default="{}", info=CODES)
    cells: Mapped[list[list[object]] | None] = mapped_column(JSONB(none_as_null=True), info=WORDS)
    rows: Mapped[int] = mapped_column(server_default="0")
    imported_by: Mapped[UUID | None]
    read_at: Mapped[datetime | None]


class InvestigationState(StrEnum):
    OPEN = "open"
    CLOSED = "closed"


class Investigation(TenantRow):
    """What is looked into further after an event. `crime_note` says why a crime is suspected;
    `extract_from` and `extract_to` are the days that an extended extract is wanted for."""

    __tablename__ = "review_investigations"
    __table_args__ = (
        refers("review_id", "reviews", ondelete="CASCADE"),
        refers("event_id", "review_events", ondelete="CASCADE"),
        refers("opened_by", "people"),
        refers("closed_by", "people"),
        refers("crime_by", "people"),
        UniqueConstraint("tenant_id", "event_id"),
    )

    review_id: Mapped[UUID]
    event_id: Mapped[UUID]
    case_number: Mapped[Words]
    notes: Mapped[Words] = mapped_column(server_default="")
    outcome: Mapped[Words] = mapped_column(server_default="")
    state: Mapped[InvestigationState] = mapped_column(server_default=InvestigationState.OPEN)
    opened_by: Mapped[UUID | None]
    opened_at: Mapped[datetime]
    closed_by: Mapped[UUID | None]
    closed_at: Mapped[datetime | None]
    crime_by: Mapped[UUID | None]
    crime_at: Mapped[datetime | None]
    crime_note: Mapped[Words] = mapped_column(server_default="")
    extract_from: Mapped[date | None]
    extract_to: Mapped[date | None]


class NoticeKind(StrEnum):
    HEALTH = "health"
    ARCHIVE = "archive"


class ReviewNotice(TenantRow):
    """Somebody was told: the named officer of an intrusion into a health record, or whoever
    answers for the archive of a list that was archived. They say that they have seen it."""

    __tablename__ = "review_notices"
    __table_args__ = (
        refers("review_id", "reviews", ondelete="CASCADE"),
        refers("investigation_id", "review_investigations", ondelete="CASCADE"),
        refers("person_id", "people"),
        refers("told_by", "people"),
    )

    kind: Mapped[NoticeKind]
    review_id: Mapped[UUID]
    investigation_id: Mapped[UUID | None]
    person_id: Mapped[UUID]
    told_by: Mapped[UUID | None]
    told_at: Mapped[datetime]
    sent_at: Mapped[datetime | None]
    acknowledged_at: Mapped[datetime | None]


class FileKind(StrEnum):
    PDF = "pdf"
    EXCEL = "excel"
    EXTRACT = "extract"


class ReviewFile(TenantRow):
    """A file that was made of a list or for an investigation. It is confidential, and so not among
    the files that anybody reads."""

    __tablename__ = "review_files"
    __table_args__ = (
        refers("review_id", "reviews", ondelete="CASCADE"),
        refers("investigation_id", "review_investigations", ondelete="CASCADE"),
        refers("made_by", "people"),
        UniqueConstraint("tenant_id", "job_id", "kind"),
    )

    review_id: Mapped[UUID]
    investigation_id: Mapped[UUID | None]
    job_id: Mapped[UUID]
    kind: Mapped[FileKind]
    name: Mapped[Words]
    media_type: Mapped[Code]
    size: Mapped[int]
    sha256: Mapped[Code]
    key: Mapped[Code]
    key_number: Mapped[int | None]
    note: Mapped[Words] = mapped_column(server_default="")
    made_by: Mapped[UUID | None]


class ArchiveKind(StrEnum):
    """What is kept for as long as a rule of its own says."""

    LIST = "list"
    HEALTH_LIST = "health_list"
    """A list into which one of a health journal was read."""


class RetentionRule(TenantRow):
    """How long a kind of archive is kept, from a day on: `years` as the municipality has decided,
    `floor` the fewest that the law allowed then. The latest that has begun holds."""

    __tablename__ = "review_retention_rules"
    __table_args__ = (
        refers("decided_by", "people"),
        UniqueConstraint("tenant_id", "kind", "valid_from"),
    )

    kind: Mapped[ArchiveKind]
    years: Mapped[int]
    floor: Mapped[int]
    authority: Mapped[Code]
    valid_from: Mapped[date]
    decided_by: Mapped[UUID | None]


class ReviewDisposal(TenantRow):
    """The disposal log: what was disposed of, when, by which rule. Nothing of a person is in it."""

    __tablename__ = "review_disposals"
    __table_args__ = (refers("rule_id", "review_retention_rules"),)

    review_id: Mapped[UUID] = mapped_column(info=CODES)
    unit_id: Mapped[UUID | None]
    begins: Mapped[date]
    ends: Mapped[date]
    number: Mapped[int]
    kind: Mapped[ArchiveKind]
    rule_id: Mapped[UUID]
    years: Mapped[int]
    authority: Mapped[Code]
    events: Mapped[int]
    sha256: Mapped[list[str]] = mapped_column(ARRAY(Text), info=CODES)
    disposed_by: Mapped[UUID | None]
    disposed_at: Mapped[datetime]
