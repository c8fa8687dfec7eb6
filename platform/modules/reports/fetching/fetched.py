"""What a section has fetched, as it is kept: read back, compared, and laid out in a document."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from hashlib import sha256
from html import escape
from typing import Any

import orjson

from .....infra.documents.model import Column, Heading, RichText, Table, Upright
from .....infra.documents.richtext import clean
from .....infra.worddiff import Change, Piece
from ....filling import FilledColumn, FilledTable, Filling
from ..models import ChapterKind, Section

FETCHING_KINDS = (ChapterKind.TEXT, ChapterKind.TABLE, ChapterKind.NIL_STATEMENT)
"""What can hold something that is fetched."""

LONG = 60
"""Signs in a cell from which a column is as broad as it gets."""

Stored = Mapping[str, Any]


def stored(key: str, filling: Filling) -> dict[str, object]:
    """As JSON, with the key of its source."""
    return {
        "source": key,
        "title": filling.title,
        "nothing": filling.nothing,
        "sentences": list(filling.sentences),
        "tables": [
            {
                "title": table.title,
                "columns": [{"title": each.title, "number": each.number} for each in table.columns],
                "rows": [list(row) for row in table.rows],
            }
            for table in filling.tables
        ],
    }


def filling_of(kept: Stored) -> Filling:
    return Filling(
        title=kept["title"],
        sentences=tuple(kept["sentences"]),
        tables=tuple(
            FilledTable(
                title=table["title"],
                columns=tuple(
                    FilledColumn(each["title"], each["number"]) for each in table["columns"]
                ),
                rows=tuple(tuple(row) for row in table["rows"]),
            )
            for table in kept["tables"]
        ),
        nothing=kept["nothing"],
    )


def shown_of(section: Section) -> Filling | None:
    """What a reader sees: that there was nothing is said once, in the section's own words."""
    if section.fetched is None or (section.nil and section.fetched["nothing"]):
        return None
    return filling_of(section.fetched)


def seal(kept: Stored) -> str:
    """The same for the same content, so that what is kept is what was looked at."""
    return sha256(orjson.dumps(kept, option=orjson.OPT_SORT_KEYS)).hexdigest()


def compared(before: Stored | None, after: Stored) -> tuple[Piece, ...]:
    """Line by line: a row that is changed goes, and comes as it is now."""
    old, new = _lines(before) if before else [], _lines(after)
    gone = [Piece(Change.REMOVED, line) for line in old if line not in new]
    return (*gone, *(Piece(Change.SAME if line in old else Change.ADDED, line) for line in new))


def fetched_blocks(section: Section, level: int, mark: str) -> Iterator[Upright]:
    """Below a heading of their own, by whose hidden name they are known in a Word file."""
    filling = shown_of(section)
    if filling is None:
        return
    yield Heading(min(level, 4), filling.title, mark=mark)
    if filling.sentences:
        yield RichText(clean("".join(f"<p>{escape(line)}</p>" for line in filling.sentences)))
    for table in filling.tables:
        heads = tuple(
            Column(column.title, _weight(table, at), "right" if column.number else "left")
            for at, column in enumerate(table.columns)
        )
        caption = table.title if table.title != filling.title else ""
        yield Table(columns=heads, rows=table.rows, caption=caption, row_headers=True)


def _weight(table: FilledTable, at: int) -> float:
    longest = max((len(row[at]) for row in table.rows), default=0)
    return 1 + 2.5 * min(longest, LONG) / LONG


def _lines(kept: Stored) -> list[str]:
    rows = [row for table in kept["tables"] for row in table["rows"]]
    return [*kept["sentences"], *(" | ".join(cell or "–" for cell in row) for row in rows)]
