"""What laws say, as dated rows of each municipality, with those that come with the service."""

import json
from datetime import UTC, datetime
from importlib.resources import files
from uuid import UUID

import sqlalchemy as sa
import uuid_utils
from alembic import op

from roder.infra.migrations.fences import fence

revision = "0029"
down_revision = "0028"


def upgrade() -> None:
    table = op.create_table(
        "legal_references",
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("says", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("valid_from", sa.Date()),
        sa.Column("valid_to", sa.Date()),
        sa.Column("days", sa.Integer()),
        sa.Column("changed_by", sa.Uuid()),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("clock_timestamp()"),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "changed_by"],
            ["people.tenant_id", "people.id"],
            name="fk_people_of_changed_by",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["tenants.id"], name="fk_legal_references_tenant_id"
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name="pk_legal_references"),
        sa.UniqueConstraint(
            "tenant_id",
            "key",
            "valid_from",
            name="uq_legal_references_tenant_id_key_valid_from",
            postgresql_nulls_not_distinct=True,
        ),
    )
    _preload(table)
    fence("legal_references")


def _preload(table: sa.Table) -> None:
    """Before the fence, since the owner of the tables is fenced too."""
    tenants = op.get_bind().execute(sa.text("select id from tenants where erased_at is null"))
    shipped = json.loads((files("roder.tenants") / "legal.json").read_text("utf-8"))
    nothing = {"valid_from": None, "valid_to": None, "days": None}
    op.bulk_insert(
        table,
        [
            {
                **nothing,
                **{name: value for name, value in row.items() if name in table.c},
                **{day: _day(row.get(day)) for day in ("valid_from", "valid_to")},
                "tenant_id": tenant,
                "id": UUID(bytes=uuid_utils.uuid7().bytes),
                "changed_at": datetime.now(UTC),
            }
            for tenant in tenants.scalars()
            for row in shipped
        ],
    )


def _day(text: str | None) -> object:
    return datetime.fromisoformat(text).date() if text else None
