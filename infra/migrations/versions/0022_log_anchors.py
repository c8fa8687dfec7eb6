"""Where the access log is fastened: roots of its blocks, its anchors, and what was disposed of."""

import sqlalchemy as sa
from alembic import op

from roder.infra.migrations.fences import append_only, fence

revision = "0022"
down_revision = "0021"


def upgrade() -> None:
    _table("log_blocks", ["number"], _number("number"), _hash("root"))
    _table(
        "log_anchors",
        ["seq", "at"],
        _moment("at"),
        _number("seq"),
        _hash("hash"),
        _hash("root"),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("object_version", sa.Text(), nullable=False),
    )
    _table(
        "log_disposals",
        ["seq"],
        _moment("at"),
        _number("seq"),
        _hash("hash"),
        _number("entries"),
        sa.Column("years", sa.Integer(), nullable=False),
        sa.Column("decided_by", sa.Uuid()),
    )
    fence("log_blocks", "log_anchors", "log_disposals")
    append_only("log_blocks", "log_anchors", "log_disposals")


def _table(name: str, unique: list[str], *columns: sa.Column[object]) -> None:
    op.create_table(
        name,
        *columns,
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("clock_timestamp()"),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], name=f"fk_{name}_tenant_id"),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=f"pk_{name}"),
        sa.UniqueConstraint("tenant_id", *unique, name=f"uq_{name}_tenant_id_{'_'.join(unique)}"),
    )


def _number(name: str) -> sa.Column[object]:
    return sa.Column(name, sa.BigInteger(), nullable=False)


def _hash(name: str) -> sa.Column[object]:
    return sa.Column(name, sa.LargeBinary(), nullable=False)


def _moment(name: str) -> sa.Column[object]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=False)
