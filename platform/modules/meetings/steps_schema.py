"""Meetings in the API: planned, summoned, held, and their minutes."""

from datetime import date, datetime
from typing import Annotated

import strawberry
from sqlalchemy import ColumnElement, exists
from sqlalchemy.orm import aliased

from ....graphql.context import Info
from ....graphql.nodes import local_id
from ....graphql.problems import ANSWER, Problem, mutation
from ....graphql.stored import Place, Related, planned
from ..organisation.people.schema import Person
from ..organisation.units.schema import Unit
from . import holding, listing, models, planning
from .series_schema import MeetingRole, MeetingSeries
from .types_schema import AgendaItem, Attendance, Meeting, MeetingParticipant, MeetingState


@strawberry.input(description="A meeting to plan.")
class PlanMeetingInput:
    series_id: strawberry.ID = strawberry.field(description="Its series.")
    starts_at: datetime = strawberry.field(description="When it starts.")
    ends_at: datetime = strawberry.field(description="When it ends.")
    place: str = strawberry.field(default="", description="Where; as usual without.")


@strawberry.input(description="Another time or place of a meeting.")
class ChangeMeetingInput:
    id: strawberry.ID = strawberry.field(description="The meeting.")
    starts_at: datetime = strawberry.field(description="When it starts.")
    ends_at: datetime = strawberry.field(description="When it ends.")
    place: str = strawberry.field(description="Where.")
    version: int | None = strawberry.field(default=None, description="The one you have read.")


@strawberry.input(description="Somebody more at one meeting.")
class MeetingParticipantInput:
    meeting_id: strawberry.ID = strawberry.field(description="The meeting.")
    takes_part_as: MeetingRole = strawberry.field(description="In which role.")
    person_id: strawberry.ID | None = strawberry.field(
        default=None, description="Who, in the register."
    )
    name: str = strawberry.field(default="", description="The name of who is not in it.")
    adjuster: bool = strawberry.field(default=False, description="Whether they adjust the minutes.")


@strawberry.input(description="Whether somebody came.")
class AttendanceInput:
    participant_id: strawberry.ID = strawberry.field(description="Who.")
    attendance: Attendance = strawberry.field(description="Whether they came.")


@strawberry.input(description="Who came to a meeting; the others keep what they have.")
class TellAttendanceInput:
    id: strawberry.ID = strawberry.field(description="The meeting.")
    attendance: list[AttendanceInput] = strawberry.field(description="Who came, and who did not.")
    adjuster_ids: list[strawberry.ID] | None = strawberry.field(
        default=None, description="All who adjust the minutes; as before without."
    )
    version: int | None = strawberry.field(default=None, description="The one you have read.")


@strawberry.input(description="The next step of a meeting.")
class MeetingStepInput:
    id: strawberry.ID = strawberry.field(description="The meeting.")
    version: int | None = strawberry.field(default=None, description="The one you have read.")


@strawberry.input(description="A step of a meeting, with why it is taken.")
class MeetingNoteInput:
    id: strawberry.ID = strawberry.field(description="The meeting.")
    note: str = strawberry.field(description="Why.")
    version: int | None = strawberry.field(default=None, description="The one you have read.")


@strawberry.input(description="A step of a meeting that the law counts days from.")
class MeetingDayInput:
    id: strawberry.ID = strawberry.field(description="The meeting.")
    on: date = strawberry.field(description="The day it was done.")
    version: int | None = strawberry.field(default=None, description="The one you have read.")


@strawberry.type(description="Meetings that fit, a part of them at a time.")
class Meetings:
    rows: list[Meeting] = strawberry.field(description="This part of them.")
    total: int = strawberry.field(description="How many fit in all.")


@strawberry.type(description="Decisions that fit, a part of them at a time.")
class MeetingDecisions:
    rows: list[AgendaItem] = strawberry.field(description="This part of them.")
    total: int = strawberry.field(description="How many fit in all.")


PlanMeetingResult = Annotated[
    Meeting | Problem, strawberry.union("PlanMeetingResult", description=ANSWER)
]
ChangeMeetingResult = Annotated[
    Meeting | Problem, strawberry.union("ChangeMeetingResult", description=ANSWER)
]
AddMeetingParticipantResult = Annotated[
    MeetingParticipant | Problem,
    strawberry.union("AddMeetingParticipantResult", description=ANSWER),
]
TellAttendanceResult = Annotated[
    Meeting | Problem, strawberry.union("TellAttendanceResult", description=ANSWER)
]
SummonMeetingResult = Annotated[
    Meeting | Problem, strawberry.union("SummonMeetingResult", description=ANSWER)
]
HoldMeetingResult = Annotated[
    Meeting | Problem, strawberry.union("HoldMeetingResult", description=ANSWER)
]
CompleteMinutesResult = Annotated[
    Meeting | Problem, strawberry.union("CompleteMinutesResult", description=ANSWER)
]
ReopenMinutesResult = Annotated[
    Meeting | Problem, strawberry.union("ReopenMinutesResult", description=ANSWER)
]
AdjustMinutesResult = Annotated[
    Meeting | Problem, strawberry.union("AdjustMinutesResult", description=ANSWER)
]
AnnounceMinutesResult = Annotated[
    Meeting | Problem, strawberry.union("AnnounceMinutesResult", description=ANSWER)
]
CloseMeetingResult = Annotated[
    Meeting | Problem, strawberry.union("CloseMeetingResult", description=ANSWER)
]
CancelMeetingResult = Annotated[
    Meeting | Problem, strawberry.union("CancelMeetingResult", description=ANSWER)
]


def _open(place: Place) -> ColumnElement[bool]:
    """Who sees what is for its participants only, and that it was read, is for the resolver."""
    meeting, series = aliased(models.Meeting), aliased(models.MeetingSeries)
    asked = (meeting.tenant_id == place.given.tenant) & (meeting.id == place.arguments["id"])
    closed = (series.tenant_id == place.given.tenant) & series.private
    return ~exists().where(asked, closed, series.id == meeting.series_id)


OPEN = Related(
    lambda row, place: row.id == place.arguments["id"],
    asks=(Meeting.permission,),
    reads={"id": lambda id: local_id(id, Meeting)},
    holds=_open,
)


@strawberry.type
class MeetingQuery:
    @strawberry.field(
        description="A meeting by id; null when there is none that you may see.",
        metadata=planned(OPEN),
    )
    async def meeting(self, info: Info, id: strawberry.ID) -> Meeting | None:
        return await Meeting.find(info, local_id(id, Meeting))

    @strawberry.field(
        description="Meetings that you see: coming ones the next first, else the latest."
    )
    async def meetings(
        self,
        info: Info,
        coming: Annotated[
            bool | None, strawberry.argument(description="From today, before today, or all.")
        ] = None,
        series_id: Annotated[
            strawberry.ID | None, strawberry.argument(description="Of which series.")
        ] = None,
        state: Annotated[
            MeetingState | None, strawberry.argument(description="How far they have come.")
        ] = None,
        words: Annotated[str, strawberry.argument(description="Words in them.")] = "",
        offset: Annotated[int, strawberry.argument(description="How many to pass over.")] = 0,
    ) -> Meetings:
        when: listing.When = "all" if coming is None else "coming" if coming else "past"
        found = await listing.meetings(
            info.context.work,
            when=when,
            series_id=(local_id(series_id, MeetingSeries, field="seriesId") if series_id else None),
            state=state,
            words=words,
            offset=min(max(offset, 0), 1_000_000),
        )
        return Meetings(rows=[Meeting.of(row.meeting) for row in found.rows], total=found.total)

    @strawberry.field(description="What was decided at meetings that you see, the latest first.")
    async def meeting_decisions(
        self,
        info: Info,
        series_id: Annotated[
            strawberry.ID | None, strawberry.argument(description="Of which series.")
        ] = None,
        unit_id: Annotated[
            strawberry.ID | None, strawberry.argument(description="Of which body.")
        ] = None,
        year: Annotated[int | None, strawberry.argument(description="In which year.")] = None,
        words: Annotated[str, strawberry.argument(description="Words in them.")] = "",
        offset: Annotated[int, strawberry.argument(description="How many to pass over.")] = 0,
    ) -> MeetingDecisions:
        found = await listing.decisions(
            info.context.work,
            series_id=(local_id(series_id, MeetingSeries, field="seriesId") if series_id else None),
            unit_id=local_id(unit_id, Unit, field="unitId") if unit_id else None,
            year=year,
            words=words,
            offset=min(max(offset, 0), 1_000_000),
        )
        rows = [AgendaItem.of(row.item) for row in found.rows]
        return MeetingDecisions(rows=rows, total=found.total)


@strawberry.type
class MeetingMutation:
    @mutation("Plan a meeting: members, standing items and what was left come along.")
    async def plan_meeting(self, info: Info, input: PlanMeetingInput) -> PlanMeetingResult:
        return Meeting.of(
            await planning.plan_meeting(
                info.context.work,
                local_id(input.series_id, MeetingSeries, field="seriesId"),
                starts_at=input.starts_at,
                ends_at=input.ends_at,
                place=input.place,
            )
        )

    @mutation("Move a meeting to another time or place.")
    async def change_meeting(self, info: Info, input: ChangeMeetingInput) -> ChangeMeetingResult:
        return Meeting.of(
            await planning.change_meeting(
                info.context.work,
                local_id(input.id, Meeting),
                starts_at=input.starts_at,
                ends_at=input.ends_at,
                place=input.place,
                version=input.version,
            )
        )

    @mutation("Call somebody more to one meeting.")
    async def add_meeting_participant(
        self, info: Info, input: MeetingParticipantInput
    ) -> AddMeetingParticipantResult:
        person = input.person_id
        return MeetingParticipant.of(
            await planning.add_participant(
                info.context.work,
                local_id(input.meeting_id, Meeting, field="meetingId"),
                role=input.takes_part_as,
                person_id=local_id(person, Person, field="personId") if person else None,
                name=input.name,
                adjuster=input.adjuster,
            )
        )

    @mutation("Tell who came to a meeting, and who adjusts its minutes.")
    async def tell_attendance(self, info: Info, input: TellAttendanceInput) -> TellAttendanceResult:
        chosen = input.adjuster_ids
        return Meeting.of(
            await holding.tell_attendance(
                info.context.work,
                local_id(input.id, Meeting),
                attendance={
                    local_id(each.participant_id, MeetingParticipant): each.attendance
                    for each in input.attendance
                },
                adjusters=(
                    None
                    if chosen is None
                    else frozenset(local_id(id, MeetingParticipant) for id in chosen)
                ),
                version=input.version,
            )
        )

    @mutation("The summons of a meeting is sent.")
    async def summon_meeting(self, info: Info, input: MeetingStepInput) -> SummonMeetingResult:
        id = local_id(input.id, Meeting)
        return Meeting.of(
            await holding.summon_meeting(info.context.work, id, version=input.version)
        )

    @mutation("A meeting has been held; the items of a formal one get their numbers.")
    async def hold_meeting(self, info: Info, input: MeetingStepInput) -> HoldMeetingResult:
        id = local_id(input.id, Meeting)
        return Meeting.of(await holding.hold_meeting(info.context.work, id, version=input.version))

    @mutation("The minutes are written; formal ones lack nothing.")
    async def complete_minutes(self, info: Info, input: MeetingStepInput) -> CompleteMinutesResult:
        id = local_id(input.id, Meeting)
        return Meeting.of(
            await holding.complete_minutes(info.context.work, id, version=input.version)
        )

    @mutation("Write on minutes that are not adjusted.")
    async def reopen_minutes(self, info: Info, input: MeetingNoteInput) -> ReopenMinutesResult:
        id = local_id(input.id, Meeting)
        return Meeting.of(
            await holding.reopen_minutes(
                info.context.work, id, note=input.note, version=input.version
            )
        )

    @mutation("The minutes were signed by those who adjust them.")
    async def adjust_minutes(self, info: Info, input: MeetingDayInput) -> AdjustMinutesResult:
        id = local_id(input.id, Meeting)
        return Meeting.of(
            await holding.adjust_minutes(info.context.work, id, on=input.on, version=input.version)
        )

    @mutation("It is told on the notice board that the minutes are adjusted.")
    async def announce_minutes(self, info: Info, input: MeetingDayInput) -> AnnounceMinutesResult:
        id = local_id(input.id, Meeting)
        return Meeting.of(
            await holding.announce_minutes(
                info.context.work, id, on=input.on, version=input.version
            )
        )

    @mutation("All is done with a meeting.")
    async def close_meeting(self, info: Info, input: MeetingStepInput) -> CloseMeetingResult:
        id = local_id(input.id, Meeting)
        return Meeting.of(await holding.close_meeting(info.context.work, id, version=input.version))

    @mutation("A meeting will not be held.")
    async def cancel_meeting(self, info: Info, input: MeetingNoteInput) -> CancelMeetingResult:
        id = local_id(input.id, Meeting)
        return Meeting.of(
            await holding.cancel_meeting(
                info.context.work, id, note=input.note, version=input.version
            )
        )
