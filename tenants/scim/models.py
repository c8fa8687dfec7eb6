"""What a directory tells of people and groups by SCIM, and what it has sent."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import Index, SmallInteger, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from ..rows import CODES, OWN, WORDS, Code, TenantRow, Words, refers


class ScimUser(TenantRow):
    """What the directory told of a person, word for word; the register's row is made from it.

    A person whom no directory has told of yet has none. `removed_at` is when the directory took
    the person away: to it there is no such user any more, the register keeps who they were.
    """

    __tablename__ = "scim_users"
    __table_args__ = (
        refers("person_id", "people", ondelete="CASCADE"),
        UniqueConstraint("tenant_id", "person_id"),
        Index(
            "uq_scim_users_name",
            "tenant_id",
            text("lower(user_name)"),
            unique=True,
            postgresql_where="removed_at is null",
        ),
    )

    person_id: Mapped[UUID] = mapped_column(info=OWN)
    user_name: Mapped[Words]
    external_id: Mapped[str | None] = mapped_column(info=WORDS)
    formatted: Mapped[str | None] = mapped_column(info=WORDS)
    given_name: Mapped[str | None] = mapped_column(info=WORDS)
    family_name: Mapped[str | None] = mapped_column(info=WORDS)
    display_name: Mapped[str | None] = mapped_column(info=WORDS)
    preferred_language: Mapped[str | None] = mapped_column(info=WORDS)
    department: Mapped[str | None] = mapped_column(info=WORDS)
    active: Mapped[bool | None]
    emails: Mapped[list[dict[str, object]]] = mapped_column(info=WORDS)
    changed_at: Mapped[datetime]
    removed_at: Mapped[datetime | None]


class ScimGroup(TenantRow):
    """A group of the directory. `version` grows with every change, also of its members."""

    __tablename__ = "scim_groups"

    display_name: Mapped[Words]
    external_id: Mapped[str | None] = mapped_column(info=CODES)
    version: Mapped[int]
    changed_at: Mapped[datetime]


class ScimMember(TenantRow):
    """A person is in a group."""

    __tablename__ = "scim_members"
    __table_args__ = (
        refers("group_id", "scim_groups", ondelete="CASCADE"),
        refers("person_id", "people", ondelete="CASCADE"),
        UniqueConstraint("tenant_id", "group_id", "person_id"),
        Index("ix_scim_members_person", "tenant_id", "person_id"),
    )

    group_id: Mapped[UUID]
    person_id: Mapped[UUID] = mapped_column(info=OWN)


class ScimGroupRole(TenantRow):
    """Whoever is in the group holds the role, at the unit and below, or everywhere."""

    __tablename__ = "scim_group_roles"
    __table_args__ = (
        refers("group_id", "scim_groups", ondelete="CASCADE"),
        refers("unit_id", "units"),
        Index(
            "uq_scim_group_roles",
            "tenant_id",
            "group_id",
            "role",
            "unit_id",
            unique=True,
            postgresql_nulls_not_distinct=True,
        ),
    )

    group_id: Mapped[UUID]
    role: Mapped[Code]
    unit_id: Mapped[UUID | None]
    given_by: Mapped[UUID | None]


class ScimRequest(TenantRow):
    """Something the directory changed, or asked for in a way that was refused; kept for a month."""

    __tablename__ = "scim_requests"
    __table_args__ = (Index("ix_scim_requests_at", "tenant_id", "at"),)

    at: Mapped[datetime]
    token_id: Mapped[UUID | None]
    method: Mapped[Code]
    kind: Mapped[Code]
    record_id: Mapped[UUID | None] = mapped_column(info=CODES)
    status: Mapped[int] = mapped_column(SmallInteger)
    scim_type: Mapped[Code]
    detail: Mapped[Words]
