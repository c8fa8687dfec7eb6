"""A report with something of each kind in it, its Word file, and what reading that gives."""

from __future__ import annotations

from io import BytesIO

import docx
import pytest
from edited_word import GARDEN, RICH, jpeg

from roder.infra.documents.word import write_word
from roder.platform.modules.reports.exporting import document_of, read_parts
from roder.platform.modules.reports.service import (
    ChosenChapter,
    TableRow,
    WordState,
    add_image,
    attach_file,
    complete_section,
    preview_word,
    read_back,
    write_section,
)
from roder.tenants.files import keep_upload


@pytest.fixture
async def written(town, goals, report, section):
    """Home care's report with something of each kind in it."""
    async with await town.work("manager") as work:
        image = await add_image(work, report.id, data=jpeg(), **GARDEN)
        texts = {
            "introduction": RICH,
            "economy": "<p>Utfallet följer budgeten.</p><p>Inget att tillägga.</p>",
            "efforts": f'<p>Före.</p><img data-image="{image.id}"><p>Efter.</p>',
            "inspections": "<p>Egenkontrollerna är gjorda.</p>",
        }
        for key, text in texts.items():
            await write_section(work, (await section(work, report, key)).id, version=1, text=text)
        rows = [
            TableRow(
                {
                    "inspection": "Läkemedel",
                    "responsible": "Sjuksköterska\noch chef",
                    "frequency": "Varje månad",
                    "done_on": "2026-03-31",
                    "result": "Två avvikelser,\n\nbåda åtgärdade. = 1",
                }
            ),
            TableRow({"inspection": "Hygien"}),
        ]
        found = await section(work, report, "inspections")
        await write_section(work, found.id, version=2, rows=rows)
        found = await section(work, report, "violence")
        await write_section(
            work,
            found.id,
            version=1,
            rows=[TableRow({"new_cases": "1 204,5", "inventoried": 4}, "first_half")],
        )
        found = await section(work, report, "lex_sarah")
        await write_section(work, found.id, version=1, nil=True)
        for key in ("attachments", "surveys"):
            file = await keep_upload(
                work, name=f"{key}.pdf", media_type="application/pdf", body=BytesIO(b"%PDF")
            )
            await attach_file(work, (await section(work, report, key)).id, file_id=file.id)
        found = await section(work, report, "relatives")
        await complete_section(work, found.id, empty=True)
    return report


@pytest.fixture
def export(town):
    """The report as a Word file, opened to be worked in."""

    async def ask(report) -> docx.document.Document:
        async with await town.work("manager", write=False) as work:
            return docx.Document(BytesIO(write_word(document_of(await read_parts(work, report)))))

    return ask


@pytest.fixture
def send(town):
    """Send the file in; the answer is its id."""

    async def ask(file) -> object:
        data = file
        if not isinstance(file, bytes):
            saved = BytesIO()
            file.save(saved)
            data = saved.getvalue()
        async with await town.work("manager") as work:
            kept = await keep_upload(
                work, name="r.docx", media_type="application/octet-stream", body=BytesIO(data)
            )
        return kept.id

    return ask


@pytest.fixture
def preview(town, send):
    """`await preview(report, file)`: the chapters by key, and the unknown headings."""

    async def ask(report, file):
        id = await send(file)
        async with await town.work("manager", write=False) as work:
            found = await preview_word(work, report.id, file_id=id)
        return {chapter.section.key: chapter for chapter in found.chapters}, found.unknown

    return ask


@pytest.fixture
def apply(town, send):
    """Read the named sections, or all that are changed, from the file."""

    async def ask(report, file, *keys: str):
        id = await send(file)
        async with await town.work("manager") as work:
            found = await preview_word(work, report.id, file_id=id)
            chosen = [
                ChosenChapter(chapter.section.id, chapter.version)
                for chapter in found.chapters
                if (chapter.section.key in keys if keys else chapter.state is WordState.CHANGED)
            ]
            _report, read = await read_back(work, report.id, file_id=id, chapters=chosen)
            return {section.key: section for section in read}

    return ask
