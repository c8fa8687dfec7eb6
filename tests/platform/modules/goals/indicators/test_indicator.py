"""An indicator in full: history, limits in words, other units, comments and changes."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from goal_plan import YEAR, staff
from sent_statements import sent_statements

from roder.infra.errors import NotFound
from roder.infra.periods import Period, PeriodKind
from roder.platform.modules.goals.analysis.series import Measured, series_of
from roder.platform.modules.goals.indicators.indicator import indicator_in_full, limits_in_words
from roder.platform.modules.goals.models import Indicator
from roder.platform.modules.goals.picturing import points, short
from roder.platform.modules.goals.rules import Light
from roder.platform.modules.goals.values.comments import write_comment
from roder.platform.modules.goals.values.outcomes import set_outcome
from roder.platform.modules.reports.models import ChapterKind, Report, ReportTemplate, Section
from roder.tenants.models import UnitKind
from roder.tenants.rows import uuid7
from roder.tenants.tree.reorganising import NewUnit, merge_units
from roder.tenants.tree.units import add_unit


def measured(**given: object) -> Indicator:
    return Indicator(
        **{
            "id": uuid7(),
            "measure_unit": "%",
            "decimals": 1,
            "direction": "higher",
            "green_limit": Decimal(0),
            "yellow_limit": None,
            **given,
        }
    )


@pytest.mark.parametrize(
    ("given", "target", "told"),
    [
        ({}, "9", "Grönt från 9,0 %, annars rött."),
        (
            {"green_limit": Decimal(1), "yellow_limit": Decimal(3)},
            "9",
            "Grönt från 8,0 %, gult från 6,0 %, annars rött.",
        ),
        (
            {"direction": "lower", "yellow_limit": Decimal(2)},
            "9",
            "Grönt till och med 9,0 %, gult till och med 11,0 %, annars rött.",
        ),
        (
            {"direction": "band", "green_limit": Decimal(1), "yellow_limit": Decimal(2)},
            "9",
            "Grönt mellan 8,0 % och 10,0 %, gult mellan 7,0 % och 11,0 %, annars rött.",
        ),
        ({}, None, "Gränserna räknas från måltalet, som saknas."),
    ],
)
def test_the_limits_are_told_in_words(given, target, told):
    goal = None if target is None else Decimal(target)

    assert limits_in_words(measured(**given), goal).replace("\u00a0", " ") == told


@pytest.mark.parametrize(
    ("code", "told"),
    [
        (Period(2026), "2026"),
        (Period(2026, PeriodKind.TERTIAL, 2), "T2 2026"),
        (Period(2026, PeriodKind.MONTH, 5), "maj 2026"),
    ],
)
def test_a_period_is_short_on_an_axis(code, told):
    assert short(code) == told


async def test_a_gap_in_the_readings_is_a_gap_in_the_picture(plan):
    _top, _goal, indicators = await staff(plan)
    node = indicators[1]
    plan.value(node, period="2023", total="70")
    await plan.work.flush()
    row = await plan.work.get(Indicator, node.id)

    series = await series_of(
        plan.work, [Measured(node, row, node.unit_id)], unit_id=node.unit_id, year=2026
    )

    assert [(one.label, one.total) for one in points(series[node.id])] == [
        ("2023", 70),
        ("2024", None),
        ("2025", None),
        ("2026", 77),
    ]


async def test_a_unit_carries_on_the_values_of_the_one_it_replaces(plan):
    _top, _goal, indicators = await staff(plan)
    node, work = indicators[1], plan.work
    plan.value(node, at="home_care", period="2025", total="70", target="75")
    west = await add_unit(
        work,
        code="west",
        name="Väst",
        kind=UnitKind.UNIT,
        parent_id=plan.units["committee"],
        valid_from=date(2020, 1, 1),
    )
    await work.flush()
    merged = await merge_units(
        work,
        [plan.units["home_care"], west.id],
        into=NewUnit("one", "En hemtjänst", UnitKind.UNIT, plan.units["committee"]),
        from_date=date(2026, 1, 1),
    )

    found = await indicator_in_full(work, node.id, unit_id=merged.id, period=YEAR)

    assert [(str(one.period), one.total) for one in found.readings] == [("2025", 70)]


async def test_copies_at_other_units_stand_beside_with_their_lights(plan):
    goal = await plan.node("own_goal", "Friska")
    origin = await plan.node("own_indicator", "Sjuktal", parent=goal, consolidation="mean")
    for at, total in (("home_care", "8"), ("school_board", "4")):
        copy = await plan.node("own_indicator", "Sjuktal", at=at, origin=origin)
        plan.value(copy, at=at, total=total, target="5")
    await plan.work.flush()

    found = await indicator_in_full(
        plan.work, origin.id, unit_id=plan.units["committee"], period=YEAR
    )

    assert [(one.unit.code, one.values.total, one.light) for one in found.elsewhere] == [
        ("home_care", 8, Light.GREEN),
        ("school_board", 4, Light.RED),
    ]
    assert [(str(one.period), one.total, one.consolidated) for one in found.readings] == [
        ("2026", 6, True)
    ]
    assert [row.node.title for row in found.above] == ["Friska"]


async def test_comments_and_changes_tell_who_and_when(plan):
    _top, _goal, indicators = await staff(plan)
    await plan.work.flush()
    node, work = indicators[0], plan.work
    for total in (8, 7):
        await set_outcome(
            work,
            node.id,
            unit_id=node.unit_id,
            period="2026",
            values={"total": Decimal(total)},
        )
    await write_comment(
        work, node.id, unit_id=node.unit_id, period="2026", text="<p>Bra <strong>nu</strong></p>"
    )

    found = await indicator_in_full(work, node.id, unit_id=node.unit_id, period=YEAR)

    assert [(one.total, one.by) for one in found.history] == [
        (7, work.actor.name),
        (8, work.actor.name),
    ]
    assert [(one.period, one.text, one.by) for one in found.said] == [
        ("2026", "Bra nu", work.actor.name)
    ]


async def test_it_tells_which_reports_of_the_unit_show_it(plan):
    _top, _goal, indicators = await staff(plan)
    work, unit_id = plan.work, plan.units["committee"]
    template = ReportTemplate(id=uuid7(), key="t", title={"sv": "Mall"})
    work.add(template)
    await work.flush()
    kinds = {
        "Bokslut": (ChapterKind.GOAL_ANALYSIS, "2026", unit_id),
        "Utan mål": (ChapterKind.TEXT, "2026-T1", unit_id),
        "I fjol": (ChapterKind.GOAL_ANALYSIS, "2025", unit_id),
        "Annan enhet": (ChapterKind.GOAL_ANALYSIS, "2026", plan.units["home_care"]),
    }
    for title, (kind, period, at) in kinds.items():
        report = Report(id=uuid7(), template_id=template.id, unit_id=at, period=period, title=title)
        work.add(report)
        await work.flush()
        work.add(
            Section(report_id=report.id, key="g", position=0, number="1", title="Mål", kind=kind)
        )
    await work.flush()

    found = await indicator_in_full(work, indicators[0].id, unit_id=unit_id, period=YEAR)

    assert [report.title for report in found.reports] == ["Bokslut"]


async def test_what_a_unit_does_not_see_is_not_found(plan, other_town):
    _top, goal, indicators = await staff(plan)
    own = await plan.node("own_indicator", "Eget", at="home_care")
    await plan.work.flush()
    refused = set()
    for node_id, period in (
        (own.id, YEAR),
        (goal.id, YEAR),
        (indicators[0].id, Period(2025)),
        (uuid7(), YEAR),
    ):
        with pytest.raises(NotFound) as error:
            await indicator_in_full(
                plan.work, node_id, unit_id=plan.units["committee"], period=period
            )
        refused.add(str(error.value))
    async with await other_town.work(write=False) as work:
        with pytest.raises(NotFound) as error:
            await indicator_in_full(
                work, indicators[0].id, unit_id=other_town.units["committee"].id, period=YEAR
            )
        refused.add(str(error.value))

    assert len(refused) == 1


async def test_any_number_of_units_takes_the_same_statements(plan):
    goal = await plan.node("own_goal", "Friska")
    origin = await plan.node("own_indicator", "Sjuktal", parent=goal, consolidation="mean")
    counted = []
    for size in (1, 10):
        for at in range(size):
            unit = await add_unit(
                plan.work,
                code=f"u{size}-{at}",
                name=f"Enhet {size} {at}",
                kind=UnitKind.UNIT,
                parent_id=plan.units["committee"],
                valid_from=date(2026, 1, 1),
            )
            plan.units["here"] = unit.id
            copy = await plan.node("own_indicator", "Sjuktal", at="here", origin=origin)
            plan.value(copy, at="here", total="8", target="5")
        await plan.work.flush()
        with sent_statements(plan.work.runtime) as made:
            found = await indicator_in_full(
                plan.work, origin.id, unit_id=plan.units["committee"], period=YEAR
            )
        counted.append((len(made), len(found.elsewhere)))

    assert [rest for _made, rest in counted] == [1, 11]
    assert counted[0][0] == counted[1][0] <= 20
