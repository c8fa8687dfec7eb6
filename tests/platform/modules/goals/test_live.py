"""What is saved in the goals is told in the topic of the unit and year; what is refused is not."""

from contextlib import suppress
from datetime import date
from decimal import Decimal

import pytest

from roder.infra.errors import AppError
from roder.platform.modules.goals.live import goals_topic
from roder.platform.modules.goals.planning.activities import (
    add_checkpoint,
    change_activity,
    pass_checkpoint,
    remove_checkpoint,
)
from roder.platform.modules.goals.planning.adding import add_nodes
from roder.platform.modules.goals.planning.distribute import distribute_node
from roder.platform.modules.goals.planning.nodes import (
    change_node,
    hand_over,
    move_node,
    remove_node,
)
from roder.platform.modules.goals.rules import Light
from roder.platform.modules.goals.steering.next_year import copy_model
from roder.platform.modules.goals.values.comments import write_comment
from roder.platform.modules.goals.values.lights import set_light_by_hand, take_back_light
from roder.platform.modules.goals.values.outcomes import set_outcome
from roder.tenants.changes import changes_since, cursor_now


@pytest.fixture
def told(town):
    """`await told(save)`: the ids by unit and year that are told of what `save(work)` saves."""

    async def look(save):
        async with await town.work(write=False) as work:
            cursor = await cursor_now(work)
        with suppress(AppError):
            async with await town.work() as work:
                await save(work)
        names = {
            goals_topic(unit.id, year): (key, year)
            for key, unit in town.units.items()
            for year in (2025, 2026, 2027)
        }
        async with await town.work(write=False) as work:
            changes, _cursor = await changes_since(work, names, cursor)
        return {names[change.topic]: set(change.ids) for change in changes}

    return look


async def test_what_is_done_to_a_node_is_told_at_its_unit(town, thread, told):
    node = thread.nodes
    at = ("committee", 2026)
    person = town.people["manager"].id

    async def checkpoint(work):
        made = await add_checkpoint(work, node["activity"], due_on=date(2026, 6, 1))
        await pass_checkpoint(work, made.id)

    for key, save in {
        "goal": lambda work: change_node(work, node["goal"], changes={"responsible_id": person}),
        "activity": lambda work: change_activity(
            work, node["activity"], changes={"ends_on": date(2026, 6, 1)}
        ),
        "indicator": lambda work: move_node(
            work, node["indicator"], parent_id=node["goal"], position=0
        ),
    }.items():
        assert await told(save) == {at: {node[key]}}
    assert await told(checkpoint) == {at: {node["activity"]}}
    handed = town.people["administrator"].id
    assert await told(lambda work: hand_over(work, from_id=person, to_id=handed)) == {
        at: {node["goal"]}
    }
    assert await told(lambda work: remove_node(work, node["assignment"])) == {
        at: {node["assignment"]}
    }


async def test_a_checkpoint_that_is_taken_away_is_told(town, thread, told):
    async with await town.work() as work:
        made = await add_checkpoint(work, thread.nodes["activity"], due_on=date(2026, 6, 1))

    assert await told(lambda work: remove_checkpoint(work, made.id)) == {
        ("committee", 2026): {thread.nodes["activity"]}
    }


async def test_what_a_unit_says_is_told_at_that_unit_and_in_the_plans_year(thread, told):
    indicator, goal = thread.nodes["indicator"], thread.nodes["goal"]
    unit = thread.units["home_care"]

    def value(period):
        return lambda work: set_outcome(
            work, indicator, unit_id=unit, period=period, values={"total": Decimal(5)}
        )

    def comment(text):
        return lambda work: write_comment(work, goal, unit_id=unit, period="2026", text=text)

    def light(work):
        return set_light_by_hand(
            work, goal, unit_id=unit, period="2026", light=Light.RED, reason="Prov"
        )

    at = ("home_care", 2026)
    assert await told(value("2026-T1")) == {at: {indicator}}
    assert await told(value("2025-T1")) == {at: {indicator}}
    assert await told(comment("Går bra")) == {at: {goal}}
    assert await told(comment("")) == {at: {goal}}
    assert await told(light) == {at: {goal}}
    assert await told(lambda work: take_back_light(work, goal, unit_id=unit, period="2026")) == {
        at: {goal}
    }


async def test_new_nodes_and_copies_are_told_where_they_stand(thread, told):
    new = [thread.new("activity", at=key) for key in ("committee", "home_care")]

    assert await told(lambda work: add_nodes(work, new)) == {
        ("committee", 2026): {new[0].id},
        ("home_care", 2026): {new[1].id},
    }
    home = [thread.units["home_care"]]
    copied = await told(lambda work: distribute_node(work, thread.nodes["own_goal"], unit_ids=home))
    assert {place: len(ids) for place, ids in copied.items()} == {("home_care", 2026): 1}
    year = await told(lambda work: copy_model(work, thread.model_id))
    assert set(year) == {("committee", 2027), ("home_care", 2027)}


async def test_what_changes_nothing_or_is_refused_is_not_told(thread, told):
    node, unit = thread.nodes["indicator"], thread.units["committee"]

    def value(period):
        return lambda work: set_outcome(
            work, node, unit_id=unit, period=period, values={"total": Decimal(5)}
        )

    await told(value("2026-T1"))

    assert await told(value("2026-T1")) == {}
    assert await told(value("2026-05")) == {}
    assert await told(lambda work: remove_node(work, node)) == {}
