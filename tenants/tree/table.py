"""The organisation as a table with one unit a row, keyed on codes: read, and written.

The headings and the kinds are Swedish or English, whatever the language of the reader.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from io import StringIO

from ...infra.errors import InvalidInput
from ...infra.i18n import LOCALES, _, current_locale
from ...infra.tabular import RowFault, TableFile, TableRow, column_letter
from ..models import UnitKind
from .versions import plain_code, plain_name


class Column(StrEnum):
    CODE = "code"
    NAME = "name"
    KIND = "kind"
    PARENT = "parent"
    SINCE = "since"


# First the Swedish word that is written, then the English one, then others that are read.
HEADINGS = {
    Column.CODE: ("Kod", "Code", "Enhetskod", "Unit code"),
    Column.NAME: ("Namn", "Name", "Benämning"),
    Column.KIND: ("Slag", "Kind", "Typ", "Type"),
    Column.PARENT: ("Överordnad", "Parent code", "Överordnad kod", "Överordnad enhet", "Parent"),
    Column.SINCE: ("Gäller från", "Valid from", "Från", "From"),
}
KINDS = {
    UnitKind.COUNCIL: ("kommunfullmäktige", "council", "fullmäktige"),
    UnitKind.BOARD: ("kommunstyrelse", "board", "kommunstyrelsen", "styrelse"),
    UnitKind.COMMITTEE: ("nämnd", "committee"),
    UnitKind.DEPARTMENT: ("förvaltning", "department"),
    UnitKind.COMPANY: ("bolag", "company"),
    UnitKind.AREA: ("område", "area", "verksamhetsområde"),
    UnitKind.UNIT: ("enhet", "unit"),
    UnitKind.SCHOOL: ("skola", "school"),
}
OPTIONAL = {Column.SINCE}
HEADING_ROWS = 5
"""Rows among which the headings are looked for: a title may stand above them."""

FORMULA = tuple("=+-@\t\r")
"""What a spreadsheet takes for a formula at the start of a cell of a CSV file."""


@dataclass(frozen=True, slots=True)
class UnitLine:
    """A unit as the file tells of it. `parent` is a code, "" at the top."""

    row: int
    code: str
    name: str
    kind: UnitKind
    parent: str
    since: date | None


@dataclass(slots=True)
class UnitFile:
    """With faults, the lines are those that could be read all the same."""

    headings: dict[Column, str]
    lines: list[UnitLine] = field(default_factory=list)
    faults: list[RowFault] = field(default_factory=list)
    codes: set[str] = field(default_factory=set)
    """Every code in the code column, also of rows with faults."""

    def refuse(self, row: int, column: Column, message: str) -> None:
        self.faults.append(RowFault(row, self.headings[column], message))


def read_unit_file(table: TableFile) -> UnitFile:
    """Every unit of the table. All that is wrong is collected, nothing is raised."""
    at = _heading_index(table.rows)
    headings, *rows = table.rows[at:]
    places, file = _read_headings(headings)
    if file.faults:
        return file
    first: dict[str, int] = {}
    for row in rows:
        line = _read_line(file, row, places)
        if line is None:
            continue
        if line.code in first:
            file.refuse(
                line.row,
                Column.CODE,
                _(
                    "The code {code} stands on row {row} already.",
                    code=line.code,
                    row=first[line.code],
                ),
            )
            continue
        first[line.code] = line.row
        file.lines.append(line)
    if not rows:
        file.refuse(headings.number, Column.CODE, _("There is nothing below the headings."))
    return file


def headings_now() -> list[str]:
    """The headings that are written, in the reader's language."""
    return [words[_language()] for words in HEADINGS.values()]


def kind_word(kind: UnitKind) -> str:
    return KINDS[kind][_language()]


def write_csv(rows: Iterable[Sequence[str | date]]) -> bytes:
    """UTF-8 with a byte order mark and semicolons, as Excel in Sweden opens it.

    A cell that a spreadsheet would take for a formula gets an apostrophe, which is read away.
    """
    text = StringIO(newline="")
    writer = csv.writer(text, delimiter=";")
    writer.writerow(headings_now())
    writer.writerows([_harmless(str(cell)) for cell in row] for row in rows)
    return text.getvalue().encode("utf-8-sig")


def write_workbook(rows: Iterable[Sequence[str | date]], *, title: str, on: date) -> bytes:
    # The library takes a while to load, and most processes never write a workbook.
    from ...infra.documents.excel import Sheet, SheetColumn, write_excel

    widths = (16, 44, 22, 16, 14)
    columns = tuple(
        SheetColumn(heading, "date" if column is Column.SINCE else "text", width)
        for column, heading, width in zip(HEADINGS, headings_now(), widths, strict=True)
    )
    return write_excel([Sheet(_("Units"), title, columns, list(rows))], on=on)


def _language() -> int:
    return LOCALES.index(current_locale())


def _harmless(cell: str) -> str:
    return f"'{cell}" if cell.startswith(FORMULA) else cell


def _plain(cell: str) -> str:
    text = " ".join(cell.split())
    return text[1:] if text.startswith("'") and text[1:].startswith(FORMULA) else text


def _heading_index(rows: Sequence[TableRow]) -> int:
    for index, row in enumerate(rows[:HEADING_ROWS]):
        if sum(_column(cell) is not None for cell in row.cells) >= 2:
            return index
    return 0


def _column(cell: str) -> Column | None:
    heading = " ".join(cell.split()).casefold()
    for column, words in HEADINGS.items():
        if heading in {word.casefold() for word in words}:
            return column
    return None


def _read_headings(row: TableRow) -> tuple[dict[Column, int], UnitFile]:
    file = UnitFile(dict(zip(HEADINGS, headings_now(), strict=True)))
    places: dict[Column, int] = {}
    for index, cell in enumerate(row.cells):
        heading = " ".join(cell.split())
        column = _column(cell)
        if not heading:
            continue
        if column is None:
            known = ", ".join(headings_now())
            message = _("The heading is not known. Known are {headings}.", headings=known)
            file.faults.append(RowFault(row.number, heading, message))
        elif column in places:
            other = file.headings[column]
            message = _('"{other}" says the same. Keep one of them.', other=other)
            file.faults.append(RowFault(row.number, heading, message))
        else:
            places[column], file.headings[column] = index, heading
    for column in HEADINGS:
        if column not in places and column not in OPTIONAL:
            file.refuse(row.number, column, _("The table lacks this column."))
    return places, file


def _read_line(file: UnitFile, row: TableRow, places: dict[Column, int]) -> UnitLine | None:
    cells = {column: _plain(row.cells[index]) for column, index in places.items()}
    faults = len(file.faults)
    file.codes.add(cells[Column.CODE])
    for index, cell in enumerate(row.cells):
        if cell.strip() and index not in places.values():
            place = _("{column} (no heading)", column=column_letter(index))
            message = _("The column has no heading. Write one.")
            file.faults.append(RowFault(row.number, place, message))
    for column, check in ((Column.CODE, plain_code), (Column.NAME, plain_name)):
        try:
            check(cells[column])
        except InvalidInput as refusal:
            file.refuse(row.number, column, refusal.message)
    kind = _kind(cells[Column.KIND])
    if kind is None:
        known = ", ".join(kind_word(kind) for kind in UnitKind)
        file.refuse(row.number, Column.KIND, _("Write one of these kinds: {kinds}.", kinds=known))
    since = _day(cells.get(Column.SINCE, ""))
    if since is None and cells.get(Column.SINCE):
        file.refuse(row.number, Column.SINCE, _("Write the day as 2026-01-31."))
    if kind is None or len(file.faults) > faults:
        return None
    return UnitLine(
        row=row.number,
        code=cells[Column.CODE],
        name=cells[Column.NAME],
        kind=kind,
        parent=cells[Column.PARENT],
        since=since,
    )


def _kind(word: str) -> UnitKind | None:
    return next((kind for kind, words in KINDS.items() if word.casefold() in words), None)


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if re.fullmatch(r"\d{4}-\d\d-\d\d", text) else None
    except ValueError:
        return None
