"""The pictures of the grants: sought, granted and used by giver, and deadlines along the time."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from textwrap import wrap
from typing import Final

from babel.dates import format_date
from markupsafe import Markup

from ....infra.charts.drawing import SCREEN, Drawing, Palette, element, text_width
from ....infra.charts.scales import Scale
from ....infra.documents.model import Light
from ....infra.i18n import _, current_locale
from .overview import Total
from .rules import NOTHING, kronor

NARROW: Final = 320
WIDE: Final = 640
BAR, GAP, HEAD = 12, 16, 30


@dataclass(frozen=True, kw_only=True)
class MoneyBars:
    """Three bars for each giver, the largest grants first."""

    title: str
    totals: Sequence[Total]

    def said(self) -> str:
        return " ".join(
            _(
                "{name}: {sought} kr sought, {granted} kr granted, {used} kr used.",
                name=total.name,
                sought=kronor(total.sought),
                granted=kronor(total.granted),
                used=kronor(total.used),
            )
            for total in self.totals
        )

    def svg(self, *, key: str, width: int = WIDE, palette: Palette = SCREEN) -> Markup:
        row = 18 + 3 * BAR + GAP
        drawing = Drawing(
            key, width, HEAD + len(self.totals) * row, self.title, self.said(), palette
        )
        self._legend(drawing)
        numbers = max(text_width(million(each), 12) for t in self.totals for each in _bars(t)) + 10
        high = max((each for total in self.totals for each in _bars(total)), default=NOTHING)
        scale = Scale(NOTHING, high or Decimal(1), 0, width - numbers)
        for place, total in enumerate(self.totals):
            top = HEAD + place * row
            drawing.text(0, top + 11, _short(total.name, width), strong=True)
            for number, value in enumerate(_bars(total)):
                y = top + 18 + number * BAR
                drawing.rect(PAINTS[number], 0, y, max(scale.at(value), 1), BAR - 2, round=1.5)
                drawing.text(scale.at(value) + 6, y + 9, million(value), size=11, quiet=True)
        return drawing.svg()

    def _legend(self, drawing: Drawing) -> None:
        x = 0.0
        for paint, word in zip(PAINTS, (_("Sought"), _("Granted"), _("Used")), strict=True):
            drawing.rect(paint, x, 2, 12, 12, round=1.5)
            drawing.text(x + 18, 12, word, size=12, quiet=True)
            x += 18 + text_width(word, 12) + 18


PAINTS: Final = ("chart-none", "chart-bar", "chart-bar-own")


@dataclass(frozen=True, slots=True)
class Due:
    """A deadline on the line: its light says whether it is done, late, near or later."""

    day: date
    label: str
    light: Light
    word: str


@dataclass(frozen=True, kw_only=True)
class DueLine:
    """Deadlines as rows along the same time, with a line through today."""

    title: str
    dues: Sequence[Due]
    today: date

    def said(self) -> str:
        return " ".join(f"{_long(due.day)}: {due.label}, {due.word}." for due in self.dues)

    def svg(self, *, key: str, width: int = WIDE, palette: Palette = SCREEN) -> Markup:
        wide = width > NARROW
        row = 28 if wide else 44
        height = HEAD + len(self.dues) * row + 4
        drawing = Drawing(key, width, height, self.title, self.said(), palette)
        scale = self._scale(width * 0.42 if wide else 8, width - 90)
        self._months(drawing, scale, height)
        today = scale.at(_number(self.today))
        drawing.line("chart-target", today, 18, today, height)
        drawing.text(today, 12, _("Today"), size=12, anchor="middle", strong=True)
        for place, due in enumerate(self.dues):
            y = HEAD + place * row + row / 2
            label = _short(due.label, width * 0.4 if wide else width - 60)
            if not wide:  # the lines of the time go behind the words
                drawing.rect("chart-on", 0, y - 19, text_width(label), 17)
            drawing.text(0, y + 4 if wide else y - 6, label)
            at = scale.at(_number(due.day))
            drawing.light(due.light, at, y if wide else y + 10, 12)
            words, below = short_day(due.day), 4 if wide else 14
            drawing.text(width, y + below, words, size=12, anchor="end", quiet=True)
        return drawing.svg()

    def _scale(self, start: float, end: float) -> Scale:
        days = [self.today, *(due.day for due in self.dues)]
        low, high = min(days) - timedelta(days=14), max(days) + timedelta(days=14)
        return Scale(_number(low), _number(high), start, end)

    def _months(self, drawing: Drawing, scale: Scale, height: float) -> None:
        """A faint line at the first of each quarter, or of each year where they are many."""
        first, last = (date.fromordinal(int(end)) for end in (scale.low, scale.high))
        months = (1, 4, 7, 10) if (last - first).days < 800 else (1,)
        today = scale.at(_number(self.today))
        for year in range(first.year, last.year + 1):
            for day in (date(year, month, 1) for month in months):
                if not first < day < last:
                    continue
                x = scale.at(_number(day))
                drawing.line("chart-grid", x, HEAD - 12, x, height)
                if abs(x - today) > 50:
                    words = format_date(day, "MMM y", locale=current_locale())
                    drawing.text(x, 12, words, size=11, anchor="middle", quiet=True)


def in_two_widths(draw: Callable[..., Markup], *, key: str) -> Markup:
    """The picture for a desk and for a phone; the style sheet shows one of them."""
    wide = element("div", {"class": "chart-wide"}, draw(key=key, width=WIDE))
    narrow = draw(key=f"{key}-narrow", width=NARROW)
    return wide + element("div", {"class": "chart-narrow"}, narrow)


def million(value: Decimal) -> str:
    """Short, as in a picture: 1,2 mn kr, or 800 kr."""
    if value >= 100_000:
        return _("{number} mn kr", number=kronor((value / 1_000_000).quantize(Decimal("0.01"))))
    return _("{number} kr", number=kronor(value))


def short_day(day: date) -> str:
    """`10 nov. 2026`"""
    return format_date(day, "d MMM y", locale=current_locale())


def _bars(total: Total) -> tuple[Decimal, Decimal, Decimal]:
    return total.sought, total.granted, total.used


def _short(label: str, room: float) -> str:
    signs = max(int(room / text_width("n")), 8)
    return wrap(label, signs, max_lines=1, placeholder=" …")[0]


def _number(day: date) -> Decimal:
    return Decimal(day.toordinal())


def _long(day: date) -> str:
    return format_date(day, "d MMMM y", locale=current_locale())
