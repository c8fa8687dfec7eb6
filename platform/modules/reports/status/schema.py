"""How far the reports of many units have come, in the API."""

import asyncio
from datetime import date
from uuid import UUID

import strawberry

from .....graphql.context import Info
from .....graphql.nodes import local_id
from .....infra.periods import parse_period
from ...organisation.units.schema import Unit
from .. import service
from ..designs.schema import ReportTemplate
from ..models import ChapterKind
from ..reports_schema import Report, ReportApproval, ReportCompletion, ReportProgress
from ..writing.sections_schema import Section
from .status import CellState, StatusRow

strawberry.enum(CellState, description="How far a section has come.")


@strawberry.type(description="A chapter that some of the reports have.")
class StatusColumn:
    key: str = strawberry.field(description="The same in all reports.")
    number: str = strawberry.field(description="As printed in the first report that has it.")
    title: str = strawberry.field(description="Heading.")
    kind: ChapterKind = strawberry.field(description="What it holds.")
    local: bool = strawberry.field(description="Whether a unit has added it for itself and below.")


@strawberry.type(description="A section in one report.")
class StatusCell:
    key: str = strawberry.field(description="Key of the column.")
    state: CellState = strawberry.field(description="How far it has come.")
    missing: int = strawberry.field(
        description="Values and words that the goals lack, or fixed rows that are not filled in."
    )
    section_id: strawberry.Private[UUID]

    @strawberry.field(description="The section.")
    async def section(self, info: Info) -> Section | None:
        return await Section.find(info, self.section_id)


@strawberry.type(description="One unit's report.")
class StatusReport:
    report: Report = strawberry.field(description="The report.")
    due_on: date | None = strawberry.field(description="Last day to be done.")
    late: bool = strawberry.field(description="Whether that day is over and it is not done.")
    progress: ReportProgress = strawberry.field(description="How many sections are done.")
    completion: ReportCompletion | None = strawberry.field(description="The mark that it is done.")
    approval: ReportApproval | None = strawberry.field(description="The approval that stands.")
    cells: list[StatusCell] = strawberry.field(description="Its sections, in order.")
    unit_id: strawberry.Private[UUID]

    @strawberry.field(description="Whose report it is.")
    async def unit(self, info: Info) -> Unit | None:
        return await Unit.find(info, self.unit_id)

    @classmethod
    def of(cls, row: StatusRow) -> "StatusReport":
        return cls(
            report=Report.of(row.report),
            due_on=row.report.due_on,
            late=row.late,
            progress=ReportProgress(done=row.progress.done, total=row.progress.total),
            completion=ReportCompletion.of(row.completion) if row.completion else None,
            approval=ReportApproval.of(row.approval) if row.approval else None,
            cells=[
                StatusCell(
                    key=key, state=cell.state, missing=cell.missing, section_id=cell.section_id
                )
                for key, cell in row.cells.items()
            ],
            unit_id=row.unit.id,
        )


@strawberry.type(description="Units by chapters: how far the reports of a template have come.")
class ReportStatus:
    columns: list[StatusColumn] = strawberry.field(description="Chapters, in order.")
    rows: list[StatusReport] = strawberry.field(description="Reports, in the order of the tree.")
    not_started_ids: strawberry.Private[list[UUID]]

    @strawberry.field(description="Units that had the report a year before, and have none now.")
    async def not_started(self, info: Info) -> list[Unit]:
        found = await asyncio.gather(*(Unit.find(info, id) for id in self.not_started_ids))
        return [unit for unit in found if unit]


@strawberry.type
class StatusQuery:
    @strawberry.field(
        description="How far the reports of a template have come in a period: those of a unit and "
        "the units below it, or all."
    )
    async def report_status(
        self,
        info: Info,
        template_id: strawberry.ID,
        period: str,
        unit_id: strawberry.ID | None = None,
    ) -> ReportStatus:
        found = await service.status_of(
            info.context.work,
            template_id=local_id(template_id, ReportTemplate, field="templateId"),
            period=parse_period(period),
            unit_id=None if unit_id is None else local_id(unit_id, Unit, field="unitId"),
        )
        return ReportStatus(
            columns=[
                StatusColumn(
                    key=column.key,
                    number=column.number,
                    title=column.title,
                    kind=column.kind,
                    local=column.local,
                )
                for column in found.columns
            ],
            rows=[StatusReport.of(row) for row in found.rows],
            not_started_ids=[place.id for place in found.not_started],
        )
