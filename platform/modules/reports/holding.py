"""Getting hold of a report or a section to change it: the right, the locks and the states.

The report is always taken before its sections, so that two writers never wait for each other.
"""

from __future__ import annotations

from uuid import UUID

from babel.dates import format_date
from sqlalchemy import select

from ....infra.errors import Conflict, NotFound
from ....infra.i18n import _, current_locale
from ....infra.periods import parse_period
from ....tenants.models import Person
from ....tenants.work import STOCKHOLM, Work
from ..goals.service import require_open
from .models import Report, ReportApproval, ReportCompletion, Section, SectionCompletion


async def hold_report(
    work: Work, report_id: UUID, permission: str, *, alone: bool = False
) -> Report:
    """The report, which nobody can mark as done or reopen until the work ends; `alone` also keeps
    those out who write in it. Raises NotFound, Forbidden, Conflict for a locked year."""
    report = await work.first(
        select(Report)
        .where(Report.id == report_id)
        .with_for_update(read=not alone)
        .execution_options(populate_existing=True)
    )
    if report is None:
        raise NotFound()
    work.require(permission, at=report.unit_id)
    await require_open(work, parse_period(report.period).year)
    return report


async def hold_open_report(
    work: Work, report_id: UUID, permission: str, *, alone: bool = False
) -> Report:
    """As `hold_report`; raises Conflict when the report is marked as done, or approved."""
    report = await hold_report(work, report_id, permission, alone=alone)
    await refuse_approved(work, report)
    if await standing_report_mark(work, report.id) is not None:
        raise Conflict(_("The report is marked as done. Open it again first."))
    return report


async def hold_section(work: Work, section_id: UUID, permission: str) -> Section:
    """The section of an open report, which nobody else can change until the work ends."""
    found = await work.get(Section, section_id)
    await hold_open_report(work, found.report_id, permission)
    section = await work.first(
        select(Section)
        .where(Section.id == section_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if section is None:
        raise NotFound()
    return section


async def refuse_marked(work: Work, section: Section) -> None:
    if await standing_section_mark(work, section.id) is not None:
        raise Conflict(
            _("The section {name} is marked as done. Open it again first.", name=name_of(section))
        )


async def refuse_approved(work: Work, report: Report) -> None:
    """Raises Conflict naming who approved the report, and when."""
    approval = await standing_approval(work, report.id)
    if approval is None:
        return
    approver = await work.find(Person, approval.approved_by) if approval.approved_by else None
    day = approval.approved_at.astimezone(STOCKHOLM).date()
    raise Conflict(
        _(
            "{who} approved the report on {day}, so it cannot be changed. "
            "The approval has to be withdrawn first.",
            who=approver.name if approver else _("Someone"),
            day=format_date(day, "d MMMM y", locale=current_locale()),
        )
    )


async def standing_approval(work: Work, report_id: UUID) -> ReportApproval | None:
    return await work.first(
        select(ReportApproval).where(
            ReportApproval.report_id == report_id, ReportApproval.withdrawn_at.is_(None)
        )
    )


async def standing_report_mark(work: Work, report_id: UUID) -> ReportCompletion | None:
    return await work.first(
        select(ReportCompletion).where(
            ReportCompletion.report_id == report_id, ReportCompletion.reopened_at.is_(None)
        )
    )


async def standing_section_mark(work: Work, section_id: UUID) -> SectionCompletion | None:
    return await work.first(
        select(SectionCompletion).where(
            SectionCompletion.section_id == section_id, SectionCompletion.reopened_at.is_(None)
        )
    )


def name_of(section: Section) -> str:
    """The number, or the title of a section without one."""
    return section.number or section.title
