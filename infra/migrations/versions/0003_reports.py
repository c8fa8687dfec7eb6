"""Report templates with their chapters, and the reports that units write."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from roder.infra.migrations.fences import append_only, fence

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    op.create_table(
        "report_templates",
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("title", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("description", sa.Text(), server_default="", nullable=False),
        sa.Column("periodicity", sa.Text(), server_default="year", nullable=False),
        sa.Column("continues_in", sa.Text(), nullable=True),
        sa.Column("continues_same_period", sa.Boolean(), server_default="false", nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("clock_timestamp()"),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["tenants.id"], name="fk_report_templates_tenant_id"
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name="pk_report_templates"),
        sa.UniqueConstraint("tenant_id", "key", name="uq_report_templates_tenant_id_key"),
    )
    op.create_table(
        "chapters",
        sa.Column("template_id", sa.Uuid(), nullable=False),
        sa.Column("parent_id", sa.Uuid(), nullable=True),
        sa.Column("unit_id", sa.Uuid(), nullable=True),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("numbered", sa.Boolean(), server_default="true", nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "heading",
                "text",
                "goal_analysis",
                "table",
                "nil_statement",
                "attachments",
                name="chapterkind",
                native_enum=False,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("instruction", sa.Text(), server_default="", nullable=False),
        sa.Column(
            "columns", postgresql.JSONB(astext_type=sa.Text()), server_default="[]", nullable=False
        ),
        sa.Column(
            "fixed_rows",
            postgresql.JSONB(astext_type=sa.Text()),
            server_default="[]",
            nullable=False,
        ),
        sa.Column("nil_phrase", sa.Text(), server_default="", nullable=False),
        sa.Column("carried_forward", sa.Boolean(), server_default="false", nullable=False),
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
            ["chapters.tenant_id", "chapters.id"],
            name="fk_chapters_of_parent_id",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "template_id"],
            ["report_templates.tenant_id", "report_templates.id"],
            name="fk_report_templates_of_template_id",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "unit_id"], ["units.tenant_id", "units.id"], name="fk_units_of_unit_id"
        ),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], name="fk_chapters_tenant_id"),
        sa.PrimaryKeyConstraint("tenant_id", "id", name="pk_chapters"),
        sa.UniqueConstraint(
            "tenant_id", "template_id", "key", name="uq_chapters_tenant_id_template_id_key"
        ),
    )
    op.create_index(
        "ix_chapters_template", "chapters", ["tenant_id", "template_id", "position"], unique=False
    )
    op.create_table(
        "reports",
        sa.Column("template_id", sa.Uuid(), nullable=False),
        sa.Column("unit_id", sa.Uuid(), nullable=False),
        sa.Column("period", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("show_instructions", sa.Boolean(), server_default="true", nullable=False),
        sa.Column("started_by", sa.Uuid(), nullable=True),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("clock_timestamp()"),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "template_id"],
            ["report_templates.tenant_id", "report_templates.id"],
            name="fk_report_templates_of_template_id",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "unit_id"], ["units.tenant_id", "units.id"], name="fk_units_of_unit_id"
        ),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], name="fk_reports_tenant_id"),
        sa.PrimaryKeyConstraint("tenant_id", "id", name="pk_reports"),
        sa.UniqueConstraint(
            "tenant_id",
            "template_id",
            "unit_id",
            "period",
            name="uq_reports_tenant_id_template_id_unit_id_period",
        ),
    )
    op.create_table(
        "report_completions",
        sa.Column("report_id", sa.Uuid(), nullable=False),
        sa.Column("completed_by", sa.Uuid(), nullable=True),
        sa.Column("completed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reopened_by", sa.Uuid(), nullable=True),
        sa.Column("reopened_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reason", sa.Text(), server_default="", nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("clock_timestamp()"),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "report_id"],
            ["reports.tenant_id", "reports.id"],
            name="fk_reports_of_report_id",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["tenants.id"], name="fk_report_completions_tenant_id"
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name="pk_report_completions"),
    )
    op.create_index(
        "uq_report_completions_standing",
        "report_completions",
        ["tenant_id", "report_id"],
        unique=True,
        postgresql_where="reopened_at is null",
    )
    op.create_table(
        "sections",
        sa.Column("report_id", sa.Uuid(), nullable=False),
        sa.Column("parent_id", sa.Uuid(), nullable=True),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "heading",
                "text",
                "goal_analysis",
                "table",
                "nil_statement",
                "attachments",
                name="chapterkind",
                native_enum=False,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("local", sa.Boolean(), server_default="false", nullable=False),
        sa.Column("instruction", sa.Text(), server_default="", nullable=False),
        sa.Column(
            "columns", postgresql.JSONB(astext_type=sa.Text()), server_default="[]", nullable=False
        ),
        sa.Column(
            "fixed_rows",
            postgresql.JSONB(astext_type=sa.Text()),
            server_default="[]",
            nullable=False,
        ),
        sa.Column("nil_phrase", sa.Text(), server_default="", nullable=False),
        sa.Column("carried_forward", sa.Boolean(), server_default="false", nullable=False),
        sa.Column("text", sa.Text(), server_default="", nullable=False),
        sa.Column(
            "rows", postgresql.JSONB(astext_type=sa.Text()), server_default="[]", nullable=False
        ),
        sa.Column("nil", sa.Boolean(), server_default="false", nullable=False),
        sa.Column("snapshot", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("written_by", sa.Uuid(), nullable=True),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=True),
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
            ["tenant_id", "parent_id"],
            ["sections.tenant_id", "sections.id"],
            name="fk_sections_of_parent_id",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "report_id"],
            ["reports.tenant_id", "reports.id"],
            name="fk_reports_of_report_id",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], name="fk_sections_tenant_id"),
        sa.PrimaryKeyConstraint("tenant_id", "id", name="pk_sections"),
        sa.UniqueConstraint(
            "tenant_id", "report_id", "key", name="uq_sections_tenant_id_report_id_key"
        ),
    )
    op.create_index(
        "ix_sections_report", "sections", ["tenant_id", "report_id", "position"], unique=False
    )
    op.create_table(
        "section_completions",
        sa.Column("section_id", sa.Uuid(), nullable=False),
        sa.Column("empty", sa.Boolean(), nullable=False),
        sa.Column("completed_by", sa.Uuid(), nullable=True),
        sa.Column("completed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reopened_by", sa.Uuid(), nullable=True),
        sa.Column("reopened_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reason", sa.Text(), server_default="", nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("clock_timestamp()"),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "section_id"],
            ["sections.tenant_id", "sections.id"],
            name="fk_sections_of_section_id",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["tenants.id"], name="fk_section_completions_tenant_id"
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name="pk_section_completions"),
    )
    op.create_index(
        "uq_section_completions_standing",
        "section_completions",
        ["tenant_id", "section_id"],
        unique=True,
        postgresql_where="reopened_at is null",
    )
    op.create_table(
        "section_files",
        sa.Column("section_id", sa.Uuid(), nullable=False),
        sa.Column("file_id", sa.Uuid(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("clock_timestamp()"),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "file_id"], ["files.tenant_id", "files.id"], name="fk_files_of_file_id"
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "section_id"],
            ["sections.tenant_id", "sections.id"],
            name="fk_sections_of_section_id",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], name="fk_section_files_tenant_id"),
        sa.PrimaryKeyConstraint("tenant_id", "id", name="pk_section_files"),
        sa.UniqueConstraint(
            "tenant_id",
            "section_id",
            "file_id",
            name="uq_section_files_tenant_id_section_id_file_id",
        ),
    )
    op.create_table(
        "section_versions",
        sa.Column("section_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("rows", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("nil", sa.Boolean(), nullable=False),
        sa.Column("written_by", sa.Uuid(), nullable=True),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("clock_timestamp()"),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "section_id"],
            ["sections.tenant_id", "sections.id"],
            name="fk_sections_of_section_id",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["tenants.id"], name="fk_section_versions_tenant_id"
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name="pk_section_versions"),
        sa.UniqueConstraint(
            "tenant_id",
            "section_id",
            "version",
            name="uq_section_versions_tenant_id_section_id_version",
        ),
    )
    fence(
        "report_templates",
        "chapters",
        "reports",
        "report_completions",
        "sections",
        "section_completions",
        "section_files",
        "section_versions",
    )
    append_only("section_versions")
