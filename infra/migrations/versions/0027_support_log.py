"""What support has done is found without reading the whole log."""

import sqlalchemy as sa
from alembic import op

revision = "0027"
down_revision = "0026"


def upgrade() -> None:
    op.create_index(
        "ix_access_log_support",
        "access_log",
        ["tenant_id", "support_id", "seq"],
        postgresql_where=sa.text("support_id is not null"),
    )
