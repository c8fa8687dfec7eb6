"""Finding what was almost spelt right."""

from alembic import op

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    op.execute("create extension if not exists pg_trgm")
