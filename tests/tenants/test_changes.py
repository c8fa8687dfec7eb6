"""What others have changed: told at commit, lost never, and never another municipality's."""

import asyncio
from contextlib import suppress

import pytest
from sqlalchemy import func, select, update

from roder.infra.errors import InvalidInput
from roder.infra.listening import listener
from roder.tenants.changes import (
    CHANNEL,
    Change,
    changes_since,
    channel_text,
    forget_changes,
    tell_all_changed,
    tell_changed,
)
from roder.tenants.rows import uuid7
from roder.tenants.work import open_work

TOPIC = "goals:prov:2026"


async def now(town, *topics):
    return (await since(town, None, *topics))[1]


async def since(town, after, *topics):
    """Ids of what was changed in the topics, one list a change, and the next cursor."""
    async with await town.work("employee", write=False) as work:
        changes, cursor = await changes_since(work, topics or [TOPIC], after)
    return [list(change.ids) for change in changes], cursor


async def test_a_change_is_told_with_what_and_by_whom(town):
    cursor = await now(town)
    what = uuid7()
    async with await town.work("manager") as work:
        await tell_changed(work, TOPIC, what)

    async with await town.work("employee", write=False) as work:
        [change], _next = await changes_since(work, [TOPIC], cursor)

    assert (change.topic, change.ids, change.name) == (TOPIC, (what,), "Mona Chef")
    assert change.person_id == town.people["manager"].id


async def test_a_cursor_tells_each_change_once_and_only_of_its_topics(town):
    cursor = await now(town)
    first, second = uuid7(), uuid7()
    async with await town.work() as work:
        await tell_changed(work, TOPIC, first)
        await tell_changed(work, "report:prov", uuid7())
    seen, cursor = await since(town, cursor)
    async with await town.work() as work:
        await tell_changed(work, TOPIC, second)

    assert seen == [[first]]
    seen, cursor = await since(town, cursor)
    assert seen == [[second]]
    assert (await since(town, cursor))[0] == []


async def test_one_work_tells_a_topic_once_with_all_that_it_changed(town):
    cursor = await now(town)
    first, second = uuid7(), uuid7()
    async with await town.work() as work:
        await tell_changed(work, TOPIC, first)
        await tell_changed(work, TOPIC, second, first)

    assert (await since(town, cursor))[0] == [[first, second]]


@pytest.mark.parametrize("parts", [[101], [60, 60], [0], [0, 1], [1, 0]])
async def test_more_than_a_hundred_or_none_named_means_all_of_it(town, parts):
    cursor = await now(town)
    async with await town.work() as work:
        for part in parts:
            await tell_changed(work, TOPIC, *(uuid7() for _ in range(part)))

    assert (await since(town, cursor))[0] == [[]]


async def test_what_is_rolled_back_is_not_told(town):
    cursor = await now(town)
    kept = uuid7()
    with listener(town.runtime).hear((CHANNEL, channel_text(town.tenant.id, TOPIC))) as heard:
        await until_listening(heard)
        with suppress(RuntimeError):
            async with await town.work() as work:
                await tell_changed(work, TOPIC, uuid7())
                raise RuntimeError("planted")
        async with await town.work() as work:
            await tell_changed(work, "another", uuid7())
            with suppress(RuntimeError):
                async with work.attempt():
                    await tell_changed(work, TOPIC, uuid7())
                    raise RuntimeError("planted")
        await asyncio.sleep(0.3)
        assert not heard.is_set()

        async with await town.work() as work:
            await tell_changed(work, TOPIC, kept)
        await asyncio.wait_for(heard.wait(), 60)

    assert (await since(town, cursor))[0] == [[kept]]


async def test_two_who_listen_are_both_woken_and_another_municipality_is_not(town, other_town):
    with (
        listener(town.runtime).hear((CHANNEL, channel_text(town.tenant.id, TOPIC))) as one,
        listener(town.runtime).hear((CHANNEL, channel_text(town.tenant.id, TOPIC))) as two,
        listener(town.runtime).hear(
            (CHANNEL, channel_text(other_town.tenant.id, TOPIC))
        ) as foreign,
    ):
        for event in (one, two, foreign):
            await until_listening(event)
        async with await town.work() as work:
            await tell_changed(work, TOPIC)

        await asyncio.wait_for(asyncio.gather(one.wait(), two.wait()), 60)
        assert not foreign.is_set()


async def test_what_began_earlier_and_is_committed_later_is_not_lost(town):
    """Ids and times are made before the commit, so a cursor made of them would pass it by."""
    cursor = await now(town)
    slow, quick = uuid7(), uuid7()
    async with await town.work() as work:
        await tell_changed(work, TOPIC, slow)
        async with await town.work("manager") as other:
            await tell_changed(other, TOPIC, quick)
        between, cursor = await since(town, cursor)
        again, cursor = await since(town, cursor)

    assert (between, again) == ([[quick]], [])
    assert (await since(town, cursor))[0] == [[slow]]


async def test_nothing_is_lost_or_told_twice_while_many_write(town):
    cursor = await now(town)
    ids = [uuid7() for _ in range(60)]
    actor = await town.actor("administrator")
    seen, done = [], asyncio.Event()

    async def write(mine, pause):
        for id in mine:
            async with open_work(town.runtime, town.tenant, actor, write=True) as work:
                await tell_changed(work, TOPIC, id)
                await asyncio.sleep(pause)

    async def follow():
        nonlocal cursor
        ended = False
        while not ended:
            ended = done.is_set()
            found, cursor = await since(town, cursor)
            seen.extend(id for change in found for id in change)

    following = asyncio.create_task(follow())
    await asyncio.gather(write(ids[:20], 0.001), write(ids[20:40], 0.005), write(ids[40:], 0.011))
    done.set()
    await following

    assert sorted(seen) == sorted(ids)


async def test_another_municipalitys_changes_are_not_seen(town, other_town):
    cursor = await now(other_town)
    async with await town.work() as work:
        await tell_changed(work, TOPIC, uuid7())

    assert (await since(other_town, cursor))[0] == []


async def test_after_a_day_all_counts_as_changed(town):
    cursor = await now(town)
    seconds, _, numbers = cursor.partition("-")

    assert (await since(town, f"{int(seconds) - 80_000}-{numbers}"))[0] == [[]]
    assert (await since(town, f"{int(seconds) - 60_000}-{numbers}"))[0] == []


async def test_a_cursor_of_another_database_makes_all_count_as_changed(town):
    cursor = await now(town)
    seconds, _, _numbers = cursor.partition("-")

    assert (await since(town, f"{seconds}-999999999:999999999:"))[0] == [[]]


@pytest.mark.parametrize(
    "cursor", ["", "x", "1-2:3", "1-2:3:4,", "-1-2:3:", "1-2:3:" + "4," * 9000]
)
async def test_a_text_that_is_no_cursor_is_refused(town, cursor):
    with pytest.raises(InvalidInput) as refusal:
        await since(town, cursor)

    assert refusal.value.field == "after"


async def test_more_than_one_look_can_tell_is_told_as_all(town):
    cursor = await now(town)
    topics = [f"prov:{number}" for number in range(501)]
    async with await town.work() as work:
        await tell_all_changed(work, {topic: [uuid7()] for topic in topics})

    seen, _cursor = await since(town, cursor, *topics)
    assert seen == [[]] * 501


async def test_a_change_is_kept_a_day(town):
    async with await town.work() as work:
        await tell_changed(work, TOPIC, uuid7())
    async with await town.work() as work:
        await work.execute(
            update(Change).values(created_at=func.now() - func.make_interval(0, 0, 0, 0, 25))
        )
        await tell_changed(work, "another")
        await forget_changes(work)

    async with await town.work() as work:
        assert await work.scalars(select(Change.topic)) == ["another"]


async def until_listening(event):
    """Wait for the wake that says that the channel is heard."""
    await asyncio.wait_for(event.wait(), 60)
    event.clear()
