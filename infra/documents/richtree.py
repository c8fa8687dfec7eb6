"""Rich text as a small tree, read by the writers of Word, PDF and HTML alike."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import groupby
from typing import Literal, TypeAlias


@dataclass(frozen=True)
class Run:
    """A stretch of text with one look; a newline in it is a line break."""

    text: str
    strong: bool = False
    em: bool = False
    href: str = ""


@dataclass(frozen=True)
class Paragraph:
    runs: tuple[Run, ...]
    kind: Literal["p", "h3", "h4"] = "p"


@dataclass(frozen=True)
class Bullets:
    """A list; each item is a row of blocks, mostly one paragraph and perhaps a list below it."""

    items: tuple[tuple[RichBlock, ...], ...]
    ordered: bool


@dataclass(frozen=True)
class GridCell:
    blocks: tuple[RichBlock, ...]
    header: bool = False


@dataclass(frozen=True)
class Grid:
    """A table a person drew in the text; every row has the same number of cells."""

    rows: tuple[tuple[GridCell, ...], ...]

    @property
    def header_rows(self) -> int:
        """How many rows at the top hold nothing but headers; never all of them."""
        count = 0
        while count < len(self.rows) - 1 and all(cell.header for cell in self.rows[count]):
            count += 1
        return count


@dataclass(frozen=True)
class Image:
    """A picture between paragraphs, by the id under which its owner keeps it."""

    id: str
    alt: str = ""


RichBlock: TypeAlias = Paragraph | Bullets | Grid
RichPart: TypeAlias = RichBlock | Image


def links(runs: Iterable[Run]) -> list[tuple[str, tuple[Run, ...]]]:
    """Runs grouped by where they lead, so that a link with a bold word in it stays one link."""
    return [(href, tuple(group)) for href, group in groupby(runs, key=lambda run: run.href)]
