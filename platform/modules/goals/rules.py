"""Which light burns, and why: pure rules over values, with the tenant's choices as data.

Source: the instruction of Östhammar's social services, 2020 (a light only when all values are in,
green by hand only over green indicators). A value on a limit is decided in
`infra/docs/decisions/0007-a-value-on-the-limit.md`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum
from typing import NamedTuple
from uuid import UUID

from ....infra.errors import Conflict, InvalidInput
from ....infra.i18n import _

NAMED_CHILDREN = 5
MEAN_STEP = Decimal("0.000001")


class Light(StrEnum):
    """From best to worst."""

    GREEN = "green"
    YELLOW = "yellow"
    RED = "red"


class Direction(StrEnum):
    """Where a good outcome lies: at the target or above, at or below, or close on both sides."""

    HIGHER = "higher"
    LOWER = "lower"
    BAND = "band"


class LightRule(StrEnum):
    """How a goal's light follows from its children; `BY_HAND` never lights by itself."""

    WORST_CHILD = "worst_child"
    ALL_GREEN = "all_green"
    BY_HAND = "by_hand"


class Consolidation(StrEnum):
    NONE = "none"
    SUM = "sum"
    MEAN = "mean"


class Source(StrEnum):
    RULE = "rule"
    HAND = "hand"
    NONE = "none"


class Why(StrEnum):
    """The reason of a verdict, for programs; `explain` has the sentence."""

    OUTCOME_MISSING = "outcome_missing"
    TARGET_MISSING = "target_missing"
    WITHIN_GREEN_LIMIT = "within_green_limit"
    WITHIN_YELLOW_LIMIT = "within_yellow_limit"
    BEYOND_LIMITS = "beyond_limits"
    NO_CHILDREN = "no_children"
    CHILD_WITHOUT_LIGHT = "child_without_light"
    WORST_CHILD = "worst_child"
    ALL_GREEN = "all_green"
    NOT_ALL_GREEN = "not_all_green"
    WAITS_FOR_HAND = "waits_for_hand"
    SET_BY_HAND = "set_by_hand"


class Child(NamedTuple):
    """What stands right below a goal, with the light it has now."""

    id: UUID
    title: str
    light: Light | None


class Measure(NamedTuple):
    """An indicator's value in one period. The limits are distances from the target, in its unit."""

    outcome: Decimal | None
    target: Decimal | None
    direction: Direction
    green_limit: Decimal = Decimal(0)
    yellow_limit: Decimal | None = None


@dataclass(frozen=True, slots=True)
class HandSet:
    """A light somebody has set: which, who, when and why."""

    light: Light
    set_by: UUID | None
    set_at: datetime
    reason: str


class Verdict(NamedTuple):
    """A light with everything that answers "why this colour".

    A goal carries `rule` and `children`, an indicator `measure`. `hand` is the light set by hand,
    kept when it gave way (then `source` is not `HAND`).
    """

    light: Light | None
    source: Source
    why: Why
    measure: Measure | None = None
    rule: LightRule | None = None
    children: tuple[Child, ...] = ()
    hand: HandSet | None = None

    @property
    def gave_way(self) -> bool:
        """Whether a green set by hand no longer holds, because something below is not green."""
        return self.hand is not None and self.source is not Source.HAND


def indicator_light(
    *,
    outcome: Decimal | None,
    target: Decimal | None,
    direction: Direction,
    green_limit: Decimal = Decimal(0),
    yellow_limit: Decimal | None = None,
) -> Light | None:
    """The light of one value, None until outcome and target are both in.

    A value exactly on a limit gets the better light. Without `yellow_limit` there is no yellow.
    """
    return judge_indicator(Measure(outcome, target, direction, green_limit, yellow_limit)).light


def judge_indicator(measure: Measure) -> Verdict:
    """The light of one value, with the reason."""
    if measure.outcome is None:
        return Verdict(None, Source.NONE, Why.OUTCOME_MISSING, measure)
    if measure.target is None:
        return Verdict(None, Source.NONE, Why.TARGET_MISSING, measure)
    missed_by = _missed_by(measure.outcome, measure.target, measure.direction)
    if missed_by <= measure.green_limit:
        return Verdict(Light.GREEN, Source.RULE, Why.WITHIN_GREEN_LIMIT, measure)
    if measure.yellow_limit is not None and missed_by <= measure.yellow_limit:
        return Verdict(Light.YELLOW, Source.RULE, Why.WITHIN_YELLOW_LIMIT, measure)
    return Verdict(Light.RED, Source.RULE, Why.BEYOND_LIMITS, measure)


def check_limits(green_limit: Decimal, yellow_limit: Decimal | None) -> None:
    """Refuse limits that no value can meet in order. Raises InvalidInput."""
    if green_limit < 0:
        raise InvalidInput(
            _("A limit is a distance from the target and cannot be below 0."), field="greenLimit"
        )
    if yellow_limit is not None and yellow_limit < green_limit:
        raise InvalidInput(
            _("The limit for yellow must be at least as wide as the limit for green."),
            field="yellowLimit",
        )


def effective_light(
    children: Sequence[Child],
    *,
    rule: LightRule = LightRule.WORST_CHILD,
    hand: HandSet | None = None,
) -> Verdict:
    """The light that burns: what was set by hand, or else the rule's; that is None without
    children, and while any of them lacks a light.

    A green set by hand holds only while every child is green; when it no longer holds it gives
    way to the rule.
    """
    children = tuple(children)
    if hand and not (hand.light is Light.GREEN and _not_green(children)):
        return Verdict(hand.light, Source.HAND, Why.SET_BY_HAND, None, rule, children, hand)
    return _by_rule(children, rule, hand)


def check_by_hand(
    light: Light, *, allowed: frozenset[Light], reason: str, children: Sequence[Child]
) -> None:
    """Refuse a light that may not be set by hand.

    Raises InvalidInput for a colour the tenant does not allow or a missing reason, Conflict for
    green while any child is not green; a child without a light is not green.
    """
    if light not in allowed:
        raise InvalidInput(
            _("This colour cannot be set by hand. Choose {colours}.", colours=_either(allowed)),
            field="light",
        )
    if not reason.strip():
        raise InvalidInput(
            _("Write why you change the colour. The text is shown in the history."), field="reason"
        )
    behind = _not_green(children)
    if light is Light.GREEN and behind:
        raise Conflict(
            _(
                "The goal cannot turn green: {count} of {total} below it are not green: {titles}.",
                count=len(behind),
                total=len(children),
                titles=titles(behind),
            ),
            field="light",
        )


def consolidate(values: Sequence[Decimal | None], how: Consolidation) -> Decimal | None:
    """One value of many units; None if any value is missing.

    A sum is exact; a mean is rounded half up to six decimals, without zeros at its end.
    """
    known = [value for value in values if value is not None]
    if how is Consolidation.NONE or not known or len(known) < len(values):
        return None
    total = sum(known, Decimal(0))
    if how is Consolidation.SUM:
        return total
    mean = (total / len(known)).quantize(MEAN_STEP, ROUND_HALF_UP)
    return mean.quantize(Decimal(1)) if mean == mean.to_integral_value() else mean.normalize()


def explain(verdict: Verdict) -> str:
    """Why, in one sentence in the reader's language, whatever gave way before."""
    sentences = {
        Why.OUTCOME_MISSING: _("No light yet: the outcome is missing."),
        Why.TARGET_MISSING: _("No light yet: the target is missing."),
        Why.WITHIN_GREEN_LIMIT: _("The outcome reaches the target or is within the green limit."),
        Why.WITHIN_YELLOW_LIMIT: _("The outcome misses the target but is within the yellow limit."),
        Why.BEYOND_LIMITS: _("The outcome misses the target by more than the limits allow."),
        Why.NO_CHILDREN: _("No light yet: there is nothing below to judge by."),
        Why.CHILD_WITHOUT_LIGHT: _("No light yet: something below has no light."),
        Why.WORST_CHILD: _("The light is that of the worst below."),
        Why.ALL_GREEN: _("Everything below is green."),
        Why.NOT_ALL_GREEN: _("Not everything below is green."),
        Why.WAITS_FOR_HAND: _("The light is set by hand here, and nobody has set it yet."),
        Why.SET_BY_HAND: _("The light was set by hand."),
    }
    return sentences[verdict.why]


def rule_text(rule: LightRule) -> str:
    """The rule in words, in the reader's language."""
    match rule:
        case LightRule.WORST_CHILD:
            return _("When everything below has a light, the goal gets the worst of them.")
        case LightRule.ALL_GREEN:
            return _("When everything below has a light, the goal is green if all are, else red.")
        case LightRule.BY_HAND:
            return _("The light is always set by hand.")


def colour_word(light: Light) -> str:
    match light:
        case Light.GREEN:
            return _("green")
        case Light.YELLOW:
            return _("yellow")
        case Light.RED:
            return _("red")


def _missed_by(outcome: Decimal, target: Decimal, direction: Direction) -> Decimal:
    """How far the outcome is on the wrong side of the target; below 0 when better than it."""
    match direction:
        case Direction.HIGHER:
            return target - outcome
        case Direction.LOWER:
            return outcome - target
        case Direction.BAND:
            return abs(outcome - target)


def _by_rule(children: tuple[Child, ...], rule: LightRule, hand: HandSet | None = None) -> Verdict:
    def verdict(light: Light | None, why: Why) -> Verdict:
        source = Source.RULE if light else Source.NONE
        return Verdict(light, source, why, None, rule, children, hand)

    if rule is LightRule.BY_HAND:
        return verdict(None, Why.WAITS_FOR_HAND)
    if not children:
        return verdict(None, Why.NO_CHILDREN)
    lights = [child.light for child in children if child.light]
    if len(lights) < len(children):
        return verdict(None, Why.CHILD_WITHOUT_LIGHT)
    worst = max(lights, key=list(Light).index)
    if worst is Light.GREEN:
        return verdict(Light.GREEN, Why.ALL_GREEN)
    if rule is LightRule.ALL_GREEN:
        return verdict(Light.RED, Why.NOT_ALL_GREEN)
    return verdict(worst, Why.WORST_CHILD)


def _not_green(children: Sequence[Child]) -> list[Child]:
    return [child for child in children if child.light is not Light.GREEN]


def _either(colours: frozenset[Light]) -> str:
    return f" {_('or')} ".join(colour_word(colour) for colour in Light if colour in colours)


def titles(children: Sequence[Child]) -> str:
    """The first titles, and how many more there are."""
    named = ", ".join(child.title for child in children[:NAMED_CHILDREN])
    rest = len(children) - NAMED_CHILDREN
    return _("{titles} and {count} more", titles=named, count=rest) if rest > 0 else named
