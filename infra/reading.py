"""Reads in one round trip: connections that only read, and hand on what PostgreSQL wrote."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from typing import Any, TypeAlias
from uuid import UUID

import asyncpg  # type: ignore[import-untyped]

from .database import POOL_SECONDS

READ_TIMEOUT = "10s"
"""No read of ours takes a tenth of it; one that does is asked in smaller parts by Strawberry."""

Row = Sequence[Any]

Place: TypeAlias = asyncpg.Connection | None
"""Where a connection is, or may be opened."""


class Reading:
    """Connections of its own. Statements are prepared once a connection, with one plan for all
    values; text comes as bytes. Nothing can be written.

    A connection carries nothing from a request to the next, so nothing is reset between them; the
    pool that asyncpg has does so, and starts a task for it, which is a tenth of a small answer.
    The one used last is used next: its plans are still in the processor's cache.
    """

    def __init__(self, url: str, *, most: int) -> None:
        """Opens no connection before the first read, and at most so many."""
        self._url, self._most = url, most
        self._free: list[Place] = [None] * most
        self._waiting: deque[asyncio.Future[Place]] = deque()

    async def row(self, sql: str, parameters: Row) -> Row | None:
        """The one row of a statement that sets its tenant by itself; None when it gives none.

        Raises TimeoutError when no connection has become free.
        """
        return await self._asked(lambda connection: connection.fetchrow(sql, *parameters))

    async def row_of(self, tenant_id: UUID, sql: str, parameters: Row) -> Row | None:
        """The same on a distributed database, where the setting has to reach every node first:
        see `database.begin`."""

        async def ask(connection: asyncpg.Connection) -> Row | None:
            await connection.execute(
                "begin read only; set local citus.propagate_set_commands = 'local'; "
                f"set local roder.tenant = '{UUID(str(tenant_id))}'"
            )
            try:
                found: Row | None = await connection.fetchrow(sql, *parameters)
            finally:
                await connection.execute("rollback")
            return found

        return await self._asked(ask)

    async def close(self) -> None:
        """Wait for those who read, and close all connections."""
        for _ in range(self._most):
            connection = self._free.pop() if self._free else await self._next()
            if connection is not None:
                await connection.close()

    async def _asked(
        self, ask: Callable[[asyncpg.Connection], Awaitable[Row | None]]
    ) -> Row | None:
        connection = await self._take()
        try:
            found = await ask(connection)
        except BaseException as error:
            self._give_back(connection, after=error)
            raise
        self._hand_on(connection)
        return found

    async def _take(self) -> asyncpg.Connection:
        connection = self._free.pop() if self._free else await self._next()
        if connection is not None and not connection.is_closed():
            return connection
        try:
            return await _connect(self._url)
        except BaseException:
            self._hand_on(None)
            raise

    async def _next(self) -> Place:
        """The place that becomes free next and is nobody else's."""
        loop = asyncio.get_running_loop()
        turn: asyncio.Future[Place] = loop.create_future()
        self._waiting.append(turn)
        patience = loop.call_later(POOL_SECONDS, _lose, turn)
        try:
            return await turn
        except asyncio.CancelledError:
            if not turn.cancelled() and not turn.exception():  # it came at the same moment
                self._hand_on(turn.result())
            raise
        finally:
            patience.cancel()

    def _hand_on(self, place: Place) -> None:
        while self._waiting:
            turn = self._waiting.popleft()
            if not turn.done():
                turn.set_result(place)
                return
        self._free.append(place)

    def _give_back(self, connection: asyncpg.Connection, *, after: BaseException) -> None:
        """What PostgreSQL refused has ended; what was broken off may still come."""
        if not isinstance(after, asyncpg.PostgresError):
            connection.terminate()
        self._hand_on(None if connection.is_closed() else connection)


def _lose(turn: asyncio.Future[Place]) -> None:
    if not turn.done():
        turn.set_exception(TimeoutError())


async def _connect(url: str) -> asyncpg.Connection:
    connection = await asyncpg.connect(
        url,
        timeout=POOL_SECONDS,
        # A prepared statement takes PostgreSQL some 50 to 100 times its text, for as long as the
        # connection lives: 100 of 30,000 signs are some 200 MB at the very worst.
        statement_cache_size=100,
        max_cached_statement_lifetime=0,
        max_cacheable_statement_size=30_000,
        server_settings={
            "application_name": "roder reading",
            "default_transaction_read_only": "on",
            "jit": "off",
            "plan_cache_mode": "force_generic_plan",
            # What is read lies in memory: a row by its key costs less than a table of 100 rows.
            "random_page_cost": "1.1",
            "statement_timeout": READ_TIMEOUT,
            "timezone": "UTC",
        },
    )
    await connection.set_type_codec(
        "text", schema="pg_catalog", format="binary", encoder=str.encode, decoder=bytes
    )
    return connection
