"""One indicator of a unit in full: its trend, its table, what is said of it, and other units."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from markupsafe import Markup
from starlette.responses import Response

from .....infra.charts.bars import Bar, Bars
from .....infra.charts.marks import wide_and_narrow
from .....infra.documents.richtext import plain_text
from .....infra.errors import AppError, NotFound
from .....infra.i18n import _, current_locale, in_language
from .....infra.periods import Period, PeriodKind, due_period, parse_period, periods_of
from ....web.page import Partial, View, action, page
from ..analysis.analysis import Values
from ..analysis.entering import number_text, parts_do_not_fit, short_text
from ..analysis.explaining import explain
from ..analysis.saving import save_field
from ..analysis.series import Reading
from ..models import Indicator
from ..picturing import Shown, sparkline, trend, words_of, written
from ..rules import Light
from ..state.state import has_history
from ..terms import INDICATORS
from ..values.outcomes import period_word
from ..who_may import why_not
from .indicator import Elsewhere, IndicatorInFull, indicator_in_full, limits_in_words

EARLIER: Final = 4
"""Periods before the year's own that are shown at once."""

NUMBERS: Final = ("total", "women", "men", "target")


@dataclass(frozen=True, slots=True)
class Line:
    """The values of a period as the table has them. `fields` are what may be changed, by name;
    empty where nothing may."""

    period: Period
    code: str
    label: str
    values: Mapping[str, str]
    source: str
    told: str
    fields: Mapping[str, str]
    stood: Mapping[str, str]
    """What the fields held when they were read."""
    consolidated: bool


@dataclass(frozen=True, slots=True)
class Refused:
    """What was written in the row of a period and could not be kept, without scripts."""

    period: str
    written: Mapping[str, str]
    message: str


@page("/{unit}/{year:int}/nyckeltal/{node:uuid}", name="indicator")
async def indicator_page(view: View) -> Response:
    return await _show(view)


@action("/{unit}/{year:int}/nyckeltal/{node:uuid}/{period}", name="save_indicator_value")
async def save_indicator_value(view: View) -> Response:
    """One field of a period (`total=…&was=…`) with scripts, else all fields of its row."""
    node_id = _node_id(view)
    period = _period(view)
    fields = [(name, texts[0]) for name, texts in view.form.fields.items() if name in NUMBERS]
    if view.partial:
        return await _save_one(view, node_id, period, fields[:1])
    try:
        async with view.work.attempt():
            for name, text in fields:
                await _save(view, node_id, period, name, text, was=view.form.get(f"was-{name}"))
    except NotFound:
        raise
    except AppError as error:
        refused = Refused(str(period), dict(fields), error.message)
        return await _show(view, refused=refused, status=error.status)
    return view.redirect(f"{view.url('indicator', node=node_id)}#values", said=_("Saved."))


async def _save_one(
    view: View, node_id: UUID, period: Period, fields: Sequence[tuple[str, str]]
) -> Response:
    if not fields:
        raise NotFound(_("There is no page at this address."))
    ((name, text),) = fields
    try:
        async with view.work.attempt():
            await _save(view, node_id, period, name, text, was=view.form.get("was"))
    except NotFound:
        raise
    except AppError as error:
        return await view.parts(_message(period, error), status=error.status)
    values = await _values(view, None)
    parts = [_message(period, None)]
    parts += [
        Partial(id, "goals/indicator.html", values, block=block)
        for id, block in (("pictures", "pictures"), ("now", "now"), ("log", "log"))
    ]
    return await view.parts(*parts)


async def _save(
    view: View, node_id: UUID, period: Period, name: str, text: str, *, was: str
) -> None:
    indicator = await view.work.get(Indicator, node_id)
    if (period.kind, period.year) != (indicator.periodicity, view.here.year):
        raise NotFound(_("There is no page at this address."))
    await save_field(
        view.work,
        node_id,
        name,
        text,
        was=was,
        unit_id=view.here.unit.id,
        period=period,
        sure=view.form.get("sure") == text,
    )


def _message(period: Period, error: AppError | None) -> Partial:
    values = {"id": f"told-{period}", "text": error.message if error else ""}
    return Partial(f"told-{period}", "goals/indicator_told.html", values)


def _period(view: View) -> Period:
    try:
        return parse_period(view.path("period"))
    except AppError:
        raise NotFound(_("There is no page at this address.")) from None


def _node_id(view: View) -> UUID:
    return UUID(view.path("node"))


async def _show(view: View, *, refused: Refused | None = None, status: int = 200) -> Response:
    values = await _values(view, refused)
    return await view.render("goals/indicator.html", status=status, **values)


async def _values(view: View, refused: Refused | None) -> dict[str, Any]:
    here = view.here
    found = await indicator_in_full(
        view.work, _node_id(view), unit_id=here.unit.id, period=here.period
    )
    indicator = found.row.indicator
    assert indicator is not None
    reason = await why_not(view.work, unit_id=here.unit.id, year=here.year)
    values = found.row.values
    words = words_of(found.model)
    explained = explain(found.row)
    parts = (indicator, values)
    return {
        "found": found,
        "indicator": indicator,
        "light": words[found.row.verdict.light if found.row.verdict else None],
        "why": explained.sentence if explained else "",
        "value": written(values.total if values else None, indicator),
        "target": written(values.target if values else None, indicator, short=True),
        "trend": trend(found.row.node.title, indicator, found.readings),
        "limits": limits_in_words(indicator, values.target if values else None),
        "often": period_word(PeriodKind(indicator.periodicity)),
        "description": plain_text(found.row.node.description),
        "level": in_language(found.row.level.name),
        "lines": (lines := _lines(view, found, refused, may=not reason)),
        "near": _near(lines, view.here.year),
        "latest": _latest(found.readings, indicator),
        "why_not": reason,
        "warning": _warning(*parts),
        "bars": _bars(view, found) if found.elsewhere else None,
        "elsewhere": _elsewhere(found, words),
        "ways": any(has_history(one.readings) for one in found.elsewhere),
        "history": [
            (one, {name: written(getattr(one, name), indicator) for name in NUMBERS})
            for one in found.history
        ],
        "label_of": lambda code: parse_period(code).label(current_locale()),
        "columns": _columns(indicator),
        "heading": await view.word(INDICATORS),
        "wide_and_narrow": wide_and_narrow,
    }


def _columns(indicator: Indicator) -> list[tuple[str, str]]:
    captions = {
        "total": _("Outcome"),
        "women": _("Women"),
        "men": _("Men"),
        "target": _("Target"),
    }
    return [(name, captions[name]) for name in _names(indicator)]


def _names(indicator: Indicator) -> tuple[str, ...]:
    return NUMBERS if indicator.by_sex else ("total", "target")


def _lines(view: View, found: IndicatorInFull, refused: Refused | None, *, may: bool) -> list[Line]:
    """The latest period first. Those of the year that have begun may be filled in."""
    row, indicator = found.row, found.row.indicator
    assert indicator is not None
    readings = {reading.period: reading for reading in found.readings}
    this_year = periods_of(view.here.year, PeriodKind(indicator.periodicity))
    begun = {period for period in this_year if period.start <= view.work.today}
    lines = []
    for period in sorted({*readings, *begun}, reverse=True):
        reading = readings.get(period)
        here = (row.node.id, found.place.unit.id)
        own = reading is None or (reading.node_id, reading.unit_id) == here
        added_up = reading is not None and reading.consolidated
        fields: dict[str, str] = {}
        if may and own and not added_up and period in this_year:
            fields = {name: _field(reading, name, indicator) for name in _names(indicator)}
        again = refused is not None and refused.period == str(period)
        said = refused.written if refused and again else {}
        lines.append(
            Line(
                period=period,
                code=str(period),
                label=period.label(current_locale()),
                values={
                    name: written(getattr(reading, name, None), indicator, short=name == "target")
                    for name in NUMBERS
                },
                source=reading.source if reading else "",
                told=refused.message if refused and again else "",
                fields={name: said.get(name, text) for name, text in fields.items()},
                stood=fields,
                consolidated=added_up,
            )
        )
    return lines


def _near(lines: Sequence[Line], year: int) -> int:
    """How many periods are shown at once: those of the year, and a few before them."""
    this_year = sum(line.period.year == year for line in lines)
    few = this_year + EARLIER
    return len(lines) if len(lines) <= few + 2 else few


def _latest(readings: Sequence[Reading], indicator: Indicator) -> tuple[str, str] | None:
    """The last value there is, and of which period."""
    known = [reading for reading in readings if reading.total is not None]
    if not known:
        return None
    return written(known[-1].total, indicator), known[-1].period.label(current_locale())


def _field(reading: Reading | None, name: str, indicator: Indicator) -> str:
    shown = short_text if name == "target" else number_text
    return shown(getattr(reading, name) if reading else None, indicator.decimals)


def _bars(view: View, found: IndicatorInFull) -> Bars:
    """This unit beside the others that have the indicator."""
    row, indicator = found.row, found.row.indicator
    assert indicator is not None
    due = due_period(PeriodKind(indicator.periodicity), view.here.period)
    label = due.label(current_locale()) if due else str(view.here.year)
    own = Bar(found.place.name, row.values.total if row.values else None, own=True)
    others = [Bar(one.unit.name, one.values.total) for one in found.elsewhere]
    return Bars(
        title=_("{indicator} at each unit", indicator=row.node.title),
        names=_("Unit"),
        values=_("Outcome {period}", period=label),
        unit=indicator.measure_unit,
        decimals=indicator.decimals,
        target=row.values.target if row.values else None,
        bars=[own, *others],
    )


def _elsewhere(
    found: IndicatorInFull, words: Mapping[Light | None, Shown]
) -> list[tuple[Elsewhere, Shown, str, Markup]]:
    """Each other unit with its light, its value and a small picture of its way."""
    row, indicator = found.row, found.row.indicator
    assert indicator is not None
    return [
        (
            one,
            words[one.light],
            written(one.values.total, indicator),
            sparkline(row, one.readings).svg(key=f"way-{at}"),
        )
        for at, one in enumerate(found.elsewhere)
    ]


def _warning(indicator: Indicator, values: Values | None) -> str:
    if values is None:
        return ""
    return parts_do_not_fit(indicator, total=values.total, women=values.women, men=values.men)
