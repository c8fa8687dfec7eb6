"""The picture of the follow-up: a bar for each document or unit, divided by how far it has come."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from textwrap import wrap
from typing import Final

from markupsafe import Markup

from ....infra.charts.drawing import SCREEN, Drawing, Palette, element, text_width
from ....infra.i18n import _
from .models import AnswerState
from .overview import Progress
from .words import answer_words

NARROW: Final = 320
WIDE: Final = 640
ROW, THICK = 46, 16
PAINTS: Final = {
    AnswerState.DONE: "chart-green",
    AnswerState.UNDER_WAY: "chart-yellow",
    AnswerState.NOT_BEGUN: "chart-bar",
    AnswerState.WILL_NOT: "chart-red",
}
"""In the order in which the parts stand; each also has its number in the bar."""


@dataclass(frozen=True, kw_only=True)
class StackedBars:
    title: str
    rows: Sequence[Progress]

    def said(self) -> str:
        words = answer_words()
        return " ".join(
            f"{row.name}: "
            + ", ".join(f"{words[state]} {row.counts[state]}" for state in PAINTS)
            + "."
            for row in self.rows
        )

    def svg(self, *, key: str, width: int = WIDE, palette: Palette = SCREEN) -> Markup:
        words = answer_words()
        lines = self._legend(width)
        head = len(lines) * 20 + 8
        height = head + len(self.rows) * ROW
        drawing = Drawing(key, width, height, self.title, self.said(), palette)
        for number, line in enumerate(lines):
            x = 0.0
            for state in line:
                drawing.rect(PAINTS[state], x, number * 20 + 2, 12, 12, round=1.5)
                drawing.text(x + 18, number * 20 + 12, words[state], size=12, quiet=True)
                x += 18 + text_width(words[state], 12) + 18
        most = max((row.total for row in self.rows), default=1) or 1
        for place, row in enumerate(self.rows):
            self._bar(drawing, row, head + place * ROW, width / most)
        return drawing.svg()

    def _bar(self, drawing: Drawing, row: Progress, top: float, step: float) -> None:
        signs = max(int(drawing.width / text_width("n")), 8)
        label = wrap(row.name, signs, max_lines=1, placeholder=" …")[0]
        drawing.text(0, top + 13, label, strong=True)
        x = 0.0
        for state, paint in PAINTS.items():
            count = row.counts[state]
            if count:
                drawing.rect(paint, x, top + 20, max(count * step - 2, 1), THICK, round=1.5)
                drawing.rect("chart-on", x + 4, top + 21.5, text_width(str(count), 11) + 6, 13)
                drawing.text(x + 7, top + 32, str(count), size=11)
                x += count * step

    def _legend(self, width: int) -> list[list[AnswerState]]:
        """As many on a line as there is room for."""
        words, room = answer_words(), 0.0
        lines: list[list[AnswerState]] = [[]]
        for state in PAINTS:
            wide = 36 + text_width(words[state], 12)
            if lines[-1] and room + wide > width:
                lines.append([])
                room = 0.0
            lines[-1].append(state)
            room += wide
        return lines


def in_two_widths(picture: StackedBars, *, key: str) -> Markup:
    """For a desk and for a phone; the style sheet shows one of them."""
    wide = element("div", {"class": "chart-wide"}, picture.svg(key=key))
    narrow = picture.svg(key=f"{key}-narrow", width=NARROW)
    return wide + element("div", {"class": "chart-narrow"}, narrow)


def picture_of(rows: Sequence[Progress], *, by_unit: bool) -> StackedBars:
    title = _("How far, by unit") if by_unit else _("How far, by document")
    return StackedBars(title=title, rows=rows)
