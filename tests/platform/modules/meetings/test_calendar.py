"""Somebody's own meetings in the calendar of My work, and those of a series in its own."""

from __future__ import annotations

from datetime import timedelta

import pytest
from icalendar import Calendar
from served import visited
from sqlalchemy import delete

from roder.platform.modules.meetings import design, holding, planning
from roder.platform.modules.meetings.models import MeetingRole
from roder.platform.modules.mywork.service import make_calendar_feed
from roder.tenants.models import ModuleSwitch


@pytest.fixture
async def events(settings, town):
    """What a person's calendar has, by when it begins."""

    async def ask(who):
        async with await town.work(who) as work:
            address = (await make_calendar_feed(work)).address
        async with visited(settings) as client:
            answer = await client.get(address)
        assert answer.status_code == 200
        found = Calendar.from_ical(answer.content).walk("VEVENT")
        timed = [each for each in found if "location" in each]
        return sorted(timed, key=lambda each: each.decoded("dtstart"))

    return ask


async def test_own_meetings_stand_at_their_times_with_role_and_link(town, plan, events):
    async with await town.work() as work:
        meeting = await plan(work, 3)
        await plan(work, -60)
        called_off = await plan(work, 9)
        await holding.cancel_meeting(work, called_off.id, note="För få ärenden.")

    first, second = await events("administrator")
    page = f"http://127.0.0.1:8000/{town.tenant.slug}/moten/mote/{meeting.id}"
    assert first.decoded("dtstart") == meeting.starts_at
    assert first.decoded("dtend") == meeting.ends_at
    assert [str(first[name]) for name in ("uid", "summary", "location", "description")] == [
        f"{meeting.id}@127.0.0.1",
        "Socialnämndens sammanträden",
        "Stora salen",
        f"Sekreterare\n{page}",
    ]
    assert (str(first["url"]), str(first["status"])) == (page, "CONFIRMED")
    assert (str(second["uid"]), str(second["status"])) == (
        f"{called_off.id}@127.0.0.1",
        "CANCELLED",
    )


async def test_who_is_not_called_has_none_and_who_moves_a_meeting_moves_it_there(
    town, plan, events
):
    async with await town.work() as work:
        meeting = await plan(work, 3)
        before = meeting.version
        later = meeting.starts_at + timedelta(days=1)
        await planning.change_meeting(
            work, meeting.id, starts_at=later, ends_at=later + timedelta(hours=1), place="Lilla"
        )
    assert await events("employee") == []
    [moved] = await events("administrator")
    assert (moved.decoded("dtstart"), moved["sequence"]) == (later, before + 1)


async def test_a_private_meeting_tells_a_calendar_neither_its_name_nor_a_role(town, plan, events):
    async with await town.work() as work:
        series = await design.save_series(
            work, name="Löneöversyn", unit_id=town.units["school_board"].id, private=True
        )
        person_id = town.people["employee"].id
        await design.add_member(work, series.id, role=MeetingRole.MEMBER, person_id=person_id)
        meeting = await plan(work, 3, of=series.id)
    [event] = await events("employee")
    page = f"http://127.0.0.1:8000/{town.tenant.slug}/moten/mote/{meeting.id}"
    assert (str(event["summary"]), str(event["description"])) == ("Möte", page)


async def test_a_module_that_is_off_has_no_meetings_in_the_calendar(town, plan, events):
    async with await town.work() as work:
        await plan(work, 3)
        await work.execute(delete(ModuleSwitch).where(ModuleSwitch.module == "meetings"))
    assert await events("administrator") == []
