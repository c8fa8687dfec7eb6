"""Every entry of the log comes into one list of one unit, in the log as it is kept."""

from __future__ import annotations

import asyncio
from datetime import UTC, date, datetime, timedelta
from random import Random

import pytest
from reviewed_log import Did, add_reviewer, log, on
from sqlalchemy import select

from roder.platform.modules.log_review.intervals import change_interval
from roder.platform.modules.log_review.making import make_lists, midnight
from roder.platform.modules.log_review.models import Review, ReviewEvent, ReviewState
from roder.tenants.models import UnitSuccession, UnitVersion
from roder.tenants.work import STOCKHOLM

EDGES = (
    datetime(2026, 3, 29, 0, 59, 59, tzinfo=UTC),  # the clock goes forward at 01:00 UTC
    datetime(2026, 3, 29, 1, 0, tzinfo=UTC),
    datetime(2026, 10, 25, 0, 30, tzinfo=UTC),  # the same time on the clock comes twice
    datetime(2026, 10, 25, 1, 30, tzinfo=UTC),
    datetime(2026, 3, 31, 21, 59, 59, 999999, tzinfo=UTC),
    datetime(2026, 3, 31, 22, 0, tzinfo=UTC),  # the first of April, in summer time
    datetime(2026, 10, 31, 22, 59, 59, 999999, tzinfo=UTC),
    datetime(2026, 10, 31, 23, 0, tzinfo=UTC),  # the first of November, in winter time
    datetime(2024, 2, 29, 12, 0, tzinfo=UTC),
    datetime(2024, 2, 29, 23, 0, tzinfo=UTC),
    datetime(2026, 12, 31, 22, 59, 59, tzinfo=UTC),
    datetime(2026, 12, 31, 23, 0, tzinfo=UTC),
)


async def where(work):
    """The days and the unit of the list that each event is in; an id can be there once only."""
    rows = await work.rows(
        select(ReviewEvent.id, ReviewEvent.at, Review)
        .join(
            Review,
            (Review.id == ReviewEvent.review_id) & (Review.tenant_id == ReviewEvent.tenant_id),
        )
        # What the runs themselves have noted is of today, and in a list of its own.
        .where(ReviewEvent.kind == "person")
    )
    for _id, at, review in rows:
        assert midnight(review.begins) <= at < midnight(review.ends + timedelta(days=1))
    return {id: review for id, _at, review in rows}


@pytest.mark.parametrize("seed", range(4))
async def test_random_moments_runs_and_signings_leave_no_entry_out(reviewed, seed):
    random = Random(seed)
    town = reviewed
    await add_reviewer(town, "committee", "second")
    units = [None, *(unit.id for unit in town.units.values())]
    people = [None, *(person.id for person in town.people.values())]
    ids: list[object] = []
    day = date(2024, 3, 1)
    while day < date(2027, 2, 1):
        moments = [
            random.choice(EDGES) + timedelta(microseconds=random.randrange(-2, 3))
            for _each in range(random.randrange(12))
        ]
        ids += await log(
            town,
            [Did(at, random.choice(people), random.choice(units)) for at in moments],
        )
        async with await town.work() as work:
            await make_lists(on(work, day))
            if random.random() < 0.4:
                for review in await work.scalars(select(Review).limit(3)):
                    review.state = ReviewState.SIGNED
        day += timedelta(days=random.randrange(20, 50))
    async with await town.work() as work:
        await make_lists(on(work, date(2027, 3, 1)))
        found = await where(work)
        lists = await work.scalars(select(Review))

    assert set(found) == set(ids)
    for one in lists:
        for other in lists:
            if one.unit_id == other.unit_id and one.begins <= other.ends:
                same = (one.begins, one.ends) == (other.begins, other.ends)
                assert same or other.ends < one.begins or one.ends < other.begins


async def test_two_runs_at_once_take_each_entry_once(reviewed):
    manager = reviewed.people["manager"].id
    ids = await log(
        reviewed, [Did(at, manager) for at in EDGES if at < datetime(2026, 11, 1, tzinfo=UTC)]
    )

    async def run():
        async with await reviewed.work() as work:
            return await make_lists(on(work, date(2026, 12, 1)))

    made = await asyncio.gather(run(), run(), run())
    async with await reviewed.work(write=False) as work:
        found = await where(work)

    assert set(found) == set(ids)
    assert sum(each.events for each in made) >= len(ids)


async def test_a_unit_that_was_merged_is_reviewed_where_its_work_goes_on(reviewed):
    home, school = reviewed.units["home_care"].id, reviewed.units["school_board"].id
    await add_reviewer(reviewed, "school_board", "principal")
    async with await reviewed.work() as work:
        version = await work.first(select(UnitVersion).where(UnitVersion.unit_id == home))
        version.valid_to = date(2026, 10, 15)
        work.add(
            UnitSuccession(predecessor_id=home, successor_id=school, from_date=date(2026, 10, 15))
        )
    [before, after] = await log(
        reviewed,
        [
            Did(datetime(2026, 10, 3, 12, tzinfo=STOCKHOLM), None, home),
            Did(datetime(2026, 10, 20, 12, tzinfo=STOCKHOLM), None, school),
        ],
    )
    async with await reviewed.work() as work:
        await make_lists(on(work, date(2026, 11, 1)))
        found = await where(work)

    # The home care has a reviewer still, who answers for its days.
    assert found[before].unit_id == home
    assert found[after].unit_id == school


async def test_other_days_move_events_with_what_was_written_and_lose_none(reviewed):
    manager = reviewed.people["manager"].id
    early, late, next_month = await log(
        reviewed,
        [
            Did(datetime(2026, 10, 3, 12, tzinfo=STOCKHOLM), manager),
            Did(datetime(2026, 10, 20, 12, tzinfo=STOCKHOLM), manager),
            Did(datetime(2026, 11, 2, 12, tzinfo=STOCKHOLM), manager),
        ],
    )
    async with await reviewed.work() as work:
        await make_lists(on(work, date(2026, 11, 1)))
        event = await work.get(ReviewEvent, late)
        event.comment = "Kontrollerat"
        review = await work.get(Review, event.review_id)
    async with await reviewed.work("reviewer") as work:
        on(work, date(2026, 11, 10))
        await change_interval(work, review.id, begins=date(2026, 10, 1), ends=date(2026, 10, 15))
    async with await reviewed.work("reviewer") as work:
        found = await where(work)
        moved = await work.get(ReviewEvent, late)
        rest = found[late]

    assert set(found) == {early, late}
    assert (rest.begins, rest.ends) == (date(2026, 10, 16), date(2026, 10, 31))
    assert moved.comment == "Kontrollerat"
    async with await reviewed.work("reviewer") as work:
        on(work, date(2026, 11, 10))
        await change_interval(work, rest.id, begins=date(2026, 10, 16), ends=date(2026, 11, 5))
    async with await reviewed.work() as work:
        await make_lists(on(work, date(2026, 12, 1)))
        found = await where(work)

    assert found[next_month].id == rest.id
    assert len(found) == 3
