"""Reads in one round trip: connections that only read, and hand on what PostgreSQL wrote."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import asyncpg  # type: ignore[import-untyped]

from .database import POOL_SECONDS

READ_TIMEOUT = "10s"
"""No read of ours takes a tenth of it; one that does is asked in smaller parts by Strawberry."""


class _Connection(asyncpg.Connection):  # type: ignore[misc]
    """One that carries nothing from a request to the next, so that nothing has to be reset."""

    def get_reset_query(self) -> str:
        return ""


class Reading:
    """A pool of its own. Statements are prepared once a connection, with one plan for all values;
    text comes as bytes. Nothing can be written."""

    def __init__(self, pool: asyncpg.Pool) -> None:
        self._pool = pool

    async def row(self, sql: str, parameters: Sequence[Any]) -> Sequence[Any] | None:
        """The one row of a statement that sets its tenant by itself; None when it gives none."""
        async with self._pool.acquire(timeout=POOL_SECONDS) as connection:
            found: Sequence[Any] | None = await connection.fetchrow(sql, *parameters)
        return found

    async def row_of(
        self, tenant_id: UUID, sql: str, parameters: Sequence[Any]
    ) -> Sequence[Any] | None:
        """The same on a distributed database, where the setting has to reach every node first:
        see `database.begin`."""
        async with self._pool.acquire(timeout=POOL_SECONDS) as connection:
            await connection.execute(
                "begin read only; set local citus.propagate_set_commands = 'local'; "
                f"set local roder.tenant = '{UUID(str(tenant_id))}'"
            )
            try:
                found: Sequence[Any] | None = await connection.fetchrow(sql, *parameters)
            finally:
                await connection.execute("rollback")
        return found

    async def close(self) -> None:
        await self._pool.close()


async def open_reading(url: str, *, pool: int) -> Reading:
    """Opens no connection before the first read."""
    return Reading(
        await asyncpg.create_pool(
            url,
            min_size=0,
            max_size=pool,
            connection_class=_Connection,
            init=_settle,
            # A prepared statement takes PostgreSQL some 50 to 100 times its text, for as long as
            # the connection lives: 100 of 30,000 signs are some 200 MB at the very worst.
            statement_cache_size=100,
            max_cached_statement_lifetime=0,
            max_cacheable_statement_size=30_000,
            server_settings={
                "application_name": "roder reading",
                "default_transaction_read_only": "on",
                "jit": "off",
                "plan_cache_mode": "force_generic_plan",
                "statement_timeout": READ_TIMEOUT,
                "timezone": "UTC",
            },
        )
    )


async def _settle(connection: asyncpg.Connection) -> None:
    await connection.set_type_codec(
        "text", schema="pg_catalog", format="binary", encoder=str.encode, decoder=bytes
    )
