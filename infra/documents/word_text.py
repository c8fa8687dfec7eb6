"""Rich text in Word: runs, links, nested lists, the tables people draw."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TypeAlias

from docx.document import Document as WordFile
from docx.shared import Length, Pt
from docx.table import _Cell
from docx.text.paragraph import Paragraph

from .richtree import Bullets, Grid, RichBlock, Run, links
from .richtree import Paragraph as RichParagraph
from .word_parts import outer_link, wrap
from .word_table import new_table

Add: TypeAlias = Callable[[str], Paragraph]
"""Makes a new paragraph in the style of that name, in the body or in a cell."""

STYLES = {"p": "Normal", "h3": "heading 3", "h4": "heading 4"}
BELOW_LIST = Pt(7)
NUMBERS = 1  # the numbered format in word_numbering.xml


def write_rich(file: WordFile, add: Add, blocks: Iterable[RichBlock], *, width: Length) -> None:
    """Write blocks through `add`; tables go to the end of the file, `width` wide."""
    for block in blocks:
        if isinstance(block, RichParagraph):
            write_runs(add(STYLES[block.kind]), block.runs)
        elif isinstance(block, Bullets):
            last = _write_list(file, add, block, depth=0, width=width)
            if last is not None:
                last.paragraph_format.space_after = BELOW_LIST
        else:
            _write_grid(file, add, block, width=width)


def write_runs(paragraph: Paragraph, runs: Iterable[Run]) -> None:
    for href, group in links(runs):
        written = [paragraph.add_run(run.text) for run in group]
        for mark, run in zip(written, group, strict=True):
            mark.bold, mark.italic = run.strong or None, run.em or None
        if href:
            for mark in written:
                mark.style = "Hyperlink"
            wrap(written, outer_link(paragraph, href))


def cell_writer(cell: _Cell) -> Add:
    """Adds paragraphs to a cell, beginning with the one that every cell is born with."""
    unused = [cell.paragraphs[0]]

    def add(style: str) -> Paragraph:
        paragraph: Paragraph = unused.pop() if unused else cell.add_paragraph()
        paragraph.style = style
        return paragraph

    return add


def _write_list(
    file: WordFile, add: Add, block: Bullets, *, depth: int, width: Length
) -> Paragraph | None:
    """Each numbered list counts from one; an item's further paragraphs stand under its text.

    Returns the last paragraph.
    """
    last: Paragraph | None = None
    number = _new_numbering(file, depth) if block.ordered else 0
    level = "" if depth == 0 else f" {depth + 1}"
    for item in block.items:
        style = ("List Number" if block.ordered else "List Bullet") + level
        for part in item:
            if isinstance(part, Bullets):
                last = _write_list(file, add, part, depth=depth + 1, width=width)
            elif isinstance(part, Grid):
                _write_grid(file, add, part, width=width)
            else:
                last = add(style)
                if number and style.startswith("List Number"):
                    _number(last, number, depth)
                write_runs(last, part.runs)
                style = "List Continue" + level
    return last


def _new_numbering(file: WordFile, depth: int) -> int:
    numbering = file.part.numbering_part.element.add_num(NUMBERS)
    numbering.add_lvlOverride(ilvl=depth).add_startOverride(1)
    return int(numbering.numId)


def _number(paragraph: Paragraph, number: int, depth: int) -> None:
    properties = paragraph._p.get_or_add_pPr().get_or_add_numPr()
    properties.get_or_add_ilvl().val = depth
    properties.get_or_add_numId().val = number


def _write_grid(file: WordFile, add: Add, grid: Grid, *, width: Length) -> None:
    cells = new_table(
        file,
        rows=len(grid.rows),
        weights=[1] * len(grid.rows[0]),
        width=width,
        header_rows=grid.header_rows,
    )
    for written, row in zip(cells, grid.rows, strict=True):
        for target, cell in zip(written, row, strict=True):
            write_rich(file, cell_writer(target), cell.blocks, width=width)
    add("After Table")
