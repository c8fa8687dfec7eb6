"""How a module writes and starts a job."""

import pytest
from sqlalchemy import func, select, text

from roder.workers.jobs import JobKind, job
from roder.workers.models import Job
from roder.workers.serve import by_name


async def remind_owner(work, run, *, goal_id: str) -> None: ...


remind_owner.__module__ = "roder.platform.modules.goals.jobs"


def test_a_job_is_called_by_its_module_and_its_function():
    assert job()(remind_owner).name == "goals.remind_owner"
    assert job(queue="mail")(remind_owner).queue == "mail"


def test_a_function_that_is_renamed_can_keep_its_old_name():
    assert job(name="goals.nudge")(remind_owner).name == "goals.nudge"


def test_two_kinds_with_one_name_are_refused_when_the_worker_starts():
    first, second = JobKind("goals.a", "default", remind_owner), job(name="goals.a")(remind_owner)
    assert by_name([first, first]) == {"goals.a": first}

    async def another(work, run) -> None: ...

    with pytest.raises(ValueError, match=r"two jobs are called goals\.a"):
        by_name([second, job(name="goals.a")(another)])


async def test_what_is_not_json_is_refused_at_once_and_nothing_is_kept(town, kinds):
    with pytest.raises(TypeError):
        async with await town.work() as work:
            await kinds.add.later(work, mark=town.tenant.id)
    with pytest.raises(TypeError, match="by name"):
        async with await town.work() as work:
            await kinds.add.later(work, "mark")

    async with await town.work() as work:
        assert (await work.execute(select(func.count(Job.id)))).scalar_one() == 0


async def test_a_job_is_sent_when_the_work_that_asked_is_committed_and_not_before(
    town, broker, kinds
):
    async with await town.work() as work:
        job = await kinds.add.later(work, mark="sedan")
        assert await messages(town, job) == 0

    assert await messages(town, job) == 1


async def test_nothing_is_sent_when_the_work_that_asked_is_rolled_back(town, broker, kinds):
    asked = []

    async def ask_and_fail() -> None:
        async with await town.work() as work:
            asked.append(await kinds.add.later(work, mark="ångrat"))
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await ask_and_fail()

    async with await town.work() as work:
        assert await work.find(Job, asked[0].id) is None
    assert await messages(town, asked[0]) == 0


async def test_a_savepoint_that_is_undone_takes_its_job_with_it(town, broker, kinds):
    asked = []

    async def ask_and_fail(work) -> None:
        async with work.attempt():
            asked.append(await kinds.add.later(work, mark="ångrat"))
            raise ZeroDivisionError

    async with await town.work() as work:
        with pytest.raises(ZeroDivisionError):
            await ask_and_fail(work)

    assert await messages(town, asked[0]) == 0


async def messages(town, job: Job) -> int:
    async with town.runtime.engine.connect() as connection:
        found = text("select count(*) from dramatiq.queue where message_id = :id")
        return await connection.scalar(found, {"id": job.id})
