"""Report templates and their chapters in the API."""

from typing import Annotated

import strawberry
from sqlalchemy import true

from .....graphql.context import Info
from .....graphql.nodes import Node, local_id
from .....graphql.problems import ANSWER, Problem, mutation
from .....graphql.stored import Related, by_id, computed, one, planned, shown, word
from .....infra.periods import PeriodKind
from ...organisation.units.schema import Unit
from .. import models, service
from ..models import ChapterKind
from .columns import ColumnKind, columns_of, fixed_rows_of
from .outline import Entry

strawberry.enum(ChapterKind, description="What a chapter holds.")
strawberry.enum(ColumnKind, description="What the cells of a column hold.")
strawberry.enum(PeriodKind, description="Length of a period.")


@strawberry.type(description="A column of a typed table.")
class TableColumn:
    key: str = strawberry.field(description="Key, by which cells name it.")
    title: str = strawberry.field(description="Heading.")
    kind: ColumnKind = strawberry.field(description="What its cells hold.")
    choices: list[str] = strawberry.field(description="What can be chosen, for kind CHOICE.")


@strawberry.type(description="A row that always stands in a table, such as a half-year.")
class FixedRow:
    key: str = strawberry.field(description="Key, by which rows name it.")
    title: str = strawberry.field(description="What it is called.")


def table_columns(columns: list[dict[str, object]]) -> list[TableColumn]:
    return [
        TableColumn(
            key=column.key, title=column.title, kind=column.kind, choices=list(column.choices)
        )
        for column in columns_of(columns)
    ]


def table_fixed_rows(fixed_rows: list[dict[str, str]]) -> list[FixedRow]:
    return [FixedRow(key=fixed.key, title=fixed.title) for fixed in fixed_rows_of(fixed_rows)]


@strawberry.type(description="A chapter of a template.")
class Chapter(Node):
    model = models.Chapter
    permission = "reports.read"
    change = "reports.design"

    row: strawberry.Private[models.Chapter]
    key: str = strawberry.field(description="The same from year to year, in plan and report.")
    position: int = strawberry.field(description="Place among its siblings, from 1.")
    numbered: bool = strawberry.field(description="Whether it has a number.")
    title: str = strawberry.field(description="Heading; {year} becomes the year of the report.")
    kind: ChapterKind = strawberry.field(description="What it holds.")
    instruction: str = strawberry.field(description="Help for the writer, as HTML.")
    nil_phrase: str = strawberry.field(description="Words that state that there was nothing.")
    phrases: list[str] = strawberry.field(
        description="Ready sentences for the writer; {year} becomes the year of the report."
    )
    carried_forward: bool = strawberry.field(description="Whether it goes on to the next plan.")
    source: str | None = strawberry.field(
        description="Key of what it can be fetched from, as `chapterSources` has it."
    )

    columns: list[TableColumn] = computed(
        models.Chapter.columns, description="Columns of a typed table."
    )(table_columns)
    fixed_rows: list[FixedRow] = computed(
        models.Chapter.fixed_rows, description="Rows that always stand in the table."
    )(table_fixed_rows)
    parent: Annotated["Chapter", strawberry.lazy(__name__)] | None = one(
        models.Chapter.parent_id, "The chapter above; null at the top."
    )
    unit: Unit | None = one(
        models.Chapter.unit_id, "Unit that added it for itself and below; null when central."
    )


@strawberry.type(description="A chapter at its place in a template.")
class OutlineEntry:
    number: str = strawberry.field(description="As printed, such as 2.1; empty without a number.")
    depth: int = strawberry.field(description="1 at the top.")
    chapter: Chapter = strawberry.field(description="The chapter.")

    @classmethod
    def of(cls, entry: Entry) -> "OutlineEntry":
        return cls(number=entry.number, depth=entry.depth, chapter=Chapter.of(entry.chapter))


CONTINUATION = Related(
    lambda row, place: row.key == place.row.continues_in, asks=(Chapter.permission,)
)
TEMPLATES = Related(
    lambda _row, _place: true(), lambda row, _place: (row.key,), asks=(Chapter.permission,)
)


@strawberry.type(description="What a kind of report holds, the same for all units.")
class ReportTemplate(Node):
    model = models.ReportTemplate
    permission = "reports.read"
    change = "reports.design"

    row: strawberry.Private[models.ReportTemplate]
    key: str = strawberry.field(description="Name for programs; never changes.")
    description: str = strawberry.field(description="What it is for.")
    continues_same_period: bool = strawberry.field(
        description="Whether it continues within the period rather than in the next one."
    )

    title: str = word(
        models.ReportTemplate.title, "Title without the period, in the reader's language."
    )
    periodicity: PeriodKind = shown(
        models.ReportTemplate.periodicity, "What its reports are made for."
    )

    @strawberry.field(
        description="Template that chapters are carried forward to.", metadata=planned(CONTINUATION)
    )
    async def continues_in(
        self, info: Info
    ) -> Annotated["ReportTemplate", strawberry.lazy(__name__)] | None:
        found = await service.templates(info.context.work)
        return next(
            (ReportTemplate.of(row) for row in found if row.key == self.row.continues_in), None
        )

    @strawberry.field(
        description="Chapters in order, with the additions of a unit if one is named."
    )
    async def outline(self, info: Info, unit_id: strawberry.ID | None = None) -> list[OutlineEntry]:
        entries = await service.template_outline(
            info.context.work,
            self.row.id,
            unit_id=None if unit_id is None else local_id(unit_id, Unit, field="unitId"),
        )
        return [OutlineEntry.of(entry) for entry in entries]


@strawberry.type
class TemplateQuery:
    @strawberry.field(description="All report templates.", metadata=planned(TEMPLATES))
    async def report_templates(self, info: Info) -> list[ReportTemplate]:
        return [ReportTemplate.of(row) for row in await service.templates(info.context.work)]

    @strawberry.field(
        description="A report template by id; null when there is none.",
        metadata=by_id(ReportTemplate),
    )
    async def report_template(self, info: Info, id: strawberry.ID) -> ReportTemplate | None:
        return await ReportTemplate.find(info, local_id(id, ReportTemplate))


AddReportTemplateResult = Annotated[
    ReportTemplate | Problem, strawberry.union("AddReportTemplateResult", description=ANSWER)
]
ChangeReportTemplateResult = Annotated[
    ReportTemplate | Problem, strawberry.union("ChangeReportTemplateResult", description=ANSWER)
]
CopyReportTemplateResult = Annotated[
    ReportTemplate | Problem, strawberry.union("CopyReportTemplateResult", description=ANSWER)
]


@strawberry.input(description="A new report template.")
class AddReportTemplateInput:
    key: str = strawberry.field(description="Name for programs: a-z, 0-9 and _.")
    title: str = strawberry.field(description="Title in Swedish, without the period.")
    title_en: str = strawberry.field(default="", description="Title in English.")
    description: str = strawberry.field(default="", description="What it is for.")
    periodicity: PeriodKind = strawberry.field(
        default=PeriodKind.YEAR, description="What its reports are made for."
    )
    continues_in: str | None = strawberry.field(
        default=None, description="Key of the template that chapters are carried forward to."
    )
    continues_same_period: bool = strawberry.field(
        default=False, description="Carry within the period rather than to the next one."
    )


@strawberry.input(description="What changes in a report template; what is left out stays.")
class ChangeReportTemplateInput:
    id: strawberry.ID = strawberry.field(description="The template.")
    title: str | None = strawberry.field(default=None, description="Title in Swedish.")
    title_en: str | None = strawberry.field(default=None, description="Title in English.")
    description: str | None = strawberry.field(default=None, description="What it is for.")
    continues_in: str | None = strawberry.field(
        default=None, description="Key of the template that follows; empty for none."
    )
    continues_same_period: bool | None = strawberry.field(
        default=None, description="Carry within the period rather than to the next one."
    )


@strawberry.input(description="A copy of a report template, without local additions.")
class CopyReportTemplateInput:
    id: strawberry.ID = strawberry.field(description="The template to copy.")
    key: str = strawberry.field(description="Name of the copy for programs.")
    title: str = strawberry.field(description="Title of the copy in Swedish.")
    title_en: str = strawberry.field(default="", description="Title of the copy in English.")


@strawberry.type
class TemplateMutation:
    @mutation("Add a report template, without chapters.")
    async def add_report_template(
        self, info: Info, input: AddReportTemplateInput
    ) -> AddReportTemplateResult:
        return ReportTemplate.of(
            await service.add_template(
                info.context.work,
                key=input.key,
                title={"sv": input.title, "en": input.title_en},
                description=input.description,
                periodicity=input.periodicity,
                continues_in=input.continues_in,
                continues_same_period=input.continues_same_period,
            )
        )

    @mutation("Change a report template. Reports that are started keep what they have.")
    async def change_report_template(
        self, info: Info, input: ChangeReportTemplateInput
    ) -> ChangeReportTemplateResult:
        titles = {"sv": input.title, "en": input.title_en}
        return ReportTemplate.of(
            await service.change_template(
                info.context.work,
                local_id(input.id, ReportTemplate),
                title={key: title for key, title in titles.items() if title is not None},
                description=input.description,
                continues_in=input.continues_in,
                continues_same_period=input.continues_same_period,
            )
        )

    @mutation("Copy a report template with its central chapters.")
    async def copy_report_template(
        self, info: Info, input: CopyReportTemplateInput
    ) -> CopyReportTemplateResult:
        return ReportTemplate.of(
            await service.copy_template(
                info.context.work,
                local_id(input.id, ReportTemplate),
                key=input.key,
                title={"sv": input.title, "en": input.title_en},
            )
        )
