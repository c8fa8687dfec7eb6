from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from roder.infra.errors import Conflict, InvalidInput
from roder.platform.modules.goals.rules import (
    Child,
    Consolidation,
    Direction,
    HandSet,
    Light,
    LightRule,
    Measure,
    Source,
    Why,
    check_by_hand,
    check_limits,
    consolidate,
    effective_light,
    explain,
    indicator_light,
    judge_indicator,
    rule_text,
)

GREEN, YELLOW, RED = Light.GREEN, Light.YELLOW, Light.RED
GREEN_OR_RED = frozenset({GREEN, RED})
ANNA = UUID(int=7)
WHEN = datetime(2020, 2, 3, 9, 30, tzinfo=UTC)
VALUES = st.decimals(-1000, 1000, places=2)
LIMITS = st.decimals(0, 100, places=2)


def children(*lights: Light | None) -> list[Child]:
    return [Child(UUID(int=i), f"Styrtal {i}", light) for i, light in enumerate(lights, 1)]


def by_hand(light: Light) -> HandSet:
    return HandSet(light, ANNA, WHEN, "Vi är på rätt väg")


@pytest.mark.parametrize(("outcome", "target"), [(None, None), ("77", None), (None, "76")])
def test_no_light_before_outcome_and_target_are_in(outcome: str | None, target: str | None) -> None:
    light = indicator_light(
        outcome=None if outcome is None else Decimal(outcome),
        target=None if target is None else Decimal(target),
        direction=Direction.HIGHER,
    )
    assert light is None


@pytest.mark.parametrize(
    ("direction", "outcome", "light"),
    [
        # target 76, green within 2, yellow within 5
        ("higher", "1000", GREEN),
        ("higher", "76", GREEN),
        ("higher", "74.000001", GREEN),
        ("higher", "74", GREEN),
        ("higher", "73.999999", YELLOW),
        ("higher", "71", YELLOW),
        ("higher", "70.999999", RED),
        ("lower", "-1000", GREEN),
        ("lower", "76", GREEN),
        ("lower", "77.999999", GREEN),
        ("lower", "78", GREEN),
        ("lower", "78.000001", YELLOW),
        ("lower", "81", YELLOW),
        ("lower", "81.000001", RED),
        ("band", "76", GREEN),
        ("band", "74", GREEN),
        ("band", "78", GREEN),
        ("band", "73.999999", YELLOW),
        ("band", "78.000001", YELLOW),
        ("band", "71", YELLOW),
        ("band", "81", YELLOW),
        ("band", "70.999999", RED),
        ("band", "81.000001", RED),
    ],
)
def test_a_value_on_a_limit_gets_the_better_light(
    direction: str, outcome: str, light: Light
) -> None:
    found = indicator_light(
        outcome=Decimal(outcome),
        target=Decimal(76),
        direction=Direction(direction),
        green_limit=Decimal(2),
        yellow_limit=Decimal(5),
    )
    assert found is light


@pytest.mark.parametrize(
    ("direction", "outcome", "light"),
    [
        ("higher", "76", GREEN),
        ("higher", "75.999999", RED),
        ("lower", "76", GREEN),
        ("lower", "76.000001", RED),
        ("band", "76", GREEN),
        ("band", "75.999999", RED),
        ("band", "76.000001", RED),
    ],
)
def test_without_limits_the_target_is_met_or_not(
    direction: str, outcome: str, light: Light
) -> None:
    found = indicator_light(
        outcome=Decimal(outcome), target=Decimal(76), direction=Direction(direction)
    )
    assert found is light


def test_decimal_sums_meet_their_limit_exactly() -> None:
    light = indicator_light(
        outcome=Decimal("0.1") + Decimal("0.2"),
        target=Decimal("0"),
        direction=Direction.LOWER,
        green_limit=Decimal("0.3"),
    )
    assert light is GREEN


@given(VALUES, VALUES, VALUES, LIMITS, st.none() | LIMITS, st.sampled_from(Direction))
def test_a_better_outcome_never_gets_a_worse_light(
    one: Decimal,
    other: Decimal,
    target: Decimal,
    green: Decimal,
    yellow: Decimal | None,
    direction: Direction,
) -> None:
    badness = {
        Direction.HIGHER: lambda outcome: -outcome,
        Direction.LOWER: lambda outcome: outcome,
        Direction.BAND: lambda outcome: abs(outcome - target),
    }[direction]
    better, worse = sorted((one, other), key=badness)
    lights = [
        indicator_light(
            outcome=outcome,
            target=target,
            direction=direction,
            green_limit=green,
            yellow_limit=yellow,
        )
        for outcome in (better, worse)
    ]
    assert _rank(lights[0]) <= _rank(lights[1])


@given(st.lists(st.sampled_from(Light), min_size=1), st.integers(0), st.sampled_from(LightRule))
def test_a_better_child_never_gives_a_goal_a_worse_light(
    lights: list[Light], index: int, rule: LightRule
) -> None:
    better = list(lights)
    better[index % len(lights)] = GREEN
    before = effective_light(children(*lights), rule=rule).light
    after = effective_light(children(*better), rule=rule).light
    assert (before is after is None) or _rank(after) <= _rank(before)


@pytest.mark.parametrize(
    ("green", "yellow"), [("-0.01", None), ("-1", "5"), ("2", "1.99"), ("0", "-1")]
)
def test_limits_that_no_value_can_meet_in_order_are_refused(green: str, yellow: str | None) -> None:
    with pytest.raises(InvalidInput):
        check_limits(Decimal(green), None if yellow is None else Decimal(yellow))


def test_equal_limits_and_no_limits_are_allowed() -> None:
    check_limits(Decimal(0), None)
    check_limits(Decimal(2), Decimal(2))


@pytest.mark.parametrize("rule", LightRule)
def test_a_goal_without_children_has_no_light(rule: LightRule) -> None:
    assert effective_light([], rule=rule).light is None


@pytest.mark.parametrize("rule", LightRule)
@pytest.mark.parametrize("lights", [(None,), (GREEN, None), (None, RED), (GREEN, GREEN, None)])
def test_a_goal_has_no_light_before_all_its_children_have_one(
    rule: LightRule, lights: tuple[Light | None, ...]
) -> None:
    assert effective_light(children(*lights), rule=rule).light is None


@pytest.mark.parametrize(
    ("lights", "worst_child", "all_green"),
    [
        ((GREEN,), GREEN, GREEN),
        ((GREEN, GREEN), GREEN, GREEN),
        ((GREEN, YELLOW), YELLOW, RED),
        ((YELLOW,), YELLOW, RED),
        ((RED, GREEN), RED, RED),
        ((GREEN, YELLOW, RED), RED, RED),
    ],
)
def test_a_goal_gets_its_light_from_all_its_children(
    lights: tuple[Light, ...], worst_child: Light, all_green: Light
) -> None:
    expected = {
        LightRule.WORST_CHILD: worst_child,
        LightRule.ALL_GREEN: all_green,
        LightRule.BY_HAND: None,
    }
    for rule, light in expected.items():
        assert effective_light(children(*lights), rule=rule).light is light


def test_yellow_by_hand_is_refused_where_only_green_and_red_are_allowed() -> None:
    with pytest.raises(InvalidInput) as refusal:
        check_by_hand(YELLOW, allowed=GREEN_OR_RED, reason="Nästan", children=children(GREEN))
    assert refusal.value.message == (
        "Den färgen går inte att sätta för hand. Välj grönt eller rött."
    )
    assert refusal.value.field == "light"


@pytest.mark.parametrize("reason", ["", "   ", "\n\t"])
def test_a_light_by_hand_needs_a_reason(reason: str) -> None:
    with pytest.raises(InvalidInput) as refusal:
        check_by_hand(RED, allowed=GREEN_OR_RED, reason=reason, children=[])
    assert refusal.value.message == "Skriv varför du ändrar färgen. Texten syns i historiken."
    assert refusal.value.field == "reason"


@pytest.mark.parametrize("light", [YELLOW, RED, None])
def test_green_by_hand_is_refused_while_any_child_is_not_green(light: Light | None) -> None:
    with pytest.raises(Conflict) as refusal:
        check_by_hand(
            GREEN,
            allowed=GREEN_OR_RED,
            reason="Klart",
            children=children(GREEN, light, GREEN, light),
        )
    assert refusal.value.message == (
        "Målet kan inte bli grönt: 2 av 4 under det är inte gröna: Styrtal 2, Styrtal 4."
    )


def test_the_refusal_names_five_and_counts_the_rest() -> None:
    with pytest.raises(Conflict) as refusal:
        check_by_hand(GREEN, allowed=GREEN_OR_RED, reason="Klart", children=children(*[RED] * 8))
    assert refusal.value.message == (
        "Målet kan inte bli grönt: 8 av 8 under det är inte gröna: "
        "Styrtal 1, Styrtal 2, Styrtal 3, Styrtal 4, Styrtal 5 och 3 till."
    )


def test_green_by_hand_is_allowed_when_all_children_are_green_or_there_are_none() -> None:
    check_by_hand(GREEN, allowed=GREEN_OR_RED, reason="Klart", children=children(GREEN, GREEN))
    check_by_hand(GREEN, allowed=GREEN_OR_RED, reason="Klart", children=[])


def test_red_by_hand_is_allowed_over_any_children() -> None:
    check_by_hand(RED, allowed=GREEN_OR_RED, reason="Försent", children=children(GREEN, None))


@pytest.mark.parametrize("lights", [(), (GREEN,), (GREEN, GREEN)])
def test_a_green_set_by_hand_holds_while_every_child_is_green(lights: tuple[Light, ...]) -> None:
    verdict = effective_light(children(*lights), rule=LightRule.BY_HAND, hand=by_hand(GREEN))
    assert (verdict.light, verdict.source, verdict.why) == (GREEN, Source.HAND, Why.SET_BY_HAND)
    assert not verdict.gave_way


@pytest.mark.parametrize(
    ("rule", "lights", "light", "why"),
    [
        (LightRule.WORST_CHILD, (GREEN, YELLOW), YELLOW, Why.WORST_CHILD),
        (LightRule.ALL_GREEN, (GREEN, YELLOW), RED, Why.NOT_ALL_GREEN),
        (LightRule.WORST_CHILD, (GREEN, None), None, Why.CHILD_WITHOUT_LIGHT),
        (LightRule.BY_HAND, (GREEN, RED), None, Why.WAITS_FOR_HAND),
    ],
)
def test_a_green_set_by_hand_gives_way_when_a_child_is_not_green_any_more(
    rule: LightRule, lights: tuple[Light | None, ...], light: Light | None, why: Why
) -> None:
    verdict = effective_light(children(*lights), rule=rule, hand=by_hand(GREEN))
    assert (verdict.light, verdict.why, verdict.gave_way) == (light, why, True)
    assert verdict.source is (Source.RULE if light else Source.NONE)


@pytest.mark.parametrize("light", [YELLOW, RED])
def test_another_light_set_by_hand_goes_before_the_rule(light: Light) -> None:
    verdict = effective_light(children(GREEN, GREEN), hand=by_hand(light))
    assert (verdict.light, verdict.source) == (light, Source.HAND)


def test_without_a_hand_the_rule_lights() -> None:
    verdict = effective_light(children(GREEN, RED))
    assert (verdict.light, verdict.source, verdict.why) == (RED, Source.RULE, Why.WORST_CHILD)
    assert not verdict.gave_way


def test_a_goals_verdict_carries_all_that_answers_why() -> None:
    below, hand = children(GREEN, RED), by_hand(GREEN)
    verdict = effective_light(below, rule=LightRule.ALL_GREEN, hand=hand)
    assert (verdict.rule, verdict.children) == (LightRule.ALL_GREEN, tuple(below))
    assert verdict.hand == HandSet(GREEN, ANNA, WHEN, "Vi är på rätt väg")
    assert explain(verdict) == "Allt under målet är inte grönt."


def test_an_indicators_verdict_carries_its_measure() -> None:
    measure = Measure(Decimal(75), Decimal(76), Direction.HIGHER, Decimal(0), Decimal(2))
    verdict = judge_indicator(measure)
    assert (verdict.light, verdict.why, verdict.measure) == (
        YELLOW,
        Why.WITHIN_YELLOW_LIMIT,
        measure,
    )
    assert explain(verdict) == "Utfallet når inte måltalet men ligger inom gränsen för gult."


@pytest.mark.parametrize(
    ("outcome", "target", "why"),
    [
        (None, None, Why.OUTCOME_MISSING),
        (None, 76, Why.OUTCOME_MISSING),
        (77, None, Why.TARGET_MISSING),
        (76, 76, Why.WITHIN_GREEN_LIMIT),
        (75, 76, Why.BEYOND_LIMITS),
    ],
)
def test_an_indicators_verdict_gives_its_reason(
    outcome: int | None, target: int | None, why: Why
) -> None:
    measure = Measure(
        None if outcome is None else Decimal(outcome),
        None if target is None else Decimal(target),
        Direction.HIGHER,
    )
    assert judge_indicator(measure).why is why


def test_every_rule_has_words_of_its_own() -> None:
    assert len({rule_text(rule) for rule in LightRule}) == len(LightRule)


@pytest.mark.parametrize(
    ("how", "values", "result"),
    [
        ("none", "3 4 3", None),
        ("sum", "3 4 3", "10"),
        ("mean", "3 4 3", "3.333333"),
        ("mean", "8 8.5", "8.25"),
        ("mean", "70 90", "80"),
    ],
)
def test_values_of_many_units_become_one(how: str, values: str, result: str | None) -> None:
    found = consolidate([Decimal(value) for value in values.split()], Consolidation(how))

    assert (None if found is None else str(found)) == result


@pytest.mark.parametrize("how", Consolidation)
def test_nothing_is_consolidated_before_every_unit_has_its_value(how: Consolidation) -> None:
    assert consolidate([Decimal(2), None], how) is None
    assert consolidate([], how) is None


def _rank(light: Light | None) -> int:
    assert light is not None
    return list(Light).index(light)
