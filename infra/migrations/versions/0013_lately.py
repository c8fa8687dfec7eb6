"""What went on lately, of one person and at their units, found without reading the rest."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"


def upgrade() -> None:
    for table, by, at in (
        ("outcomes", "entered_by", "entered_at"),
        ("node_comments", "written_by", "written_at"),
        ("section_versions", "written_by", "written_at"),
    ):
        op.create_index(f"ix_{table}_by", table, ["tenant_id", by, at], unique=False)
    for table, at in (("outcomes", "entered_at"), ("node_comments", "written_at")):
        op.create_index(f"ix_{table}_at", table, ["tenant_id", at, "unit_id"], unique=False)
    for table, at, undone in (
        ("section_completions", "completed_at", "reopened_at"),
        ("report_completions", "completed_at", "reopened_at"),
        ("report_approvals", "approved_at", "withdrawn_at"),
    ):
        standing = sa.text(f"{undone} is null")
        op.create_index(
            f"ix_{table}_at", table, ["tenant_id", at], unique=False, postgresql_where=standing
        )
    op.create_index(
        "ix_plan_nodes_responsible",
        "plan_nodes",
        ["tenant_id", "responsible_id"],
        unique=False,
        postgresql_where=sa.text("responsible_id is not null"),
    )
