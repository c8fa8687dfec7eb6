"""Government grants: givers, grants with their steps, money, deadlines, links and documents."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.schema import SchemaItem

from roder.infra.migrations.fences import append_only, fence, purgeable

revision = "0030"
down_revision = "0029"

TABLES = (
    "grant_givers",
    "grants",
    "grant_steps",
    "grant_money",
    "grant_deadlines",
    "grant_nodes",
    "grant_files",
)


def upgrade() -> None:
    op.create_table(
        "grant_givers",
        *_texts("name"),
        *_days("ended_on"),
        *_changed(),
        *_own("grant_givers"),
        _unique("grant_givers", "name"),
    )
    op.create_table(
        "grants",
        *_texts("code", "name", "ordinance", "purpose", "signer", "agent", "giver_case"),
        *_texts("overpaid_reason", "note", "decided_by", "decided_paragraph", "registry_number"),
        sa.Column("giver_id", sa.Uuid(), nullable=False),
        sa.Column("unit_id", sa.Uuid(), nullable=False),
        sa.Column("responsible_id", sa.Uuid()),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(40), nullable=False),
        *_days("agent_on", "begins_on", "ends_on", "decided_on"),
        *(sa.Column(name, sa.Numeric(14, 2)) for name in ("sought", "granted", "claimed")),
        sa.Column("version", sa.Integer(), nullable=False),
        *_changed(),
        *_own("grants"),
        _refers("giver_id", "grant_givers"),
        _refers("unit_id", "units"),
        _refers("responsible_id", "people"),
        _unique("grants", "code"),
    )
    op.create_index("ix_grants_unit", "grants", ["tenant_id", "unit_id"])
    _steps_and_money()
    op.create_table(
        "grant_nodes",
        _of_grant(),
        sa.Column("node_id", sa.Uuid(), nullable=False),
        *_own("grant_nodes"),
        _refers("grant_id", "grants", ondelete="CASCADE"),
        _refers("node_id", "plan_nodes", ondelete="CASCADE"),
        _unique("grant_nodes", "grant_id", "node_id"),
    )
    op.create_index("ix_grant_nodes_node", "grant_nodes", ["tenant_id", "node_id"])
    op.create_table(
        "grant_files",
        _of_grant(),
        sa.Column("file_id", sa.Uuid(), nullable=False),
        *_texts("title"),
        *_own("grant_files"),
        _refers("grant_id", "grants", ondelete="CASCADE"),
        _refers("file_id", "files"),
        _unique("grant_files", "grant_id", "file_id"),
    )
    fence(*TABLES)
    append_only("grant_steps")
    purgeable("grant_steps", "note")


def _steps_and_money() -> None:
    op.create_table(
        "grant_steps",
        _of_grant(),
        sa.Column("state", sa.String(40), nullable=False),
        sa.Column("back", sa.Boolean(), nullable=False),
        *_texts("note"),
        sa.Column("taken_by", sa.Uuid()),
        sa.Column(
            "taken_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("clock_timestamp()"),
            nullable=False,
        ),
        *_own("grant_steps"),
        _refers("grant_id", "grants", ondelete="CASCADE"),
    )
    op.create_index("ix_grant_steps_grant", "grant_steps", ["tenant_id", "grant_id"])
    op.create_table(
        "grant_money",
        _of_grant(),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("booked_on", sa.Date(), nullable=False),
        sa.Column("amount", sa.Numeric(14, 2), nullable=False),
        *_texts("note"),
        sa.Column("entered_by", sa.Uuid()),
        _moment("entered_at"),
        *_own("grant_money"),
        _refers("grant_id", "grants", ondelete="CASCADE"),
    )
    op.create_index("ix_grant_money_grant", "grant_money", ["tenant_id", "grant_id"])
    op.create_table(
        "grant_deadlines",
        _of_grant(),
        sa.Column("kind", sa.String(40), nullable=False),
        *_texts("name"),
        sa.Column("due_on", sa.Date(), nullable=False),
        *_days("done_on"),
        sa.Column("done_by", sa.Uuid()),
        *_changed(),
        *_own("grant_deadlines"),
        _refers("grant_id", "grants", ondelete="CASCADE"),
    )
    op.create_index("ix_grant_deadlines_grant", "grant_deadlines", ["tenant_id", "grant_id"])
    op.create_index("ix_grant_deadlines_due", "grant_deadlines", ["tenant_id", "due_on"])


def _of_grant() -> sa.Column[object]:
    return sa.Column("grant_id", sa.Uuid(), nullable=False)


def _texts(*names: str) -> list[sa.Column[object]]:
    return [sa.Column(name, sa.Text(), nullable=False) for name in names]


def _days(*names: str) -> list[sa.Column[object]]:
    return [sa.Column(name, sa.Date()) for name in names]


def _moment(name: str) -> sa.Column[object]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=False)


def _changed() -> list[sa.Column[object]]:
    return [sa.Column("changed_by", sa.Uuid()), _moment("changed_at")]


def _unique(table: str, *columns: str) -> sa.UniqueConstraint:
    name = "_".join(("uq", table, "tenant_id", *columns))
    return sa.UniqueConstraint("tenant_id", *columns, name=name)


def _refers(column: str, table: str, *, ondelete: str | None = None) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["tenant_id", column],
        [f"{table}.tenant_id", f"{table}.id"],
        name=f"fk_{table}_of_{column}",
        ondelete=ondelete,
    )


def _own(table: str) -> list[SchemaItem]:
    return [
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("clock_timestamp()"),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], name=f"fk_{table}_tenant_id"),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=f"pk_{table}"),
    ]
