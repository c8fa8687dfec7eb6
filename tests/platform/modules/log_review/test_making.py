from __future__ import annotations

from datetime import date, datetime

from reviewed_log import Did, log, on
from sqlalchemy import select

from roder.platform.modules.log_review.making import make_lists
from roder.platform.modules.log_review.models import Review, ReviewEvent, ReviewState
from roder.tenants.work import STOCKHOLM


def clock(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=STOCKHOLM)


async def lists(work):
    rows = await work.rows(
        select(Review.begins, Review.ends, Review.unit_id, Review.number, ReviewEvent.id)
        .outerjoin(
            ReviewEvent,
            (ReviewEvent.review_id == Review.id) & (ReviewEvent.tenant_id == Review.tenant_id),
        )
        .order_by(Review.begins, Review.number, ReviewEvent.at)
    )
    found = {}
    for begins, ends, unit_id, number, event in rows:
        found.setdefault((begins, ends, unit_id, number), []).append(event)
    return found


async def test_last_month_becomes_one_list_for_the_unit_with_a_reviewer(reviewed):
    manager, unit = reviewed.people["manager"].id, reviewed.units["home_care"].id
    ids = await log(
        reviewed,
        [
            Did(clock(2026, 9, 30, 23, 59, 59), manager),
            Did(clock(2026, 10, 1, 0, 0), manager),
            Did(clock(2026, 10, 31, 23, 59, 59), None, unit),
            Did(clock(2026, 11, 1, 0, 0), manager),
            Did(clock(2026, 10, 10, 12, 0), reviewed.people["auditor"].id),
        ],
    )
    async with await reviewed.work() as work:
        made = await make_lists(on(work, date(2026, 11, 1)))
        found = await lists(work)
        reviewer = await work.first(select(Review.reviewer_id).where(Review.unit_id == unit))

    assert (made.lists, made.events) == (3, 4)
    assert found == {
        (date(2026, 9, 1), date(2026, 9, 30), unit, 1): [ids[0]],
        (date(2026, 10, 1), date(2026, 10, 31), unit, 1): [ids[1], ids[2]],
        (date(2026, 10, 1), date(2026, 10, 31), None, 1): [ids[4]],
    }
    assert reviewer == reviewed.people["reviewer"].id


async def test_a_run_again_changes_nothing_and_late_entries_come_into_their_month(reviewed):
    manager, unit = reviewed.people["manager"].id, reviewed.units["home_care"].id
    [first] = await log(reviewed, [Did(clock(2026, 10, 5, 12), manager)])
    async with await reviewed.work() as work:
        await make_lists(on(work, date(2026, 11, 4)))
    async with await reviewed.work() as work:
        again = await make_lists(on(work, date(2026, 11, 4)))
    [late] = await log(reviewed, [Did(clock(2026, 10, 6, 12), manager)])
    async with await reviewed.work() as work:
        third = await make_lists(on(work, date(2026, 11, 5)))
        found = await lists(work)

    assert (again.lists, again.events) == (0, 0)
    assert (third.lists, third.events) == (0, 1)
    assert found == {(date(2026, 10, 1), date(2026, 10, 31), unit, 1): [first, late]}


async def test_what_comes_after_the_signing_goes_into_a_supplement(reviewed):
    manager, unit = reviewed.people["manager"].id, reviewed.units["home_care"].id
    [first] = await log(reviewed, [Did(clock(2026, 10, 5, 12), manager)])
    async with await reviewed.work() as work:
        await make_lists(on(work, date(2026, 11, 1)))
        review = await work.first(select(Review))
        review.state = ReviewState.SIGNED
    [late] = await log(reviewed, [Did(clock(2026, 10, 6, 12), manager)])
    async with await reviewed.work() as work:
        await make_lists(on(work, date(2026, 12, 1)))
        found = await lists(work)
        marks = await work.scalars(select(ReviewEvent.marks).where(ReviewEvent.id == late))

    assert found[date(2026, 10, 1), date(2026, 10, 31), unit, 1] == [first]
    assert found[date(2026, 10, 1), date(2026, 10, 31), unit, 2] == [late]
    assert marks == [["late"]]


async def test_a_month_in_which_nothing_was_done_gets_an_empty_list(reviewed):
    async with await reviewed.work() as work:
        await make_lists(on(work, date(2026, 3, 1)))
        found = await lists(work)

    unit = reviewed.units["home_care"].id
    assert found == {(date(2026, 2, 1), date(2026, 2, 28), unit, 1): [None]}
