"""Files that belong to a section."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import select

from .....authz.permit import permit
from .....infra.errors import Conflict, InvalidInput
from .....infra.i18n import _
from .....infra.texts import one_line
from .....tenants.models import StoredFile
from .....tenants.rows import uuid7
from .....tenants.work import Work
from .. import words
from ..holding import hold_section, refuse_marked
from ..models import ChapterKind, Section, SectionFile

MOST_FILES = 100
NOT_HERE = (ChapterKind.HEADING, ChapterKind.GOAL_ANALYSIS)


@permit("reports.write")
async def attach_file(
    work: Work, section_id: UUID, *, file_id: UUID, title: str = ""
) -> SectionFile:
    """Let a kept file belong to a section, under a title; the file's name if none is given.

    Raises InvalidInput, NotFound, Conflict if it belongs there already or the section is closed.
    """
    section = await hold_section(work, section_id, "reports.write")
    await refuse_marked(work, section)
    if section.kind in NOT_HERE:
        raise InvalidInput(_("Files cannot be put in this section."), field="sectionId")
    file = await work.get(StoredFile, file_id)
    standing = await work.scalars(
        select(SectionFile.file_id).where(SectionFile.section_id == section.id)
    )
    if file.id in standing:
        raise Conflict(_("The file {name} is there already.", name=file.name), field="fileId")
    if len(standing) >= MOST_FILES:
        raise Conflict(_("A section has at most {most} files.", most=MOST_FILES))
    attached = SectionFile(
        id=uuid7(),
        section_id=section.id,
        file_id=file.id,
        title=one_line(title or file.name, field="title", most=words.TITLE),
    )
    work.add(attached)
    await work.flush()
    return attached


@permit("reports.write")
async def detach_file(work: Work, section_file_id: UUID) -> Section:
    """The file no longer belongs to the section; it stays kept. The answer is the section."""
    attached = await work.get(SectionFile, section_file_id)
    section = await hold_section(work, attached.section_id, "reports.write")
    await refuse_marked(work, section)
    await work.delete(attached)
    await work.flush()
    return section


async def file_names(work: Work, report_id: UUID) -> dict[UUID, list[str]]:
    """The titles of the files of a report by section, in the order they were put there."""
    rows = await work.rows(
        select(SectionFile.section_id, SectionFile.title, StoredFile.name)
        .join(
            Section,
            (Section.id == SectionFile.section_id) & (Section.tenant_id == SectionFile.tenant_id),
        )
        .join(
            StoredFile,
            (StoredFile.id == SectionFile.file_id)
            & (StoredFile.tenant_id == SectionFile.tenant_id),
        )
        .where(Section.report_id == report_id)
        .order_by(SectionFile.id)
    )
    names: dict[UUID, list[str]] = {}
    for section_id, title, name in rows:
        names.setdefault(section_id, []).append(title if title == name else f"{title} ({name})")
    return names
