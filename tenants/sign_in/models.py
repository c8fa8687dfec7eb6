"""Whom an account at an identity provider is, what its answers give, and how often it was wrong."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import Index, SmallInteger, UniqueConstraint
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from ..rows import OWN, WORDS, Code, TenantRow, refers


class ProviderLevel(TenantRow):
    """What level of assurance (1 to 4) a value of `acr` stands for at a provider."""

    __tablename__ = "provider_levels"
    __table_args__ = (
        refers("provider_id", "sign_in_providers", ondelete="CASCADE"),
        UniqueConstraint("tenant_id", "provider_id", "acr"),
    )

    provider_id: Mapped[UUID]
    acr: Mapped[Code]
    level: Mapped[int] = mapped_column(SmallInteger)


class PersonIdentity(TenantRow):
    """An account is this person: the issuer's `sub`, bound at the first sign-in and never by
    itself to anybody else. A person has one account at an issuer.

    `claims` is what the last sign-in said, kept only of those who may try out the rules.
    """

    __tablename__ = "person_identities"
    __table_args__ = (
        refers("person_id", "people", ondelete="CASCADE"),
        UniqueConstraint("tenant_id", "issuer", "subject"),
        UniqueConstraint("tenant_id", "person_id", "issuer"),
    )

    person_id: Mapped[UUID] = mapped_column(info=OWN)
    issuer: Mapped[Code]
    subject: Mapped[Code]
    last_used_at: Mapped[datetime]
    claims: Mapped[dict[str, object] | None] = mapped_column(JSONB(none_as_null=True), info=WORDS)


class ClaimRule(TenantRow):
    """Whoever has a claim with a value that fits gets a role, at a unit or (None) everywhere.

    In `pattern` a `*` is anything; in `unit_code` it is what stood there. `provider_id` None is
    every provider.
    """

    __tablename__ = "claim_rules"
    __table_args__ = (
        refers("provider_id", "sign_in_providers", ondelete="CASCADE"),
        Index("ix_claim_rules_position", "tenant_id", "position", "id"),
    )

    position: Mapped[int] = mapped_column(SmallInteger)
    provider_id: Mapped[UUID | None]
    claim: Mapped[Code]
    pattern: Mapped[Code]
    role: Mapped[Code]
    unit_code: Mapped[Code | None]


class Guess(TenantRow):
    """How often somebody was wrong lately: `mark` is a keyed hash of the address or the account."""

    __tablename__ = "guesses"
    __table_args__ = (UniqueConstraint("tenant_id", "kind", "mark"),)

    kind: Mapped[Code]
    mark: Mapped[bytes]
    failures: Mapped[int]
    last_at: Mapped[datetime]
