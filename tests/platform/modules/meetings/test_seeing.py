"""Who sees meetings, what they ask of people, and who is refused."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from roder.infra.errors import Conflict, Forbidden, InvalidInput, ModuleOff, NotFound
from roder.platform.asked import who_is_asked
from roder.platform.modules.meetings import design, holding, listing, planning
from roder.platform.modules.meetings.models import (
    Meeting,
    MeetingKind,
    MeetingRole,
)
from roder.platform.modules.meetings.seeing import get_meeting
from roder.platform.modules.meetings.tasks import meeting_tasks
from roder.platform.tasks import TaskKind
from roder.tenants.log.access_log import Action, LogEntry


@pytest.fixture
async def private(town):
    """A private series of the school board, which the manager at home care is a guest of once."""
    async with await town.work() as work:
        series = await design.save_series(
            work, name="Löneöversyn", unit_id=town.units["school_board"].id, private=True
        )
        await design.add_member(
            work, series.id, role=MeetingRole.MEMBER, person_id=town.people["employee"].id
        )
    return series


async def test_a_private_series_is_seen_by_those_in_it_only(town, plan, private):
    async with await town.work() as work:
        meeting = await plan(work, of=private.id)
        other = await plan(work, 1, of=private.id)
        await planning.add_participant(
            work, other.id, role=MeetingRole.GUEST, person_id=town.people["manager"].id
        )

    seen = {}
    for who in ("administrator", "employee", "manager", "auditor", "local"):
        async with await town.work(who, write=False) as work:
            found = await listing.meetings(work, series_id=private.id)
            seen[who] = {each.meeting.id for each in found.rows}
            if meeting.id not in seen[who]:
                with pytest.raises(NotFound):
                    await get_meeting(work, meeting.id)
    assert seen == {
        "administrator": {meeting.id, other.id},
        "employee": {meeting.id, other.id},
        "manager": {other.id},
        "auditor": set(),
        "local": set(),
    }
    async with await town.work(write=False) as work:
        told = await work.scalars(
            select(LogEntry).where(LogEntry.kind == "meeting", LogEntry.action == Action.READ)
        )
    assert {entry.person_id for entry in told} >= {town.people["employee"].id}


async def test_minutes_of_a_body_are_never_private(town):
    async with await town.work() as work:
        with pytest.raises(InvalidInput):
            await design.save_series(
                work,
                name="Nämnden",
                unit_id=town.units["committee"].id,
                kind=MeetingKind.COMMITTEE,
                private=True,
            )


async def test_the_log_of_decisions_has_what_was_decided(town, plan, write_minutes):
    async with await town.work() as work:
        await write_minutes(work, await plan(work))
    async with await town.work("employee", write=False) as work:
        found = await listing.decisions(work, words="godkänner")
        none = await listing.decisions(work, words="avslår")
    assert [(each.item.title, each.item.paragraph) for each in found.rows] == [
        ("Budgetuppföljning", 2)
    ]
    assert (found.total, none.total) == (1, 0)


async def test_tasks_follow_the_steps_with_the_days_of_the_law(town, plan, write_minutes):
    found = []

    async def asked():
        async with await town.work(write=False) as work:
            people = [town.people["administrator"].id]
            told = await who_is_asked(work, people=people, outcome_days=20, ahead_days=20)
            found.append([(t.kind, t.due_on - work.today) for t in await meeting_tasks(work, told)])

    async with await town.work() as work:
        meeting = await plan(work)
    await asked()
    async with await town.work() as work:
        await write_minutes(work, meeting)
    await asked()
    async with await town.work() as work:
        await holding.adjust_minutes(work, meeting.id, on=work.today)
    await asked()
    async with await town.work() as work:
        await holding.announce_minutes(work, meeting.id, on=work.today)
    await asked()
    assert found == [
        [(TaskKind.SUMMON_MEETING, timedelta(-7))],
        [(TaskKind.ADJUST_MINUTES, timedelta(14))],
        [(TaskKind.ANNOUNCE_MINUTES, timedelta(2))],
        [],
    ]


@pytest.mark.parametrize("who", ["employee", "auditor", "manager"])
async def test_who_may_not_write_at_the_body_writes_nothing(town, plan, series, who):
    async with await town.work(who) as work:
        with pytest.raises(Forbidden):
            async with work.attempt():
                await plan(work)
    async with await town.work(write=False) as work:
        assert await work.scalars(select(Meeting)) == []


async def test_an_old_version_is_refused(town, plan):
    async with await town.work() as work:
        meeting = await plan(work)
        with pytest.raises(Conflict):
            await holding.summon_meeting(work, meeting.id, version=meeting.version - 1)


async def test_another_municipality_cannot_tell_that_it_exists(town, plan, other_town):
    async with await town.work() as work:
        meeting = await plan(work)
    async with await other_town.work(write=False) as work:
        with pytest.raises((NotFound, ModuleOff)):
            await get_meeting(work, meeting.id)
