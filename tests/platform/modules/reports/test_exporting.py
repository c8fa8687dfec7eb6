"""What stands in the document of a report, before it is Word or PDF."""

from __future__ import annotations

from dataclasses import replace
from io import BytesIO

import pytest

from roder.infra.documents.model import Heading, Landscape, Note, RichText, Table
from roder.platform.modules.reports.exporting import document_of, read_parts
from roder.platform.modules.reports.models import ChapterKind
from roder.platform.modules.reports.service import (
    ChapterContent,
    Column,
    TableRow,
    add_chapter,
    attach_file,
    complete_report,
    complete_section,
    write_section,
)
from roder.tenants.entry import load_tenant
from roder.tenants.files import keep_upload
from roder.tenants.models import ModuleSettings
from roder.tenants.municipality import switch_module


@pytest.fixture
def printed(town, report):
    """The blocks of a section, found by its heading, as they stand in the document."""

    async def ask(title: str) -> list[object]:
        async with await town.work("employee", write=False) as work:
            document = document_of(await read_parts(work, report))
        flat = flattened(document)
        start = next(
            at
            for at, block in enumerate(flat)
            if isinstance(block, Heading) and block.text == title
        )
        rest = flat[start + 1 :]
        end = next((at for at, block in enumerate(rest) if isinstance(block, Heading)), len(rest))
        return rest[:end]

    return ask


def flattened(document) -> list[object]:
    return [
        inner
        for block in document.blocks
        for inner in (block.blocks if isinstance(block, Landscape) else (block,))
    ]


async def test_the_document_of_a_draft_says_so_and_has_instructions(town, goals, report):
    async with await town.work("employee", write=False) as work:
        parts = await read_parts(work, report)
    document = document_of(parts)

    assert (document.subtitle, document.unit, document.municipality) == (
        *("Utkast", "Hemtjänst Öst"),
        "Östhammar",
    )
    flat = flattened(document)
    instructions = [n for n in flat if isinstance(n, Note) and n.tone == "instruction"]
    assert len(instructions) == 13
    lying = next(block for block in document.blocks if isinstance(block, Landscape))
    assert [getattr(block, "text", "")[:10] for block in lying.blocks[:2]] == [
        "Resultat, ",
        "Måluppfyll",
    ]
    unwritten = [n.text for n in flat if isinstance(n, Note) and n.text.startswith("Här har")]
    assert len(unwritten) == 13


async def test_instructions_are_printed_only_when_asked_for_in_a_finished_report(
    town, goals, report, fill
):
    await fill(report)
    async with await town.work("manager") as work:
        await complete_report(work, report.id)
        assert not (await read_parts(work, report)).instructions
        assert (await read_parts(work, report, instructions=True)).instructions
        document = document_of(await read_parts(work, report))
    assert document.subtitle == ""
    said_empty = [
        block
        for block in document.blocks
        if isinstance(block, RichText) and "Inget att redovisa." in block.html
    ]
    assert len(said_empty) == 1


async def test_the_settings_of_the_municipality_reach_the_document(town, report):
    async with await town.work() as work:
        work.add(ModuleSettings(module="reports", values={"mark_open_activities": False}))
        await work.flush()
        assert (await read_parts(work, report)).mark_open is False


async def test_a_table_is_printed_with_its_numbers_as_people_write_them(
    town, report, section, printed
):
    async with await town.work("manager") as work:
        found = await section(work, report, "violence")
        row = TableRow({"new_cases": 1204.5, "inventoried": 4}, "first_half")
        await write_section(work, found.id, version=1, rows=[row])

    *_instruction, table = await printed("Analys våld i nära relationer")

    assert isinstance(table, Table)
    assert [(column.title, column.align) for column in table.columns] == [
        ("Period", "left"),
        ("Nya ärenden där våld uppmärksammats", "right"),
        ("Våldsutsatta vid inventering av aktuella ärenden", "right"),
    ]
    assert table.rows == (
        ("Januari–juni 2026", "1\u202f204,5", "4"),
        ("Juli–december 2026", "", ""),
    )
    assert table.row_headers


async def test_an_unwritten_table_of_half_years_is_shown_in_a_draft_and_not_when_said_empty(
    town, report, section, printed
):
    _instruction, table, note = await printed("Analys våld i nära relationer")
    assert isinstance(table, Table)
    assert note == Note("Här har ingen skrivit något än.", "warning")

    async with await town.work("manager") as work:
        found = await section(work, report, "violence")
        await complete_section(work, found.id, empty=True)
    _instruction, only = await printed("Analys våld i nära relationer")
    assert only == RichText("<p>Inget att redovisa.</p>")


async def test_files_are_listed_in_their_section(town, report, section, printed):
    async with await town.work("manager") as work:
        file = await keep_upload(
            work, name="Enkät <1>.pdf", media_type="application/pdf", body=BytesIO(b"%PDF")
        )
        for key in ("surveys", "attachments"):
            found = await section(work, report, key)
            await attach_file(work, found.id, file_id=file.id, title="Svar & tal")
    listed = RichText(f"<ol><li>Svar &amp; tal ({file.name})</li></ol>")

    assert await printed("Bilagor") == [listed]
    assert (await printed("Analys enkäter & brukarundersökningar"))[-2:] == [
        RichText("<p><strong>Bilagor</strong></p>"),
        listed,
    ]


async def test_a_goal_chapter_says_when_the_goals_are_off(town, report, printed):
    async with await town.work() as work:
        await switch_module(work, "goals", on=False)
    town.tenant = await load_tenant(town.runtime, town.tenant.id)

    assert (await printed("Måluppfyllelse"))[-1] == Note("Modulen för mål är avstängd.", "warning")


async def test_a_table_of_eight_columns_lies_down(town, template, started):
    columns = tuple(Column(f"c{number}", f"Kolumn {number}") for number in range(8))
    async with await town.work() as work:
        await add_chapter(
            work,
            template.id,
            content=ChapterContent(title="Bred", kind=ChapterKind.TABLE, columns=columns),
        )
    report = await started(template, "2027")
    async with await town.work("employee", write=False) as work:
        last = document_of(await read_parts(work, report)).blocks[-1]
    assert isinstance(last, Landscape)
    assert replace(last.blocks[0], mark="") == Heading(1, "Bred", "6")
