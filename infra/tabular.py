"""Tables as people send them (tab-separated, CSV, Excel) as rows of text with their positions.

Every refusal is an InvalidInput of one sentence that names the row and column, where there is one.
"""

from __future__ import annotations

import codecs
import csv
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from io import StringIO
from typing import NamedTuple
from unicodedata import normalize

from .errors import InvalidInput
from .excel import SparseRow, read_sheet
from .i18n import _

MAX_COLUMNS = 200
MAX_CELL = 20_000
MAX_TEXT = 20_000_000
MAX_BYTES = 5_000_000

BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
ZIP = b"PK\x03\x04"
OLD_OFFICE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
CONTROLS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufffe\uffff]")
ENCRYPTED = "EncryptedPackage".encode("utf-16-le")


@dataclass(frozen=True, slots=True)
class TableRow:
    """One row: its number from 1 as a spreadsheet counts, and its cells, "" where empty."""

    number: int
    cells: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class TableFile:
    """The filled rows of a table, all of the same width; `rows[0]` is the heading row.

    `notices` are sentences for the sender about what was left out.
    """

    name: str
    rows: tuple[TableRow, ...]
    notices: tuple[str, ...] = ()


class RowFault(NamedTuple):
    """What is wrong where: the row as a spreadsheet counts it, and the heading of the column."""

    row: int
    column: str
    message: str

    def __str__(self) -> str:
        return _(
            'Row {row}, column "{column}": {message}',
            row=self.row,
            column=self.column,
            message=self.message,
        )


def read_table(
    name: str, data: bytes, *, max_rows: int = 20_000, max_bytes: int = MAX_BYTES
) -> TableFile:
    """The table in `data`, whatever its `name` says it is.

    Text is UTF-8, or UTF-16 with a byte order mark, with tab, semicolon or comma between cells and
    quotes as in RFC 4180. Of an Excel workbook the first filled visible sheet is read, numbers as
    shown: `9`, `8,5`, `9%`, dates as `2020-03-09`. Cells are in Unicode's composed form. `max_rows`
    counts filled rows, the heading included. Raises InvalidInput.
    """
    if not data.strip():
        raise InvalidInput(_("The file is empty."))
    if len(data) > max_bytes:
        raise InvalidInput(
            _("The file is larger than {limit} MB. Divide it.", limit=f"{max_bytes / 1e6:g}")
        )
    _refuse_other_formats(data)
    notices: tuple[str, ...] = ()
    if data.startswith(ZIP):
        sheet = read_sheet(data)
        rows = tuple(_rows(sheet.rows, max_rows))
        if sheet.left_out:
            notices = (_left_out(sheet.name, sheet.left_out),)
    else:
        rows = tuple(_rows(_text_rows(_decode(data)), max_rows))
    if not rows:
        raise InvalidInput(_("The file has no filled cells."))
    width = max(len(row.cells) for row in rows)
    padded = (TableRow(row.number, row.cells + ("",) * (width - len(row.cells))) for row in rows)
    return TableFile(name, tuple(padded), notices)


def column_letter(index: int) -> str:
    """The name a spreadsheet gives the column: 0 is A, 26 is AA."""
    letters = ""
    while index >= 0:
        letters = chr(ord("A") + index % 26) + letters
        index = index // 26 - 1
    return letters


def _refuse_other_formats(data: bytes) -> None:
    if data.startswith(b"%PDF"):
        raise InvalidInput(_("This is a PDF. Send the table as Excel, CSV or tab-separated text."))
    if data.startswith(OLD_OFFICE) and ENCRYPTED in data:
        raise InvalidInput(_("The workbook is locked with a password. Remove it and save anew."))
    if data.startswith(OLD_OFFICE):
        raise InvalidInput(
            _(
                "This is an old Excel file (.xls), where 9% cannot be told from 0.09. "
                "Save it as .xlsx in Excel and send that."
            )
        )


def _decode(data: bytes) -> str:
    bom, encoding = next((pair for pair in BOMS if data.startswith(pair[0])), (b"", "utf-8"))
    body = data.removeprefix(bom)
    try:
        return body.decode(encoding)
    except UnicodeDecodeError as error:
        row, column = _end_of(body[: error.start].decode(encoding))
        raise InvalidInput(
            _(
                "{place}: the text is not in UTF-8. In Excel, save it as CSV UTF-8 or as .xlsx.",
                place=_place(row, column),
            )
        ) from error


def _end_of(text: str) -> tuple[int, int]:
    """Row (from 1) and column (from 0) of the cell in which the text breaks off."""
    row, column = 0, 0
    try:
        for cells in _records(f"{text}?", _delimiter(text), strict=False):
            row, column = row + 1, len(cells) - 1
    except csv.Error:
        row, column = row + 1, 0
    return row, column


def _text_rows(text: str) -> Iterator[SparseRow]:
    """The records of a delimited text. A row with more cells than the heading row is refused."""
    heading_width = 0
    number = 0
    try:
        for number, cells in enumerate(_records(text, _delimiter(text), strict=True), 1):
            filled = {index: cell for index, cell in enumerate(cells) if cell.strip()}
            heading_width = heading_width or (len(cells) if filled else 0)
            if filled and max(filled) >= heading_width:
                raise InvalidInput(
                    _(
                        "{place}: the heading row has only {count} cells. Put quotation marks "
                        "around a cell that has a separator in it.",
                        place=_place(number, max(filled)),
                        count=heading_width,
                    )
                )
            yield number, filled
    except csv.Error as error:
        raise InvalidInput(
            _(
                "Row {row}: a quotation mark that opens a cell is not closed at its end, or the "
                "cell is too long. Double the quotation marks within the cell.",
                row=number + 1,
            )
        ) from error


def _delimiter(text: str) -> str:
    """Tab if the first filled row has one, else what divides it into more cells."""
    try:
        for delimiter in "\t;,":
            heading = next(filter(any, _records(text, delimiter, strict=False)), [])
            if len(heading) > 1:
                return delimiter
    except csv.Error:
        pass
    return "\t"


def _records(text: str, delimiter: str, *, strict: bool) -> Iterator[list[str]]:
    return csv.reader(StringIO(text, newline=""), delimiter=delimiter, strict=strict)


def _rows(rows: Iterable[SparseRow], max_rows: int) -> Iterator[TableRow]:
    """The filled rows, each as wide as its last filled cell."""
    count = length = 0
    for number, filled in rows:
        if not filled:
            continue
        count += 1
        if count > max_rows:
            raise InvalidInput(
                _("The table has more than {limit} rows. Divide it.", limit=max_rows)
            )
        width = max(filled) + 1
        if width > MAX_COLUMNS:
            raise InvalidInput(
                _(
                    "{place}: a table has at most {limit} columns. Empty the cells beyond them.",
                    place=_place(number, width - 1),
                    limit=MAX_COLUMNS,
                )
            )
        length += sum(map(len, filled.values()))
        if length > MAX_TEXT:
            raise InvalidInput(_("The table has too much text. Divide it."))
        cells = {index: _clean(cell, number, index) for index, cell in filled.items()}
        yield TableRow(number, tuple(cells.get(index, "") for index in range(width)))


def _clean(cell: str, row: int, column: int) -> str:
    if len(cell) > MAX_CELL:
        raise InvalidInput(
            _(
                "{place}: the cell has {count} characters, at most {limit} fit.",
                place=_place(row, column),
                count=len(cell),
                limit=MAX_CELL,
            )
        )
    if CONTROLS.search(cell):
        raise InvalidInput(
            _(
                "{place}: the cell has a character that is not text. Write the cell anew.",
                place=_place(row, column),
            )
        )
    return normalize("NFC", cell)


def _place(row: int, column: int) -> str:
    return _("Row {row}, column {column}", row=row, column=column_letter(column))


def _left_out(read: str, left_out: list[str]) -> str:
    names = ", ".join(f'"{name}"' for name in left_out)
    return _('Only the sheet "{read}" was read. Left out: {names}.', read=read, names=names)
