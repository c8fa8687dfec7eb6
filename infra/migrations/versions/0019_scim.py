"""What a directory tells of people and groups (SCIM), the roles that groups give, and what it sent."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from roder.infra.migrations.fences import fence

revision = "0019"
down_revision = "0018"


def upgrade() -> None:
    op.add_column("people", sa.Column("left_by", sa.Text()))
    users()
    groups()
    requests()
    fence("scim_users", "scim_groups", "scim_members", "scim_group_roles", "scim_requests")


def users() -> None:
    op.create_table(
        "scim_users",
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("user_name", sa.Text(), nullable=False),
        sa.Column("external_id", sa.Text()),
        sa.Column("formatted", sa.Text()),
        sa.Column("given_name", sa.Text()),
        sa.Column("family_name", sa.Text()),
        sa.Column("display_name", sa.Text()),
        sa.Column("preferred_language", sa.Text()),
        sa.Column("department", sa.Text()),
        sa.Column("active", sa.Boolean()),
        sa.Column("emails", postgresql.JSONB(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("removed_at", sa.DateTime(timezone=True)),
        *_own(),
        _refers("person_id", "people", ondelete="CASCADE"),
        *_keys("scim_users"),
        sa.UniqueConstraint("tenant_id", "person_id", name="uq_scim_users_tenant_id_person_id"),
    )
    op.create_index(
        "uq_scim_users_name",
        "scim_users",
        ["tenant_id", sa.text("lower(user_name)")],
        unique=True,
        postgresql_where=sa.text("removed_at is null"),
    )


def groups() -> None:
    op.create_table(
        "scim_groups",
        sa.Column("display_name", sa.Text(), nullable=False),
        sa.Column("external_id", sa.Text()),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        *_own(),
        *_keys("scim_groups"),
    )
    op.create_table(
        "scim_members",
        sa.Column("group_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        *_own(),
        _refers("group_id", "scim_groups", ondelete="CASCADE"),
        _refers("person_id", "people", ondelete="CASCADE"),
        *_keys("scim_members"),
        sa.UniqueConstraint(
            "tenant_id",
            "group_id",
            "person_id",
            name="uq_scim_members_tenant_id_group_id_person_id",
        ),
    )
    op.create_index("ix_scim_members_person", "scim_members", ["tenant_id", "person_id"])
    op.create_table(
        "scim_group_roles",
        sa.Column("group_id", sa.Uuid(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("unit_id", sa.Uuid()),
        sa.Column("given_by", sa.Uuid()),
        *_own(),
        _refers("group_id", "scim_groups", ondelete="CASCADE"),
        _refers("unit_id", "units"),
        *_keys("scim_group_roles"),
    )
    op.create_index(
        "uq_scim_group_roles",
        "scim_group_roles",
        ["tenant_id", "group_id", "role", "unit_id"],
        unique=True,
        postgresql_nulls_not_distinct=True,
    )


def requests() -> None:
    op.create_table(
        "scim_requests",
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("token_id", sa.Uuid()),
        sa.Column("method", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("record_id", sa.Uuid()),
        sa.Column("status", sa.SmallInteger(), nullable=False),
        sa.Column("scim_type", sa.Text(), nullable=False),
        sa.Column("detail", sa.Text(), nullable=False),
        *_own(),
        *_keys("scim_requests"),
    )
    op.create_index("ix_scim_requests_at", "scim_requests", ["tenant_id", "at"])


def _refers(column: str, table: str, *, ondelete: str | None = None) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["tenant_id", column],
        [f"{table}.tenant_id", f"{table}.id"],
        name=f"fk_{table}_of_{column}",
        ondelete=ondelete,
    )


def _keys(table: str) -> tuple[sa.Constraint, ...]:
    return (
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], name=f"fk_{table}_tenant_id"),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=f"pk_{table}"),
    )


def _own() -> tuple[sa.Column[object], ...]:
    return (
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("clock_timestamp()"),
            nullable=False,
        ),
    )
