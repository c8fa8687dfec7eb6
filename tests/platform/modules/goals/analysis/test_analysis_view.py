from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from goal_plan import YEAR, Plan, lights, rows, staff, tree, why
from sent_statements import sent_statements
from sqlalchemy import select

from roder.infra.errors import Conflict, ModuleOff, NotFound
from roder.infra.periods import Period, parse_period
from roder.platform.modules.goals.analysis.analysis import goal_analysis
from roder.platform.modules.goals.models import (
    HandLight,
    NodeKind,
    PlanNode,
)
from roder.platform.modules.goals.rules import Light
from roder.platform.modules.goals.values.lights import set_light_by_hand
from roder.tenants.models import UnitKind
from roder.tenants.rows import uuid7
from roder.tenants.tree.units import add_unit, change_unit


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
    counted = []
    for size in (1, 30):
        for at in range(size):
            goal = await plan.node("goal", f"Mål {size} {at}", at="council")
            node = await plan.node("indicator", "Styrtal", at="council", parent=goal)
            plan.value(node, at="council", total="1", target="1")
        await plan.work.flush()
        with sent_statements(plan.work.runtime) as statements:
            analysis = await plan.seen(at="council")
        counted.append((len(statements), len(analysis.rows)))

    assert counted == [(11, 4), (11, 64)]


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


async def test_a_goal_is_judged_by_what_units_below_have_put_under_it(plan):
    goal = await plan.node("goal", "Trygg omsorg")
    below = await plan.node("indicator", "Personalkontinuitet", at="home_care", parent=goal)

    dark = await plan.seen()
    plan.value(below, at="home_care", total="9", target="12")
    red = await plan.seen()

    assert [row.node.title for row in red.rows] == ["Trygg omsorg"]
    assert (lights(dark), lights(red)) == ({"Trygg omsorg": None}, {"Trygg omsorg": Light.RED})
    assert [child.title for child in rows(red)["Trygg omsorg"].verdict.children] == [
        "Personalkontinuitet"
    ]


async def test_green_by_hand_is_refused_for_what_is_red_at_a_unit_below(plan, town):
    goal = await plan.node("goal", "Trygg omsorg")
    below = await plan.node("indicator", "Personalkontinuitet", at="home_care", parent=goal)
    plan.value(below, at="home_care", total="9", target="12")

    with pytest.raises(Conflict, match="Personalkontinuitet"):
        await set_light_by_hand(
            plan.work,
            goal.id,
            unit_id=plan.units["committee"],
            period="2026",
            light=Light.GREEN,
            reason="Vi tycker det",
        )

    assert await plan.work.scalars(select(HandLight)) == []
