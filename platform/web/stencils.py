"""Lines of a long table. The template writes one line of each shape, with marks where texts go;
lines that differ in nothing but texts are filled in, which takes a fraction of the time."""

from __future__ import annotations

import re
from collections.abc import Callable, Hashable, Sequence
from functools import cache

from markupsafe import Markup, escape

MARK = re.compile("\0([0-9]+)\0")
"""No text of the database, and none that is sent, can hold U+0000."""


class Stencils:
    """`write` is a macro, which takes a line and gives its HTML."""

    def __init__(self, write: Callable[[object], str]) -> None:
        self._write = write
        self._cut: dict[Hashable, tuple[list[str], list[int], set[int]]] = {}

    def line(
        self, shape: Hashable, texts: Sequence[str], marked: Callable[[], object] | None = None
    ) -> Markup:
        """The line with its texts, escaped. `marked` gives the line as the macro takes it, with
        `mark(n)` in place of each text; it is the shape itself where it is left out.

        What the macro looks at, and does not only write down, is no text: it makes another shape.
        """
        if shape not in self._cut:
            written = MARK.split(self._write(marked() if marked else shape))
            numbers = [int(number) for number in written[1::2]]
            self._cut[shape] = written, numbers, set(numbers)
        pieces, numbers, used = self._cut[shape]
        safe = {number: escape(texts[number]) for number in used}
        filled = pieces.copy()
        filled[1::2] = [safe[number] for number in numbers]
        return Markup("".join(filled))


@cache
def mark(number: int) -> str:
    """Stands for the text with that number."""
    return f"\0{number}\0"
