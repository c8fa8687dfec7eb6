"""Which of the municipality's keys a file of a review is encrypted with."""

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"


def upgrade() -> None:
    op.add_column("review_files", sa.Column("key_number", sa.Integer(), nullable=True))
