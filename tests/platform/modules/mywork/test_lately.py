"""What one worked on last, and what others did in what is one's own."""

from __future__ import annotations

from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import select

from roder.graphql.context import Context
from roder.platform.lately import ActKind
from roder.platform.modules.goals.models import NodeComment, PlanNode
from roder.platform.modules.goals.service import set_outcome, write_comment
from roder.platform.modules.mywork.lately import my_lately, sentence
from roder.platform.modules.reports.models import Section
from roder.platform.modules.reports.service import (
    approve_report,
    complete_report,
    complete_section,
    reopen_section,
    write_section,
)
from roder.platform.schema import product_schema
from roder.tenants.entry import load_tenant
from roder.tenants.municipality import switch_module

SCHEMA = product_schema()
NOVEMBER = "2026-11-23"


@pytest.fixture
def day(plan):
    """`async with day("manager", 9) as work:` that many minutes after noon of a day."""

    @asynccontextmanager
    async def at(who: str, minutes: int = 0, day: str = NOVEMBER):
        async with plan.on(day, who) as work:
            work.now += timedelta(minutes=minutes)
            yield work

    return at


async def seen(day, who: str, minutes: int = 60) -> tuple[list[Any], list[str]]:
    """What somebody worked on (title or page, unit, year), and what others did, in words."""
    async with day(who, minutes) as work:
        found = await my_lately(work)
    worked = [
        (
            each.title if isinstance(each.title, str) else each.title.word(),
            each.spot.unit_name,
            each.spot.year,
        )
        for each in found.worked
    ]
    return worked, [sentence(act) for act in found.acts]


async def enter(work, plan, name: str, period: str, value: int) -> None:
    unit_id = plan.town.units["home_care"].id
    await set_outcome(
        work, plan.nodes[name], unit_id=unit_id, period=period, values={"total": Decimal(value)}
    )


async def comment(work, plan, name: str, text: str = "Det går bra.") -> None:
    unit_id = plan.town.units["home_care"].id
    await write_comment(work, plan.nodes[name], unit_id=unit_id, period="2026", text=text)


async def sections_of(work, report) -> dict[str, Section]:
    rows = await work.scalars(select(Section).where(Section.report_id == report.id))
    return {section.title: section for section in rows}


async def test_the_pages_i_worked_on_stand_once_each_the_latest_first(plan, report, day):
    async with day("manager") as work:
        await enter(work, plan, "visits", "2026-T1", 90)
        await comment(work, plan, "pledge")
    async with day("manager", 5) as work:
        economy = (await sections_of(work, report))["Ekonomi"]
        await write_section(work, economy.id, version=economy.version, text="<p>I balans.</p>")
    async with day("local", 7) as work:
        await write_section(work, economy.id, version=economy.version, text="<p>Överskott.</p>")

    worked, _acts = await seen(day, "manager")

    assert worked == [
        ("Kvalitetsrapport 2026", "Hemtjänst Öst", 2026),
        ("Målanalys", "Hemtjänst Öst", 2026),
    ]
    assert (await seen(day, "administrator"))[0] == []


async def test_the_news_are_what_others_did_at_my_units(plan, report, day):
    async with day("local") as work:
        await enter(work, plan, "visits", "2026-T1", 90)
    async with day("local", 1) as work:
        await enter(work, plan, "visits", "2026-T2", 91)
    async with day("local", 2) as work:
        await comment(work, plan, "pledge")
    async with day("local", 3) as work:
        for section in (await sections_of(work, report)).values():
            await complete_section(work, section.id, empty=True)
    async with day("local", 4) as work:
        await complete_report(work, report.id)
    async with day("administrator", 5) as work:
        await approve_report(work, report.id)

    worked, acts = await seen(day, "manager")

    assert worked == []
    assert acts == [
        "Asta Admin godkände ”Kvalitetsrapport 2026”",
        "Lo Lokal klarmarkerade rapporten ”Kvalitetsrapport 2026”",
        acts[2],
        "Lo Lokal kommenterade ”Nöjda brukare”",
        "Lo Lokal fyllde i värden för ”Besök i tid” och 1 till",
    ]
    assert acts[2] in (
        "Lo Lokal klarmarkerade ”1 Måluppfyllelse” och 1 till",
        "Lo Lokal klarmarkerade ”2 Ekonomi” och 1 till",
    )
    assert (await seen(day, "local"))[1] == ["Asta Admin godkände ”Kvalitetsrapport 2026”"]
    assert (await seen(day, "employee")) == ([], [])
    assert (await seen(day, "auditor")) == ([], [])


async def test_what_is_another_units_is_no_news_unless_i_answer_for_it(plan, day):
    async with day("administrator") as work:
        committee = plan.town.units["committee"].id
        for name in ("goal", "talks"):
            await write_comment(
                work, plan.nodes[name], unit_id=committee, period="2026", text="Så är det."
            )
    assert (await seen(day, "manager"))[1] == []

    async with day("administrator", 1) as work:
        node = await work.get(PlanNode, plan.nodes["talks"])
        node.responsible_id = plan.town.people["employee"].id

    assert (await seen(day, "employee"))[1] == ["Asta Admin kommenterade ”Hälsosamtal”"]
    assert (await seen(day, "manager"))[1] == []


async def test_what_was_undone_or_is_older_than_30_days_is_no_news(plan, report, day):
    async with day("local", day="2026-10-23") as work:
        await comment(work, plan, "pledge")
    async with day("local") as work:
        economy = (await sections_of(work, report))["Ekonomi"]
        await complete_section(work, economy.id, empty=True)

    assert (await seen(day, "manager"))[1] == ["Lo Lokal klarmarkerade ”2 Ekonomi”"]
    async with day("local", 2) as work:
        await reopen_section(work, economy.id, reason="Mer att säga")
    assert (await seen(day, "manager"))[1] == []
    async with day("manager", day="2026-11-21") as work:
        found = await my_lately(work)
    assert [act.kind for act in found.acts] == [ActKind.COMMENT]


async def test_at_most_five_of_each(plan, day):
    async with day("local") as work:
        for year in range(2021, 2027):
            work.add(
                NodeComment(
                    node_id=plan.nodes["pledge"],
                    unit_id=plan.town.units["home_care"].id,
                    period=str(year),
                    text="Så var det.",
                    written_by=work.actor.id,
                    written_at=work.now + timedelta(minutes=year - 2020),
                )
            )

    worked, _acts = await seen(day, "local")
    assert [year for _page, _unit, year in worked] == [2026, 2025, 2024, 2023, 2022]
    assert (await seen(day, "manager"))[1] == ["Lo Lokal kommenterade ”Nöjda brukare”"] * 5


async def test_nobody_of_another_municipality_sees_any_of_it(plan, report, day, other_town):
    async with day("local") as work:
        await comment(work, plan, "pledge")

    async with await other_town.work() as work:
        found = await my_lately(work)

    assert (found.worked, found.acts) == ([], [])


async def test_a_key_that_may_read_goals_only_tells_of_no_report(plan, report, day):
    async with day("local") as work:
        await comment(work, plan, "pledge")
        economy = (await sections_of(work, report))["Ekonomi"]
        await complete_section(work, economy.id, empty=True)

    for scopes, expected in (
        ({"read:goals", "read:mywork"}, [ActKind.COMMENT]),
        ({"read:reports", "read:mywork"}, [ActKind.SECTION_DONE]),
    ):
        async with day("manager", 5) as work:
            work.actor = replace(work.actor, scopes=frozenset(scopes), memo={})
            assert [act.kind for act in (await my_lately(work)).acts] == expected


async def test_a_module_that_is_off_has_no_news(plan, day):
    async with day("local") as work:
        await comment(work, plan, "pledge")
    async with await plan.town.work() as work:
        await switch_module(work, "goals", on=False)

    plan.town.tenant = await load_tenant(plan.town.runtime, plan.town.tenant.id)

    assert (await seen(day, "manager"))[1] == []


async def test_it_takes_four_statements(plan, report, day, counted):
    async with day("manager") as work:
        await work.first(select(PlanNode))
        with counted(work) as statements:
            await my_lately(work)

    assert len(statements) == 4


LATELY = """{ myLately {
  workedOn { kind year at unit { name } report { title } }
  news { kind title more year at person { name } unit { name }
         node { title } section { title } report { title } }
} }"""


async def test_the_api_tells_the_same(plan, report, day):
    async with day("manager") as work:
        await enter(work, plan, "visits", "2026-T1", 90)
    async with day("local", 2) as work:
        await comment(work, plan, "pledge")
    async with day("local", 3) as work:
        economy = (await sections_of(work, report))["Ekonomi"]
        await complete_section(work, economy.id, empty=True)

    async with day("manager", 60) as work:
        answer = await SCHEMA.execute(LATELY, context_value=Context(work))

    assert answer.errors is None
    at_home = {"year": 2026, "unit": {"name": "Hemtjänst Öst"}}
    by_lo = at_home | {"more": 0, "person": {"name": "Lo Lokal"}}
    [worked], [done, said] = answer.data["myLately"].values()
    assert worked == at_home | {
        "kind": "GOAL_ANALYSIS",
        "at": "2026-11-23T11:00:00+00:00",
        "report": None,
    }
    assert done == by_lo | {
        "kind": "SECTION_DONE",
        "title": "2 Ekonomi",
        "at": "2026-11-23T11:03:00+00:00",
        "node": None,
        "section": {"title": "Ekonomi"},
        "report": {"title": "Kvalitetsrapport 2026"},
    }
    assert said == by_lo | {
        "kind": "COMMENT",
        "title": "Nöjda brukare",
        "at": "2026-11-23T11:02:00+00:00",
        "node": {"title": "Nöjda brukare"},
        "section": None,
        "report": None,
    }
