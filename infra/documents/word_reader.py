"""A Word file that somebody has worked in, as its headings, texts, lists, tables and pictures.

Read here and not by a library: four parts of the file are needed, and only those are unpacked, each
up to `MOST_UNPACKED` bytes and `MOST_ELEMENTS` elements. Nothing that a part refers to is fetched,
and a part with a document type, where entities are made, is refused. Tracked changes are read as if
they were accepted.
"""

from __future__ import annotations

import posixpath
import re
import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO
from typing import NamedTuple, TypeAlias
from xml.etree.ElementTree import Element, ParseError, iterparse
from zipfile import ZIP_DEFLATED, ZIP_STORED, BadZipFile, ZipFile

from ..errors import InvalidInput
from ..i18n import _
from .richtree import Bullets, Paragraph, RichBlock, Run
from .word_marks import ListMark, Marks, read_marks
from .word_runs import Links, marked_runs, name_of, plain, value_of

MOST_BYTES = 20_000_000
MOST_PARTS = 3_000
MOST_UNPACKED = 30_000_000
MOST_ELEMENTS = 400_000
DEEPEST = 120
MOST_CELLS = 63
"""Columns of a table, as many as Word allows."""
BROKEN = (BadZipFile, ParseError, EOFError, LookupError, ValueError, zlib.error, struct.error)
UNREADABLE = (RuntimeError, OSError, OverflowError)
DOCTYPE = re.compile(rb"<!(DOCTYPE|ENTITY)", re.IGNORECASE)
AROUND = ("sdt", "sdtContent", "ins", "moveTo", "smartTag", "customXml")
"""What may lie around blocks, rows and cells; a tracked deletion is not among them."""


@dataclass(frozen=True, slots=True)
class WordHeading:
    """`level` from 1; `names` are the bookmarks in it."""

    level: int
    text: str
    names: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class WordText:
    """A paragraph outside lists, with the name of its style in small letters."""

    paragraph: Paragraph
    style: str = ""
    names: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class WordCell:
    """`text` is what stands there to the letter, with newlines; `blocks` also say how it looks."""

    text: str
    blocks: tuple[RichBlock, ...]


@dataclass(frozen=True, slots=True)
class WordTable:
    """Rows of cells, not always equally many; the first `header_rows` repeat on each page."""

    rows: tuple[tuple[WordCell, ...], ...]
    header_rows: int = 0


@dataclass(frozen=True, slots=True)
class WordPicture:
    """A picture by the name that Word keeps for it."""

    name: str


WordPart: TypeAlias = WordHeading | WordText | Bullets | WordTable | WordPicture


class _Line(NamedTuple):
    """A paragraph of a list, or one that continues the item before it."""

    mark: ListMark
    paragraph: Paragraph


def read_word(data: bytes) -> tuple[WordPart, ...]:
    """What stands in the body of a .docx, in order. Raises InvalidInput for another kind of file,
    a damaged one, or one that unpacks to too much."""
    if len(data) > MOST_BYTES:
        raise InvalidInput(
            _("The file is larger than {limit} MB. Divide it.", limit=f"{MOST_BYTES / 1e6:g}"),
            field="file",
        )
    try:
        with ZipFile(BytesIO(data)) as archive:
            return _read(archive)
    except (*BROKEN, *UNREADABLE) as error:
        raise InvalidInput(
            _(
                "The file is damaged, locked or not a Word file (.docx). "
                "Save it anew in Word and send that."
            ),
            field="file",
        ) from error


def _read(archive: ZipFile) -> tuple[WordPart, ...]:
    entries = archive.infolist()
    if len(entries) > MOST_PARTS:
        raise _too_large()
    if any(entry.compress_type not in (ZIP_STORED, ZIP_DEFLATED) for entry in entries):
        raise ValueError("no word processor packs so")
    main = _main_part(archive)
    folder, file = posixpath.split(main)
    relations = _part(archive, f"{folder}/_rels/{file}.rels", optional=True)
    reader = _Reader(
        read_marks(
            _part(archive, f"{folder}/styles.xml", optional=True),
            _part(archive, f"{folder}/numbering.xml", optional=True),
        ),
        {} if relations is None else _links(relations),
    )
    document = _part(archive, main)
    body = None if document is None else _child(document, "body")
    if body is None:
        raise ValueError("no body")
    return tuple(_nested(reader.parts(body)))


def _main_part(archive: ZipFile) -> str:
    relations = _part(archive, "_rels/.rels")
    for relation in relations if relations is not None else ():
        if relation.get("Type", "").endswith("/officeDocument"):
            return posixpath.normpath(relation.get("Target", "").lstrip("/"))
    raise ValueError("no document")


def _part(archive: ZipFile, name: str, *, optional: bool = False) -> Element | None:
    """A part as a tree of bounded size and depth."""
    if optional and name not in archive.namelist():
        return None
    if archive.getinfo(name).file_size > MOST_UNPACKED:
        raise _too_large()
    with archive.open(name) as file:
        data = file.read(MOST_UNPACKED + 1)
    if len(data) > MOST_UNPACKED:
        raise _too_large()
    # Every word processor writes UTF-8. In another encoding a document type could hide.
    if b"\x00" in data or DOCTYPE.search(data):
        raise ValueError("a document type")
    count = depth = 0
    root: Element | None = None
    for event, element in iterparse(BytesIO(data), events=("start", "end")):
        if event == "end":
            depth -= 1
            continue
        root = element if root is None else root
        count, depth = count + 1, depth + 1
        if count > MOST_ELEMENTS or depth > DEEPEST:
            raise _too_large()
    return root


def _too_large() -> InvalidInput:
    return InvalidInput(
        _("The file is too large when unpacked. Keep only the report's text and save it anew."),
        field="file",
    )


def _links(relations: Element) -> Links:
    return {
        relation.get("Id", ""): relation.get("Target", "")
        for relation in relations
        if relation.get("Type", "").endswith("/hyperlink")
    }


@dataclass
class _Reader:
    marks: Marks
    links: Links

    def parts(self, around: Element) -> Iterator[WordPart | _Line]:
        for element in around:
            name = name_of(element)
            if name == "p":
                yield from self._paragraph(element)
            elif name == "tbl":
                yield self._table(element)
            elif name in AROUND:
                yield from self.parts(element)

    def _paragraph(self, element: Element) -> Iterator[WordPart | _Line]:
        style, level, mark = self.marks.of(element)
        runs = marked_runs(element, self.links)
        names = tuple(
            value_of(child, "name")
            for child in element.iter()
            if name_of(child) == "bookmarkStart" and value_of(child, "name")
        )
        text = plain(runs)
        if style.startswith("toc "):
            return
        if level and text.strip():
            yield WordHeading(level, text, names)
        elif mark and text.strip():
            yield _Line(mark, Paragraph(runs))
        elif text.strip():
            yield WordText(Paragraph(runs), style, names)
        for child in element.iter():
            if name_of(child) == "docPr":
                yield WordPicture(child.get("name", ""))

    def _table(self, element: Element) -> WordTable:
        rows = list(_inner(element, "tr"))
        heading = 0
        for row in rows:
            properties = _child(row, "trPr")
            if properties is None or _child(properties, "tblHeader") is None:
                break
            heading += 1
        return WordTable(tuple(self._row(row) for row in rows), heading)

    def _row(self, row: Element) -> tuple[WordCell, ...]:
        cells: list[WordCell] = []
        for cell in _inner(row, "tc"):
            properties = _child(cell, "tcPr")
            span, merged = _spread(properties)
            cells.append(WordCell("", ()) if merged else self._cell(cell))
            cells += [WordCell("", ())] * (span - 1)
        return tuple(cells[:MOST_CELLS])

    def _cell(self, cell: Element) -> WordCell:
        """A heading in it is bold, a table in it a line per row."""
        blocks: list[RichBlock] = []
        lines: list[str] = []
        for part in _nested(self.parts(cell)):
            if isinstance(part, WordHeading | WordText):
                paragraph = part.paragraph if isinstance(part, WordText) else _bold(part.text)
                blocks.append(paragraph)
                lines.append(plain(paragraph.runs))
            elif isinstance(part, Bullets):
                blocks.append(part)
                lines += _item_lines(part)
            elif isinstance(part, WordTable):
                inner = ["\t".join(one.text for one in row) for row in part.rows]
                blocks += [Paragraph(_bold(line, strong=False).runs) for line in inner]
                lines += inner
        return WordCell("\n".join(lines), tuple(blocks))


def _bold(text: str, *, strong: bool = True) -> Paragraph:
    return Paragraph((Run(text, strong=strong),))


def _spread(properties: Element | None) -> tuple[int, bool]:
    """Over how many columns a cell goes, and whether it belongs to the one above it."""
    if properties is None:
        return 1, False
    span, merge = _child(properties, "gridSpan"), _child(properties, "vMerge")
    wide = value_of(span, "val") if span is not None else "1"
    width = int(wide) if wide.isdecimal() and len(wide) < 3 else 1
    continues = merge is not None and value_of(merge, "val") in ("", "continue")
    return max(1, width), continues


def _item_lines(bullets: Bullets) -> list[str]:
    lines: list[str] = []
    for item in bullets.items:
        for block in item:
            if isinstance(block, Paragraph):
                lines.append(f"- {plain(block.runs)}")
            elif isinstance(block, Bullets):
                lines += [f"  {line}" for line in _item_lines(block)]
    return lines


def _nested(parts: Iterator[WordPart | _Line]) -> Iterator[WordPart]:
    """The parts with lines of lists that follow each other put together."""
    lines: list[_Line] = []
    for part in parts:
        if isinstance(part, _Line):
            if lines and _begins_anew(lines, part.mark):
                yield from _lists(lines)
                lines = []
            lines.append(part)
            continue
        yield from _lists(lines)
        lines = []
        yield part
    yield from _lists(lines)


def _begins_anew(lines: list[_Line], mark: ListMark) -> bool:
    """A numbered list with another number of its own than the one before it."""
    if mark.continues or mark.depth > 0:
        return False
    last = next((line.mark for line in reversed(lines) if _is_top(line.mark)), None)
    return last is not None and (last.ordered, last.list) != (mark.ordered, mark.list)


def _is_top(mark: ListMark) -> bool:
    return mark.depth == 0 and not mark.continues


def _lists(lines: list[_Line]) -> Iterator[WordPart]:
    if not lines:
        return
    if lines[0].mark.continues:
        yield WordText(lines[0].paragraph)
        yield from _lists(lines[1:])
        return
    yield _list(lines, min(line.mark.depth for line in lines if not line.mark.continues))


def _list(lines: list[_Line], depth: int) -> Bullets:
    """The lines as one list; those that lie deeper stand below the item before them."""
    items: list[list[RichBlock]] = []
    deeper: list[_Line] = []

    def end_deeper() -> None:
        if deeper:
            if not items:
                items.append([])
            level = min((x.mark.depth for x in deeper if not x.mark.continues), default=depth + 1)
            items[-1].append(_list(list(deeper), level))
            deeper.clear()

    for line in lines:
        if line.mark.depth > depth and (deeper or not line.mark.continues):
            deeper.append(line)
            continue
        end_deeper()
        if line.mark.continues and items:
            items[-1].append(line.paragraph)
        else:
            items.append([line.paragraph])
    end_deeper()
    first = next(line.mark for line in lines if line.mark.depth >= depth)
    return Bullets(tuple(tuple(item) for item in items), ordered=first.ordered)


def _inner(around: Element, wanted: str) -> Iterator[Element]:
    """The rows of a table or the cells of a row, also those within a control or an insertion."""
    for element in around:
        name = name_of(element)
        if name == wanted and not _is_deleted(element):
            yield element
        elif name in AROUND:
            yield from _inner(element, wanted)


def _is_deleted(row: Element) -> bool:
    properties = _child(row, "trPr")
    return properties is not None and _child(properties, "del") is not None


def _child(element: Element, name: str) -> Element | None:
    return next((child for child in element if name_of(child) == name), None)
