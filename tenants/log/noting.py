"""Entries of the access log whose work has ended: they are written before anything is answered."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from uuid import UUID

import structlog
from sqlalchemy.ext.asyncio import AsyncConnection

from ...infra import database
from ...infra.errors import AppError
from ...infra.i18n import _
from ...infra.runtime import Runtime
from .access_log import Noted, append, append_alone

log = structlog.get_logger()


class NotLogged(AppError):
    """The access log cannot be written, so what it should have told of is not shown or done."""

    code = "NOT_LOGGED"
    status = 503


async def write_noted(runtime: Runtime, tenant_id: UUID, entries: Sequence[Noted]) -> None:
    """Write the entries, in one transaction with those of others at the same moment: the chain
    has one end only, and a commit of its own for each would have them wait for one another."""

    async def write(gathered: Sequence[Noted]) -> None:
        with runtime.measures.timed("log_batch"):
            async with runtime.engine.connect() as connection:
                try:
                    if runtime.settings.distributed:
                        await database.begin(connection, tenant_id, write=True, distributed=True)
                        await append(connection, tenant_id, gathered)
                        await database.end(connection, commit=True)
                    else:
                        await append_alone(connection, tenant_id, gathered)
                except BaseException:
                    await connection.invalidate()
                    raise
        runtime.measures.count(*_counted(gathered))

    with _or_not_logged(tenant_id):
        await runtime.batches.put(tenant_id, entries, write)


async def write_within(
    runtime: Runtime, connection: AsyncConnection, tenant_id: UUID, entries: Sequence[Noted]
) -> None:
    """Write them as the last of a transaction that the caller commits."""
    with _or_not_logged(tenant_id):
        await append(connection, tenant_id, entries)
    runtime.measures.count(*_counted(entries))


def _counted(entries: Iterable[Noted]) -> Iterator[str]:
    """What is counted of entries that are written: their way and action."""
    return (f"log.{entry.content['way']}.{entry.action.value}" for entry in entries)


@contextmanager
def _or_not_logged(tenant_id: UUID) -> Iterator[None]:
    try:
        yield
    except Exception as error:
        log.exception("access_not_logged", tenant=str(tenant_id))
        raise NotLogged(
            _("What is done here has to be logged, and the log cannot be written. Try again soon.")
        ) from error
