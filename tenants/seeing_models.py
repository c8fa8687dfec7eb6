"""Who sees the service as somebody else, and the operator's support in the municipality."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import ARRAY, Index, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from .rows import CODES, OWN, TenantRow, Words, refers


class SeeAs(TenantRow):
    """An administrator sees the service as `person_id` does, in one session, reading only."""

    __tablename__ = "see_as"
    __table_args__ = (
        refers("administrator_id", "people"),
        refers("person_id", "people"),
        Index("ix_see_as_person", "tenant_id", "person_id"),
        Index(
            "uq_see_as_standing",
            "tenant_id",
            "session_id",
            unique=True,
            postgresql_where="ended_at is null",
        ),
    )

    administrator_id: Mapped[UUID]
    person_id: Mapped[UUID] = mapped_column(info=OWN)
    session_id: Mapped[UUID]
    reason: Mapped[Words]
    until: Mapped[datetime]
    ended_at: Mapped[datetime | None]


class SupportConsent(TenantRow):
    """The municipality lets the service's operator in, for a time and in some modules."""

    __tablename__ = "support_consents"
    __table_args__ = (refers("opened_by", "people"), refers("ended_by", "people"))

    opened_by: Mapped[UUID | None]
    reason: Mapped[Words]
    valid_from: Mapped[datetime]
    valid_to: Mapped[datetime]
    may_write: Mapped[bool]
    modules: Mapped[list[str]] = mapped_column(ARRAY(Text), info=CODES)
    ended_at: Mapped[datetime | None]
    ended_by: Mapped[UUID | None]


class SupportVisit(TenantRow):
    """A link that the operator made for one of theirs, and the session that it became.

    Of both keys only hashes are kept.
    """

    __tablename__ = "support_visits"
    __table_args__ = (
        refers("consent_id", "support_consents"),
        UniqueConstraint("tenant_id", "link_digest"),
        UniqueConstraint("tenant_id", "digest", name="uq_support_visits_digest"),
    )

    consent_id: Mapped[UUID]
    email: Mapped[Words]
    link_digest: Mapped[bytes]
    link_until: Mapped[datetime]
    digest: Mapped[bytes | None]
    begun_at: Mapped[datetime | None]
    expires_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
