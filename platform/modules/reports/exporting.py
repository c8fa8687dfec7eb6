"""A report as a document: cover, chapters in order, tables, what was generated, attachments."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from html import escape
from typing import Literal
from uuid import UUID

from sqlalchemy import select

from ....infra.documents.model import (
    Block,
    Column,
    Document,
    Heading,
    Landscape,
    Note,
    Picture,
    RichText,
    Table,
    Upright,
)
from ....infra.documents.richtext import plain_text
from ....infra.i18n import _, use_locale
from ....infra.periods import parse_period
from ....tenants.logo import find_logo
from ....tenants.models import UnitVersion
from ....tenants.municipality import settings_of
from ....tenants.tree.versions import on_day
from ....tenants.work import STOCKHOLM, Work
from .designs.columns import Column as TypedColumn
from .designs.columns import ColumnKind, cell_of, columns_of, filled, fixed_rows_of, shown
from .fetching.fetched import fetched_blocks
from .goal_chapter import goal_blocks, goals_of
from .holding import standing_report_mark
from .models import ChapterKind, Report, Section, SectionCompletion
from .pictures.illustrated import Shown, illustrated_blocks, pictures_of
from .settings import ReportSettings
from .writing.attachments import file_names

Language = Literal["sv", "en"]
WIDE = 8
"""From so many columns a table lies on a page of its own that lies down."""

LONG = 120
"""Signs in a cell from which a column of text is as broad as it gets."""


@dataclass(frozen=True, slots=True)
class Parts:
    """All that a document is made of, read from the database at once."""

    report: Report
    sections: Sequence[Section]
    empty: frozenset[UUID]
    files: Mapping[UUID, Sequence[str]]
    pictures: Mapping[UUID, Shown]
    goals: Mapping[UUID, object]
    municipality: str
    unit: str
    accent: str
    logo: bytes | None
    language: Language
    done_on: date | None
    today: date
    instructions: bool
    mark_open: bool


async def read_parts(
    work: Work, report: Report, *, instructions: bool | None = None, words_only: bool = False
) -> Parts:
    """`instructions` None prints them in a draft whose instructions are switched on. `words_only`
    leaves out the logo, what pictures show and what is made of the goals."""
    mark = await standing_report_mark(work, report.id)
    sections = await work.scalars(
        select(Section).where(Section.report_id == report.id).order_by(Section.position)
    )
    goals = {
        section.id: None if words_only else await goals_of(work, report, section)
        for section in sections
        if section.kind is ChapterKind.GOAL_ANALYSIS
    }
    chosen = await settings_of(work, "reports", ReportSettings)
    if instructions is None:
        instructions = report.show_instructions and mark is None
    return Parts(
        report=report,
        sections=sections,
        empty=await _marked_empty(work, report),
        files=await file_names(work, report.id),
        pictures=await pictures_of(work, report.id, sections, drafted=words_only),
        goals=goals,
        municipality=work.tenant.name,
        unit=await _unit_name(work, report),
        accent=work.tenant.accent,
        logo=None if words_only else await find_logo(work),
        language="en" if work.tenant.languages[0] == "en" else "sv",
        done_on=mark.completed_at.astimezone(STOCKHOLM).date() if mark else None,
        today=work.today,
        instructions=instructions,
        mark_open=chosen.mark_open_activities,
    )


def document_of(parts: Parts) -> Document:
    """The document in the municipality's first language, whoever asks for it."""
    with use_locale(parts.language):
        return Document(
            title=parts.report.title,
            subtitle="" if parts.done_on else _("Draft"),
            municipality=parts.municipality,
            unit=parts.unit,
            date=parts.done_on or parts.today,
            blocks=tuple(_bound(_chapters(parts))),
            language=parts.language,
            accent=parts.accent,
            logo=Picture(parts.logo, alt=parts.municipality) if parts.logo else None,
        )


def section_mark(id: UUID) -> str:
    """The hidden name of a section's heading in a Word file, by which it is known when renamed."""
    return f"_S_{id.hex}"


def fetched_mark(id: UUID) -> str:
    """That of the heading above what the section has fetched."""
    return f"_F_{id.hex}"


@dataclass(frozen=True, slots=True)
class _Chapter:
    """The blocks of one section; `wide` ones need paper that lies down."""

    blocks: tuple[Upright, ...]
    wide: bool = False
    bare: bool = False


def _chapters(parts: Parts) -> Iterator[_Chapter]:
    depths: dict[UUID | None, int] = {None: 0}
    for section in parts.sections:
        depths[section.id] = depth = depths[section.parent_id] + 1
        mark = section_mark(section.id)
        blocks: list[Upright] = [Heading(depth, section.title, section.number, mark)]
        if parts.instructions and section.instruction:
            blocks.append(Note(plain_text(section.instruction)))
        bare = section.kind is ChapterKind.HEADING
        if not bare:
            blocks += _content(parts, section)
            blocks += fetched_blocks(section, depth + 1, fetched_mark(section.id))
        yield _Chapter(tuple(blocks), _is_wide(section), bare)


def _bound(chapters: Iterator[_Chapter]) -> Iterator[Block]:
    """Wide chapters on pages that lie down, with the bare headings right before them."""
    headings: list[Upright] = []
    lying: list[Upright] = []
    for chapter in chapters:
        if chapter.bare:
            headings += chapter.blocks
        elif chapter.wide:
            lying += (*headings, *chapter.blocks)
            headings = []
        else:
            if lying:
                yield Landscape(tuple(lying))
            yield from (*headings, *chapter.blocks)
            headings, lying = [], []
    if lying:
        yield Landscape(tuple(lying))
    yield from headings


def _is_wide(section: Section) -> bool:
    columns = len(section.columns) + bool(section.fixed_rows)
    return section.kind is ChapterKind.GOAL_ANALYSIS or columns >= WIDE


def _content(parts: Parts, section: Section) -> Iterator[Upright]:
    names = parts.files.get(section.id, ())
    if section.kind is ChapterKind.GOAL_ANALYSIS:
        yield from _generated(parts, section)
        return
    if section.text:
        yield from illustrated_blocks(section.text, parts.pictures)
    if section.nil:
        yield RichText(f"<p>{escape(section.nil_phrase.rstrip('.'))}.</p>")
    empty, rows = section.id in parts.empty, any(filled(row) for row in section.rows)
    # A table that nobody has written in is not asked for beside what is fetched.
    asked = section.fixed_rows and not empty and section.fetched is None
    if section.kind is ChapterKind.TABLE and (rows or asked):
        yield _table(section, parts.language)
    if names:
        if section.kind is not ChapterKind.ATTACHMENTS:
            yield RichText(f"<p><strong>{escape(_('Attachments'))}</strong></p>")
        yield RichText(f"<ol>{''.join(f'<li>{escape(name)}</li>' for name in names)}</ol>")
    if empty:
        yield RichText(f"<p>{escape(_('Nothing to report.'))}</p>")
    elif not (section.text or section.nil or rows or names or section.fetched):
        yield Note(_("Nothing has been written here yet."), "warning")


def _generated(parts: Parts, section: Section) -> tuple[Upright, ...]:
    document = parts.goals[section.id]
    if document is None:
        return (Note(_("The module for goals is switched off."), "warning"),)
    return goal_blocks(
        document,
        language=parts.language,
        draft=parts.done_on is None,
        mark_open=parts.mark_open,
    )


def _table(section: Section, language: str) -> Table:
    columns = columns_of(section.columns)
    fixed = {row.key: row.title for row in fixed_rows_of(section.fixed_rows)}
    stored = section.rows or [{"row": key, "cells": {}} for key in fixed]
    rows = [
        (
            *((fixed[str(row["row"])],) if fixed else ()),
            *(shown(cell_of(row, column.key), column.kind, language) for column in columns),
        )
        for row in stored
    ]
    heads = (
        *((Column(_row_heading(section), 1.6),) if fixed else ()),
        *(
            Column(
                column.title,
                _weight(column, section.rows),
                "right" if column.kind is ColumnKind.NUMBER else "left",
            )
            for column in columns
        ),
    )
    return Table(columns=heads, rows=tuple(rows), row_headers=bool(fixed))


def _row_heading(section: Section) -> str:
    dated = all(re.search(r"\b[0-9]{4}\b", row["title"]) for row in section.fixed_rows)
    return _("Period") if dated else _("Row")


def _weight(column: TypedColumn, rows: Sequence[Mapping[str, object]]) -> float:
    """The share of the width: a column of long texts gets more."""
    if column.kind is not ColumnKind.TEXT:
        return 1.3
    longest = max((len(str(cell_of(row, column.key) or "")) for row in rows), default=0)
    return 1.6 + 2 * min(longest, LONG) / LONG


async def _marked_empty(work: Work, report: Report) -> frozenset[UUID]:
    marked = select(SectionCompletion.section_id).where(
        SectionCompletion.reopened_at.is_(None),
        SectionCompletion.empty,
        SectionCompletion.section_id == Section.id,
        Section.tenant_id == SectionCompletion.tenant_id,
        Section.report_id == report.id,
    )
    return frozenset(await work.scalars(marked))


async def _unit_name(work: Work, report: Report) -> str:
    """What the unit was called when the period ended, or is called now if that day lies ahead."""
    day = min(parse_period(report.period).end, work.today)
    name = await work.first(
        select(UnitVersion.name)
        .where(UnitVersion.unit_id == report.unit_id)
        .order_by(on_day(day).desc(), UnitVersion.valid_from.desc())
    )
    return name or ""
