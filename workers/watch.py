"""Following a job from outside: its row now, and again at every change."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress
from uuid import UUID

from ..infra.listening import listener
from ..infra.runtime import Runtime
from ..tenants.actors import Actor
from ..tenants.work import Tenancy, open_work
from .jobs import CHANNEL, channel_text, get_job
from .models import Job, JobState

LOOK_SECONDS = 2


async def watch_job(
    runtime: Runtime, tenant: Tenancy, actor: Actor, job_id: UUID
) -> AsyncIterator[Job]:
    """The job at once and at each change, the last time when it has ended.

    Raises NotFound for a job that is absent, another municipality's, or not the actor's to see.
    A word that is lost costs two seconds: then the row is looked at anyway.
    """
    shown: tuple[object, ...] | None = None
    with listener(runtime).hear((CHANNEL, channel_text(tenant.id, job_id))) as changed:
        while True:
            changed.clear()
            async with open_work(runtime, tenant, actor, write=False) as work:
                job = await get_job(work, job_id, again=shown is not None)
            as_it_is = (job.state, job.done, job.total, job.step)
            if as_it_is != shown:
                shown = as_it_is
                yield job
            if job.state in (JobState.DONE, JobState.FAILED):
                return
            with suppress(TimeoutError):
                async with asyncio.timeout(LOOK_SECONDS):
                    await changed.wait()
