"""What someone who writes in a report has before them: the contents, and one section opened."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from sqlalchemy import and_, select

from .....authz.permit import permit
from .....infra.errors import NotFound
from .....tenants.models import StoredFile
from .....tenants.names import names_of
from .....tenants.work import Work
from ..designs.columns import filled
from ..holding import standing_approval, standing_report_mark
from ..models import (
    ChapterKind,
    Report,
    ReportApproval,
    ReportCompletion,
    ReportImage,
    Section,
    SectionCompletion,
    SectionFile,
)
from ..pictures.images import images_of
from ..reports import last_years_sections


class Stage(StrEnum):
    """How far a section has come."""

    HEADING = "heading"
    UNTOUCHED = "untouched"
    BEGUN = "begun"
    DONE = "done"


@dataclass(frozen=True, slots=True)
class Contents:
    """A line of the table of contents."""

    section: Section
    stage: Stage
    depth: int


@dataclass(frozen=True, slots=True)
class Desk:
    """`section` is the one that is opened; `mark` says by whom and when it was marked as done."""

    report: Report
    contents: tuple[Contents, ...]
    section: Section
    stage: Stage
    mark: SectionCompletion | None
    completion: ReportCompletion | None
    approval: ReportApproval | None
    before: Section | None
    """The same section a year ago."""
    images: Sequence[ReportImage]
    files: Sequence[tuple[SectionFile, StoredFile]]
    people: dict[UUID, str]

    @property
    def done(self) -> int:
        return sum(line.stage is Stage.DONE for line in self.contents)

    @property
    def total(self) -> int:
        return sum(line.stage is not Stage.HEADING for line in self.contents)

    @property
    def all_done(self) -> bool:
        return self.total > 0 and self.done == self.total

    @property
    def closed(self) -> bool:
        """Whether nothing can be written until the report is opened again."""
        return self.completion is not None or self.approval is not None

    def neighbour(self, step: int) -> Section | None:
        """The section before (-1) or after (1) this one that is no heading."""
        lines = [line.section for line in self.contents if line.stage is not Stage.HEADING]
        place = next((i for i, each in enumerate(lines) if each.id == self.section.id), None)
        if place is None or not 0 <= place + step < len(lines):
            return None
        return lines[place + step]

    def following(self) -> Section | None:
        """The next section that is not done, from the beginning again after the last one."""
        undone = [
            (line.section.position <= self.section.position, line.section)
            for line in self.contents
            if line.stage in (Stage.UNTOUCHED, Stage.BEGUN)
        ]
        return min(undone, key=lambda each: (each[0], each[1].position))[1] if undone else None


@permit("reports.read")
async def desk_of(work: Work, report_id: UUID, *, unit_id: UUID, section_id: UUID | None) -> Desk:
    """The report with a section opened; the first that is not done when None is named.

    Raises NotFound for a report of another unit, or a section of another report.
    """
    report = await work.get(Report, report_id)
    if report.unit_id != unit_id:
        raise _absent()
    rows = await work.rows(
        select(Section, SectionCompletion)
        .outerjoin(
            SectionCompletion,
            and_(
                SectionCompletion.section_id == Section.id,
                SectionCompletion.tenant_id == Section.tenant_id,
                SectionCompletion.reopened_at.is_(None),
            ),
        )
        .where(Section.report_id == report.id)
        .order_by(Section.position)
    )
    sections: list[Section] = [row[0] for row in rows]
    marks: dict[UUID, SectionCompletion | None] = {section.id: mark for section, mark in rows}
    contents = _contents(sections, marks)
    section = _opened(contents, section_id)
    completion = await standing_report_mark(work, report.id)
    approval = await standing_approval(work, report.id)
    before = (await last_years_sections(work, [report.id]))[0].get(section.key)
    return Desk(
        report=report,
        contents=contents,
        section=section,
        stage=stage_of(section, marks.get(section.id)),
        mark=marks.get(section.id),
        completion=completion,
        approval=approval,
        before=before,
        images=await images_of(work, report.id),
        files=await _files(work, section.id),
        people=await _names(work, section, marks.get(section.id), completion, approval),
    )


def stage_of(section: Section, mark: SectionCompletion | None) -> Stage:
    if section.kind is ChapterKind.HEADING:
        return Stage.HEADING
    if mark is not None:
        return Stage.DONE
    begun = section.text or section.nil or any(filled(row) for row in section.rows)
    return Stage.BEGUN if begun or section.fetched is not None else Stage.UNTOUCHED


def _contents(
    sections: Sequence[Section], marks: dict[UUID, SectionCompletion | None]
) -> tuple[Contents, ...]:
    depths: dict[UUID, int] = {}
    for section in sections:
        depths[section.id] = depths[section.parent_id] + 1 if section.parent_id else 0
    return tuple(
        Contents(section, stage_of(section, marks.get(section.id)), depths[section.id])
        for section in sections
    )


def _opened(contents: Sequence[Contents], section_id: UUID | None) -> Section:
    if section_id is not None:
        found = [line.section for line in contents if line.section.id == section_id]
    else:
        undone = [line for line in contents if line.stage in (Stage.UNTOUCHED, Stage.BEGUN)]
        found = [line.section for line in (*undone, *contents)]
    if not found:
        raise _absent()
    return found[0]


async def _files(work: Work, section_id: UUID) -> Sequence[tuple[SectionFile, StoredFile]]:
    rows = await work.rows(
        select(SectionFile, StoredFile)
        .join(
            StoredFile,
            and_(
                StoredFile.id == SectionFile.file_id, StoredFile.tenant_id == SectionFile.tenant_id
            ),
        )
        .where(SectionFile.section_id == section_id)
        .order_by(SectionFile.id)
    )
    return [(attached, file) for attached, file in rows]


async def _names(
    work: Work,
    section: Section,
    mark: SectionCompletion | None,
    completion: ReportCompletion | None,
    approval: ReportApproval | None,
) -> dict[UUID, str]:
    people = (
        section.written_by,
        mark.completed_by if mark else None,
        completion.completed_by if completion else None,
        approval.approved_by if approval else None,
    )
    return await names_of(work, people)


def _absent() -> NotFound:
    return NotFound()
