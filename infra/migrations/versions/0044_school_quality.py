"""The quality work of schools: units that are schools, their principals, and who took part."""

import sqlalchemy as sa
from alembic import op

from roder.infra.migrations.columns import ids, kinds, moments, own, refers, texts, unique
from roder.infra.migrations.fences import fence

revision = "0044"
down_revision = "0043"

TABLES = ("school_units", "school_principals", "school_participations")


def upgrade() -> None:
    op.create_table(
        "school_units",
        *ids("unit_id", "organiser_id", needed=True),
        sa.Column("forms", sa.ARRAY(sa.Text()), nullable=False),
        *texts("code"),
        sa.Column("first_year", sa.Integer(), nullable=False),
        sa.Column("last_year", sa.Integer()),
        sa.Column("version", sa.Integer(), nullable=False),
        *_changed(),
        *own("school_units"),
        refers("unit_id", "units"),
        refers("organiser_id", "units"),
        refers("changed_by", "people"),
        unique("school_units", "unit_id"),
    )
    op.create_index("ix_school_units_organiser", "school_units", ["tenant_id", "organiser_id"])
    op.create_table(
        "school_principals",
        *ids("school_id", needed=True),
        *ids("person_id"),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("until_on", sa.Date()),
        *_changed(),
        *own("school_principals"),
        refers("school_id", "school_units"),
        refers("person_id", "people"),
        refers("changed_by", "people"),
    )
    op.create_index(
        "ix_school_principals_school", "school_principals", ["tenant_id", "school_id", "from_on"]
    )
    op.create_table(
        "school_participations",
        *ids("school_id", needed=True),
        sa.Column("year", sa.Integer(), nullable=False),
        *kinds("step", "who"),
        *texts("how"),
        sa.Column("held_on", sa.Date(), nullable=False),
        *ids("written_by"),
        *moments("written_at"),
        *own("school_participations"),
        refers("school_id", "school_units"),
        refers("written_by", "people"),
    )
    op.create_index(
        "ix_school_participations_school",
        "school_participations",
        ["tenant_id", "school_id", "year"],
    )
    fence(*TABLES)


def _changed() -> list[sa.Column[object]]:
    return [*ids("changed_by"), *moments("changed_at")]
