"""Following a job: what is seen, how soon, and by whom."""

import asyncio

import pytest

from roder.infra.errors import NotFound
from roder.infra.listening import listener
from roder.tenants.actors import service
from roder.tenants.rows import uuid7
from roder.tenants.work import open_work
from roder.workers import watch
from roder.workers.watch import watch_job

pytestmark = pytest.mark.usefixtures("worker")


async def test_progress_is_seen_as_it_happens(town, kinds, ask, monkeypatch):
    monkeypatch.setattr(watch, "LOOK_SECONDS", 60)  # so that only what is told can wake us
    job = await ask(town, kinds.count, "employee", to=10, pause=0.4)

    seen = []
    async with asyncio.timeout(60):
        async for row in watch_job(town.runtime, town.tenant, await town.actor("employee"), job.id):
            seen.append((row.state, row.done, row.total, row.step))

    assert seen[-1] == ("done", 10, 10, "10 av 10")
    running = [done for state, done, _total, _step in seen if state == "running"]
    assert len(running) >= 2  # what follows close upon another is told with it
    assert running == sorted(running)


async def test_a_change_is_seen_even_when_nothing_is_told(town, kinds, ask, monkeypatch):
    monkeypatch.setattr(watch, "CHANNEL", "elsewhere")
    monkeypatch.setattr(watch, "LOOK_SECONDS", 0.2)
    job = await ask(town, kinds.count, to=2, pause=0.5)

    actor = await town.actor("administrator")
    async with asyncio.timeout(60):
        states = [row.state async for row in watch_job(town.runtime, town.tenant, actor, job.id)]

    assert states[-1] == "done"


@pytest.mark.parametrize("who", ["employee", "manager", "local"])
async def test_someone_elses_job_cannot_be_told_from_an_absent_one(town, kinds, ask, who):
    job = await ask(town, kinds.look, "administrator")

    assert await refused(town, who, job.id) == await refused(town, who, uuid7())


async def test_a_job_of_the_service_is_nobodys_own(town, kinds):
    async with open_work(town.runtime, town.tenant, service(), write=True) as work:
        job = await kinds.look.later(work)

    assert await refused(town, "employee", job.id) == await refused(town, "employee", uuid7())


@pytest.mark.parametrize("who", ["administrator", "auditor"])
async def test_those_who_may_read_all_jobs_see_someone_elses(town, kinds, ask, who):
    job = await ask(town, kinds.look, "employee")

    async for row in watch_job(town.runtime, town.tenant, await town.actor(who), job.id):
        last = row
    assert last.state == "done"


async def test_another_municipality_cannot_watch_a_job(town, other_town, kinds, ask):
    job = await ask(town, kinds.look)

    foreign = await refused(other_town, "administrator", job.id)
    assert foreign == await refused(other_town, "administrator", uuid7())


async def test_the_listening_connection_ends_with_the_last_watcher(town, kinds, ask):
    ear = listener(town.runtime)
    job = await ask(town, kinds.count, to=3, pause=0.2)
    watching = watch_job(town.runtime, town.tenant, await town.actor("administrator"), job.id)

    await anext(watching)
    assert ear.task is not None
    await watching.aclose()

    assert ear.task is None
    assert ear.waiting == {}


async def test_a_listener_that_lost_its_connection_hears_again(
    town, kinds, ask, ended, monkeypatch
):
    monkeypatch.setattr(watch, "LOOK_SECONDS", 60)
    job = await ask(town, kinds.count, to=10, pause=0.4)
    seen = []
    async with asyncio.timeout(60):
        async for row in watch_job(
            town.runtime, town.tenant, await town.actor("administrator"), job.id
        ):
            seen.append(row.state)
            if len(seen) == 2:
                await asyncio.to_thread(cut_listeners, town)

    assert seen[-1] == "done"


def cut_listeners(town) -> None:
    import psycopg

    with psycopg.connect(town.runtime.settings.database_url, autocommit=True) as connection:
        cut = connection.execute(
            "select count(pg_terminate_backend(pid)) from pg_stat_activity"
            " where query ilike 'listen%roder_jobs%' and datname = current_database()"
        ).fetchone()
    assert cut == (1,)


async def refused(town, who: str, job_id) -> str:
    with pytest.raises(NotFound) as refusal:
        await anext(watch_job(town.runtime, town.tenant, await town.actor(who), job_id))
    return str(refusal.value)
