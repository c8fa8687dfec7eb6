"""The municipality, its organisation, its people, and what they may do."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import (
    ARRAY,
    BigInteger,
    ColumnElement,
    Index,
    SmallInteger,
    Text,
    UniqueConstraint,
    Uuid,
    false,
    func,
    or_,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from ..infra.database import Base
from .rows import CODES, LOGGED, OWN, RIGHTS, WORDS, Code, TenantRow, Words, refers, uuid7


class Tenant(Base):
    """A municipality (or region, or joint authority) that shares the service.

    The one table without a tenant of its own: it is read before the tenant is known, and a
    transaction can write only the row of its own tenant.
    """

    __tablename__ = "tenants"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid7)
    slug: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    scb_code: Mapped[str | None] = mapped_column(unique=True)
    languages: Mapped[list[str]] = mapped_column(ARRAY(Text))
    accent: Mapped[str]
    logo_key: Mapped[str | None]
    logo_key_number: Mapped[int | None]
    erased_at: Mapped[datetime | None]
    """From when nobody comes in any more: all that it had is being destroyed, or is gone."""
    created_at: Mapped[datetime] = mapped_column(server_default=func.clock_timestamp())


class ModuleSwitch(TenantRow):
    """A module that the municipality has switched on; no row, no module."""

    __tablename__ = "module_switches"
    __table_args__ = (UniqueConstraint("tenant_id", "module"),)

    module: Mapped[Code] = mapped_column(info=RIGHTS)
    switched_by: Mapped[UUID | None]


class RightsVersion(TenantRow):
    """One row: a number that the database raises at every change of who may what."""

    __tablename__ = "rights_versions"
    __table_args__ = (UniqueConstraint("tenant_id"),)

    version: Mapped[int] = mapped_column(BigInteger)


class ModuleSettings(TenantRow):
    """What the municipality has chosen within a module; the module's model gives the rest."""

    __tablename__ = "module_settings"
    __table_args__ = (UniqueConstraint("tenant_id", "module"),)

    module: Mapped[Code]
    values: Mapped[dict[str, object]] = mapped_column(info=WORDS | RIGHTS)
    changed_by: Mapped[UUID | None]


class UnitKind(StrEnum):
    COUNCIL = "council"
    BOARD = "board"
    COMMITTEE = "committee"
    DEPARTMENT = "department"
    COMPANY = "company"
    AREA = "area"
    UNIT = "unit"
    SCHOOL = "school"


class Unit(TenantRow):
    """A part of the organisation: what stays the same when it is renamed or moved."""

    __tablename__ = "units"
    __table_args__ = (
        UniqueConstraint("tenant_id", "code"),
        UniqueConstraint("tenant_id", "slug"),
    )

    code: Mapped[Code]
    slug: Mapped[Code]
    kind: Mapped[UnitKind]


class UnitVersion(TenantRow):
    """What a unit was called and where it stood from one day up to (not with) another.

    The versions of a unit never overlap; the database holds that with an exclusion constraint.
    """

    __tablename__ = "unit_versions"
    __table_args__ = (
        refers("unit_id", "units"),
        refers("parent_id", "units"),
        Index(
            "ix_unit_versions_unit",
            "tenant_id",
            "unit_id",
            "valid_from",
            postgresql_include=["valid_to", "name"],
        ),
        Index("ix_unit_versions_parent", "tenant_id", "parent_id", "valid_from"),
    )

    unit_id: Mapped[UUID]
    parent_id: Mapped[UUID | None]
    name: Mapped[Words]
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]


class UnitSuccession(TenantRow):
    """`successor` carries on what `predecessor` did, from a day: a merger or a split."""

    __tablename__ = "unit_successions"
    __table_args__ = (
        refers("predecessor_id", "units"),
        refers("successor_id", "units"),
        UniqueConstraint("tenant_id", "predecessor_id", "successor_id"),
    )

    predecessor_id: Mapped[UUID]
    successor_id: Mapped[UUID]
    from_date: Mapped[date]


class Person(TenantRow):
    """Someone who works for the municipality and may sign in."""

    __tablename__ = "people"
    __table_args__ = (Index("uq_people_email", "tenant_id", text("lower(email)"), unique=True),)

    name: Mapped[Words] = mapped_column(info=RIGHTS)
    email: Mapped[Words] = mapped_column(info=LOGGED)
    locale: Mapped[Code] = mapped_column(server_default="sv", info=LOGGED)
    left_on: Mapped[date | None] = mapped_column(info=LOGGED)
    left_by: Mapped[str | None] = mapped_column(info=CODES | LOGGED)
    """How it became known that they left: `hand`, or `scim` for a directory."""
    protected: Mapped[bool] = mapped_column(server_default="false", info=LOGGED)
    """Whether their personal data are protected (skyddade personuppgifter)."""
    forgotten_at: Mapped[datetime | None]
    """When they were taken out of the register; what is left of them is a pseudonym."""

    @classmethod
    def here(cls, day: date) -> ColumnElement[bool]:
        """That somebody has not left, on a day."""
        return or_(cls.left_on.is_(None), cls.left_on > day)


class RoleGrant(TenantRow):
    """A person holds a role, in the whole municipality or from one unit down, for a time.

    It counts from `valid_from` up to (not with) `valid_to`, and not after it has been taken back,
    at `ended_at`; the row stays, as history. One that is handed on for a while is
    `delegated_from` the grant of the person who is away: see `grants.stands`.
    """

    __tablename__ = "role_grants"
    __table_args__ = (
        refers("person_id", "people"),
        refers("unit_id", "units"),
        refers("delegated_from", "role_grants", ondelete="CASCADE"),
        Index("ix_role_grants_person", "tenant_id", "person_id"),
        Index("ix_role_grants_delegated", "tenant_id", "delegated_from"),
    )

    person_id: Mapped[UUID] = mapped_column(info=OWN)
    role: Mapped[Code] = mapped_column(info=RIGHTS)
    unit_id: Mapped[UUID | None]
    granted_by: Mapped[UUID | None]
    source: Mapped[Code] = mapped_column(server_default="hand")
    """Who keeps it: `hand`, `claims` of the sign-in, `scim` or `delegated`."""
    valid_from: Mapped[datetime | None]
    valid_to: Mapped[datetime | None]
    delegated_from: Mapped[UUID | None]
    reason: Mapped[Words] = mapped_column(server_default="")
    ended_at: Mapped[datetime | None]
    ended_by: Mapped[UUID | None]


class ApiToken(TenantRow):
    """A key for a program: at most what its owner may, narrowed by scopes. Only a hash is kept."""

    __tablename__ = "api_tokens"
    __table_args__ = (
        refers("person_id", "people"),
        UniqueConstraint("tenant_id", "digest"),
    )

    name: Mapped[Words]
    person_id: Mapped[UUID] = mapped_column(info=OWN)
    digest: Mapped[bytes]
    start: Mapped[Code] = mapped_column(server_default="")
    """How the key begins, so that it can be recognised."""
    scopes: Mapped[list[str]] = mapped_column(ARRAY(Text), info=CODES | RIGHTS)
    unit_ids: Mapped[list[UUID]] = mapped_column(ARRAY(Uuid), server_default="{}")
    """Where it may act, and in all below; none is wherever its owner may."""
    networks: Mapped[list[str]] = mapped_column(ARRAY(Text), server_default="{}", info=CODES)
    """From where it may come, as 192.0.2.0/24; none is from anywhere."""
    expires_at: Mapped[datetime]
    created_by: Mapped[UUID | None]
    last_used_at: Mapped[datetime | None]
    last_used_from: Mapped[Code] = mapped_column(server_default="")
    warned_at: Mapped[datetime | None]
    """When its owner was told that it is about to expire."""
    revoked_at: Mapped[datetime | None]
    revoked_by: Mapped[UUID | None]
    leaked: Mapped[bool] = mapped_column(server_default=false())
    """Whether it was revoked because somebody else had it."""


class UserSession(TenantRow):
    """Someone is signed in with a browser. The cookie holds a random key; only a hash is kept."""

    __tablename__ = "sessions"
    __table_args__ = (
        refers("person_id", "people"),
        UniqueConstraint("tenant_id", "digest"),
    )

    person_id: Mapped[UUID] = mapped_column(info=OWN)
    digest: Mapped[bytes]
    expires_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    closed_by: Mapped[UUID | None]
    """Who ended it, unless they signed out of it themselves: what it began ends with it then."""
    last_seen_at: Mapped[datetime] = mapped_column(server_default=func.clock_timestamp())
    browser: Mapped[Code] = mapped_column(server_default="")
    system: Mapped[Code] = mapped_column(server_default="")
    level: Mapped[int] = mapped_column(SmallInteger, server_default="1")
    """How sure it is who they are, 1 to 4, as the identity provider said at the sign-in."""
    issuer: Mapped[Code] = mapped_column(server_default="")
    """The provider that said so; empty for one who came in another way."""


class SignInProvider(TenantRow):
    """Where the municipality's people sign in: an identity provider, a button on the page.

    `sealed_secret` can be opened with the service's RODER_SECRET_KEY only. `claim` is the claim of
    the ID token that holds the person's e-mail address as the register has it; where the provider
    `vouches`, it is believed also when the token does not say that it is verified.
    """

    __tablename__ = "sign_in_providers"
    __table_args__ = (
        refers("changed_by", "people"),
        UniqueConstraint("tenant_id", "issuer"),
    )

    issuer: Mapped[Code] = mapped_column(info=RIGHTS)
    client_id: Mapped[Code]
    sealed_secret: Mapped[Code | None]
    scopes: Mapped[list[str]] = mapped_column(ARRAY(Text), info=CODES)
    claim: Mapped[Code]
    vouches: Mapped[bool] = mapped_column(default=False)
    label: Mapped[Words]
    position: Mapped[int] = mapped_column(SmallInteger, server_default="0")
    changed_by: Mapped[UUID | None]
    changed_at: Mapped[datetime]


class CalendarFeed(TenantRow):
    """A secret address of someone's last days. Only a hash is kept; a person has one at a time."""

    __tablename__ = "calendar_feeds"
    __table_args__ = (
        refers("person_id", "people"),
        UniqueConstraint("tenant_id", "digest"),
        Index(
            "uq_calendar_feeds_standing",
            "tenant_id",
            "person_id",
            unique=True,
            postgresql_where="revoked_at is null",
        ),
    )

    person_id: Mapped[UUID] = mapped_column(info=OWN)
    digest: Mapped[bytes]
    revoked_at: Mapped[datetime | None]


class Feedback(TenantRow):
    """What someone has told of a fault on a page, until an administrator has seen to it."""

    __tablename__ = "feedback"
    __table_args__ = (refers("person_id", "people"), refers("done_by", "people"))

    person_id: Mapped[UUID | None]
    page: Mapped[Words]
    text: Mapped[Words] = mapped_column(info=LOGGED)
    done_by: Mapped[UUID | None]
    done_at: Mapped[datetime | None]


class StoredFile(TenantRow):
    """A file in the object store that has become visible. Its bytes lie under `key`, encrypted with
    the municipality's key of that number (`sealed/stored.py`). `needs` is the permission it takes
    to have it, beside that to read files."""

    __tablename__ = "files"
    __table_args__ = (
        refers("created_by", "people"),
        UniqueConstraint("tenant_id", "job_id"),
    )

    name: Mapped[Words]
    media_type: Mapped[Code]
    size: Mapped[int] = mapped_column(BigInteger)
    sha256: Mapped[Code]
    key: Mapped[Code]
    key_number: Mapped[int | None]
    needs: Mapped[Code | None]
    job_id: Mapped[UUID | None]
    created_by: Mapped[UUID | None]
