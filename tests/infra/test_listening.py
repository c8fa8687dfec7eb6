"""Hearing what is told: one connection for all channels, open only while someone waits."""

import asyncio

import psycopg

from roder.infra import listening
from roder.infra.listening import listener


async def told(runtime, channel, text):
    def tell():
        with psycopg.connect(runtime.settings.database_url, autocommit=True) as connection:
            connection.execute("select pg_notify(%s, %s)", (channel, text))

    await asyncio.to_thread(tell)


async def listening_connections(runtime, *, cut=False):
    act = "pg_terminate_backend(pid)" if cut else "pid"

    def count():
        with psycopg.connect(runtime.settings.database_url, autocommit=True) as connection:
            return connection.execute(
                f"select {act} from pg_stat_activity"  # type: ignore[arg-type]
                " where query ilike 'listen%%' and datname = current_database()"
            ).fetchall()

    return len(await asyncio.to_thread(count))


async def ready(*events):
    """Each event's first wake says that its channel is heard."""
    async with asyncio.timeout(10):
        for event in events:
            await event.wait()
            event.clear()


async def test_only_what_is_waited_for_wakes(runtime):
    ear = listener(runtime)
    with ear.hear(("one", "a")) as a, ear.hear(("one", "b"), ("one", "c")) as b:
        await ready(a, b)
        await told(runtime, "one", "c")
        await asyncio.wait_for(b.wait(), 5)
        b.clear()
        await told(runtime, "two", "a")
        await told(runtime, "one", "x")
        await told(runtime, "one", "b")
        await asyncio.wait_for(b.wait(), 5)

        assert not a.is_set()


async def test_all_channels_share_one_connection_also_those_asked_for_later(runtime):
    ear = listener(runtime)
    with ear.hear(("one", "a")) as first:
        await ready(first)
        with ear.hear(("two", "a")) as second:
            await ready(second)
            assert not first.is_set()
            await told(runtime, "two", "a")
            await asyncio.wait_for(second.wait(), 5)
            await told(runtime, "one", "a")
            await asyncio.wait_for(first.wait(), 5)

            assert await listening_connections(runtime) == 1
            assert runtime.engine.pool.checkedout() == 0
    assert ear.task is None
    assert ear.waiting == {}


async def test_after_a_lost_connection_all_look_again_and_hear_again(runtime, monkeypatch):
    monkeypatch.setattr(listening, "RECONNECT_SECONDS", 0.1)
    ear = listener(runtime)
    with ear.hear(("one", "a")) as a, ear.hear(("two", "b")) as b:
        await ready(a, b)
        assert await listening_connections(runtime, cut=True) == 1
        await ready(a, b)  # woken, since something may have been told meanwhile
        await told(runtime, "two", "b")
        await asyncio.wait_for(b.wait(), 5)

        assert not a.is_set()
