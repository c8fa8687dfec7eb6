"""How many of each light: a ring with the shape of the light in it, and number and word beside."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import asin, cos, pi, sin

from markupsafe import Markup

from ..documents.model import Light
from ..i18n import _
from .drawing import SCREEN, Drawing, Palette, number, sentence, text_width
from .figures import ChartTable

RADIUS = 58.0  # to the middle of the ring, which is 24 wide
RIM = RADIUS + 14
ROW = 30
GAP = 1.5  # half of what lies between two parts, along the ring
LEGEND = 2 * RIM + 28


@dataclass(frozen=True)
class Part:
    """`word` is what the municipality calls the light: Uppnått."""

    light: Light
    word: str
    count: int


@dataclass(frozen=True, kw_only=True)
class Donut:
    """`whole` is what was counted, in the plural: mål."""

    title: str
    parts: Sequence[Part]
    whole: str

    @property
    def total(self) -> int:
        return sum(part.count for part in self.parts)

    @property
    def drawable(self) -> bool:
        return self.total > 0

    def svg(self, *, key: str, palette: Palette = SCREEN) -> Markup:
        """The picture, or the sentence that says why there is none."""
        if not self.drawable:
            return sentence(self.said(), palette=palette)
        widest = max(text_width(part.word, 15) for part in self.parts)
        width = LEGEND + 56 + max(widest, text_width(self.whole))
        height = max(2 * RIM, len(self.parts) * ROW)
        drawing = Drawing(key, round(width), height, self.title, self.said(), palette)
        self._ring(drawing, RIM, height / 2)
        drawing.text(RIM, height / 2 + 5, f"{self.total}", size=30, anchor="middle", strong=True)
        drawing.text(RIM, height / 2 + 22, self.whole, anchor="middle", quiet=True)
        self._legend(drawing, height / 2 - len(self.parts) * ROW / 2)
        return drawing.svg()

    def said(self) -> str:
        if not self.drawable:
            return _("There is nothing to show yet.")
        listed = ", ".join(f"{part.word} {part.count}" for part in self.parts)
        return f"{self.total} {self.whole}: {listed}."

    def table(self) -> ChartTable:
        rows = tuple((part.word, f"{part.count}") for part in self.parts)
        return ChartTable((_("Status"), _("Count")), rows)

    def _ring(self, drawing: Drawing, x: float, y: float) -> None:
        start = 0.0
        for part in self.parts:
            turn = part.count / self.total
            if turn == 1:
                drawing.add("circle", f"chart-arc-{part.light}", cx=x, cy=y, r=RADIUS)
            elif turn:
                drawing.add("path", f"chart-arc-{part.light}", d=_arc(x, y, start, start + turn))
            if turn * 2 * pi * RADIUS > 22:
                angle = (start + turn / 2) * 2 * pi
                at = x + RADIUS * sin(angle), y - RADIUS * cos(angle)
                paint = "chart-on-none" if part.light == "none" else "chart-on"
                drawing.light(part.light, *at, 11, paint=paint)
            start += turn

    def _legend(self, drawing: Drawing, top: float) -> None:
        for row, part in enumerate(self.parts):
            y = top + row * ROW + ROW / 2
            drawing.light(part.light, LEGEND, y, 13)
            drawing.text(LEGEND + 42, y + 5.5, f"{part.count}", size=16, anchor="end", strong=True)
            drawing.text(LEGEND + 52, y + 5.5, part.word, size=15, quiet=part.count == 0)


def _arc(x: float, y: float, start: float, end: float) -> str:
    """From one share of the turn to another, clockwise from the top, less a gap at both ends."""
    gap = min(asin(GAP / RADIUS), (end - start) * pi * 0.8)
    one, two = start * 2 * pi + gap, end * 2 * pi - gap
    first = f"{number(x + RADIUS * sin(one))} {number(y - RADIUS * cos(one))}"
    last = f"{number(x + RADIUS * sin(two))} {number(y - RADIUS * cos(two))}"
    large = int(two - one > pi)
    return f"M{first}A{number(RADIUS)} {number(RADIUS)} 0 {large} 1 {last}"
