"""The connection pool, and the one function that opens a transaction for a tenant."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Sequence
from datetime import datetime
from decimal import Decimal
from enum import Enum
from typing import Any, Final, Protocol, cast
from uuid import UUID

from sqlalchemy import DateTime, Dialect, MetaData, Numeric, Text, TypeDecorator
from sqlalchemy import Enum as EnumType
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine
from sqlalchemy.orm import DeclarativeBase

from .errors import Busy
from .i18n import _


class Exact(TypeDecorator[Decimal]):
    """A decimal of any size, as people write it: the driver reads 20000 as 2E+4."""

    impl = Numeric
    cache_ok = True

    def process_result_value(self, value: Decimal | None, dialect: Dialect) -> Decimal | None:
        if value is None or int(value.as_tuple().exponent) <= 0:
            return value
        return value.quantize(Decimal(1))


class Base(DeclarativeBase):
    """Every table of the service, with names for constraints that migrations can rely on."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map = {  # noqa: RUF012 - SQLAlchemy reads it as it stands
        str: Text,
        datetime: DateTime(timezone=True),
        Decimal: Exact,
        Enum: EnumType(
            Enum,
            native_enum=False,
            length=40,
            values_callable=lambda kind: [member.value for member in kind],
        ),
        dict[str, str]: JSONB,
        dict[str, object]: JSONB,
        list[dict[str, str]]: JSONB,
        list[dict[str, object]]: JSONB,
    }


POOL_SECONDS = 5
"""How long a request waits for a connection before it is told that the service is busy."""


STATEMENT_TIMEOUT = "60s"


class Driver(Protocol):
    """The part of asyncpg's connection that is used below SQLAlchemy."""

    async def execute(self, sql: str) -> str: ...
    async def fetch(self, sql: str, *parameters: Any) -> Sequence[Sequence[Any]]: ...
    async def copy_records_to_table(
        self, table: str, /, *, records: AsyncIterator[tuple[str]], columns: Sequence[str]
    ) -> str: ...
    def cursor(self, sql: str, *parameters: Any) -> Awaitable[Cursor]: ...


class Cursor(Protocol):
    """Rows of a statement, fetched some at a time within its transaction."""

    async def fetch(self, most: int, /) -> Sequence[Sequence[Any]]: ...


def open_engine(url: str, *, pool: int) -> AsyncEngine:
    """An engine whose transactions are opened and ended by `begin` and `end` below.

    SQLAlchemy's own BEGIN would cost a round trip of its own, so the driver is left in autocommit
    and the transaction, with its tenant, starts in one batch.
    """
    return create_async_engine(
        url.replace("postgresql://", "postgresql+asyncpg://", 1),
        isolation_level="AUTOCOMMIT",
        pool_size=pool,
        max_overflow=0,
        pool_timeout=POOL_SECONDS,
        pool_reset_on_return=None,
        # What people write stays out of the log of a fault.
        hide_parameters=True,
        connect_args={
            "server_settings": {
                "jit": "off",
                "timezone": "UTC",
                "application_name": "roder",
                "statement_timeout": STATEMENT_TIMEOUT,
            }
        },
    )


class Outdated(Exception):
    """Rights have changed since it was found out who asks: they have to enter anew."""


_HELD: Final = (
    "; select where {rights} = coalesce("
    "(select version from rights_versions where tenant_id = {tenant}), 0)"
    " and exists (select from tenants where id = {tenant} and erased_at is null)"
)
"""Of several statements in one batch the driver tells how many rows the last one gave, not more."""


async def begin(
    connection: AsyncConnection,
    tenant_id: UUID,
    *,
    write: bool,
    distributed: bool,
    snapshot: bool = False,
    rights: int | None = None,
) -> None:
    """Open a transaction that sees one tenant, in one round trip. With `snapshot` it sees all of
    it as it stands now, whatever others change meanwhile. With `rights`, raises Outdated where the
    tenant's rights are at another version, or it has been erased.

    The setting is local to the transaction: a plain SET would outlive it on a pooled connection.
    On Citus the setting has to be propagated to the nodes that hold the rows, and `set_config()`
    is not, so the text is the same `set local` on both.
    """
    mode = "read write" if write else "read only"
    if snapshot:
        mode = f"isolation level repeatable read {mode}"
    spread = "set local citus.propagate_set_commands = 'local';" if distributed else ""
    tenant = f"'{UUID(str(tenant_id))}'"
    held = "" if rights is None else _HELD.format(rights=int(rights), tenant=tenant)
    done = await (await driver(connection)).execute(
        f"begin {mode}; {spread} set local roder.tenant = {tenant}{held}"
    )
    if held and done != "SELECT 1":
        raise Outdated


def told_busy(error: BaseException) -> Busy | None:
    """What to say where the database has no connection left for us or cannot be reached; None for
    any other fault."""
    from asyncpg import (  # type: ignore[import-untyped]
        InterfaceError,
        PostgresConnectionError,
        TooManyConnectionsError,
    )

    lost = PostgresConnectionError, TooManyConnectionsError, InterfaceError, OSError, TimeoutError
    cause = getattr(error, "orig", None) or error
    cause = getattr(cause, "__cause__", None) or cause
    if isinstance(error, PoolTimeout) or isinstance(cause, lost):
        return Busy(_("The service has too much to do just now. Try again in a moment."))
    return None


class NotCommitted(RuntimeError):
    """A statement had failed before, so PostgreSQL rolled back where it was told to commit."""


async def end(connection: AsyncConnection, *, commit: bool) -> None:
    """Commit or roll back. Raises NotCommitted rather than take a rollback for a commit."""
    done = await (await driver(connection)).execute("commit" if commit else "rollback")
    if commit and done != "COMMIT":
        raise NotCommitted(done)


async def driver(connection: AsyncConnection) -> Driver:
    raw = await connection.get_raw_connection()
    return cast(Driver, raw.driver_connection)
