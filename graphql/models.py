"""What the GraphQL kit itself keeps."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import Index, UniqueConstraint
from sqlalchemy.orm import Mapped

from ..tenants.rows import Code, TenantRow, Words, refers


class PersistedDocument(TenantRow):
    """A document that clients ask for by its hash: SHA-256 as 64 hex digits in lower case."""

    __tablename__ = "persisted_documents"
    __table_args__ = (
        refers("created_by", "people"),
        UniqueConstraint("tenant_id", "digest"),
        Index("ix_persisted_documents_age", "tenant_id", "created_at"),
    )

    digest: Mapped[Code]
    text: Mapped[Words]
    created_by: Mapped[UUID | None]
