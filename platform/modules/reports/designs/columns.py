"""Typed tables: what a column may hold, which rows always stand there, and the check of a row."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import TypeAlias

from .....infra.documents.richreader import printable
from .....infra.errors import InvalidInput
from .....infra.i18n import _
from .....infra.numbers import format_number, parse_number
from .....infra.texts import at_most, one_line
from ..words import TITLE, key

MOST_COLUMNS = 12
MOST_CHOICES = 50
MOST_FIXED_ROWS = 50
MOST_ROWS = 500
CELL = 5_000

Value: TypeAlias = str | int | float | bool | None
"""A cell as it is kept in JSON: text, choice and ISO date are strings. A number of 15 digits at
most is exact as JSON."""


class ColumnKind(StrEnum):
    TEXT = "text"
    NUMBER = "number"
    DATE = "date"
    CHOICE = "choice"
    YES_NO = "yes_no"


@dataclass(frozen=True, slots=True)
class Column:
    key: str
    title: str
    kind: ColumnKind = ColumnKind.TEXT
    choices: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class FixedRow:
    """A row that always stands in the table, such as a half-year."""

    key: str
    title: str


@dataclass(frozen=True, slots=True)
class TableRow:
    """A row as somebody fills it in; `row` is the key of a fixed row, None for a free one."""

    cells: Mapping[str, object]
    row: str | None = None


def columns_of(stored: Sequence[Mapping[str, object]]) -> tuple[Column, ...]:
    return tuple(
        Column(
            str(column["key"]),
            str(column["title"]),
            ColumnKind(str(column["kind"])),
            _strings(column.get("choices")),
        )
        for column in stored
    )


def fixed_rows_of(stored: Sequence[Mapping[str, str]]) -> tuple[FixedRow, ...]:
    return tuple(FixedRow(row["key"], row["title"]) for row in stored)


def stored_columns(columns: Sequence[Column]) -> list[dict[str, object]]:
    return [
        {
            "key": column.key,
            "title": column.title,
            "kind": column.kind.value,
            "choices": list(column.choices),
        }
        for column in columns
    ]


def stored_fixed_rows(rows: Sequence[FixedRow]) -> list[dict[str, str]]:
    return [{"key": row.key, "title": row.title} for row in rows]


def checked_columns(columns: Sequence[Column]) -> tuple[Column, ...]:
    """Columns that a table can have: 1 to 12, each key once, choices where they are chosen from."""
    if not 1 <= len(columns) <= MOST_COLUMNS:
        raise InvalidInput(
            _("A table has 1 to {most} columns.", most=MOST_COLUMNS), field="columns"
        )
    _refuse_twice([column.key for column in columns], field="columns")
    return tuple(_checked_column(column) for column in columns)


def checked_fixed_rows(rows: Sequence[FixedRow]) -> tuple[FixedRow, ...]:
    if len(rows) > MOST_FIXED_ROWS:
        raise InvalidInput(
            _("A table has at most {most} fixed rows.", most=MOST_FIXED_ROWS), field="fixedRows"
        )
    _refuse_twice([row.key for row in rows], field="fixedRows")
    return tuple(
        FixedRow(
            key(row.key, field="fixedRows"), one_line(row.title, field="fixedRows", most=TITLE)
        )
        for row in rows
    )


def checked_rows(
    rows: Sequence[TableRow], *, columns: Sequence[Column], fixed_rows: Sequence[FixedRow]
) -> list[dict[str, object]]:
    """Rows as they are kept: `{"row": key or None, "cells": {column: value}}`, every cell there.

    A table with fixed rows has exactly those, in their order; without them, rows that hold nothing
    are left out. Raises InvalidInput naming row and column.
    """
    if len(rows) > MOST_ROWS:
        raise InvalidInput(
            _("A table holds at most {most} rows; this one has {count}.", most=MOST_ROWS,
              count=len(rows)),
            field="rows",
        )  # fmt: skip
    if not fixed_rows:
        kept = [
            _checked_row(row, columns, _("Row {number}", number=number))
            for number, row in enumerate(rows, 1)
        ]
        return [row for row in kept if filled(row)]
    titles = {row.key: row.title for row in fixed_rows}
    given: dict[str, dict[str, object]] = {}
    for number, row in enumerate(rows, 1):
        if row.row is None or row.row not in titles or row.row in given:
            raise InvalidInput(
                _(
                    "Row {number} is not one of the table's own, each of which stands once: "
                    "{titles}.",
                    number=number,
                    titles=", ".join(titles.values()),
                ),
                field="rows",
            )
        given[row.row] = _checked_row(row, columns, titles[row.row])
    return [
        given.get(row.key) or _checked_row(TableRow({}, row.key), columns, row.title)
        for row in fixed_rows
    ]


def filled(row: Mapping[str, object]) -> bool:
    """Whether any cell of a kept row holds something."""
    cells = row["cells"]
    return isinstance(cells, dict) and any(value is not None for value in cells.values())


def cell_of(row: Mapping[str, object], column: str) -> Value:
    cells = row["cells"]
    value = cells.get(column) if isinstance(cells, dict) else None
    return value if isinstance(value, str | int | float | bool) else None


def shown(value: Value, kind: ColumnKind, locale: str) -> str:
    """A cell for a reader: `1 234,5`, `2026-03-31`, `Ja`; "" when it is empty."""
    if value is None:
        return ""
    if kind is ColumnKind.YES_NO:
        return _("Yes") if value else _("No")
    if kind is ColumnKind.NUMBER:
        number = Decimal(str(value)).normalize()
        exponent = number.as_tuple().exponent
        decimals = -exponent if isinstance(exponent, int) and exponent < 0 else 0
        return format_number(number, decimals, locale)
    return str(value)


def _checked_column(column: Column) -> Column:
    choices = tuple(one_line(choice, field="columns", most=TITLE) for choice in column.choices)
    title = one_line(column.title, field="columns", most=TITLE)
    if (column.kind is ColumnKind.CHOICE) != bool(choices) or len(choices) > MOST_CHOICES:
        raise InvalidInput(
            _(
                'The column "{title}": a column of choices has 1 to {most} of them, '
                "another column none.",
                title=title,
                most=MOST_CHOICES,
            ),
            field="columns",
        )
    _refuse_twice(choices, field="columns")
    return Column(key(column.key, field="columns"), title, column.kind, choices)


def _checked_row(row: TableRow, columns: Sequence[Column], name: str) -> dict[str, object]:
    strange = sorted(set(row.cells) - {column.key for column in columns})
    if strange:
        raise InvalidInput(
            _('{row}: the table has no column "{key}".', row=name, key=strange[0][:60]),
            field="rows",
        )
    cells: dict[str, Value] = {}
    for column in columns:
        try:
            cells[column.key] = _value(row.cells.get(column.key), column)
        except InvalidInput as error:
            raise InvalidInput(f"{name}, {column.title}: {error.message}", field="rows") from None
    return {"row": row.row, "cells": cells}


def _value(given: object, column: Column) -> Value:
    if given is None or (isinstance(given, str) and not given.strip()):
        return None
    if column.kind is ColumnKind.NUMBER:
        return _number(given)
    if column.kind is ColumnKind.YES_NO:
        return _yes_no(given)
    if not isinstance(given, str):
        raise InvalidInput(_("Write text here."))
    text = printable(given).strip()
    if column.kind is ColumnKind.DATE:
        return _date(text)
    if column.kind is ColumnKind.CHOICE:
        if text not in column.choices:
            choices = ", ".join(column.choices)
            raise InvalidInput(
                _('"{text}" cannot be chosen. Choose one of: {choices}.', text=text[:40],
                  choices=choices)
            )  # fmt: skip
        return text
    return at_most(text, field="rows", most=CELL)


def _number(given: object) -> Value:
    """A number in JSON, or as people write it in Sweden."""
    if isinstance(given, bool) or not isinstance(given, str | int | float):
        raise InvalidInput(_("Write a number here."))
    # A JSON number has a decimal point and nothing else that could be misread.
    text = given if isinstance(given, str) else f"{Decimal(str(given)):f}".replace(".", ",")
    number = parse_number(text)
    if number is None:
        return None
    return int(number) if number == number.to_integral_value() else float(number)


def _yes_no(given: object) -> bool:
    words = {"ja": True, "yes": True, "true": True, "nej": False, "no": False, "false": False}
    if isinstance(given, bool):
        return given
    if isinstance(given, str) and given.strip().lower() in words:
        return words[given.strip().lower()]
    raise InvalidInput(_("Answer yes or no."))


def _date(text: str) -> str:
    try:
        return date.fromisoformat(text).isoformat() if len(text) == 10 else _not_a_date(text)
    except ValueError:
        return _not_a_date(text)


def _not_a_date(text: str) -> str:
    raise InvalidInput(
        _('"{text}" is not a date. Write year, month and day: 2026-03-31.', text=text[:40])
    )


def _refuse_twice(words: Sequence[str], *, field: str) -> None:
    twice = next((word for word in words if words.count(word) > 1), None)
    if twice is not None:
        raise InvalidInput(_('"{word}" stands twice.', word=twice[:60]), field=field)


def _strings(stored: object) -> tuple[str, ...]:
    return tuple(str(item) for item in stored) if isinstance(stored, list) else ()
