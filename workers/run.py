"""The life of a job: begun, done or failed, tried again at most three times."""

from __future__ import annotations

import asyncio
import secrets
import time
from collections.abc import AsyncIterator, Awaitable, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

import structlog
from sqlalchemy import func, select, update

from ..infra.errors import AppError
from ..infra.i18n import _, use_locale
from ..infra.runtime import Runtime
from ..tenants.actors import Actor, service
from ..tenants.entry import load_tenant
from ..tenants.work import Tenancy, Work, open_work
from .broker import send
from .jobs import JobKind, Outcome, Run, tell
from .models import Job, JobState
from .standing import actor_of, check, refused

log = structlog.get_logger()

Kinds = Mapping[str, JobKind[...]]

ATTEMPTS = 3
GLANCE = 0.25
UNKNOWN_FOR = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Pace:
    """How often things happen around a job, in seconds."""

    beat: float = 2
    stale: float = 20
    sweep: float = 5
    again: float = 5
    limit: float = 900
    """How long a job may go without telling that it has come further."""


PACE = Pace()


class Taken(Exception):
    """Another run of the same job has begun, so this one must leave no trace."""


@dataclass(frozen=True, slots=True)
class Attempt:
    """One run of a job, and where."""

    runtime: Runtime
    tenant: Tenancy
    job: Job
    run: Run
    pace: Pace


async def run_job(
    runtime: Runtime, kinds: Kinds, *, tenant_id: UUID, job_id: UUID, pace: Pace
) -> None:
    """Run a job unless it has ended or runs elsewhere. Cancelled, it gives the job back.

    A refusal ends it with the refusal's sentence; a fault has it tried again, three times in all.
    """
    tenant = await load_tenant(runtime, tenant_id)
    job = await begin_job(runtime, tenant, job_id, kinds, pace)
    if job is None:
        return
    attempt = Attempt(runtime, tenant, job, Run(job.id, job.attempts), pace)
    with use_locale(job.locale):
        try:
            await _perform(attempt, kinds[job.kind])
        except AppError as refusal:
            await _fail(attempt, refusal.message)
        except Taken:
            log.warning("job_taken", job=str(job.id), kind=job.kind, attempt=job.attempts)
        except asyncio.CancelledError:
            await _give_back(attempt)
        except Exception:
            await _try_again(attempt)


async def begin_job(
    runtime: Runtime, tenant: Tenancy, job_id: UUID, kinds: Kinds, pace: Pace
) -> Job | None:
    """Take the job for this run; None when it has ended, runs elsewhere or is set aside."""
    async with open_work(runtime, tenant, service(), write=True) as work:
        job = await work.first(select(Job).where(Job.id == job_id).with_for_update())
        # The database's clock, since the beat was another machine's.
        now: datetime = (await work.execute(select(func.now()))).scalar_one()
        if job is None or not _is_free(job, now, pace):
            return None
        taken = _take(job, now, known=job.kind in kinds)
        await tell(work, job.id)
    return job if taken else None


def _is_free(job: Job, now: datetime, pace: Pace) -> bool:
    if job.state == JobState.RUNNING:
        return job.beat_at is None or now - job.beat_at > timedelta(seconds=pace.stale)
    return job.state == JobState.QUEUED


def _take(job: Job, now: datetime, *, known: bool) -> bool:
    problem = None
    with use_locale(job.locale):
        if not known and now - job.created_at > UNKNOWN_FOR:
            problem = _("This kind of task is no longer here. Start it anew from its own page.")
        elif job.attempts >= ATTEMPTS:
            problem = _(
                "The task was broken off {count} times and has been set aside. "
                "The fault is ours, not yours. Code {code}.",
                count=ATTEMPTS,
                code=_incident(job),
            )
    if problem:
        job.state, job.problem, job.ended_at = JobState.FAILED, problem, now
        return False
    if not known:
        return False  # a worker of an older release leaves the newest kinds to others
    job.state, job.attempts = JobState.RUNNING, job.attempts + 1
    job.started_at = job.started_at or now
    job.beat_at = now
    return True


async def _perform(attempt: Attempt, kind: JobKind[...]) -> None:
    stop = asyncio.Event()
    pulse = asyncio.create_task(_pulse(attempt, stop))
    try:
        asker = await actor_of(attempt.runtime, attempt.tenant, attempt.job)
        async with open_work(attempt.runtime, attempt.tenant, asker[0], write=True) as work:
            result = await _while_allowed(
                attempt, asker, kind.function(work, attempt.run, **attempt.job.arguments)
            )
            await work.flush()
            stop.set()
            await pulse
            await check(attempt.runtime, attempt.tenant, attempt.job, *asker)
            await _finish(work, attempt, result)
    finally:
        stop.set()
        await pulse


async def _while_allowed(
    attempt: Attempt, asker: tuple[Actor, int], running: Awaitable[Outcome]
) -> Outcome:
    """What the job comes to, unless whoever asked for it may have it no longer meanwhile: then it
    is broken off where it is, and the refusal raised. Raises TimeoutError for one that has not got
    on for long."""
    job = asyncio.ensure_future(running)
    watch = asyncio.create_task(refused(attempt.runtime, attempt.tenant, attempt.job, *asker))
    try:
        while not (job.done() or watch.done()):
            left = attempt.run.moved_at + attempt.pace.limit - time.monotonic()
            if left <= 0:
                raise TimeoutError
            await asyncio.wait([job, watch], timeout=left, return_when=asyncio.FIRST_COMPLETED)
        if not job.done():
            await watch
        return await job
    finally:
        for task in (job, watch):
            task.cancel()
        await asyncio.wait([job, watch])


async def _pulse(attempt: Attempt, stop: asyncio.Event) -> None:
    """Show that the run is alive, and how far it has come, until told to stop."""
    run, written = attempt.run, time.monotonic()
    while not stop.is_set():
        if run.moved or time.monotonic() - written >= attempt.pace.beat:
            moved, run.moved, written = run.moved, False, time.monotonic()
            try:
                async with _as_service(attempt) as work:
                    await _write(work, attempt, beat_at=func.now())
                    if moved:
                        await tell(work, run.job_id)
            except Taken:
                return
            except Exception:
                log.warning("job_pulse_failed", job=str(run.job_id), exc_info=True)
        with suppress(TimeoutError):
            async with asyncio.timeout(GLANCE):
                await stop.wait()


async def _finish(work: Work, attempt: Attempt, result: Outcome) -> None:
    await _write(
        work,
        attempt,
        state=JobState.DONE,
        result=None if result is None else dict(result),
        ended_at=func.now(),
    )
    await tell(work, attempt.job.id)


async def _fail(attempt: Attempt, problem: str) -> None:
    log.info("job_failed", job=str(attempt.job.id), kind=attempt.job.kind, problem=problem)
    await _put(attempt, state=JobState.FAILED, problem=problem, ended_at=func.now())


async def _try_again(attempt: Attempt) -> None:
    incident = _incident(attempt.job)
    log.exception("job_fault", incident=incident)
    if attempt.run.attempt >= ATTEMPTS:
        await _fail(
            attempt,
            _("Something went wrong. The fault is ours, not yours. Code {code}.", code=incident),
        )
        return
    wait = attempt.pace.again * attempt.run.attempt
    sent_at = func.now() + timedelta(seconds=wait)
    if await _put(attempt, state=JobState.QUEUED, sent_at=sent_at):
        await _send(attempt, after=wait)


async def _give_back(attempt: Attempt) -> None:
    """The process is stopping: that is no fault of the job, so the attempt is not counted."""
    attempts = attempt.run.attempt - 1
    if await _put(attempt, state=JobState.QUEUED, attempts=attempts, sent_at=func.now()):
        # Delayed, the message lies where the acknowledgement of the present one cannot reach it.
        await _send(attempt, after=1)


async def _send(attempt: Attempt, *, after: float) -> None:
    try:
        await send(attempt.tenant.id, attempt.job.id, queue=attempt.job.queue, after=after)
    except Exception:
        log.exception("job_left_to_sweep", job=str(attempt.job.id))


async def _put(attempt: Attempt, **values: object) -> bool:
    try:
        async with _as_service(attempt) as work:
            await _write(work, attempt, **values)
            await tell(work, attempt.job.id)
    except Taken:
        return False
    return True


async def _write(work: Work, attempt: Attempt, **values: object) -> None:
    """Change the row if this run still has it, else raise Taken."""
    run = attempt.run
    changed = await work.execute(
        update(Job)
        .where(Job.id == run.job_id, Job.state == JobState.RUNNING, Job.attempts == run.attempt)
        .values(done=run.done, total=run.total, step=run.step, **values)
        .returning(Job.id)
        .execution_options(synchronize_session=False)
    )
    if changed.first() is None:
        raise Taken


@asynccontextmanager
async def _as_service(attempt: Attempt) -> AsyncIterator[Work]:
    async with open_work(attempt.runtime, attempt.tenant, service(), write=True) as work:
        yield work


def _incident(job: Job) -> str:
    """A code for the person to pass on, which the log has beside the job."""
    code = secrets.token_hex(4).upper()
    log.error("job_incident", incident=code, job=str(job.id), kind=job.kind, attempt=job.attempts)
    return code
