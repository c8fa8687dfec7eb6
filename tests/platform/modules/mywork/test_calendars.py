"""The calendar address: shown once, revocable, and silent about why it does not answer."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import datetime, timedelta

import httpx
import pytest
from icalendar import Calendar
from served import visited
from sqlalchemy import select

from roder.infra.errors import Forbidden
from roder.platform.modules.goals.models import PlanNode
from roder.platform.modules.goals.service import change_activity
from roder.platform.modules.mywork.calendars import calendar
from roder.platform.modules.mywork.service import (
    calendar_feed,
    make_calendar_feed,
    my_tasks,
    revoke_calendar_feed,
)
from roder.tenants.actors import service
from roder.tenants.keys import digest
from roder.tenants.models import CalendarFeed
from roder.tenants.people import end_person, return_person
from roder.tenants.work import STOCKHOLM, open_work

NOVEMBER = "2026-11-23"


@pytest.fixture(scope="module")
async def browser(settings) -> AsyncIterator[httpx.AsyncClient]:
    async with visited(settings) as client:
        yield client


async def made(town, who: str = "administrator") -> str:
    """The path of a new address."""
    async with await town.work(who) as work:
        address = (await make_calendar_feed(work)).address
    assert address.startswith(f"http://127.0.0.1:8000/{town.tenant.slug}/kalender/kalender_")
    return address.removeprefix("http://127.0.0.1:8000")


async def test_the_last_days_are_all_day_events_with_a_link(this_year, browser, town):
    end = datetime.now(STOCKHOLM).date() + timedelta(days=7)
    async with await town.work() as work:
        await change_activity(work, this_year.nodes["talks"], changes={"ends_on": end})
    path = await made(town)
    answer = await browser.get(path)

    assert answer.status_code == 200
    assert answer.headers["content-type"] == "text/calendar; charset=utf-8"
    assert answer.headers["cache-control"] == "no-store"
    shown = Calendar.from_ical(answer.content)
    assert str(shown["x-wr-calname"]) == "Mitt arbete i Östhammar"
    [event] = shown.walk("VEVENT")
    assert event.decoded("dtstart") == end
    assert event.decoded("dtend") == end + timedelta(days=1)
    assert str(event["summary"]) == "Avsluta aktiviteten: Hälsosamtal"
    assert b"DTSTART;VALUE=DATE:" in answer.content
    page = f"http://127.0.0.1:8000/{town.tenant.slug}/mitt-arbete#activity-"
    assert str(event["url"]).startswith(page)
    again = Calendar.from_ical((await browser.get(path)).content)
    assert [str(one["uid"]) for one in again.walk("VEVENT")] == [str(event["uid"])]


async def test_words_are_escaped_and_lines_folded_as_the_standard_wants(plan):
    title = "Möte; hos A, B\\C " + "åäö" * 40
    async with plan.on(NOVEMBER) as work:
        node = await work.get(PlanNode, plan.nodes["absence"])
        node.title = title
        await work.flush()
        body = calendar(work, await my_tasks(work))

    assert all(len(line) <= 75 for line in body.split(b"\r\n"))
    assert b"M\xc3\xb6te\\; hos A\\, B\\\\C" in body
    assert b"\n" not in body.replace(b"\r\n", b"")
    [event] = Calendar.from_ical(body).walk("VEVENT")
    assert str(event["summary"]) == f"Fyll i utfall: {title.strip()}"


async def test_an_address_that_does_not_work_tells_nothing_of_why(browser, town, other_town):
    revoked, left, replaced = (
        await made(town),
        await made(town, "manager"),
        await made(town, "local"),
    )
    await made(town, "local")
    async with await town.work() as work:
        assert await revoke_calendar_feed(work)
        assert not await revoke_calendar_feed(work)
        await end_person(work, town.people["manager"].id)
    foreign = (await made(other_town)).replace(other_town.tenant.slug, town.tenant.slug)
    absent = f"/{town.tenant.slug}/kalender/kalender_{'x' * 43}.ics"

    answers = [await browser.get(path) for path in (revoked, left, replaced, foreign, absent)]
    assert {answer.status_code for answer in answers} == {404}
    assert len({answer.content for answer in answers}) == 1


async def test_an_address_stays_shut_when_its_person_comes_back(browser, town):
    path = await made(town, "manager")
    assert (await browser.get(path)).status_code == 200
    async with await town.work() as work:
        await end_person(work, town.people["manager"].id)
        await return_person(work, town.people["manager"].id)

    assert (await browser.get(path)).status_code == 404


async def test_only_a_hash_is_kept_and_one_address_at_a_time(town):
    await made(town)
    path = await made(town)
    key = path.rpartition("/")[2].removesuffix(".ics")
    async with await town.work() as work:
        feeds = await work.scalars(select(CalendarFeed).order_by(CalendarFeed.id))
        standing = await calendar_feed(work)

    assert [feed.revoked_at is None for feed in feeds] == [False, True]
    assert standing is not None
    assert standing.digest == digest(key)


async def test_a_program_without_a_person_has_no_calendar(town):
    async with open_work(town.runtime, town.tenant, service(), write=True) as work:
        with pytest.raises(Forbidden):
            await make_calendar_feed(work)


async def test_the_address_lets_nobody_write_or_read_more(browser, town):
    """It is no session and no token: neither the API nor a page takes it."""
    path = await made(town)
    key = path.rpartition("/")[2].removesuffix(".ics")
    answer = await browser.post(
        f"/{town.tenant.slug}/graphql",
        json={"query": "{ me { name } }"},
        headers={"authorization": f"Bearer {key}"},
    )

    assert answer.status_code == 401
    assert (await browser.post(path)).status_code == 405


async def test_the_key_does_not_stand_in_the_log(browser, town, capsys):
    path = await made(town)
    key = path.rpartition("/")[2]
    await browser.get(path)
    printed = capsys.readouterr()

    assert "/kalender/…" in printed.out + printed.err
    assert key not in printed.out + printed.err
