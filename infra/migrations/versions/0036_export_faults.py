"""How many files an export could not read."""

import sqlalchemy as sa
from alembic import op

revision = "0036"
down_revision = "0035"


def upgrade() -> None:
    op.add_column("tenant_exports", sa.Column("fault_count", sa.Integer()))
