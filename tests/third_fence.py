"""The third fence, held over every statement that any test runs: each relation names the tenant.

A pytest plugin (see `conftest.py`). Row-level security would hide the fault; a distributed
PostgreSQL would send the statement to every node.
"""

from __future__ import annotations

import re
from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy import Engine, event
from sqlalchemy.engine import Connection

from roder.infra.database import Base
from roder.infra.fences import GLOBAL
from roder.infra.reading import Reading


class TenantNotNamed(AssertionError):
    pass


@cache
def not_named(statement: str, tables: frozenset[str]) -> list[str]:
    """The relations of a statement that do not have `tenant_id = $n` of their own."""
    if statement.lstrip().upper().startswith(("INSERT", "COPY")):
        return []
    text = re.sub(r'"|\bpublic\.', "", statement)
    relations = re.findall(
        r"(?:\bFROM|\bJOIN|\bUPDATE|\bUSING|,)\s+(?:ONLY\s+)?(\w+)(?!\.)\b(?:\s+AS\s+(\w+))?",
        text,
        re.IGNORECASE,
    )
    return [
        alias or table
        for table, alias in relations
        if table in tables and not re.search(rf"(?<!\w){alias or table}\.tenant_id = \$\d+", text)
    ]


@event.listens_for(Engine, "before_cursor_execute")
def _hold(connection: Connection, cursor: object, statement: str, *_rest: object) -> None:
    if connection.engine.url.username != "roder_app":
        return
    _refuse(statement)


def _refuse(statement: str) -> None:
    tables = frozenset(Base.metadata.tables) - set(GLOBAL)
    found = not_named(statement, tables)
    if found:
        raise TenantNotNamed(f"{', '.join(found)} without its tenant in: {statement}")


def _hold_plans() -> None:
    """The statements of the planner, which go past SQLAlchemy."""
    row, row_of = Reading.row, Reading.row_of

    async def held(self: Reading, sql: str, parameters: Any) -> Any:
        _refuse(sql)
        return await row(self, sql, parameters)

    async def held_of(self: Reading, tenant_id: UUID, sql: str, parameters: Any) -> Any:
        _refuse(sql)
        return await row_of(self, tenant_id, sql, parameters)

    Reading.row = held  # type: ignore[method-assign]
    Reading.row_of = held_of  # type: ignore[method-assign]


_hold_plans()
