"""When an archive of a whole municipality was removed, since it named people who were purged."""

import sqlalchemy as sa
from alembic import op

revision = "0037"
down_revision = "0036"


def upgrade() -> None:
    op.add_column("tenant_exports", sa.Column("removed_at", sa.DateTime(timezone=True)))
