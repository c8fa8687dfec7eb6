"""Files of internal control in the API."""

from typing import Annotated

import strawberry

from ....graphql.context import Info
from ....graphql.nodes import local_id
from ....graphql.problems import ANSWER, Problem, mutation
from ..organisation.files.jobs_schema import Job
from ..organisation.units.schema import Unit
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


ExportControlPlanResult = Annotated[
    Job | Problem, strawberry.union("ExportControlPlanResult", description=ANSWER)
]
ExportRisksResult = Annotated[
    Job | Problem, strawberry.union("ExportRisksResult", description=ANSWER)
]

ExportControlOverviewResult = Annotated[
    Job | Problem, strawberry.union("ExportControlOverviewResult", description=ANSWER)
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

    @mutation("Have the committees of a year made as a workbook, with what they cover.")
    async def export_control_overview(self, info: Info, year: int) -> ExportControlOverviewResult:
        return Job.of(await service.ask_for_overview(info.context.work, year=year))
