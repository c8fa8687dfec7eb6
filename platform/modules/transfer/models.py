"""What is kept of taking a whole municipality out, and of ending it."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, Index
from sqlalchemy.orm import Mapped, mapped_column

from ....tenants.rows import Code, TenantRow, Words, refers


class TenantExport(TenantRow):
    """Somebody asked for everything that the municipality has. `digest` is that of the manifest,
    which names the digests of all the rest, and the `fault_count` files that could not be read.
    `text_count` texts are sealed in it, `texts_without_key` of them for nobody elsewhere to open.
    At `removed_at` the archive was removed, since it named people who have been purged."""

    __tablename__ = "tenant_exports"
    __table_args__ = (refers("asked_by", "people"),)

    reason: Mapped[Words]
    asked_by: Mapped[UUID | None]
    job_id: Mapped[UUID | None]
    made_at: Mapped[datetime | None]
    digest: Mapped[Code | None]
    row_count: Mapped[int | None] = mapped_column(BigInteger)
    file_count: Mapped[int | None]
    fault_count: Mapped[int | None]
    text_count: Mapped[int | None]
    texts_without_key: Mapped[int | None]
    removed_at: Mapped[datetime | None]


class TenantErasure(TenantRow):
    """The municipality is to be erased, once another administrator has confirmed it and the notice
    is over. One stands at a time, until it is withdrawn."""

    __tablename__ = "tenant_erasures"
    __table_args__ = (
        refers("asked_by", "people"),
        refers("confirmed_by", "people"),
        refers("withdrawn_by", "people"),
        CheckConstraint("confirmed_by <> asked_by", name="two"),
        Index(
            "uq_tenant_erasures_standing",
            "tenant_id",
            unique=True,
            postgresql_where="withdrawn_at is null",
        ),
    )

    reason: Mapped[Words]
    asked_by: Mapped[UUID]
    notice_days: Mapped[int]
    confirmed_by: Mapped[UUID | None]
    confirmed_at: Mapped[datetime | None]
    due_on: Mapped[date | None]
    withdrawn_by: Mapped[UUID | None]
    withdrawn_at: Mapped[datetime | None]
