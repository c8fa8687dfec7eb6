"""Deviations in care: reports, what is done about them, their forms and categories."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql
from sqlalchemy.schema import SchemaItem

from roder.infra.migrations.fences import append_only, fence

revision = "0032"
down_revision = "0031"

TABLES = (
    "deviation_forms",
    "deviation_categories",
    "deviations",
    "deviation_risks",
    "deviation_documents",
    "deviation_decisions",
    "deviation_actions",
    "deviation_events",
    "deviation_nils",
)

KINDS = ("type", "reported_as", "state", "label", "concerns", "consequence")


def upgrade() -> None:
    _make_catalogues()
    _make_cases()
    _make_what_is_done()
    _make_nils()
    fence(*TABLES)
    append_only("deviation_events")


def _make_catalogues() -> None:
    op.create_table(
        "deviation_forms",
        _kind("kind"),
        _number("number"),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("fields", postgresql.JSONB(), nullable=False),
        *_people("made_by"),
        *_own("deviation_forms"),
        sa.UniqueConstraint(
            "tenant_id", "kind", "number", name="uq_deviation_forms_tenant_id_kind_number"
        ),
    )
    op.create_table(
        "deviation_categories",
        _link("parent_id", nullable=True),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("name", postgresql.JSONB(), nullable=False),
        sa.Column("laws", postgresql.ARRAY(sa.Text()), nullable=False),
        _number("position"),
        _moment("ended_at"),
        *_people("ended_by"),
        *_own("deviation_categories"),
        _refers("parent_id", "deviation_categories"),
        sa.UniqueConstraint("tenant_id", "key", name="uq_deviation_categories_tenant_id_key"),
    )


def _make_cases() -> None:
    op.create_table(
        "deviations",
        sa.Column("reference", sa.Text(), nullable=False),
        _link("unit_id", nullable=True),
        *(_kind(name) for name in KINDS),
        sa.Column("laws", postgresql.ARRAY(sa.Text()), nullable=False),
        *(_moment(name) for name in ("occurred_at", "found_at", "sent_at", "outcome_at")),
        _link("category_id", nullable=True),
        _link("form_id"),
        *(_sealed(name) for name in ("what", "whom", "done", "on_behalf_of", "answers", "outcome")),
        *_people("reported_by", "assigned_to", "closed_by"),
        _moment("closed_at"),
        _version(),
        *_own("deviations"),
        _refers("unit_id", "units"),
        _refers("category_id", "deviation_categories"),
        _refers("form_id", "deviation_forms"),
        sa.UniqueConstraint("tenant_id", "reference", name="uq_deviations_tenant_id_reference"),
        _check("deviations", "lex", "label <> 'lex' or type = 'misconduct'"),
        _check("deviations", "assigned", "assigned_to is null or type = 'misconduct'"),
        _check("deviations", "open", "label <> 'lex' or state not in ('draft', 'closed')"),
        _check("deviations", "sent", "(state = 'draft') = (sent_at is null)"),
        _check("deviations", "closed", "(state = 'closed') = (closed_at is not null)"),
        _check("deviations", "laws", "state = 'draft' or cardinality(laws) > 0"),
    )
    op.create_index("ix_deviations_place", "deviations", ["tenant_id", "unit_id", "sent_at"])
    op.create_index("ix_deviations_reporter", "deviations", ["tenant_id", "reported_by"])
    op.create_index("ix_deviations_assigned", "deviations", ["tenant_id", "assigned_to"])


def _make_what_is_done() -> None:
    op.create_table(
        "deviation_risks",
        _link("deviation_id"),
        _kind("law"),
        *(_number(name) for name in ("severity", "probability", "value")),
        _sealed("assessed_with"),
        *_people("assessed_by"),
        _moment("assessed_at", nullable=False),
        _version(),
        *_own("deviation_risks"),
        _of_case(),
        _once("deviation_risks", "law"),
        _check("deviation_risks", "severity", "severity between 1 and 4"),
        _check("deviation_risks", "probability", "probability between 1 and 4"),
        _check("deviation_risks", "product", "value = severity * probability"),
    )
    op.create_table(
        "deviation_documents",
        _link("deviation_id"),
        _kind("kind"),
        _link("form_id"),
        _sealed("answers"),
        *_people("written_by", "completed_by"),
        _moment("written_at", nullable=False),
        _moment("completed_at"),
        _version(),
        *_own("deviation_documents"),
        _of_case(),
        _refers("form_id", "deviation_forms"),
        _once("deviation_documents", "kind"),
    )
    op.create_table(
        "deviation_decisions",
        _link("deviation_id"),
        _kind("part"),
        _kind("finding"),
        _sealed("reason"),
        sa.Column("notified", sa.Boolean(), nullable=False),
        sa.Column("notified_on", sa.Date()),
        sa.Column("authority_case_number", sa.Text(), nullable=False),
        sa.Column("registry_number", sa.Text(), nullable=False),
        *_people("decided_by"),
        _moment("decided_at", nullable=False),
        *_own("deviation_decisions"),
        _of_case(),
        _once("deviation_decisions", "part"),
        _check("deviation_decisions", "case_number", "notified = (authority_case_number <> '')"),
        _check("deviation_decisions", "notified_on", "notified = (notified_on is not null)"),
        _check("deviation_decisions", "registry_number", "part <> 'hsl' or registry_number <> ''"),
    )
    op.create_table(
        "deviation_actions",
        _link("deviation_id"),
        _sealed("title"),
        _sealed("outcome"),
        _link("owner_id"),
        sa.Column("due_on", sa.Date(), nullable=False),
        *_people("planned_by", "done_by"),
        _moment("done_at"),
        _version(),
        *_own("deviation_actions"),
        _of_case(),
        _refers("owner_id", "people"),
    )
    op.create_index("ix_deviation_actions_owner", "deviation_actions", ["tenant_id", "owner_id"])
    op.create_table(
        "deviation_events",
        _link("deviation_id"),
        _kind("what"),
        *_people("done_by", "given_to"),
        _sealed("note"),
        *_own("deviation_events"),
        _of_case(),
    )
    op.create_index(
        "ix_deviation_events_case", "deviation_events", ["tenant_id", "deviation_id", "id"]
    )


def _make_nils() -> None:
    op.create_table(
        "deviation_nils",
        _link("unit_id"),
        _number("year"),
        _kind("kind"),
        *_people("said_by", "withdrawn_by"),
        _moment("said_at", nullable=False),
        _moment("withdrawn_at"),
        *_own("deviation_nils"),
        _refers("unit_id", "units"),
    )
    op.create_index(
        "uq_deviation_nils_standing",
        "deviation_nils",
        ["tenant_id", "unit_id", "year", "kind"],
        unique=True,
        postgresql_where=sa.text("withdrawn_at is null"),
    )


def _kind(name: str) -> sa.Column[object]:
    return sa.Column(name, sa.String(40), nullable=False)


def _number(name: str) -> sa.Column[object]:
    return sa.Column(name, sa.Integer(), nullable=False)


def _version() -> sa.Column[object]:
    return sa.Column("version", sa.Integer(), server_default="1", nullable=False)


def _sealed(name: str) -> sa.Column[object]:
    return sa.Column(name, sa.LargeBinary(), nullable=False)


def _moment(name: str, *, nullable: bool = True) -> sa.Column[object]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def _link(name: str, *, nullable: bool = False) -> sa.Column[object]:
    return sa.Column(name, sa.Uuid(), nullable=nullable)


def _people(*names: str) -> list[SchemaItem]:
    columns = [_link(name, nullable=True) for name in names]
    return [*columns, *(_refers(name, "people") for name in names)]


def _of_case() -> sa.ForeignKeyConstraint:
    return _refers("deviation_id", "deviations", ondelete="CASCADE")


def _once(table: str, column: str) -> sa.UniqueConstraint:
    return sa.UniqueConstraint(
        "tenant_id", "deviation_id", column, name=f"uq_{table}_tenant_id_deviation_id_{column}"
    )


def _check(table: str, name: str, says: str) -> sa.CheckConstraint:
    return sa.CheckConstraint(says, name=op.f(f"ck_{table}_{name}"))


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
