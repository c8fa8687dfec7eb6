"""Writing in a report, marking sections as done, files, and the export, through the API."""

from typing import Annotated

import strawberry
from strawberry.scalars import JSON

from .....graphql.context import Info
from .....graphql.nodes import local_id
from .....graphql.problems import ANSWER, Problem, mutation
from ...organisation.files.jobs_schema import Job
from ...organisation.files.schema import StoredFile
from .. import service
from ..jobs import ReportFormat
from ..reports_schema import Report
from .sections_schema import Section, SectionFile

strawberry.enum(ReportFormat, description="Kind of file.")

WriteSectionResult = Annotated[
    Section | Problem, strawberry.union("WriteSectionResult", description=ANSWER)
]
CompleteSectionResult = Annotated[
    Section | Problem, strawberry.union("CompleteSectionResult", description=ANSWER)
]
ReopenSectionResult = Annotated[
    Section | Problem, strawberry.union("ReopenSectionResult", description=ANSWER)
]
AttachFileResult = Annotated[
    SectionFile | Problem, strawberry.union("AttachFileResult", description=ANSWER)
]
ExportReportResult = Annotated[
    Job | Problem, strawberry.union("ExportReportResult", description=ANSWER)
]


@strawberry.type(description="The file no longer belongs to the section.")
class FileDetached:
    section: Section = strawberry.field(description="The section without it.")


DetachFileResult = Annotated[
    FileDetached | Problem, strawberry.union("DetachFileResult", description=ANSWER)
]


@strawberry.input(description="One cell of a typed table.")
class TableCellInput:
    column: str = strawberry.field(description="Key of the column.")
    value: JSON | None = strawberry.field(
        default=None,
        description="Text, number (as JSON or as written in Swedish), true or false, or a date "
        "as 2026-03-31; null for an empty cell.",
    )


@strawberry.input(description="One row of a typed table.")
class TableRowInput:
    row: str | None = strawberry.field(
        default=None, description="Key of the fixed row, in a table that has such."
    )
    cells: list[TableCellInput] = strawberry.field(description="Cells; those left out are empty.")

    def read(self) -> service.TableRow:
        return service.TableRow({cell.column: cell.value for cell in self.cells}, self.row)


@strawberry.input(description="What is saved in a section; what is left out stays.")
class WriteSectionInput:
    id: strawberry.ID = strawberry.field(description="The section.")
    version: int = strawberry.field(description="The version that the writer has seen.")
    text: str | None = strawberry.field(
        default=None, description="HTML; what is not of the allowed tags is taken away."
    )
    rows: list[TableRowInput] | None = strawberry.field(
        default=None, description="All rows of the typed table."
    )
    nil: bool | None = strawberry.field(
        default=None, description="State that there was nothing, in place of a text."
    )


@strawberry.input(description="Mark a section as done.")
class CompleteSectionInput:
    id: strawberry.ID = strawberry.field(description="The section.")
    empty: bool = strawberry.field(
        default=False, description="Say that it is to be empty; needed when nothing stands there."
    )


@strawberry.input(description="Open a section again.")
class ReopenSectionInput:
    id: strawberry.ID = strawberry.field(description="The section.")
    reason: str = strawberry.field(description="Why; kept in the history.")


@strawberry.input(description="A kept file for a section.")
class AttachFileInput:
    section_id: strawberry.ID = strawberry.field(description="The section.")
    file_id: strawberry.ID = strawberry.field(description="The file.")
    title: str = strawberry.field(default="", description="Title; the file's name if left out.")


@strawberry.input(description="A report to make a file of.")
class ExportReportInput:
    report_id: strawberry.ID = strawberry.field(description="The report.")
    format: ReportFormat = strawberry.field(description="Word or PDF.")
    instructions: bool | None = strawberry.field(
        default=None,
        description="Print the instructions; if left out, in an open report that shows them.",
    )


@strawberry.type
class WritingMutation:
    @mutation("Save text, rows or the statement that there was nothing, over the version seen.")
    async def write_section(self, info: Info, input: WriteSectionInput) -> WriteSectionResult:
        return Section.of(
            await service.write_section(
                info.context.work,
                local_id(input.id, Section),
                version=input.version,
                text=input.text,
                rows=None if input.rows is None else [row.read() for row in input.rows],
                nil=input.nil,
            )
        )

    @mutation("Mark a section as done.")
    async def complete_section(
        self, info: Info, input: CompleteSectionInput
    ) -> CompleteSectionResult:
        return Section.of(
            await service.complete_section(
                info.context.work, local_id(input.id, Section), empty=input.empty
            )
        )

    @mutation("Open a section again.")
    async def reopen_section(self, info: Info, input: ReopenSectionInput) -> ReopenSectionResult:
        return Section.of(
            await service.reopen_section(
                info.context.work, local_id(input.id, Section), reason=input.reason
            )
        )

    @mutation("Let a kept file belong to a section.")
    async def attach_file(self, info: Info, input: AttachFileInput) -> AttachFileResult:
        return SectionFile.of(
            await service.attach_file(
                info.context.work,
                local_id(input.section_id, Section, field="sectionId"),
                file_id=local_id(input.file_id, StoredFile, field="fileId"),
                title=input.title,
            )
        )

    @mutation("Take a file out of a section; it stays kept.")
    async def detach_file(self, info: Info, id: strawberry.ID) -> DetachFileResult:
        section = await service.detach_file(info.context.work, local_id(id, SectionFile))
        return FileDetached(section=Section.of(section))

    @mutation("Have a Word or PDF file made of a report; follow the job for the file.")
    async def export_report(self, info: Info, input: ExportReportInput) -> ExportReportResult:
        return Job.of(
            await service.ask_for_export(
                info.context.work,
                local_id(input.report_id, Report, field="reportId"),
                format=input.format,
                instructions=input.instructions,
            )
        )
