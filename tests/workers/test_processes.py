"""Workers as processes: what is killed is done by another, what kills is set aside."""

import asyncio
import signal
import time

import pytest

from roder.infra.i18n import _


@pytest.fixture
def wait_for():
    async def wait_for(true, seconds: float = 60) -> None:
        async with asyncio.timeout(seconds):
            while not true():  # noqa: ASYNC110 - another process rings no bell here
                await asyncio.sleep(0.05)

    return wait_for


async def test_what_a_killed_worker_had_begun_another_finishes_once(
    town, broker, kinds, ask, ended, marked, start_worker, wait_for, tmp_path
):
    first = start_worker()
    job = await ask(town, kinds.slow, mark="avbruten", folder=str(tmp_path), seconds=60)
    await wait_for((tmp_path / "avbruten").exists)
    first.kill()
    start_worker()

    async with asyncio.timeout(90):
        job = await ended(town, job)

    assert (job.state, job.attempts) == ("done", 2)
    assert await marked(town, "avbruten") == 1


async def test_of_many_jobs_each_is_done_once_though_a_worker_is_killed_among_them(
    town, broker, kinds, ended, marked, start_worker
):
    async with await town.work() as work:
        jobs = [await kinds.add.later(work, mark="många", seconds=0.1) for _each in range(60)]
    first, _second = start_worker(), start_worker()
    async with asyncio.timeout(90):
        await ended(town, jobs[10])
        first.kill()
        rows = [await ended(town, job) for job in jobs]

    assert {row.state for row in rows} == {"done"}
    assert max(row.attempts for row in rows) <= 2
    assert await marked(town, "många") == 60


async def test_a_job_that_kills_three_workers_is_set_aside(
    town, broker, kinds, ask, ended, row, marked, start_worker, wait_for
):
    job = await ask(town, kinds.poison, mark="gift")
    for attempt in (1, 2, 3):
        worker = start_worker()
        await wait_for(lambda worker=worker: worker.poll() is not None)
        assert worker.returncode == -signal.SIGKILL
        assert (await row(town, job)).attempts == attempt
    start_worker()

    async with asyncio.timeout(90):
        job = await ended(town, job)

    assert (job.state, job.attempts) == ("failed", 3)
    assert job.problem.startswith(
        _(
            "The task was broken off {count} times and has been set aside. "
            "The fault is ours, not yours. Code {code}.",
            count=3,
            code="",
        )[:30]
    )
    assert await marked(town, "gift") == 0


async def test_a_worker_that_is_told_to_stop_gives_its_job_back_within_ten_seconds(
    town, broker, kinds, ask, ended, row, marked, start_worker, wait_for, tmp_path
):
    worker = start_worker()
    job = await ask(town, kinds.slow, mark="åter", folder=str(tmp_path), seconds=60)
    await wait_for((tmp_path / "åter").exists)

    begun = time.monotonic()
    worker.terminate()
    await wait_for(lambda: worker.poll() is not None)

    assert time.monotonic() - begun < 10
    assert worker.returncode == 0
    given = await row(town, job)
    assert (given.state, given.attempts) == ("queued", 0)
    assert await marked(town, "åter") == 0

    start_worker()
    job = await ended(town, job)
    assert (job.state, job.attempts) == ("done", 1)
    assert await marked(town, "åter") == 1
