"""What is going to be done about a risk or a deviation, as a planned action."""

import sqlalchemy as sa
from alembic import op

revision = "0034"
down_revision = "0033"


def upgrade() -> None:
    for table in ("risk_treatments", "control_deviations"):
        op.add_column(table, sa.Column("action_id", sa.Uuid()))
        op.create_foreign_key(
            "fk_planned_actions_of_action_id",
            table,
            "planned_actions",
            ["tenant_id", "action_id"],
            ["tenant_id", "id"],
        )
