"""The sections of a report in the API: what stands there, who wrote it, what it held before."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Annotated
from uuid import UUID

import strawberry
from strawberry.scalars import JSON

from ....graphql.context import Info
from ....graphql.nodes import Node
from ....infra.documents.model import Cell, LightMark, Note, RichText, Table
from ....infra.documents.richtext import plain_text
from ....infra.i18n import current_locale
from ..organisation.files_schema import StoredFile
from ..organisation.people_schema import Person, by_whom
from . import models, service
from .columns import cell_of, columns_of, fixed_rows_of, shown
from .goal_chapter import goal_blocks, goals_of
from .models import ChapterKind
from .templates_schema import (
    FixedRow,
    TableColumn,
    table_columns,
    table_fixed_rows,
)


@strawberry.type(description="One cell of a typed table.")
class TableCell:
    column: str = strawberry.field(description="Key of the column.")
    value: JSON | None = strawberry.field(
        description="Text, number, true or false, or a date as 2026-03-31; null when empty."
    )
    shown: str = strawberry.field(description="The value as a reader sees it.")


@strawberry.type(description="One row of a typed table.")
class TableRow:
    row: str | None = strawberry.field(description="Key of the fixed row; null for a free one.")
    title: str | None = strawberry.field(description="Title of the fixed row.")
    cells: list[TableCell] = strawberry.field(description="Its cells, one for each column.")


def table_rows(section: models.Section, rows: Sequence[Mapping[str, object]]) -> list[TableRow]:
    columns = columns_of(section.columns)
    titles = {row.key: row.title for row in fixed_rows_of(section.fixed_rows)}
    # A table with fixed rows shows them also before anything has been filled in.
    stored = rows or [{"row": key, "cells": {}} for key in titles]
    return [
        TableRow(
            row=None if row["row"] is None else str(row["row"]),
            title=titles.get(str(row["row"])),
            cells=[
                TableCell(
                    column=column.key,
                    value=JSON(value) if (value := cell_of(row, column.key)) is not None else None,
                    shown=shown(value, column.kind, current_locale()),
                )
                for column in columns
            ],
        )
        for row in stored
    ]


@strawberry.type(description="A mark that a section is done, standing or taken back.")
class SectionCompletion(Node):
    model = models.SectionCompletion
    permission = "reports.read"

    row: strawberry.Private[models.SectionCompletion]
    empty: bool = strawberry.field(description="Marked as done although there is nothing in it.")
    completed_at: datetime = strawberry.field(description="When it was marked.")
    reopened_at: datetime | None = strawberry.field(description="When it was opened again.")
    reason: str = strawberry.field(description="Why it was opened again.")

    @strawberry.field(description="Who marked it.")
    async def completed_by(self, info: Info) -> Person | None:
        return await by_whom(info, self.row.completed_by)

    @strawberry.field(description="Who opened it again.")
    async def reopened_by(self, info: Info) -> Person | None:
        return await by_whom(info, self.row.reopened_by)


@strawberry.type(description="What a section held after it was saved once.")
class SectionVersion(Node):
    model = models.SectionVersion
    permission = "reports.read"

    row: strawberry.Private[models.SectionVersion]
    version: int = strawberry.field(description="Number of the version.")
    text: str = strawberry.field(description="Text, as HTML.")
    nil: bool = strawberry.field(description="Whether it stated that there was nothing.")
    written_at: datetime = strawberry.field(description="When it was saved.")

    @strawberry.field(description="Rows of the typed table.")
    async def rows(self, info: Info) -> list[TableRow]:
        section = await info.context.by_id(models.Section, self.row.section_id)
        return table_rows(section, self.row.rows) if section else []

    @strawberry.field(description="Who saved it.")
    async def written_by(self, info: Info) -> Person | None:
        return await by_whom(info, self.row.written_by)


@strawberry.type(description="A file that belongs to a section.")
class SectionFile(Node):
    model = models.SectionFile
    permission = "reports.read"

    row: strawberry.Private[models.SectionFile]
    title: str = strawberry.field(description="Title in the report.")

    @strawberry.field(description="The file.")
    async def file(self, info: Info) -> StoredFile | None:
        return await StoredFile.find(info, self.row.file_id)


@strawberry.type(description="One cell of a generated table.")
class GeneratedCell:
    text: str = strawberry.field(description="Its words, without markup.")
    light: str | None = strawberry.field(description="green, yellow, red or none, for a status.")

    @classmethod
    def of(cls, cell: Cell) -> "GeneratedCell":
        if isinstance(cell, LightMark):
            return cls(text=cell.word, light=cell.light)
        return cls(text=plain_text(cell.html) if isinstance(cell, RichText) else cell, light=None)


@strawberry.type(description="A table that is made of the goals.")
class GeneratedTable:
    caption: str = strawberry.field(description="What it shows, with the period.")
    columns: list[str] = strawberry.field(description="Headings, with the period.")
    rows: list[list[GeneratedCell]] = strawberry.field(description="Cells, row by row.")


@strawberry.type(description="What a section made of the goals holds.")
class Generated:
    frozen: bool = strawberry.field(description="Whether it stays as it is: the report is done.")
    tables: list[GeneratedTable] = strawberry.field(description="Its tables.")
    notes: list[str] = strawberry.field(description="What remains to be done there.")


@strawberry.type(description="What the same section held a year before.")
class LastYear:
    section: Annotated["Section", strawberry.lazy(__name__)] = strawberry.field(
        description="That section."
    )
    text: str = strawberry.field(description="Its text, as HTML.")
    rows: list[TableRow] = strawberry.field(description="Its rows.")
    nil: bool = strawberry.field(description="Whether it stated that there was nothing.")


@strawberry.type(description="A chapter in one unit's report, and what is written in it.")
class Section(Node):
    model = models.Section
    permission = "reports.read"

    row: strawberry.Private[models.Section]
    key: str = strawberry.field(description="The same from year to year, in plan and report.")
    position: int = strawberry.field(description="Place in the whole report, from 1.")
    number: str = strawberry.field(description="As printed, such as 2.1; empty without a number.")
    title: str = strawberry.field(description="Heading.")
    kind: ChapterKind = strawberry.field(description="What it holds.")
    local: bool = strawberry.field(description="Whether a unit has added it for itself and below.")
    instruction: str = strawberry.field(description="Help for the writer, as HTML.")
    nil_phrase: str = strawberry.field(description="Words that state that there was nothing.")
    phrases: list[str] = strawberry.field(description="Ready sentences for the writer.")
    carried_forward: bool = strawberry.field(description="Whether it goes on to the next plan.")
    text: str = strawberry.field(description="What is written, as HTML.")
    nil: bool = strawberry.field(description="Whether it states that there was nothing.")
    version: int = strawberry.field(description="Pass it when saving; it grows with each saving.")
    written_at: datetime | None = strawberry.field(description="When it was last saved.")

    @strawberry.field(description="Columns of the typed table.")
    def columns(self) -> list[TableColumn]:
        return table_columns(self.row)

    @strawberry.field(description="Rows that always stand in the table.")
    def fixed_rows(self) -> list[FixedRow]:
        return table_fixed_rows(self.row)

    @strawberry.field(description="Rows of the typed table.")
    def rows(self) -> list[TableRow]:
        return table_rows(self.row, self.row.rows)

    @strawberry.field(description="The section above; null at the top.")
    async def parent(self, info: Info) -> Annotated["Section", strawberry.lazy(__name__)] | None:
        above = self.row.parent_id
        return None if above is None else await Section.find(info, above)

    @strawberry.field(description="Who saved it last.")
    async def written_by(self, info: Info) -> Person | None:
        return await by_whom(info, self.row.written_by)

    @strawberry.field(description="The mark that it is done; null while it is open.")
    async def completion(self, info: Info) -> SectionCompletion | None:
        marks = await self._marks(info)
        return next((SectionCompletion.of(row) for row in marks if row.reopened_at is None), None)

    @strawberry.field(description="All marks there have been, the earliest first.")
    async def completions(self, info: Info) -> list[SectionCompletion]:
        return [SectionCompletion.of(row) for row in await self._marks(info)]

    @strawberry.field(description="All that was saved, the latest first.")
    async def history(self, info: Info) -> list[SectionVersion]:
        rows = await info.context.children(
            models.SectionVersion,
            models.SectionVersion.section_id,
            self.row.id,
            order=(models.SectionVersion.version,),
        )
        return [SectionVersion.of(row) for row in reversed(rows)]

    @strawberry.field(description="Files that belong to it.")
    async def files(self, info: Info) -> list[SectionFile]:
        rows = await info.context.children(
            models.SectionFile, models.SectionFile.section_id, self.row.id
        )
        return [SectionFile.of(row) for row in rows]

    @strawberry.field(description="The same section a year before; null when there is none.")
    async def last_year(self, info: Info) -> LastYear | None:
        async def load(ids: list[UUID]) -> list[dict[str, models.Section]]:
            return await service.last_years_sections(info.context.work, ids)

        found = await info.context.batch("reports.last_year", self.row.report_id, load)
        earlier = found.get(self.row.key)
        if earlier is None:
            return None
        return LastYear(
            section=Section.of(earlier),
            text=earlier.text,
            rows=table_rows(earlier, earlier.rows),
            nil=earlier.nil,
        )

    @strawberry.field(description="What is made of the goals; null in other kinds of section.")
    async def generated(self, info: Info) -> Generated | None:
        report = await info.context.by_id(models.Report, self.row.report_id)
        if report is None or self.row.kind is not ChapterKind.GOAL_ANALYSIS:
            return None
        document = await goals_of(info.context.work, report, self.row)
        if document is None:
            return None
        frozen = self.row.snapshot is not None
        blocks = goal_blocks(document, language=current_locale(), draft=not frozen)
        return Generated(
            frozen=frozen,
            tables=[_generated(block) for block in blocks if isinstance(block, Table)],
            notes=[block.text for block in blocks if isinstance(block, Note)],
        )

    async def _marks(self, info: Info) -> list[models.SectionCompletion]:
        mark = models.SectionCompletion
        return await info.context.children(
            mark, mark.section_id, self.row.id, order=(mark.completed_at,)
        )


def _generated(table: Table) -> GeneratedTable:
    return GeneratedTable(
        caption=table.caption,
        columns=[column.title for column in table.columns],
        rows=[[GeneratedCell.of(cell) for cell in row] for row in table.rows],
    )
