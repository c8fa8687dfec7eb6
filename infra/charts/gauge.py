"""One value against its target and limits, on a straight scale with a zone for each light."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Literal, TypeAlias

from markupsafe import Markup

from ..documents.model import Light
from ..i18n import _
from .drawing import SCREEN, Drawing, Palette, sentence, text_width
from .figures import ChartTable, brief, shortly, written
from .scales import Scale, ticks

Direction: TypeAlias = Literal["higher", "lower", "band"]
Zone: TypeAlias = tuple[Light, Decimal | None, Decimal | None]

HEIGHT = 118
BAR = 70  # where the scale begins, from the top
THICK = 16
EDGE = 3


@dataclass(frozen=True, kw_only=True)
class Gauge:
    """The limits are distances from the target; `light` and `word` are the verdict on the value.

    `low` and `high` are the ends of the scale; where they are None it fits what it shows.
    """

    title: str
    value: Decimal | None
    target: Decimal | None
    direction: Direction = "higher"
    green_limit: Decimal = Decimal(0)
    yellow_limit: Decimal | None = None
    light: Light = "none"
    word: str = ""
    unit: str = ""
    decimals: int = 0
    low: Decimal | None = None
    high: Decimal | None = None

    @property
    def drawable(self) -> bool:
        return self.value is not None or self.target is not None

    def svg(self, *, key: str, width: int = 320, palette: Palette = SCREEN) -> Markup:
        """The picture, or the sentence that says why there is none."""
        if not self.drawable:
            return sentence(self.said(), palette=palette)
        drawing = Drawing(key, width, HEIGHT, self.title, self.said(), palette)
        scale = self._scale(width)
        self._verdict(drawing)
        self._track(drawing, scale)
        for value, end, anchor in ((scale.low, EDGE, "start"), (scale.high, width - EDGE, "end")):
            name = shortly(value, most=6)
            drawing.text(end, BAR + THICK + 22, name, size=12, anchor=anchor, quiet=True)
        self._target_mark(drawing, scale)
        if self.value is not None:
            x = scale.within(self.value)
            drawing.rect("chart-needle", x - 3, BAR - 6, 6, THICK + 12, round=3)
        return drawing.svg()

    def said(self) -> str:
        if not self.drawable:
            return _("Outcome and target are missing.")
        parts = [f"{_('Outcome')} {self._written(self.value)}."]
        parts.append(f"{_('Target')} {self._goal()}, {self._better()}.")
        parts += [f"{name} {values}." for name, values in self._limits()]
        return " ".join([*parts, f"{self.word}."] if self.word else parts)

    def table(self) -> ChartTable:
        rows = [(_("Outcome"), self._written(self.value)), (_("Target"), self._goal())]
        rows += self._limits()
        if self.word:
            rows.append((_("Status"), self.word))
        return ChartTable((_("Measure"), _("Value")), tuple(rows))

    def zones(self) -> list[Zone]:
        """The lights along the scale from low to high; the edge None is the end of the scale."""
        if self.target is None:
            return []
        below = self._side(-1, self.direction != "lower")
        above = self._side(1, self.direction != "higher")
        low = self.target - self.green_limit if below else None
        high = self.target + self.green_limit if above else None
        return [*reversed(below), ("green", low, high), *above]

    def _side(self, sign: int, judged: bool) -> list[Zone]:
        """What lies beyond the green limit on one side of the target, from the target outward."""
        if self.target is None or not judged:
            return []
        inner = self.target + sign * self.green_limit
        outer = inner if self.yellow_limit is None else self.target + sign * self.yellow_limit
        zones: list[tuple[Light, Decimal, Decimal | None]] = [("red", outer, None)]
        if outer != inner:
            zones.insert(0, ("yellow", inner, outer))
        return [
            (light, near, far) if sign > 0 else (light, far, near) for light, near, far in zones
        ]

    def _verdict(self, drawing: Drawing) -> None:
        if self.value is None:
            drawing.text(EDGE, 24, _("Value missing"), size=18, quiet=True)
            return
        figure = written(self.value, unit=brief(self.unit), decimals=self.decimals)
        drawing.text(EDGE, 28, figure, size=30, strong=True)
        if self.word:
            start = drawing.width - EDGE - text_width(self.word, 15)
            drawing.text(start, 26, self.word, size=15)
            drawing.light(self.light, start - 14, 20.5, 13)

    def _track(self, drawing: Drawing, scale: Scale) -> None:
        drawing.rect("chart-track", EDGE, BAR, drawing.width - 2 * EDGE, THICK, round=2)
        for light, low, high in self.zones():
            start = scale.start if low is None else scale.within(low)
            end = scale.end if high is None else scale.within(high)
            if end - start > 2:
                drawing.rect(f"chart-zone-{light}", start + 0.75, BAR, end - start - 1.5, THICK)
                self._zone_shape(drawing, scale, light, start, end)

    def _zone_shape(
        self, drawing: Drawing, scale: Scale, light: Light, start: float, end: float
    ) -> None:
        """The light's shape in its zone, where neither needle nor target lies on it."""
        taken = [scale.within(each) for each in (self.value, self.target) if each is not None]
        for share in (0.5, 0.25, 0.75):
            x = start + share * (end - start)
            near_edge = min(x - start, end - x) < 7
            if not near_edge and all(abs(x - other) > 12 for other in taken):
                drawing.light(light, x, BAR + THICK / 2, 8)
                return

    def _target_mark(self, drawing: Drawing, scale: Scale) -> None:
        if self.target is None:
            return
        x = scale.within(self.target)
        words = f"{_('Target')} {self._goal()}"
        half = text_width(words) / 2
        drawing.line("chart-mark", x, BAR - 10, x, BAR + THICK + 4)
        middle = min(max(x, half), drawing.width - half)
        drawing.text(middle, BAR - 16, words, anchor="middle")

    def _scale(self, width: int) -> Scale:
        """From end to end of what is known: value, target and limits, with some room around."""
        inside = [each for each in (self.value, self.target) if each is not None]
        known = list(inside)
        if self.target is not None:
            reach = max(self.green_limit, self.yellow_limit or Decimal(0))
            reach = max(reach, *(abs(each - self.target) for each in inside))
            reach = (reach or abs(self.target) / 10 or Decimal(1)) * Decimal("1.4")
            known += [self.target - reach, self.target + reach]
        marks = ticks(known, most=8)
        low, high = marks[0], marks[-1]
        if min(inside) >= 0:
            low = max(low, Decimal(0))
        if self.unit == "%" and 0 < max(inside) <= 100:
            high = min(high, Decimal(100))
        low = low if self.low is None else self.low
        high = high if self.high is None else self.high
        return Scale(low, high if high > low else low + 1, EDGE, width - EDGE)

    def _written(self, value: Decimal | None) -> str:
        return written(value, unit=self.unit, decimals=self.decimals)

    def _goal(self) -> str:
        if self.target is None:
            return _("missing")
        return self._short(self.target)

    def _short(self, value: Decimal) -> str:
        return shortly(value, unit=self.unit, most=max(self.decimals, 2))

    def _better(self) -> str:
        match self.direction:
            case "higher":
                return _("higher is better")
            case "lower":
                return _("lower is better")
            case "band":
                return _("closer is better")

    def _limits(self) -> list[tuple[str, str]]:
        """The outermost values that still have the light; green at the target goes unsaid."""
        if self.target is None:
            return []
        named = [(_("Limit for green"), self.green_limit)] if self.green_limit else []
        if self.yellow_limit is not None:
            named.append((_("Limit for yellow"), self.yellow_limit))
        return [(name, self._edges(self.target, limit)) for name, limit in named]

    def _edges(self, target: Decimal, limit: Decimal) -> str:
        match self.direction:
            case "higher":
                return self._short(target - limit)
            case "lower":
                return self._short(target + limit)
            case "band":
                low, high = self._short(target - limit), self._short(target + limit)
                return _("{low} and {high}", low=low, high=high)
