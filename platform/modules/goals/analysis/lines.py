"""The lines of the goal analysis as they are written: a page has thousands of cells, and asking for
each piece of one in the template costs the most. So the template writes a line of each shape."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache, partial
from typing import Literal, NamedTuple
from uuid import UUID

from markupsafe import Markup

from ....web.stencils import Stencils, mark
from ....web.templating import get
from .analysis import Row
from .grid import MAIN, NUMBERS, Column
from .shown import Same, Shown, Texts, shown, texts_of
from .table import Table

Kind = Literal["bare", "title", "trend", "light", "comment", "later", "none", "field", "read"]

A_ROW = len(Texts._fields)


class Group(NamedTuple):
    """A goal that heads what follows. `next_top` is the next one at the top."""

    row: Shown
    next_top: str


class Fold(NamedTuple):
    """Assignments and activities behind a `summary`."""

    key: str
    summary: str
    rows: str
    open: bool


class Cell(NamedTuple):
    """`text` is a figure or a picture; a `bare` cell has no row."""

    kind: Kind
    column: Column
    text: str
    row: Shown | None


class Cells(NamedTuple):
    """Rows beside each other. `main` has the figures among them."""

    rows: tuple[Shown, ...]
    main: Shown | None
    cells: tuple[Cell, ...]


def written_lines(table: Table, same: Same) -> Markup:
    macros = get("goals/analysis_lines.html").module
    heads, folds, acts, others = (
        Stencils(partial(getattr(macros, name), same=same))
        for name in ("group", "fold", "act", "cells_line")
    )
    lines = (
        _group(table, heads, line.group, line.next_top)
        if line.group
        else _fold(table, folds, acts, line.fold)
        if line.fold
        else _cells(table, others, line.cells)
        for line in table.lines
    )
    return Markup("".join(lines))


def _group(table: Table, stencils: Stencils, row: Row, next_top: UUID | None) -> Markup:
    head = Group(_marked(table, row, 0), mark(A_ROW) if next_top else "")
    return stencils.line(head, (*texts_of(table, row), str(next_top)))


def _fold(table: Table, folds: Stencils, acts: Stencils, rows: tuple[Row, ...]) -> Markup:
    written = [acts.line(_marked(table, row, 0), texts_of(table, row)) for row in rows]
    fold = Fold(mark(0), mark(1), mark(2), table.opens(rows))
    texts = (table.fold_key(rows), table.fold_words(rows), Markup("".join(written)))
    return folds.line(fold, texts)


def _cells(table: Table, stencils: Stencils, places: Mapping[str, Row]) -> Markup:
    texts = [text for row in places.values() for text in texts_of(table, row)]
    rows = {key: _marked(table, row, at) for at, (key, row) in enumerate(places.items())}
    kinds = []
    for column in table.columns:
        kind, text = _kind(table, column, places.get(column.level))
        kinds.append(kind)
        texts.append(text)

    def marked() -> Cells:
        cells = (
            Cell(kind, column, mark(A_ROW * len(rows) + at), rows.get(column.level))
            for at, (kind, column) in enumerate(zip(kinds, table.columns, strict=True))
        )
        return Cells(tuple(rows.values()), rows.get(MAIN), tuple(cells))

    return stencils.line((*kinds, *rows.items()), texts, marked)


def _kind(table: Table, column: Column, row: Row | None) -> tuple[Kind, str]:
    """What stands in a cell, and the figure or picture there."""
    part = column.part
    if row is None:
        return "bare", ""
    if part == "trend":
        return "trend", table.trend(row)
    if part not in NUMBERS:
        return part, ""  # type: ignore[return-value]
    if row.values is None and part == "total":
        return "later", ""
    if not table.takes(row, part):
        return "none", ""
    figure = table.figure(row, part)
    return ("field", figure) if table.enters(row) else ("read", figure or "–")


def _marked(table: Table, row: Row, place: int) -> Shown:
    """A row with marks for its texts, the first of a line at place 0."""
    return shown(table, row, _marks(place))


@cache
def _marks(place: int) -> Texts:
    first = place * A_ROW
    return Texts(*map(mark, range(first, first + A_ROW)))
