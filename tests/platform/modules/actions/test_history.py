"""The history of an action: who planned, changed, ended and opened it, and when."""

from datetime import date

import pytest
from sqlalchemy import delete, func, select, update
from sqlalchemy.exc import DBAPIError

from roder.infra.errors import Conflict, Forbidden, InvalidInput
from roder.platform.modules.actions.history import history_of
from roder.platform.modules.actions.models import ActionChange, ActionStep
from roder.platform.modules.actions.service import (
    change_action,
    drop_action,
    finish_action,
    plan_action,
    reopen_action,
)

DUE = date(2026, 12, 1)
LATER = date(2027, 2, 1)


async def count(work):
    return await work.first(select(func.count()).select_from(ActionChange))


async def told(work, action):
    """What was done by whom, the first first."""
    rows = reversed(await history_of(work, action.id))
    return [(row.step, row.changed_by, row.before, row.after) for row in rows]


async def test_each_step_tells_who_took_it_and_what_it_changed(town, plan):
    people = town.people
    async with await town.work() as work:
        made = await plan(work, owner="employee", due_on=DUE)
    async with await town.work("manager") as work:
        changes = {"owner_id": people["manager"].id, "due_on": LATER, "detail": "Med nattlaget"}
        await change_action(work, made.id, changes=changes)
    async with await town.work("manager") as work:
        await finish_action(work, made.id, outcome="Rutinen är ändrad")
    async with await town.work() as work:
        await reopen_action(work, made.id)
    async with await town.work() as work:
        await drop_action(work, made.id, outcome="Ryms i en annan")
    async with await town.work("auditor", write=False) as work:
        steps = await told(work, made)

    by, manager = people["administrator"].id, people["manager"].id
    assert steps == [
        (
            ActionStep.PLANNED,
            by,
            {},
            {
                "title": "Gå igenom rutinen för nycklar",
                "owner": "Elis Anställd",
                "due_on": "2026-12-01",
            },
        ),
        (
            ActionStep.CHANGED,
            manager,
            {"owner": "Elis Anställd", "due_on": "2026-12-01"},
            {"owner": "Mona Chef", "due_on": "2027-02-01", "detail": "Med nattlaget"},
        ),
        (ActionStep.DONE, manager, {}, {"outcome": "Rutinen är ändrad"}),
        (ActionStep.REOPENED, by, {}, {}),
        (
            ActionStep.DROPPED,
            by,
            {"outcome": "Rutinen är ändrad"},
            {"outcome": "Ryms i en annan"},
        ),
    ]


async def test_what_is_taken_away_is_told_as_nothing(town, plan):
    async with await town.work() as work:
        made = await plan(work, owner="employee", due_on=DUE)
        await change_action(work, made.id, changes={"owner_id": None, "due_on": None})
        *_first, (step, _by, before, after) = await told(work, made)
    assert (step, after) == (ActionStep.CHANGED, {})
    assert before == {"owner": "Elis Anställd", "due_on": "2026-12-01"}


async def test_a_change_of_nothing_leaves_nothing_in_the_history(town, plan):
    async with await town.work() as work:
        made = await plan(work, due_on=DUE)
        await change_action(work, made.id, changes={"title": made.title, "due_on": DUE})
        assert [step for step, *_rest in await told(work, made)] == [ActionStep.PLANNED]


async def test_a_refused_step_leaves_nothing_in_the_history(town, plan):
    async with await town.work() as work:
        made = await plan(work, due_on=DUE)
    async with await town.work() as work:
        for refused in (
            lambda: finish_action(work, made.id, outcome=" "),
            lambda: change_action(work, made.id, changes={"title": " "}),
        ):
            with pytest.raises(InvalidInput):
                async with work.attempt():
                    await refused()
        with pytest.raises(Conflict):
            await reopen_action(work, made.id)
        assert await count(work) == 1
    async with await town.work("employee") as work:
        with pytest.raises(Forbidden):
            await drop_action(work, made.id, outcome="Nej")
        assert await count(work) == 1


async def test_nobody_alters_the_history(town, plan):
    async with await town.work() as work:
        made = await plan(work)
        (row,) = await history_of(work, made.id)
        for statement in (
            update(ActionChange).values(step=ActionStep.DONE),
            update(ActionChange).values(after={"title": "Annat"}),
            delete(ActionChange),
        ):
            with pytest.raises(DBAPIError):
                async with work.attempt():
                    await work.execute(statement.where(ActionChange.id == row.id))


async def test_an_action_is_planned_of_its_own(town):
    home_care = town.units["home_care"].id
    async with await town.work("manager") as work:
        made = await plan_action(work, unit_id=home_care, title="Byt lås", about="Besök i maj")
    assert (made.module, made.page, made.params) == ("actions", "", {})
    assert (made.title, made.about) == ("Byt lås", "Besök i maj")
    async with await town.work("manager") as work:
        with pytest.raises(InvalidInput) as refused:
            await plan_action(work, unit_id=home_care, title="Byt lås", about="x" * 201)
        assert refused.value.field == "about"
        assert await count(work) == 1
