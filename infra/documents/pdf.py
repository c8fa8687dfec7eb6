"""A document as PDF: archivable (PDF/A-2a) and accessible (PDF/UA-1), the same bytes each time.

Typst lays the pages out after `report.typ`. People's text reaches it as JSON strings only, so
nothing in it is ever read as markup. Only the fonts beside this file are used; a character they
lack becomes an empty square, since neither standard allows a missing glyph.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, time
from functools import cache
from html import escape
from itertools import groupby
from pathlib import Path
from typing import TypeAlias
from unicodedata import category

import typst

from .captions import Captions, captions
from .model import (
    COLOURS,
    SHAPES,
    Attachments,
    Block,
    Cell,
    Document,
    Facts,
    Heading,
    Landscape,
    LightMark,
    Note,
    Picture,
    RichText,
    Table,
)
from .richreader import one_line, parse, printable
from .richtree import Bullets, Paragraph, RichBlock, Run, links

Json: TypeAlias = "str | int | float | bool | list[Json] | dict[str, Json] | None"

FOLDER = Path(__file__).parent
INVISIBLE = ("Cf", "Mn", "Me")  # joiners, direction marks, accents without a letter
PLAIN = 200
TALL = 1200  # a row with more characters than this in a cell may break over two pages


def write_pdf(document: Document) -> bytes:
    """The document as a PDF that is both PDF/A-2a and PDF/UA-1."""
    fonts = typst.Fonts(
        include_system_fonts=False, include_embedded_fonts=False, font_paths=[FOLDER / "fonts"]
    )
    compiler = typst.Compiler(FOLDER / "report.typ", root=FOLDER, font_paths=fonts)
    pdf = compiler.compile(
        format="pdf",
        sys_inputs={"document": json.dumps(_document(document))},
        pdf_standards=["a-2a", "ua-1"],
        timestamp=datetime.combine(document.date, time(12), UTC),
    )
    assert isinstance(pdf, bytes)  # a list comes only with page images
    return pdf


def shown(text: str) -> str:
    """`text` as the fonts can show it: what they lack is a square, what is invisible is gone."""
    known = covered()
    return "".join(
        char if char in known else "" if category(char) in INVISIBLE else "□"
        for char in one_line(text)
    )


@cache
def covered() -> frozenset[str]:
    """The characters that each of the fonts has, from the ranges in `fonts/covered.txt`."""
    ranges = (line.split("-") for line in (FOLDER / "fonts" / "covered.txt").read_text().split())
    return frozenset(
        chr(code) for first, last in ranges for code in range(int(first, 16), int(last, 16) + 1)
    )


def _document(document: Document) -> Json:
    words = captions(document.language, on=document.date)
    return {
        "title": shown(document.title).strip() or "–",
        "subtitle": shown(document.subtitle),
        "municipality": shown(document.municipality),
        "unit": shown(document.unit),
        "period": shown(document.period),
        "date": words.date,
        "created": [document.date.year, document.date.month, document.date.day],
        "language": words.locale.split("-")[0],
        "region": words.locale.split("-")[1],
        "accent": document.accent,
        "logo": _picture(document.logo) if document.logo else None,
        "contents": words.contents if document.contents else None,
        "cover": document.cover,
        "page_of": words.page_of,
        "blocks": _blocks(document.blocks, words, _Outline()),
    }


def _blocks(blocks: Iterable[Block], words: Captions, outline: _Outline) -> list[Json]:
    made: list[Json] = []
    for lying, group in groupby(blocks, lambda block: isinstance(block, Landscape)):
        pieces = [piece for block in group for piece in _block(block, words, outline)]
        made += [{"type": "landscape", "blocks": pieces}] if lying else pieces
    return made


def _block(block: Block, words: Captions, outline: _Outline) -> list[Json]:
    if isinstance(block, Heading):
        return [_heading(block.level, shown(block.text), shown(block.number), outline)]
    if isinstance(block, RichText):
        return _rich(parse(block.html), outline)
    if isinstance(block, Note):
        label = words.warning if block.tone == "warning" else words.instruction
        return [
            {
                "type": "note",
                "tone": block.tone,
                "label": label,
                "body": _paragraph([Run(block.text)]),
            }
        ]
    if isinstance(block, Table):
        return [_table(block)]
    if isinstance(block, Facts):
        return [_facts(block)] if block.rows else []
    if isinstance(block, Picture):
        return [_picture(block)]
    if isinstance(block, Attachments) and not block.names:
        return []
    if isinstance(block, Attachments):
        items: list[Json] = [[_paragraph([Run(name)])] for name in block.names]
        return [
            _heading(1, words.attachments, "", outline),
            {"type": "list", "ordered": True, "items": items},
        ]
    if isinstance(block, Landscape):
        return _blocks(block.blocks, words, outline)
    return [{"type": "pagebreak"}]


def _heading(level: int, text: str, number: str, outline: _Outline) -> Json:
    return {
        "type": "heading",
        "level": outline.place(level),
        "look": min(level, 4),
        "text": text.strip() or "–",  # PDF/UA allows no empty heading
        "number": number.strip(),
    }


class _Outline:
    """Gives each heading its level in turn, at most one below the heading before it.

    PDF/UA forbids a leap. The look stays the one that was asked for.
    """

    def __init__(self) -> None:
        self._last = 0

    def place(self, wanted: int) -> int:
        self._last = max(1, min(wanted, self._last + 1))
        return self._last


def _table(table: Table) -> Json:
    return {
        "type": "table",
        "caption": shown(table.caption),
        "row_headers": table.row_headers,
        "columns": [
            {"title": shown(column.title), "weight": column.weight, "align": column.align}
            for column in table.columns
        ],
        "rows": [[_cell(cell) for cell in row] for row in table.rows],
    }


def _cell(cell: Cell) -> Json:
    if isinstance(cell, LightMark):
        return {
            "shape": SHAPES[cell.light],
            "colour": COLOURS[cell.light],
            "word": shown(cell.word),
        }
    if isinstance(cell, str) and len(cell) <= PLAIN and "\n" not in cell:
        # Long lists are made of these: laid out as they are, they take a third of the time.
        plain = shown(cell).strip()
        return {"text": plain, "empty": not plain}
    text = RichText(escape(cell).replace("\n", "<br>")) if isinstance(cell, str) else cell
    blocks = _rich(parse(text.html), None)
    return {"blocks": blocks, "empty": not blocks, "tall": len(text.html) > TALL}


def _facts(facts: Facts) -> Json:
    return {
        "type": "facts",
        "rows": [
            {"name": shown(name), "lines": [shown(line) for line in told.split("\n")]}
            for name, told in facts.rows
        ],
    }


def _picture(picture: Picture) -> Json:
    """Typst takes bytes from JSON as a list of numbers, and SVG as the text it is."""
    return {
        "type": "picture",
        "data": shown(picture.svg) or list(picture.image),
        "alt": shown(picture.alt),
        "caption": shown(picture.caption),
    }


def _rich(blocks: Sequence[RichBlock], outline: _Outline | None) -> list[Json]:
    """Without an `outline`, in a table cell, a heading is a bold paragraph."""
    return [_rich_block(block, outline) for block in blocks]


def _rich_block(block: RichBlock, outline: _Outline | None) -> Json:
    if isinstance(block, Paragraph):
        if block.kind == "p":
            return _paragraph(block.runs)
        text = "".join(run.text for run in block.runs).replace("\n", " ")
        if outline is None:
            return _paragraph([Run(text, strong=True)])
        return _heading(3 if block.kind == "h3" else 4, shown(text), "", outline)
    if isinstance(block, Bullets):
        items: list[Json] = [_rich(item, None) for item in block.items]
        return {"type": "list", "ordered": block.ordered, "items": items}
    return {
        "type": "grid",
        "header_rows": block.header_rows,
        "rows": [
            [{"blocks": _rich(cell.blocks, None), "header": cell.header} for cell in row]
            for row in block.rows
        ],
    }


def _paragraph(runs: Iterable[Run]) -> Json:
    parts: list[Json] = [
        {"href": href, "runs": [_run(run) for run in group]} for href, group in links(runs)
    ]
    return {"type": "paragraph", "parts": parts}


def _run(run: Run) -> Json:
    lines: list[Json] = [shown(line) for line in printable(run.text).split("\n")]
    return {"lines": lines, "strong": run.strong, "em": run.em}
