"""Columns and constraints as every tenant table has them."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.schema import SchemaItem


def texts(*names: str) -> list[sa.Column[object]]:
    return [sa.Column(name, sa.Text(), nullable=False) for name in names]


def kinds(*names: str) -> list[sa.Column[object]]:
    """One word each of a fixed list."""
    return [sa.Column(name, sa.String(40), nullable=False) for name in names]


def days(*names: str) -> list[sa.Column[object]]:
    """Days that may be missing."""
    return [sa.Column(name, sa.Date()) for name in names]


def moments(*names: str, needed: bool = True) -> list[sa.Column[object]]:
    return [sa.Column(name, sa.DateTime(timezone=True), nullable=not needed) for name in names]


def ids(*names: str, needed: bool = False) -> list[sa.Column[object]]:
    """Of rows in other tables; `refers` says which."""
    return [sa.Column(name, sa.Uuid(), nullable=not needed) for name in names]


def refers(column: str, table: str, *, ondelete: str | None = None) -> sa.ForeignKeyConstraint:
    """A foreign key that carries the tenant, as `tenants.rows.refers` has it in the models."""
    return sa.ForeignKeyConstraint(
        ["tenant_id", column],
        [f"{table}.tenant_id", f"{table}.id"],
        name=f"fk_{table}_of_{column}",
        ondelete=ondelete,
    )


def unique(table: str, *columns: str) -> sa.UniqueConstraint:
    name = "_".join(("uq", table, "tenant_id", *columns))
    return sa.UniqueConstraint("tenant_id", *columns, name=name)


def own(table: str) -> list[SchemaItem]:
    """Tenant, id and when it was made, with the primary key."""
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
