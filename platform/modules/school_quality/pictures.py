"""The picture of a school year: a bar for each step, divided by how far the schools have come."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from markupsafe import Markup

from ....infra.charts.drawing import SCREEN, Drawing, Palette, element, text_width
from .cycle import StepTotal
from .words import part_words, step_words

NARROW: Final = 320
WIDE: Final = 640
ROW, THICK, HEAD = 46, 16, 28
PAINTS: Final = ("chart-green", "chart-yellow", "chart-bar", "chart-red")


@dataclass(frozen=True, kw_only=True)
class StepBars:
    title: str
    totals: Sequence[StepTotal]

    def said(self) -> str:
        words, steps = part_words(), step_words()
        return " ".join(
            f"{steps[total.step]}: "
            + ", ".join(f"{word} {part}" for word, part in zip(words, total.parts, strict=True))
            + "."
            for total in self.totals
        )

    def svg(self, *, key: str, width: int = WIDE, palette: Palette = SCREEN) -> Markup:
        height = HEAD + len(self.totals) * ROW
        drawing = Drawing(key, width, height, self.title, self.said(), palette)
        x = 0.0
        for paint, word in zip(PAINTS, part_words(), strict=True):
            drawing.rect(paint, x, 2, 12, 12, round=1.5)
            drawing.text(x + 16, 12, word, size=12, quiet=True)
            x += 26 + text_width(word, 12)
        for place, total in enumerate(self.totals):
            self._bar(drawing, total, HEAD + place * ROW)
        return drawing.svg()

    def in_two_widths(self, *, key: str) -> Markup:
        """For a desk and for a phone; the style sheet shows one of them."""
        wide = element("div", {"class": "chart-wide"}, self.svg(key=key))
        narrow = self.svg(key=f"{key}-narrow", width=NARROW)
        return wide + element("div", {"class": "chart-narrow"}, narrow)

    def _bar(self, drawing: Drawing, total: StepTotal, top: float) -> None:
        drawing.text(0, top + 13, step_words()[total.step], strong=True)
        x, each = 0.0, drawing.width / (total.count or 1)
        for paint, part in zip(PAINTS, total.parts, strict=True):
            if part:
                drawing.rect(paint, x, top + 20, max(part * each - 2, 1), THICK, round=1.5)
                drawing.rect("chart-on", x + 4, top + 21.5, text_width(str(part), 11) + 6, 13)
                drawing.text(x + 7, top + 32, str(part), size=11)
                x += part * each
