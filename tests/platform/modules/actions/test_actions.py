"""Actions: planned by other modules, changed, ended and opened again by those who may."""

from datetime import date

import pytest
from sqlalchemy import func, select

from roder.infra.errors import Conflict, Forbidden, InvalidInput, NotFound
from roder.platform.modules.actions.models import ActionState, PlannedAction
from roder.platform.modules.actions.service import (
    actions_of,
    change_action,
    drop_action,
    finish_action,
    get_action,
    reopen_action,
)
from roder.tenants.rows import uuid7

DUE = date(2026, 12, 1)


async def count(work):
    return await work.first(select(func.count()).select_from(PlannedAction))


async def test_an_action_is_planned_with_where_it_comes_from(town, plan):
    async with await town.work("manager") as work:
        made = await plan(work, owner="employee", due_on=DUE, detail="Med nattlaget")

    async with await town.work("employee", write=False) as work:
        action = await get_action(work, made.id)
        assert await actions_of(work, [made.id, None, uuid7()]) == {made.id: action}
        assert await actions_of(work, [None]) == {}
    assert (action.title, action.detail) == ("Gå igenom rutinen för nycklar", "Med nattlaget")
    assert (action.module, action.about) == ("reports", "Kvalitetsberättelse 2026")
    assert (action.page, action.params) == ("reports", {"unit": "hemtjanst-ost", "year": "2026"})
    assert (action.state, action.due_on, action.version) == (ActionState.OPEN, DUE, 1)
    assert action.owner_id == town.people["employee"].id
    assert action.changed_by == town.people["manager"].id
    assert (action.done_at, action.done_by, action.outcome) == (None, None, "")


@pytest.mark.parametrize("who", ["employee", "auditor"])
async def test_only_those_who_write_at_the_unit_plan_there(town, plan, who):
    async with await town.work(who) as work:
        with pytest.raises(Forbidden):
            await plan(work)
        assert await count(work) == 0


async def test_nobody_plans_outside_their_own_units(town, plan):
    async with await town.work("manager") as work:
        with pytest.raises(Forbidden):
            await plan(work, unit_id=town.units["school_board"].id)
        assert await count(work) == 0


@pytest.mark.parametrize(
    ("values", "error", "field"),
    [
        ({"title": " "}, InvalidInput, "title"),
        ({"title": "x" * 201}, InvalidInput, "title"),
        ({"detail": "x" * 4001}, InvalidInput, "detail"),
        ({"unit_id": uuid7()}, NotFound, "unitId"),
        ({"owner_id": uuid7()}, NotFound, "ownerId"),
    ],
)
async def test_an_action_that_says_too_little_or_names_nobody_is_refused(
    town, plan, values, error, field
):
    async with await town.work() as work:
        with pytest.raises(error) as refused:
            await plan(work, **values)
        assert refused.value.field == field
        assert await count(work) == 0


async def test_somebody_who_has_left_does_not_become_owner(town, plan):
    async with await town.work() as work:
        town.people["employee"].left_on = work.today
        await work.session.merge(town.people["employee"])
        await work.flush()
        with pytest.raises(InvalidInput, match="har slutat") as refused:
            await plan(work, owner="employee")
        assert refused.value.field == "ownerId"
        assert await count(work) == 0


async def test_an_action_is_changed_and_tells_who_did_it(town, plan):
    async with await town.work() as work:
        made = await plan(work, due_on=DUE)
    async with await town.work("manager") as work:
        changes = {"title": "Ny rutin", "owner_id": town.people["manager"].id, "due_on": None}
        changed = await change_action(work, made.id, changes=changes, version=1)
    assert (changed.title, changed.due_on, changed.version) == ("Ny rutin", None, 2)
    assert changed.owner_id == changed.changed_by == town.people["manager"].id


async def test_what_somebody_else_has_changed_meanwhile_is_not_written_over(town, plan):
    async with await town.work() as work:
        made = await plan(work)
        await change_action(work, made.id, changes={"title": "Först"}, version=1)
        for again in (
            lambda: change_action(work, made.id, changes={"title": "Sedan"}, version=1),
            lambda: finish_action(work, made.id, outcome="Klart", version=1),
            lambda: drop_action(work, made.id, outcome="Nej", version=1),
        ):
            with pytest.raises(Conflict, match="under tiden"):
                await again()
        assert (made.title, made.state, made.version) == ("Först", ActionState.OPEN, 2)


async def test_the_owner_finishes_it_without_writing_at_the_unit(town, plan):
    async with await town.work() as work:
        made = await plan(work, owner="employee")
    async with await town.work("employee") as work:
        with pytest.raises(Forbidden):
            await change_action(work, made.id, changes={"title": "Lättare"})
        done = await finish_action(work, made.id, outcome="Rutinen är ändrad")
    assert (done.state, done.outcome) == (ActionState.DONE, "Rutinen är ändrad")
    assert done.done_by == town.people["employee"].id
    assert done.done_at is not None


@pytest.mark.parametrize("owner", ["", "manager"])
async def test_what_is_not_ones_own_is_not_finished(town, plan, owner):
    async with await town.work() as work:
        made = await plan(work, owner=owner)
    async with await town.work("employee") as work:
        with pytest.raises(Forbidden):
            await finish_action(work, made.id, outcome="Klart")
        assert (await get_action(work, made.id)).state is ActionState.OPEN


async def test_who_writes_at_the_unit_finishes_it_for_the_owner(town, plan):
    async with await town.work() as work:
        made = await plan(work, owner="employee")
    async with await town.work("manager") as work:
        done = await finish_action(work, made.id, outcome="Klart")
    assert done.done_by == town.people["manager"].id


async def test_an_end_tells_what_came_of_it(town, plan):
    async with await town.work() as work:
        made = await plan(work)
        for end in (finish_action, drop_action):
            with pytest.raises(InvalidInput) as refused:
                await end(work, made.id, outcome="  ")
            assert refused.value.field == "outcome"
        assert (made.state, made.version) == (ActionState.OPEN, 1)


async def test_an_action_that_has_ended_is_changed_only_when_it_is_open_again(town, plan):
    async with await town.work() as work:
        made = await plan(work)
        await drop_action(work, made.id, outcome="Ryms i en annan")
        for late in (
            lambda: change_action(work, made.id, changes={"title": "Nytt"}),
            lambda: finish_action(work, made.id, outcome="Klart"),
            lambda: drop_action(work, made.id, outcome="Igen"),
        ):
            with pytest.raises(Conflict, match="inte öppen"):
                await late()
        assert (made.state, made.outcome) == (ActionState.DROPPED, "Ryms i en annan")

        await reopen_action(work, made.id, version=2)
        with pytest.raises(Conflict, match="redan öppen"):
            await reopen_action(work, made.id)
    assert (made.state, made.done_at, made.done_by) == (ActionState.OPEN, None, None)


async def test_the_owner_does_not_open_it_again(town, plan):
    async with await town.work() as work:
        made = await plan(work, owner="employee")
        await finish_action(work, made.id, outcome="Klart")
    async with await town.work("employee") as work:
        with pytest.raises(Forbidden):
            await reopen_action(work, made.id)
        assert (await get_action(work, made.id)).state is ActionState.DONE


async def test_another_municipality_cannot_tell_the_action_exists(town, plan, other_town):
    async with await town.work() as work:
        made = await plan(work)
    async with await other_town.work() as work:
        with pytest.raises(NotFound) as foreign:
            await finish_action(work, made.id, outcome="Klart")
        with pytest.raises(NotFound) as absent:
            await finish_action(work, uuid7(), outcome="Klart")
        assert str(foreign.value) == str(absent.value)
        assert await actions_of(work, [made.id]) == {}
