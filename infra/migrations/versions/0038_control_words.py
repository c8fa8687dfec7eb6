"""Let a purge take names out of what is otherwise only added to."""

from alembic import op

revision = "0038"
down_revision = "0037"


def upgrade() -> None:
    op.execute("grant update (reason) on risk_assessments to roder_app")
    op.execute("grant update (before, after, reason) on control_changes to roder_app")
