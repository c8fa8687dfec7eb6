"""What was changed between two texts, word by word, for a reader's eye."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher
from enum import StrEnum
from typing import NamedTuple

WORDS = re.compile(r"\n|[^\S\n]+|[^\s]+")
MOST_LINES = 1_000
MOST_WORDS = 2_000
"""Beyond these a difference is shown as a whole: comparing takes the square of the length."""


class Change(StrEnum):
    SAME = "same"
    ADDED = "added"
    REMOVED = "removed"


class Piece(NamedTuple):
    """A stretch of text; those that are the same or added make up the new text, in order."""

    change: Change
    text: str


def word_diff(old: str, new: str) -> tuple[Piece, ...]:
    """The pieces of both texts, what was removed before what was added in its place."""
    before, after = old.splitlines(keepends=True), new.splitlines(keepends=True)
    pieces: list[Piece] = []
    for same, left, right in _compared(before, after, most=MOST_LINES):
        if same:
            pieces.append(Piece(Change.SAME, "".join(left)))
        else:
            pieces += _words("".join(left), "".join(right))
    return tuple(_joined(pieces))


def _words(old: str, new: str) -> Iterator[Piece]:
    before, after = WORDS.findall(old), WORDS.findall(new)
    for same, left, right in _compared(before, after, most=MOST_WORDS):
        if same:
            yield Piece(Change.SAME, "".join(left))
            continue
        yield Piece(Change.REMOVED, "".join(left))
        yield Piece(Change.ADDED, "".join(right))


def _compared(
    before: Sequence[str], after: Sequence[str], *, most: int
) -> Iterator[tuple[bool, Sequence[str], Sequence[str]]]:
    """Stretches of both in order: whether they are the same, the old one and the new one."""
    if len(before) > most or len(after) > most:
        yield before == after, before, after
        return
    matcher = SequenceMatcher(None, before, after, autojunk=False)
    for tag, i1, i2, j1, j2 in matcher.get_opcodes():
        yield tag == "equal", before[i1:i2], after[j1:j2]


def _joined(pieces: Sequence[Piece]) -> Iterator[Piece]:
    """Without empty pieces, and with those of one kind that follow each other put together."""
    last: Piece | None = None
    for piece in pieces:
        if not piece.text:
            continue
        if last is not None and last.change is piece.change:
            last = Piece(last.change, last.text + piece.text)
            continue
        if last is not None:
            yield last
        last = piece
    if last is not None:
        yield last
