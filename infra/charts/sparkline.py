"""A trend so small that it stands in a cell of a table."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup, escape

from .drawing import PRINT, SCREEN, Drawing, Palette, element
from .figures import ChartTable
from .plot import runs
from .scales import Scale
from .trend import Point, Trend

HEIGHT = 24
EDGE = 4  # so that the dot at the end is whole


@dataclass(frozen=True, kw_only=True)
class Sparkline:
    """The same as a `Trend` without numbers: the way it has gone, the target, the last value."""

    title: str
    points: Sequence[Point]
    unit: str = ""
    decimals: int = 0

    def svg(self, *, key: str = "", width: int = 96, palette: Palette = SCREEN) -> Markup:
        """The picture; a dash, with the reason for those who listen, until there are two values."""
        trend = self._trend()
        said = trend.said()
        if not trend.drawable:
            return _dash(said, palette)
        drawing = Drawing(key, width, HEIGHT, self.title, said, palette)
        totals = [point.total for point in self.points]
        targets = [point.target for point in self.points if point.target is not None]
        known = [value for value in (*totals, *targets[-1:]) if value is not None]
        low, high = min(known), max(known)
        scale = Scale(low, high if high > low else low + 1, HEIGHT - EDGE, EDGE)
        step = (width - 2 * EDGE) / (len(totals) - 1)
        if targets:
            y = scale.at(targets[-1])
            drawing.line("chart-target", EDGE, y, width - EDGE, y)
        places = {
            index: (EDGE + index * step, scale.at(value))
            for index, value in enumerate(totals)
            if value is not None
        }
        for run in runs(totals):
            if len(run) > 1:
                drawing.path("chart-spark", [places[index] for index in run])
            else:
                x, y = places[run[0]]
                drawing.add("circle", "chart-dot", cx=x, cy=y, r=1.5)
        x, y = list(places.values())[-1]
        drawing.add("circle", "chart-dot", cx=x, cy=y, r=3)
        return drawing.svg()

    def said(self) -> str:
        return self._trend().said()

    def table(self) -> ChartTable:
        return self._trend().table()

    def _trend(self) -> Trend:
        return Trend(title=self.title, points=self.points, unit=self.unit, decimals=self.decimals)


def _dash(said: str, palette: Palette) -> Markup:
    if palette is PRINT:
        return Markup("–")
    seen = element("span", {"aria-hidden": "true"}, Markup("–"))
    heard = element("span", {"class": "chart-said"}, escape(said))
    return element("span", {"class": "chart-empty"}, seen + heard)
