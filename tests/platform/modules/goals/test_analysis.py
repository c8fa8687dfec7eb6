from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import event, select

from roder.infra.errors import ModuleOff, NotFound
from roder.infra.i18n import use_locale
from roder.infra.periods import Period, parse_period
from roder.platform.modules.goals.analysis import GoalAnalysis, Row, goal_analysis
from roder.platform.modules.goals.design import LevelDesign, create_model
from roder.platform.modules.goals.explaining import explain
from roder.platform.modules.goals.models import (
    Activity,
    HandLight,
    Indicator,
    Level,
    NodeComment,
    NodeKind,
    Outcome,
    PlanNode,
    Spread,
    SteeringModel,
)
from roder.platform.modules.goals.rules import Light, LightRule, Source
from roder.platform.modules.goals.view import model_with_levels
from roder.tenants.models import UnitKind
from roder.tenants.rows import uuid7
from roder.tenants.units import add_unit, change_unit
from roder.tenants.work import Work

YEAR = Period(2026)
NOW = datetime(2026, 11, 1, 9, 30, tzinfo=UTC)
LEVELS = (
    LevelDesign("committee_goal", NodeKind.GOAL, {"sv": "Nämndmål"}),
    LevelDesign("goal", NodeKind.GOAL, {"sv": "Mål"}, ("committee_goal",)),
    LevelDesign("indicator", NodeKind.INDICATOR, {"sv": "Styrtal"}, ("goal",)),
    LevelDesign("assignment", NodeKind.ASSIGNMENT, {"sv": "Uppdrag"}, ("goal",)),
    LevelDesign("activity", NodeKind.ACTIVITY, {"sv": "Aktivitet"}, ("goal", "assignment")),
    LevelDesign("own_goal", NodeKind.GOAL, {"sv": "Åtagande"}, spread=Spread.DISTRIBUTED),
    LevelDesign(
        "own_indicator",
        NodeKind.INDICATOR,
        {"sv": "Nyckeltal"},
        ("own_goal", "goal"),
        spread=Spread.DISTRIBUTED,
    ),
)


@dataclass
class Plan:
    """A steering model, and short ways to put something on it."""

    work: Work
    model: SteeringModel
    levels: dict[str, Level]
    units: dict[str, UUID]

    async def node(
        self,
        key: str,
        title: str,
        *,
        at: str = "committee",
        parent: PlanNode | None = None,
        origin: PlanNode | None = None,
        position: int = 0,
        state: str = "done",
        **measured: Any,
    ) -> PlanNode:
        level = self.levels[key]
        node = PlanNode(
            id=uuid7(),
            model_id=self.model.id,
            level_id=level.id,
            kind=level.kind,
            unit_id=self.units[at],
            parent_id=parent and parent.id,
            origin_id=origin and origin.id,
            title=title,
            position=position,
        )
        self.work.add(node)
        await self.work.flush()
        if level.kind is NodeKind.INDICATOR:
            self.work.add(Indicator(id=node.id, **measured))
        elif level.kind is NodeKind.ACTIVITY:
            self.work.add(Activity(id=node.id, state=state))
        await self.work.flush()
        return node

    def value(
        self, node: PlanNode, *, at: str = "committee", period: str = "2026", **values: str
    ) -> None:
        numbers = {name: Decimal(value) for name, value in values.items()}
        self.work.add(
            Outcome(
                node_id=node.id,
                unit_id=self.units[at],
                period=period,
                entered_by=self.work.actor.id,
                entered_at=NOW,
                **numbers,
            )
        )

    def comment(self, node: PlanNode, text: str, *, at: str = "committee") -> None:
        self.work.add(
            NodeComment(
                node_id=node.id, unit_id=self.units[at], period="2026", text=text, written_at=NOW
            )
        )

    def by_hand(self, node: PlanNode, light: str) -> None:
        self.work.add(
            HandLight(
                node_id=node.id,
                unit_id=self.units["committee"],
                period="2026",
                light=light,
                reason="Vi nådde fram på annat sätt",
                set_by=self.work.actor.id,
                set_at=NOW,
            )
        )

    async def seen(self, *, at: str = "committee", period: Period = YEAR) -> GoalAnalysis:
        await self.work.flush()
        return await goal_analysis(self.work, unit_id=self.units[at], period=period)


@pytest.fixture
async def plan(town, work: Work) -> Plan:
    await create_model(work, year=2026, name="Östhammar", levels=LEVELS)
    model, levels = await model_with_levels(work, year=2026)
    assert model is not None
    units = {key: unit.id for key, unit in town.units.items()}
    return Plan(work, model, {level.key: level for level in levels}, units)


def lights(analysis: GoalAnalysis) -> dict[str, Light | None]:
    return {row.node.title: row.verdict.light for row in analysis.rows if row.verdict}


def rows(analysis: GoalAnalysis) -> dict[str, Row]:
    return {row.node.title: row for row in analysis.rows}


def tree(analysis: GoalAnalysis) -> list[tuple[int, str]]:
    return [(row.depth, row.node.title) for row in analysis.rows]


def why(row: Row) -> str:
    explained = explain(row)
    assert explained is not None
    return explained.sentence.replace("\u00a0", " ")


async def staff(plan: Plan) -> tuple[PlanNode, PlanNode, list[PlanNode]]:
    """The goal of the social services with its four indicators, of which one has its values."""
    top = await plan.node("committee_goal", "Attraktiv arbetsgivare")
    goal = await plan.node("goal", "Minska sjukfrånvaro", parent=top)
    indicators = [
        await plan.node("indicator", title, parent=goal, position=at, **measured)
        for at, (title, measured) in enumerate(
            {
                "Minskad sjukfrånvaro": {"measure_unit": "%"},
                "Helhetsintrycket": {},
                "Heltidsanställda": {"measure_unit": "%", "decimals": 1},
                "Anställda män": {"measure_unit": "%"},
            }.items()
        )
    ]
    plan.value(indicators[0], target="9")
    plan.value(indicators[1], total="77", target="76")
    plan.value(indicators[2], target="35")
    plan.value(indicators[3], target="14")
    return top, goal, indicators


async def fill(plan: Plan, indicators: list[PlanNode], values: dict[int, str]) -> None:
    await plan.work.flush()
    ids = [node.id for node in indicators]
    outcomes = await plan.work.scalars(select(Outcome).where(Outcome.node_id.in_(ids)))
    found = {outcome.node_id: outcome for outcome in outcomes}
    for at, value in values.items():
        found[ids[at]].total = Decimal(value)


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


async def test_a_unit_sees_the_visible_goals_above_it_with_its_own_values(plan):
    top, goal, indicators = await staff(plan)
    council = await plan.node("committee_goal", "Fullmäktiges mål", at="council", position=9)
    own = await plan.node("goal", "Enhetens eget mål", at="home_care", parent=top, position=5)
    await plan.node("committee_goal", "Skolans mål", at="school_board")
    plan.value(indicators[1], at="home_care", total="70", target="76")
    plan.comment(goal, "Nämndens kommentar")
    plan.comment(goal, "Enhetens kommentar", at="home_care")

    below = await plan.seen(at="home_care")

    assert tree(below) == [
        (0, "Attraktiv arbetsgivare"),
        (1, "Minska sjukfrånvaro"),
        (2, "Minskad sjukfrånvaro"),
        (2, "Helhetsintrycket"),
        (2, "Heltidsanställda"),
        (2, "Anställda män"),
        (1, "Enhetens eget mål"),
        (0, "Fullmäktiges mål"),
    ]
    seen = rows(below)
    assert [row.node.id for row in below.rows if not row.inherited] == [own.id]
    assert seen["Helhetsintrycket"].values
    assert seen["Helhetsintrycket"].values.total == 70
    assert lights(below)["Helhetsintrycket"] is Light.RED
    assert seen["Minska sjukfrånvaro"].comment
    assert seen["Minska sjukfrånvaro"].comment.text == "Enhetens kommentar"
    above = await plan.seen()
    assert council.title in rows(above)
    assert own.title not in rows(above)
    assert tree(await plan.seen(at="council")) == [(0, "Fullmäktiges mål")]


async def distributed(plan: Plan, how: str) -> tuple[PlanNode, list[PlanNode]]:
    """An indicator of the council, with a copy at the committee and its copy at home care."""
    goal = await plan.node("own_goal", "Åtagande", at="council")
    top = await plan.node("own_indicator", "Nöjda", at="council", parent=goal, consolidation=how)
    copies = []
    for at in ("committee", "school_board"):
        above = await plan.node("own_goal", "Åtagande", at=at, origin=goal)
        copies.append(
            await plan.node(
                "own_indicator", "Nöjda", at=at, origin=top, parent=above, consolidation=how
            )
        )
    return top, copies


async def test_of_what_is_distributed_a_unit_sees_only_its_own_copies(plan):
    _top, copies = await distributed(plan, "sum")

    analysis = await plan.seen()

    assert tree(analysis) == [(0, "Åtagande"), (1, "Nöjda")]
    assert [row.inherited for row in analysis.rows] == [False, False]
    assert analysis.rows[1].node.id == copies[0].id
    assert analysis.rows[1].parent_id == analysis.rows[0].node.id
    assert tree(await plan.seen(at="home_care")) == []


async def test_a_copy_whose_parent_is_out_of_view_stands_where_its_origin_stands(plan):
    above = await plan.node("goal", "Synligt mål", at="council")
    origin = await plan.node("own_indicator", "Nöjda", at="council", parent=above)
    copy = await plan.node("own_indicator", "Nöjda", at="home_care", origin=origin)

    analysis = await plan.seen(at="home_care")

    assert tree(analysis) == [(0, "Synligt mål"), (1, "Nöjda")]
    assert analysis.rows[1].node.id == copy.id


@pytest.mark.parametrize(("how", "total", "target"), [("sum", "150", "160"), ("mean", "75", "80")])
async def test_an_indicator_without_a_total_consolidates_its_copies(plan, how, total, target):
    _top, (committee, school) = await distributed(plan, how)
    plan.value(committee, total="70", women="40", men="30", target="80")
    plan.value(school, at="school_board", total="80", women="45", target="80")

    row = rows(await plan.seen(at="council"))["Nöjda"]

    assert row.values
    assert row.verdict
    assert row.values.consolidated
    assert (row.values.total, row.values.target) == (Decimal(total), Decimal(target))
    assert row.values.men is None
    assert row.values.women == (Decimal(85) if how == "sum" else Decimal("42.5"))
    assert row.verdict.light is Light.RED
    assert row.missing == ()


async def test_consolidation_waits_for_every_copy_and_goes_through_copies_of_copies(plan):
    top, (committee, school) = await distributed(plan, "sum")
    below = [
        await plan.node("own_indicator", "Nöjda", at="home_care", origin=committee) for _ in "ab"
    ]
    plan.value(top, at="council", target="100")
    plan.value(school, at="school_board", total="80", target="999")
    plan.value(below[0], at="home_care", total="10")
    waiting = rows(await plan.seen(at="council"))["Nöjda"]
    plan.value(below[1], at="home_care", total="20")
    ready = rows(await plan.seen(at="council"))["Nöjda"]

    assert waiting.values
    assert ready.values
    assert (waiting.values.total, waiting.values.consolidated) == (None, False)
    assert (ready.values.total, ready.values.target) == (Decimal(110), Decimal(100))
    assert ready.verdict
    assert ready.verdict.light is Light.GREEN


async def test_a_total_of_ones_own_goes_before_that_of_the_copies(plan):
    top, (committee, school) = await distributed(plan, "sum")
    plan.value(top, at="council", total="5", target="5")
    plan.value(committee, total="70")
    plan.value(school, at="school_board", total="80")

    row = rows(await plan.seen(at="council"))["Nöjda"]

    assert row.values
    assert (row.values.total, row.values.consolidated) == (Decimal(5), False)


async def test_a_yearly_indicator_is_not_asked_for_at_a_tertial(plan):
    goal = await plan.node("goal", "Mål")
    yearly = await plan.node("indicator", "per år", parent=goal)
    tertial = await plan.node("indicator", "per tertial", parent=goal, periodicity="tertial")
    monthly = await plan.node("indicator", "per månad", parent=goal, periodicity="month")
    later = await plan.node("goal", "Senare", position=1)
    await plan.node("indicator", "per halvår", parent=later, periodicity="half_year")
    plan.value(yearly, total="1", target="2")
    plan.value(tertial, period="2026-T1", total="2", target="2")
    plan.value(monthly, period="2026-04", total="2", target="2")

    analysis = await plan.seen(period=parse_period("2026-T1"))

    seen = rows(analysis)
    assert {title: row.values and row.values.period for title, row in seen.items()} == {
        "Mål": None,
        "per månad": "2026-04",
        "per tertial": "2026-T1",
        "per år": None,
        "Senare": None,
        "per halvår": None,
    }
    assert lights(analysis)["Mål"] is Light.GREEN
    assert why(seen["Mål"]) == "Målet är grönt: alla 2 styrtal är gröna."
    assert (seen["Senare"].due, seen["per år"].due) == (False, False)
    assert why(seen["Senare"]) == (
        "Ingen färg än: det finns inget värde att lämna för den här perioden."
    )
    assert analysis.missing == 0
    assert [warning.title for warning in analysis.warnings] == ["Mål"]
    whole = await plan.seen()
    assert lights(whole)["Mål"] is None
    assert rows(whole)["per tertial"].values == rows(whole)["per tertial"].values
    assert {row.node.title: row.missing for row in whole.rows if row.missing} == {
        "per månad": ("total", "target"),
        "per tertial": ("total", "target"),
        "per halvår": ("total", "target"),
    }


async def test_missing_women_and_men_are_counted_but_do_not_block_the_light(plan):
    goal = await plan.node("goal", "Mål")
    node = await plan.node("indicator", "delat", parent=goal, by_sex=True)
    plan.value(node, total="9", target="9", women="8")

    row = (await plan.seen()).rows[1]

    assert row.missing == ("men",)
    assert row.verdict
    assert row.verdict.light is Light.GREEN


async def test_what_would_stand_as_an_exclamation_mark_is_listed(plan):
    top = await plan.node("committee_goal", "Nämndmål")
    goal = await plan.node("goal", "Mål", parent=top)
    await plan.node("indicator", "tomt", parent=goal)
    untargeted = await plan.node("indicator", "utan måltal", parent=goal, position=1)
    plan.value(untargeted, total="1")
    assignment = await plan.node("assignment", "Uppdrag", parent=goal)
    finished = await plan.node("activity", "klar", parent=assignment)
    await plan.node("activity", "öppen", parent=assignment, position=1, state="ongoing")
    told = await plan.node("activity", "pågår", parent=goal, state="ongoing")
    plan.comment(finished, "Klart i maj")
    plan.comment(told, "Halvvägs")
    plan.comment(top, " ")
    plan.comment(goal, "Vi är på väg")

    analysis = await plan.seen()

    assert [(warning.kind, warning.sentence) for warning in analysis.warnings] == [
        ("goal_uncommented", 'Målet "Nämndmål" har ingen kommentar.'),
        ("outcome_missing", 'Styrtalet "tomt" saknar utfall.'),
        ("target_missing", 'Styrtalet "utan måltal" saknar måltal.'),
        ("activity_open", 'Aktiviteten "öppen" är inte avslutad.'),
        ("activity_uncommented", 'Aktiviteten "öppen" har ingen kommentar.'),
        ("activity_open", 'Aktiviteten "pågår" är inte avslutad.'),
    ]
    assert analysis.warnings[0].node_id == top.id
    assert [row.verdict for row in analysis.rows if row.node.kind is NodeKind.ACTIVITY] == [
        None
    ] * 3


async def test_siblings_stand_by_level_then_position_then_title_in_swedish_order(plan):
    goal = await plan.node("goal", "Mål")
    for key, title, position in (
        ("activity", "a", 0),
        ("indicator", "Ängar", 1),
        ("indicator", "Åar", 1),
        ("indicator", "Zoo", 1),
        ("indicator", "Öar", 0),
        ("assignment", "b", 0),
    ):
        await plan.node(key, title, parent=goal, position=position)

    found = [title for _depth, title in tree(await plan.seen())]

    assert found == ["Mål", "Öar", "Zoo", "Åar", "Ängar", "b", "a"]


async def test_the_tree_is_that_of_the_periods_last_day(plan):
    await plan.node("committee_goal", "Socialnämndens mål")
    await plan.node("committee_goal", "Skolans mål", at="school_board")
    await change_unit(
        plan.work,
        plan.units["home_care"],
        from_date=date(2026, 6, 1),
        name="Hemvård Öst",
        parent_id=plan.units["school_board"],
    )

    spring = await plan.seen(at="home_care", period=parse_period("2026-T1"))
    autumn = await plan.seen(at="home_care", period=parse_period("2026-T2"))

    assert (spring.unit_name, tree(spring)) == ("Hemtjänst Öst", [(0, "Socialnämndens mål")])
    assert (autumn.unit_name, tree(autumn)) == ("Hemvård Öst", [(0, "Skolans mål")])


async def test_a_year_without_a_steering_model_has_no_rows(plan):
    analysis = await plan.seen(period=Period(2019))

    assert (analysis.model, analysis.rows, analysis.warnings) == (None, (), ())


async def test_another_municipality_cannot_tell_the_unit_or_the_model_exists(
    town, other_town, plan
):
    await plan.node("committee_goal", "Hemligt")
    async with await other_town.work("employee", write=False) as work:
        answers = set()
        for unit_id, model_id in (
            (town.units["committee"].id, None),
            (uuid7(), None),
            (other_town.units["committee"].id, plan.model.id),
            (other_town.units["committee"].id, uuid7()),
        ):
            with pytest.raises(NotFound) as refused:
                await goal_analysis(work, unit_id=unit_id, period=YEAR, model_id=model_id)
            answers.add(str(refused.value))
        own = await goal_analysis(work, unit_id=other_town.units["committee"].id, period=YEAR)

    assert len(answers) == 1
    assert own.model is None


async def test_the_analysis_is_gone_while_the_module_is_off(plan):
    plan.work.tenant = replace(plan.work.tenant, modules=frozenset())
    with pytest.raises(ModuleOff):
        await plan.seen()


async def test_any_size_takes_the_same_few_statements(plan):
    await distributed(plan, "sum")
    statements: list[object] = []
    connection = (await plan.work.session.connection()).sync_connection
    assert connection is not None

    def note(*execution: object) -> None:
        statements.append(execution[2])

    counted = []
    for size in (1, 30):
        for at in range(size):
            goal = await plan.node("goal", f"Mål {size} {at}", at="council")
            node = await plan.node("indicator", "Styrtal", at="council", parent=goal)
            plan.value(node, at="council", total="1", target="1")
        await plan.work.flush()
        event.listen(connection, "before_cursor_execute", note)
        analysis = await plan.seen(at="council")
        event.remove(connection, "before_cursor_execute", note)
        counted.append((len(statements), len(analysis.rows)))
        statements.clear()

    assert counted == [(10, 4), (10, 64)]


async def test_a_unit_that_begins_after_the_period_has_only_what_it_owns(plan):
    late = await add_unit(
        plan.work,
        code="late",
        name="Sent ute",
        kind=UnitKind.UNIT,
        parent_id=plan.units["committee"],
        valid_from=date(2027, 1, 1),
    )
    await plan.node("committee_goal", "Nämndens mål")

    analysis = await goal_analysis(plan.work, unit_id=late.id, period=YEAR)

    assert (analysis.unit_name, analysis.rows) == ("Sent ute", ())
