"""The reports of the units: found, changed, and how far they have come."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import and_, func, select

from ....authz.permit import permit
from ....infra.periods import Period, parse_period
from ....tenants.work import Work
from .holding import hold_open_report
from .models import (
    ChapterKind,
    Report,
    Section,
    SectionCompletion,
)


@dataclass(frozen=True, slots=True)
class Progress:
    """Sections marked as done, of all that can be; headings cannot."""

    done: int
    total: int


@permit("reports.write")
async def change_report(
    work: Work,
    report_id: UUID,
    *,
    show_instructions: bool | None = None,
    due_on: date | None = None,
    without_due_date: bool = False,
) -> Report:
    """Show or hide the instructions, or set another last day. What is None stays."""
    report = await hold_open_report(work, report_id, "reports.write", alone=True)
    if show_instructions is not None:
        report.show_instructions = show_instructions
    if due_on is not None or without_due_date:
        report.due_on = None if without_due_date else due_on
    await work.flush()
    return report


@permit("reports.read")
async def find_report(
    work: Work, *, template_id: UUID, unit_id: UUID, period: Period
) -> Report | None:
    return await work.first(
        select(Report).where(
            Report.template_id == template_id,
            Report.unit_id == unit_id,
            Report.period == str(period),
        )
    )


@permit("reports.read")
async def progress_of(work: Work, report_ids: Sequence[UUID]) -> list[Progress]:
    """The progress of each report, in the order asked for, in one statement."""
    standing = and_(
        SectionCompletion.section_id == Section.id,
        SectionCompletion.tenant_id == Section.tenant_id,
        SectionCompletion.reopened_at.is_(None),
    )
    counted = await work.rows(
        select(Section.report_id, func.count(SectionCompletion.id), func.count())
        .outerjoin(SectionCompletion, standing)
        .where(Section.report_id.in_(report_ids), Section.kind != ChapterKind.HEADING)
        .group_by(Section.report_id)
    )
    found = {id: Progress(done, total) for id, done, total in counted}
    return [found.get(id, Progress(0, 0)) for id in report_ids]


@permit("reports.read")
async def last_years_sections(work: Work, report_ids: Sequence[UUID]) -> list[dict[str, Section]]:
    """For each report what the same one held a year before, by the keys of the sections."""
    reports = await work.scalars(select(Report).where(Report.id.in_(report_ids)))
    wanted = {_identity(row, parse_period(row.period).same_last_year()): row.id for row in reports}
    earlier = await work.rows(
        select(Report, Section)
        .join(
            Section,
            and_(Section.report_id == Report.id, Section.tenant_id == Report.tenant_id),
        )
        .where(
            Report.template_id.in_({row.template_id for row in reports}),
            Report.unit_id.in_({row.unit_id for row in reports}),
            Report.period.in_({period for _template, _unit, period in wanted}),
        )
    )
    found: dict[UUID, dict[str, Section]] = {id: {} for id in report_ids}
    for report, section in earlier:
        later = wanted.get(_identity(report, parse_period(report.period)))
        if later is not None:
            found[later][section.key] = section
    return [found[id] for id in report_ids]


def _identity(report: Report, period: Period) -> tuple[UUID, UUID, str]:
    return report.template_id, report.unit_id, str(period)
