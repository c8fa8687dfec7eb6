"""Jobs that run by themselves: at the right moment, once, in the municipalities that have them."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from roder.infra.database import open_engine
from roder.tenants.actors import service
from roder.tenants.municipality import create_tenant
from roder.tenants.work import open_work
from roder.workers.broker import open_broker
from roder.workers.models import Job, TimetableSlot
from roder.workers.serve import running_worker
from roder.workers.timetable import Entry, Every, Times, start_due, start_slots


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("times", "now", "slot"),
    [
        (Times("hour", at="00:15"), "2026-03-29 01:20", "2026-03-29 01:15"),
        (Times("hour", at="00:15"), "2026-03-29 01:10", "2026-03-29 00:15"),
        (Times("day", at="05:00"), "2026-01-10 04:00", "2026-01-10 04:00"),
        (Times("day", at="05:00"), "2026-01-10 03:59", "2026-01-09 04:00"),
        (Times("day", at="05:00"), "2026-07-10 03:00", "2026-07-10 03:00"),
        (Times("week", at="08:00"), "2026-11-23 07:00", "2026-11-23 07:00"),
        (Times("week", at="08:00"), "2026-11-23 06:59", "2026-11-16 07:00"),
        (Times("week", at="08:00", weekday=6), "2026-11-23 07:00", "2026-11-22 07:00"),
    ],
)
def test_the_last_slot_is_at_that_time_on_the_clock_in_sweden(times, now, slot):
    assert times.last_slot(utc(now)) == utc(slot)


def test_where_the_clock_is_put_forward_over_a_time_it_comes_an_hour_later():
    """29 March 2026 has no 02:30."""
    night = Times("day", at="02:30")

    assert night.last_slot(utc("2026-03-29 01:29")) == utc("2026-03-28 01:30")
    assert night.last_slot(utc("2026-03-29 01:30")) == utc("2026-03-29 01:30")


def test_where_a_time_comes_twice_the_first_counts():
    """25 October 2026 has 02:30 at 00:30 and at 01:30 UTC."""
    night = Times("day", at="02:30")
    slots = {night.last_slot(utc("2026-10-25 00:30") + timedelta(minutes=m)) for m in range(180)}

    assert slots == {utc("2026-10-25 00:30")}


def test_an_hour_of_the_night_that_comes_twice_has_two_slots():
    hourly = Times("hour", at="00:30")
    slots = {hourly.last_slot(utc("2026-10-25 00:30") + timedelta(minutes=m)) for m in range(90)}

    assert slots == {utc("2026-10-25 00:30"), utc("2026-10-25 01:30")}


@pytest.mark.parametrize("strange", [{"at": "24:00"}, {"at": "8:00"}, {"weekday": 7}])
def test_a_time_that_no_clock_shows_is_a_fault_of_the_programmer(strange):
    with pytest.raises(ValueError, match=r"clock|week"):
        Times("week", **strange)


async def test_a_slot_is_started_once_and_the_next_one_again(town, kinds):
    table = [Entry(Every("day", at="05:00", job=kinds.look))]
    assert await begun(town, table, "2026-11-23 04:00") == 1
    assert await begun(town, table, "2026-11-23 04:00") == 0
    assert await begun(town, table, "2026-11-23 23:00") == 0
    assert await begun(town, table, "2026-11-24 04:00") == 1
    jobs = await jobs_of(town)
    assert [(job.kind, job.created_by, job.arguments) for job in jobs] == [
        ("test.look", None, {}),
        ("test.look", None, {}),
    ]


async def test_what_was_missed_is_made_up_for_once_within_a_day(town, kinds):
    hourly = [Entry(Every("hour", job=kinds.look))]
    assert await begun(town, hourly, "2026-11-23 04:10") == 1
    assert await begun(town, hourly, "2026-11-23 09:10") == 1

    weekly = [Entry(Every("week", at="08:00", job=kinds.read_goals))]
    assert await begun(town, weekly, "2026-11-24 07:00") == 0
    assert await begun(town, weekly, "2026-11-24 06:59") == 1


async def test_many_workers_at_once_start_a_slot_once(town, kinds, settings):
    table = [Entry(Every("day", at="05:00", job=kinds.look))]
    engine = open_engine(settings.database_url, pool=8)
    place = replace(town, runtime=replace(town.runtime, engine=engine))
    try:
        started = await asyncio.gather(*(begun(place, table, "2026-11-23 04:00") for _ in range(8)))
    finally:
        await engine.dispose()

    assert sorted(started) == [0] * 7 + [1]
    assert len(await jobs_of(town)) == 1


async def test_a_job_that_cannot_be_started_leaves_its_slot_for_the_next_look(town, kinds):
    table = [Entry(Every("day", at="05:00", job=kinds.look))]

    async def broken_off() -> None:
        async with open_work(town.runtime, town.tenant, service(), write=True) as work:
            assert await start_slots(work, table, now=utc("2026-11-23 04:00")) == 1
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await broken_off()

    assert await begun(town, table, "2026-11-23 04:01") == 1


async def test_a_module_that_is_off_starts_nothing(town, kinds):
    daily = Every("day", at="05:00", job=kinds.look)
    assert await begun(town, [Entry(daily, module="deviations")], "2026-11-23 04:00") == 0
    assert await jobs_of(town) == []
    assert await begun(town, [Entry(daily, module="goals")], "2026-11-23 04:00") == 1


async def test_a_municipality_can_choose_other_times_or_none(town, kinds):
    async def late(work):
        return Times("day", at="22:00")

    async def never(work):
        return None

    table = [Entry(Every("day", at="05:00", job=kinds.look, chosen=late))]
    assert await begun(town, table, "2026-11-22 20:59") == 1  # the evening before
    assert await begun(town, table, "2026-11-22 21:00") == 1
    silent = [Entry(Every("day", at="05:00", job=kinds.read_goals, chosen=never))]
    assert await begun(town, silent, "2026-11-23 04:00") == 0


async def test_slots_older_than_a_month_are_let_go(town, kinds):
    table = [Entry(Every("day", at="05:00", job=kinds.look))]
    for day in ("2026-10-01", "2026-10-30", "2026-11-01"):
        await begun(town, table, f"{day} 12:00")
    async with await town.work() as work:
        slots = await work.scalars(select(TimetableSlot.slot).order_by(TimetableSlot.slot))

    assert [slot.date().isoformat() for slot in slots] == ["2026-10-30", "2026-11-01"]


async def test_every_municipality_gets_its_own(alone, kinds):
    table = [Entry(Every("day", at="05:00", job=kinds.look))]
    administrator = ("Asta Admin", "asta@lund.example")
    other = await create_tenant(
        alone.runtime, slug="lund", name="Lund", administrator=administrator, modules=()
    )
    places = (alone, replace(alone, tenant=other))
    now = utc("2026-11-23 04:00")

    assert await start_due(alone.runtime, table, now=now) == 2
    assert await start_due(alone.runtime, table, now=now) == 0
    assert [len(await jobs_of(place)) for place in places] == [1, 1]


async def begun(town, table, now: str) -> int:
    async with open_work(town.runtime, town.tenant, service(), write=True) as work:
        return await start_slots(work, table, now=utc(now))


async def jobs_of(town) -> list[Job]:
    async with open_work(town.runtime, town.tenant, service(), write=False) as work:
        return list(await work.scalars(select(Job).order_by(Job.id)))


async def test_a_worker_that_runs_keeps_the_timetable_by_itself(alone, kinds, ended):
    hourly = [Entry(Every("hour", job=kinds.look))]
    with open_broker(alone.runtime.settings) as broker:
        async with running_worker(
            alone.runtime, broker, kinds.KINDS, timetable=hourly, pace=kinds.QUICK
        ):
            for _look in range(1200):
                if jobs := await jobs_of(alone):
                    break
                await asyncio.sleep(0.05)
            job = await ended(alone, jobs[0])

    assert (job.kind, job.state, job.result["actor"]) == ("test.look", "done", "None")
