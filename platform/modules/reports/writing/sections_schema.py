"""The sections of a report in the API: what stands there, who wrote it, what it held before."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Annotated, ClassVar
from uuid import UUID

import strawberry
from sqlalchemy import ColumnElement, Integer, Text, and_, cast, func, select
from sqlalchemy.orm import aliased
from strawberry.scalars import JSON

from .....graphql.context import Info
from .....graphql.nodes import Node
from .....graphql.stored import Place, Related, Row, computed, many, one, planned, shown
from .....infra.documents.model import Cell, LightMark, Note, RichText, Table
from .....infra.documents.richtext import plain_text
from .....infra.i18n import current_locale
from ...organisation.files.schema import StoredFile
from ...organisation.people.schema import Person
from .. import models, service
from ..designs.columns import cell_of, columns_of, fixed_rows_of
from ..designs.columns import shown as in_words
from ..designs.schema import (
    FixedRow,
    TableColumn,
    table_columns,
    table_fixed_rows,
)
from ..fetching.fetched_schema import FetchedContent, fetched_content
from ..goal_chapter import goal_blocks, goals_of
from ..models import ChapterKind


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


def table_rows(
    rows: Sequence[Mapping[str, object]],
    columns: Sequence[Mapping[str, object]],
    fixed_rows: Sequence[Mapping[str, str]],
) -> list[TableRow]:
    """What is stored of a table, as a reader sees it."""
    kinds = [(column.key, column.kind) for column in columns_of(columns)]
    titles = {row.key: row.title for row in fixed_rows_of(fixed_rows)}
    # A table with fixed rows shows them also before anything has been filled in.
    stored = rows or [{"row": key, "cells": {}} for key in titles]
    return [
        TableRow(
            row=None if row["row"] is None else str(row["row"]),
            title=titles.get(str(row["row"])),
            cells=[
                TableCell(
                    column=key,
                    value=JSON(value) if (value := cell_of(row, key)) is not None else None,
                    shown=in_words(value, kind, current_locale()),
                )
                for key, kind in kinds
            ],
        )
        for row in stored
    ]


@strawberry.type(description="A mark that a section is done, standing or taken back.")
class SectionCompletion(Node):
    model = models.SectionCompletion
    permission = "reports.read"
    change = "reports.complete"

    row: strawberry.Private[models.SectionCompletion]
    empty: bool = strawberry.field(description="Marked as done although there is nothing in it.")
    completed_at: datetime = strawberry.field(description="When it was marked.")
    reopened_at: datetime | None = strawberry.field(description="When it was opened again.")
    reason: str = strawberry.field(description="Why it was opened again.")

    completed_by: Person | None = one(models.SectionCompletion.completed_by, "Who marked it.")
    reopened_by: Person | None = one(models.SectionCompletion.reopened_by, "Who opened it again.")


@strawberry.type(description="What a section held after it was saved once.")
class SectionVersion(Node):
    model = models.SectionVersion
    permission = "reports.read"

    row: strawberry.Private[models.SectionVersion]
    version: int = strawberry.field(description="Number of the version.")
    text: str = strawberry.field(description="Text, as HTML.")
    nil: bool = strawberry.field(description="Whether it stated that there was nothing.")
    written_at: datetime = strawberry.field(description="When it was saved.")

    fetched: FetchedContent | None = computed(
        models.SectionVersion.fetched, description="What it had fetched beside that."
    )(fetched_content)
    rows: list[TableRow] = computed(
        models.SectionVersion.rows,
        models.Section.columns,
        models.Section.fixed_rows,
        description="Rows of the typed table.",
        by=models.SectionVersion.section_id,
    )(table_rows)
    written_by: Person | None = one(models.SectionVersion.written_by, "Who saved it.")


@strawberry.type(description="A file that belongs to a section.")
class SectionFile(Node):
    model = models.SectionFile
    permission = "reports.read"
    change = "reports.write"

    row: strawberry.Private[models.SectionFile]
    title: str = strawberry.field(description="Title in the report.")

    file: StoredFile | None = one(models.SectionFile.file_id, "The file.")


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


TABLE = (models.Section.rows, models.Section.columns, models.Section.fixed_rows)


@strawberry.type(description="What the same section held a year before.")
class LastYear:
    model: ClassVar = models.Section

    row: strawberry.Private[models.Section]
    text: str = shown(models.Section.text, "Its text, as HTML.")
    rows: list[TableRow] = computed(*TABLE, description="Its rows.")(table_rows)
    nil: bool = shown(models.Section.nil, "Whether it stated that there was nothing.")

    @strawberry.field(
        description="That section.",
        metadata=planned(Related(lambda row, place: row.id == place.row.id)),
    )
    def section(self) -> Annotated["Section", strawberry.lazy(__name__)]:
        return Section.of(self.row)


def _year_before(row: Row, place: Place) -> ColumnElement[bool]:
    """The section that `service.last_years_sections` finds."""
    report, earlier = aliased(models.Report), aliased(models.Report)
    year = cast(cast(func.left(report.period, 4), Integer) - 1, Text)
    same = select(earlier.id).where(
        report.tenant_id == place.given.tenant,
        report.id == place.row.report_id,
        earlier.tenant_id == place.given.tenant,
        earlier.template_id == report.template_id,
        earlier.unit_id == report.unit_id,
        earlier.period == year + func.substr(report.period, 5),
    )
    return and_(row.key == place.row.key, row.report_id == place.alone(same))


YEAR_BEFORE = Related(_year_before, asks=("reports.read",))


@strawberry.type(description="A chapter in one unit's report, and what is written in it.")
class Section(Node):
    model = models.Section
    permission = "reports.read"
    change = "reports.write"

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
    source: str | None = strawberry.field(
        description="Key of what it can be fetched from, as `chapterSources` has it."
    )
    fetched_at: datetime | None = strawberry.field(description="When it was last fetched.")

    fetched: FetchedContent | None = computed(
        models.Section.fetched, description="What is fetched, beside what is written."
    )(fetched_content)
    fetched_by: Person | None = one(models.Section.fetched_by, "Who fetched it last.")
    columns: list[TableColumn] = computed(
        models.Section.columns, description="Columns of the typed table."
    )(table_columns)
    fixed_rows: list[FixedRow] = computed(
        models.Section.fixed_rows, description="Rows that always stand in the table."
    )(table_fixed_rows)
    rows: list[TableRow] = computed(*TABLE, description="Rows of the typed table.")(table_rows)
    parent: Annotated["Section", strawberry.lazy(__name__)] | None = one(
        models.Section.parent_id, "The section above; null at the top."
    )
    written_by: Person | None = one(models.Section.written_by, "Who saved it last.")
    completion: SectionCompletion | None = many(
        models.SectionCompletion.section_id,
        "The mark that it is done; null while it is open.",
        order=lambda mark: (mark.completed_at,),
        where=lambda mark: mark.reopened_at.is_(None),
    )
    completions: list[SectionCompletion] = many(
        models.SectionCompletion.section_id,
        "All marks there have been, the earliest first.",
        order=lambda mark: (mark.completed_at,),
    )
    history: list[SectionVersion] = many(
        models.SectionVersion.section_id,
        "All that was saved, the latest first.",
        order=lambda version: (version.version.desc(),),
    )
    files: list[SectionFile] = many(models.SectionFile.section_id, "Files that belong to it.")

    @strawberry.field(
        description="The same section a year before; null when there is none.",
        metadata=planned(YEAR_BEFORE),
    )
    async def last_year(self, info: Info) -> LastYear | None:
        async def load(ids: list[UUID]) -> list[dict[str, models.Section]]:
            return await service.last_years_sections(info.context.work, ids)

        found = await info.context.batch("reports.last_year", self.row.report_id, load)
        earlier = found.get(self.row.key)
        return None if earlier is None else LastYear(row=earlier)

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


def _generated(table: Table) -> GeneratedTable:
    return GeneratedTable(
        caption=table.caption,
        columns=[column.title for column in table.columns],
        rows=[[GeneratedCell.of(cell) for cell in row] for row in table.rows],
    )
