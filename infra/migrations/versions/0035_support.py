"""Support: reported faults with their steps, whom to ask, courses and who has completed them."""

import sqlalchemy as sa
from alembic import op

from roder.infra.migrations.columns import ids, kinds, moments, own, refers, texts, unique
from roder.infra.migrations.fences import append_only, fence, purgeable

revision = "0035"
down_revision = "0034"

TABLES = (
    "fault_reports",
    "fault_steps",
    "support_contacts",
    "courses",
    "course_completions",
)


def upgrade() -> None:
    op.create_table(
        "fault_reports",
        *_numbers("number", "version"),
        *ids("unit_id", "reported_by", "handler_id"),
        *texts("area", "page", "title", "what", "workaround_is"),
        *_ticks("in_production", "critical"),
        *kinds("effect", "workaround", "fault_class", "state"),
        *moments("answer_by", "solve_by"),
        *moments("answered_at", "solved_at", needed=False),
        *own("fault_reports"),
        refers("unit_id", "units"),
        refers("reported_by", "people"),
        refers("handler_id", "people"),
        unique("fault_reports", "number"),
    )
    op.create_index(
        "ix_fault_reports_state", "fault_reports", ["tenant_id", "state", "fault_class"]
    )
    op.create_table(
        "fault_steps",
        *ids("fault_id", needed=True),
        *ids("taken_by"),
        *texts("said"),
        *kinds("state", "fault_class"),
        *moments("taken_at"),
        *own("fault_steps"),
        refers("fault_id", "fault_reports"),
        refers("taken_by", "people"),
    )
    op.create_index("ix_fault_steps_fault", "fault_steps", ["tenant_id", "fault_id"])
    _whom_to_ask()
    _training()
    fence(*TABLES)
    append_only("fault_steps")
    purgeable("fault_steps", "said")


def _whom_to_ask() -> None:
    op.create_table(
        "support_contacts",
        *ids("unit_id", needed=True),
        *ids("person_id", "changed_by"),
        *texts("area", "role", "name", "phone", "email", "hours"),
        *moments("changed_at"),
        *own("support_contacts"),
        refers("unit_id", "units"),
        refers("person_id", "people"),
        refers("changed_by", "people"),
    )
    op.create_index("ix_support_contacts_unit", "support_contacts", ["tenant_id", "unit_id"])


def _training() -> None:
    op.create_table(
        "courses",
        *texts("area", "title", "address", "audience"),
        *kinds("kind"),
        *_numbers("minutes"),
        *_ticks("for_trainers"),
        *ids("changed_by"),
        *moments("ended_at", needed=False),
        *moments("changed_at"),
        *own("courses"),
        refers("changed_by", "people"),
    )
    op.create_table(
        "course_completions",
        *ids("course_id", "person_id", needed=True),
        *ids("confirmed_by"),
        *moments("completed_at"),
        *own("course_completions"),
        refers("course_id", "courses"),
        refers("person_id", "people"),
        refers("confirmed_by", "people"),
        unique("course_completions", "course_id", "person_id"),
    )
    op.create_index(
        "ix_course_completions_person", "course_completions", ["tenant_id", "person_id"]
    )


def _numbers(*names: str) -> list[sa.Column[object]]:
    return [sa.Column(name, sa.Integer(), nullable=False) for name in names]


def _ticks(*names: str) -> list[sa.Column[object]]:
    return [sa.Column(name, sa.Boolean(), nullable=False) for name in names]
