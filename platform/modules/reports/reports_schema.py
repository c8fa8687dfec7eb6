"""The reports of the units in the API."""

from datetime import date, datetime
from enum import Enum
from typing import Annotated, ClassVar
from uuid import UUID

import strawberry
from sqlalchemy import ColumnElement, and_, exists, func, select, true
from sqlalchemy.orm import aliased

from ....graphql.context import Info
from ....graphql.nodes import Node, local_id
from ....graphql.paging import Connection
from ....graphql.problems import ANSWER, Problem, mutation
from ....graphql.stored import (
    Place,
    Related,
    Row,
    Value,
    by_id,
    many,
    one,
    page_of,
    planned,
)
from ....infra.periods import parse_period
from ..organisation.people.schema import Person
from ..organisation.units.schema import Unit
from . import models, service
from .designs.schema import ReportTemplate
from .writing.sections_schema import Section


@strawberry.enum(description="Whether a report is still written in.")
class ReportState(Enum):
    OPEN = "open"
    DONE = "done"


def _total(place: Place) -> ColumnElement[int]:
    section = aliased(models.Section)
    return place.alone(select(func.count()).select_from(section).where(_markable(section, place)))


def _done(place: Place) -> ColumnElement[int]:
    section, mark = aliased(models.Section), aliased(models.SectionCompletion)
    standing = and_(
        mark.tenant_id == place.given.tenant,
        mark.section_id == section.id,
        mark.reopened_at.is_(None),
    )
    marked = select(func.count()).select_from(section).join(mark, standing)
    return place.alone(marked.where(_markable(section, place)))


def _markable(section: Row, place: Place) -> ColumnElement[bool]:
    return and_(
        section.tenant_id == place.given.tenant,
        section.report_id == place.row.id,
        section.kind != models.ChapterKind.HEADING,
    )


@strawberry.type(description="How far a report has come.")
class ReportProgress:
    model: ClassVar = models.Report

    done: int = strawberry.field(
        description="Sections marked as done.", metadata=planned(Value(_done))
    )
    total: int = strawberry.field(
        description="Sections that can be marked; headings cannot.", metadata=planned(Value(_total))
    )


@strawberry.type(description="A mark that a report is done, standing or taken back.")
class ReportCompletion(Node):
    model = models.ReportCompletion
    permission = "reports.read"
    change = "reports.complete"

    row: strawberry.Private[models.ReportCompletion]
    completed_at: datetime = strawberry.field(description="When it was marked.")
    reopened_at: datetime | None = strawberry.field(description="When it was opened again.")
    reason: str = strawberry.field(description="Why it was opened again.")

    completed_by: Person | None = one(models.ReportCompletion.completed_by, "Who marked it.")
    reopened_by: Person | None = one(models.ReportCompletion.reopened_by, "Who opened it again.")


@strawberry.type(description="An approval of a report that is done, standing or withdrawn.")
class ReportApproval(Node):
    model = models.ReportApproval
    permission = "reports.read"
    change = "reports.approve"

    row: strawberry.Private[models.ReportApproval]
    approved_at: datetime = strawberry.field(description="When it was approved.")
    withdrawn_at: datetime | None = strawberry.field(description="When it was withdrawn.")
    reason: str = strawberry.field(description="Why it was withdrawn.")

    approved_by: Person | None = one(models.ReportApproval.approved_by, "Who approved it.")
    withdrawn_by: Person | None = one(models.ReportApproval.withdrawn_by, "Who withdrew it.")


PROGRESS = Related(lambda row, place: row.id == place.row.id, asks=("reports.read",))


@strawberry.type(description="A unit's report for a period.")
class Report(Node):
    model = models.Report
    permission = "reports.read"
    change = "reports.write"

    row: strawberry.Private[models.Report]
    title: str = strawberry.field(description="Title with the period.")
    period: str = strawberry.field(description="Period, such as 2026 or 2026-T2.")
    due_on: date | None = strawberry.field(description="Last day to be done.")
    show_instructions: bool = strawberry.field(description="Whether instructions are shown.")
    created_at: datetime = strawberry.field(description="When it was started.")

    template: ReportTemplate | None = one(
        models.Report.template_id, "The template it was made from."
    )
    unit: Unit | None = one(models.Report.unit_id, "Whose report it is.")
    started_by: Person | None = one(models.Report.started_by, "Who started it.")
    sections: list[Section] = many(
        models.Section.report_id,
        "All sections in order, depth first.",
        order=lambda section: (section.position,),
    )

    @strawberry.field(description="How many sections are done.", metadata=planned(PROGRESS))
    async def progress(self, info: Info) -> ReportProgress:
        async def load(ids: list[UUID]) -> list[service.Progress]:
            return await service.progress_of(info.context.work, ids)

        found = await info.context.batch("reports.progress", self.row.id, load)
        return ReportProgress(done=found.done, total=found.total)

    completion: ReportCompletion | None = many(
        models.ReportCompletion.report_id,
        "The mark that it is done; null while it is open.",
        order=lambda mark: (mark.completed_at,),
        where=lambda mark: mark.reopened_at.is_(None),
    )
    completions: list[ReportCompletion] = many(
        models.ReportCompletion.report_id,
        "All marks there have been, the earliest first.",
        order=lambda mark: (mark.completed_at,),
    )
    approval: ReportApproval | None = many(
        models.ReportApproval.report_id,
        "The approval that stands; null while there is none.",
        order=lambda approval: (approval.approved_at,),
        where=lambda approval: approval.withdrawn_at.is_(None),
    )
    approvals: list[ReportApproval] = many(
        models.ReportApproval.report_id,
        "All approvals there have been, the earliest first.",
        order=lambda approval: (approval.approved_at,),
    )


def _chosen(row: Row, place: Place) -> ColumnElement[bool]:
    given = {name: place.arguments[name] for name in ("template_id", "unit_id", "period")}
    chosen = [getattr(row, name) == value for name, value in given.items() if value is not None]
    done = place.arguments["state.done"]
    if done is not None:
        mark = aliased(models.ReportCompletion)
        own = (mark.tenant_id == place.given.tenant) & (mark.report_id == row.id)
        chosen.append(exists().where(own, mark.reopened_at.is_(None)) == done)
    return and_(true(), *chosen)


REPORTS = Related(
    _chosen,
    lambda row, _place: (row.period, row.title),
    asks=("reports.read",),
    reads={
        "template_id": lambda id: local_id(id, ReportTemplate, field="templateId"),
        "unit_id": lambda id: local_id(id, Unit, field="unitId"),
        "period": lambda code: str(parse_period(code)),
        "state.done": lambda state: ReportState(state) is ReportState.DONE,
    },
)


@strawberry.type
class ReportQuery:
    @strawberry.field(
        description="A report by id; null when there is none.", metadata=by_id(Report)
    )
    async def report(self, info: Info, id: strawberry.ID) -> Report | None:
        return await Report.find(info, local_id(id, Report))

    @strawberry.field(
        description="Reports by period and title; what is left out does not narrow.",
        metadata=planned(REPORTS),
    )
    async def reports(
        self,
        info: Info,
        template_id: strawberry.ID | None = None,
        unit_id: strawberry.ID | None = None,
        period: str | None = None,
        state: ReportState | None = None,
        first: int | None = None,
        after: str | None = None,
    ) -> Connection[Report]:
        return await page_of(
            REPORTS,
            info,
            Report,
            template_id=template_id,
            unit_id=unit_id,
            period=period,
            state=state,
            first=first,
            after=after,
        )


StartReportResult = Annotated[
    Report | Problem, strawberry.union("StartReportResult", description=ANSWER)
]
ChangeReportResult = Annotated[
    Report | Problem, strawberry.union("ChangeReportResult", description=ANSWER)
]
CompleteReportResult = Annotated[
    Report | Problem, strawberry.union("CompleteReportResult", description=ANSWER)
]
ReopenReportResult = Annotated[
    Report | Problem, strawberry.union("ReopenReportResult", description=ANSWER)
]


@strawberry.type(description="What was carried forward, and what was left as it is.")
class Carried:
    report: Report = strawberry.field(description="The report that it was carried to.")
    carried: list[Section] = strawberry.field(description="Sections that were copied.")
    kept: list[Section] = strawberry.field(
        description="Sections whose counterpart holds something already, and was left alone."
    )
    missing: list[Section] = strawberry.field(description="Sections without a counterpart.")
    blank: list[Section] = strawberry.field(description="Sections with nothing to carry.")

    @classmethod
    def of(cls, result: service.Carried) -> "Carried":
        return cls(
            report=Report.of(result.report),
            carried=[Section.of(row) for row in result.carried],
            kept=[Section.of(row) for row in result.kept],
            missing=[Section.of(row) for row in result.missing],
            blank=[Section.of(row) for row in result.blank],
        )


@strawberry.type(description="The reports of many units, started at once.")
class StartedReports:
    reports: list[Report] = strawberry.field(description="The new ones, in the order asked for.")
    standing: list[Report] = strawberry.field(
        description="Those of the units that had theirs already, and keep them as they are."
    )


StartReportsResult = Annotated[
    StartedReports | Problem, strawberry.union("StartReportsResult", description=ANSWER)
]
CarryForwardResult = Annotated[
    Carried | Problem, strawberry.union("CarryForwardResult", description=ANSWER)
]


@strawberry.input(description="A unit's report to start.")
class StartReportInput:
    template_id: strawberry.ID = strawberry.field(description="What kind of report.")
    unit_id: strawberry.ID = strawberry.field(description="Whose.")
    period: str = strawberry.field(description="Period, such as 2026 or 2026-T2.")
    due_on: date | None = strawberry.field(default=None, description="Last day to be done.")


@strawberry.input(description="The same report to start for many units.")
class StartReportsInput:
    template_id: strawberry.ID = strawberry.field(description="What kind of report.")
    unit_ids: list[strawberry.ID] = strawberry.field(description="Whose; each of them once.")
    period: str = strawberry.field(description="Period, such as 2026 or 2026-T2.")
    due_on: date | None = strawberry.field(
        default=None, description="Last day to be done, the same for all."
    )


@strawberry.input(description="What changes in a report; what is left out stays.")
class ChangeReportInput:
    id: strawberry.ID = strawberry.field(description="The report.")
    show_instructions: bool | None = strawberry.field(
        default=None, description="Show or hide the instructions."
    )
    due_on: date | None = strawberry.field(default=None, description="Last day to be done.")
    without_due_date: bool = strawberry.field(default=False, description="Take the last day away.")


@strawberry.input(description="Open a report again.")
class ReopenReportInput:
    id: strawberry.ID = strawberry.field(description="The report.")
    reason: str = strawberry.field(description="Why; kept in the history.")


@strawberry.input(description="Sections to copy into the report that continues this one.")
class CarryForwardInput:
    id: strawberry.ID = strawberry.field(description="The report to carry from.")
    section_keys: list[str] | None = strawberry.field(
        default=None, description="Keys of sections; those the template marks if left out."
    )
    to_period: str | None = strawberry.field(
        default=None, description="Period to carry to; what the template says if left out."
    )


@strawberry.type
class ReportMutation:
    @mutation("Start a unit's report for a period.")
    async def start_report(self, info: Info, input: StartReportInput) -> StartReportResult:
        return Report.of(
            await service.start_report(
                info.context.work,
                template_id=local_id(input.template_id, ReportTemplate, field="templateId"),
                unit_id=local_id(input.unit_id, Unit, field="unitId"),
                period=parse_period(input.period),
                due_on=input.due_on,
            )
        )

    @mutation("Start a report for many units, all or none; those that have it already keep it.")
    async def start_reports(self, info: Info, input: StartReportsInput) -> StartReportsResult:
        started = await service.start_reports(
            info.context.work,
            template_id=local_id(input.template_id, ReportTemplate, field="templateId"),
            unit_ids=[local_id(id, Unit, field="unitIds") for id in input.unit_ids],
            period=parse_period(input.period),
            due_on=input.due_on,
        )
        return StartedReports(
            reports=[Report.of(row) for row in started.reports],
            standing=[Report.of(row) for row in started.standing],
        )

    @mutation("Show or hide instructions, or set the last day.")
    async def change_report(self, info: Info, input: ChangeReportInput) -> ChangeReportResult:
        return Report.of(
            await service.change_report(
                info.context.work,
                local_id(input.id, Report),
                show_instructions=input.show_instructions,
                due_on=input.due_on,
                without_due_date=input.without_due_date,
            )
        )

    @mutation("Mark a whole report as done; what is generated in it is frozen.")
    async def complete_report(self, info: Info, id: strawberry.ID) -> CompleteReportResult:
        return Report.of(await service.complete_report(info.context.work, local_id(id, Report)))

    @mutation("Open a report again; what is generated follows the goals again.")
    async def reopen_report(self, info: Info, input: ReopenReportInput) -> ReopenReportResult:
        return Report.of(
            await service.reopen_report(
                info.context.work, local_id(input.id, Report), reason=input.reason
            )
        )

    @mutation("Copy sections into the report that continues this one; it is started if absent.")
    async def carry_forward(self, info: Info, input: CarryForwardInput) -> CarryForwardResult:
        return Carried.of(
            await service.carry_forward(
                info.context.work,
                local_id(input.id, Report),
                keys=input.section_keys,
                to_period=None if input.to_period is None else parse_period(input.to_period),
            )
        )
