"""The frame of a Word table: widths, header rows that repeat, rows that stay whole."""

from __future__ import annotations

from collections.abc import Sequence

from docx.document import Document as WordFile
from docx.oxml.ns import qn
from docx.shared import Length, Twips
from docx.table import _Cell

from .word_parts import element

STYLE = "Report Table"
BORDERS = qn("w:tcBorders")


def new_table(
    file: WordFile,
    *,
    rows: int,
    weights: Sequence[float],
    width: Length,
    header_rows: int = 0,
    row_headers: bool = False,
    description: str = "",
) -> list[list[_Cell]]:
    """An empty table at the end of the file, `width` wide; its cells, row by row."""
    table = file.add_table(rows, len(weights), STYLE)
    table.autofit = False
    properties = table._tbl.tblPr
    properties.remove(properties.find(qn("w:tblLook")))
    properties.append(element("w:tblLook", **_look(header_rows, row_headers)))
    if description:
        properties.append(element("w:tblCaption", val=description))
    widths = [Twips(round(width.twips * weight / sum(weights))) for weight in weights]
    for column, share in zip(table._tbl.tblGrid.gridCol_lst, widths, strict=True):
        column.w = share
    for at, row in enumerate(table._tbl.tr_lst):
        marks = row.get_or_add_trPr()
        marks.append(element("w:cantSplit"))
        if at < header_rows:
            marks.append(element("w:tblHeader"))
        for cell, share in zip(row.tc_lst, widths, strict=True):
            cell.width = share
    return [[_Cell(cell, table) for cell in row.tc_lst] for row in table._tbl.tr_lst]


def no_line_between(upper: _Cell, lower: _Cell) -> None:
    """Let an empty cell look like a part of the one above it."""
    for cell, side in ((upper, "bottom"), (lower, "top")):
        properties = cell._tc.get_or_add_tcPr()
        borders = properties.find(BORDERS)
        if borders is None:
            borders = element("w:tcBorders")
            properties.append(borders)
        place = 0 if side == "top" else len(borders)
        borders.insert(place, element(f"w:{side}", val="nil"))


def _look(header_rows: int, row_headers: bool) -> dict[str, str | int]:
    """Which parts of the table style apply: the header row, the naming column, no bands."""
    return {
        "val": f"{0x0600 | 0x0020 * (header_rows > 0) | 0x0080 * row_headers:04X}",
        "firstRow": int(header_rows > 0),
        "lastRow": 0,
        "firstColumn": int(row_headers),
        "lastColumn": 0,
        "noHBand": 1,
        "noVBand": 1,
    }
