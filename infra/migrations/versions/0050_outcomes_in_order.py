"""A page of the outcomes of an indicator is read in order, without the rest and without a sort."""

from alembic import op

revision = "0050"
down_revision = "0049"


def upgrade() -> None:
    op.create_index("ix_outcomes_node", "outcomes", ["tenant_id", "node_id", "period", "id"])
