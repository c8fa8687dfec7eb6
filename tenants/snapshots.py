"""A municipality as it stood at one moment, for as long as it takes to read all of it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime

from sqlalchemy.ext.asyncio import AsyncSession

from ..infra import database
from ..infra.runtime import Runtime
from .actors import Actor
from .tenant_session import TenantSession
from .work import Tenancy, Work


@asynccontextmanager
async def open_snapshot(runtime: Runtime, tenant: Tenancy, actor: Actor) -> AsyncIterator[Work]:
    """A work that only reads, in one repeatable-read transaction and on a connection of its own:
    it may take long. Nothing is noted by it: whoever opens it does that in the work around it."""
    engine = database.open_engine(runtime.settings.database_url, pool=1)
    try:
        async with engine.connect() as connection:
            session = AsyncSession(
                connection,
                sync_session_class=TenantSession,
                expire_on_commit=False,
                info={"tenant_id": tenant.id, "actor": actor},
            )
            await database.begin(
                connection,
                tenant.id,
                write=False,
                distributed=runtime.settings.distributed,
                snapshot=True,
            )
            try:
                yield Work(tenant, actor, runtime, session, datetime.now(UTC))
            finally:
                await database.end(connection, commit=False)
                await session.close()
    finally:
        await engine.dispose()
