"""A meeting from plan to end: the order of its steps, its agenda, and who sees it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from roder.infra.errors import Conflict, InvalidInput
from roder.platform.modules.actions.models import PlannedAction
from roder.platform.modules.meetings import design, holding, items, planning
from roder.platform.modules.meetings.check import content_check
from roder.platform.modules.meetings.dates import LastDay, last_days
from roder.platform.modules.meetings.models import (
    AgendaItem,
    Attendance,
    Away,
    ItemKind,
    ItemState,
    MeetingKind,
    MeetingState,
    Vote,
)
from roder.platform.modules.meetings.reading import whole_meeting
from roder.platform.modules.meetings.seeing import get_meeting
from roder.tenants.legal import change_legal_reference, law


async def test_a_meeting_begins_with_members_and_the_standing_items(town, plan):
    async with await town.work() as work:
        meeting = await plan(work, 10)

    async with await town.work(write=False) as work:
        whole = await whole_meeting(work, meeting.id)
    assert [(item.row.position, item.row.title) for item in whole.items] == [
        (1, "Val av justerare"),
        (2, "Budgetuppföljning"),
    ]
    assert [whole.name(each.id) for each in whole.participants] == [
        "Britta Blåklint",
        "Folke Fräken",
        "Siv Säv",
        town.people["administrator"].name,
    ]
    assert (whole.row.place, whole.row.state) == ("Stora salen", MeetingState.PLANNED)
    assert [step.state for step in whole.steps] == [MeetingState.PLANNED]


async def test_steps_come_in_order_and_once(town, plan, write_minutes):
    async with await town.work() as work:
        meeting = await plan(work)
        await holding.summon_meeting(work, meeting.id)
        with pytest.raises(Conflict):
            await holding.summon_meeting(work, meeting.id)
        with pytest.raises(Conflict):
            await holding.complete_minutes(work, meeting.id)
        await write_minutes(work, meeting)
        with pytest.raises(Conflict):
            await holding.announce_minutes(work, meeting.id, on=work.today)
        await holding.adjust_minutes(work, meeting.id, on=work.today)
        await holding.announce_minutes(work, meeting.id, on=work.today)
        with pytest.raises(Conflict, match="överklagas"):
            await holding.close_meeting(work, meeting.id)

    async with await town.work(write=False) as work:
        whole = await whole_meeting(work, meeting.id)
    assert [step.state.value for step in whole.steps] == [
        "planned",
        "summoned",
        "held",
        "written",
        "adjusted",
        "announced",
    ]
    assert {step.taken_by for step in whole.steps} == {town.people["administrator"].id}


async def test_a_meeting_to_come_is_not_held_yet(town, plan):
    async with await town.work() as work:
        meeting = await plan(work, 2)
        with pytest.raises(Conflict):
            async with work.attempt():
                await holding.hold_meeting(work, meeting.id)

    async with await town.work(write=False) as work:
        assert (await get_meeting(work, meeting.id)).state is MeetingState.PLANNED


async def test_the_days_of_the_law_are_counted_from_what_was_done(town, plan, write_minutes):
    async with await town.work() as work:
        meeting = await write_minutes(work, await plan(work))
        before = await last_days(work, meeting, await design.get_series(work, meeting.series_id))
        await holding.adjust_minutes(work, meeting.id, on=work.today)
        await holding.announce_minutes(work, meeting.id, on=work.today)
        whole = await whole_meeting(work, meeting.id)
        rules = {
            step: await law(work, key)
            for step, key in (
                ("adjust", "minutes.adjust"),
                ("announce", "minutes.notice"),
                ("appeal", "minutes.appeal"),
            )
        }
        today = work.today

    assert set(before) == {"summon", "write", "adjust"}
    assert {step: last.day - today for step, last in whole.days.items()} == {
        "summon": timedelta(-7),
        "write": timedelta(7),
        "adjust": timedelta(14),
        "announce": timedelta(2),
        "appeal": timedelta(21),
    }
    for step, rule in rules.items():
        assert whole.days[step].law.id == rule.id
    assert whole.days["summon"].law is None


async def test_a_law_that_changes_holds_for_meetings_from_its_day(town, plan):
    async with await town.work() as work:
        meeting = await plan(work)
        series = await design.get_series(work, meeting.series_id)
        await change_legal_reference(
            work,
            "minutes.adjust",
            valid_from=work.today + timedelta(1),
            name="Nya lagen 1 §",
            says="Fem dagar.",
            source="Nya lagen",
            days=5,
        )
        later = await plan(work, 3)
        now = await last_days(work, meeting, series)
        then = await last_days(work, later, series)
        today = work.today

    assert (now["adjust"].day, then["adjust"].day) == (
        today + timedelta(14),
        today + timedelta(8),
    )
    assert then["adjust"].law.name == "Nya lagen 1 §"


async def test_the_council_is_summoned_by_the_law_and_others_by_the_setting(town, plan):
    async with await town.work() as work:
        council = await design.save_series(
            work,
            name="Fullmäktige",
            unit_id=town.units["council"].id,
            kind=MeetingKind.COUNCIL,
        )
        meeting = await plan(work, 20, of=council.id)
        days = await last_days(work, meeting, council)
        rule = await law(work, "summons.council")

    assert days["summon"].day == work.today + timedelta(20 - rule.days)
    assert days["summon"].law.id == rule.id


def test_a_holiday_is_told_and_moves_nothing():
    from datetime import date

    assert LastDay("adjust", date(2026, 12, 25), None).free
    assert LastDay("adjust", date(2026, 11, 22), None).free
    assert not LastDay("adjust", date(2026, 11, 23), None).free


async def test_paragraphs_go_on_through_the_year_and_the_body(town, plan, series):
    async with await town.work() as work:
        first, second = await plan(work), await plan(work)
        await holding.hold_meeting(work, first.id)
        await holding.hold_meeting(work, second.id)
        more = await planning.add_item(
            work, first.id, title="Övrigt", kind=ItemKind.INFORMATION, place=1
        )
        numbers = await work.scalars(select(AgendaItem.paragraph).order_by(AgendaItem.paragraph))

    assert list(numbers) == [1, 2, 3, 4, 5]
    assert (more.paragraph, more.position) == (5, 3)


async def test_an_ordinary_meeting_has_no_paragraphs_and_ends_with_its_notes(town, plan):
    async with await town.work("local") as work:
        series = await design.save_series(
            work, name="Arbetsplatsträff", unit_id=town.units["home_care"].id
        )
        meeting = await plan(work, of=series.id)
        item = await planning.add_item(work, meeting.id, title="Schemat", kind=ItemKind.DISCUSSION)
        await holding.hold_meeting(work, meeting.id)
        await holding.complete_minutes(work, meeting.id)
        with pytest.raises(Conflict):
            await holding.adjust_minutes(work, meeting.id, on=work.today)
        await holding.close_meeting(work, meeting.id)
        assert item.paragraph is None
        assert set(await last_days(work, meeting, series)) == {"summon", "write"}
        with pytest.raises(Conflict):
            await items.change_item(work, item.id, changes={"notes": "För sent."})
    assert item.notes == ""


async def test_formal_minutes_name_what_they_lack(town, plan, called):
    async with await town.work() as work:
        meeting = await plan(work)
        await holding.hold_meeting(work, meeting.id)
        check = await content_check(work, await whole_meeting(work, meeting.id))
        rule = await law(work, "minutes.content")
        with pytest.raises(InvalidInput, match="§ 2 Budgetuppföljning"):
            async with work.attempt():
                await holding.complete_minutes(work, meeting.id)

    lacking = {demand.what: demand.missing for demand in check.demands if demand.missing}
    assert check.law.id == rule.id
    assert lacking == {
        "Vilka som har tjänstgjort": (
            "Britta Blåklint",
            "Folke Fräken",
            "Siv Säv",
            town.people["administrator"].name,
        ),
        "Vem som justerar protokollet": ("någon som var med",),
        "Vilka förslag som fanns": ("§ 2 Budgetuppföljning",),
        "Vad som beslutades": ("§ 2 Budgetuppföljning",),
    }
    async with await town.work(write=False) as work:
        assert (await get_meeting(work, meeting.id)).state is MeetingState.HELD


async def test_votes_by_name_are_counted_and_only_of_those_who_served(town, plan, called):
    async with await town.work() as work:
        meeting = await plan(work)
        await holding.hold_meeting(work, meeting.id)
        who = await called(work, meeting)
        chair, folke, siv = (who[name] for name in ("Britta Blåklint", "Folke Fräken", "Siv Säv"))
        await holding.tell_attendance(
            work,
            meeting.id,
            attendance=dict.fromkeys((chair, folke, siv), Attendance.SERVED),
        )
        (_first, item) = await planning.agenda_of(work, meeting.id)
        await items.leave_for_item(work, item.id, participant_id=siv)
        with pytest.raises(InvalidInput):
            async with work.attempt():
                await items.record_votes(work, item.id, votes={chair: Vote.FOR, siv: Vote.FOR})
        with pytest.raises(InvalidInput):
            async with work.attempt():
                await items.add_reservation(work, item.id, participant_id=siv)
        item = await items.record_votes(work, item.id, votes={chair: Vote.FOR, folke: Vote.AGAINST})
        await items.add_reservation(work, item.id, participant_id=folke, said="För dyrt.")
        with pytest.raises(Conflict):
            async with work.attempt():
                await items.leave_for_item(work, item.id, participant_id=folke)

    async with await town.work(write=False) as work:
        whole = (await whole_meeting(work, meeting.id)).items[1]
    assert (whole.row.votes_for, whole.row.votes_against, whole.row.votes_abstained) == (1, 1, 0)
    assert [(each.participant_id, each.said) for each in whole.reservations] == [
        (folke, "För dyrt.")
    ]
    assert [(each.participant_id, each.reason) for each in whole.absences] == [(siv, Away.CONFLICT)]


async def test_what_is_left_comes_first_the_next_time_and_once(town, plan):
    async with await town.work() as work:
        meeting = await plan(work)
        await holding.hold_meeting(work, meeting.id)
        (_first, item) = await planning.agenda_of(work, meeting.id)
        await items.change_item(work, item.id, changes={"state": ItemState.CARRIED})
        following = await plan(work, 7)
        agenda = [
            (each.title, each.carried_from) for each in await planning.agenda_of(work, following.id)
        ]
        left = item.id
        with pytest.raises(Conflict):
            await items.change_item(work, left, changes={"state": ItemState.DONE})
        after = await planning.agenda_of(work, (await plan(work, 14)).id)

    assert agenda == [
        ("Budgetuppföljning", left),
        ("Val av justerare", None),
    ]
    assert [each.carried_from for each in after] == [None, None]


async def test_what_a_cancelled_meeting_had_waits_for_the_next(town, plan):
    async with await town.work() as work:
        meeting = await plan(work)
        await holding.hold_meeting(work, meeting.id)
        (_first, item) = await planning.agenda_of(work, meeting.id)
        await items.change_item(work, item.id, changes={"state": ItemState.CARRIED})
        await holding.cancel_meeting(work, (await plan(work, 7)).id, note="För få kan komma.")
        agenda = await planning.agenda_of(work, (await plan(work, 14)).id)

    assert agenda[0].carried_from == item.id


async def test_settled_minutes_are_never_changed(town, plan, write_minutes):
    async with await town.work() as work:
        meeting = await write_minutes(work, await plan(work))
        await holding.adjust_minutes(work, meeting.id, on=work.today)
        (_first, item) = await planning.agenda_of(work, meeting.id)
        for refused in (
            items.change_item(work, item.id, changes={"decision": "Något annat."}),
            items.count_votes(work, item.id, votes_for=3, votes_against=0),
            planning.add_item(work, meeting.id, title="Mer", kind=ItemKind.DISCUSSION),
            holding.tell_attendance(work, meeting.id, attendance={}),
            holding.reopen_minutes(work, meeting.id, note="Fel."),
        ):
            with pytest.raises(Conflict):
                await refused

    async with await town.work(write=False) as work:
        item = await work.get(AgendaItem, item.id)
        count = await work.first(select(func.count(AgendaItem.id)))
    assert (item.decision, item.votes_for, count) == ("Nämnden godkänner.", None, 2)


async def test_an_action_turns_up_as_planned_and_leads_back(town, plan):
    async with await town.work() as work:
        meeting = await plan(work)
        (item, _second) = await planning.agenda_of(work, meeting.id)
        action = await items.agree_on_action(
            work,
            item.id,
            title="Ta fram underlag",
            owner_id=town.people["manager"].id,
            due_on=work.today + timedelta(5),
        )

    async with await town.work(write=False) as work:
        kept = await work.get(PlannedAction, action.id)
        whole = await whole_meeting(work, meeting.id)
    assert (kept.module, kept.page, kept.params) == (
        "meetings",
        "meeting",
        {"id": str(meeting.id)},
    )
    assert [each.id for each in whole.items[0].actions] == [action.id]
