"""Complaints against the education: their kinds, what they say (sealed), steps and actions."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from roder.infra.migrations.columns import days, ids, kinds, moments, own, refers, texts, unique
from roder.infra.migrations.fences import append_only, fence

revision = "0045"
down_revision = "0044"

TABLES = (
    "school_complaint_kinds",
    "school_complaints",
    "school_complaint_steps",
    "school_complaint_actions",
)


def upgrade() -> None:
    op.create_table(
        "school_complaint_kinds",
        *texts("key"),
        sa.Column("name", postgresql.JSONB(), nullable=False),
        *_numbers("position"),
        *moments("ended_at", needed=False),
        *ids("ended_by"),
        *own("school_complaint_kinds"),
        refers("ended_by", "people"),
        unique("school_complaint_kinds", "key"),
    )
    _complaints()
    op.create_table(
        "school_complaint_steps",
        *ids("complaint_id", needed=True),
        *kinds("state"),
        sa.Column("taken_on", sa.Date(), nullable=False),
        *_sealed("note"),
        *ids("taken_by"),
        *moments("taken_at"),
        *own("school_complaint_steps"),
        refers("complaint_id", "school_complaints"),
        refers("taken_by", "people"),
    )
    op.create_index(
        "ix_school_complaint_steps_complaint",
        "school_complaint_steps",
        ["tenant_id", "complaint_id"],
    )
    op.create_table(
        "school_complaint_actions",
        *ids("complaint_id", "action_id", needed=True),
        *own("school_complaint_actions"),
        refers("complaint_id", "school_complaints"),
        refers("action_id", "planned_actions"),
        unique("school_complaint_actions", "complaint_id", "action_id"),
    )
    fence(*TABLES)
    append_only("school_complaint_steps")


def _complaints() -> None:
    op.create_table(
        "school_complaints",
        *texts("reference", "registry_number"),
        *ids("unit_id", "kind_id", needed=True),
        *_numbers("year", "version"),
        sa.Column("received_on", sa.Date(), nullable=False),
        *kinds("way", "complainant", "state"),
        *_sealed("name", "contact", "what", "investigation", "told_back"),
        sa.Column("confirm_by", sa.Date(), nullable=False),
        sa.Column("answer_by", sa.Date(), nullable=False),
        *days("confirmed_on", "answered_on"),
        *ids("handler_id", "registered_by"),
        sa.Column("outcome", sa.String(40)),
        *own("school_complaints"),
        refers("unit_id", "units"),
        refers("kind_id", "school_complaint_kinds"),
        refers("handler_id", "people"),
        refers("registered_by", "people"),
        unique("school_complaints", "reference"),
        sa.CheckConstraint(
            "(state = 'received') = (confirmed_on is null)",
            name=op.f("ck_school_complaints_confirmed"),
        ),
        sa.CheckConstraint(
            "(state in ('answered', 'closed')) = (answered_on is not null)",
            name=op.f("ck_school_complaints_answered"),
        ),
    )
    op.create_index(
        "ix_school_complaints_unit", "school_complaints", ["tenant_id", "unit_id", "year"]
    )


def _numbers(*names: str) -> list[sa.Column[object]]:
    return [sa.Column(name, sa.Integer(), nullable=False) for name in names]


def _sealed(*names: str) -> list[sa.Column[object]]:
    """What only the municipality's key opens."""
    return [sa.Column(name, sa.LargeBinary(), nullable=False) for name in names]
