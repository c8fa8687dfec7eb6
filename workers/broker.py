"""The queue: messages that wake a worker. Losing one costs time, never a job: the row is kept."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
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


@contextmanager
def open_broker(settings: Settings) -> Iterator[Broker]:
    """The queue of this process, until the block ends: PostgreSQL, or RabbitMQ by `broker_url`.

    No middleware: time limit, attempts and results are kept in the row of the job.
    """
    import dramatiq

    broker = _rabbitmq(settings) if settings.broker_url else _postgresql(settings)
    dramatiq.set_broker(broker)
    try:
        yield broker
    finally:
        dramatiq.broker.global_broker = None
        broker.close()


async def send(tenant_id: UUID, job_id: UUID, *, queue: str, after: float = 0) -> None:
    """Wake a worker for a job, `after` seconds. Sent twice in PostgreSQL, it is there once.

    Where this process has no queue open, such as in a command, the workers' sweep sends it.
    """
    import dramatiq

    broker = dramatiq.broker.global_broker
    if broker is None:
        log.info("job_left_to_sweep", job=str(job_id))
        return
    message: dramatiq.Message[None] = dramatiq.Message(
        queue_name=queue,
        actor_name=ACTOR,
        args=(),
        kwargs={"tenant_id": str(tenant_id), "job_id": str(job_id)},
        options={},
        message_id=str(job_id),
    )
    delay = round(after * 1000) or None
    async with asyncio.timeout(SEND_SECONDS):
        await asyncio.to_thread(broker.enqueue, message, delay=delay)


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
