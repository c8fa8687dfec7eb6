"""Goals and indicators as pictures: lights, trends, gauges, in the municipality's own words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import cast

from ....infra.charts.donut import Donut, Part
from ....infra.charts.gauge import Direction, Gauge
from ....infra.charts.sparkline import Sparkline
from ....infra.charts.trend import Point, Trend
from ....infra.documents.model import Light as Shape
from ....infra.i18n import _, current_locale, in_language
from ....infra.periods import Period, PeriodKind
from .analysis.analysis import Row
from .analysis.entering import short_text
from .analysis.explaining import NO_BREAK_SPACE, with_unit
from .analysis.series import Reading
from .models import Indicator, SteeringModel
from .rules import Light

SMALL = 12
"""Periods that a picture in a card or a table has room for."""


@dataclass(frozen=True, slots=True)
class Shown:
    """A light as it is shown: its shape, and the municipality's word for it."""

    shape: Shape
    word: str


def words_of(model: SteeringModel | None) -> dict[Light | None, Shown]:
    """All lights of a steering model, best first, with None for what has none yet."""
    shown: dict[Light | None, Shown] = {}
    for light in model.lights if model else ():
        key = Light(str(light["light"]))
        shown[key] = Shown(key.value, in_language(cast("dict[str, str]", light["word"])))
    shown[None] = Shown("none", _("No light yet"))
    return shown


def donut(lights: Mapping[Light | None, int], words: Mapping[Light | None, Shown]) -> Donut:
    return Donut(
        title=_("Goals by light"),
        whole=_("goals"),
        parts=[Part(shown.shape, shown.word, lights[light]) for light, shown in words.items()],
    )


def gauge(row: Row, words: Mapping[Light | None, Shown]) -> Gauge:
    indicator, values = row.indicator, row.values
    assert indicator is not None
    shown = words[row.verdict.light if row.verdict else None]
    return Gauge(
        title=row.node.title,
        value=values.total if values else None,
        target=values.target if values else None,
        direction=cast("Direction", indicator.direction),
        green_limit=indicator.green_limit,
        yellow_limit=indicator.yellow_limit,
        light=shown.shape,
        word=shown.word,
        unit=indicator.measure_unit,
        decimals=indicator.decimals,
    )


def sparkline(row: Row, readings: Sequence[Reading]) -> Sparkline:
    assert row.indicator is not None
    return Sparkline(
        title=row.node.title,
        points=points(readings, most=SMALL),
        unit=row.indicator.measure_unit,
        decimals=row.indicator.decimals,
    )


def trend(title: str, indicator: Indicator, readings: Sequence[Reading]) -> Trend:
    return Trend(
        title=title,
        points=points(readings),
        unit=indicator.measure_unit,
        decimals=indicator.decimals,
    )


def points(readings: Sequence[Reading], *, most: int | None = None) -> list[Point]:
    """One for each period from the first to the last; a period without a reading is a gap."""
    if not readings:
        return []
    known = {reading.period: reading for reading in readings}
    period, last = readings[0].period, readings[-1].period
    found = []
    while period <= last:
        found.append(_point(period, known.get(period)))
        period = period.next()
    return found[-most:] if most else found


def _point(period: Period, reading: Reading | None) -> Point:
    if reading is None:
        return Point(short(period), None)
    return Point(
        short(period),
        total=reading.total,
        women=reading.women,
        men=reading.men,
        target=reading.target,
    )


def short(period: Period) -> str:
    """As narrow as an axis wants it: `2026`, `T2 2026`, `maj 2026`."""
    if period.kind is PeriodKind.YEAR:
        return f"{period.year}"
    if period.kind is PeriodKind.MONTH:
        from babel.dates import format_date

        return str(format_date(period.start, "MMM y", locale=current_locale()))
    return f"{str(period)[5:]} {period.year}"


def written(value: Decimal | None, indicator: Indicator | None, *, short: bool = False) -> str:
    """`8,5 %`, empty for None; `short` is without zeros at the end, as a target is written."""
    if value is None or indicator is None:
        return ""
    if not short:
        return with_unit(value, indicator)
    unit = indicator.measure_unit
    return f"{short_text(value, indicator.decimals)}{NO_BREAK_SPACE}{unit}".rstrip()
