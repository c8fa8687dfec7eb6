"""The sweep sends again what was not sent; the queue keeps a message once."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import func, text, update

from roder.tenants.actors import service
from roder.tenants.work import open_work
from roder.workers.broker import open_broker, send
from roder.workers.models import Job
from roder.workers.sweep import LOCK, send_again, sweep


async def test_a_job_that_was_never_sent_is_sent_by_the_sweep(town, settings, kinds, ask):
    job = await ask(town, kinds.look)  # no queue is open here, as in a command
    assert await messages(town, job) == 0
    with open_broker(settings):
        assert await send_again(town.runtime, town.tenant, kinds.QUICK) == 0
        await put(town, job, sent_at=func.now() - timedelta(seconds=60))
        assert await send_again(town.runtime, town.tenant, kinds.QUICK) == 1
        assert await messages(town, job) == 1
        assert await send_again(town.runtime, town.tenant, kinds.QUICK) == 0


@pytest.mark.parametrize(
    ("state", "beat", "sent"),
    [("running", 60, 1), ("running", 0, 0), ("done", 60, 0), ("failed", 60, 0)],
)
async def test_only_a_run_that_has_gone_silent_is_sent_again(
    town, broker, kinds, ask, state, beat, sent
):
    job = await ask(town, kinds.look)
    long_ago = func.now() - timedelta(seconds=60)
    await put(
        town, job, state=state, sent_at=long_ago, beat_at=func.now() - timedelta(seconds=beat)
    )

    assert await send_again(town.runtime, town.tenant, kinds.QUICK) == sent


async def test_the_sweep_goes_through_every_municipality(town, other_town, broker, kinds, ask):
    jobs = [(place, await ask(place, kinds.look)) for place in (town, other_town)]
    for place, job in jobs:
        await put(place, job, sent_at=func.now() - timedelta(days=2))

    # Other tests of this run have left jobs too, but none as old as these.
    assert await sweep(town.runtime, replace(kinds.QUICK, stale=86400)) == 2


async def test_one_process_sweeps_at_a_time(town, broker, kinds, ask):
    job = await ask(town, kinds.look)
    await put(town, job, sent_at=func.now() - timedelta(days=2))
    pace = replace(kinds.QUICK, stale=86400)
    async with town.runtime.engine.connect() as connection:
        await connection.execute(text("select pg_advisory_lock(:key)"), {"key": LOCK})
        assert await sweep(town.runtime, pace) == 0
        await connection.execute(text("select pg_advisory_unlock(:key)"), {"key": LOCK})
    assert await sweep(town.runtime, pace) == 1


async def test_a_message_sent_many_times_lies_in_the_queue_once(town, broker, kinds, ask):
    job = await ask(town, kinds.look)
    await asyncio.gather(
        *(send(town.tenant.id, job.id, queue=job.queue, after=after) for after in (0, 0, 1, 0))
    )

    assert await messages(town, job) == 1


async def messages(town, job: Job) -> int:
    async with town.runtime.engine.connect() as connection:
        found = text("select count(*) from dramatiq.queue where message_id = :id")
        return await connection.scalar(found, {"id": job.id})


async def put(town, job, **values):
    async with open_work(town.runtime, town.tenant, service(), write=True) as work:
        await work.execute(update(Job).where(Job.id == job.id).values(**values))
