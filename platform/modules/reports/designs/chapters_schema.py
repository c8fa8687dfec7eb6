"""Changing the chapters of a template through the API."""

from typing import Annotated

import strawberry

from .....graphql.context import Info
from .....graphql.nodes import local_id
from .....graphql.problems import ANSWER, Problem, mutation
from ...organisation.units.schema import Unit
from .. import service
from ..models import ChapterKind
from .columns import ColumnKind
from .schema import Chapter, ReportTemplate

AddChapterResult = Annotated[
    Chapter | Problem, strawberry.union("AddChapterResult", description=ANSWER)
]
ChangeChapterResult = Annotated[
    Chapter | Problem, strawberry.union("ChangeChapterResult", description=ANSWER)
]
MoveChapterResult = Annotated[
    Chapter | Problem, strawberry.union("MoveChapterResult", description=ANSWER)
]


@strawberry.type(description="The chapter was taken out.")
class ChapterRemoved:
    template: ReportTemplate = strawberry.field(description="The template without it.")


RemoveChapterResult = Annotated[
    ChapterRemoved | Problem, strawberry.union("RemoveChapterResult", description=ANSWER)
]


@strawberry.input(description="A column of a typed table.")
class TableColumnInput:
    key: str = strawberry.field(description="Key: a-z, 0-9 and _.")
    title: str = strawberry.field(description="Heading.")
    kind: ColumnKind = strawberry.field(default=ColumnKind.TEXT, description="What its cells hold.")
    choices: list[str] = strawberry.field(
        default_factory=list, description="What can be chosen, for kind CHOICE."
    )

    def read(self) -> service.Column:
        return service.Column(self.key, self.title, self.kind, tuple(self.choices))


@strawberry.input(description="A row that always stands in a table.")
class FixedRowInput:
    key: str = strawberry.field(description="Key: a-z, 0-9 and _.")
    title: str = strawberry.field(description="What it is called.")

    def read(self) -> service.FixedRow:
        return service.FixedRow(self.key, self.title)


@strawberry.input(description="What a chapter asks for, as a whole.")
class ChapterContentInput:
    title: str = strawberry.field(description="Heading; {year} becomes the year of the report.")
    kind: ChapterKind = strawberry.field(default=ChapterKind.TEXT, description="What it holds.")
    numbered: bool = strawberry.field(default=True, description="Whether it has a number.")
    instruction: str = strawberry.field(default="", description="Help for the writer, as HTML.")
    columns: list[TableColumnInput] = strawberry.field(
        default_factory=list, description="Columns, for kind TABLE."
    )
    fixed_rows: list[FixedRowInput] = strawberry.field(
        default_factory=list, description="Rows that always stand there, for kind TABLE."
    )
    nil_phrase: str = strawberry.field(
        default="", description="Words that state that there was nothing, for NIL_STATEMENT."
    )
    phrases: list[str] = strawberry.field(
        default_factory=list, description="Ready sentences that the writer can put into the text."
    )
    carried_forward: bool = strawberry.field(
        default=False, description="Whether it goes on to the next plan."
    )

    source: str | None = strawberry.field(
        default=None, description="Key of what it is fetched from; left out for nothing."
    )

    def read(self) -> service.ChapterContent:
        return service.ChapterContent(
            title=self.title,
            kind=self.kind,
            numbered=self.numbered,
            instruction=self.instruction,
            columns=[column.read() for column in self.columns],
            fixed_rows=[row.read() for row in self.fixed_rows],
            nil_phrase=self.nil_phrase,
            phrases=self.phrases,
            carried_forward=self.carried_forward,
            source=self.source,
        )


@strawberry.input(description="A new chapter of a template.")
class AddChapterInput:
    template_id: strawberry.ID = strawberry.field(description="The template.")
    content: ChapterContentInput = strawberry.field(description="What it asks for.")
    key: str | None = strawberry.field(
        default=None, description="Key for ever; made of the title if left out."
    )
    parent_id: strawberry.ID | None = strawberry.field(
        default=None, description="The chapter above; left out at the top."
    )
    before_id: strawberry.ID | None = strawberry.field(
        default=None, description="The sibling that follows; last if left out."
    )
    unit_id: strawberry.ID | None = strawberry.field(
        default=None, description="Makes it a local addition, for this unit and those below."
    )


@strawberry.input(description="Another content for a chapter.")
class ChangeChapterInput:
    id: strawberry.ID = strawberry.field(description="The chapter.")
    content: ChapterContentInput = strawberry.field(description="What it asks for from now.")


@strawberry.input(description="Another place for a chapter and all below it.")
class MoveChapterInput:
    id: strawberry.ID = strawberry.field(description="The chapter.")
    parent_id: strawberry.ID | None = strawberry.field(
        default=None, description="The chapter above; left out at the top."
    )
    before_id: strawberry.ID | None = strawberry.field(
        default=None, description="The sibling that follows; last if left out."
    )


@strawberry.type
class ChapterMutation:
    @mutation("Add a chapter: central, or local to a unit and those below.")
    async def add_chapter(self, info: Info, input: AddChapterInput) -> AddChapterResult:
        parent, before, unit = input.parent_id, input.before_id, input.unit_id
        return Chapter.of(
            await service.add_chapter(
                info.context.work,
                local_id(input.template_id, ReportTemplate, field="templateId"),
                content=input.content.read(),
                key=input.key,
                parent_id=None if parent is None else local_id(parent, Chapter, field="parentId"),
                before_id=None if before is None else local_id(before, Chapter, field="beforeId"),
                unit_id=None if unit is None else local_id(unit, Unit, field="unitId"),
            )
        )

    @mutation("Change what a chapter asks for. Reports that are started keep theirs.")
    async def change_chapter(self, info: Info, input: ChangeChapterInput) -> ChangeChapterResult:
        return Chapter.of(
            await service.change_chapter(
                info.context.work, local_id(input.id, Chapter), content=input.content.read()
            )
        )

    @mutation("Move a chapter with all below it.")
    async def move_chapter(self, info: Info, input: MoveChapterInput) -> MoveChapterResult:
        parent, before = input.parent_id, input.before_id
        return Chapter.of(
            await service.move_chapter(
                info.context.work,
                local_id(input.id, Chapter),
                parent_id=None if parent is None else local_id(parent, Chapter, field="parentId"),
                before_id=None if before is None else local_id(before, Chapter, field="beforeId"),
            )
        )

    @mutation("Take a chapter out of its template. Reports that are started keep theirs.")
    async def remove_chapter(self, info: Info, id: strawberry.ID) -> RemoveChapterResult:
        template = await service.remove_chapter(info.context.work, local_id(id, Chapter))
        return ChapterRemoved(template=ReportTemplate.of(template))
