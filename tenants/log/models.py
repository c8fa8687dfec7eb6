"""What is kept about the access log: the roots of its blocks, its anchors, what was disposed of."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, LargeBinary, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from ..rows import Code, TenantRow


class LogBlock(TenantRow):
    """The root of the tree over entries `number` × 1,024 + 1 to (`number` + 1) × 1,024."""

    __tablename__ = "log_blocks"
    __table_args__ = (UniqueConstraint("tenant_id", "number"),)

    number: Mapped[int] = mapped_column(BigInteger)
    root: Mapped[bytes] = mapped_column(LargeBinary)


class LogAnchor(TenantRow):
    """That the log had `seq` entries, with this last hash and this root, was put away `at`."""

    __tablename__ = "log_anchors"
    __table_args__ = (UniqueConstraint("tenant_id", "seq", "at"),)

    at: Mapped[datetime]
    seq: Mapped[int] = mapped_column(BigInteger)
    hash: Mapped[bytes] = mapped_column(LargeBinary)
    root: Mapped[bytes] = mapped_column(LargeBinary)
    key: Mapped[Code]
    object_version: Mapped[Code]


class LogDisposal(TenantRow):
    """Entries up to `seq`, whose hash this was, were disposed of by a rule of so many years."""

    __tablename__ = "log_disposals"
    __table_args__ = (UniqueConstraint("tenant_id", "seq"),)

    at: Mapped[datetime]
    seq: Mapped[int] = mapped_column(BigInteger)
    hash: Mapped[bytes] = mapped_column(LargeBinary)
    entries: Mapped[int] = mapped_column(BigInteger)
    years: Mapped[int]
    decided_by: Mapped[UUID | None]
