"""The purge itself, the look into files before it, and the timetable that opens runs."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable
from typing import Final, TypeVar
from uuid import UUID

from sqlalchemy import select

from ....authz.permit import permit
from ....infra.i18n import _
from ....tenants.log.access_log import Action
from ....tenants.models import Tenant
from ....tenants.work import STOCKHOLM, Work, open_work
from ....workers.jobs import Outcome, Run, job
from ....workers.models import Job, JobState
from ....workers.timetable import Every
from .files import note_next_file
from .models import Because, LeaverRun, RunState, Why
from .purge import STAGES, take_step
from .runs import chosen_of, decide_run, get_run, leavers_of, start
from .scanning import named_people
from .settings import last_due, leaver_settings
from .waiting import MOST, who_is_silent, who_left

T = TypeVar("T")

SECONDS: Final = 600
"""How long one job goes on before another one takes over."""


@job(name="leavers.purge")
async def purge(work: Work, run: Run, *, run_id: str) -> Outcome:
    """Do what a run was decided to do, in transactions of their own: what was done stays done when
    this one is broken off, and the next goes on from there."""
    work.require("leavers.run")
    begun = time.monotonic()
    while True:
        at = await _small(work, lambda small: take_step(small, UUID(run_id)))
        await run.progress(at.stage, len(STAGES), stage_words(at.stage))
        if at.state is not RunState.DECIDED:
            return {"run": run_id, "state": at.state.value}
        if time.monotonic() - begun > SECONDS:
            await purge.later(work, run_id=run_id)
            return {"run": run_id, "state": at.state.value}


@job(name="leavers.look_in_files")
async def look_in_files(work: Work, run: Run, *, run_id: str, after: str = "") -> Outcome:
    """Note in which files those of an open run are named, for the preview; after a while
    another job goes on."""
    work.require("leavers.run")
    seen, begun = 0, time.monotonic()

    async def look(small: Work) -> str:
        purged = await get_run(small, UUID(run_id))
        people = await named_people(small, await leavers_of(small, purged.id))
        return await note_next_file(small, purged, people, after)

    while time.monotonic() - begun < SECONDS:
        after = await _small(work, look)
        if not after:
            return {"files": seen}
        seen += 1
        await run.progress(seen, 0, _("Looking into files"))
    await look_in_files.later(work, run_id=run_id, after=after)
    return {"files": seen}


@job(name="leavers.open_due_runs")
async def open_due_runs(work: Work, run: Run) -> Outcome:
    """Every night: on the days of the timetable runs of all who wait, one also where nobody does,
    and at once of those whom the directory has ended. Each has as many people as a run takes.
    Somebody decides; nobody is purged by the clock."""
    opened: list[str] = []
    if await _is_due(work):
        waits = [*await who_left(work), *await who_is_silent(work)]
        while waits or not opened:
            run_of = await start(work, Because.TIMETABLE, chosen_of(waits[:MOST]))
            opened.append(str(run_of.id))
            waits = [*await who_left(work), *await who_is_silent(work)]
    else:
        while told := await who_left(work, by=Why.SCIM):
            opened.append(str((await start(work, Because.DIRECTORY, chosen_of(told))).id))
    for id in opened:
        await look_in_files.later(work, run_id=id)
    return {"opened": opened, "resumed": await resume(work)}


async def resume(work: Work) -> int:
    """Go on with runs that were decided and whose job was set aside; how many."""
    decided = select(LeaverRun.id).where(LeaverRun.state == RunState.DECIDED)
    under_way = select(Job.arguments).where(
        Job.kind == purge.name, Job.state.in_((JobState.QUEUED, JobState.RUNNING))
    )
    known = {str(given.get("run_id")) for given in await work.scalars(under_way)}
    left = [str(id) for id in await work.scalars(decided) if str(id) not in known]
    for id in left:
        await purge.later(work, run_id=id)
    return len(left)


@permit("leavers.run")
async def decide_and_purge(work: Work, run_id: UUID, *, motivation: str = "") -> LeaverRun:
    """Decide a run (see `decide_run`) and have it done."""
    run = await decide_run(work, run_id, motivation=motivation)
    await purge.later(work, run_id=str(run.id))
    return run


@permit("leavers.run")
async def look_again(work: Work, run_id: UUID) -> LeaverRun:
    """Have the files looked into, for the preview of an open run."""
    run = await get_run(work, run_id)
    await look_in_files.later(work, run_id=str(run.id))
    work.note(Action.READ, "leaver_file", records=[run.id])
    return run


async def _is_due(work: Work) -> bool:
    """Whether a day of the timetable has come since the last run that it opened, and since the
    municipality began."""
    due = last_due((await leaver_settings(work)).days, work.today)
    made = select(LeaverRun.created_at).where(LeaverRun.because == Because.TIMETABLE)
    last = await work.first(made.order_by(LeaverRun.created_at.desc()).limit(1))
    begun = await work.first(select(Tenant.created_at).where(Tenant.id == work.tenant.id))
    moments = [moment for moment in (last, begun) if moment is not None]
    before = [moment.astimezone(STOCKHOLM).date() for moment in moments]
    return all(day < due for day in before)


async def _small(work: Work, step: Callable[[Work], Awaitable[T]]) -> T:
    async with open_work(work.runtime, work.tenant, work.actor, write=True) as small:
        return await step(small)


def stage_words(stage: int) -> str:
    words = (
        _("Handing over"),
        _("Removing what is theirs alone"),
        _("Replacing names in texts"),
        _("Replacing names in sealed texts"),
        _("Replacing names in files"),
        _("Removing old files"),
        _("Taking them out of the register"),
        _("Writing the receipt"),
        "",
    )
    return words[stage]


TIMETABLE = (Every("day", at="04:10", job=open_due_runs),)
