"""The quality reports of Östhammar's social services: 2025 finished, 2026 begun."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from io import BytesIO
from uuid import UUID

from sqlalchemy import and_, select

from ...infra.periods import Period
from ...tenants.files import keep_upload
from ...tenants.work import Work
from ..modules.reports.models import ChapterKind, Report, ReportTemplate, Section
from ..modules.reports.service import (
    TableRow,
    attach_file,
    carry_forward,
    complete_report,
    complete_section,
    fill_chapter,
    start_report,
    write_section,
)
from .osthammar_goals import ADMINISTRATOR, WRITER
from .osthammar_texts import BEGUN, FINISHED, SURVEY, Content
from .report_templates import REPORT_KEY, quality_report
from .town import Filling


async def design_the_reports(filling: Filling) -> None:
    await quality_report(await filling.acting(ADMINISTRATOR))


async def write_the_report_of_2025(filling: Filling) -> None:
    """Every chapter written and marked, then the whole; improvements go on to the plan of 2026."""
    work = await filling.acting(WRITER)
    report_id, sections = await _start(filling, work, 2025, due_on=date(2026, 3, 1))
    await _write(work, sections, FINISHED)
    body = BytesIO(SURVEY.encode("utf-8-sig"))
    file = await keep_upload(
        work, name="Brukarundersökningar 2025.csv", media_type="text/csv", body=body
    )
    await attach_file(
        work, sections["attachments"].id, file_id=file.id, title="Svar i brukarundersökningarna"
    )
    for section in sections.values():
        if section.kind is not ChapterKind.HEADING:
            await complete_section(work, section.id)
    await complete_report(work, report_id)
    await carry_forward(work, report_id)


async def begin_the_report_of_2026(filling: Filling) -> None:
    work = await filling.acting(WRITER)
    _report_id, sections = await _start(filling, work, 2026, due_on=date(2027, 3, 1))
    await _write(work, sections, BEGUN)
    await complete_section(work, sections["introduction"].id)


async def fetch_into_the_report_of_2026(filling: Filling) -> None:
    """What the year's internal control has given so far; deviations wait to be fetched."""
    work = await filling.acting(WRITER)
    waiting = await work.scalars(
        select(Section)
        .join(Report, and_(Report.id == Section.report_id, Report.tenant_id == Section.tenant_id))
        .where(Report.period == "2026", Section.source.startswith("internal_control."))
    )
    for section in waiting:
        await fill_chapter(work, section.id, version=section.version)


async def _start(
    filling: Filling, work: Work, year: int, *, due_on: date
) -> tuple[UUID, dict[str, Section]]:
    template = await work.first(select(ReportTemplate).where(ReportTemplate.key == REPORT_KEY))
    assert template is not None
    report = await start_report(
        work,
        template_id=template.id,
        unit_id=filling.units["SN"],
        period=Period(year),
        due_on=due_on,
    )
    sections = await work.scalars(
        select(Section).where(Section.report_id == report.id).order_by(Section.position)
    )
    return report.id, {section.key: section for section in sections}


async def _write(
    work: Work, sections: Mapping[str, Section], contents: Mapping[str, Content]
) -> None:
    for key, content in contents.items():
        section = sections[key]
        await write_section(
            work,
            section.id,
            version=section.version,
            text=content.text or None,
            rows=[TableRow(cells, row) for row, cells in content.rows] or None,
            nil=content.nil or None,
        )
