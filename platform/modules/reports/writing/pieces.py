"""A text in the pieces that can be copied one by one: a paragraph, a heading, a list, a table."""

from __future__ import annotations

from dataclasses import dataclass

from .....infra.documents.richplain import to_plain
from .....infra.documents.richreader import parse
from .....infra.documents.richtext import to_html


@dataclass(frozen=True, slots=True)
class Piece:
    """As cleaned HTML, and as one types it in a plain field."""

    html: str
    typed: str


def pieces_of(text: str) -> list[Piece]:
    """The pieces in their order; pictures belong to the report they stand in and are left out."""
    found = [to_html([block]) for block in parse(text)]
    return [Piece(html, to_plain(html)) for html in found]
