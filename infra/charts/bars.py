"""Values side by side, as lying bars: units of a municipality, or municipalities."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from textwrap import wrap

from markupsafe import Markup

from ..i18n import _
from .drawing import SCREEN, Drawing, Palette, sentence, text_width
from .figures import ChartTable, brief, shortly, written
from .scales import Scale

ROW = 34
THICK = 14
HEAD = 26  # above the rows, for the words at the target line
UNIT = 18  # above that, for a unit too long to stand at every number
LINES = 2  # of a label; the rest stands in the table


@dataclass(frozen=True)
class Bar:
    """`own` is the reader's own, drawn stronger."""

    label: str
    value: Decimal | None
    own: bool = False


@dataclass(frozen=True, kw_only=True)
class Bars:
    """`names` is what the labels are (Enhet), `values` what is measured (Utfall 2026)."""

    title: str
    bars: Sequence[Bar]
    names: str
    values: str
    unit: str = ""
    decimals: int = 0
    target: Decimal | None = None

    @property
    def drawable(self) -> bool:
        return any(bar.value is not None for bar in self.bars)

    def svg(self, *, key: str, width: int = 560, palette: Palette = SCREEN) -> Markup:
        """The picture, or the sentence that says why there is none."""
        if not self.drawable:
            return sentence(self.said(), palette=palette)
        long = self.unit != brief(self.unit)
        head = (0 if self.target is None else HEAD) + (UNIT if long else 0)
        height = head + len(self.bars) * ROW + 4
        drawing = Drawing(key, width, height, self.title, self.said(), palette)
        scale = self._scale(width)
        if long:
            drawing.text(width, 12, self.unit, size=12, anchor="end", quiet=True)
        for row, bar in enumerate(self.bars):
            self._row(drawing, scale, bar, head + row * ROW + ROW / 2)
        zero = scale.at(Decimal(0))
        drawing.line("chart-axis", zero, head, zero, height - 4)
        if self.target is not None:
            self._target_line(drawing, scale.at(self.target), head, height - 4)
        return drawing.svg()

    def said(self) -> str:
        if not self.drawable:
            return _("There is nothing to show yet.")
        listed = ", ".join(f"{bar.label} {self._written(bar.value)}" for bar in self.bars)
        said = f"{self.values}: {listed}."
        return said if self.target is None else f"{said} {self._target_words(self.unit)}."

    def table(self) -> ChartTable:
        rows = tuple((bar.label, self._written(bar.value)) for bar in self.bars)
        return ChartTable((self.names, self.values), rows)

    def _row(self, drawing: Drawing, scale: Scale, bar: Bar, y: float) -> None:
        room = self._label_room(drawing.width)
        lines = _lines(bar.label, room)
        for index, line in enumerate(lines):
            at = y + 4.5 + (index - (len(lines) - 1) / 2) * 15
            drawing.text(0, at, line, strong=bar.own)
        zero = scale.at(Decimal(0))
        words = self._brief(bar.value)
        missing = bar.value is None
        drawing.text(drawing.width, y + 4.5, words, anchor="end", strong=bar.own, quiet=missing)
        if bar.value is not None:
            zero, end = scale.at(Decimal(0)), scale.at(bar.value)
            paint = "chart-bar-own" if bar.own else "chart-bar"
            drawing.rect(paint, min(zero, end), y - THICK / 2, abs(end - zero), THICK, round=1.5)

    def _target_line(self, drawing: Drawing, x: float, top: float, bottom: float) -> None:
        words = self._target_words(brief(self.unit))
        half = text_width(words) / 2
        drawing.line("chart-target", x, top - 6, x, bottom)
        middle = min(max(x, half), drawing.width - half)
        drawing.text(middle, top - 12, words, anchor="middle", quiet=True)

    def _scale(self, width: float) -> Scale:
        """Always with zero on it, between the labels and the column of numbers."""
        known = [bar.value for bar in self.bars if bar.value is not None]
        reach = [Decimal(0), *known] + ([] if self.target is None else [self.target])
        numbers = max(text_width(self._brief(bar.value)) for bar in self.bars)
        low, high = min(reach), max(reach)
        start, end = self._label_room(width) + 14, width - numbers - 16
        return Scale(low, high if high > low else low + 1, start, end)

    def _label_room(self, width: float) -> float:
        return min(max(text_width(bar.label) for bar in self.bars), width * 0.4)

    def _target_words(self, unit: str) -> str:
        assert self.target is not None
        goal = shortly(self.target, unit=unit, most=max(self.decimals, 2))
        return f"{_('Target')} {goal}"

    def _brief(self, value: Decimal | None) -> str:
        return written(value, unit=brief(self.unit), decimals=self.decimals)

    def _written(self, value: Decimal | None) -> str:
        return written(value, unit=self.unit, decimals=self.decimals)


def _lines(label: str, room: float) -> list[str]:
    """The label on at most two lines, with an ellipsis where the rest is cut off."""
    return wrap(label, int(room / text_width("n")) + 1, max_lines=LINES, placeholder=" …") or [""]
