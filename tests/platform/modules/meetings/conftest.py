"""A committee and a workplace that meet."""

from __future__ import annotations

from datetime import timedelta

import pytest

from roder.platform.modules.meetings import design, holding, items, planning
from roder.platform.modules.meetings.design import Point
from roder.platform.modules.meetings.models import (
    Attendance,
    ItemKind,
    MeetingKind,
    MeetingRole,
)
from roder.platform.modules.meetings.reading import whole_meeting

POINTS = (
    Point("Val av justerare"),
    Point("Budgetuppföljning", ItemKind.DECISION),
    Point("Studiebesök", standing=False),
)


@pytest.fixture
async def town(new_town):
    return await (await new_town("Östhammar")).switch_on("meetings", "actions")


@pytest.fixture
async def series(town):
    """The committee's, with a chair and two members by name, and a secretary in the register."""
    async with await town.work() as work:
        template = await design.save_template(work, name="Nämnd", points=POINTS)
        made = await design.save_series(
            work,
            name="Socialnämndens sammanträden",
            unit_id=town.units["committee"].id,
            kind=MeetingKind.COMMITTEE,
            template_id=template.id,
            place="Stora salen",
        )
        for role, name in (
            (MeetingRole.CHAIR, "Britta Blåklint"),
            (MeetingRole.MEMBER, "Folke Fräken"),
            (MeetingRole.MEMBER, "Siv Säv"),
        ):
            await design.add_member(
                work, made.id, role=role, name=name, adjuster=name.startswith("Folke")
            )
        await design.add_member(
            work, made.id, role=MeetingRole.SECRETARY, person_id=town.people["administrator"].id
        )
    return made


@pytest.fixture
def plan(town, series):
    """Plan a meeting so many days from today; of the committee unless `of` says another."""

    async def make(work, days=0, of=None):
        starts = (work.now + timedelta(days=days)).replace(
            hour=8, minute=0, second=0, microsecond=0
        )
        return await planning.plan_meeting(
            work, of or series.id, starts_at=starts, ends_at=starts + timedelta(hours=3)
        )

    return make


@pytest.fixture
def write_minutes(town):
    """Hold a meeting, and write all that formal minutes have to show."""

    async def make(work, meeting):
        await holding.hold_meeting(work, meeting.id)
        called = await people_of(work, meeting)
        await holding.tell_attendance(
            work, meeting.id, attendance=dict.fromkeys(called.values(), Attendance.SERVED)
        )
        for item in await planning.agenda_of(work, meeting.id):
            if item.kind is ItemKind.DECISION:
                await items.change_item(
                    work,
                    item.id,
                    changes={"proposals": "Att godkänna.", "decision": "Nämnden godkänner."},
                )
        return await holding.complete_minutes(work, meeting.id)

    return make


async def people_of(work, meeting):
    """The ids of who was called, by name; the secretary as that."""
    whole = await whole_meeting(work, meeting.id)
    return {
        "secretary" if each.role is MeetingRole.SECRETARY else each.name: each.id
        for each in whole.participants
    }


@pytest.fixture
def called():
    return people_of
