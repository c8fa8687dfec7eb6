"""What people are told when the database cannot be reached, or has no connection left."""

import asyncio

import asyncpg
import pytest
from sqlalchemy import text
from sqlalchemy.exc import TimeoutError as PoolTimeout

from roder.infra.database import open_engine, told_busy


async def fault_of(url: str) -> BaseException:
    engine = open_engine(url, pool=1)
    try:
        async with engine.connect() as connection:
            await connection.execute(text("select 1"))
    except Exception as error:
        return error
    finally:
        await engine.dispose()
    raise AssertionError("it answered")


async def test_a_database_that_is_not_there_is_told_as_busy():
    fault = await fault_of("postgresql://nobody:x@127.0.0.1:1/nothing")

    busy = told_busy(fault)

    assert busy is not None
    assert (busy.code, busy.status) == ("BUSY", 503)


@pytest.mark.parametrize(
    "fault",
    [
        PoolTimeout("pool"),
        TimeoutError(),
        ConnectionResetError(),
        asyncpg.TooManyConnectionsError("53300"),
        asyncpg.ConnectionDoesNotExistError("08003"),
        asyncpg.InterfaceError("pool is closing"),
    ],
    ids=lambda fault: type(fault).__name__,
)
def test_so_is_a_connection_that_was_lost_or_never_free(fault):
    assert told_busy(fault) is not None


@pytest.mark.parametrize(
    "fault",
    [ValueError("x"), KeyError("x"), asyncpg.UniqueViolationError("23505"), asyncio.QueueEmpty()],
    ids=lambda fault: type(fault).__name__,
)
def test_a_fault_of_ours_is_not(fault):
    assert told_busy(fault) is None
