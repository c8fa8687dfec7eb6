"""Meetings in Östhammar: of the committee, with adjusted minutes, and at a workplace."""

from datetime import datetime, time, timedelta
from uuid import UUID

from sqlalchemy import select

from ...tenants.work import STOCKHOLM, Work
from ..modules.goals.models import PlanNode
from ..modules.internal_control.models import Risk
from ..modules.meetings import design, holding, items, linking, planning
from ..modules.meetings.design import Point
from ..modules.meetings.models import (
    Attendance,
    Cycle,
    ItemKind,
    ItemState,
    Meeting,
    MeetingKind,
    MeetingRole,
    Vote,
)
from ..modules.meetings.reading import whole_meeting
from .town import Filling

GUNVOR, MAJ = "gunvor.grindslant@osthammar.example", "maj.mossberga@osthammar.example"
HILDING, ELNA = "hilding.havre@osthammar.example", "elna.enbuske@osthammar.example"

COMMITTEE = (
    Point("Val av justerare", ItemKind.INFORMATION),
    Point("Budgetuppföljning", ItemKind.DECISION),
    Point("Avgifter inom hemtjänsten nästa år", ItemKind.DECISION),
    Point("Förvaltningen informerar", ItemKind.INFORMATION),
    Point("Studiebesök", ItemKind.INFORMATION, standing=False),
)
WORKPLACE = (
    Point("Föregående möte", ItemKind.INFORMATION),
    Point("Arbetsmiljö och hälsa", ItemKind.DISCUSSION),
    Point("Avvikelser och förbättringar", ItemKind.DISCUSSION),
    Point("Målen för året", ItemKind.DISCUSSION),
)
POLITICIANS = (
    (MeetingRole.CHAIR, "Britta Blåklint", False),
    (MeetingRole.MEMBER, "Folke Fräken", True),
    (MeetingRole.MEMBER, "Siv Säv", False),
    (MeetingRole.MEMBER, "Rune Rölleka", False),
    (MeetingRole.SUBSTITUTE, "Asta Aster", False),
)


async def hold_the_meetings(filling: Filling) -> None:
    await _workplace(filling)
    await _committee(filling)


async def _committee(filling: Filling) -> None:
    work = filling.work
    template = await design.save_template(work, name="Nämndsammanträde", points=COMMITTEE)
    series = await design.save_series(
        work,
        name="Socialnämndens sammanträden",
        unit_id=filling.units["SN"],
        kind=MeetingKind.COMMITTEE,
        template_id=template.id,
        place="Sammanträdesrum Gräsö",
        cycle=Cycle.MONTH,
    )
    for role, name, adjuster in POLITICIANS:
        await design.add_member(work, series.id, role=role, name=name, adjuster=adjuster)
    await design.add_member(
        work, series.id, role=MeetingRole.SECRETARY, person_id=filling.people[MAJ]
    )
    held = await _plan(work, series.id, days=-10)
    await _minutes(filling, held)
    coming = await _plan(work, series.id, days=18)
    (*_before, info) = await planning.agenda_of(work, coming.id)
    goal = await _goal(work, filling.units["SN"])
    if goal is not None:
        await linking.link_item(work, info.id, node_id=goal)
    risk = await work.first(select(Risk.id).order_by(Risk.number).limit(1))
    if risk is not None:
        await linking.link_item(work, info.id, risk_id=risk)


async def _minutes(filling: Filling, meeting: Meeting) -> None:
    """Held, written, and adjusted yesterday; the notice is still to come."""
    work = filling.work
    await holding.summon_meeting(work, meeting.id)
    await holding.hold_meeting(work, meeting.id)
    whole = await whole_meeting(work, meeting.id)
    who = {each.name: each.id for each in whole.participants}
    served = dict.fromkeys(who.values(), Attendance.SERVED)
    await holding.tell_attendance(
        work, meeting.id, attendance=served | {who["Asta Aster"]: Attendance.PRESENT}
    )
    chosen, budget, fees, told = (item.row.id for item in whole.items)
    await items.change_item(
        work, chosen, changes={"notes": "Folke Fräken justerar.", "state": ItemState.DONE}
    )
    await items.change_item(
        work,
        budget,
        changes={
            "notes": "Ekonomen går igenom utfallet till och med oktober.",
            "proposals": "Att godkänna uppföljningen.",
            "decision": "Socialnämnden godkänner budgetuppföljningen.",
            "registry_number": "SN 2026/118",
            "state": ItemState.DONE,
        },
    )
    await _decide_the_fees(filling, fees, who)
    await items.change_item(
        work, told, changes={"notes": "Punkten hanns inte med.", "state": ItemState.CARRIED}
    )
    await holding.complete_minutes(work, meeting.id)
    await holding.adjust_minutes(work, meeting.id, on=work.today - timedelta(1))


async def _decide_the_fees(filling: Filling, fees: UUID, who: dict[str, UUID]) -> None:
    """Voted on, with a conflict of interest, a reservation and something to be done."""
    work = filling.work
    await items.leave_for_item(work, fees, participant_id=who["Siv Säv"])
    await items.change_item(
        work,
        fees,
        changes={
            "proposals": "Britta Blåklint: att höja avgifterna med 2 procent.\n"
            "Folke Fräken: att lämna avgifterna oförändrade.",
            "decision": "Socialnämnden höjer avgifterna med 2 procent från den 1 januari.",
            "registry_number": "SN 2026/131",
            "state": ItemState.DONE,
        },
    )
    await items.record_votes(work, fees, votes=_votes(who))
    await items.add_reservation(
        work,
        fees,
        participant_id=who["Folke Fräken"],
        said="Avgifterna drabbar dem som har minst.",
    )
    await items.agree_on_action(
        work,
        fees,
        title="Informera alla med hemtjänst om de nya avgifterna",
        owner_id=filling.people[HILDING],
        due_on=work.today + timedelta(20),
    )


def _votes(who: dict[str, UUID]) -> dict[UUID, Vote]:
    return {
        who["Britta Blåklint"]: Vote.FOR,
        who["Rune Rölleka"]: Vote.FOR,
        who["Folke Fräken"]: Vote.AGAINST,
    }


async def _workplace(filling: Filling) -> None:
    work = filling.work
    template = await design.save_template(work, name="Arbetsplatsträff", points=WORKPLACE)
    series = await design.save_series(
        work,
        name="Arbetsplatsträff Hemtjänst Östhammar",
        unit_id=filling.units["SN-HT"],
        template_id=template.id,
        place="Personalrummet",
        cycle=Cycle.MONTH,
    )
    for role, email in ((MeetingRole.CHAIR, HILDING), (MeetingRole.MEMBER, ELNA)):
        await design.add_member(work, series.id, role=role, person_id=filling.people[email])
    held = await _plan(work, series.id, days=-21, hour=14)
    await holding.hold_meeting(work, held.id)
    (_last, _health, improve, _goals) = await planning.agenda_of(work, held.id)
    await items.change_item(
        work,
        improve.id,
        changes={"notes": "Nycklar har lagts på fel plats tre gånger.", "state": ItemState.DONE},
    )
    await items.agree_on_action(
        work,
        improve.id,
        title="Märk upp nyckelskåpet",
        owner_id=filling.people[HILDING],
        due_on=work.today + timedelta(7),
    )
    await holding.complete_minutes(work, held.id)
    await holding.close_meeting(work, held.id)
    await _plan(work, series.id, days=8, hour=14)


async def _plan(work: Work, series_id: UUID, *, days: int, hour: int = 9) -> Meeting:
    day = work.today + timedelta(days)
    starts = datetime.combine(day, time(hour), STOCKHOLM)
    return await planning.plan_meeting(
        work, series_id, starts_at=starts, ends_at=starts + timedelta(hours=2)
    )


async def _goal(work: Work, unit_id: UUID) -> UUID | None:
    return await work.first(
        select(PlanNode.id).where(PlanNode.unit_id == unit_id).order_by(PlanNode.id.desc()).limit(1)
    )
