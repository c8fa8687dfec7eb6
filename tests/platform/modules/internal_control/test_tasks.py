"""What My work asks of whom: controls, plans in their turns, risks to assess anew."""

from datetime import date, timedelta

from control_plans import DECISION, YEAR, a_plan, a_risk
from sqlalchemy import select, update

from roder.platform.asked import who_is_asked
from roder.platform.modules.internal_control import service
from roder.platform.modules.internal_control.finding import find_controls
from roder.platform.modules.internal_control.models import (
    ControlLight,
    ControlOccasion,
    Risk,
)
from roder.platform.modules.internal_control.settings import ControlSettings
from roder.platform.modules.internal_control.tasks import control_tasks
from roder.platform.tasks import Because, TaskKind
from roder.tenants.municipality import save_settings


async def tasks_of(town, *who):
    people = [town.people[each].id for each in who] or None
    async with await town.work(write=False) as work:
        asked = await who_is_asked(work, people=people, outcome_days=0, ahead_days=0)
        return await control_tasks(work, asked)


def kinds(tasks):
    return sorted(task.kind for task in tasks)


async def test_a_plan_asks_in_each_of_its_turns_the_one_who_may(town):
    async with await town.work() as work:
        made = await a_plan(town, work)
    (attest,) = await tasks_of(town)
    assert (attest.kind, attest.title) == (TaskKind.ATTEST_CONTROLS, "Internkontrollplan 2026")
    assert attest.people == {town.people["administrator"].id}
    assert attest.payload.params == {"plan": str(made.plan.id)}
    assert await tasks_of(town, "manager") == []

    async with await town.work() as work:
        await service.attest_plan(work, made.plan.id)
    assert kinds(await tasks_of(town)) == [TaskKind.DECIDE_CONTROLS]
    async with await town.work() as work:
        await service.decide_plan(work, made.plan.id, decision=DECISION)
    assert await tasks_of(town) == []


async def test_a_control_is_asked_of_whoever_is_responsible_in_time(town):
    async with await town.work() as work:
        soon, later = work.today + timedelta(days=10), work.today + timedelta(days=30)
        made = await a_plan(
            town,
            work,
            responsible_id=town.people["employee"].id,
            days=[soon, later],
        )
        unnamed = await service.add_item(
            work,
            made.mirror.id,
            service.NewItem(
                title="Utan namn",
                method="Titta.",
                periodicity=made.item.periodicity,
                unit_id=town.units["home_care"].id,
                days=[work.today - timedelta(days=1)],
            ),
        )
        await service.attest_plan(work, made.plan.id)
        await service.decide_plan(work, made.plan.id, decision=DECISION)
        await service.activate_plan(work, made.plan.id)
    (own,) = await tasks_of(town, "employee")
    assert (own.kind, own.due_on, own.late) == (TaskKind.DO_CONTROL, soon, False)
    assert own.because is Because.RESPONSIBLE
    assert own.payload.params == {"item": str(made.item.id)}
    (late,) = await tasks_of(town, "manager")
    assert (late.title, late.late, late.because) == ("Utan namn", True, Because.UNIT)
    assert late.unit_id == unnamed.unit_id

    async with await town.work("employee") as work:
        occasion = await work.first(
            select(ControlOccasion).where(
                ControlOccasion.item_id == made.item.id, ControlOccasion.due_on == soon
            )
        )
        await service.record_occasion(
            work,
            occasion.id,
            done_on=work.today,
            light=ControlLight.YELLOW,
            result="Ett fel.",
        )
    assert await tasks_of(town, "employee") == []
    settle = [t for t in await tasks_of(town) if t.kind is TaskKind.SETTLE_CONTROL]
    assert [task.title for task in settle] == ["Stickprov av löner"]


async def test_a_plan_is_to_be_followed_up_by_its_day(town):
    async with await town.work() as work:
        made = await a_plan(town, work, days=[date(YEAR, 12, 30)])
        day = work.today + timedelta(days=5)
        await service.change_plan(work, made.plan.id, changes={"follow_up_by": day})
        await service.attest_plan(work, made.plan.id)
        await service.decide_plan(work, made.plan.id, decision=DECISION)
        await service.activate_plan(work, made.plan.id)
    found = [t for t in await tasks_of(town) if t.kind is TaskKind.FOLLOW_UP_CONTROLS]
    assert [task.due_on for task in found] == [day]


async def test_a_risk_is_to_be_assessed_anew_after_the_months_that_are_set(town):
    async with await town.work() as work:
        risk = await a_risk(work, town.units["home_care"].id, owner_id=town.people["manager"].id)
        await service.add_risk(
            work, unit_id=town.units["committee"].id, title="Obedömd", category="it"
        )
        closed = await a_risk(work, town.units["home_care"].id, "Stängd")
        await service.close_risk(work, closed.id, reason="Borta.")
        await work.execute(update(Risk).values(assessed_at=Risk.assessed_at - timedelta(days=100)))
    assert [task.title for task in await tasks_of(town)] == ["Obedömd"]

    async with await town.work() as work:
        await save_settings(work, "internal_control", ControlSettings, values={"assess_months": 3})
    found = {task.title: task for task in await tasks_of(town)}
    assert set(found) == {"Obedömd", risk.title}
    assert found[risk.title].people == {town.people["manager"].id}
    assert found[risk.title].late
    assert found["Obedömd"].due_on is None


async def test_nothing_is_asked_where_the_module_is_off(town):
    async with await town.work() as work:
        await a_plan(town, work)
    town.tenant = type(town.tenant)(town.tenant.id, town.tenant.slug, town.tenant.name)
    assert await tasks_of(town) == []


async def test_risks_and_controls_are_found_by_words_and_by_number(town):
    async with await town.work() as work:
        made = await a_plan(town, work)
        by_title = await find_controls(work, "löner", YEAR)
        by_number = await find_controls(work, "r1", YEAR)
        other_year = await find_controls(work, "löner", YEAR + 1)

    assert [(each.title, each.kind) for each in by_title] == [
        ("Stickprov av löner", "Kontrollmoment")
    ]
    assert [(each.title, each.params) for each in by_number] == [
        ("R1 Fel lön betalas ut", {"risk": made.risk.id})
    ]
    assert [each.title for each in other_year if not each.near] == []
