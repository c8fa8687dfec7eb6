"""The rows of a file of grants, read into what each says, with what is wrong in which cell."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final
from uuid import UUID

from ....infra.errors import InvalidInput
from ....infra.i18n import LOCALES, _, use_locale
from ....infra.numbers import parse_number
from ....infra.tabular import RowFault, TableFile, TableRow
from .columns import COLUMNS, NEEDED, Column, plain
from .models import GrantState
from .words import state_words

BY_KEY: Final = {column.key: column for column in COLUMNS}


@dataclass(frozen=True, slots=True)
class Known:
    """What cells may name: units by code and by name, people by name, each in small letters; None
    for a name that several have."""

    units: Mapping[str, UUID | None]
    people: Mapping[str, UUID | None]


@dataclass(slots=True)
class ReadRow:
    """`values` has what is filled in, by the column's key; `shown` the cells themselves."""

    number: int
    code: str
    values: dict[str, Any] = field(default_factory=dict)
    shown: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ReadTable:
    headings: Mapping[str, str]
    """By key, as the file has them."""
    rows: tuple[ReadRow, ...]
    faults: tuple[RowFault, ...]
    notices: tuple[str, ...]


def read_rows(table: TableFile, known: Known) -> ReadTable:
    """Raises InvalidInput without a column for the code; the rest comes back as faults."""
    places, headings, notices = _headings(table.rows[0])
    if "code" not in places:
        raise InvalidInput(
            _(
                "The first row has no heading “{name}”. It tells the grants apart.",
                name=BY_KEY["code"].title(),
            )
        )
    rows: list[ReadRow] = []
    faults: list[RowFault] = []
    seen: dict[str, int] = {}
    for line in table.rows[1:]:
        row = _row(line, places, headings, known, faults)
        if row.code in seen:
            told = _("Row {row} has the same code.", row=seen[row.code])
            faults.append(RowFault(line.number, headings["code"], told))
        seen.setdefault(row.code, line.number)
        rows.append(row)
    return ReadTable(headings, tuple(rows), tuple(faults), (*table.notices, *notices))


def missing(row: ReadRow, headings: Mapping[str, str]) -> list[RowFault]:
    """What a new grant is without."""
    told = _("A new grant needs this.")
    return [
        RowFault(row.number, headings.get(key, BY_KEY[key].title()), told)
        for key in NEEDED
        if key not in row.shown
    ]


def _headings(heading: TableRow) -> tuple[dict[str, int], dict[str, str], list[str]]:
    places: dict[str, int] = {}
    headings: dict[str, str] = {}
    strange: list[str] = []
    names = {name: column for column in COLUMNS for name in column.names}
    for at, cell in enumerate(heading.cells):
        column = names.get(plain(cell))
        if column is None or column.key in places or column.kind == "sum":
            strange += [cell] if cell.strip() and column is None else []
            continue
        places[column.key], headings[column.key] = at, cell
    notices = []
    if strange:
        notices.append(_("These columns are not read: {names}.", names=", ".join(strange)))
    return places, headings, notices


def _row(
    line: TableRow,
    places: Mapping[str, int],
    headings: Mapping[str, str],
    known: Known,
    faults: list[RowFault],
) -> ReadRow:
    row = ReadRow(line.number, " ".join(line.cells[places["code"]].split()))
    if not row.code:
        faults.append(RowFault(line.number, headings["code"], _("The code is missing.")))
    for key, at in places.items():
        cell = line.cells[at].strip()
        if key == "code" or not cell:
            continue
        row.shown[key] = cell
        try:
            row.values[key] = _value(BY_KEY[key], cell, known)
        except InvalidInput as problem:
            faults.append(RowFault(line.number, headings[key], problem.message))
    return row


def _value(column: Column, cell: str, known: Known) -> Any:
    readers: Mapping[str, Callable[[str], Any]] = {
        "day": _day,
        "deadline": _day,
        "money": parse_number,
        "year": _year,
        "state": _state,
        "unit": lambda text: _one(known.units, text, _("unit")),
        "person": lambda text: _one(known.people, text, _("person")),
    }
    read = readers.get(column.kind)
    return read(cell) if read else cell


def _day(cell: str) -> date:
    try:
        return date.fromisoformat(cell)
    except ValueError:
        raise InvalidInput(_("Write the day as 2026-01-31.")) from None


def _year(cell: str) -> int:
    if not (cell.isascii() and cell.isdecimal() and len(cell) == 4):
        raise InvalidInput(_("Write the year as 2026."))
    return int(cell)


def _state(cell: str) -> GrantState:
    for locale in LOCALES:
        with use_locale(locale):
            for state, word in state_words().items():
                if plain(word) == plain(cell):
                    return state
    raise InvalidInput(
        _("“{text}” is no state. They are: {words}.", text=cell[:60], words=_words())
    )


def _words() -> str:
    return ", ".join(state_words().values())


def _one(known: Mapping[str, UUID | None], cell: str, what: str) -> UUID:
    key = plain(cell)
    if key not in known:
        raise InvalidInput(_("There is no {what} called “{text}”.", what=what, text=cell[:60]))
    found = known[key]
    if found is None:
        raise InvalidInput(
            _("Several are called “{text}”. Write the code instead.", text=cell[:60])
        )
    return found


def by_name(pairs: Sequence[tuple[str, UUID]]) -> dict[str, UUID | None]:
    """By name in small letters; None where several have it."""
    found: dict[str, UUID | None] = {}
    for name, id in pairs:
        key = plain(name)
        found[key] = id if found.get(key, id) == id else None
    return found
