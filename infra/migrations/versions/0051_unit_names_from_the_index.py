"""The name that a unit has on a day is read from the index alone.

PostgreSQL took the index that keeps versions from overlapping, which is slower to look in.
"""

from alembic import op

revision = "0051"
down_revision = "0050"


def upgrade() -> None:
    op.drop_index("ix_unit_versions_unit", "unit_versions")
    op.create_index(
        "ix_unit_versions_unit",
        "unit_versions",
        ["tenant_id", "unit_id", "valid_from"],
        postgresql_include=["valid_to", "name"],
    )
