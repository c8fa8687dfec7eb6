"""What a unit is going to do about what a document asks of it."""

import sqlalchemy as sa
from alembic import op

revision = "0047"
down_revision = "0046"


def upgrade() -> None:
    op.add_column("document_answers", sa.Column("action_id", sa.Uuid()))
    op.create_foreign_key(
        "fk_planned_actions_of_action_id",
        "document_answers",
        "planned_actions",
        ["tenant_id", "action_id"],
        ["tenant_id", "id"],
    )
