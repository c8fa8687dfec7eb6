"""Counts of an export, called what they are."""

from alembic import op

revision = "0026"
down_revision = "0025"


def upgrade() -> None:
    op.alter_column("tenant_exports", "rows", new_column_name="row_count")
    op.alter_column("tenant_exports", "files", new_column_name="file_count")
