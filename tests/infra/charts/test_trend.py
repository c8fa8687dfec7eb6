from __future__ import annotations

from decimal import Decimal
from itertools import pairwise
from xml.etree import ElementTree

from roder.infra.charts.drawing import PRINT
from roder.infra.charts.figures import ChartTable
from roder.infra.charts.sparkline import Sparkline
from roder.infra.charts.trend import Point, Trend
from roder.infra.i18n import use_locale

SVG = "{http://www.w3.org/2000/svg}"


def points(*values: str | None, target: str | None = None) -> list[Point]:
    goal = None if target is None else Decimal(target)
    return [
        Point(f"{2018 + year}", None if value is None else Decimal(value), target=goal)
        for year, value in enumerate(values)
    ]


def sick_leave(*values: str | None, target: str | None = "9") -> Trend:
    shown = points(*values, target=target)
    return Trend(title="Sjukfrånvaro", points=shown, unit="%", decimals=1)


def paths(svg: str, name: str) -> list[str | None]:
    return [
        path.get("d")
        for path in ElementTree.fromstring(svg).iter(f"{SVG}path")
        if path.get("class") == name
    ]


def texts(svg: str) -> list[str | None]:
    return [text.text for text in ElementTree.fromstring(svg).iter(f"{SVG}text")]


def test_the_picture_is_named_and_told_in_a_sentence():
    svg = ElementTree.fromstring(sick_leave("8.9", "8.6", "8.4").svg(key="a"))

    assert svg.get("role") == "img"
    assert svg.get("aria-labelledby") == "a-title a-desc"
    title, said = svg[0], svg[1]
    assert (title.get("id"), title.text) == ("a-title", "Sjukfrånvaro")
    assert said.get("id") == "a-desc"
    assert said.text == "Utfall 2018–2020: 8,9\u00a0%, 8,6\u00a0%, 8,4\u00a0%. Måltal 9\u00a0%."


def test_the_values_lie_where_the_scale_says():
    svg = Trend(title="T", points=points("0", "5", "10")).svg(key="a", width=400)

    # A scale from 0 to 10 lies between y 228 and 18; the periods are evenly apart.
    assert paths(svg, "chart-line") == ["M44.5 228L181.3 123L318.2 18"]


def test_a_missing_value_leaves_a_gap_and_is_said():
    trend = sick_leave("9", "8", None, "7", "6")

    svg = trend.svg(key="a")

    assert len(paths(svg, "chart-line")) == 2
    assert "8,0\u00a0%, saknas, 7,0\u00a0%" in trend.said()
    assert texts(svg).count("saknas") == 1
    assert svg.count('class="chart-missing"') == 1


def test_fewer_than_two_values_give_a_sentence_instead_of_a_picture():
    said = "Trenden visas när det finns två värden."

    for trend in (sick_leave(), sick_leave("9"), sick_leave("9", None)):
        assert trend.svg(key="a") == f'<p class="chart-empty">{said}</p>'
        assert trend.svg(key="a", palette=PRINT) == f"<p>{said}</p>"
        assert not trend.drawable
    with use_locale("en"):
        assert sick_leave().said() == "The trend is shown when there are two values."


def test_women_and_men_have_their_own_dashes_shapes_and_labels():
    point = Point("2019", Decimal(77), Decimal(79), Decimal(72))
    shown = Trend(title="T", points=[Point("2018", Decimal(76)), point], unit="%")

    root = ElementTree.fromstring(shown.svg(key="a"))

    samples = {line.get("class"): line.get("stroke-dasharray") for line in root.iter(f"{SVG}line")}
    assert (samples["chart-line"], samples["chart-women"], samples["chart-men"]) == (
        None,
        "7 3",
        "2 3",
    )
    tags = {part.get("class"): part.tag.removeprefix(SVG) for part in root.iter()}
    assert tags["chart-dot"] == "circle"
    assert tags["chart-dot-women"] == "path"
    assert tags["chart-dot-men"] == "rect"
    assert texts(shown.svg(key="a"))[-3:] == [
        "Totalt 77\u00a0%",
        "Kvinnor 79\u00a0%",
        "Män 72\u00a0%",
    ]


def test_labels_of_lines_that_meet_stand_fifteen_apart():
    last = Point("2019", Decimal("77"), Decimal("77"), Decimal("77"), target=Decimal("77"))
    shown = Trend(title="T", points=[Point("2018", Decimal(60)), last])

    root = ElementTree.fromstring(shown.svg(key="a"))

    names = ("Totalt 77", "Kvinnor 77", "Män 77", "Måltal 77")
    heights = sorted(
        float(text.get("y", "")) for text in root.iter(f"{SVG}text") if text.text in names
    )
    assert [second - first for first, second in pairwise(heights)] == [15] * 3


def test_the_target_is_a_step_for_each_period_it_holds():
    shown = [
        Point("2018", Decimal(0), target=Decimal(0)),
        Point("2019", Decimal(10), target=Decimal(10)),
    ]
    trend = Trend(title="T", points=shown)

    assert paths(trend.svg(key="a", width=400), "chart-target") == ["M22.5 228H181.3V18H329.2"]
    assert trend.said() == "Utfall 2018–2019: 0, 10. Måltal: 0, 10."


def test_the_table_says_what_the_picture_says():
    assert sick_leave("8.9", None).table() == ChartTable(
        headers=("Period", "Utfall", "Måltal"),
        rows=(("2018", "8,9\u00a0%", "9\u00a0%"), ("2019", "saknas", "9\u00a0%")),
    )


def test_what_people_write_is_text_in_the_picture():
    hostile = '</text><script>alert("x")</script>\x00'
    shown = [Point(hostile, Decimal(1)), Point("2", Decimal(2))]
    trend = Trend(title=hostile, points=shown, unit=hostile)

    root = ElementTree.fromstring(trend.svg(key='a"><b'))

    assert {part.tag.removeprefix(SVG) for part in root.iter()} == {
        "svg",
        "title",
        "desc",
        "line",
        "text",
        "path",
        "circle",
    }
    assert root[0].text == '</text><script>alert("x")</script>'


def test_a_long_unit_stands_once_above_the_axis():
    trend = Trend(title="T", points=points("1", "2"), unit="kronor per invånare")

    assert texts(trend.svg(key="a")).count("kronor per invånare") == 1
    assert "Utfall 2" in texts(trend.svg(key="a"))
    assert trend.said() == (
        "Utfall 2018–2019: 1\u00a0kronor per invånare, 2\u00a0kronor per invånare."
    )


def test_a_sparkline_says_the_same_as_the_trend():
    shown = points("0", "5", "10", target="5")
    spark = Sparkline(title="T", points=shown).svg(key="s")

    assert paths(spark, "chart-spark") == ["M4 20L48 12L92 4"]
    assert texts(spark) == []
    assert ElementTree.fromstring(spark)[1].text == "Utfall 2018–2020: 0, 5, 10. Måltal 5."


def test_a_sparkline_without_values_is_a_dash_with_its_reason():
    assert Sparkline(title="T", points=points("9")).svg(key="s") == (
        '<span class="chart-empty"><span aria-hidden="true">–</span>'
        '<span class="chart-said">Trenden visas när det finns två värden.</span></span>'
    )
