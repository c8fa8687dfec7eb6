"""Following a job from outside: its row now, and again at every change."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager, suppress
from uuid import UUID
from weakref import WeakKeyDictionary

import structlog
from sqlalchemy.ext.asyncio import AsyncEngine

from ..infra.runtime import Runtime
from ..tenants.actors import Actor
from ..tenants.work import Tenancy, open_work
from .jobs import CHANNEL, channel_text, get_job
from .models import Job, JobState

log = structlog.get_logger()

LOOK_SECONDS = 2
RECONNECT_SECONDS = 1


async def watch_job(
    runtime: Runtime, tenant: Tenancy, actor: Actor, job_id: UUID
) -> AsyncIterator[Job]:
    """The job at once and at each change, the last time when it has ended.

    Raises NotFound for a job that is absent, another municipality's, or not the actor's to see.
    A word that is lost costs two seconds: then the row is looked at anyway.
    """
    shown: tuple[object, ...] | None = None
    with listener(runtime).hear(channel_text(tenant.id, job_id)) as changed:
        while True:
            changed.clear()
            async with open_work(runtime, tenant, actor, write=False) as work:
                job = await get_job(work, job_id)
            as_it_is = (job.state, job.done, job.total, job.step)
            if as_it_is != shown:
                shown = as_it_is
                yield job
            if job.state in (JobState.DONE, JobState.FAILED):
                return
            with suppress(TimeoutError):
                await asyncio.wait_for(changed.wait(), LOOK_SECONDS)


class Listener:
    """One connection that hears of every change, open while someone watches."""

    def __init__(self, address: str) -> None:
        self.address = address
        self.waiting: dict[str, set[asyncio.Event]] = {}
        self.task: asyncio.Task[None] | None = None

    @contextmanager
    def hear(self, text: str) -> Iterator[asyncio.Event]:
        """An event that is set whenever `text` is told on the channel."""
        event = asyncio.Event()
        self.waiting.setdefault(text, set()).add(event)
        if self.task is None:
            self.task = asyncio.create_task(self._listen())
        try:
            yield event
        finally:
            self.waiting[text].discard(event)
            if not self.waiting[text]:
                del self.waiting[text]
            if not self.waiting and self.task is not None:
                self.task.cancel()
                self.task = None

    async def _listen(self) -> None:
        import asyncpg  # type: ignore[import-untyped]

        while True:
            try:
                connection = await asyncpg.connect(self.address, timeout=5)
                try:
                    lost = asyncio.Event()
                    connection.add_termination_listener(lambda _connection, lost=lost: lost.set())
                    await connection.add_listener(CHANNEL, self._wake)
                    self._wake_all()  # for what was told before we listened
                    await lost.wait()
                finally:
                    await asyncio.shield(connection.close(timeout=2))
            except (OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError):
                log.warning("job_listener_lost", exc_info=True)
            await asyncio.sleep(RECONNECT_SECONDS)

    def _wake_all(self) -> None:
        for events in self.waiting.values():
            for event in events:
                event.set()

    def _wake(self, _connection: object, _pid: int, _channel: str, text: object) -> None:
        for event in self.waiting.get(str(text), ()):
            event.set()


_listeners: WeakKeyDictionary[AsyncEngine, Listener] = WeakKeyDictionary()


def listener(runtime: Runtime) -> Listener:
    """The runtime's own: as many watchers as there are share one connection."""
    if runtime.engine not in _listeners:
        _listeners[runtime.engine] = Listener(runtime.settings.database_url)
    return _listeners[runtime.engine]
