"""A committee's meeting in the API, from the template to adjusted minutes, and what is refused."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any
from uuid import UUID

import asking
import pytest
from meeting_matters import make_matters

from roder.platform.modules.meetings.models import Meeting

ANSWER = "__typename ... on Node { id } ... on Problem { code message field }"
MEETING = """query($id: ID!) { meeting(id: $id) { state adjustedOn
  series { name members { name role } } unit { name }
  agenda { position paragraph title kind state decision votesFor votesAgainst
    votes { vote participant { name } } reservations { said participant { name } }
    absences { reason participant { name } } actions { title owner { name } } links { title } }
  participants { id name role attendance adjuster person { name } }
  days { step law free } steps { state takenBy { name } } } }"""

SOURCES = """query($id: ID!) { meeting(id: $id) { agenda { title links { title keptAt
  risk { title } document { title } source { title detail light word } } } } }"""


@pytest.fixture
def ask(town):
    async def send(document: str, who: str = "administrator", **variables: Any) -> Any:
        return await asking.ask(town, who, document, **variables)

    return send


@pytest.fixture
def change(ask):
    """The id that a mutation answers with, or the problem."""

    async def send(_name: str, who: str = "administrator", **input: Any) -> Any:
        document = f"mutation($input: {KINDS[_name]}!) {{ {_name}(input: $input) {{ {ANSWER} }} }}"
        answer = (await ask(document, who, input=input))[_name]
        return answer.get("id") or answer

    return send


KINDS = {
    "saveMeetingTemplate": "MeetingTemplateInput",
    "saveMeetingSeries": "MeetingSeriesInput",
    "addMeetingMember": "MeetingMemberInput",
    "planMeeting": "PlanMeetingInput",
    "addAgendaItem": "AgendaItemInput",
    "pullInAgendaItem": "PullInAgendaItemInput",
    "linkAgendaItem": "AgendaLinkInput",
    "summonMeeting": "MeetingStepInput",
    "holdMeeting": "MeetingStepInput",
    "tellAttendance": "TellAttendanceInput",
    "changeAgendaItem": "ChangeAgendaItemInput",
    "recordVotes": "RecordVotesInput",
    "addReservation": "AgendaReservationInput",
    "leaveForItem": "LeaveForItemInput",
    "agreeOnAction": "AgreeOnActionInput",
    "completeMinutes": "MeetingStepInput",
    "adjustMinutes": "MeetingDayInput",
    "exportMeeting": "ExportMeetingInput",
    "exportDecisions": "ExportDecisionsInput",
}


@pytest.fixture
async def meeting(town, change):
    """Planned for today, with a chair, a member who adjusts, and somebody with an interest."""
    template = await change(
        "saveMeetingTemplate", name="Nämnd", items=[{"title": "Avgifter", "kind": "DECISION"}]
    )
    series = await change(
        "saveMeetingSeries",
        name="Socialnämnden",
        unitId=f"Unit:{town.units['committee'].id}",
        kind="COMMITTEE",
        meetingTemplateId=template,
    )
    for role, name in (("CHAIR", "Britta"), ("MEMBER", "Folke"), ("MEMBER", "Siv")):
        await change(
            "addMeetingMember",
            seriesId=series,
            takesPartAs=role,
            name=name,
            adjuster=name == "Folke",
        )
    await change(
        "addMeetingMember",
        seriesId=series,
        takesPartAs="SECRETARY",
        personId=f"Person:{town.people['administrator'].id}",
    )
    async with await town.work(write=False) as work:
        day = work.today
    return await change(
        "planMeeting", seriesId=series, startsAt=f"{day}T08:00:00Z", endsAt=f"{day}T10:00:00Z"
    )


async def test_a_meeting_from_summons_to_adjusted_minutes(town, ask, change, meeting):
    await change("summonMeeting", id=meeting)
    await change("holdMeeting", id=meeting)
    found = (await ask(MEETING, id=meeting))["meeting"]
    who = {each["name"]: each["id"] for each in found["participants"]}
    await change(
        "tellAttendance",
        id=meeting,
        attendance=[{"participantId": id, "attendance": "SERVED"} for id in who.values()],
    )
    listed = await ask("query($id: ID!) { meeting(id: $id) { agenda { id } } }", id=meeting)
    (item,) = (each["id"] for each in listed["meeting"]["agenda"])
    await change("leaveForItem", agendaItemId=item, participantId=who["Siv"])
    await change("changeAgendaItem", id=item, proposals="Höj med 2 %.", decision="Höjs med 2 %.")
    await change(
        "recordVotes",
        id=item,
        votes=[
            {"participantId": who["Britta"], "vote": "FOR"},
            {"participantId": who["Folke"], "vote": "AGAINST"},
        ],
    )
    await change(
        "addReservation", agendaItemId=item, participantId=who["Folke"], said="För mycket."
    )
    await change(
        "agreeOnAction",
        agendaItemId=item,
        title="Skriv ny taxa",
        ownerId=f"Person:{_manager(town)}",
    )
    await change("completeMinutes", id=meeting)
    async with await town.work(write=False) as work:
        day = f"{work.today}"
    assert await change("adjustMinutes", id=meeting, on=day) == meeting

    await _read_afterwards(town, ask, meeting, day)
    await _left_for_the_next(town, ask, change, meeting, day)
    decided = await ask("{ meetingDecisions { total rows { title decision } } }", "auditor")
    assert decided["meetingDecisions"] == {
        "total": 1,
        "rows": [{"title": "Avgifter", "decision": "Höjs med 2 %."}],
    }


async def _left_for_the_next(town, ask, change, meeting, day):
    starts = f"{date.fromisoformat(day) + timedelta(7)}"
    async with await town.work(write=False) as work:
        series_id = (await work.get(Meeting, UUID(meeting.partition(":")[2]))).series_id
    coming = await change(
        "planMeeting",
        seriesId=f"MeetingSeries:{series_id}",
        startsAt=f"{starts}T08:00:00Z",
        endsAt=f"{starts}T10:00:00Z",
    )
    left = await ask(
        "query($id: ID!) { meeting(id: $id) { leftToDo { title state } } }", "employee", id=coming
    )
    assert left["meeting"]["leftToDo"] == [{"title": "Skriv ny taxa", "state": "OPEN"}]


async def _read_afterwards(town, ask, meeting, day):
    found = (await ask(MEETING, "employee", id=meeting))["meeting"]
    assert (found["state"], found["adjustedOn"]) == ("ADJUSTED", day)
    assert found["agenda"] == [
        {
            "position": 1,
            "paragraph": 1,
            "title": "Avgifter",
            "kind": "DECISION",
            "state": "OPEN",
            "decision": "Höjs med 2 %.",
            "votesFor": 1,
            "votesAgainst": 1,
            "votes": [
                {"vote": "FOR", "participant": {"name": "Britta"}},
                {"vote": "AGAINST", "participant": {"name": "Folke"}},
            ],
            "reservations": [{"said": "För mycket.", "participant": {"name": "Folke"}}],
            "absences": [{"reason": "CONFLICT", "participant": {"name": "Siv"}}],
            "actions": [{"title": "Skriv ny taxa", "owner": {"name": town.people["manager"].name}}],
            "links": [],
        }
    ]
    assert [each["step"] for each in found["days"]] == ["summon", "write", "adjust", "announce"]
    assert all(each["law"] for each in found["days"][2:])


@pytest.mark.parametrize("who", ["employee", "auditor", "manager"])
async def test_others_are_refused_and_nothing_is_written(ask, change, meeting, who):
    refused = await change("summonMeeting", who, id=meeting)

    assert refused["code"] == "FORBIDDEN"
    assert (await ask(MEETING, id=meeting))["meeting"]["state"] == "PLANNED"


async def test_a_risk_is_pulled_in_and_shows_how_it_stands(town, ask, change, meeting):
    matters = await make_matters(town)
    given = {"meetingId": meeting, "kind": "DISCUSSION", "riskId": f"Risk:{matters.risk}"}
    for who in ("employee", "auditor", "manager"):
        assert (await change("pullInAgendaItem", who, **given))["code"] == "FORBIDDEN"
    item = await change("pullInAgendaItem", **given)
    again = await change("pullInAgendaItem", **given)
    assert again["code"] == "CONFLICT"
    await change(
        "linkAgendaItem",
        agendaItemId=item,
        documentId=f"GoverningDocument:{matters.document}",
    )

    async with await town.work(write=False) as work:
        day = work.today
    found = await ask(SOURCES, "employee", id=meeting)
    assert found["meeting"]["agenda"] == [
        {"title": "Avgifter", "links": []},
        {
            "title": "Fel lön betalas ut",
            "links": [
                {
                    "title": "Fel lön betalas ut",
                    "keptAt": None,
                    "risk": {"title": "Fel lön betalas ut"},
                    "document": None,
                    "source": {
                        "title": "Fel lön betalas ut",
                        "detail": "Risk R1 · Socialnämnden",
                        "light": "red",
                        "word": "12 Hög",
                    },
                },
                {
                    "title": "Riktlinje för hemtjänst",
                    "keptAt": None,
                    "risk": None,
                    "document": {"title": "Riktlinje för hemtjänst"},
                    "source": {
                        "title": "Riktlinje för hemtjänst",
                        "detail": f"Riktlinje SD-{day.year}-01",
                        "light": "green",
                        "word": "Gäller",
                    },
                },
            ],
        },
    ]


async def test_minutes_of_a_meeting_that_is_not_held_are_refused(change, meeting):
    refused = await change("exportMeeting", meetingId=meeting, paper="MINUTES", format="PDF")
    assert refused["code"] == "CONFLICT"
    made = await change("exportMeeting", meetingId=meeting, paper="SUMMONS", format="PDF")
    assert made.startswith("Job:")


def _manager(town):
    return town.people["manager"].id
