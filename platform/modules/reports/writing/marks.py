"""Marking sections and the whole report as done, and opening them again with a reason.

Source: the instruction of Östhammar's social services (2020), step 6: each section when its writer
is finished, the report only when all sections are.
"""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import and_, func, select

from .....authz.permit import permit
from .....infra.errors import Conflict, InvalidInput
from .....infra.i18n import _
from .....tenants.changes import tell_changed
from .....tenants.work import Work
from .. import words
from ..goal_chapter import goals_are_on, live_goals
from ..holding import (
    hold_open_report,
    hold_report,
    hold_section,
    name_of,
    refuse_approved,
    refuse_marked,
    standing_report_mark,
    standing_section_mark,
)
from ..live import report_topic
from ..models import (
    ChapterKind,
    Report,
    ReportCompletion,
    Section,
    SectionCompletion,
    SectionFile,
)
from .sections import written


@permit("reports.complete")
async def complete_section(work: Work, section_id: UUID, *, empty: bool = False) -> Section:
    """Mark a section as done. One without content only with `empty`, said in so many words; one
    that asks for a nil statement not even then.

    Raises InvalidInput for a heading or a wrong `empty`, Conflict if it is done already.
    """
    section = await hold_section(work, section_id, "reports.complete")
    await refuse_marked(work, section)
    if section.kind is ChapterKind.HEADING:
        raise InvalidInput(_("A heading is not marked. Mark the sections below it."))
    if section.kind is not ChapterKind.GOAL_ANALYSIS:
        await _check_content(work, section, empty)
    work.add(
        SectionCompletion(
            section_id=section.id,
            empty=empty and section.kind is not ChapterKind.GOAL_ANALYSIS,
            completed_by=work.actor.id,
            completed_at=work.now,
        )
    )
    await work.flush()
    await tell_changed(work, report_topic(section.report_id), section.id)
    return section


@permit("reports.complete")
async def reopen_section(work: Work, section_id: UUID, *, reason: str) -> Section:
    """Take the mark back. Raises InvalidInput without a reason, Conflict if there is no mark or the
    report is done."""
    section = await hold_section(work, section_id, "reports.complete")
    mark = await standing_section_mark(work, section.id)
    if mark is None:
        raise Conflict(_("The section {name} is not marked as done.", name=name_of(section)))
    mark.reason = words.reason(reason)
    mark.reopened_by, mark.reopened_at = work.actor.id, work.now
    await work.flush()
    await tell_changed(work, report_topic(section.report_id), section.id)
    return section


@permit("reports.complete")
async def complete_report(work: Work, report_id: UUID) -> Report:
    """Mark the report as done and freeze what is generated in it. Raises Conflict, naming them,
    while sections are not done."""
    report = await hold_open_report(work, report_id, "reports.complete", alone=True)
    sections = await work.scalars(
        select(Section).where(Section.report_id == report.id).order_by(Section.position)
    )
    await _refuse_unfinished(work, report)
    await _freeze(
        work,
        report,
        [section for section in sections if section.kind is ChapterKind.GOAL_ANALYSIS],
    )
    work.add(
        ReportCompletion(report_id=report.id, completed_by=work.actor.id, completed_at=work.now)
    )
    await work.flush()
    await tell_changed(work, report_topic(report.id))
    return report


@permit("reports.complete")
async def reopen_report(work: Work, report_id: UUID, *, reason: str) -> Report:
    """Take the mark back; what is generated follows the goals again. The sections stay done.

    Raises InvalidInput without a reason, Conflict if the report is not done, or is approved.
    """
    report = await hold_report(work, report_id, "reports.complete", alone=True)
    await refuse_approved(work, report)
    mark = await standing_report_mark(work, report.id)
    if mark is None:
        raise Conflict(_("The report is not marked as done."))
    mark.reason = words.reason(reason)
    mark.reopened_by, mark.reopened_at = work.actor.id, work.now
    frozen = select(Section).where(
        Section.report_id == report.id, Section.kind == ChapterKind.GOAL_ANALYSIS
    )
    for section in await work.scalars(frozen):
        section.snapshot = None
    await work.flush()
    await tell_changed(work, report_topic(report.id))
    return report


async def _check_content(work: Work, section: Section, empty: bool) -> None:
    files = select(func.count(SectionFile.id)).where(SectionFile.section_id == section.id)
    held = not written(section).empty or section.fetched is not None
    has_content = held or await work.first(files) != 0
    if empty and section.kind is ChapterKind.NIL_STATEMENT:
        raise InvalidInput(
            _('Write what there was, or state "{phrase}".', phrase=section.nil_phrase),
            field="empty",
        )
    if empty and has_content:
        raise InvalidInput(
            _("The section is not empty. Mark it as done without saying so."), field="empty"
        )
    if not empty and not has_content:
        raise InvalidInput(_asked_for(section), field="empty")


def _asked_for(section: Section) -> str:
    if section.kind is ChapterKind.NIL_STATEMENT:
        return _('Write what there was, or state "{phrase}".', phrase=section.nil_phrase)
    return _(
        "There is nothing in the section {name}. Write something, or say that it is to be empty.",
        name=name_of(section),
    )


async def _refuse_unfinished(work: Work, report: Report) -> None:
    standing = and_(
        SectionCompletion.section_id == Section.id,
        SectionCompletion.tenant_id == Section.tenant_id,
        SectionCompletion.reopened_at.is_(None),
    )
    unfinished = await work.scalars(
        select(Section)
        .outerjoin(SectionCompletion, standing)
        .where(
            Section.report_id == report.id,
            Section.kind != ChapterKind.HEADING,
            SectionCompletion.id.is_(None),
        )
        .order_by(Section.position)
    )
    names = ", ".join(name_of(section) for section in unfinished)
    if len(unfinished) == 1:
        raise Conflict(_("One section is not done: {names}.", names=names))
    if unfinished:
        raise Conflict(
            _("{count} sections are not done: {names}.", count=len(unfinished), names=names)
        )


async def _freeze(work: Work, report: Report, sections: list[Section]) -> None:
    if not sections:
        return
    if not goals_are_on(work):
        raise Conflict(
            _(
                "The section {name} is made of the goals, and that module is switched off. "
                "Ask an administrator to switch it on.",
                name=name_of(sections[0]),
            )
        )
    goals = await live_goals(work, report)
    for section in sections:
        section.snapshot = goals
