"""Who changed what of an action, and when."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from roder.infra.migrations.columns import ids, kinds, moments, own, refers
from roder.infra.migrations.fences import append_only, fence, purgeable

revision = "0041"
down_revision = "0040"


def upgrade() -> None:
    op.create_table(
        "action_changes",
        *ids("action_id", needed=True),
        *kinds("step"),
        sa.Column("before", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("after", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        *ids("changed_by"),
        *moments("changed_at"),
        *own("action_changes"),
        refers("action_id", "planned_actions"),
        refers("changed_by", "people"),
    )
    op.create_index(
        "ix_action_changes_action", "action_changes", ["tenant_id", "action_id", "changed_at"]
    )
    fence("action_changes")
    append_only("action_changes")
    purgeable("action_changes", "before", "after")
