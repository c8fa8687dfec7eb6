"""A file on its way to somebody: given a block at a time, for as long as they may have it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from uuid import UUID

import structlog
from starlette.responses import StreamingResponse
from starlette.types import Receive, Scope, Send

from .....graphql.guarding import until_refused
from .....infra.errors import AppError
from .....infra.runtime import Runtime
from .....tenants.actors import Actor
from .....tenants.entry import Entered
from .....tenants.log.access_log import Action
from .....tenants.work import Tenancy, open_work

log = structlog.get_logger()

BLOCK = 64 * 1024
"""Bytes that are handed to the connection at once: what it holds is sent also once we stop."""


@dataclass
class Taker:
    """Who takes the file, as of the moment."""

    runtime: Runtime
    entered: Entered
    tenant: Tenancy
    actor: Actor
    file_id: UUID
    enter: Callable[[], Awaitable[Entered]]
    """Lets them in anew; raises as soon as they would not be."""

    async def until_refused(self) -> AppError:
        return await until_refused(self.runtime, self.entered, self, self.enter)

    async def note(self, refusal: AppError) -> None:
        """Have the log tell that the file was not given whole."""
        log.info("download_cut", tenant=self.tenant.slug, code=refusal.code)
        async with open_work(self.runtime, self.tenant, self.actor, write=False) as work:
            work.note(Action.REFUSED, "file", records=[self.file_id], detail={"why": refusal.code})


class GuardedFile(StreamingResponse):
    """Broken off in the middle once its taker is refused: the connection is closed before the
    length that was told has come, so that nobody takes a part for the whole."""

    def __init__(
        self, blocks: AsyncIterator[bytes], taker: Taker, *, headers: dict[str, str], type: str
    ) -> None:
        super().__init__(_small(blocks), headers=headers, media_type=type)
        self.taker = taker

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        # A client that reads nothing keeps `send` waiting: so the one is not asked in the other.
        sending = asyncio.create_task(super().__call__(scope, receive, send))
        guarding = asyncio.create_task(self.taker.until_refused())
        try:
            await asyncio.wait((sending, guarding), return_when=asyncio.FIRST_COMPLETED)
            sent = sending.done()
        finally:
            for task in (sending, guarding):
                task.cancel()
            await asyncio.wait((sending, guarding))
        if sent:
            sending.result()  # or what it came to grief on
        else:
            await self.taker.note(guarding.result())


async def _small(blocks: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    async for block in blocks:
        for start in range(0, len(block), BLOCK):
            yield block[start : start + BLOCK]
