from decimal import Decimal

import pytest

from roder.infra.errors import Conflict, Forbidden, InvalidInput, NotFound
from roder.infra.periods import Period
from roder.platform.modules.goals.analysis.analysis import goal_analysis
from roder.platform.modules.goals.models import HandLight
from roder.platform.modules.goals.rules import Light
from roder.platform.modules.goals.steering.locks import lock_year
from roder.platform.modules.goals.values.lights import (
    hand_light_history,
    set_light_by_hand,
    take_back_light,
)
from roder.platform.modules.goals.values.outcomes import set_outcome
from roder.tenants.rows import uuid7

RED, GREEN, YELLOW = Light.RED, Light.GREEN, Light.YELLOW


@pytest.fixture
def set_light(thread):
    async def set_light(work, light=RED, reason="Läget är sämre", *, node="goal", **given):
        return await set_light_by_hand(
            work,
            thread.nodes[node],
            light=light,
            reason=reason,
            **{"unit_id": thread.units["committee"], "period": "2026", **given},
        )

    return set_light


async def measure(work, thread, total):
    await set_outcome(
        work,
        thread.nodes["indicator"],
        unit_id=thread.units["committee"],
        period="2026-T3",
        values={"total": Decimal(total), "target": Decimal(9)},
    )


async def test_a_light_set_by_hand_burns_with_who_when_and_why(town, thread, set_light):
    async with await town.work() as work:
        await measure(work, thread, 10)
        await set_light(work, RED, " Inte nog ")

    async with await town.work("employee", write=False) as work:
        analysis = await goal_analysis(work, unit_id=thread.units["committee"], period=Period(2026))
    row = next(row for row in analysis.rows if row.node.id == thread.nodes["goal"])
    assert row.verdict.light is RED
    assert row.verdict.hand.reason == "Inte nog"
    assert row.verdict.hand.set_by == town.people["administrator"].id


async def test_green_by_hand_is_refused_over_what_is_not_green_naming_it(
    town, thread, set_light, counted
):
    async with await town.work() as work:
        with pytest.raises(Conflict, match="1 av 1 under det är inte gröna: Sjukfrånvaro"):
            await set_light(work, GREEN)
        await measure(work, thread, 8)
        with pytest.raises(Conflict, match="Sjukfrånvaro"):
            await set_light(work, GREEN)
        with pytest.raises(Conflict, match="Minska sjukfrånvaro"):
            await set_light(work, GREEN, node="committee_goal")

    assert await counted(HandLight) == 0


async def test_green_by_hand_holds_over_green_one_level_up_too(town, thread, set_light, counted):
    async with await town.work() as work:
        await measure(work, thread, 9)
        await set_light(work, GREEN)
        await set_light(work, GREEN, node="committee_goal")

    assert await counted(HandLight) == 2


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"light": YELLOW}, "går inte att sätta för hand. Välj"),
        ({"reason": "  "}, "varför"),
        ({"reason": "x" * 2_001}, "2001 tecken"),
        ({"node": "indicator"}, "aldrig för hand"),
        ({"period": "2025"}, "hör till 2026"),
    ],
)
async def test_a_light_out_of_place_is_refused(town, set_light, counted, given, sentence):
    async with await town.work() as work:
        with pytest.raises(InvalidInput, match=sentence):
            await set_light(work, **given)

    assert await counted(HandLight) == 0


async def test_a_new_light_takes_back_the_one_that_stood_and_all_stay_in_history(
    town, thread, set_light
):
    place = {"unit_id": thread.units["committee"], "period": "2026"}
    async with await town.work() as work:
        await measure(work, thread, 9)
        await set_light(work, RED)
    async with await town.work() as work:
        await set_light(work, GREEN, "Löst")
    async with await town.work() as work:
        await take_back_light(work, thread.nodes["goal"], **place)
        with pytest.raises(Conflict, match="Ingen färg är satt för hand"):
            await take_back_light(work, thread.nodes["goal"], **place)

    async with await town.work("employee", write=False) as work:
        history = await hand_light_history(work, thread.nodes["goal"], **place)
    assert [(hand.light, hand.reason) for hand in history] == [
        ("green", "Löst"),
        ("red", "Läget är sämre"),
    ]
    assert all(hand.taken_back_by == town.people["administrator"].id for hand in history)


@pytest.mark.parametrize("who", ["manager", "employee", "auditor"])
async def test_a_light_is_set_only_with_the_right_at_the_unit(
    town, thread, set_light, counted, who
):
    async with await town.work(who) as work:
        with pytest.raises(Forbidden):
            await set_light(work)
        with pytest.raises(Forbidden):
            await take_back_light(
                work, thread.nodes["goal"], unit_id=thread.units["committee"], period="2026"
            )

    assert await counted(HandLight) == 0


async def test_a_unit_below_sets_its_own_light_on_what_it_sees(town, thread, set_light, stored):
    async with await town.work("manager") as work:
        hand = await set_light(work, RED, unit_id=thread.units["home_care"])

    assert (await stored(HandLight, hand.id)).unit_id == thread.units["home_care"]


async def test_a_locked_year_keeps_its_lights(town, thread, set_light, counted):
    async with await town.work() as work:
        await lock_year(work, 2026)
        with pytest.raises(Conflict, match="2026 är låst"):
            await set_light(work)

    assert await counted(HandLight) == 0


async def test_another_municipality_cannot_tell_the_goal_exists(thread, other_town, counted):
    place = {"unit_id": other_town.units["committee"].id, "period": "2026"}
    async with await other_town.work() as work:
        for node_id in (thread.nodes["goal"], uuid7()):
            for attempt in (
                set_light_by_hand(work, node_id, light=RED, reason="X", **place),
                take_back_light(work, node_id, **place),
                hand_light_history(work, node_id, **place),
            ):
                with pytest.raises(NotFound, match=r"^Det finns inte, eller så får du inte se"):
                    await attempt

    assert await counted(HandLight) == 0
