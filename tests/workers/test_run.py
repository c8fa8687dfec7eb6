"""Jobs in a worker of this process: when they run, as whom, how they end."""

import asyncio
import re

import pytest
from sqlalchemy import delete, func, select, update

from roder.infra.errors import Unauthenticated
from roder.infra.i18n import _, use_locale
from roder.tenants.actors import Actor
from roder.tenants.models import ModuleSwitch, Person
from roder.tenants.work import open_work
from roder.workers.broker import send
from roder.workers.models import Job

pytestmark = pytest.mark.usefixtures("worker")


async def test_a_job_runs_once_the_work_that_asked_is_committed(town, kinds, ask, ended, marked):
    job = await ended(town, await ask(town, kinds.add, mark="efteråt"))

    assert (job.state, job.attempts, job.problem) == ("done", 1, None)
    assert job.result["code"].startswith("efteråt-")
    assert job.created_by == town.people["administrator"].id
    assert job.created_at < job.started_at < job.ended_at
    assert await marked(town, "efteråt") == 1


async def test_a_job_runs_for_its_own_municipality_as_its_person_in_their_language(
    town, other_town, kinds, ask, ended
):
    with use_locale("en"):
        english = await ask(town, kinds.look, "employee")
    swedish = await ask(other_town, kinds.look, "auditor")

    first, second = await ended(town, english), await ended(other_town, swedish)

    assert first.result == {
        "tenant": str(town.tenant.id),
        "actor": str(town.people["employee"].id),
        "locale": "en",
        "units": 4,
    }
    assert second.result == {
        "tenant": str(other_town.tenant.id),
        "actor": str(other_town.people["auditor"].id),
        "locale": "sv",
        "units": 4,
    }


async def test_messages_that_come_twice_have_one_effect(town, kinds, ask, ended, marked, tmp_path):
    job = await ask(town, kinds.slow, mark="en-gång", folder=str(tmp_path), seconds=1)
    while not (tmp_path / "en-gång").exists():  # noqa: ASYNC110 - a file rings no bell
        await asyncio.sleep(0.05)
    for _again in range(3):
        await send(town.tenant.id, job.id, queue=job.queue)
    job = await ended(town, job)
    await send(town.tenant.id, job.id, queue=job.queue)
    await asyncio.sleep(1)

    assert (job.state, job.attempts) == ("done", 1)
    assert await marked(town, "en-gång") == 1


async def test_a_refusal_ends_the_job_with_its_sentence_and_writes_nothing(
    town, kinds, ask, ended, marked
):
    job = await ended(town, await ask(town, kinds.add, "employee", mark="nekat"))

    assert (job.state, job.attempts, job.result) == ("failed", 1, None)
    assert job.problem == _(
        "You do not have the right to do this here. An administrator can give it to you."
    )
    assert await marked(town, "nekat") == 0


async def test_a_token_cannot_do_by_a_job_what_its_scopes_leave_out(town, kinds, ended, marked):
    owner = await town.actor("administrator")
    token = Actor(owner.id, owner.name, grants=owner.grants, scopes=frozenset({"read"}))
    async with open_work(town.runtime, town.tenant, token, write=True) as work:
        job = await kinds.add.later(work, mark="läsnyckel")

    assert (await ended(town, job)).state == "failed"
    assert await marked(town, "läsnyckel") == 0


async def test_a_job_of_someone_who_has_left_is_not_done(town, kinds, ended, marked):
    async with await town.work() as work:
        job = await kinds.add.later(work, mark="slutat")
        await work.execute(
            update(Person).where(Person.id == work.actor.id).values(left_on=work.today)
        )

    job = await ended(town, job)

    assert (job.state, job.problem) == ("failed", _("The person is not here any more."))
    assert await marked(town, "slutat") == 0


async def test_a_job_of_a_module_that_was_switched_off_is_not_done(town, kinds, ended):
    async with await town.work() as work:
        job = await kinds.read_goals.later(work)
        await work.execute(delete(ModuleSwitch).where(ModuleSwitch.module == "goals"))

    job = await ended(town, job)

    assert job.state == "failed"
    assert job.problem == _("It does not exist, or you may not see it.")


async def test_a_stranger_cannot_start_a_job_and_so_become_the_service(town, kinds):
    stranger = Actor(id=None, name="")
    with pytest.raises(Unauthenticated):
        async with open_work(town.runtime, town.tenant, stranger, write=True) as work:
            await kinds.add.later(work, mark="främling")

    async with await town.work() as work:
        assert (await work.execute(select(func.count(Job.id)))).scalar_one() == 0


async def test_a_fault_is_tried_three_times_and_then_owned_up_to(town, kinds, ask, ended, marked):
    job = await ended(town, await ask(town, kinds.fault, mark="fel"))

    assert (job.state, job.attempts, job.result) == ("failed", 3, None)
    code = re.search(r"[0-9A-F]{8}", job.problem)
    assert code is not None
    assert job.problem == _(
        "Something went wrong. The fault is ours, not yours. Code {code}.", code=code[0]
    )
    assert await marked(town, "fel") == 0


async def test_the_last_progress_stands_on_the_row_that_has_ended(town, kinds, ask, ended):
    job = await ended(town, await ask(town, kinds.count, to=40, pause=0))

    assert (job.state, job.done, job.total, job.step) == ("done", 40, 40, "40 av 40")
