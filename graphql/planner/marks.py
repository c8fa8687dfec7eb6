"""Marks in the text of an answer: which records in it the access log is to be told of.

A mark stands before the record's text, between signs that JSON never has outside or inside of its
strings, and is taken out before the answer leaves.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any, Final
from uuid import UUID

from ..context import Logged
from ..stored import Place
from .texts import Case, First, Fixed, SqlText, joined, plain
from .writing import Write

START: Final = "\x01"
END: Final = "\x02"

_MARK: Final = re.compile(f"{START}([^{END}]*){END}".encode())

Tell = Callable[[str, UUID, UUID | None], None]


def mark(logged: Logged, place: Place, write: Write) -> SqlText | None:
    """The mark of the record at `place`: nothing where it is one's own; None where only they whom
    it is about see what is logged."""
    if logged.permission and not place.allows(logged.permission):
        return None
    about = getattr(place.row, logged.about)
    told = joined(
        [
            Fixed(f"{START}{logged.kind}:"),
            plain(write(place.row.id)),
            Fixed(":"),
            First((plain(write(about)), Fixed(""))),
            Fixed(END),
        ]
    )
    if logged.own:
        return told
    of_another = write(about.is_distinct_from(place.given.actor))
    return Case(((of_another, told),), Fixed(""))


def is_marked(sql: str) -> bool:
    return START in sql


def unmarked(found: bytes, tell: Tell) -> bytes:
    """The text without its marks; `tell` is called with kind, record and person of each."""
    for kind, id, about in _marks(found):
        tell(kind, id, about)
    return _MARK.sub(b"", found)


def _marks(found: bytes) -> Iterator[tuple[str, UUID, UUID | None]]:
    for text in dict.fromkeys(_MARK.findall(found)):
        kind, id, about = text.decode().split(":")
        yield kind, UUID(id), UUID(about) if about else None


def text_of_row(text: Any) -> bytes:
    """As the reading connections give it; SQLAlchemy's give str."""
    return text.encode() if isinstance(text, str) else bytes(text)
