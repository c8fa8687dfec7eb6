"""What was changed lately, and who is writing where: for pages that are open meanwhile."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from roder.infra.migrations.fences import fence

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    op.create_table(
        "changes",
        sa.Column("topic", sa.Text(), nullable=False),
        sa.Column(
            "transaction",
            sa.BigInteger(),
            server_default=sa.text("(pg_current_xact_id()::text)::bigint"),
            nullable=False,
        ),
        sa.Column("person_id", sa.Uuid(), nullable=True),
        sa.Column("ids", postgresql.ARRAY(sa.Uuid()), nullable=False),
        *own_columns("changes"),
        sa.UniqueConstraint(
            "tenant_id", "topic", "transaction", name="uq_changes_tenant_id_topic_transaction"
        ),
    )
    op.create_index("ix_changes_age", "changes", ["tenant_id", "created_at"], unique=False)
    op.create_table(
        "presences",
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("topic", sa.Text(), nullable=False),
        sa.Column("place", sa.Text(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        *own_columns("presences"),
        sa.UniqueConstraint("tenant_id", "topic", "person_id", "place", name="uq_presences"),
    )
    op.create_index("ix_presences_age", "presences", ["tenant_id", "seen_at"], unique=False)
    fence("changes", "presences")


def own_columns(table: str) -> tuple[sa.Column[object] | sa.Constraint, ...]:
    """Those of every row of a municipality, and the person it is about."""
    return (
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
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], name=f"fk_{table}_tenant_id"),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=f"pk_{table}"),
    )
