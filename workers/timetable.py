"""Jobs that run by themselves at certain times, in Swedish time, once each."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import KW_ONLY, dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Literal

import structlog
from sqlalchemy import delete
from sqlalchemy.dialects.postgresql import insert

from ..infra.runtime import Runtime
from ..tenants.actors import service
from ..tenants.entry import all_tenants, load_tenant
from ..tenants.rows import uuid7
from ..tenants.work import STOCKHOLM, Work, open_work
from .jobs import JobKind
from .models import TimetableSlot

log = structlog.get_logger()

GLANCE = 20
"""Seconds between two looks at the clock."""
MISSED_FOR = timedelta(days=1)
"""A slot that nobody was up for is made up for within this time, and then let go."""
KEPT_FOR = timedelta(days=30)

Pace = Literal["hour", "day", "week"]


@dataclass(frozen=True, slots=True)
class Every:
    """When a job runs by itself: every hour, day or week, at a time on the clock in Sweden.

    `at` is "05:00", of an hour only the minutes count; `weekday` 0 is Monday. With `chosen` each
    municipality has times of its own; None from it means not at all. The job takes no arguments
    and runs as the service.
    """

    pace: Pace
    at: str = "00:00"
    weekday: int = 0
    _: KW_ONLY
    job: JobKind[[]]
    chosen: Callable[[Work], Awaitable[Times | None]] | None = None

    @property
    def times(self) -> Times:
        return Times(self.pace, self.at, self.weekday)


@dataclass(frozen=True, slots=True)
class Times:
    """The times of an entry, as it says them itself or as a municipality has chosen."""

    pace: Pace
    at: str = "00:00"
    weekday: int = 0

    def __post_init__(self) -> None:
        if not re.fullmatch(r"([01]\d|2[0-3]):[0-5]\d", self.at):
            raise ValueError(f"{self.at} is no time on the clock")
        if not 0 <= self.weekday <= 6:
            raise ValueError(f"a week has no day {self.weekday}")

    def last_slot(self, now: datetime) -> datetime:
        """The latest moment, now or before, at which it is to run; in UTC.

        An hour has its place on the real clock. A day and a week have theirs on the wall: where
        the clock is put forward over it, it comes an hour later; where the same time comes twice,
        the first counts.
        """
        clock = time.fromisoformat(self.at)
        if self.pace == "hour":
            slot = now.astimezone(UTC).replace(minute=clock.minute, second=0, microsecond=0)
            return slot if slot <= now else slot - timedelta(hours=1)
        today = now.astimezone(STOCKHOLM).date()
        step = 7 if self.pace == "week" else 1
        back = (today.weekday() - self.weekday) % 7 if self.pace == "week" else 0
        day = today - timedelta(days=back)
        slot = _on_the_wall(day, clock)
        return slot if slot <= now else _on_the_wall(day - timedelta(days=step), clock)


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the timetable; `module` is None for what every municipality has."""

    every: Every
    module: str | None = None


async def keep_time(runtime: Runtime, timetable: Sequence[Entry]) -> None:
    """Start what is due until cancelled."""
    while timetable:
        try:
            await start_due(runtime, timetable, now=datetime.now(UTC))
        except Exception:
            log.exception("timetable_failed")
        await asyncio.sleep(GLANCE)


async def start_due(runtime: Runtime, timetable: Iterable[Entry], *, now: datetime) -> int:
    """Start every job whose slot has come, in all municipalities that have its module; how many.

    Any number of workers may do this at once: the row of a slot is made once.
    """
    lines = list(timetable)
    started = 0
    for known in await all_tenants(runtime):
        try:
            tenant = await load_tenant(runtime, known.id)
            async with open_work(runtime, tenant, service(), write=True) as work:
                started += await start_slots(work, lines, now=now)
        except Exception:
            # The others get theirs all the same; this one is tried again at the next look.
            log.exception("timetable_failed", tenant=known.slug)
    return started


async def start_slots(work: Work, timetable: Iterable[Entry], *, now: datetime) -> int:
    """Start in one municipality what is due and has not been started; how many."""
    started = 0
    for entry in timetable:
        if entry.module is not None and entry.module not in work.tenant.modules:
            continue
        every = entry.every
        times = every.times if every.chosen is None else await every.chosen(work)
        slot = times.last_slot(now) if times else None
        if slot is None or now - slot >= MISSED_FOR:
            continue
        if await _is_first(work, every.job.name, slot):
            await every.job.later(work)
            started += 1
    return started


async def _is_first(work: Work, job: str, slot: datetime) -> bool:
    """Whether nobody has started the job for this slot: whoever makes the row, does."""
    made = await work.execute(
        insert(TimetableSlot)
        .values(tenant_id=work.tenant.id, id=uuid7(), job=job, slot=slot)
        .on_conflict_do_nothing()
        .returning(TimetableSlot.id)
    )
    if made.first() is None:
        return False
    old = TimetableSlot.job == job, TimetableSlot.slot < slot - KEPT_FOR
    await work.execute(
        delete(TimetableSlot).where(*old).execution_options(synchronize_session=False)
    )
    return True


def _on_the_wall(day: date, clock: time) -> datetime:
    return datetime.combine(day, clock, STOCKHOLM).astimezone(UTC)
