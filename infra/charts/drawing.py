"""One SVG picture: what is drawn, in which paint, and the sentence that says what it shows.

On the screen a paint is a class, and `platform/web/static/css/charts.css` gives it its colour in
light, in dark and where the reader's own colours rule. Neither Word, PDF nor a PNG knows of style
sheets: with the palette PRINT the same paint is written out as plain colours on white.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cache, lru_cache
from typing import TypeAlias

from markupsafe import Markup, escape

from ..documents.model import COLOURS, Light
from ..documents.richreader import one_line

Attributes: TypeAlias = dict[str, str | float]

FONT = "Source Sans 3"
SVG = "http://www.w3.org/2000/svg"


class Palette(StrEnum):
    SCREEN = "screen"
    PRINT = "print"


SCREEN = Palette.SCREEN
PRINT = Palette.PRINT


@dataclass(frozen=True)
class Paint:
    """Colours on white; `width` and `dash` of the stroke hold on the screen too."""

    fill: str = "none"
    stroke: str = ""
    width: float = 0
    dash: str = ""


INK = "#1c2126"
QUIET = "#57606a"
PAINTS: dict[str, Paint] = {
    "chart-grid": Paint(stroke="#e3e7ea", width=1),
    "chart-axis": Paint(stroke="#8a939b", width=1),
    "chart-line": Paint(stroke="#1d4f5f", width=2),
    "chart-women": Paint(stroke="#7446a6", width=1.5, dash="7 3"),
    "chart-men": Paint(stroke="#9a4d12", width=1.5, dash="2 3"),
    "chart-spark": Paint(stroke="#1d4f5f", width=1.5),
    "chart-target": Paint(stroke="#57606a", width=1.25, dash="5 4"),
    "chart-dot": Paint(fill="#1d4f5f"),
    "chart-dot-women": Paint(fill="#ffffff", stroke="#7446a6", width=1.5),
    "chart-dot-men": Paint(fill="#ffffff", stroke="#9a4d12", width=1.5),
    "chart-bar": Paint(fill="#a9bcc4"),
    "chart-bar-own": Paint(fill="#1d4f5f"),
    "chart-track": Paint(fill="#e9edf0"),
    "chart-mark": Paint(stroke="#1c2126", width=1.5),
    "chart-needle": Paint(fill="#1c2126", stroke="#ffffff", width=2),
    "chart-green": Paint(fill=COLOURS["green"]),
    "chart-yellow": Paint(fill=COLOURS["yellow"]),
    "chart-red": Paint(fill=COLOURS["red"]),
    "chart-none": Paint(stroke=COLOURS["none"], width=1.75),
    "chart-missing": Paint(fill="#ffffff", stroke=COLOURS["none"], width=1.5),
    "chart-on": Paint(fill="#ffffff"),
    "chart-on-none": Paint(stroke="#57606a", width=1.75),
    "chart-zone-green": Paint(fill="#d8ecdd"),
    "chart-zone-yellow": Paint(fill="#f6e6c4"),
    "chart-zone-red": Paint(fill="#f8dcd8"),
    "chart-arc-green": Paint(stroke=COLOURS["green"], width=24),
    "chart-arc-yellow": Paint(stroke=COLOURS["yellow"], width=24),
    "chart-arc-red": Paint(stroke=COLOURS["red"], width=24),
    "chart-arc-none": Paint(stroke="#d5dade", width=24),
}


@dataclass
class Drawing:
    """A picture of `width` times `height`; `key` is unique on the page, `said` a full sentence.

    Without a key it is named by what is said alone, as one of hundreds in a table.
    """

    key: str
    width: float
    height: float
    title: str
    said: str
    palette: Palette = SCREEN
    _parts: list[str] = field(default_factory=list)

    def add(self, tag: str, paint: str, **attributes: str | float) -> None:
        self._parts.append(f"<{tag}{_painted(paint, self.palette)}{_written(attributes)}/>")

    def path(self, paint: str, places: Iterable[tuple[float, float]]) -> None:
        """A line through the places."""
        drawn = "L".join([f"{number(x)} {number(y)}" for x, y in places])
        self._parts.append(f'<path{_painted(paint, self.palette)} d="M{drawn}"/>')

    def line(self, paint: str, x1: float, y1: float, x2: float, y2: float) -> None:
        self.add("line", paint, x1=x1, y1=y1, x2=x2, y2=y2)

    def rect(
        self, paint: str, x: float, y: float, width: float, height: float, *, round: float = 0
    ) -> None:
        self.add("rect", paint, x=x, y=y, width=width, height=height, rx=round)

    def text(
        self,
        x: float,
        y: float,
        words: str,
        *,
        size: float = 13,
        anchor: str = "start",
        strong: bool = False,
        quiet: bool = False,
    ) -> None:
        attributes: Attributes = {"x": x, "y": y, "font-size": size}
        if self.palette is PRINT:
            attributes["fill"] = QUIET if quiet else INK
            # Typst takes weight 400 of a variable typeface in a picture for its thinnest.
            attributes["font-variation-settings"] = f"'wght' {600 if strong else 400}"
        else:
            attributes["fill"] = "currentColor"
            if quiet:
                attributes["class"] = "chart-quiet"
        if anchor != "start":
            attributes["text-anchor"] = anchor
        if strong:
            attributes["font-weight"] = 600
        self._parts.append(element("text", attributes, escape(one_line(words))))

    def light(self, light: Light, x: float, y: float, size: float, *, paint: str = "") -> None:
        """The shape of a light with its middle at x, y."""
        tag, attributes = shape(light, x, y, size)
        self.add(tag, paint or f"chart-{light}", **attributes)

    def svg(self) -> Markup:
        ground = Markup()
        if self.palette is PRINT:
            white: Attributes = {"width": self.width, "height": self.height}
            ground = element("rect", white | {"fill": "#ffffff"})
        if self.key:
            title = element("title", {"id": f"{self.key}-title"}, escape(one_line(self.title)))
            said = element("desc", {"id": f"{self.key}-desc"}, escape(one_line(self.said)))
            ground = title + said + ground
        named = _written(self._named())
        frame = _frame(self.width, self.height, self.palette)
        drawn = "".join((ground, *self._parts))
        return Markup(f'<svg xmlns="{SVG}" role="img"{named}{frame}>{drawn}</svg>')

    def _named(self) -> Attributes:
        if self.key:
            return {"aria-labelledby": f"{self.key}-title {self.key}-desc"}
        return {"aria-label": one_line(self.said)}


def element(tag: str, attributes: Attributes, content: Markup | None = None) -> Markup:
    """`content` is markup already; attribute values are escaped here."""
    if content is None:
        return Markup(f"<{tag}{_written(attributes)}/>")
    return Markup(f"<{tag}{_written(attributes)}>{content}</{tag}>")


def shape(light: Light, x: float, y: float, size: float) -> tuple[str, Attributes]:
    """Tag and attributes of ● ▲ ■ ○ with the middle at x, y and `size` across."""
    half = size / 2
    match light:
        case "green":
            return "circle", {"cx": x, "cy": y, "r": half}
        case "yellow":
            top, foot = number(y - half), number(y + half * 0.9)
            left, right = number(x - half * 1.1), number(x + half * 1.1)
            return "path", {"d": f"M{number(x)} {top}L{right} {foot}H{left}Z"}
        case "red":
            side = size * 0.9
            return "rect", {"x": x - side / 2, "y": y - side / 2, "width": side, "height": side}
        case "none":
            return "circle", {"cx": x, "cy": y, "r": half - 0.9}


def number(value: float) -> str:
    """A coordinate with at most one decimal."""
    if type(value) is int:
        return str(value)
    text = f"{value:.1f}".removesuffix(".0")
    return "0" if text == "-0" else text


def text_width(words: str, size: float = 13) -> float:
    """About how wide the words are; a little too wide rather than too narrow."""
    return len(words) * size * 0.52


def sentence(words: str, *, palette: Palette = SCREEN) -> Markup:
    """What stands instead of a picture."""
    return element("p", {} if palette is PRINT else {"class": "chart-empty"}, escape(words))


def _written(attributes: Attributes) -> str:
    return "".join(
        [
            f' {name}="{escape(value) if isinstance(value, str) else number(value)}"'
            for name, value in attributes.items()
        ]
    )


@lru_cache(100)
def _frame(width: float, height: float, palette: Palette) -> str:
    """What the picture has besides its name."""
    frame: Attributes = {
        "viewBox": f"0 0 {number(width)} {number(height)}",
        "width": width,
        "height": height,
    }
    return _written(frame | ({"font-family": FONT} if palette is PRINT else {"class": "chart"}))


@cache
def _painted(name: str, palette: Palette) -> str:
    paint = PAINTS[name]
    written: Attributes = {}
    if palette is SCREEN:
        written["class"] = name
    else:
        written["fill"] = paint.fill
        if paint.stroke:
            written["stroke"] = paint.stroke
    if paint.stroke:
        written |= {"stroke-width": f"{paint.width:g}", "stroke-linejoin": "round"}
        if paint.fill == "none":
            written["fill"] = "none"
        if paint.dash:
            written["stroke-dasharray"] = paint.dash
    return _written(written)
