"""Files of internal control in the API, and chapters of reports that are fetched from it."""

from typing import Annotated

import strawberry

from ....graphql.context import Info
from ....graphql.nodes import local_id
from ....graphql.problems import ANSWER, Problem, mutation
from ..organisation.jobs_schema import Job
from ..organisation.units_schema import Unit
from ..reports.sections_schema import Section
from . import service
from .plans_schema import ControlPlan

ControlFormat = service.ControlFormat
strawberry.enum(ControlFormat, description="Kind of file.")


@strawberry.input(description="A plan to have as a file.")
class ExportControlPlanInput:
    id: strawberry.ID = strawberry.field(description="The plan.")
    format: ControlFormat = strawberry.field(description="Kind of file.")
    follow_up: bool = strawberry.field(
        default=False, description="Its follow-up; a workbook holds both."
    )


@strawberry.input(description="A chapter on risk analyses or self-inspections in a report.")
class FillReportChapterInput:
    section_id: strawberry.ID = strawberry.field(description="The section.")
    version: int = strawberry.field(description="The version of it that was seen.")


ExportControlPlanResult = Annotated[
    Job | Problem, strawberry.union("ExportControlPlanResult", description=ANSWER)
]
ExportRisksResult = Annotated[
    Job | Problem, strawberry.union("ExportRisksResult", description=ANSWER)
]
FillReportChapterResult = Annotated[
    Section | Problem, strawberry.union("FillReportChapterResult", description=ANSWER)
]


@strawberry.type
class ControlFileMutation:
    @mutation("Have a plan, or its follow-up, made as a file.")
    async def export_control_plan(
        self, info: Info, input: ExportControlPlanInput
    ) -> ExportControlPlanResult:
        return Job.of(
            await service.ask_for_plan(
                info.context.work,
                local_id(input.id, ControlPlan),
                format=input.format,
                follow_up=input.follow_up,
            )
        )

    @mutation("Have the risks made as a workbook.")
    async def export_risks(
        self, info: Info, unit_id: strawberry.ID | None = None, closed: bool = False
    ) -> ExportRisksResult:
        chosen = None if unit_id is None else local_id(unit_id, Unit, field="unitId")
        return Job.of(await service.ask_for_risks(info.context.work, unit_id=chosen, closed=closed))

    @mutation("Fill a chapter of a report from the internal control of its unit and year.")
    async def fill_report_chapter(
        self, info: Info, input: FillReportChapterInput
    ) -> FillReportChapterResult:
        return Section.of(
            await service.fill_chapter(
                info.context.work,
                local_id(input.section_id, Section, field="sectionId"),
                version=input.version,
            )
        )
