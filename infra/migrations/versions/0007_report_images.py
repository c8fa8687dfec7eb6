"""Ready phrases, pictures and approvals of reports."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from roder.infra.migrations.fences import fence

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    for table in ("chapters", "sections"):
        op.add_column(
            table,
            sa.Column(
                "phrases",
                postgresql.JSONB(astext_type=sa.Text()),
                server_default="[]",
                nullable=False,
            ),
        )
    op.create_table(
        "report_approvals",
        sa.Column("report_id", sa.Uuid(), nullable=False),
        sa.Column("approved_by", sa.Uuid(), nullable=True),
        sa.Column("approved_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("withdrawn_by", sa.Uuid(), nullable=True),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reason", sa.Text(), server_default="", nullable=False),
        *_common("report_approvals"),
        _report(),
    )
    op.create_index(
        "uq_report_approvals_standing",
        "report_approvals",
        ["tenant_id", "report_id"],
        unique=True,
        postgresql_where="withdrawn_at is null",
    )
    op.create_table(
        "report_images",
        sa.Column("report_id", sa.Uuid(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("media_type", sa.Text(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("width", sa.Integer(), nullable=False),
        sa.Column("height", sa.Integer(), nullable=False),
        sa.Column("alt", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("shows_person", sa.Boolean(), nullable=False),
        sa.Column("consent", sa.Text(), server_default="", nullable=False),
        sa.Column("expires_on", sa.Date(), nullable=True),
        sa.Column("created_by", sa.Uuid(), nullable=True),
        *_common("report_images"),
        _report(),
    )
    op.create_index("ix_report_images_report", "report_images", ["tenant_id", "report_id"])
    op.create_index("ix_report_images_expiry", "report_images", ["tenant_id", "expires_on"])
    fence("report_approvals", "report_images")


def _common(table: str) -> tuple[sa.schema.SchemaItem, ...]:
    return (
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("clock_timestamp()"),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], name=f"fk_{table}_tenant_id"),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=f"pk_{table}"),
    )


def _report() -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["tenant_id", "report_id"],
        ["reports.tenant_id", "reports.id"],
        name="fk_reports_of_report_id",
        ondelete="CASCADE",
    )
