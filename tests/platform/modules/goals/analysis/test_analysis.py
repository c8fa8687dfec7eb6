from __future__ import annotations

from decimal import Decimal

import pytest
from goal_plan import NOW, fill, lights, rows, staff, why

from roder.infra.i18n import use_locale
from roder.platform.modules.goals.analysis.explaining import explain
from roder.platform.modules.goals.rules import Light, LightRule, Source


async def test_a_goal_stays_dark_until_every_indicator_has_its_values(plan):
    await staff(plan)

    analysis = await plan.seen()

    assert lights(analysis) == {
        "Attraktiv arbetsgivare": None,
        "Minska sjukfrånvaro": None,
        "Minskad sjukfrånvaro": None,
        "Helhetsintrycket": Light.GREEN,
        "Heltidsanställda": None,
        "Anställda män": None,
    }
    assert analysis.unit_name == "Socialnämnden"
    assert analysis.missing == 3
    assert rows(analysis)["Anställda män"].missing == ("total",)
    assert why(rows(analysis)["Helhetsintrycket"]) == (
        "Styrtalet är grönt: utfallet 77 är över måltalet 76, och högre är bättre."
    )
    assert why(rows(analysis)["Minska sjukfrånvaro"]) == (
        "Ingen färg än: 3 av 4 styrtal saknar färg "
        "(Minskad sjukfrånvaro, Heltidsanställda, Anställda män)."
    )


async def test_filled_indicators_light_the_goal_and_the_goal_above_by_the_worst(plan):
    _top, _goal, indicators = await staff(plan)
    await fill(plan, indicators, {0: "9", 2: "34.5", 3: "15"})

    analysis = await plan.seen()

    assert lights(analysis) == {
        "Attraktiv arbetsgivare": Light.RED,
        "Minska sjukfrånvaro": Light.RED,
        "Minskad sjukfrånvaro": Light.GREEN,
        "Helhetsintrycket": Light.GREEN,
        "Heltidsanställda": Light.RED,
        "Anställda män": Light.GREEN,
    }
    seen = rows(analysis)
    assert why(seen["Minska sjukfrånvaro"]) == (
        "Målet är rött: 1 av 4 styrtal är rött (Heltidsanställda)."
    )
    assert why(seen["Attraktiv arbetsgivare"]) == (
        "Målet är rött: 1 av 1 mål är rött (Minska sjukfrånvaro)."
    )
    assert why(seen["Heltidsanställda"]) == (
        "Styrtalet är rött: utfallet 34,5 % är under måltalet 35,0 %, och högre är bättre."
    )
    assert why(seen["Minskad sjukfrånvaro"]) == (
        "Styrtalet är grönt: utfallet 9 % är lika med måltalet."
    )
    with use_locale("en"):
        assert why(seen["Minska sjukfrånvaro"]) == (
            "The goal is red: 1 of 4 indicators is red (Heltidsanställda)."
        )


async def test_a_green_that_gave_way_is_told_once_where_no_rule_lights(plan):
    _top, goal, indicators = await staff(plan)
    plan.levels["goal"].light_rule = "by_hand"
    plan.by_hand(goal, "green")
    await fill(plan, indicators, {0: "9", 2: "20", 3: "14"})
    gone = rows(await plan.seen())["Minska sjukfrånvaro"]

    assert why(gone) == (
        "Det gröna som sattes för hand gäller inte längre, för något under målet är inte grönt. "
        "Färgen sätts för hand här, och ingen har satt den än."
    )


async def test_a_green_set_by_hand_gives_way_when_something_below_is_not_green(plan):
    _top, goal, indicators = await staff(plan)
    plan.by_hand(goal, "green")
    await fill(plan, indicators, {0: "9", 2: "35", 3: "14"})
    holds = rows(await plan.seen())["Minska sjukfrånvaro"]
    await fill(plan, indicators, {2: "20"})
    gone = rows(await plan.seen())["Minska sjukfrånvaro"]

    assert holds.verdict
    assert gone.verdict
    assert (holds.verdict.light, holds.verdict.source) == (Light.GREEN, Source.HAND)
    assert why(holds) == (
        "Målet sattes till grönt för hand 2026-11-01: Vi nådde fram på annat sätt"
    )
    assert (gone.verdict.light, gone.verdict.source) == (Light.RED, Source.RULE)
    assert why(gone) == (
        "Det gröna som sattes för hand gäller inte längre, för något under målet är inte grönt. "
        "Målet är rött: 1 av 4 styrtal är rött (Heltidsanställda)."
    )
    explained = explain(gone)
    assert explained is not None
    assert explained.set_by == plan.work.actor.id
    assert explained.set_at == NOW
    assert explained.rule == "När allt under målet har fått färg får målet den sämsta av dem."
    assert [child.light for child in explained.children] == [
        Light.GREEN,
        Light.GREEN,
        Light.RED,
        Light.GREEN,
    ]


async def test_a_red_set_by_hand_lights_a_goal_whose_indicators_are_not_in(plan):
    _top, goal, _indicators = await staff(plan)
    plan.by_hand(goal, "red")

    found = lights(await plan.seen())

    assert (found["Minska sjukfrånvaro"], found["Attraktiv arbetsgivare"]) == (Light.RED, Light.RED)


async def test_limits_and_directions_are_named_with_their_numbers(plan):
    goal = await plan.node("goal", "Mål")
    for at, (title, total, measured) in enumerate(
        [
            ("gul", "8", {"yellow_limit": Decimal("2")}),
            ("nästan", "8.5", {"green_limit": Decimal("0.5"), "decimals": 1}),
            ("lägre", "8.5", {"direction": "lower", "decimals": 1}),
            ("nära", "1234567", {"direction": "band", "measure_unit": "kr"}),
        ]
    ):
        node = await plan.node("indicator", title, parent=goal, position=at, **measured)
        plan.value(node, total=total, target="9")

    analysis = await plan.seen()

    assert [why(row) for row in analysis.rows] == [
        "Målet är rött: 1 av 4 styrtal är rött (nära).",
        "Styrtalet är gult: utfallet 8 är under måltalet 9, men inom gränsen för gult, 2.",
        "Styrtalet är grönt: utfallet 8,5 är under måltalet 9,0, men inom gränsen för grönt, 0,5.",
        "Styrtalet är grönt: utfallet 8,5 är under måltalet 9,0, och lägre är bättre.",
        (
            "Styrtalet är rött: utfallet 1\u202f234\u202f567 kr är över måltalet 9 kr, "
            "och det ska ligga nära."
        ),
    ]


@pytest.mark.parametrize(
    ("rule", "light", "sentence"),
    [
        (LightRule.ALL_GREEN, Light.RED, "Målet är rött: 2 av 3 styrtal är inte gröna (b, c)."),
        (LightRule.WORST_CHILD, Light.RED, "Målet är rött: 1 av 3 styrtal är rött (c)."),
        (LightRule.BY_HAND, None, "Färgen sätts för hand här, och ingen har satt den än."),
    ],
)
async def test_the_rule_of_the_level_lights_its_goals(plan, rule, light, sentence):
    plan.levels["goal"].light_rule = rule.value
    goal = await plan.node("goal", "Mål")
    for title, total in (("a", "9"), ("b", "8"), ("c", "1")):
        node = await plan.node("indicator", title, parent=goal, yellow_limit=Decimal(1))
        plan.value(node, total=total, target="9")

    row = (await plan.seen()).rows[0]

    assert row.verdict
    assert row.verdict.light is light
    assert why(row) == sentence
