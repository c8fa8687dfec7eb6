"""The donut, the gauge, the bars and the marks; and what holds for all of them in print."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from io import BytesIO
from pathlib import Path
from re import findall
from xml.etree import ElementTree

import pytest
from markupsafe import Markup
from PIL import Image

from roder.infra.charts.bars import Bar, Bars
from roder.infra.charts.donut import Donut, Part
from roder.infra.charts.drawing import PAINTS, PRINT
from roder.infra.charts.figures import ChartTable
from roder.infra.charts.gauge import Gauge
from roder.infra.charts.marks import light_mark, wide_and_narrow
from roder.infra.charts.raster import png
from roder.infra.charts.sparkline import Sparkline
from roder.infra.charts.trend import Point, Trend
from roder.infra.colour import contrast
from roder.infra.documents.model import Document, Picture
from roder.infra.documents.pdf import write_pdf

SVG = "{http://www.w3.org/2000/svg}"
STYLE = Path(__file__).parents[3] / "platform" / "web" / "static" / "css" / "charts.css"

DONUT = Donut(
    title="Mål efter status",
    whole="mål",
    parts=[
        Part("green", "Uppnått", 2),
        Part("yellow", "Delvis uppnått", 1),
        Part("red", "Ej uppnått", 0),
        Part("none", "Värde saknas", 1),
    ],
)
GAUGE = Gauge(
    title="Sjukfrånvaro",
    value=Decimal("8.4"),
    target=Decimal(9),
    direction="lower",
    yellow_limit=Decimal(2),
    light="green",
    word="Uppnått",
    unit="%",
    decimals=1,
)
BARS = Bars(
    title="Sjukfrånvaro per enhet",
    names="Enhet",
    values="Utfall 2020",
    bars=[Bar("Öst", Decimal(10), own=True), Bar("Väst", Decimal(-5)), Bar("Nord", None)],
    target=Decimal(8),
)
SPLIT = [
    Point("2018", Decimal(1), Decimal(2), Decimal(3), Decimal(4)),
    Point("2019", None, None, None, Decimal(4)),
    Point("2020", Decimal(5), Decimal(6), Decimal(7), Decimal(4)),
]
TREND = Trend(title="T", points=SPLIT)
SPARKLINE = Sparkline(title="T", points=SPLIT)
ALL = (DONUT, GAUGE, BARS, TREND, SPARKLINE)


def test_a_donut_says_how_many_of_each_light():
    root = ElementTree.fromstring(DONUT.svg(key="d"))

    assert root[1].text == "4 mål: Uppnått 2, Delvis uppnått 1, Ej uppnått 0, Värde saknas 1."
    assert [text.text for text in root.iter(f"{SVG}text")] == (
        ["4", "mål", "2", "Uppnått", "1", "Delvis uppnått", "0", "Ej uppnått", "1", "Värde saknas"]
    )
    arcs = [path.get("class") for path in root.iter(f"{SVG}path") if "A58" in path.get("d", "")]
    assert arcs == ["chart-arc-green", "chart-arc-yellow", "chart-arc-none"]
    assert DONUT.table() == ChartTable(
        ("Status", "Antal"),
        (("Uppnått", "2"), ("Delvis uppnått", "1"), ("Ej uppnått", "0"), ("Värde saknas", "1")),
    )


def test_half_of_the_donut_is_half_a_turn():
    root = ElementTree.fromstring(DONUT.svg(key="d"))

    green = next(part for part in root.iter() if part.get("class") == "chart-arc-green")
    assert green.get("d") == "M73.5 14A58 58 0 0 1 73.5 130"


def test_a_donut_of_nothing_is_a_sentence():
    empty = Donut(title="T", parts=[Part("green", "Uppnått", 0)], whole="mål")

    assert empty.svg(key="d") == '<p class="chart-empty">Här finns inget att visa än.</p>'


def test_a_gauge_says_value_target_direction_limits_and_verdict():
    assert GAUGE.said() == (
        "Utfall 8,4\u00a0%. Måltal 9\u00a0%, lägre är bättre. Gräns för gult 11\u00a0%. Uppnått."
    )
    assert GAUGE.table() == ChartTable(
        ("Mått", "Värde"),
        (
            ("Utfall", "8,4\u00a0%"),
            ("Måltal", "9\u00a0%"),
            ("Gräns för gult", "11\u00a0%"),
            ("Status", "Uppnått"),
        ),
    )


@pytest.mark.parametrize(
    ("direction", "zones"),
    [
        ("higher", [("red", None, 66), ("yellow", 66, 74), ("green", 74, None)]),
        ("lower", [("green", None, 78), ("yellow", 78, 86), ("red", 86, None)]),
        (
            "band",
            [
                ("red", None, 66),
                ("yellow", 66, 74),
                ("green", 74, 78),
                ("yellow", 78, 86),
                ("red", 86, None),
            ],
        ),
    ],
)
def test_the_zones_follow_the_direction(direction, zones):
    gauge = Gauge(
        title="T",
        value=Decimal(70),
        target=Decimal(76),
        direction=direction,
        green_limit=Decimal(2),
        yellow_limit=Decimal(10),
    )

    assert gauge.zones() == zones


def test_without_a_yellow_limit_there_is_no_yellow_zone():
    gauge = Gauge(title="T", value=None, target=Decimal(76))

    assert gauge.zones() == [("red", None, 76), ("green", 76, None)]


def test_the_needle_stands_at_the_value():
    gauge = Gauge(
        title="T", value=Decimal(25), target=Decimal(50), low=Decimal(0), high=Decimal(100)
    )

    root = ElementTree.fromstring(gauge.svg(key="g", width=206))

    needle = next(part for part in root.iter() if part.get("class") == "chart-needle")
    mark = next(part for part in root.iter() if part.get("class") == "chart-mark")
    assert (needle.get("x"), needle.get("width")) == ("50", "6")
    assert mark.get("x1") == "103"


def test_a_gauge_without_a_value_has_no_needle_and_says_so():
    gauge = Gauge(title="T", value=None, target=Decimal(76))

    assert "chart-needle" not in gauge.svg(key="g")
    assert gauge.said() == "Utfall saknas. Måltal 76, högre är bättre."
    assert Gauge(title="T", value=None, target=None).svg(key="g") == (
        '<p class="chart-empty">Utfall och måltal saknas.</p>'
    )


def test_bars_start_at_zero_and_go_both_ways():
    root = ElementTree.fromstring(BARS.svg(key="b", width=400))

    own, other = (
        next(part for part in root.iter(f"{SVG}rect") if part.get("class") == name)
        for name in ("chart-bar-own", "chart-bar")
    )
    zero = next(part for part in root.iter() if part.get("class") == "chart-axis").get("x1")
    assert own.get("x") == zero
    ends = float(other.get("x", "")) + float(other.get("width", ""))
    assert ends == pytest.approx(float(zero or ""), abs=0.1)
    assert float(own.get("width", "")) == pytest.approx(2 * float(other.get("width", "")), abs=0.1)


def test_bars_say_every_value_and_that_one_is_missing():
    assert BARS.said() == "Utfall 2020: Öst 10, Väst −5, Nord saknas. Måltal 8."
    assert BARS.table() == ChartTable(
        ("Enhet", "Utfall 2020"), (("Öst", "10"), ("Väst", "−5"), ("Nord", "saknas"))
    )


def test_words_of_people_are_escaped_everywhere():
    hostile = '"><script>&'
    drawn = (
        Donut(title=hostile, whole=hostile, parts=[Part("green", hostile, 1)]).svg(key="d"),
        Gauge(title=hostile, value=Decimal(1), target=None, unit=hostile, word=hostile).svg(
            key="g"
        ),
        Bars(title=hostile, names="", values=hostile, bars=[Bar(hostile, Decimal(1))]).svg(key="b"),
    )

    for svg in drawn:
        root = ElementTree.fromstring(svg)
        assert root[0].text == hostile
        assert "script" not in {part.tag.removeprefix(SVG) for part in root.iter()}
    assert light_mark("red", hostile).endswith("&#34;&gt;&lt;script&gt;&amp;</span>")


def test_a_chart_in_two_widths_has_two_sets_of_ids():
    both = wide_and_narrow(TREND, key="t")

    ids = findall(r' id="([^"]+)"', both)
    assert ids == ["t-title", "t-desc", "t-narrow-title", "t-narrow-desc"]


@pytest.mark.parametrize("chart", ALL, ids=lambda chart: type(chart).__name__)
def test_on_paper_every_colour_is_written_out(chart):
    svg = chart.svg(key="a", palette=PRINT)

    root = ElementTree.fromstring(svg)
    assert root[2].attrib.items() >= {"fill": "#ffffff", "width": root.get("width")}.items()
    for word in ("class", "var(", "light-dark", "currentColor", "style"):
        assert word not in svg
    coloured = {part.get("fill", part.get("stroke")) for part in root[2:]}
    assert None not in coloured


@pytest.mark.parametrize("chart", ALL, ids=lambda chart: type(chart).__name__)
def test_on_the_screen_every_class_has_its_colour_in_the_style_sheet(chart):
    svg = chart.svg(key="a")

    assert "style" not in svg
    style = STYLE.read_text("utf-8")
    for name in findall(r'class="([^"]+)"', svg):
        assert f".{name} " in style or f".{name}," in style


def test_every_paint_has_a_rule():
    style = STYLE.read_text("utf-8")

    assert [name for name in PAINTS if f".{name} " not in style and f".{name}," not in style] == []


def test_lines_and_shapes_stand_out_from_white():
    quiet = ("chart-grid", "chart-track", "chart-on", "chart-bar", "chart-arc-none")
    for name, paint in PAINTS.items():
        if name not in quiet and not name.startswith("chart-zone"):
            strong = max(
                contrast(colour, "#ffffff")
                for colour in (paint.fill, paint.stroke)
                if colour.startswith("#")
            )
            assert strong >= 3, name


def test_a_png_is_white_and_as_wide_as_asked():
    data = png(BARS.svg(key="b", palette=PRINT), 800)

    with Image.open(BytesIO(data)) as picture:
        assert (picture.format, picture.width) == ("PNG", 800)
        assert picture.getpixel((799, 0)) == (255, 255, 255, 255)
        shades = picture.convert("L").crop((0, 40, 120, 200)).histogram()
    assert sum(shades[:100]) > 50  # the labels are there: the typeface was found


def test_a_png_never_takes_a_typeface_of_the_machine():
    def written(words: str, family: str) -> bytes:
        frame = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 100 20" font-family="{}">'
        return png(Markup(frame.format(family) + f'<text y="15">{words}</text></svg>'), 100)

    assert written("Måltal", "DejaVu Sans") == written("", "DejaVu Sans")
    assert written("Måltal", "Source Sans 3") != written("", "Source Sans 3")


@pytest.mark.parametrize("chart", ALL, ids=lambda chart: type(chart).__name__)
def test_a_chart_goes_into_an_accessible_pdf(chart):
    svg = chart.svg(key="a", palette=PRINT)
    picture = Picture(image=b"", alt=chart.said(), svg=svg)
    document = Document(title="T", municipality="Lugnby", date=date(2026, 1, 1), blocks=(picture,))

    assert write_pdf(document).startswith(b"%PDF-1.7")
