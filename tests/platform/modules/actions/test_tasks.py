"""What actions ask of people on My work, and who takes over from somebody who leaves."""

from datetime import timedelta

import pytest

from roder.platform.asked import who_is_asked
from roder.platform.modules.actions.service import drop_action, finish_action, get_action
from roder.platform.modules.actions.tasks import action_tasks
from roder.platform.modules.leavers.duties import hand_over
from roder.platform.modules.leavers.models import Leaver
from roder.platform.modules.mywork.service import my_tasks
from roder.platform.tasks import ActionToFinish, Because, TaskKind
from roder.tenants.models import Person


async def asked_of(work, *people):
    ids = [one.id for one in people]
    asked = await who_is_asked(work, people=ids or None, outcome_days=30, ahead_days=28)
    return await action_tasks(work, asked)


async def titles(work, *people):
    return [task.title for task in await asked_of(work, *people)]


async def test_the_owner_finds_it_on_my_work(town, plan):
    async with await town.work() as work:
        made = await plan(work, owner="employee", due_on=work.today)

    async with await town.work("employee", write=False) as work:
        [task] = await my_tasks(work)
    assert (task.kind, task.title) == (TaskKind.FINISH_ACTION, "Gå igenom rutinen för nycklar")
    assert (task.key, task.about) == (f"finish_action:{made.id}", "Kvalitetsberättelse 2026")
    assert (task.unit_name, task.late, task.because) == (
        "Hemtjänst Öst",
        False,
        Because.RESPONSIBLE,
    )
    assert task.people == {town.people["employee"].id}
    assert task.payload == ActionToFinish(made.id, 1)


async def test_without_an_owner_those_who_write_at_the_unit_are_asked(town, plan):
    async with await town.work() as work:
        await plan(work)
        [task] = await asked_of(work)
        near = {town.people["manager"].id, town.people["local"].id}
        assert (task.people, task.because) == (near, Because.UNIT)
        assert await titles(work, town.people["employee"]) == []


@pytest.mark.parametrize(
    ("days", "there"), [(-40, True), (0, True), (28, True), (29, False), (None, True)]
)
async def test_it_is_asked_for_when_its_day_is_near_or_past_or_it_has_none(town, plan, days, there):
    async with await town.work() as work:
        due_on = None if days is None else work.today + timedelta(days=days)
        await plan(work, owner="employee", due_on=due_on)
        found = await asked_of(work, town.people["employee"])
        assert [(task.due_on, task.late) for task in found] == (
            [(due_on, days is not None and days < 0)] if there else []
        )


async def test_what_has_ended_asks_for_nothing(town, plan):
    async with await town.work() as work:
        done, dropped = await plan(work, owner="employee"), await plan(work, owner="employee")
        await finish_action(work, done.id, outcome="Klart")
        await drop_action(work, dropped.id, outcome="Behövs inte")
        assert await titles(work) == []


async def test_when_the_owner_has_left_the_unit_is_asked(town, plan):
    async with await town.work() as work:
        await plan(work, owner="employee")
        person = await work.get(Person, town.people["employee"].id)
        person.left_on = work.today
        await work.flush()
        [task] = await asked_of(work)
    assert task.people == {town.people["manager"].id, town.people["local"].id}
    assert task.because is Because.UNIT


async def test_at_leaving_the_heir_takes_over(town, plan):
    employee, heir = town.people["employee"].id, town.people["auditor"].id
    async with await town.work() as work:
        made = await plan(work, owner="employee")
        leaver = Leaver(person_id=employee, heir_id=heir)
        assert await hand_over(work, leaver, leaving=[employee]) == {"planned_actions": 1}
    async with await town.work(write=False) as work:
        assert (await get_action(work, made.id)).owner_id == heir


async def test_at_leaving_without_an_heir_a_manager_of_the_unit_takes_over(town, plan):
    employee = town.people["employee"].id
    async with await town.work() as work:
        made = await plan(work, owner="employee")
        await hand_over(work, Leaver(person_id=employee, heir_id=None), leaving=[employee])
    async with await town.work(write=False) as work:
        owner = (await get_action(work, made.id)).owner_id
    assert owner in {town.people["manager"].id, town.people["local"].id}
