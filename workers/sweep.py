"""The sweep: what was never sent, or whose worker has died, is sent again."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import structlog
from sqlalchemy import func, or_, select, text

from ..infra.runtime import Runtime
from ..tenants.actors import service
from ..tenants.entry import all_tenants
from ..tenants.work import Tenancy, open_work
from .broker import send
from .models import Job, JobState
from .run import Pace

log = structlog.get_logger()

LOCK = 0x726F646572  # the letters "roder": one process sweeps at a time
MOST = 100


async def keep_sweeping(runtime: Runtime, pace: Pace) -> None:
    """Sweep until cancelled."""
    while True:
        await asyncio.sleep(pace.sweep)
        try:
            await sweep(runtime, pace)
        except Exception:
            log.exception("sweep_failed")


async def sweep(runtime: Runtime, pace: Pace) -> int:
    """Send again what waits too long in any municipality; how many. 0 if another is at it."""
    async with runtime.engine.connect() as connection:
        if not await connection.scalar(text("select pg_try_advisory_lock(:key)"), {"key": LOCK}):
            return 0
        try:
            tenants = await all_tenants(runtime)
            return sum([await send_again(runtime, tenant, pace) for tenant in tenants])
        finally:
            await connection.execute(text("select pg_advisory_unlock(:key)"), {"key": LOCK})


async def send_again(runtime: Runtime, tenant: Tenancy, pace: Pace) -> int:
    """Send what has waited longest, at most 100: a long queue must not be sent over and over."""
    old = func.now() - timedelta(seconds=pace.stale)
    waiting = (
        select(Job)
        .where(
            Job.state.in_((JobState.QUEUED, JobState.RUNNING)),
            Job.sent_at < old,
            or_(Job.state == JobState.QUEUED, Job.beat_at < old),
        )
        .order_by(Job.sent_at)
        .limit(MOST)
        .with_for_update(skip_locked=True)
    )
    async with open_work(runtime, tenant, service(), write=True) as work:
        jobs = await work.scalars(waiting)
        for job in jobs:
            job.sent_at = func.now()
    for job in jobs:
        await send(tenant.id, job.id, queue=job.queue)
    return len(jobs)
