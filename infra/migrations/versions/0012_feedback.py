"""What people tell of faults on the pages."""

import sqlalchemy as sa
from alembic import op

from roder.infra.migrations.fences import fence

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    op.create_table(
        "feedback",
        sa.Column("person_id", sa.Uuid(), nullable=True),
        sa.Column("page", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("done_by", sa.Uuid(), nullable=True),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
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
            ["tenant_id", "done_by"],
            ["people.tenant_id", "people.id"],
            name="fk_people_of_done_by",
        ),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], name="fk_feedback_tenant_id"),
        sa.PrimaryKeyConstraint("tenant_id", "id", name="pk_feedback"),
    )
    fence("feedback")
