"""Texts that lie sealed in columns, whichever module has them: found by what the columns say."""

from __future__ import annotations

from functools import cache
from typing import Final

from sqlalchemy import Column, LargeBinary, Table, func, select, type_coerce, union_all

from ..personal import tenant_tables
from ..work import Work
from .keys import NONCE, NUMBER, VERSION

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
        select(func.substr(column, len(VERSION) + 1, NUMBER).label("key")).where(
            table.c.tenant_id == work.tenant.id, func.length(column) > EMPTY
        )
        for table, columns in sealed_columns()
        for column in columns
    ]
    if not each:
        return {}
    lines = union_all(*each).subquery()
    counted = await work.rows(
        select(type_coerce(lines.c.key, LargeBinary()), func.count()).group_by(lines.c.key)
    )
    return {int.from_bytes(number, "big"): texts for number, texts in counted}
