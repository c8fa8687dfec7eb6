"""Texts that lie sealed in columns, whichever module has them: found by what the columns say."""

from __future__ import annotations

from functools import cache
from typing import Final

from sqlalchemy import Column, LargeBinary, Table, func, select, type_coerce, union_all

from .personal import tenant_tables
from .tenant_keys import NONCE, NUMBER, VERSION
from .work import Work

TAG: Final = 16
EMPTY: Final = len(VERSION) + NUMBER + NONCE + TAG
"""Bytes of a sealed text that says nothing."""


@cache
def sealed_columns() -> tuple[tuple[Table, tuple[Column[object], ...]], ...]:
    """Every table with sealed texts, and the columns where they lie."""
    found = (
        (table, tuple(column for column in table.c if column.info.get("sealed") == "text"))
        for table in tenant_tables()
    )
    return tuple((table, columns) for table, columns in found if columns)


async def count_sealed(work: Work) -> dict[int, int]:
    """How many texts that say something are sealed with each key, by its number."""
    each = [
        select(
            func.substr(column, len(VERSION) + 1, NUMBER).label("key"), func.count().label("texts")
        )
        .where(table.c.tenant_id == work.tenant.id, func.length(column) > EMPTY)
        .group_by(func.substr(column, len(VERSION) + 1, NUMBER))
        for table, columns in sealed_columns()
        for column in columns
    ]
    if not each:
        return {}
    lines = union_all(*each).subquery()
    key = type_coerce(lines.c.key, LargeBinary())
    counted: dict[int, int] = {}
    for number, texts in await work.rows(select(key, lines.c.texts)):
        at = int.from_bytes(number, "big")
        counted[at] = counted.get(at, 0) + texts
    return counted
