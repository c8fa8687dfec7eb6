"""Files of meetings in the API."""

from typing import Annotated

import strawberry

from ....graphql.context import Info
from ....graphql.nodes import local_id
from ....graphql.problems import ANSWER, Problem, mutation
from ..organisation.files.jobs_schema import Job
from . import exporting
from .series_schema import MeetingSeries
from .types_schema import Meeting

MeetingPaper = exporting.MeetingPaper
strawberry.enum(MeetingPaper, description="What to make of a meeting.")
MeetingFormat = exporting.MeetingFormat
strawberry.enum(MeetingFormat, description="As which sort of file.")

ExportMeetingResult = Annotated[
    Job | Problem, strawberry.union("ExportMeetingResult", description=ANSWER)
]
ExportDecisionsResult = Annotated[
    Job | Problem, strawberry.union("ExportDecisionsResult", description=ANSWER)
]


@strawberry.input(description="A file of a meeting.")
class ExportMeetingInput:
    meeting_id: strawberry.ID = strawberry.field(description="The meeting.")
    paper: MeetingPaper = strawberry.field(description="Its summons, or its minutes.")
    format: MeetingFormat = strawberry.field(description="As which sort of file.")


@strawberry.input(description="Which decisions to write to a workbook: all that is given fits.")
class ExportDecisionsInput:
    series_id: strawberry.ID | None = strawberry.field(default=None, description="The series.")
    year: int | None = strawberry.field(default=None, description="The year.")
    words: str = strawberry.field(default="", description="Words in them.")


@strawberry.type
class MeetingFileMutation:
    @mutation("Have the summons or the minutes made as a file; follow the job to its end.")
    async def export_meeting(self, info: Info, input: ExportMeetingInput) -> ExportMeetingResult:
        id = local_id(input.meeting_id, Meeting, field="meetingId")
        return Job.of(
            await exporting.ask_for_paper(
                info.context.work, id, paper=input.paper, format=input.format
            )
        )

    @mutation("Have the log of decisions written to a workbook.")
    async def export_decisions(
        self, info: Info, input: ExportDecisionsInput
    ) -> ExportDecisionsResult:
        chosen = input.series_id
        return Job.of(
            await exporting.ask_for_decisions(
                info.context.work,
                series_id=local_id(chosen, MeetingSeries, field="seriesId") if chosen else None,
                year=input.year,
                words=input.words,
            )
        )
