"""Municipalities, their organisation, their people and what they may do."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from roder.infra.migrations.fences import fence, fence_tenants

revision = "0001"
down_revision = None


def upgrade() -> None:
    op.create_table(
        "tenants",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("slug", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("scb_code", sa.Text(), nullable=True),
        sa.Column("languages", sa.ARRAY(sa.Text()), nullable=False),
        sa.Column("accent", sa.Text(), nullable=False),
        sa.Column("logo_key", sa.Text(), nullable=True),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("clock_timestamp()"),
            nullable=False,
        ),
        sa.PrimaryKeyConstraint("id", name="pk_tenants"),
        sa.UniqueConstraint("scb_code", name="uq_tenants_scb_code"),
        sa.UniqueConstraint("slug", name="uq_tenants_slug"),
    )
    op.create_table(
        "module_settings",
        sa.Column("module", sa.Text(), nullable=False),
        sa.Column("values", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("changed_by", sa.Uuid(), nullable=True),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("clock_timestamp()"),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], name="fk_module_settings_tenant_id"),
        sa.PrimaryKeyConstraint("tenant_id", "id", name="pk_module_settings"),
        sa.UniqueConstraint("tenant_id", "module", name="uq_module_settings_tenant_id_module"),
    )
    op.create_table(
        "module_switches",
        sa.Column("module", sa.Text(), nullable=False),
        sa.Column("switched_by", sa.Uuid(), nullable=True),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("clock_timestamp()"),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], name="fk_module_switches_tenant_id"),
        sa.PrimaryKeyConstraint("tenant_id", "id", name="pk_module_switches"),
        sa.UniqueConstraint("tenant_id", "module", name="uq_module_switches_tenant_id_module"),
    )
    op.create_table(
        "people",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("email", sa.Text(), nullable=False),
        sa.Column("locale", sa.Text(), server_default="sv", nullable=False),
        sa.Column("left_on", sa.Date(), nullable=True),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("clock_timestamp()"),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], name="fk_people_tenant_id"),
        sa.PrimaryKeyConstraint("tenant_id", "id", name="pk_people"),
    )
    op.create_index(
        "uq_people_email", "people", ["tenant_id", sa.literal_column("lower(email)")], unique=True
    )
    op.create_table(
        "units",
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "council",
                "board",
                "committee",
                "department",
                "company",
                "area",
                "unit",
                "school",
                name="unitkind",
                native_enum=False,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("clock_timestamp()"),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], name="fk_units_tenant_id"),
        sa.PrimaryKeyConstraint("tenant_id", "id", name="pk_units"),
        sa.UniqueConstraint("tenant_id", "code", name="uq_units_tenant_id_code"),
    )
    op.create_table(
        "api_tokens",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("scopes", sa.ARRAY(sa.Text()), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("clock_timestamp()"),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "person_id"],
            ["people.tenant_id", "people.id"],
            name="fk_people_of_person_id",
        ),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], name="fk_api_tokens_tenant_id"),
        sa.PrimaryKeyConstraint("tenant_id", "id", name="pk_api_tokens"),
        sa.UniqueConstraint("tenant_id", "digest", name="uq_api_tokens_tenant_id_digest"),
    )
    op.create_table(
        "files",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("media_type", sa.Text(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("job_id", sa.Uuid(), nullable=True),
        sa.Column("created_by", sa.Uuid(), nullable=True),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("clock_timestamp()"),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "created_by"],
            ["people.tenant_id", "people.id"],
            name="fk_people_of_created_by",
        ),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], name="fk_files_tenant_id"),
        sa.PrimaryKeyConstraint("tenant_id", "id", name="pk_files"),
        sa.UniqueConstraint("tenant_id", "job_id", name="uq_files_tenant_id_job_id"),
    )
    op.create_table(
        "role_grants",
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("unit_id", sa.Uuid(), nullable=True),
        sa.Column("granted_by", sa.Uuid(), nullable=True),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("clock_timestamp()"),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "person_id"],
            ["people.tenant_id", "people.id"],
            name="fk_people_of_person_id",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "unit_id"], ["units.tenant_id", "units.id"], name="fk_units_of_unit_id"
        ),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], name="fk_role_grants_tenant_id"),
        sa.PrimaryKeyConstraint("tenant_id", "id", name="pk_role_grants"),
    )
    op.create_index(
        "uq_role_grants",
        "role_grants",
        ["tenant_id", "person_id", "role", "unit_id"],
        unique=True,
        postgresql_nulls_not_distinct=True,
    )
    op.create_table(
        "sessions",
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("clock_timestamp()"),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "person_id"],
            ["people.tenant_id", "people.id"],
            name="fk_people_of_person_id",
        ),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], name="fk_sessions_tenant_id"),
        sa.PrimaryKeyConstraint("tenant_id", "id", name="pk_sessions"),
        sa.UniqueConstraint("tenant_id", "digest", name="uq_sessions_tenant_id_digest"),
    )
    op.create_table(
        "unit_successions",
        sa.Column("predecessor_id", sa.Uuid(), nullable=False),
        sa.Column("successor_id", sa.Uuid(), nullable=False),
        sa.Column("from_date", sa.Date(), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("clock_timestamp()"),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "predecessor_id"],
            ["units.tenant_id", "units.id"],
            name="fk_units_of_predecessor_id",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "successor_id"],
            ["units.tenant_id", "units.id"],
            name="fk_units_of_successor_id",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["tenants.id"], name="fk_unit_successions_tenant_id"
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name="pk_unit_successions"),
        sa.UniqueConstraint(
            "tenant_id",
            "predecessor_id",
            "successor_id",
            name="uq_unit_successions_tenant_id_predecessor_id_successor_id",
        ),
    )
    op.create_table(
        "unit_versions",
        sa.Column("unit_id", sa.Uuid(), nullable=False),
        sa.Column("parent_id", sa.Uuid(), nullable=True),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("clock_timestamp()"),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "parent_id"],
            ["units.tenant_id", "units.id"],
            name="fk_units_of_parent_id",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "unit_id"], ["units.tenant_id", "units.id"], name="fk_units_of_unit_id"
        ),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], name="fk_unit_versions_tenant_id"),
        sa.PrimaryKeyConstraint("tenant_id", "id", name="pk_unit_versions"),
    )
    op.create_index(
        "ix_unit_versions_parent",
        "unit_versions",
        ["tenant_id", "parent_id", "valid_from"],
        unique=False,
    )
    op.create_index(
        "ix_unit_versions_unit",
        "unit_versions",
        ["tenant_id", "unit_id", "valid_from"],
        unique=False,
    )
    fence(
        "module_settings",
        "module_switches",
        "people",
        "units",
        "api_tokens",
        "files",
        "role_grants",
        "sessions",
        "unit_successions",
        "unit_versions",
    )
    fence_tenants()
    no_overlap()
    swedish_order()


def no_overlap() -> None:
    """A unit is called one thing and stands in one place at a time."""
    op.execute("create extension if not exists btree_gist")
    op.execute(
        """
        alter table unit_versions
            add constraint ex_unit_versions_overlap exclude using gist (
                tenant_id with =, unit_id with =, daterange(valid_from, valid_to) with &&
            ),
            add constraint ck_unit_versions_order check (valid_to is null or valid_to > valid_from)
        """
    )


def swedish_order() -> None:
    """`sv_key(text)`: sorts as Swedes do, with å ä ö last; code points would put ä before å."""
    op.execute(
        r"""
        create function sv_key(value text) returns text
            language sql immutable strict parallel safe
            return translate(lower(value), 'åäæöøéèêëáàüûúíóñç', '{||}}eeeeaayuuionc')
        """
    )
    op.execute("grant execute on function sv_key(text) to roder_app")
