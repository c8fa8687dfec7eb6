"""When runs are opened by themselves: by the timetable, and at once for the directory."""

from __future__ import annotations

from datetime import date, timedelta
from random import Random
from uuid import UUID

import pytest
from sqlalchemy import select, update

from roder.platform.modules.leavers import jobs
from roder.platform.modules.leavers import waiting as waiting_module
from roder.platform.modules.leavers.jobs import open_due_runs
from roder.platform.modules.leavers.models import (
    Because,
    Leaver,
    LeaverRun,
)
from roder.platform.modules.leavers.runs import (
    withdraw_run,
)
from roder.platform.modules.leavers.settings import LeaverSettings, last_due, next_due
from roder.tenants.actors import service
from roder.tenants.models import Person, Tenant
from roder.tenants.people import (
    end_person,
)
from roder.tenants.rows import uuid7
from roder.tenants.work import open_work
from roder.workers.jobs import Run


async def gone(town, who: str = "employee", *, by: str = "hand") -> Person:
    async with await town.work() as work:
        person = await end_person(work, town.people[who].id)
        person.left_by = by
    return person


def test_the_timetable_has_two_days_a_year_at_least():
    assert LeaverSettings().days == ("02-01", "08-01")
    with pytest.raises(ValueError, match="at least 2"):
        LeaverSettings(days=("02-01",))
    with pytest.raises(ValueError, match="each day once"):
        LeaverSettings(days=("02-01", "02-01"))
    assert last_due(("02-01", "08-01"), date(2027, 1, 31)) == date(2026, 8, 1)
    assert next_due(("02-01", "08-01"), date(2026, 8, 1)) == date(2027, 2, 1)


async def test_the_clock_opens_a_run_when_due_and_at_once_for_the_directory(town):
    person = await gone(town, by="scim")
    assert await opened(town) == [Because.DIRECTORY]
    assert await opened(town) == [Because.DIRECTORY]
    async with await town.work() as work:
        [run] = await work.scalars(select(LeaverRun))
        await withdraw_run(work, run.id)
        old = update(Tenant).where(Tenant.id == work.tenant.id)
        then = work.now - timedelta(days=400)
        await work.execute(old.values(created_at=then).execution_options(synchronize_session=False))
    assert await opened(town) == [Because.DIRECTORY, Because.TIMETABLE]
    assert await opened(town) == [Because.DIRECTORY, Because.TIMETABLE]
    async with await town.work(write=False) as work:
        last = select(Leaver.person_id).order_by(Leaver.id.desc())
        assert await work.first(last) == person.id
        still = await work.get(Person, person.id)
        assert still.forgotten_at is None


@pytest.mark.parametrize("seed", range(20))
def test_a_due_day_is_the_nearest_one_on_either_side(seed):
    chance = Random(seed)
    every = [f"{month:02}-{day:02}" for month in range(1, 13) for day in range(1, 29)]
    days = tuple(chance.sample(every, chance.randint(2, 12)))
    today = date(2027, 1, 1) + timedelta(days=chance.randint(0, 1500))

    def walked(step: int, start: date) -> date:
        while start.isoformat()[5:] not in days:
            start += timedelta(days=step)
        return start

    assert LeaverSettings(days=days).days == days
    assert last_due(days, today) == walked(-1, today)
    assert next_due(days, today) == walked(1, today + timedelta(days=1))


@pytest.mark.parametrize("number", [0, 1, 2, 3, 4, 5])
async def test_a_night_opens_runs_of_all_who_wait_however_many(town, monkeypatch, number):
    """Two a run: those whom the directory ended are found behind any number of others."""
    monkeypatch.setattr(waiting_module, "MOST", 2)
    monkeypatch.setattr(jobs, "MOST", 2)
    async with await town.work() as work:
        told = await many(work, number, by="scim", days_ago=1)
        others = await many(work, 3, by="hand", days_ago=9)
    causes = await opened(town)
    assert causes == [Because.DIRECTORY] * -(-number // 2)
    assert await in_runs(town) == told

    async with await town.work() as work:
        old = update(Tenant).where(Tenant.id == work.tenant.id)
        then = work.now - timedelta(days=400)
        await work.execute(old.values(created_at=then).execution_options(synchronize_session=False))
    assert await opened(town) == [*causes, Because.TIMETABLE, Because.TIMETABLE]
    assert await in_runs(town) == told | others
    assert await opened(town) == [*causes, Because.TIMETABLE, Because.TIMETABLE]


async def many(work, number: int, *, by: str, days_ago: int) -> set[UUID]:
    left_on = work.today - timedelta(days=days_ago)
    people = [
        Person(name=f"{by} {n}", email=f"{uuid7()}@ort.example", left_on=left_on, left_by=by)
        for n in range(number)
    ]
    work.add(*people)
    await work.flush()
    return {person.id for person in people}


async def in_runs(town) -> set[UUID]:
    async with await town.work(write=False) as work:
        ids = await work.scalars(select(Leaver.person_id))
    assert len(ids) == len(set(ids))
    return set(ids)


async def opened(town) -> list[Because]:
    """What causes runs have, after a night."""
    async with open_work(town.runtime, town.tenant, service(), write=True) as work:
        await open_due_runs.function(work, Run(uuid7(), 1))
    async with await town.work(write=False) as work:
        return list(await work.scalars(select(LeaverRun.because).order_by(LeaverRun.id)))
