"""The state of a unit: its areas, their lights, and what has become of them since last year."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from goal_plan import YEAR, fill, staff
from sent_statements import sent_statements

from roder.infra.errors import NotFound
from roder.infra.periods import Period
from roder.platform.modules.goals.analysis.analysis import goal_analysis
from roder.platform.modules.goals.analysis.views import rows_of_views
from roder.platform.modules.goals.rules import Light
from roder.platform.modules.goals.state.changes import ChangeKind
from roder.platform.modules.goals.state.state import state_of
from roder.platform.modules.goals.steering.next_year import copy_model
from roder.platform.modules.goals.values.outcomes import set_outcome
from roder.platform.modules.goals.view.view import model_with_levels
from roder.tenants.models import UnitKind
from roder.tenants.tree.units import add_unit, ancestors


async def test_an_area_tells_of_what_stands_below_it(plan):
    _top, _goal, indicators = await staff(plan)
    await fill(plan, indicators, {0: "9", 2: "34.5"})
    await plan.work.flush()

    state = await state_of(plan.work, unit_id=plan.units["committee"], period=YEAR)

    (area,) = state.areas
    assert area.row.node.title == "Attraktiv arbetsgivare"
    assert (area.light, area.told_by, area.missing) == (None, None, 1)
    assert [(row.node.title, row.verdict.light) for row in area.goals] == [
        ("Minska sjukfrånvaro", None)
    ]
    assert [row.verdict.light for row in area.indicators] == [
        Light.GREEN,
        Light.GREEN,
        Light.RED,
        None,
    ]
    assert (state.missing, state.lights) == (1, {None: 2})
    assert [row.node.title for row in state.indicators] == [node.title for node in indicators]


async def test_the_views_of_many_units_are_the_goal_analysis_of_each(plan):
    _top, goal, indicators = await staff(plan)
    await fill(plan, indicators, {0: "9", 2: "36", 3: "12"})
    own = await plan.node("own_goal", "Åtagande", at="home_care", parent=goal)
    figure = await plan.node("own_indicator", "Nöjda", at="home_care", parent=own)
    plan.value(figure, at="home_care", total="3", target="4")
    origin = await plan.node("own_indicator", "Delat", parent=goal, consolidation="mean")
    copy = await plan.node("own_indicator", "Delat", at="home_care", origin=origin)
    plan.value(copy, at="home_care", total="8", target="7")
    plan.value(indicators[0], at="home_care", total="4", target="5")
    plan.by_hand(goal, "red")
    await plan.work.flush()
    lineages = {
        id: await ancestors(plan.work, id, on=date(2026, 12, 31)) for id in plan.units.values()
    }
    model, levels = await model_with_levels(plan.work, year=2026)

    views = await rows_of_views(plan.work, lineages, period=YEAR, model=model, levels=levels)

    for unit_id in plan.units.values():
        analysis = await goal_analysis(plan.work, unit_id=unit_id, period=YEAR)
        assert [_plain(row) for row in views[unit_id]] == [_plain(row) for row in analysis.rows]
    assert [len(views[plan.units[key]]) for key in ("council", "committee", "home_care")] == [
        0,
        7,
        9,
    ]


def _plain(row):
    return (
        row.node.id,
        row.depth,
        row.parent_id,
        row.inherited,
        row.values,
        row.verdict,
        row.due,
        row.missing,
    )


async def test_a_goal_that_a_unit_takes_no_part_in_has_the_light_of_who_decided_it(plan):
    _top, _goal, indicators = await staff(plan)
    await fill(plan, indicators, {0: "9", 2: "35", 3: "14"})
    await plan.work.flush()

    below = await state_of(plan.work, unit_id=plan.units["home_care"], period=YEAR)
    owner = await state_of(plan.work, unit_id=plan.units["committee"], period=YEAR)

    assert [(area.light, area.told_by.name, area.missing) for area in below.areas] == [
        (Light.GREEN, "Socialnämnden", 0)
    ]
    assert (below.lights, below.missing) == ({Light.GREEN: 2}, 0)
    assert [(area.light, area.told_by) for area in owner.areas] == [(Light.GREEN, None)]


async def test_a_unit_with_a_value_of_its_own_has_a_light_of_its_own(plan):
    _top, _goal, indicators = await staff(plan)
    await fill(plan, indicators, {0: "9", 2: "35", 3: "14"})
    plan.value(indicators[0], at="home_care", total="7", target="8")
    await plan.work.flush()

    below = await state_of(plan.work, unit_id=plan.units["home_care"], period=YEAR)

    (area,) = below.areas
    assert (area.light, area.told_by, area.missing) == (None, None, 0)
    assert [row.node.title for row in area.indicators] == ["Minskad sjukfrånvaro"]


async def test_the_units_below_are_summed_up_by_what_they_take_part_in(plan):
    await staff(plan)
    own = await plan.node("own_goal", "Åtagande", at="home_care")
    red = await plan.node("own_indicator", "Nöjda", at="home_care", parent=own)
    await plan.node("own_indicator", "Utan värde", at="home_care", parent=own)
    plan.value(red, at="home_care", total="3", target="4")
    await plan.work.flush()

    state = await state_of(plan.work, unit_id=plan.units["committee"], period=YEAR)
    top = await state_of(plan.work, unit_id=plan.units["council"], period=YEAR)

    assert [(each.unit.name, each.lights, each.missing) for each in state.below] == [
        ("Hemtjänst Öst", {None: 1}, 2)
    ]
    assert [(each.unit.name, each.lights, each.missing) for each in top.below] == [
        ("Barn- och utbildningsnämnden", {}, 0),
        ("Socialnämnden", {None: 2}, 3),
    ]


async def test_each_area_is_beside_the_one_of_the_same_name_a_year_before(plan):
    _top, _goal, indicators = await staff(plan)
    await fill(plan, indicators, {0: "9", 2: "35", 3: "14"})
    await plan.node("committee_goal", "Bara i år")
    await plan.work.flush()
    copied = await copy_model(plan.work, plan.model.id, year=2027)
    assert copied.copied == 7
    analysis = await goal_analysis(plan.work, unit_id=plan.units["committee"], period=Period(2027))
    first = next(row.node for row in analysis.rows if row.indicator)
    await set_outcome(
        plan.work,
        first.id,
        unit_id=first.unit_id,
        period="2027",
        values={"total": Decimal(1), "target": Decimal(2)},
    )

    state = await state_of(
        plan.work, unit_id=plan.units["committee"], period=Period(2027), compare=True
    )
    alone = await state_of(plan.work, unit_id=plan.units["committee"], period=Period(2027))

    assert {
        area.row.node.title: (area.light, area.before and area.before.light) for area in state.areas
    } == {
        "Attraktiv arbetsgivare": (None, Light.GREEN),
        "Bara i år": (None, None),
    }
    assert state.compared
    assert [area.before for area in alone.areas] == [None, None]
    assert not alone.compared


async def test_a_plan_of_a_new_year_carries_on_the_readings_of_the_old(plan):
    _top, _goal, indicators = await staff(plan)
    plan.value(indicators[1], period="2025", total="74", target="75")
    await plan.work.flush()
    await copy_model(plan.work, plan.model.id, year=2027)

    state = await state_of(plan.work, unit_id=plan.units["committee"], period=Period(2027))

    (area,) = state.areas
    assert area.leading.node.title == "Helhetsintrycket"
    assert [(str(one.period), one.total, one.target) for one in area.readings] == [
        ("2025", 74, 75),
        ("2026", 77, 76),
    ]


async def test_the_latest_changes_tell_who_did_what(plan, town):
    _top, goal, indicators = await staff(plan)
    await plan.work.flush()
    await set_outcome(
        plan.work,
        indicators[0].id,
        unit_id=plan.units["committee"],
        period="2026",
        values={"total": Decimal(8)},
    )
    plan.comment(goal, "Det går bra")
    await plan.work.flush()

    state = await state_of(plan.work, unit_id=plan.units["council"], period=YEAR)

    assert [(one.kind, one.title) for one in state.latest][:1] == [
        (ChangeKind.VALUES, "Minskad sjukfrånvaro")
    ]
    assert state.latest[0].by == plan.work.actor.name
    assert (ChangeKind.COMMENT, "Minska sjukfrånvaro") in [(o.kind, o.title) for o in state.latest]


async def test_a_year_without_a_plan_has_no_areas(plan):
    state = await state_of(plan.work, unit_id=plan.units["committee"], period=Period(2031))

    assert (state.model, state.areas, state.below, state.latest) == (None, (), (), ())


async def test_any_number_of_units_and_goals_takes_the_same_statements(plan):
    counted = []
    for size in (1, 12):
        for at in range(size):
            unit = await add_unit(
                plan.work,
                code=f"u{size}-{at}",
                name=f"Enhet {size} {at}",
                kind=UnitKind.UNIT,
                parent_id=plan.units["committee"],
                valid_from=date(2026, 1, 1),
            )
            plan.units[f"{size}-{at}"] = unit.id
            goal = await plan.node("committee_goal", f"Område {size} {at}")
            node = await plan.node("own_indicator", "Tal", at=f"{size}-{at}", parent=goal)
            plan.value(node, at=f"{size}-{at}", total="1", target="2")
        await plan.work.flush()
        with sent_statements(plan.work.runtime) as made:
            state = await state_of(
                plan.work, unit_id=plan.units["committee"], period=YEAR, compare=True
            )
        counted.append((len(made), len(state.areas), len(state.below)))

    assert [rest for _made, *rest in counted] == [[1, 2], [13, 14]]
    assert counted[0][0] == counted[1][0] <= 20


async def test_another_municipality_cannot_tell_that_the_unit_exists(town, other_town):
    async with await other_town.work(write=False) as work:
        with pytest.raises(NotFound):
            await state_of(work, unit_id=town.units["committee"].id, period=YEAR)
