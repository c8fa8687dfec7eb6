"""The export of a report, after the request."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from enum import StrEnum
from uuid import UUID

from ....authz.permit import permit
from ....infra.documents.model import Document
from ....infra.i18n import _
from ....tenants.work import Work
from ....workers.exports import file_name, keep_file
from ....workers.jobs import Run, job
from ....workers.models import Job
from .exporting import document_of, read_parts
from .models import Report

STEPS = 4


class ReportFormat(StrEnum):
    WORD = "word"
    PDF = "pdf"


MEDIA_TYPES = {
    ReportFormat.WORD: "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    ReportFormat.PDF: "application/pdf",
}
ENDINGS = {ReportFormat.WORD: "docx", ReportFormat.PDF: "pdf"}


@permit("reports.export")
async def ask_for_export(
    work: Work, report_id: UUID, *, format: ReportFormat, instructions: bool | None = None
) -> Job:
    """Have the report made as a file. `instructions` None prints them in a draft where they are
    switched on. Raises NotFound."""
    report = await work.get(Report, report_id)
    return await export_report.later(
        work, report_id=str(report.id), format=format.value, instructions=instructions
    )


@job(queue="exports", name="reports.export_report")
async def export_report(
    work: Work, run: Run, *, report_id: str, format: str, instructions: bool | None = None
) -> dict[str, object]:
    """Make the file and keep it; the result names it."""
    work.require("reports.export")
    wanted = ReportFormat(format)
    name, data = await make_report_file(
        work, UUID(report_id), format=wanted, instructions=instructions, run=run
    )
    await run.progress(3, STEPS, _("Keeping the file"))
    file = await keep_file(work, run, name=name, media_type=MEDIA_TYPES[wanted], data=data)
    await run.progress(STEPS, STEPS)
    return {"file": str(file.id)}


async def make_report_file(
    work: Work,
    report_id: UUID,
    *,
    format: ReportFormat,
    instructions: bool | None = None,
    run: Run | None = None,
) -> tuple[str, bytes]:
    """The name and the bytes of a report as a file, which whoever calls keeps; a run is told how
    far it has come. Raises NotFound."""
    run = run or Run(report_id, 1)
    await run.progress(0, STEPS, _("Reading the report"))
    report = await work.get(Report, report_id)
    parts = await read_parts(work, report, instructions=instructions)
    await run.progress(1, STEPS, _("Laying out the pages"))
    document = await asyncio.to_thread(document_of, parts)
    await run.progress(2, STEPS, _("Writing the file"))
    data = await asyncio.to_thread(_writer(format), document)
    title = (parts.municipality, parts.report.title, parts.unit)
    return file_name(*title, ending=ENDINGS[format]), data


def _writer(format: ReportFormat) -> Callable[[Document], bytes]:
    """Both load much, which a process that exports nothing should not have to carry."""
    if format is ReportFormat.WORD:
        from ....infra.documents.word import write_word

        return write_word
    from ....infra.documents.pdf import write_pdf

    return write_pdf
