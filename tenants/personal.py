"""What the service holds about a person: read off the tables, where each column says it itself.

One declaration for the extract, for the purge of those who have left, and for erasure, so that none
of them can forget a table. A column refers to a person when it is a foreign key to the register, or
is called `…_by` or as in `REFERRING`. A text or JSON column says of itself whether people may be
named in it (`rows.Words`, `rows.WORDS`) or not (`rows.Code`, `rows.CODES`).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from typing import Final

from sqlalchemy import ARRAY, Column, LargeBinary, Table, Text, Uuid
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.types import TypeEngine

from ..infra.database import Base

REFERRING: Final = frozenset({"person_id", "behind_id"})
"""Names of columns that mean somebody, beside those that end in `_by`."""
MEANING: Final = "personal"
"""Where the info of a column holds its declaration."""
REGISTER: Final = "people"


class Tie(StrEnum):
    """How a row is tied to the person whom a column of it means."""

    AUTHOR = "author"
    """They did something, such as write it; the row stays, under a pseudonym."""
    OWN = "own"
    """The row is about nobody else, such as a session; it goes with them."""
    DUTY = "duty"
    """They answer for it; somebody else has to."""


@dataclass(frozen=True, slots=True)
class Reference:
    """A column that means a person."""

    table: Table
    column: Column[object]
    tie: Tie


@dataclass(frozen=True, slots=True)
class Texts:
    """A table in which people may be named, and the columns where."""

    table: Table
    columns: tuple[Column[object], ...]


@cache
def references() -> tuple[Reference, ...]:
    """Every column that means a person, in all tenant tables that are loaded; by table."""
    return tuple(
        Reference(table, column, _tie(column))
        for table in tenant_tables()
        for column in table.c
        if means_person(column)
    )


@cache
def texts() -> tuple[Texts, ...]:
    """Every table with texts that may name people, without the register itself; by table."""
    found = (
        Texts(table, tuple(column for column in table.c if _meaning(column) == "text"))
        for table in tenant_tables()
        if table.name != REGISTER
    )
    return tuple(each for each in found if each.columns)


def register_columns() -> tuple[Column[object], ...]:
    """What the register itself says of a person, in words."""
    return tuple(column for column in Base.metadata.tables[REGISTER].c if _is_text(column.type))


def undeclared() -> list[str]:
    """Columns that do not say whether they are about people, as `table.column`; should be empty."""
    return [
        f"{table.name}.{column.name}"
        for table in tenant_tables()
        for column in table.c
        if (_is_text(column.type) and _meaning(column) not in ("text", "free"))
        or (_is_id(column) and not _says_whose(column))
    ]


def tenant_tables() -> Iterator[Table]:
    tables = Base.metadata.tables.values()
    yield from sorted((t for t in tables if "tenant_id" in t.c), key=lambda table: table.name)


def means_person(column: Column[object]) -> bool:
    if not isinstance(column.type, Uuid) or column.primary_key or _meaning(column) == "free":
        return False
    return (
        _meaning(column) in frozenset(Tie)
        or column.name in REFERRING
        or column.name.endswith("_by")
        or any(REGISTER in key.target_fullname.split(".") for key in column.foreign_keys)
    )


def _tie(column: Column[object]) -> Tie:
    meaning = _meaning(column)
    return Tie(meaning) if meaning in frozenset(Tie) else Tie.AUTHOR


def _meaning(column: Column[object]) -> str:
    return str(column.info.get(MEANING, ""))


def _is_text(type_: TypeEngine[object]) -> bool:
    if isinstance(type_, ARRAY):
        return isinstance(type_.item_type, Text)
    return isinstance(type_, Text | JSONB)


def _is_id(column: Column[object]) -> bool:
    """An id that points nowhere by a foreign key: it may mean a person unseen."""
    if column.primary_key or not isinstance(column.type, Uuid):
        return False
    return not column.foreign_keys


def _says_whose(column: Column[object]) -> bool:
    return means_person(column) or column.name in POINTERS or _meaning(column) == "free"


POINTERS: Final = frozenset({"job_id", "session_id", "token_id", "support_id", "unit_id", "run_id"})
"""Ids without a foreign key that never mean a person: what they point at may be gone."""


def is_secret(column: Column[object]) -> bool:
    """Keys and their hashes: they are about a person, and are shown to nobody."""
    return isinstance(column.type, LargeBinary) or column.name in ("digest", "sealed_secret", "key")
