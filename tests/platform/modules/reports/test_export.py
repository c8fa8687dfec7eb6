"""The finished report as a file, made by a worker and fetched from the object store."""

from __future__ import annotations

from io import BytesIO
from uuid import UUID

import docx
import pypdf
import pytest

from roder.platform.modules.reports.jobs import ReportFormat, ask_for_export
from roder.platform.modules.reports.service import complete_report
from roder.tenants.actors import service
from roder.tenants.models import StoredFile
from roder.tenants.sealed.stored import get_bytes
from roder.workers.watch import watch_job


async def exported(town, report, format: ReportFormat) -> tuple[StoredFile, bytes]:
    async with await town.work("employee") as work:
        job = await ask_for_export(work, report.id, format=format)
    async for seen in watch_job(town.runtime, town.tenant, service(), job.id):
        last = seen
    assert (last.state, last.problem, last.done, last.total) == ("done", None, 4, 4)
    async with await town.work("employee", write=False) as work:
        file = await work.get(StoredFile, UUID(last.result["file"]))
        return file, await get_bytes(work, file.key, file.key_number)


@pytest.mark.usefixtures("worker")
async def test_a_finished_report_becomes_a_pdf_and_a_word_file(
    town, report, goals, fill, close_activity
):
    await close_activity("effort")
    await fill(report)
    async with await town.work("manager") as work:
        await complete_report(work, report.id)

    pdf, pdf_bytes = await exported(town, report, ReportFormat.PDF)
    word, word_bytes = await exported(town, report, ReportFormat.WORD)

    name = "Östhammar – Kvalitets- och verksamhetsberättelse 2026 – Hemtjänst Öst"
    assert (pdf.name, word.name) == (f"{name}.pdf", f"{name}.docx")
    pages = "\n".join(page.extract_text() for page in pypdf.PdfReader(BytesIO(pdf_bytes)).pages)
    words = "\n".join(p.text for p in docx.Document(BytesIO(word_bytes)).paragraphs)
    for text in (pages, words):
        assert "Inga Lex Sarah är hanterade under året." in text
        assert "Analys anhörigperspektivet" in text
        assert "Utkast" not in text
