"""A register on a page: words and facets narrow it, a part of it at a time, cards on a phone.

`parts/register.html` draws it. A page reads what is asked, has its service find that part of the
rows, and shows each as an `Entry`:

    asked = asked_of(view, facets)
    found = await service.grants(view.work, words=asked.words, state=asked.chosen["state"], …,
                                 offset=asked.offset, limit=PART)
    register = Register(asked, facets, columns, [_entry(row) for row in found.rows], found.total)
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final, Literal, TypeAlias
from urllib.parse import urlencode
from uuid import UUID

from .page import View

PART: Final = 50
"""Rows on a page."""
LONGEST: Final = 200
MOST_PARTS: Final = 10_000


@dataclass(frozen=True, slots=True)
class Facet:
    """`name` stands in the address; `options` are (value, word), without the one for all."""

    name: str
    label: str
    options: Sequence[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Column:
    label: str
    kind: Literal["text", "number"] = "text"


Light: TypeAlias = Literal["green", "yellow", "red", "none"]


@dataclass(frozen=True, slots=True)
class Lamp:
    """A state as shape, word and colour: green, yellow, red or none."""

    light: Light
    word: str


Cell = str | date | int | Decimal | Lamp | None
"""A Decimal is shown with two decimals when it has any."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A row: its name, which leads to `address` if there is one, and a cell for each column after
    the first."""

    title: str
    cells: Sequence[Cell]
    address: str = ""
    hint: str = ""


@dataclass(frozen=True, slots=True)
class Asked:
    """What the address asks for. `chosen` has every facet, an empty text for all."""

    words: str
    chosen: Mapping[str, str]
    part: int

    @property
    def offset(self) -> int:
        return (self.part - 1) * PART

    @property
    def narrowed(self) -> bool:
        return bool(self.words or any(self.chosen.values()))

    def id(self, name: str) -> UUID | None:
        """Of a facet whose values are ids."""
        return UUID(self.chosen[name]) if self.chosen[name] else None

    def query(self, part: int = 1) -> str:
        """The address's query for a part of the same rows."""
        given = {"q": self.words} | dict(self.chosen) | {"sida": str(part) if part > 1 else ""}
        return urlencode({name: value for name, value in given.items() if value})


@dataclass(frozen=True, slots=True)
class Register:
    """`columns` has the first one too; `total` counts the rows that fit, on all pages."""

    asked: Asked
    facets: Sequence[Facet]
    columns: Sequence[Column]
    entries: Sequence[Entry]
    total: int

    @property
    def parts(self) -> int:
        return max(1, -(-self.total // PART))


def asked_of(view: View, facets: Sequence[Facet]) -> Asked:
    """What is not among a facet's options narrows nothing."""
    chosen = {}
    for facet in facets:
        value = view.query(facet.name)
        chosen[facet.name] = value if value in {value for value, _word in facet.options} else ""
    number = view.query("sida")
    part = int(number) if number.isascii() and number.isdecimal() and len(number) < 9 else 1
    words = " ".join(view.query("q")[:LONGEST].split())
    return Asked(words, chosen, min(max(1, part), MOST_PARTS))
