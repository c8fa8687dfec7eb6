from datetime import date

import pytest

from roder.infra.errors import Conflict, Forbidden, InvalidInput, NotFound
from roder.platform.modules.goals.models import Activity, Checkpoint
from roder.platform.modules.goals.planning.activities import (
    add_checkpoint,
    change_activity,
    pass_checkpoint,
    remove_checkpoint,
)
from roder.platform.modules.goals.settings import GoalSettings
from roder.platform.modules.goals.steering.locks import lock_year
from roder.tenants.municipality import save_settings
from roder.tenants.rows import uuid7

DAY = date(2026, 5, 1)


async def test_a_state_is_kept_with_who_and_when(town, thread, stored):
    node = thread.nodes["activity"]
    assert (await stored(Activity, node)).state == "not_started"

    async with await town.work() as work:
        after = await change_activity(
            work, node, changes={"state": "done", "starts_on": DAY, "ends_on": DAY}, version=1
        )

    activity = await stored(Activity, node)
    assert (activity.state, activity.starts_on, activity.ends_on) == ("done", DAY, DAY)
    assert activity.state_by == town.people["administrator"].id
    assert activity.state_at is not None
    assert after.version == 2


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"state": "klar"}, "De som finns är: not_started, ongoing, delayed, done, dropped"),
        ({"starts_on": date(2026, 5, 2), "ends_on": DAY}, "sluta innan den börjar"),
    ],
)
async def test_what_does_not_fit_an_activity_is_refused(town, thread, stored, changes, sentence):
    async with await town.work() as work:
        with pytest.raises(InvalidInput, match=sentence):
            await change_activity(work, thread.nodes["activity"], changes=changes)

    activity = await stored(Activity, thread.nodes["activity"])
    assert (activity.state, activity.ends_on) == ("not_started", None)


async def test_only_an_activity_has_a_state(town, thread, counted):
    async with await town.work() as work:
        with pytest.raises(NotFound):
            await change_activity(work, thread.nodes["goal"], changes={"state": "done"})
        with pytest.raises(NotFound):
            await add_checkpoint(work, thread.nodes["goal"], due_on=DAY)

    assert await counted(Checkpoint) == 0


async def test_an_older_version_is_refused(town, thread, stored):
    node = thread.nodes["activity"]
    async with await town.work() as work:
        await change_activity(work, node, changes={"state": "ongoing"}, version=1)
        with pytest.raises(Conflict, match="Asta Admin sparade"):
            await change_activity(work, node, changes={"state": "done"}, version=1)

    assert (await stored(Activity, node)).state == "ongoing"


async def test_the_municipality_names_the_states(town, thread, stored):
    states = [
        {"key": "plan", "word": {"sv": "Planerad"}},
        {"key": "klar", "word": {"sv": "Klar"}, "closed": True},
    ]
    async with await town.work() as work:
        await save_settings(work, "goals", GoalSettings, values={"activity_states": states})
        await change_activity(work, thread.nodes["activity"], changes={"state": "klar"})

    assert (await stored(Activity, thread.nodes["activity"])).state == "klar"


@pytest.mark.parametrize(
    ("states", "sentence"),
    [
        ([("a", "A", False)], "passar inte"),
        ([("a", "A", False), ("a", "B", True)], "samma nyckel"),
        ([("a", "A", True), ("b", "B", False)], "första statusen"),
        ([("a", "A", False), ("b", "B", False)], "minst en avslutad"),
        ([("a", "A", False), ("b", "", True)], "ord på svenska"),
    ],
)
async def test_states_that_cannot_work_are_refused(town, states, sentence):
    values = [{"key": key, "word": {"sv": word}, "closed": closed} for key, word, closed in states]
    async with await town.work() as work:
        with pytest.raises(InvalidInput, match=sentence):
            await save_settings(work, "goals", GoalSettings, values={"activity_states": values})


async def test_a_checkpoint_is_passed_once_and_then_kept(town, thread, stored):
    async with await town.work() as work:
        checkpoint = await add_checkpoint(
            work, thread.nodes["activity"], due_on=DAY, note=" Titta på läget "
        )
    async with await town.work() as work:
        await pass_checkpoint(work, checkpoint.id)
        with pytest.raises(Conflict, match="redan gjord"):
            await pass_checkpoint(work, checkpoint.id)
        with pytest.raises(Conflict, match="sparas"):
            await remove_checkpoint(work, checkpoint.id)

    kept = await stored(Checkpoint, checkpoint.id)
    assert (kept.note, kept.passed_by) == ("Titta på läget", town.people["administrator"].id)


async def test_a_checkpoint_nobody_has_passed_can_be_removed(town, thread, counted):
    async with await town.work() as work:
        checkpoint = await add_checkpoint(work, thread.nodes["activity"], due_on=DAY)
        await remove_checkpoint(work, checkpoint.id)

    assert await counted(Checkpoint) == 0


@pytest.mark.parametrize("who", ["manager", "employee", "auditor"])
async def test_activities_are_changed_only_with_the_right_at_their_unit(
    town, thread, counted, stored, who
):
    node = thread.nodes["activity"]
    async with await town.work(who) as work:
        for attempt in (
            change_activity(work, node, changes={"state": "done"}),
            add_checkpoint(work, node, due_on=DAY),
        ):
            with pytest.raises(Forbidden):
                await attempt

    assert (await stored(Activity, node)).state == "not_started"
    assert await counted(Checkpoint) == 0


async def test_a_locked_year_keeps_its_activities(town, thread, counted):
    node = thread.nodes["activity"]
    async with await town.work() as work:
        checkpoint = await add_checkpoint(work, node, due_on=DAY)
        await lock_year(work, 2026)
        for attempt in (
            change_activity(work, node, changes={"state": "done"}),
            add_checkpoint(work, node, due_on=DAY),
            pass_checkpoint(work, checkpoint.id),
            remove_checkpoint(work, checkpoint.id),
        ):
            with pytest.raises(Conflict, match="2026 är låst"):
                await attempt

    assert await counted(Checkpoint) == 1


async def test_another_municipality_cannot_tell_the_activity_exists(
    town, thread, other_town, counted
):
    async with await town.work() as work:
        checkpoint = await add_checkpoint(work, thread.nodes["activity"], due_on=DAY)
    async with await other_town.work() as work:
        for id in (thread.nodes["activity"], checkpoint.id, uuid7()):
            for attempt in (
                change_activity(work, id, changes={"state": "done"}),
                add_checkpoint(work, id, due_on=DAY),
                pass_checkpoint(work, id),
                remove_checkpoint(work, id),
            ):
                with pytest.raises(NotFound, match=r"^Det finns inte, eller så får du inte se"):
                    await attempt

    assert await counted(Checkpoint) == 1
