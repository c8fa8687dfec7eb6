"""What stands in running pages: the mark of a light, and a chart in two widths."""

from __future__ import annotations

from markupsafe import Markup, escape

from ..documents.model import Light
from .bars import Bars
from .drawing import Attributes, element, shape
from .trend import Trend

NARROW = 340


def light_mark(light: Light, word: str) -> Markup:
    """The shape of a light, in its colour, with its word."""
    tag, attributes = shape(light, 8, 8, 13)
    drawn = element(tag, {"class": f"chart-{light}", **attributes})
    frame: Attributes = {"class": "chart-light", "aria-hidden": "true", "viewBox": "0 0 16 16"}
    picture = element("svg", frame, drawn)
    return element("span", {"class": "chart-light-word"}, picture + escape(word))


def wide_and_narrow(chart: Trend | Bars, *, key: str) -> Markup:
    """The chart for a desk and for a phone; the style sheet shows, and lets read, one of them."""
    if not chart.drawable:
        return chart.svg(key=key)
    wide = element("div", {"class": "chart-wide"}, chart.svg(key=key))
    narrow = chart.svg(key=f"{key}-narrow", width=NARROW)
    return wide + element("div", {"class": "chart-narrow"}, narrow)
