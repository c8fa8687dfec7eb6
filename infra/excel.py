"""The first filled sheet of an .xlsx workbook as text, with numbers as they are shown.

Read here and not by a library, because the quick readers drop the number format (a cell that shows
9% comes out as 0.09) and set aside memory for every cell up to the last one. Only the parts that
are needed are unpacked, and never more than `MAX_UNPACKED` bytes or `MAX_ELEMENTS` a part.
"""

from __future__ import annotations

import posixpath
import re
import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal, InvalidOperation
from io import BytesIO
from typing import NamedTuple
from xml.etree.ElementTree import Element, ParseError, iterparse
from zipfile import ZIP_DEFLATED, ZIP_STORED, BadZipFile, ZipFile

from .errors import InvalidInput
from .i18n import _

MAX_UNPACKED = 50_000_000
MAX_ELEMENTS = 1_000_000
LAST_ROW = 1_048_576
SHOWN_DIGITS = 15
EPOCH = datetime(1899, 12, 30, tzinfo=UTC)
EPOCH_1904 = datetime(1904, 1, 1, tzinfo=UTC)

PERCENT_FORMATS = {9, 10}
DATE_FORMATS = {*range(14, 23), *range(27, 37), *range(45, 48), *range(50, 59)}
REFERENCE = re.compile(r"([A-Z]{1,3})[0-9]{1,7}")
LITERAL = re.compile(r'"[^"]*"|\\.|\[[^\]]*\]|_.')
DATE_LETTERS = re.compile(r"[ymdhs]", re.IGNORECASE)
BROKEN = (BadZipFile, ParseError, EOFError, LookupError, ValueError, zlib.error, struct.error)
UNREADABLE = (RuntimeError, OSError, OverflowError, InvalidOperation)

SparseRow = tuple[int, dict[int, str]]
"""A row's number from 1 and its filled cells by column index from 0."""


class Sheet(NamedTuple):
    name: str
    rows: list[SparseRow]
    left_out: list[str]
    """Names of further filled, visible sheets, which were not read."""


def read_sheet(data: bytes) -> Sheet:
    """The first visible sheet with anything in it. Raises InvalidInput on anything but .xlsx."""
    try:
        with ZipFile(BytesIO(data)) as archive:
            return _read(archive)
    except (*BROKEN, *UNREADABLE) as error:
        raise InvalidInput(
            _(
                "The workbook is damaged, locked or not an Excel file (.xlsx). "
                "Save it anew in Excel."
            )
        ) from error


@dataclass(frozen=True)
class _Book:
    texts: list[str]
    percents: set[int]
    dates: set[int]
    epoch: datetime


def _read(archive: ZipFile) -> Sheet:
    parts = archive.infolist()
    if any(part.compress_type not in (ZIP_STORED, ZIP_DEFLATED) for part in parts):
        raise ValueError("no spreadsheet program packs so")
    if sum(part.file_size for part in parts) > MAX_UNPACKED:
        raise _too_large()
    sheets, epoch = _sheets(archive)
    percents, dates = _formats(archive)
    book = _Book(_texts(archive), percents, dates, epoch)
    found: Sheet | None = None
    for name, part in sheets.items():
        rows = _rows(archive, part, book)
        if not found:
            filled = list(rows)
            found = Sheet(name, filled, []) if filled else None
        elif next(rows, None):
            found.left_out.append(name)
    return found or Sheet("", [], [])


def _sheets(archive: ZipFile) -> tuple[dict[str, str], datetime]:
    """The parts of the visible sheets by name, in order, and day 0 of the workbook's dates."""
    targets = {
        element.get("Id", ""): element.get("Target", "")
        for element in _elements(archive, "xl/_rels/workbook.xml.rels")
    }
    sheets: dict[str, str] = {}
    epoch = EPOCH
    for element in _elements(archive, "xl/workbook.xml"):
        if _name(element) == "workbookPr" and element.get("date1904") in ("1", "true"):
            epoch = EPOCH_1904
        elif _name(element) == "sheet" and element.get("state", "visible") == "visible":
            target = targets[_attribute(element, "id")]
            sheets[element.get("name", "")] = posixpath.join("/xl", target).lstrip("/")
    if len(set(sheets.values())) < len(sheets):
        raise ValueError("two sheets in one part")
    return sheets, epoch


def _rows(archive: ZipFile, part: str, book: _Book) -> Iterator[SparseRow]:
    number = 0
    for element in _elements(archive, part, keep="row"):
        number = int(element.get("r", number + 1))
        if not 0 < number <= LAST_ROW:
            raise ValueError(number)
        cells: dict[int, str] = {}
        index = -1
        for cell in element:
            reference = cell.get("r")
            index = _column(reference) if reference else index + 1
            text = _cell_text(cell, book, reference or f"{number}:{index + 1}")
            if text.strip():
                cells[index] = text
        if cells:
            yield number, cells


def _cell_text(cell: Element, book: _Book, reference: str) -> str:
    parts = {_name(child): child for child in cell}
    kind = cell.get("t", "n")
    if kind == "inlineStr":
        return _shared_text(parts["is"]) if "is" in parts else ""
    value = parts["v"].text or "" if "v" in parts else ""
    if "f" in parts and "v" not in parts:
        raise InvalidInput(
            _("Cell {cell} has a formula without a result. Save the file in Excel.", cell=reference)
        )
    if kind == "e":
        raise InvalidInput(
            _("Cell {cell} shows the error {error}. Mend the formula.", cell=reference, error=value)
        )
    if kind == "b":
        return "TRUE" if value == "1" else "FALSE"
    if kind == "s" and value:
        return book.texts[int(value)]
    if kind == "n" and value:
        return _shown(Decimal(value), int(cell.get("s", 0)), book)
    return value


def _shown(number: Decimal, style: int, book: _Book) -> str:
    """The number with a decimal comma, 15 digits as Excel shows, `9%` and ISO dates by format."""
    if not number.is_finite() or abs(number.adjusted()) > 2 * SHOWN_DIGITS:
        return str(number)
    if style in book.dates:
        moment = book.epoch + timedelta(seconds=round(float(number) * 86_400))
        return moment.strftime("%Y-%m-%d" if number == int(number) else "%Y-%m-%d %H:%M")
    if style in book.percents:
        return f"{_digits(number * 100)}%"
    return _digits(number)


def _digits(number: Decimal) -> str:
    text = f"{Decimal(f'{number:.{SHOWN_DIGITS}g}'):f}"
    return (text.rstrip("0").rstrip(".") if "." in text else text).replace(".", ",")


def _formats(archive: ZipFile) -> tuple[set[int], set[int]]:
    """The cell styles that show percent, and those that show dates."""
    if "xl/styles.xml" not in archive.namelist():
        return set(), set()
    percent_formats, date_formats = set(PERCENT_FORMATS), set(DATE_FORMATS)
    percents: set[int] = set()
    dates: set[int] = set()
    for element in _elements(archive, "xl/styles.xml", keep="cellXfs"):
        if _name(element) == "numFmt":
            code = LITERAL.sub("", element.get("formatCode", ""))
            number = int(element.get("numFmtId", 0))
            if "%" in code:
                percent_formats.add(number)
            elif DATE_LETTERS.search(code.replace("General", "")):
                date_formats.add(number)
        elif _name(element) == "cellXfs":
            used = [int(style.get("numFmtId", 0)) for style in element]
            percents = {style for style, number in enumerate(used) if number in percent_formats}
            dates = {style for style, number in enumerate(used) if number in date_formats}
    return percents, dates


def _texts(archive: ZipFile) -> list[str]:
    part = "xl/sharedStrings.xml"
    if part not in archive.namelist():
        return []
    return [_shared_text(element) for element in _elements(archive, part, keep="si")]


def _shared_text(element: Element) -> str:
    """All runs of a text, without the reading aids of Asian scripts."""
    texts = []
    for child in element:
        if _name(child) == "t":
            texts.append(child.text or "")
        elif _name(child) == "r":
            texts.append(_shared_text(child))
    return "".join(texts).replace("_x000D_", "")


def _elements(archive: ZipFile, part: str, keep: str = "") -> Iterator[Element]:
    """The elements of a part as they close, each forgotten when the next is asked for.

    An element named `keep` comes whole; any other comes without the elements inside it.
    """
    path: list[Element] = []
    kept = 0
    count = 0
    with archive.open(part) as file:
        for event, element in iterparse(file, events=("start", "end")):
            if event == "start":
                path.append(element)
                kept += _name(element) == keep
                count += 1
                if count > MAX_ELEMENTS:
                    raise _too_large()
                continue
            path.pop()
            kept -= _name(element) == keep
            if not kept:
                yield element
                if path:
                    path[-1].remove(element)


def _too_large() -> InvalidInput:
    return InvalidInput(
        _("The workbook is too large when unpacked. Keep only the table and save it anew.")
    )


def _column(reference: str) -> int:
    """`A1` is 0."""
    found = REFERENCE.fullmatch(reference)
    if not found:
        raise ValueError(reference)
    index = 0
    for letter in found[1]:
        index = index * 26 + ord(letter) - ord("A") + 1
    return index - 1


def _name(element: Element) -> str:
    """The name without its namespace, of which Excel has two."""
    return element.tag.rpartition("}")[2]


def _attribute(element: Element, name: str) -> str:
    """An attribute whose name has a namespace, as `r:id` has."""
    return {key.rpartition("}")[2]: value for key, value in element.items()}[name]
