"""Actions that are planned about what is found in other parts of the service."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from roder.infra.migrations.fences import fence

revision = "0033"
down_revision = "0032"

TABLE = "planned_actions"
MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        TABLE,
        sa.Column("unit_id", sa.Uuid(), nullable=False),
        *(
            sa.Column(name, sa.Text(), nullable=False)
            for name in ("module", "about", "page", "title", "detail", "outcome")
        ),
        sa.Column("params", postgresql.JSONB(), nullable=False),
        sa.Column("owner_id", sa.Uuid()),
        sa.Column("due_on", sa.Date()),
        sa.Column("state", sa.String(40), nullable=False),
        sa.Column("done_at", MOMENT),
        sa.Column("done_by", sa.Uuid()),
        sa.Column("changed_by", sa.Uuid()),
        sa.Column("changed_at", MOMENT, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column(
            "created_at", MOMENT, server_default=sa.text("clock_timestamp()"), nullable=False
        ),
        _refers("unit_id", "units"),
        _refers("owner_id", "people"),
        _refers("done_by", "people"),
        _refers("changed_by", "people"),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], name=f"fk_{TABLE}_tenant_id"),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=f"pk_{TABLE}"),
    )
    op.create_index("ix_planned_actions_due", TABLE, ["tenant_id", "state", "due_on"])
    op.create_index("ix_planned_actions_unit", TABLE, ["tenant_id", "unit_id"])
    fence(TABLE)


def _refers(column: str, table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["tenant_id", column],
        [f"{table}.tenant_id", f"{table}.id"],
        name=f"fk_{table}_of_{column}",
    )
