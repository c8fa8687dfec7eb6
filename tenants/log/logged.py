"""What the access log has to tell of, read off the tables, where each column says it itself.

A table that is about one person (a column of it is `rows.OWN`) is logged as a whole, read or
written; elsewhere the columns that are `rows.LOGGED` when they are read, and the tables with one
that is `rows.RIGHTS` when they are written. What is `rows.OPEN` is left out. The reasons stand in
infra/docs/decisions; `tests/fourth_fence.py` holds every statement to it.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Final

from sqlalchemy import Column

from ..personal import Tie, references, tenant_tables

KEYS: Final = frozenset({"tenant_id", "id", "created_at"})
"""What a link to a row needs, and when it was made."""

KINDS: Final = {
    "people": "person",
    "module_switches": "module",
    "module_settings": "settings",
    "see_as": "see_as",
    "scim_users": "person",
    "scim_members": "group",
}
"""What the log calls the rows of tables whose name is no plural in s."""


@cache
def read_logged() -> Mapping[str, frozenset[str]]:
    """By table, the columns whose reading is noted."""
    whole = _about_one()
    found = {}
    for table in tenant_tables():
        columns = {c.name for c in table.c if _is_read(c, whole=table.name in whole)}
        if columns:
            found[table.name] = frozenset(columns)
    return found


@cache
def change_logged() -> frozenset[str]:
    """The tables of which every change is noted, also that of one's own row."""
    return frozenset(t.name for t in tenant_tables() if any(_says(c) == "change" for c in t.c))


@cache
def change_of_others_logged() -> frozenset[str]:
    """The tables of which every change is noted but that of one's own row."""
    return _about_one() - change_logged()


def kind_of(table: str) -> str:
    """What the log calls a row of a table: `role_grant` for one of `role_grants`."""
    if table in KINDS:
        return KINDS[table]
    return table[:-3] + "y" if table.endswith("ies") else table.removesuffix("s")


def _about_one() -> frozenset[str]:
    return frozenset(
        each.table.name
        for each in references()
        if each.tie is Tie.OWN and _says(each.column) != "no"
    )


def _is_read(column: Column[object], *, whole: bool) -> bool:
    if column.name in KEYS:
        return False
    return _says(column) == "read" or (whole and not column.foreign_keys)


def _says(column: Column[object]) -> str:
    return str(column.info.get("logged", ""))
