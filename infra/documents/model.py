"""What a document is, before it is Word or PDF. Plain values only; the writers decide the looks."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal, TypeAlias

Light: TypeAlias = Literal["green", "yellow", "red", "none"]
Align: TypeAlias = Literal["left", "center", "right"]

# Never colour alone: each light has its own shape, and a word beside it.
SHAPES: dict[Light, str] = {"green": "●", "yellow": "▲", "red": "■", "none": "○"}
# On white at least 4.5:1.
COLOURS: dict[Light, str] = {
    "green": "#1a7f37",
    "yellow": "#8f5b00",
    "red": "#b42318",
    "none": "#57606a",
}


@dataclass(frozen=True)
class Heading:
    """`level` 1 to 4; `number` as it should be read, such as "2.1".

    `mark` is a hidden name that stays with it in a Word file: letters, digits and _, at most 35.
    """

    level: int
    text: str
    number: str = ""
    mark: str = ""


@dataclass(frozen=True)
class RichText:
    """HTML in the closed subset of `richtext`; anything else in it is dropped."""

    html: str


@dataclass(frozen=True)
class Note:
    """Words to the reader outside the text: an instruction, or a warning about missing values."""

    text: str
    tone: Literal["instruction", "warning"] = "instruction"
    mark: str = ""


@dataclass(frozen=True)
class LightMark:
    """A status: the light's shape and colour, and what it means ("Uppnått")."""

    light: Light
    word: str


Cell: TypeAlias = str | RichText | LightMark


@dataclass(frozen=True)
class Column:
    """`weight` is the share of the width beside the other columns."""

    title: str
    weight: float = 1
    align: Align = "left"


@dataclass(frozen=True)
class Table:
    """Rows as long as `columns`. With `row_headers` the first column names each row."""

    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]
    caption: str = ""
    row_headers: bool = False


@dataclass(frozen=True)
class Facts:
    """What is told in a word or a few lines, each behind its name."""

    rows: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Picture:
    """A PNG or JPEG; the PDF takes `svg` instead where there is one. `alt` says what it shows."""

    image: bytes
    alt: str
    caption: str = ""
    svg: str = ""
    mark: str = ""


@dataclass(frozen=True)
class Attachments:
    """A list of names under a heading of its own."""

    names: tuple[str, ...]


@dataclass(frozen=True)
class PageBreak:
    """What follows begins on a new page."""


@dataclass(frozen=True)
class Landscape:
    """Blocks on pages of their own that lie down: tables with eight columns or more."""

    blocks: tuple[Upright, ...]


Upright: TypeAlias = Heading | RichText | Note | Table | Facts | Picture | Attachments | PageBreak
Block: TypeAlias = Upright | Landscape


@dataclass(frozen=True, kw_only=True)
class Document:
    """A cover, a table of contents if wanted, and blocks. `date` is the only date in the files.

    Without a `cover` it begins as a letter does: whose it is, its title, and then the blocks. A
    table of contents has a cover before it.
    """

    title: str
    municipality: str
    date: date
    blocks: tuple[Block, ...]
    subtitle: str = ""
    unit: str = ""
    period: str = ""
    language: Literal["sv", "en"] = "sv"
    contents: bool = True
    cover: bool = True
    accent: str = "#1d4f5f"
    logo: Picture | None = None
