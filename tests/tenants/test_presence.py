"""Who is writing where: told to colleagues, soon over, never another municipality's."""

import asyncio

import pytest
from sqlalchemy import func, select, update

from roder.infra.errors import InvalidInput, Unauthenticated
from roder.infra.listening import listener
from roder.tenants.actors import service
from roder.tenants.changes import CHANNEL, channel_text
from roder.tenants.presence import Presence, here, leave, who_is_here
from roder.tenants.work import open_work

TOPIC = "report:prov"


async def seen(town, who="employee", *topics):
    async with await town.work(who, write=False) as work:
        return [(p.topic, p.name, p.place) for p in await who_is_here(work, *(topics or (TOPIC,)))]


async def beat(town, who, place, topic=TOPIC):
    async with await town.work(who) as work:
        await here(work, topic, place)


async def grow_old(town, seconds):
    async with await town.work() as work:
        old = func.clock_timestamp() - func.make_interval(0, 0, 0, 0, 0, 0, seconds)
        await work.execute(update(Presence).values(seen_at=old))


async def test_colleagues_see_who_writes_where_but_nobody_sees_themselves(town):
    await beat(town, "manager", "2.5")
    await beat(town, "local", "2.1")

    assert await seen(town) == [(TOPIC, "Lo Lokal", "2.1"), (TOPIC, "Mona Chef", "2.5")]
    assert await seen(town, "manager") == [(TOPIC, "Lo Lokal", "2.1")]


async def test_a_beat_again_is_the_same_presence(town):
    await beat(town, "manager", "2.5")
    async with await town.work(write=False) as work:
        [first] = await who_is_here(work, TOPIC)
    await beat(town, "manager", "2.5")
    async with await town.work(write=False) as work:
        [second] = await who_is_here(work, TOPIC)

    assert second.since == first.since
    assert second.until > first.until


async def test_someone_who_is_not_heard_of_for_45_seconds_is_gone(town):
    await beat(town, "manager", "2.5")
    await grow_old(town, 40)
    assert len(await seen(town)) == 1

    await grow_old(town, 46)
    assert await seen(town) == []


async def test_coming_back_is_a_new_presence_and_those_who_left_are_dropped(town):
    await beat(town, "manager", "2.5")
    await beat(town, "local", "2.1")
    await grow_old(town, 46)
    await beat(town, "manager", "2.5")

    async with await town.work(write=False) as work:
        [row] = await work.scalars(select(Presence))
    assert row.place == "2.5"
    assert (row.seen_at - row.since).total_seconds() < 40  # not since the one that is gone


async def test_leaving_is_seen_at_once(town):
    await beat(town, "manager", "2.5")
    await beat(town, "manager", "2.6")
    async with await town.work("manager") as work:
        await leave(work, TOPIC, "2.5")

    assert await seen(town) == [(TOPIC, "Mona Chef", "2.6")]


async def test_only_news_is_told(town):
    with listener(town.runtime).hear((CHANNEL, channel_text(town.tenant.id, TOPIC))) as heard:
        await asyncio.wait_for(heard.wait(), 60)
        for tell, told in (("2.5", True), ("2.5", False), ("2.6", True)):
            heard.clear()
            await beat(town, "manager", tell)
            if told:
                await asyncio.wait_for(heard.wait(), 60)
            else:
                await asyncio.sleep(0.3)
                assert not heard.is_set()


async def test_another_topic_and_another_municipality_see_nothing(town, other_town):
    await beat(town, "manager", "2.5")

    assert await seen(town, "employee", "report:another") == []
    assert await seen(other_town) == []


@pytest.mark.parametrize("place", ["", "  ", "x" * 101])
async def test_a_place_is_named_in_a_hundred_signs(town, place):
    with pytest.raises(InvalidInput) as refusal:
        await beat(town, "manager", place)

    assert refusal.value.field == "place"
    assert await seen(town) == []


async def test_the_service_itself_writes_nowhere(town):
    with pytest.raises(Unauthenticated):
        async with open_work(town.runtime, town.tenant, service(), write=True) as work:
            await here(work, TOPIC, "2.5")


async def test_whoever_holds_ten_places_gives_up_the_oldest_for_the_next(town):
    another = "report:another"
    await beat(town, "manager", "0", another)
    for place in range(1, 10):
        await beat(town, "manager", str(place))
    await beat(town, "local", "2.1")
    assert len(await seen(town, "employee", TOPIC, another)) == 11

    with listener(town.runtime).hear((CHANNEL, channel_text(town.tenant.id, another))) as heard:
        await asyncio.wait_for(heard.wait(), 60)
        heard.clear()
        await beat(town, "manager", "1")
        await beat(town, "manager", "10")
        await asyncio.wait_for(heard.wait(), 60)
    await beat(town, "manager", "11")

    places = [place for _topic, name, place in await seen(town) if name == "Mona Chef"]
    assert places == ["1", "10", "11", "3", "4", "5", "6", "7", "8", "9"]
    assert await seen(town, "employee", another) == []
    assert len(await seen(town)) == 11


async def test_no_more_than_two_hundred_places_are_shown(town):
    person = town.people["manager"].id
    async with await town.work() as work:
        for number in range(201):
            work.add(
                Presence(
                    person_id=person,
                    topic=TOPIC,
                    place=f"{number:03}",
                    since=work.now,
                    seen_at=work.now,
                )
            )

    places = [place for _topic, _name, place in await seen(town)]
    assert places == [f"{number:03}" for number in range(200)]
