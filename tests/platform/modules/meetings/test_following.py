"""What comes of decisions: what is left of earlier meetings, and how far each has come."""

from __future__ import annotations

from datetime import timedelta

import pytest

from roder.infra.documents.model import LightMark
from roder.infra.errors import Forbidden
from roder.infra.i18n import use_locale
from roder.platform.modules.actions.service import finish_action
from roder.platform.modules.meetings import items, planning
from roder.platform.modules.meetings.exporting import MeetingPaper, log_sheets, paper_of
from roder.platform.modules.meetings.following import follow_ups, left_to_do
from roder.platform.modules.meetings.models import ItemKind


@pytest.fixture(autouse=True)
def swedish():
    with use_locale("sv"):
        yield


@pytest.fixture
async def agreed(town, plan, write_minutes):
    """A meeting a week ago that decided, and agreed on two things; one of them is late."""
    async with await town.work() as work:
        meeting = await plan(work, -7)
        await write_minutes(work, meeting)
        item = (await planning.agenda_of(work, meeting.id))[1]
        for title, days in (("Skriv taxan", -1), ("Berätta för alla", 200)):
            await items.agree_on_action(
                work,
                item.id,
                title=title,
                owner_id=town.people["manager"].id,
                due_on=work.today + timedelta(days),
            )
        meeting.item = item.id
    return meeting


async def test_the_next_meeting_shows_what_is_left_until_it_is_done(town, plan, agreed):
    async with await town.work() as work:
        coming = await plan(work, 7)
        left = await left_to_do(work, coming.id)
        assert [(each.title, left.lights[each.id]) for each in left.actions] == [
            ("Skriv taxan", ("red", "Försenad")),
            ("Berätta för alla", ("none", "Att göra")),
        ]
        assert set(left.names.values()) == {town.people["manager"].name}
        assert (await left_to_do(work, agreed.id)).actions == []
        assert await follow_ups(work, [agreed.item]) == {
            agreed.item: ("red", "2 av 2 kvar, försenat")
        }
        [late, other] = left.actions
        await finish_action(work, late.id, outcome="Klart.")
        assert await follow_ups(work, [agreed.item]) == {agreed.item: ("yellow", "1 av 2 kvar")}
        await finish_action(work, other.id, outcome="Klart.")
        assert await follow_ups(work, [agreed.item]) == {agreed.item: ("green", "Allt är gjort")}
        assert (await left_to_do(work, coming.id)).actions == []


async def test_the_summons_ends_with_what_is_left(town, plan, agreed):
    async with await town.work() as work:
        coming = await plan(work, 7)
        made = await paper_of(work, coming.id, MeetingPaper.SUMMONS)
        day = work.today - timedelta(1)
    table = made.blocks[-1]
    assert [column.title for column in table.columns] == [
        "Vad ska göras",
        "Ansvarig",
        "Sista dag",
        "Status",
    ]
    first = table.rows[0]
    assert first[:3] == ("Skriv taxan", town.people["manager"].name, f"{day}")
    assert (first[3].light, first[3].word) == ("red", "Försenad")


async def test_the_log_in_excel_has_decisions_with_follow_up_and_the_meetings(town, agreed):
    async with await town.work() as work:
        log, overview = await log_sheets(work, series_id=None, year=None, words="")
        other = await log_sheets(work, series_id=None, year=1999, words="")
        day = agreed.starts_at.date()
    assert [sheet.name for sheet in (log, overview)] == ["Beslut", "Möten"]
    assert [column.title for column in log.columns] == [
        *("§", "Punkt", "Serie", "Dag", "Beslut", "Diarienummer", "Uppföljning"),
    ]
    assert list(log.rows) == [
        (
            *(2, "Budgetuppföljning", "Socialnämndens sammanträden", day),
            *("Nämnden godkänner.", "", LightMark("red", "2 av 2 kvar, försenat")),
        )
    ]
    assert [column.title for column in overview.columns] == [
        *("Enhet", "Serie", "Dag", "Plats", "Status", "Beslut", "Justerat", "Anslaget"),
    ]
    assert list(overview.rows) == [
        (
            *("Socialnämnden", "Socialnämndens sammanträden", day, "Stora salen"),
            *(LightMark("yellow", "Protokollet skrivet"), 1, None, None),
        )
    ]
    assert [list(sheet.rows) for sheet in other] == [[], []]


async def test_points_of_the_template_that_are_not_standing_are_put_on_when_wanted(town, plan):
    async with await town.work() as work:
        meeting = await plan(work, 7)
        [point] = await planning.points_left(work, meeting.id)
        assert (point.title, point.kind) == ("Studiebesök", ItemKind.INFORMATION)
        await planning.add_item(work, meeting.id, title=point.title, kind=point.kind)
        assert await planning.points_left(work, meeting.id) == []
    async with await town.work("employee") as work:
        with pytest.raises(Forbidden):
            await planning.points_left(work, meeting.id)
