"""Monthly review of the access log: lists, their events, what came of them and what is kept."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from roder.infra.migrations.fences import append_only, fence

revision = "0020"
down_revision = "0019"


def upgrade() -> None:
    # Of people whose personal data are protected (skyddade personuppgifter).
    op.add_column(
        "people", sa.Column("protected", sa.Boolean(), server_default="false", nullable=False)
    )
    op.create_table(
        "review_heads",
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("clock_timestamp()"),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], name="fk_review_heads_tenant_id"),
        sa.PrimaryKeyConstraint("tenant_id", "id", name="pk_review_heads"),
        sa.UniqueConstraint("tenant_id", name="uq_review_heads_tenant_id"),
    )
    op.create_table(
        "reviews",
        sa.Column("unit_id", sa.Uuid(), nullable=True),
        sa.Column("begins", sa.Date(), nullable=False),
        sa.Column("ends", sa.Date(), nullable=False),
        sa.Column("number", sa.Integer(), server_default="1", nullable=False),
        sa.Column("state", sa.String(40), server_default="open", nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("reviewer_id", sa.Uuid(), nullable=True),
        sa.Column("health", sa.Boolean(), server_default="false", nullable=False),
        sa.Column("result", sa.Text(), server_default="", nullable=False),
        sa.Column("counts", postgresql.JSONB(), server_default="{}", nullable=False),
        sa.Column("signed_by", sa.Uuid(), nullable=True),
        sa.Column("signed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("archived_by", sa.Uuid(), nullable=True),
        sa.Column("archived_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("clock_timestamp()"),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "archived_by"],
            ["people.tenant_id", "people.id"],
            name="fk_people_of_archived_by",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "reviewer_id"],
            ["people.tenant_id", "people.id"],
            name="fk_people_of_reviewer_id",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "signed_by"],
            ["people.tenant_id", "people.id"],
            name="fk_people_of_signed_by",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "unit_id"], ["units.tenant_id", "units.id"], name="fk_units_of_unit_id"
        ),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], name="fk_reviews_tenant_id"),
        sa.PrimaryKeyConstraint("tenant_id", "id", name="pk_reviews"),
    )
    op.create_index(
        "uq_reviews_slot",
        "reviews",
        ["tenant_id", "unit_id", "begins", "number"],
        unique=True,
        postgresql_nulls_not_distinct=True,
    )
    op.create_table(
        "review_imports",
        sa.Column("review_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("system", sa.Text(), server_default="", nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("health", sa.Boolean(), server_default="false", nullable=False),
        sa.Column("columns", postgresql.JSONB(), server_default="{}", nullable=False),
        sa.Column("cells", postgresql.JSONB(), nullable=True),
        sa.Column("rows", sa.Integer(), server_default="0", nullable=False),
        sa.Column("imported_by", sa.Uuid(), nullable=True),
        sa.Column("read_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("clock_timestamp()"),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "imported_by"],
            ["people.tenant_id", "people.id"],
            name="fk_people_of_imported_by",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "review_id"],
            ["reviews.tenant_id", "reviews.id"],
            name="fk_reviews_of_review_id",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], name="fk_review_imports_tenant_id"),
        sa.PrimaryKeyConstraint("tenant_id", "id", name="pk_review_imports"),
    )
    op.create_table(
        "review_events",
        sa.Column("review_id", sa.Uuid(), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=True),
        sa.Column("import_id", sa.Uuid(), nullable=True),
        sa.Column("row_number", sa.Integer(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=True),
        sa.Column("who", sa.Text(), server_default="", nullable=False),
        sa.Column("behind_id", sa.Uuid(), nullable=True),
        sa.Column("support_id", sa.Uuid(), nullable=True),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("records", postgresql.ARRAY(sa.Uuid()), server_default="{}", nullable=False),
        sa.Column("about", postgresql.ARRAY(sa.Uuid()), server_default="{}", nullable=False),
        sa.Column("subjects", postgresql.ARRAY(sa.Text()), server_default="{}", nullable=False),
        sa.Column("unit_id", sa.Uuid(), nullable=True),
        sa.Column("process", sa.Text(), server_default="", nullable=False),
        sa.Column("way", sa.Text(), server_default="", nullable=False),
        sa.Column("address", sa.Text(), server_default="", nullable=False),
        sa.Column("given", postgresql.ARRAY(sa.Text()), server_default="{}", nullable=False),
        sa.Column("marks", postgresql.ARRAY(sa.Text()), server_default="{}", nullable=False),
        sa.Column("marked", sa.Boolean(), server_default="false", nullable=False),
        sa.Column("comment", sa.Text(), server_default="", nullable=False),
        sa.Column("decision", sa.String(40), nullable=True),
        sa.Column("decided_by", sa.Uuid(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("clock_timestamp()"),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "decided_by"],
            ["people.tenant_id", "people.id"],
            name="fk_people_of_decided_by",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "import_id"],
            ["review_imports.tenant_id", "review_imports.id"],
            name="fk_review_imports_of_import_id",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "review_id"],
            ["reviews.tenant_id", "reviews.id"],
            name="fk_reviews_of_review_id",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], name="fk_review_events_tenant_id"),
        sa.PrimaryKeyConstraint("tenant_id", "id", name="pk_review_events"),
    )
    op.create_index("ix_review_events_at", "review_events", ["tenant_id", "at"], unique=False)
    op.create_index(
        "ix_review_events_order",
        "review_events",
        ["tenant_id", "review_id", sa.literal_column("marked desc"), "at", "id"],
        unique=False,
    )
    op.create_index(
        "uq_review_events_row",
        "review_events",
        ["tenant_id", "import_id", "row_number"],
        unique=True,
    )
    op.create_table(
        "review_investigations",
        sa.Column("review_id", sa.Uuid(), nullable=False),
        sa.Column("event_id", sa.Uuid(), nullable=False),
        sa.Column("case_number", sa.Text(), nullable=False),
        sa.Column("notes", sa.Text(), server_default="", nullable=False),
        sa.Column("outcome", sa.Text(), server_default="", nullable=False),
        sa.Column("state", sa.String(40), server_default="open", nullable=False),
        sa.Column("opened_by", sa.Uuid(), nullable=True),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closed_by", sa.Uuid(), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("crime_by", sa.Uuid(), nullable=True),
        sa.Column("crime_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("crime_note", sa.Text(), server_default="", nullable=False),
        sa.Column("extract_from", sa.Date(), nullable=True),
        sa.Column("extract_to", sa.Date(), nullable=True),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("clock_timestamp()"),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "closed_by"],
            ["people.tenant_id", "people.id"],
            name="fk_people_of_closed_by",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "crime_by"],
            ["people.tenant_id", "people.id"],
            name="fk_people_of_crime_by",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "event_id"],
            ["review_events.tenant_id", "review_events.id"],
            name="fk_review_events_of_event_id",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "opened_by"],
            ["people.tenant_id", "people.id"],
            name="fk_people_of_opened_by",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "review_id"],
            ["reviews.tenant_id", "reviews.id"],
            name="fk_reviews_of_review_id",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["tenants.id"], name="fk_review_investigations_tenant_id"
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name="pk_review_investigations"),
        sa.UniqueConstraint(
            "tenant_id", "event_id", name="uq_review_investigations_tenant_id_event_id"
        ),
    )
    op.create_table(
        "review_notices",
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("review_id", sa.Uuid(), nullable=False),
        sa.Column("investigation_id", sa.Uuid(), nullable=True),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("told_by", sa.Uuid(), nullable=True),
        sa.Column("told_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("acknowledged_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("clock_timestamp()"),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "investigation_id"],
            ["review_investigations.tenant_id", "review_investigations.id"],
            name="fk_review_investigations_of_investigation_id",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "person_id"],
            ["people.tenant_id", "people.id"],
            name="fk_people_of_person_id",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "review_id"],
            ["reviews.tenant_id", "reviews.id"],
            name="fk_reviews_of_review_id",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "told_by"], ["people.tenant_id", "people.id"], name="fk_people_of_told_by"
        ),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], name="fk_review_notices_tenant_id"),
        sa.PrimaryKeyConstraint("tenant_id", "id", name="pk_review_notices"),
    )
    op.create_table(
        "review_files",
        sa.Column("review_id", sa.Uuid(), nullable=False),
        sa.Column("investigation_id", sa.Uuid(), nullable=True),
        sa.Column("job_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("media_type", sa.Text(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), server_default="", nullable=False),
        sa.Column("made_by", sa.Uuid(), nullable=True),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("clock_timestamp()"),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "investigation_id"],
            ["review_investigations.tenant_id", "review_investigations.id"],
            name="fk_review_investigations_of_investigation_id",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "made_by"], ["people.tenant_id", "people.id"], name="fk_people_of_made_by"
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "review_id"],
            ["reviews.tenant_id", "reviews.id"],
            name="fk_reviews_of_review_id",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], name="fk_review_files_tenant_id"),
        sa.PrimaryKeyConstraint("tenant_id", "id", name="pk_review_files"),
        sa.UniqueConstraint(
            "tenant_id", "job_id", "kind", name="uq_review_files_tenant_id_job_id_kind"
        ),
    )
    op.create_table(
        "review_retention_rules",
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("years", sa.Integer(), nullable=False),
        sa.Column("floor", sa.Integer(), nullable=False),
        sa.Column("authority", sa.Text(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("decided_by", sa.Uuid(), nullable=True),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("clock_timestamp()"),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "decided_by"],
            ["people.tenant_id", "people.id"],
            name="fk_people_of_decided_by",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["tenants.id"], name="fk_review_retention_rules_tenant_id"
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name="pk_review_retention_rules"),
        sa.UniqueConstraint(
            "tenant_id",
            "kind",
            "valid_from",
            name="uq_review_retention_rules_tenant_id_kind_valid_from",
        ),
    )
    op.create_table(
        "review_disposals",
        sa.Column("review_id", sa.Uuid(), nullable=False),
        sa.Column("unit_id", sa.Uuid(), nullable=True),
        sa.Column("begins", sa.Date(), nullable=False),
        sa.Column("ends", sa.Date(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("rule_id", sa.Uuid(), nullable=False),
        sa.Column("years", sa.Integer(), nullable=False),
        sa.Column("authority", sa.Text(), nullable=False),
        sa.Column("events", sa.Integer(), nullable=False),
        sa.Column("sha256", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("disposed_by", sa.Uuid(), nullable=True),
        sa.Column("disposed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("clock_timestamp()"),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "rule_id"],
            ["review_retention_rules.tenant_id", "review_retention_rules.id"],
            name="fk_review_retention_rules_of_rule_id",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["tenants.id"], name="fk_review_disposals_tenant_id"
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name="pk_review_disposals"),
    )
    fence(
        "review_heads",
        "reviews",
        "review_imports",
        "review_events",
        "review_investigations",
        "review_notices",
        "review_files",
        "review_retention_rules",
        "review_disposals",
    )
    append_only("review_disposals")
