"""Why a light has its colour, as data and as a sentence with the numbers in it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from .....infra.i18n import _, current_locale
from .....infra.numbers import format_number
from .....tenants.work import STOCKHOLM
from .. import rules
from ..models import Indicator, NodeKind
from ..rules import Child, Direction, Light, Source, Verdict, Why, colour_word
from .analysis import Row

NO_BREAK_SPACE = "\u00a0"


@dataclass(frozen=True, slots=True)
class Explanation:
    """Everything that answers "why this colour"; `children` are what a goal is judged by.

    `set_by`, `set_at` and `reason` tell of a light set by hand, also of one that gave way.
    """

    light: Light | None
    source: Source
    why: Why
    sentence: str
    rule: str
    children: tuple[Child, ...]
    set_by: UUID | None
    set_at: datetime | None
    reason: str


def explain(row: Row) -> Explanation | None:
    """In the reader's language; None for what has no light: assignments and activities."""
    verdict = row.verdict
    if verdict is None:
        return None
    hand = verdict.hand
    return Explanation(
        light=verdict.light,
        source=verdict.source,
        why=verdict.why,
        sentence=_sentence(row, verdict),
        rule=rules.rule_text(verdict.rule) if verdict.rule else "",
        children=verdict.children,
        set_by=hand.set_by if hand else None,
        set_at=hand.set_at if hand else None,
        reason=hand.reason if hand else "",
    )


def with_unit(value: Decimal, indicator: Indicator) -> str:
    """`8,5 %`: as many decimals as the indicator has, then its measure unit."""
    number = format_number(value, indicator.decimals, current_locale())
    return f"{number}{NO_BREAK_SPACE}{indicator.measure_unit}".rstrip()


def _sentence(row: Row, verdict: Verdict) -> str:
    if not row.due:
        return _("No light yet: there is no value to give in this period.")
    if row.indicator:
        return _of_indicator(row.indicator, verdict)
    if verdict.hand and verdict.source is Source.HAND:
        return _(
            "The goal was set to {colour} by hand on {day}: {reason}",
            colour=colour_word(verdict.hand.light),
            day=verdict.hand.set_at.astimezone(STOCKHOLM).date().isoformat(),
            reason=verdict.hand.reason,
        )
    sentence = _of_goal(row, verdict)
    if verdict.gave_way:
        gave_way = _("The green set by hand no longer holds, as something below is not green.")
        return f"{gave_way} {sentence}"
    return sentence


def _of_indicator(indicator: Indicator, verdict: Verdict) -> str:
    measure = verdict.measure
    if not measure or measure.outcome is None or measure.target is None or not verdict.light:
        return rules.explain(verdict)
    values = {
        "outcome": with_unit(measure.outcome, indicator),
        "target": with_unit(measure.target, indicator),
    }
    if measure.outcome == measure.target:
        relation = _("the outcome {outcome} equals the target", **values)
    elif measure.outcome > measure.target:
        relation = _("the outcome {outcome} is above the target {target}", **values)
    else:
        relation = _("the outcome {outcome} is below the target {target}", **values)
    return _(
        "The indicator is {colour}: {relation}{because}.",
        colour=colour_word(verdict.light),
        relation=relation,
        because=_because(indicator, verdict, reached=_is_reached(measure)),
    )


def _is_reached(measure: rules.Measure) -> bool:
    """Whether the outcome is on the good side of the target without any limit."""
    bare = rules.indicator_light(
        outcome=measure.outcome, target=measure.target, direction=measure.direction
    )
    return bare is Light.GREEN


def _because(indicator: Indicator, verdict: Verdict, *, reached: bool) -> str:
    measure = verdict.measure
    assert measure is not None
    if measure.outcome == measure.target:
        return ""
    if verdict.why is Why.WITHIN_YELLOW_LIMIT and measure.yellow_limit is not None:
        limit = with_unit(measure.yellow_limit, indicator)
        return _(", but within the limit for yellow, {limit}", limit=limit)
    if verdict.why is Why.WITHIN_GREEN_LIMIT and not reached:
        limit = with_unit(measure.green_limit, indicator)
        return _(", but within the limit for green, {limit}", limit=limit)
    match measure.direction:
        case Direction.HIGHER:
            return _(", and higher is better")
        case Direction.LOWER:
            return _(", and lower is better")
        case Direction.BAND:
            return _(", and it should be close to it")


def _of_goal(row: Row, verdict: Verdict) -> str:
    noun = _noun(row.below)
    match verdict.why:
        case Why.WORST_CHILD if verdict.light:
            alike = [child for child in verdict.children if child.light is verdict.light]
            return _counted(row, verdict.light, alike, _colours(verdict.light, len(alike)), noun)
        case Why.NOT_ALL_GREEN if verdict.light:
            others = [child for child in verdict.children if child.light is not Light.GREEN]
            state = _("is not green") if len(others) == 1 else _("are not green")
            return _counted(row, verdict.light, others, state, noun)
        case Why.ALL_GREEN if verdict.light:
            count = len(verdict.children)
            state = _colours(verdict.light, count)
            if count == 1:
                return _counted(row, verdict.light, verdict.children, state, noun)
            return _(
                "The goal is {colour}: all {count} {noun} {state}.",
                colour=colour_word(verdict.light),
                count=count,
                noun=noun,
                state=state,
            )
        case Why.CHILD_WITHOUT_LIGHT:
            dark = [child for child in verdict.children if child.light is None]
            return _(
                "No light yet: {count} of {total} {noun} without a light ({titles}).",
                count=len(dark),
                total=len(verdict.children),
                noun=noun,
                titles=rules.titles(dark),
            )
    return rules.explain(verdict)


def _counted(row: Row, light: Light, alike: Sequence[Child], state: str, noun: str) -> str:
    assert row.verdict is not None
    return _(
        "The goal is {colour}: {count} of {total} {noun} {state} ({titles}).",
        colour=colour_word(light),
        count=len(alike),
        total=len(row.verdict.children),
        noun=noun,
        state=state,
        titles=rules.titles(alike),
    )


def _colours(light: Light, count: int) -> str:
    """The colour as a predicate, agreeing with one or with several."""
    match light:
        case Light.GREEN:
            return _("is green") if count == 1 else _("are green")
        case Light.YELLOW:
            return _("is yellow") if count == 1 else _("are yellow")
        case Light.RED:
            return _("is red") if count == 1 else _("are red")


def _noun(kinds: frozenset[NodeKind]) -> str:
    if kinds == {NodeKind.INDICATOR}:
        return _("indicators")
    if kinds == {NodeKind.GOAL}:
        return _("goals")
    return _("goals and indicators")
