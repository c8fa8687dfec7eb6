"""Meetings in Östhammar: of the committee, with adjusted minutes, and at a workplace.

Each is held by people of the demonstration, on the days that its steps are taken.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from uuid import UUID

from sqlalchemy import select

from ...infra.holidays import holidays
from ...tenants.work import STOCKHOLM, Work
from ..modules.goals.models import NodeKind, PlanNode, SteeringModel
from ..modules.governing_documents.models import GoverningDocument
from ..modules.internal_control.models import Risk
from ..modules.meetings import design, holding, items, linking, planning
from ..modules.meetings.models import (
    Attendance,
    Cycle,
    ItemKind,
    ItemState,
    Meeting,
    MeetingKind,
    MeetingRole,
    MeetingSeries,
    Vote,
)
from ..modules.meetings.reading import whole_meeting
from .osthammar_agendas import (
    AT_WORK,
    COMMITTEE,
    FEES,
    LAST_AT_WORK,
    MEETINGS_OF_THE_COMMITTEE,
    POLITICIANS,
    WORKPLACE,
    Said,
)
from .town import Filling

GUNVOR, MAJ = "gunvor.grindslant@osthammar.example", "maj.mossberga@osthammar.example"
HILDING, ELNA = "hilding.havre@osthammar.example", "elna.enbuske@osthammar.example"


@dataclass(frozen=True, slots=True)
class Desk:
    """Who keeps a series of meetings, and what it is."""

    work: Work
    series: MeetingSeries
    hour: int

    def on(self, day: date, hour: int = 10) -> Work:
        """The same, on another day."""
        return replace(self.work, now=datetime.combine(day, time(hour), STOCKHOLM))

    async def plan(self, day: date, *, before: int) -> Meeting:
        starts = datetime.combine(day, time(self.hour), STOCKHOLM)
        planned = min(day - timedelta(before), self.work.today)
        return await planning.plan_meeting(
            self.on(planned), self.series.id, starts_at=starts, ends_at=starts + timedelta(hours=2)
        )


async def hold_the_meetings(filling: Filling) -> None:
    await _at_work(filling)
    await _in_the_committee(filling)


async def _in_the_committee(filling: Filling) -> None:
    today, desk = filling.work.today, await _committee(filling)
    for ago, said in MEETINGS_OF_THE_COMMITTEE:
        meeting = await _meet(desk, workday(today - timedelta(ago)), said)
        await _adjust(desk, meeting, close=True)
    await _cancel(desk, workday(today - timedelta(27)))
    await _vote_on_the_fees(filling, desk, workday(today - timedelta(12)))
    coming = await desk.plan(workday(today + timedelta(18), 1), before=40)
    await _take_up(filling, desk, coming)


async def _committee(filling: Filling) -> Desk:
    chief, secretary = await filling.acting(GUNVOR), await filling.acting(MAJ)
    begun = replace(chief, now=chief.now - timedelta(200))
    template = await design.save_template(begun, name="Nämndsammanträde", points=COMMITTEE)
    series = await design.save_series(
        begun,
        name="Socialnämndens sammanträden",
        unit_id=filling.units["SN"],
        kind=MeetingKind.COMMITTEE,
        template_id=template.id,
        place="Sammanträdesrum Gräsö",
        cycle=Cycle.MONTH,
    )
    for role, name, adjuster in POLITICIANS:
        await design.add_member(begun, series.id, role=role, name=name, adjuster=adjuster)
    await design.add_member(
        begun, series.id, role=MeetingRole.SECRETARY, person_id=filling.people[MAJ]
    )
    return Desk(secretary, series, hour=9)


async def _meet(desk: Desk, day: date, said: Mapping[str, Said]) -> Meeting:
    """Summoned in time, held, and written three days later."""
    meeting = await desk.plan(day, before=35)
    for title, about in said.items():
        if about.new:
            await planning.add_item(
                desk.on(day - timedelta(9)), meeting.id, title=title, kind=ItemKind.DECISION
            )
    await holding.summon_meeting(desk.on(workday(day - timedelta(8))), meeting.id)
    await _hold(desk, meeting, day, said)
    await holding.complete_minutes(desk.on(_written(day)), meeting.id)
    return meeting


async def _hold(desk: Desk, meeting: Meeting, day: date, said: Mapping[str, Said]) -> None:
    there = desk.on(day, 16)
    await holding.hold_meeting(there, meeting.id)
    whole = await whole_meeting(there, meeting.id)
    came = {
        each.id: Attendance.PRESENT
        if each.role in (MeetingRole.SUBSTITUTE, MeetingRole.SECRETARY)
        else Attendance.SERVED
        for each in whole.participants
    }
    await holding.tell_attendance(there, meeting.id, attendance=came)
    for item in whole.items:
        about = said[item.row.title]
        changes: items.ItemChanges = {
            "notes": about.notes,
            "proposals": about.proposals,
            "decision": about.decision,
            "registry_number": about.number,
            "state": ItemState.CARRIED if about.carried else ItemState.DONE,
        }
        await items.change_item(desk.on(_written(day)), item.row.id, changes=changes)


async def _adjust(desk: Desk, meeting: Meeting, *, close: bool) -> None:
    """Adjusted in time; the notice goes up the day after, and the time to appeal passes."""
    day = meeting.starts_at.date()
    signed = workday(day + timedelta(8), 1)
    await holding.adjust_minutes(desk.on(signed), meeting.id, on=signed)
    told = signed + timedelta(1)
    await holding.announce_minutes(desk.on(told), meeting.id, on=told)
    if close:
        await holding.close_meeting(desk.on(workday(told + timedelta(23), 1)), meeting.id)


async def _cancel(desk: Desk, day: date) -> None:
    meeting = await desk.plan(day, before=30)
    note = "Det finns för få ärenden. De tas upp nästa gång."
    await holding.cancel_meeting(desk.on(day - timedelta(6)), meeting.id, note=note)


async def _vote_on_the_fees(filling: Filling, desk: Desk, day: date) -> None:
    """The last one: adjusted yesterday or the last working day, the notice still to come."""
    meeting = await _voted(filling, desk, day)
    await holding.complete_minutes(desk.on(_written(day)), meeting.id)
    signed = workday(desk.work.today - timedelta(1))
    await holding.adjust_minutes(desk.on(signed), meeting.id, on=signed)


async def _voted(filling: Filling, desk: Desk, day: date) -> Meeting:
    meeting = await desk.plan(day, before=35)
    for title, about in FEES.items():
        if about.new:
            await planning.add_item(
                desk.on(day - timedelta(9)), meeting.id, title=title, kind=ItemKind.DECISION
            )
    await holding.summon_meeting(desk.on(workday(day - timedelta(8))), meeting.id)
    await _hold(desk, meeting, day, FEES)
    there = desk.on(day, 16)
    whole = await whole_meeting(there, meeting.id)
    who = {each.name: each.id for each in whole.participants}
    [fees] = [item.row for item in whole.items if item.row.title.startswith("Avgifter")]
    await items.leave_for_item(there, fees.id, participant_id=who["Siv Säv"])
    await items.record_votes(there, fees.id, votes=_votes(who))
    said = "Avgifterna drabbar dem som har minst."
    await items.add_reservation(there, fees.id, participant_id=who["Folke Fräken"], said=said)
    await items.agree_on_action(
        there,
        fees.id,
        title="Informera alla med hemtjänst om de nya avgifterna",
        owner_id=filling.people[HILDING],
        due_on=desk.work.today + timedelta(20),
    )
    return meeting


def _votes(who: dict[str, UUID]) -> dict[UUID, Vote]:
    return {
        who["Britta Blåklint"]: Vote.FOR,
        who["Rune Rölleka"]: Vote.FOR,
        who["Folke Fräken"]: Vote.AGAINST,
    }


async def _take_up(filling: Filling, desk: Desk, coming: Meeting) -> None:
    """What the next meeting is about: a goal, the highest risk and a document of the committee."""
    at = filling.units["SN"]
    goal = await desk.work.first(
        select(PlanNode.id)
        .join(
            SteeringModel,
            (SteeringModel.id == PlanNode.model_id)
            & (SteeringModel.tenant_id == PlanNode.tenant_id),
        )
        .where(PlanNode.unit_id == at, PlanNode.kind == NodeKind.GOAL)
        .order_by(SteeringModel.year.desc(), PlanNode.position, PlanNode.id)
        .limit(1)
    )
    if goal is not None:
        await linking.pull_in(desk.work, coming.id, kind=ItemKind.DISCUSSION, node_id=goal)
    risk = await desk.work.first(
        select(Risk.id).where(Risk.unit_id == at).order_by(Risk.value.desc().nulls_last()).limit(1)
    )
    if risk is not None:
        await linking.pull_in(desk.work, coming.id, kind=ItemKind.INFORMATION, risk_id=risk)
    document = await desk.work.first(
        select(GoverningDocument.id)
        .where(GoverningDocument.unit_id == at)
        .order_by(GoverningDocument.number)
        .limit(1)
    )
    if document is not None:
        await linking.pull_in(desk.work, coming.id, kind=ItemKind.DECISION, document_id=document)


async def _at_work(filling: Filling) -> None:
    today, desk = filling.work.today, await _workplace(filling)
    for ago, said in AT_WORK:
        meeting = await _talk(desk, workday(today - timedelta(ago)), said)
        await holding.close_meeting(desk.on(meeting.starts_at.date() + timedelta(2)), meeting.id)
    day = workday(today - timedelta(21))
    meeting = await _talk(desk, day, LAST_AT_WORK)
    await holding.close_meeting(desk.on(_written(day)), meeting.id)
    coming = await desk.plan(workday(today + timedelta(8), 1), before=20)
    await holding.summon_meeting(desk.on(today - timedelta(1)), coming.id)


async def _workplace(filling: Filling) -> Desk:
    chief, leader = await filling.acting(GUNVOR), await filling.acting(HILDING)
    begun = replace(chief, now=chief.now - timedelta(150))
    template = await design.save_template(begun, name="Arbetsplatsträff", points=WORKPLACE)
    series = await design.save_series(
        begun,
        name="Arbetsplatsträff Hemtjänst Östhammar",
        unit_id=filling.units["SN-HT"],
        template_id=template.id,
        place="Personalrummet",
        cycle=Cycle.MONTH,
    )
    for role, email in ((MeetingRole.CHAIR, HILDING), (MeetingRole.MEMBER, ELNA)):
        await design.add_member(begun, series.id, role=role, person_id=filling.people[email])
    return Desk(leader, series, hour=14)


async def _talk(desk: Desk, day: date, said: Mapping[str, Said]) -> Meeting:
    meeting = await desk.plan(day, before=25)
    await holding.summon_meeting(desk.on(workday(day - timedelta(7))), meeting.id)
    await _hold(desk, meeting, day, said)
    for item in await planning.agenda_of(desk.work, meeting.id):
        for title, owner, days in said[item.title].actions:
            await items.agree_on_action(
                desk.on(day, 16),
                item.id,
                title=title,
                owner_id=desk.work.actor.id if owner else None,
                due_on=day + timedelta(days),
            )
    await holding.complete_minutes(desk.on(day + timedelta(1)), meeting.id)
    return meeting


def workday(day: date, step: int = -1) -> date:
    """The day, or the nearest one before or after it that people work."""
    while day.weekday() > 4 or day in holidays(day.year):
        day += timedelta(step)
    return day


def _written(day: date) -> date:
    return workday(day + timedelta(3))
