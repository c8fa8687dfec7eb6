"""The state: what every employee meets first, a calm picture of how a unit's goals go."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from markupsafe import Markup
from starlette.responses import Response

from .....infra.errors import InvalidInput
from .....infra.i18n import _, in_language
from .....infra.periods import Period, PeriodKind, parse_period, periods_of
from .....tenants.tree import units
from .....tenants.work import STOCKHOLM
from ....web.page import View, page
from ....web.templating import clock, day
from ..analysis.analysis import Row
from ..analysis.explaining import explain
from ..models import NodeKind
from ..picturing import Shown, donut, gauge, sparkline, words_of, written
from ..rules import Light, LightRule, rule_text
from .changes import ChangeKind
from .state import Area, State, light_of, state_of

PARAMETERS = ("vy", "jamfor", "period", "styrtal")
"""What is chosen on the page and stays so when something else is."""

FEW = 3
"""As many areas have room for what stands below them."""

MOST_BELOW = 8

PARTS_OF_A_YEAR = (PeriodKind.HALF_YEAR, PeriodKind.TERTIAL, PeriodKind.QUARTER)


@dataclass(frozen=True, slots=True)
class Below:
    """A goal or an indicator that an area is judged by; `value` is empty for goals."""

    light: Shown
    title: str
    value: str
    spark: Markup


@dataclass(frozen=True, slots=True)
class Card:
    """An area as it is shown. `below` is there for a unit with few areas
    only; `spark` and `leading` are empty where there is no history."""

    area: Area
    light: Shown
    facts: str
    why: str
    below: tuple[Below, ...]
    leading: str
    spark: Markup
    before: Shown | None
    changed: str


@page("/{unit}/{year:int}/laget", name="state")
async def state_page(view: View) -> Response:
    """The areas as a map or a list, beside the year before if that is asked for."""
    here = view.here
    compare = view.query("jamfor") == "1"
    state = await state_of(view.work, unit_id=here.unit.id, period=_period(view), compare=compare)
    words = words_of(state.model)
    values: dict[str, Any] = {
        "state": state,
        "words": words,
        "cards": [_card(state, area, at, words) for at, area in enumerate(state.areas)],
        "state_line": _line(state),
        "listed": view.query("vy") == "lista",
        "compare": compare,
        "last_year": here.year - 1,
        "may_plan": view.work.allows("goals.edit", at=here.unit.id),
    }
    if not state.areas:
        above = await units.placed(view.work, state.place.above[1:2])
        return await view.render("goals/state_empty.html", above=above, **values)
    chosen = _chosen(state, view.query("styrtal"))
    parameters = _filled({name: view.query(name) for name in PARAMETERS})
    return await view.render(
        "goals/state.html",
        **values,
        donut=donut(state.lights, words),
        chosen=chosen,
        gauge=gauge(chosen, words) if chosen else None,
        periods=_periods(view, state),
        kinds=change_words(),
        when=lambda at: _when(at, this_year=view.work.today.year),
        rules=_rules(state),
        parameters=parameters,
        address=lambda **changed: view.url("state", _filled({**parameters, **changed})),
        where={below.unit.id: below.unit for below in state.below},
    )


def _when(at: datetime, *, this_year: int) -> str:
    local = at.astimezone(STOCKHOLM)
    told = day(local.date(), year=local.year != this_year)
    return _("{day} at {time}", day=told, time=clock(at))


def _line(state: State) -> str:
    """How much there is, and what is missing of it."""
    goals = state.lights.total()
    parts = [_("1 goal") if goals == 1 else _("{count} goals", count=goals)]
    parts.append(missing_words(state.missing) if state.missing else _("no values missing"))
    return ", ".join(parts)


def _period(view: View) -> Period:
    """The whole year, or the part of it that the address asks for."""
    try:
        period = parse_period(view.query("period"))
    except InvalidInput:
        return view.here.period
    return period if period.year == view.here.year else view.here.period


def _periods(view: View, state: State) -> list[Period]:
    """The parts of the year that its indicators are followed up by and that have begun."""
    return [
        period
        for kind in PARTS_OF_A_YEAR
        if kind in state.periodicities
        for period in periods_of(view.here.year, kind)
        if period.start <= view.work.today
    ]


def _filled(parameters: Mapping[str, str]) -> dict[str, str]:
    return {name: value for name, value in parameters.items() if value}


def _chosen(state: State, wanted: str) -> Row | None:
    """The indicator that is asked for, else the first one with a value."""
    by_id = {str(row.node.id): row for row in state.indicators}
    valued = (row for row in state.indicators if row.values and row.values.total is not None)
    return by_id.get(wanted) or next(valued, None) or next(iter(state.indicators), None)


def _card(state: State, area: Area, at: int, words: dict[Light | None, Shown]) -> Card:
    explained = explain(area.row)
    leading = area.leading
    return Card(
        area=area,
        light=words[area.light],
        facts=facts(area),
        why=explained.sentence if explained else "",
        below=_below(area, at, words) if len(state.areas) <= FEW else (),
        leading=leading.node.title if leading else "",
        spark=sparkline(leading, area.readings).svg(key=f"spark-{at}") if leading else Markup(),
        before=words[area.before.light] if area.before else None,
        changed=_changed(state, area) if state.compared else "",
    )


def _below(area: Area, at: int, words: dict[Light | None, Shown]) -> tuple[Below, ...]:
    """The goals right below if there are several, else the indicators with their trends."""
    rows = area.goals if len(area.goals) > 1 else area.indicators
    return tuple(
        Below(
            words[light_of(row)],
            row.node.title,
            written(row.values.total, row.indicator) if row.values else "",
            sparkline(row, area.histories[row.node.id]).svg(key=f"spark-{at}-{nth}")
            if row.node.id in area.histories
            else Markup(),
        )
        for nth, row in enumerate(rows[:MOST_BELOW])
    )


def facts(area: Area) -> str:
    """`3 av 4 mål uppnådda, 1 värde saknas`."""
    parts = []
    several = len(area.goals) > 1 or not area.indicators
    judged = area.goals if several else area.indicators
    count, total = _green(judged), len(judged)
    if area.missing and not any(light_of(row) for row in judged):
        return missing_words(area.missing)
    if judged and several:
        parts.append(
            _("{count} of {total} goals achieved", count=count, total=total)
            if total > 1
            else _("{count} of {total} goal achieved", count=count, total=total)
        )
    elif judged:
        parts.append(_("{count} of {total} indicators on target", count=count, total=total))
    if area.missing:
        parts.append(missing_words(area.missing))
    return ", ".join(parts) or _("Nothing to measure yet")


def missing_words(count: int) -> str:
    return _("1 value missing") if count == 1 else _("{count} values missing", count=count)


def change_words() -> dict[ChangeKind, str]:
    return {
        ChangeKind.VALUES: _("New values"),
        ChangeKind.COMMENT: _("New comment"),
        ChangeKind.LIGHT: _("Colour set by hand"),
        ChangeKind.ACTIVITY: _("Activity changed"),
        ChangeKind.PLAN: _("Plan changed"),
    }


def _green(rows: Sequence[Row]) -> int:
    return sum(light_of(row) is Light.GREEN for row in rows)


def _changed(state: State, area: Area) -> str:
    """What has become of it since the year before, in words."""
    year = state.period.year - 1
    if area.before is None:
        return _("Not there in {year}", year=year)
    now, then = area.light, area.before.light
    if now is then:
        return _("As in {year}", year=year)
    if now is None:
        return _("No light yet this year")
    if then is None:
        return _("Had no light in {year}", year=year)
    order = list(Light)
    better = order.index(now) < order.index(then)
    return _("Better than in {year}", year=year) if better else _("Worse than in {year}", year=year)


def _rules(state: State) -> list[tuple[str, str, str]]:
    """Each level of goals: its name, its rule, and what may be set by hand."""
    words = words_of(state.model)
    told = []
    for level in state.levels:
        if level.kind is not NodeKind.GOAL:
            continue
        by_hand = [words[Light(light)].word for light in level.hand_lights]
        hand = _("May be set by hand to: {words}.", words=", ".join(by_hand)) if by_hand else ""
        told.append((in_language(level.name), rule_text(LightRule(level.light_rule)), hand))
    return told
