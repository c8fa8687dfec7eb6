"""The queue: messages that wake a worker. Losing one costs time, never a job: the row is kept."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from threading import Lock
from typing import TYPE_CHECKING
from uuid import UUID

import structlog

from ..infra.settings import Settings

if TYPE_CHECKING:
    from dramatiq import Broker

log = structlog.get_logger()

ACTOR = "run_job"
SCHEMA = "dramatiq"
SEND_SECONDS = 5


@dataclass
class Queue:
    """Where this process sends its messages. Opened by the first of them: what speaks with it takes
    12 MB, for which a process that starts no job has no use."""

    settings: Settings
    broker: Broker | None = None
    opening: Lock = field(default_factory=Lock)

    def open(self) -> Broker:
        with self.opening:
            if self.broker is None:
                self.broker = _broker(self.settings)
            return self.broker


_queue: Queue | None = None


@contextmanager
def sending(settings: Settings) -> Iterator[Queue]:
    """Let this process send, until the block ends: to PostgreSQL, or RabbitMQ by `broker_url`."""
    global _queue
    _queue = queue = Queue(settings)
    try:
        yield queue
    finally:
        _queue = None
        if queue.broker is not None:
            queue.broker.close()


@contextmanager
def open_broker(settings: Settings) -> Iterator[Broker]:
    """As `sending`, with the queue open from the beginning, for who reads from it."""
    with sending(settings) as queue:
        yield queue.open()


async def send(tenant_id: UUID, job_id: UUID, *, queue: str, after: float = 0) -> None:
    """Wake a worker for a job, `after` seconds. Sent twice in PostgreSQL, it is there once.

    Where this process does not send, such as in a command, the workers' sweep does.
    """
    if _queue is None:
        log.info("job_left_to_sweep", job=str(job_id))
        return
    delay = round(after * 1000) or None
    async with asyncio.timeout(SEND_SECONDS):
        await asyncio.to_thread(_send, _queue, queue, tenant_id, job_id, delay)


def _send(to: Queue, name: str, tenant_id: UUID, job_id: UUID, delay: int | None) -> None:
    import dramatiq

    broker = to.open()
    message: dramatiq.Message[None] = dramatiq.Message(
        queue_name=name,
        actor_name=ACTOR,
        args=(),
        kwargs={"tenant_id": str(tenant_id), "job_id": str(job_id)},
        options={},
        message_id=str(job_id),
    )
    broker.enqueue(message, delay=delay)


def _broker(settings: Settings) -> Broker:
    """No middleware: time limit, attempts and results are kept in the row of the job."""
    return _rabbitmq(settings) if settings.broker_url else _postgresql(settings)


def _postgresql(settings: Settings) -> Broker:
    from dramatiq_postgres import PostgresBroker
    from psycopg.conninfo import conninfo_to_dict

    # A worker holds two connections for each queue, one to listen and one a thread to acknowledge;
    # they are opened when needed, so a process that only sends has one.
    broker: Broker = PostgresBroker(
        url={**conninfo_to_dict(settings.database_url), "maxconn": 16 + settings.worker_threads},
        schema=SCHEMA,
        results=False,
        middleware=[],
        heartbeat_interval=2.0,
        heartbeat_ttl=10.0,
        maintenance_interval=5.0,
    )
    return broker


def _rabbitmq(settings: Settings) -> Broker:
    from dramatiq.brokers.rabbitmq import RabbitmqBroker

    return RabbitmqBroker(url=settings.broker_url, middleware=[], confirm_delivery=True)
