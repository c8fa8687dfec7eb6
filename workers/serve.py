"""A process, or a part of one, that runs jobs."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any
from uuid import UUID

import structlog

from ..infra.runtime import Runtime, open_runtime
from ..infra.settings import Settings
from .broker import ACTOR, open_broker
from .jobs import JobKind
from .run import PACE, Kinds, Pace, run_job
from .sweep import keep_sweeping
from .timetable import Entry, keep_time

if TYPE_CHECKING:
    from dramatiq import Broker

log = structlog.get_logger()

STOP_SECONDS = 10
FINISH_SECONDS = 6
"""Of the time to stop, what a running job has to finish in; then it is given back."""


def serve_jobs(
    settings: Settings,
    kinds: Iterable[JobKind[...]],
    *,
    timetable: Sequence[Entry] = (),
    pace: Pace = PACE,
) -> None:
    """Run jobs until SIGTERM or SIGINT, then stop within ten seconds. The addresses must be set."""
    asyncio.run(_serve(settings, kinds, timetable, pace))


async def _serve(
    settings: Settings, kinds: Iterable[JobKind[...]], timetable: Sequence[Entry], pace: Pace
) -> None:
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    # A job holds one connection, shows its progress on a second, and works on a third when it goes
    # in small steps; the sweep needs two, the timetable one.
    pool = max(settings.database_pool, 3 * settings.worker_threads + 3)
    settings = settings.model_copy(update={"database_pool": pool})
    with open_broker(settings) as broker:
        async with (
            open_runtime(settings) as runtime,
            running_worker(runtime, broker, kinds, timetable=timetable, pace=pace),
        ):
            await runtime.storage.client()  # better known now than in the middle of a job
            log.info("worker_ready", threads=settings.worker_threads)
            await stop.wait()
            runtime.measures.tell()
            log.info("worker_stopping")


@asynccontextmanager
async def running_worker(
    runtime: Runtime,
    broker: Broker,
    kinds: Iterable[JobKind[...]],
    *,
    timetable: Sequence[Entry] = (),
    pace: Pace = PACE,
) -> AsyncIterator[None]:
    """Run jobs on this event loop within the block. One at a time for each broker.

    The threads of the queue only wait; what runs, runs on the loop that owns the pool.
    """
    from dramatiq import Worker

    running: set[asyncio.Task[Any]] = set()
    _declare(runtime, broker, by_name(kinds), pace, running)
    worker = Worker(broker, worker_threads=runtime.settings.worker_threads)
    await asyncio.to_thread(worker.start)
    looking = [
        asyncio.create_task(keep_sweeping(runtime, pace)),
        asyncio.create_task(keep_time(runtime, timetable)),
    ]
    try:
        yield
    finally:
        for task in looking:
            task.cancel()
        stopped = asyncio.create_task(asyncio.to_thread(worker.stop, timeout=STOP_SECONDS * 1000))
        await asyncio.wait([stopped], timeout=FINISH_SECONDS)
        for task in running:
            task.cancel()
        await stopped
        await asyncio.gather(*looking, return_exceptions=True)


def by_name(kinds: Iterable[JobKind[...]]) -> Kinds:
    """The kinds by their names. Raises ValueError when two share one."""
    found: dict[str, JobKind[...]] = {}
    for kind in kinds:
        if found.setdefault(kind.name, kind) is not kind:
            raise ValueError(f"two jobs are called {kind.name}")
    return found


def _declare(
    runtime: Runtime,
    broker: Broker,
    kinds: Kinds,
    pace: Pace,
    running: set[asyncio.Task[Any]],
) -> None:
    import dramatiq

    loop = asyncio.get_running_loop()

    async def run(tenant_id: str, job_id: str) -> None:
        task = asyncio.current_task()
        assert task is not None
        running.add(task)
        try:
            await run_job(runtime, kinds, tenant_id=UUID(tenant_id), job_id=UUID(job_id), pace=pace)
        finally:
            running.discard(task)

    def wait_for_run(tenant_id: str, job_id: str) -> None:
        asyncio.run_coroutine_threadsafe(run(tenant_id, job_id), loop).result()

    dramatiq.actor(actor_name=ACTOR, broker=broker)(wait_for_run)
    for kind in kinds.values():
        broker.declare_queue(kind.queue)
