"""One run at a time, called by hand: what it takes, and what it may still write."""

from dataclasses import replace
from datetime import timedelta

from sqlalchemy import func, update

from roder.infra.i18n import _
from roder.tenants.actors import service
from roder.tenants.work import open_work
from roder.workers.jobs import job
from roder.workers.models import Job
from roder.workers.run import begin_job, run_job


async def test_a_run_that_was_overtaken_leaves_no_trace(town, kinds, ask, row, marked):
    @job(name="test.overtaken")
    async def overtaken(work, run, *, mark):
        await kinds.add_marked(work, mark)
        async with open_work(town.runtime, town.tenant, service(), write=True) as other:
            await other.execute(update(Job).where(Job.id == run.job_id).values(attempts=2))

    asked = await ask(town, overtaken, mark="omkörd")
    await run(town, kinds, asked, overtaken)

    left = await row(town, asked)
    assert (left.state, left.attempts, left.ended_at) == ("running", 2, None)
    assert await marked(town, "omkörd") == 0


async def test_a_job_that_takes_too_long_is_broken_off_and_tried_again(
    town, kinds, ask, row, marked, tmp_path
):
    asked = await ask(town, kinds.slow, mark="seg", folder=str(tmp_path), seconds=60)
    await run(town, kinds, asked, kinds.slow, limit=0.1)

    left = await row(town, asked)
    assert (left.state, left.attempts) == ("queued", 1)
    assert await marked(town, "seg") == 0


async def test_a_job_that_gets_on_may_take_longer(town, kinds, ask, row):
    asked = await ask(town, kinds.count, to=40, pause=0.1)
    await run(town, kinds, asked, kinds.count, limit=3)

    left = await row(town, asked)
    assert (left.state, left.attempts, left.done) == ("done", 1, 40)


async def test_a_job_that_another_worker_has_is_left_alone(town, kinds, ask, row, marked):
    asked = await ask(town, kinds.add, mark="upptagen")
    await put(town, asked, state="running", attempts=1, beat_at=func.now())
    await run(town, kinds, asked, kinds.add)

    left = await row(town, asked)
    assert (left.state, left.attempts) == ("running", 1)
    assert await marked(town, "upptagen") == 0


async def test_a_job_whose_worker_has_died_is_taken_over(town, kinds, ask, row, marked):
    asked = await ask(town, kinds.add, mark="ärvd")
    silent = func.now() - timedelta(seconds=kinds.QUICK.stale + 1)
    await put(town, asked, state="running", attempts=1, beat_at=silent)
    await run(town, kinds, asked, kinds.add)

    left = await row(town, asked)
    assert (left.state, left.attempts) == ("done", 2)
    assert await marked(town, "ärvd") == 1


async def test_a_newer_kind_of_job_is_left_to_a_newer_worker(town, kinds, ask, row):
    asked = await ask(town, kinds.look)

    assert await begin_job(town.runtime, town.tenant, asked.id, {}, kinds.QUICK) is None
    left = await row(town, asked)
    assert (left.state, left.attempts) == ("queued", 0)


async def test_a_kind_that_no_worker_knows_for_an_hour_is_gone(town, kinds, ask, row):
    asked = await ask(town, kinds.look)
    await put(town, asked, created_at=func.now() - timedelta(hours=2))

    assert await begin_job(town.runtime, town.tenant, asked.id, {}, kinds.QUICK) is None
    left = await row(town, asked)
    assert (left.state, left.attempts) == ("failed", 0)
    assert left.problem == _(
        "This kind of task is no longer here. Start it anew from its own page."
    )


async def test_a_job_of_another_municipality_is_not_found(town, other_town, kinds, ask, row):
    asked = await ask(town, kinds.look)

    taken = await begin_job(other_town.runtime, other_town.tenant, asked.id, {}, kinds.QUICK)

    assert taken is None
    assert (await row(town, asked)).state == "queued"


async def run(town, kinds, asked, kind, **pace):
    await run_job(
        town.runtime,
        {kind.name: kind},
        tenant_id=town.tenant.id,
        job_id=asked.id,
        pace=replace(kinds.QUICK, **pace),
    )


async def put(town, asked, **values):
    async with open_work(town.runtime, town.tenant, service(), write=True) as work:
        await work.execute(update(Job).where(Job.id == asked.id).values(**values))
