"""The first fence: every row of a municipality carries its tenant, in its key and in its links."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Final
from uuid import UUID

import uuid_utils
from sqlalchemy import ForeignKey, ForeignKeyConstraint, func
from sqlalchemy.orm import Mapped, declared_attr, mapped_column

from ..infra.database import Base

WORDS: Final = {"personal": "text"}
CODES: Final = {"personal": "free"}
OWN: Final = {"personal": "own"}
DUTY: Final = {"personal": "duty"}
"""What a column holds about people; see `personal.py`, which reads it."""
LOGGED: Final = {"logged": "read"}
RIGHTS: Final = {"logged": "change"}
OPEN: Final = {"logged": "no"}
"""What the access log is told: that a column is read; that a row is written; of a row about one
person, nothing, since all colleagues see it. See `log/logged.py`, which reads it."""
SEALED: Final = LOGGED | CODES | {"sealed": "text"}
"""Bytes that are a text, sealed with the municipality's key: nobody is named in them as they lie,
and reading them is logged. See `sealed/texts.py`."""

Words = Annotated[str, mapped_column(info=WORDS)]
"""What somebody has written: it may name people."""
Code = Annotated[str, mapped_column(info=CODES)]
"""A key, a kind or a hash: nothing about anybody stands in it."""


def uuid7() -> UUID:
    """A new id; ids made later sort later, which keeps indexes dense and pages stable."""
    return UUID(bytes=uuid_utils.uuid7().bytes)


class TenantRow(Base):
    """A row of one municipality. `tenant_id` is filled in by the session, never by hand."""

    __abstract__ = True

    @declared_attr
    @classmethod
    def tenant_id(cls) -> Mapped[UUID]:
        return mapped_column(ForeignKey("tenants.id"), primary_key=True)

    @declared_attr
    @classmethod
    def id(cls) -> Mapped[UUID]:
        return mapped_column(primary_key=True, default=uuid7)

    @declared_attr
    @classmethod
    def created_at(cls) -> Mapped[datetime]:
        return mapped_column(server_default=func.clock_timestamp())


def refers(column: str, table: str, *, ondelete: str | None = None) -> ForeignKeyConstraint:
    """A foreign key that carries the tenant, so that no row can point into another one."""
    return ForeignKeyConstraint(
        ["tenant_id", column],
        [f"{table}.tenant_id", f"{table}.id"],
        name=f"fk_{table}_of_{column}",
        ondelete=ondelete,
    )
