"""The meetings of the demonstration: held by people, on the days that their steps are taken."""

from __future__ import annotations

import pytest
from full_town import full
from sqlalchemy import select

from roder.platform.modules.meetings.models import (
    Meeting,
    MeetingSeries,
    MeetingState,
    MeetingStep,
)
from roder.tenants.work import STOCKHOLM, open_work


@pytest.fixture(scope="module")
async def filled(runtime):
    return await full(runtime)


async def test_each_step_was_taken_by_somebody_in_its_time(filled):
    async with open_work(filled.runtime, filled.tenant, filled.administrator, write=False) as work:
        steps = await work.scalars(select(MeetingStep).order_by(MeetingStep.taken_at))
        meetings = {row.id: row for row in await work.scalars(select(Meeting))}
        names = {row.id: row.name for row in await work.scalars(select(MeetingSeries))}
        today = work.today

    assert [step for step in steps if step.taken_by is None] == []
    states = {}
    for step in steps:
        meeting = meetings[step.meeting_id]
        day = step.taken_at.astimezone(STOCKHOLM).date()
        held = meeting.starts_at.astimezone(STOCKHOLM).date()
        early = (MeetingState.PLANNED, MeetingState.SUMMONED, MeetingState.CANCELLED)
        assert day <= today
        assert (day < held) == (step.state in early), (step.state, day, held)
        states.setdefault(meeting.id, []).append(step.state.value)
    told = sorted((names[meetings[id].series_id], taken) for id, taken in states.items())
    closed = ["planned", "summoned", "held", "written", "closed"]
    formal = ["planned", "summoned", "held", "written", "adjusted"]
    assert told == [
        ("Arbetsplatsträff Hemtjänst Östhammar", ["planned", "summoned"]),
        ("Arbetsplatsträff Hemtjänst Östhammar", closed),
        ("Arbetsplatsträff Hemtjänst Östhammar", closed),
        ("Socialnämndens sammanträden", ["planned"]),
        ("Socialnämndens sammanträden", ["planned", "cancelled"]),
        ("Socialnämndens sammanträden", formal),
        ("Socialnämndens sammanträden", [*formal, "announced", "closed"]),
        ("Socialnämndens sammanträden", [*formal, "announced", "closed"]),
    ]
