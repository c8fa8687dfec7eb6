"""Meetings: series, templates, who takes part, agendas with their decisions and votes."""

import sqlalchemy as sa
from alembic import op

from roder.infra.migrations.columns import days, ids, kinds, moments, own, refers, texts, unique
from roder.infra.migrations.fences import append_only, fence, purgeable

revision = "0040"
down_revision = "0039"

TABLES = (
    "meeting_templates",
    "meeting_template_items",
    "meeting_series",
    "meeting_members",
    "meetings",
    "meeting_steps",
    "meeting_participants",
    "agenda_items",
    "agenda_votes",
    "agenda_reservations",
    "agenda_absences",
    "agenda_links",
    "agenda_actions",
)


def upgrade() -> None:
    _series()
    _meetings()
    _agenda()
    _about_items()
    fence(*TABLES)
    append_only("meeting_steps")
    purgeable("meeting_steps", "note")


def _series() -> None:
    op.create_table(
        "meeting_templates",
        *texts("name"),
        *moments("ended_at", needed=False),
        *_changed(),
        *own("meeting_templates"),
        refers("changed_by", "people"),
    )
    op.create_table(
        "meeting_template_items",
        *ids("template_id", needed=True),
        *_numbers("position"),
        *texts("title"),
        *kinds("kind"),
        *_ticks("standing"),
        *own("meeting_template_items"),
        refers("template_id", "meeting_templates"),
    )
    _index("meeting_template_items", "template", "template_id")
    op.create_table(
        "meeting_series",
        *ids("unit_id", needed=True),
        *ids("template_id"),
        *texts("name", "place"),
        *kinds("kind", "cycle"),
        *_ticks("private"),
        *moments("ended_at", needed=False),
        *_numbers("version"),
        *_changed(),
        *own("meeting_series"),
        refers("unit_id", "units"),
        refers("template_id", "meeting_templates"),
        refers("changed_by", "people"),
    )
    _index("meeting_series", "unit", "unit_id")
    op.create_table(
        "meeting_members",
        *ids("series_id", needed=True),
        *ids("person_id"),
        *texts("name"),
        *kinds("role"),
        *_ticks("adjuster"),
        *own("meeting_members"),
        refers("series_id", "meeting_series"),
        refers("person_id", "people"),
        unique("meeting_members", "series_id", "person_id"),
    )
    _index("meeting_members", "person", "person_id")


def _meetings() -> None:
    op.create_table(
        "meetings",
        *ids("series_id", "unit_id", needed=True),
        *moments("starts_at", "ends_at"),
        *texts("place"),
        *kinds("state"),
        *days("adjusted_on", "announced_on"),
        *_numbers("version"),
        *_changed(),
        *own("meetings"),
        refers("series_id", "meeting_series"),
        refers("unit_id", "units"),
        refers("changed_by", "people"),
        sa.CheckConstraint("ends_at > starts_at", name="ck_meetings_ends_after_it_starts"),
    )
    _index("meetings", "starts_at", "starts_at")
    _index("meetings", "series", "series_id")
    op.create_table(
        "meeting_steps",
        *ids("meeting_id", needed=True),
        *ids("taken_by"),
        *kinds("state"),
        *texts("note"),
        *moments("taken_at"),
        *own("meeting_steps"),
        refers("meeting_id", "meetings"),
        refers("taken_by", "people"),
    )
    _index("meeting_steps", "meeting", "meeting_id")
    op.create_table(
        "meeting_participants",
        *ids("meeting_id", needed=True),
        *ids("person_id"),
        *texts("name"),
        *kinds("role", "attendance"),
        *_ticks("adjuster"),
        *own("meeting_participants"),
        refers("meeting_id", "meetings"),
        refers("person_id", "people"),
        unique("meeting_participants", "meeting_id", "person_id"),
    )
    _index("meeting_participants", "person", "person_id")


def _agenda() -> None:
    op.create_table(
        "agenda_items",
        *ids("meeting_id", "unit_id", needed=True),
        *ids("carried_from"),
        *_numbers("year", "position", "version"),
        *texts("title", "registry_number", "notes", "proposals", "decision"),
        *kinds("kind", "state"),
        *_counts("paragraph", "votes_for", "votes_against", "votes_abstained"),
        *_changed(),
        *own("agenda_items"),
        refers("meeting_id", "meetings"),
        refers("unit_id", "units"),
        refers("carried_from", "agenda_items"),
        refers("changed_by", "people"),
        unique("agenda_items", "unit_id", "year", "paragraph"),
        unique("agenda_items", "carried_from"),
    )
    _index("agenda_items", "meeting", "meeting_id")


def _about_items() -> None:
    for table, word in (
        ("agenda_votes", kinds("vote")),
        ("agenda_reservations", texts("said")),
        ("agenda_absences", kinds("reason")),
    ):
        op.create_table(
            table,
            *ids("item_id", "participant_id", needed=True),
            *word,
            *own(table),
            refers("item_id", "agenda_items"),
            refers("participant_id", "meeting_participants"),
            unique(table, "item_id", "participant_id"),
        )
    op.create_table(
        "agenda_links",
        *ids("item_id", needed=True),
        *ids("node_id", "risk_id", "file_id"),
        *texts("title"),
        *own("agenda_links"),
        refers("item_id", "agenda_items"),
        refers("node_id", "plan_nodes", ondelete="CASCADE"),
        refers("risk_id", "risks"),
        refers("file_id", "files"),
        sa.CheckConstraint(
            "num_nonnulls(node_id, risk_id, file_id) = 1", name="ck_agenda_links_to_one_thing"
        ),
    )
    _index("agenda_links", "item", "item_id")
    op.create_table(
        "agenda_actions",
        *ids("item_id", "action_id", needed=True),
        *own("agenda_actions"),
        refers("item_id", "agenda_items"),
        refers("action_id", "planned_actions"),
        unique("agenda_actions", "action_id"),
    )
    _index("agenda_actions", "item", "item_id")


def _changed() -> list[sa.Column[object]]:
    return [*ids("changed_by"), *moments("changed_at")]


def _index(table: str, name: str, column: str) -> None:
    op.create_index(f"ix_{table}_{name}", table, ["tenant_id", column])


def _counts(*names: str) -> list[sa.Column[object]]:
    """Numbers that may be missing."""
    return [sa.Column(name, sa.Integer()) for name in names]


def _numbers(*names: str) -> list[sa.Column[object]]:
    return [sa.Column(name, sa.Integer(), nullable=False) for name in names]


def _ticks(*names: str) -> list[sa.Column[object]]:
    return [sa.Column(name, sa.Boolean(), nullable=False) for name in names]
