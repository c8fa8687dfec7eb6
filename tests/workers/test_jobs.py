"""How a module writes and starts a job."""

import pytest
from sqlalchemy import func, select

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
