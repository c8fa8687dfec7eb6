"""Rows as an Excel workbook: numbers stay numbers, and text is never taken for a formula."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from decimal import Decimal
from io import BytesIO
from typing import TYPE_CHECKING, Final, Literal, TypeAlias

from .model import COLOURS, SHAPES, LightMark
from .richreader import printable

if TYPE_CHECKING:
    from xlsxwriter.format import Format
    from xlsxwriter.workbook import Workbook
    from xlsxwriter.worksheet import Worksheet

Kind: TypeAlias = Literal["text", "number", "percent", "date", "light"]
Value: TypeAlias = str | int | Decimal | date | LightMark | None

LONGEST_NAME = 31
LONGEST_TEXT = 32_767
MOST_DECIMALS = 6
FILLS = {"green": "#DCF1E2", "yellow": "#F8ECD2", "red": "#F9DEDB", "none": "#F0F1F3"}


@dataclass(frozen=True)
class SheetColumn:
    """`width` in characters. A percent is given as people say it: 35 is shown as 35 %."""

    title: str
    kind: Kind = "text"
    width: float = 16


@dataclass(frozen=True)
class Sheet:
    """`name` is on the tab, `title` above the table, which begins in the first row without one.

    A None leaves the cell empty.
    """

    name: str
    title: str
    columns: tuple[SheetColumn, ...]
    rows: Iterable[Sequence[Value]]


def write_excel(sheets: Sequence[Sheet], *, on: date) -> bytes:
    """The workbook as .xlsx. `on` is the only date in its properties: nothing reads the clock."""
    import xlsxwriter  # by processes that write one

    target = BytesIO()
    settings = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    book = xlsxwriter.Workbook(target, settings)
    book.set_properties({"created": datetime.combine(on, time(12), UTC)})
    formats = _Formats(book)
    taken: set[str] = set()
    for sheet in sheets:
        name = sheet_name(sheet.name, taken)
        taken.add(name.casefold())
        _write_sheet(book.add_worksheet(name), sheet, formats)
    book.close()
    return target.getvalue()


def sheet_name(wanted: str, taken: Iterable[str] = ()) -> str:
    """`wanted` as Excel allows it: at most 31 signs, none of []:*?/\\, no quote at the ends, and
    not in `taken`, casefolded names."""
    base = re.sub(r"[\[\]:*?/\\\x00-\x1f]", " ", printable(wanted))
    base = re.sub(r"\s+", " ", base)[:LONGEST_NAME].strip(" '") or "–"
    if base.casefold() == "history":  # Excel keeps this one for itself
        base = "History 1"
    name, number = base, 2
    while name.casefold() in taken:
        ending = f" {number}"
        name, number = base[: LONGEST_NAME - len(ending)] + ending, number + 1
    return name


class _Formats:
    """Cell formats made once each: Excel allows few."""

    def __init__(self, book: Workbook) -> None:
        self._book = book
        self._made: dict[tuple[tuple[str, str | int], ...], Format] = {}

    def get(self, **looks: str | int) -> Format:
        key = tuple(sorted(looks.items()))
        if key not in self._made:
            base = {"font_name": "Arial", "font_size": 10, "valign": "top"}
            self._made[key] = self._book.add_format({**base, **looks})
        return self._made[key]


HEADER: Final[Mapping[str, str | int]] = {
    "bold": 1,
    "text_wrap": 1,
    "bg_color": "#E8EDEF",
    "bottom": 1,
}
HEADER_ROW = 2
LINE = 13.5
"""Points that a line of text takes."""
SIGNS = 1.1
"""How many signs of a text fit, where a width counts one figure."""
TALLEST = 405
"""Points that a row can be given; Excel allows 409."""


def _write_sheet(page: Worksheet, sheet: Sheet, formats: _Formats) -> None:
    """Title, an empty row, the header, then the rows in order, as constant memory demands."""
    last_column = len(sheet.columns) - 1
    for at, column in enumerate(sheet.columns):
        page.set_column(at, at, column.width)
    header_row = HEADER_ROW if sheet.title else 0
    if sheet.title:
        page.write_string(0, 0, _text(sheet.title), formats.get(bold=1, font_size=14))
    header = formats.get(**HEADER)
    number_header = formats.get(**HEADER, align="right", indent=1)
    date_header = formats.get(**HEADER, align="left", indent=1)
    for at, column in enumerate(sheet.columns):
        numeric = column.kind in ("number", "percent")
        look = date_header if column.kind == "date" else number_header if numeric else header
        page.write_string(header_row, at, _text(column.title), look)
    last_row = header_row
    for last_row, row in enumerate(sheet.rows, header_row + 1):
        if (lines := _lines(sheet.columns, row)) > 1:
            page.set_row(last_row, min(lines * LINE, TALLEST))
        for at, (column, value) in enumerate(zip(sheet.columns, row, strict=True)):
            _write_value(page, last_row, at, column.kind, value, formats)
    page.freeze_panes(header_row + 1, 0)
    page.autofilter(header_row, 0, last_row, last_column)
    page.repeat_rows(header_row)
    page.set_landscape()
    page.set_paper(9)  # A4
    page.fit_to_pages(1, 0)
    page.set_footer("&L&A&R&P / &N")


def _lines(columns: Sequence[SheetColumn], row: Sequence[Value]) -> int:
    """How many lines the tallest text of a row takes, on the generous side: not every program
    makes room for them by itself, and what overlaps cannot be read."""
    return max(
        sum(max(1, -(-len(line) // int(column.width * SIGNS))) for line in value.splitlines())
        if isinstance(value, str) and value
        else 1
        for column, value in zip(columns, row, strict=True)
    )


def _write_value(
    page: Worksheet, row: int, at: int, kind: Kind, value: Value, formats: _Formats
) -> None:
    if value is None or value == "":
        return
    if isinstance(value, LightMark):
        look = formats.get(font_color=COLOURS[value.light], bg_color=FILLS[value.light])
        page.write_string(row, at, _text(f"{SHAPES[value.light]} {value.word}"), look)
    elif isinstance(value, date):
        page.write_datetime(
            row, at, value, formats.get(num_format="yyyy-mm-dd", align="left", indent=1)
        )
    elif isinstance(value, str):
        page.write_string(row, at, _text(value), formats.get(text_wrap=1))
    else:
        percent = kind == "percent"
        number = Decimal(value) / 100 if percent else Decimal(value)
        pattern = f"#,##0{_decimals(Decimal(value))}{' %' if percent else ''}"
        look = formats.get(num_format=pattern, align="right", indent=1)
        page.write_number(row, at, float(number), look)


def _decimals(value: Decimal) -> str:
    """As many decimals as the number was given with: 76.50 stays 76,50."""
    exponent = value.as_tuple().exponent
    count = min(-exponent, MOST_DECIMALS) if isinstance(exponent, int) and exponent < 0 else 0
    return f".{'0' * count}" if count else ""


def _text(text: str) -> str:
    return printable(text)[:LONGEST_TEXT]
