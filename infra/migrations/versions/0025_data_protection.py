"""Registers of data protection: agreements, sub-processors, treatments and breaches."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.schema import SchemaItem

from roder.infra.migrations.fences import fence

revision = "0025"
down_revision = "0024"

TABLES = ("processor_agreements", "sub_processors", "processings", "breaches")


def upgrade() -> None:
    op.create_table(
        "processor_agreements",
        *_texts("processor", "org_number", "contact", "subject", "registry_number", "note"),
        sa.Column("signed_on", sa.Date(), nullable=False),
        *_days("review_on", "valid_to", "ended_on"),
        *_changed(),
        *_own("processor_agreements"),
        _refers("changed_by", "people"),
    )
    op.create_table(
        "sub_processors",
        sa.Column("agreement_id", sa.Uuid(), nullable=False),
        *_texts("name", "task", "country", "safeguard"),
        sa.Column("announced_on", sa.Date(), nullable=False),
        *_days("objection_by", "from_on", "ended_on"),
        *_changed(),
        *_own("sub_processors"),
        _refers("agreement_id", "processor_agreements"),
        _refers("changed_by", "people"),
    )
    op.create_table(
        "processings",
        *_texts("module", "name", "purpose", "legal_basis", "subjects", "data", "recipients"),
        *_texts("transfers", "retention", "security"),
        sa.Column("agreement_id", sa.Uuid()),
        sa.Column("unit_id", sa.Uuid()),
        *_days("review_on", "ended_on"),
        *_changed(),
        *_own("processings"),
        _refers("agreement_id", "processor_agreements"),
        _refers("unit_id", "units"),
        _refers("changed_by", "people"),
    )
    op.create_table(
        "breaches",
        *_texts("what", "reason", "case_number"),
        *(_moment(name) for name in ("detected_at", "since", "until")),
        sa.Column("state", sa.String(40), nullable=False),
        sa.Column("reported_by", sa.Uuid()),
        sa.Column("decided_by", sa.Uuid()),
        sa.Column("decided_at", sa.DateTime(timezone=True)),
        *_days("people_told_on"),
        *_own("breaches"),
        _refers("reported_by", "people"),
        _refers("decided_by", "people"),
        sa.UniqueConstraint(
            "tenant_id", "detected_at", "what", name="uq_breaches_tenant_id_detected_at_what"
        ),
    )
    fence(*TABLES)


def _texts(*names: str) -> list[sa.Column[object]]:
    return [sa.Column(name, sa.Text(), nullable=False) for name in names]


def _days(*names: str) -> list[sa.Column[object]]:
    return [sa.Column(name, sa.Date()) for name in names]


def _moment(name: str) -> sa.Column[object]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=False)


def _changed() -> list[sa.Column[object]]:
    return [sa.Column("changed_by", sa.Uuid()), _moment("changed_at")]


def _refers(column: str, table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["tenant_id", column],
        [f"{table}.tenant_id", f"{table}.id"],
        name=f"fk_{table}_of_{column}",
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
