import asyncio

import asyncpg
import pytest

from roder.infra import reading
from roder.infra.reading import Reading

PID = "select pg_backend_pid()"
SLEEP = "select pg_backend_pid() from pg_sleep(0.1)"


@pytest.fixture
async def two(settings):
    reads = Reading(settings.database_url, most=2)
    yield reads
    await reads.close()


async def pid(reads, sql=PID):
    [found] = await reads.row(sql, [])
    return found


async def test_there_are_never_more_connections_than_allowed(two):
    found = await asyncio.gather(*(pid(two, SLEEP) for _ in range(6)))

    assert len(set(found)) == 2


async def test_a_connection_is_used_again(two):
    assert await pid(two) == await pid(two)


async def test_what_postgresql_refuses_costs_no_connection(two):
    before = await pid(two)
    with pytest.raises(asyncpg.UndefinedTableError):
        await two.row("select * from nowhere", [])

    assert await pid(two) == before


async def test_a_read_that_is_broken_off_takes_its_connection_with_it(two):
    """Its answer may still come, and must not be the next reader's."""
    before = await pid(two)
    slow = asyncio.create_task(two.row("select pg_sleep(30)", []))
    await asyncio.sleep(0)
    slow.cancel()
    with pytest.raises(asyncio.CancelledError):
        await slow

    assert await pid(two) != before


async def test_a_connection_that_postgresql_ended_is_replaced(two):
    before = await pid(two)
    with pytest.raises(asyncpg.PostgresConnectionError):
        await two.row("select pg_terminate_backend(pg_backend_pid())", [])

    assert await pid(two) != before


async def test_whoever_waits_too_long_for_a_connection_is_told(two, monkeypatch):
    await asyncio.gather(pid(two, SLEEP), pid(two, SLEEP))  # both are open before time is short
    monkeypatch.setattr(reading, "POOL_SECONDS", 0.05)
    busy = [asyncio.create_task(pid(two, "select 1 from pg_sleep(0.5)")) for _ in range(2)]
    await asyncio.sleep(0)
    with pytest.raises(TimeoutError):
        await pid(two)

    assert await asyncio.gather(*busy) == [1, 1]


async def test_a_database_that_is_not_there_leaves_the_place_free(two):
    two._url = "postgresql://nobody@127.0.0.1:1/nothing"
    for _ in range(3):
        with pytest.raises(OSError):
            await pid(two)
