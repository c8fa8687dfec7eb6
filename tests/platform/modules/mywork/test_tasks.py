"""What is asked, of whom, and when it is no longer."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from sqlalchemy import delete, select

from roder.infra.periods import PeriodKind
from roder.platform.modules.goals.models import PlanNode
from roder.platform.modules.goals.service import (
    NewNode,
    add_nodes,
    change_node,
    lock_year,
    set_outcome,
    write_comment,
)
from roder.platform.modules.mywork.asking import tasks_for
from roder.platform.modules.mywork.service import my_tasks
from roder.platform.modules.mywork.settings import MyWorkSettings
from roder.platform.modules.reports.models import Section
from roder.platform.modules.reports.service import (
    approve_report,
    complete_report,
    complete_section,
    write_section,
)
from roder.platform.tasks import ActivityToClose, Because, ChapterToWrite, TaskKind, ValuesToEnter
from roder.tenants.entry import load_tenant
from roder.tenants.models import RoleGrant
from roder.tenants.municipality import save_settings, switch_module
from roder.tenants.people import end_person

NOVEMBER, JANUARY = "2026-11-23", "2027-01-10"
VISITS = ("outcome", "Besök i tid", "Hemtjänst Öst", "2026-09-30")


async def test_an_outcome_is_asked_for_when_its_period_is_over(plan):
    assert await plan.tasks("2026-04-30", "manager") == []
    assert await plan.tasks("2026-05-01", "manager") == [
        ("outcome", "Besök i tid", "Hemtjänst Öst", "2026-05-30")
    ]
    [late] = await plan.found("2026-05-31", "manager")
    assert late.late
    assert late.days_left(date(2026, 5, 31)) == -1


async def test_every_task_stands_with_the_one_it_is_asked_of_and_nobody_else(plan, report):
    """The lists as they are, role by role: two weeks before the report of the year is due."""
    await plan.end("talks", "2026-12-10")
    day = NOVEMBER
    at_home = "Hemtjänst Öst"
    assert await plan.tasks(day, "manager") == [
        ("outcome", "Besök i tid", at_home, "2026-09-30"),
        ("outcome", "Besök i tid", at_home, "2027-01-30"),
        ("outcome", "Andel heltid", at_home, "2027-01-30"),
        ("outcome", "Sjukfrånvaro", at_home, "2027-01-30"),
        ("chapter", "Måluppfyllelse", at_home, "2027-02-15"),
        ("chapter", "Ekonomi", at_home, "2027-02-15"),
        ("comment", "Nöjda brukare", at_home, "2027-02-15"),
        ("comment", "God arbetsgivare", at_home, "2027-02-15"),
        ("comment", "Hälsosamtal", at_home, "2027-02-15"),
    ]
    assert await plan.tasks(day, "local") == await plan.tasks(day, "manager")
    assert await plan.tasks(day, "administrator") == [
        ("outcome", "Sjukfrånvaro", "Socialnämnden", "2026-09-30"),
        ("activity", "Hälsosamtal", "Socialnämnden", "2026-12-10"),
    ]
    assert await plan.tasks(day, "employee") == []
    assert await plan.tasks(day, "auditor") == []


async def test_nobody_beside_or_in_another_municipality_is_asked(plan, report, other_town):
    async with await plan.town.work() as work:
        school = plan.town.units["school_board"].id
        await work.execute(
            RoleGrant.__table__.update()
            .where(RoleGrant.tenant_id == work.tenant.id)
            .where(RoleGrant.person_id == plan.town.people["manager"].id)
            .values(unit_id=school)
        )
    assert await plan.tasks(NOVEMBER, "manager") == []
    async with await other_town.work() as work:
        assert await tasks_for(work, None) == []


async def test_who_has_no_one_below_is_asked_for_it(plan):
    """Without anyone at home care or the committee, the full administrator is left."""
    async with plan.on("2026-04-01") as work:
        local = RoleGrant.person_id == plan.town.people["local"].id
        await work.execute(delete(RoleGrant).where(local))
        await end_person(work, plan.town.people["manager"].id)

    assert await plan.tasks("2026-05-01", "local") == []
    assert ("outcome", "Besök i tid", "Hemtjänst Öst", "2026-05-30") in await plan.tasks(
        "2026-05-01", "administrator"
    )


async def test_the_one_who_answers_for_it_is_asked_alone_if_they_may_do_it(plan):
    async with plan.on("2026-05-01") as work:
        manager = plan.town.people["manager"].id
        await change_node(work, plan.nodes["visits"], changes={"responsible_id": manager})
    [task] = await plan.found("2026-05-01", "manager")
    assert (task.people, task.because) == (frozenset({manager}), Because.RESPONSIBLE)
    assert await plan.found("2026-05-01", "local") == []

    async with plan.on("2026-05-01") as work:
        employee = plan.town.people["employee"].id
        await change_node(work, plan.nodes["visits"], changes={"responsible_id": employee})
    assert await plan.found("2026-05-01", "employee") == []
    [task] = await plan.found("2026-05-01", "local")
    assert task.because is Because.UNIT
    assert task.people == {plan.town.people["local"].id, manager}


async def test_an_outcome_vanishes_when_it_is_there_and_its_target_too(plan):
    day, home = "2026-09-01", plan.town.units["home_care"].id
    [task] = await plan.found(day, "manager")
    assert task.payload == ValuesToEnter(plan.nodes["visits"], "", 0, by_sex=False)
    assert (task.period, task.year, task.unit_id) == ("2026-T2", 2026, home)

    async with plan.on(day, "manager") as work:
        values = {"total": Decimal(80)}
        await set_outcome(work, task.payload.node_id, unit_id=home, period="2026-T2", values=values)
    [task] = await plan.found(day, "manager")
    assert (task.kind, task.payload.total, task.payload.version) == (TaskKind.TARGET, 80, 1)

    async with plan.on(day, "manager") as work:
        values = {"target": Decimal(90)}
        await set_outcome(work, task.payload.node_id, unit_id=home, period="2026-T2", values=values)
    assert await plan.found(day, "manager") == []


async def test_a_unit_that_has_given_values_of_what_it_sees_is_asked_for_the_next(plan):
    day, home = "2026-09-01", plan.town.units["home_care"].id
    async with plan.on(day, "manager") as work:
        values = {"total": Decimal(8), "target": Decimal(7)}
        node = plan.nodes["absence"]
        await set_outcome(work, node, unit_id=home, period="2026-T1", values=values)

    assert sorted(await plan.tasks(day, "manager")) == [
        ("outcome", "Besök i tid", "Hemtjänst Öst", "2026-09-30"),
        ("outcome", "Sjukfrånvaro", "Hemtjänst Öst", "2026-09-30"),
    ]


async def test_a_comment_vanishes_when_it_is_written(plan, report):
    home = plan.town.units["home_care"].id
    async with plan.on(NOVEMBER, "manager") as work:
        node = plan.nodes["pledge"]
        await write_comment(work, node, unit_id=home, period="2026", text="Vi håller tiden.")

    assert [
        title for kind, title, *_ in await plan.tasks(NOVEMBER, "manager") if kind == "comment"
    ] == [
        "God arbetsgivare",
        "Hälsosamtal",
    ]


async def test_an_activity_is_asked_for_near_its_end_until_it_is_closed(plan):
    await plan.end("talks", "2026-12-10")
    assert [
        row for row in await plan.tasks("2026-11-11", "administrator") if row[0] == "activity"
    ] == []
    day = "2026-11-12"
    [task] = [
        task for task in await plan.found(day, "administrator") if task.kind is TaskKind.ACTIVITY
    ]
    assert task.payload == ActivityToClose(plan.nodes["talks"], "ongoing", 2)
    assert task.days_left(date(2026, 11, 12)) == 28

    await plan.end("talks", "2026-12-10", "done")
    assert TaskKind.ACTIVITY not in {task.kind for task in await plan.found(day, "administrator")}


async def test_chapters_then_the_report_then_its_approval(plan, report):
    town = plan.town
    [first, _second] = await chapters(plan)
    assert isinstance(first.payload, ChapterToWrite)
    assert (first.about, first.payload.report_id) == ("Kvalitetsrapport 2026", report.id)
    async with await town.work("manager") as work:
        sections = await work.scalars(select(Section).order_by(Section.position))
        await write_section(work, sections[1].id, version=1, text="<p>Budgeten höll.</p>")
    assert [task.payload.begun for task in await chapters(plan)] == [False, True]

    async with await town.work("manager") as work:
        for section in sections:
            await complete_section(work, section.id)
    assert [task.kind for task in await of_report(plan, "manager")] == [TaskKind.COMPLETE_REPORT]

    async with await town.work("manager") as work:
        await complete_report(work, report.id)
    assert await of_report(plan, "manager") == []
    [approval] = await of_report(plan, "local")
    assert (approval.kind, approval.due_on) == (TaskKind.APPROVE_REPORT, None)

    async with await town.work("local") as work:
        await approve_report(work, report.id)
    assert await of_report(plan, "local") == []


async def test_a_locked_year_asks_for_nothing(plan, report):
    await plan.end("talks", "2026-12-10")
    assert await plan.tasks(JANUARY, "manager") != []
    async with await plan.town.work() as work:
        await lock_year(work, 2026)

    for who in ("manager", "administrator"):
        assert await plan.tasks(JANUARY, who) == []


async def test_a_module_that_is_off_asks_for_nothing(plan, report):
    async with await plan.town.work() as work:
        await switch_module(work, "reports", on=False)
    plan.town.tenant = await again(plan.town)

    assert await plan.tasks(NOVEMBER, "manager") == [VISITS]


async def test_the_municipality_chooses_when_an_outcome_is_due(plan):
    async with await plan.town.work() as work:
        await save_settings(work, "mywork", MyWorkSettings, values={"outcome_days": 10})

    [(_kind, _title, _unit, due_on)] = await plan.tasks("2026-05-01", "manager")
    assert due_on == "2026-05-10"


async def test_one_s_own_tasks_are_those_and_a_program_has_none(plan, runtime):
    async with plan.on("2026-05-01", "manager") as work:
        assert [task.title for task in await my_tasks(work)] == ["Besök i tid"]
    async with plan.on("2026-05-01", "employee") as work:
        assert await my_tasks(work) == []


@pytest.mark.parametrize("who", ["manager", "administrator"])
async def test_the_number_of_statements_does_not_grow(plan, report, counted, who):
    before = await statements(plan, counted, who)
    async with await plan.town.work() as work:
        await more_of_everything(plan, work)

    assert await statements(plan, counted, who) == before <= 28


async def statements(plan, counted, who) -> int:
    async with plan.on(NOVEMBER) as work:
        with counted(work) as sent:
            await tasks_for(work, [plan.town.people[who].id])
    return len(sent)


async def more_of_everything(plan, work) -> None:
    """Ten more indicators at home care, each with something below it to ask for."""
    visits = await work.get(PlanNode, plan.nodes["visits"])
    await add_nodes(
        work,
        [
            NewNode(
                level_id=visits.level_id,
                unit_id=visits.unit_id,
                parent_id=visits.parent_id,
                title=f"Styrtal {number}",
                indicator={"periodicity": PeriodKind.MONTH},
            )
            for number in range(10)
        ],
    )


async def again(town):
    return await load_tenant(town.runtime, town.tenant.id)


async def chapters(plan) -> list:
    return [task for task in await of_report(plan, "manager") if task.kind is TaskKind.CHAPTER]


async def of_report(plan, who) -> list:
    kinds = (TaskKind.CHAPTER, TaskKind.COMPLETE_REPORT, TaskKind.APPROVE_REPORT)
    return [task for task in await plan.found(NOVEMBER, who) if task.kind in kinds]
