"""What is not read back from Word, and what is said of it."""

from __future__ import annotations

from io import BytesIO

import pytest
from docx.oxml.ns import qn
from edited_word import jpeg, paragraph, shown, table

from roder.infra.errors import Conflict, Forbidden, InvalidInput, NotFound
from roder.platform.modules.reports.models import SectionVersion
from roder.platform.modules.reports.service import (
    ChosenChapter,
    WordState,
    approve_report,
    complete_report,
    complete_section,
    preview_word,
    read_back,
    write_section,
)
from roder.tenants.rows import uuid7

_HYPERLINK = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/hyperlink"


@pytest.mark.parametrize(
    ("column", "text", "message"),
    [
        (2, "Ibland", "går inte att välja"),
        (3, "i våras", "är inget datum"),
    ],
)
async def test_a_cell_that_cannot_be_is_said_where_it_stands_and_nothing_is_written(
    written, export, preview, apply, counted, column, text, message
):
    before = await counted(SectionVersion)
    file = await export(written)
    table(file, "Egenkontroll").rows[1].cells[column].text = text

    chapters, _unknown = await preview(written, file)

    assert chapters["inspections"].state is WordState.REFUSED
    assert message in chapters["inspections"].message
    with pytest.raises(Conflict, match=message):
        await apply(written, file, "inspections")
    assert await counted(SectionVersion) == before


async def test_a_table_that_was_taken_out_in_word_stays_here(written, export, preview):
    file = await export(written)
    gone = table(file, "Egenkontroll")._tbl
    gone.getparent().remove(gone)

    chapters, _unknown = await preview(written, file)

    assert chapters["inspections"].state is WordState.UNCHANGED
    assert chapters["inspections"].notices == (
        "Tabellen hittades inte i filen och lämnas som den är.",
    )


async def test_the_statement_that_there_was_nothing_gives_way_to_a_text_and_comes_back(
    written, export, apply
):
    file = await export(written)
    line = paragraph(file, "Inga Lex Sarah")
    line.runs[0].text = "En rapport har utretts."
    read = await apply(written, file)
    assert (read["lex_sarah"].nil, read["lex_sarah"].text) == (
        False,
        "<p>En rapport har utretts.</p>",
    )
    file = await export(written)
    paragraph(file, "En rapport").runs[0].text = "inga Lex Sarah är hanterade under året"
    read = await apply(written, file)
    assert (read["lex_sarah"].nil, read["lex_sarah"].text) == (True, "")


async def test_a_picture_put_in_with_word_is_told_of_and_left_out(written, export, preview):
    file = await export(written)
    paragraph(file, "Utfallet följer").add_run().add_picture(BytesIO(jpeg(20, 20)))

    chapters, _unknown = await preview(written, file)

    assert chapters["economy"].state is WordState.UNCHANGED
    assert chapters["economy"].notices == (
        "En bild som lagts in i Word läses inte in. Lägg till den här, i rapporten.",
    )


async def test_a_section_that_is_done_is_shown_but_not_written(
    town, written, export, preview, apply, section, counted
):
    file = await export(written)
    paragraph(file, "Utfallet följer").runs[0].text = "Nytt."
    async with await town.work("manager") as work:
        await complete_section(work, (await section(work, written, "economy")).id)
    before = await counted(SectionVersion)

    chapters, _unknown = await preview(written, file)
    assert chapters["economy"].state is WordState.DONE
    assert "[+Nytt.]" in shown(chapters["economy"])
    with pytest.raises(Conflict, match="är klarmarkera"):
        await apply(written, file, "economy")
    assert await counted(SectionVersion) == before


async def test_all_chosen_sections_are_written_or_none(
    town, written, export, send, section, counted
):
    file = await export(written)
    paragraph(file, "Utfallet följer").runs[0].text = "Nytt."
    paragraph(file, "Före.").runs[0].text = "Nytt."
    id = await send(file)
    async with await town.work("manager", write=False) as work:
        found = await preview_word(work, written.id, file_id=id)
    chosen = [
        ChosenChapter(one.section.id, one.version)
        for one in found.chapters
        if one.state is WordState.CHANGED
    ]
    assert len(chosen) == 2
    async with await town.work("local") as work:
        late = await section(work, written, "efforts")
        await write_section(work, late.id, version=late.version, text="<p>Någon annan.</p>")
    before = await counted(SectionVersion)
    with pytest.raises(Conflict, match="sparade"):
        async with await town.work("manager") as work:
            await read_back(work, written.id, file_id=id, chapters=chosen)
    assert await counted(SectionVersion) == before


async def test_only_sections_of_the_report_that_the_file_changes_can_be_chosen(
    town, written, export, send, section
):
    id = await send(await export(written))
    async with await town.work("manager") as work:
        economy = await section(work, written, "economy")
        for chosen, error in (
            ([], InvalidInput),
            ([ChosenChapter(uuid7(), 1)], InvalidInput),
            ([ChosenChapter(economy.id, economy.version)], Conflict),
        ):
            with pytest.raises(error):
                await read_back(work, written.id, file_id=id, chapters=chosen)


async def test_a_report_that_is_done_or_approved_is_not_read_into(
    town, goals, report, export, fill, send
):
    await fill(report)
    id = await send(await export(report))
    async with await town.work("manager") as work:
        await complete_report(work, report.id)
        with pytest.raises(Conflict, match="klarmarkerad"):
            await preview_word(work, report.id, file_id=id)
    async with await town.work("local") as work:
        await approve_report(work, report.id)
        with pytest.raises(Conflict, match="har godkänt"):
            await preview_word(work, report.id, file_id=id)


async def test_who_may_not_write_may_not_read_back(town, written, export, send, other_town):
    id = await send(await export(written))
    async with await town.work("employee") as work:
        with pytest.raises(Forbidden):
            await preview_word(work, written.id, file_id=id)
        with pytest.raises(Forbidden):
            await read_back(work, written.id, file_id=id, chapters=[ChosenChapter(uuid7(), 1)])
    async with await other_town.work() as work:
        with pytest.raises(NotFound):
            await preview_word(work, written.id, file_id=id)


async def test_a_script_in_a_link_and_a_strange_mark_do_not_reach_the_text(
    written, export, apply, town
):
    file = await export(written)
    line = paragraph(file, "Utfallet följer")
    link = line._p.makeelement(qn("w:hyperlink"), {})
    relation = line.part.relate_to("javascript:alert(1)", _HYPERLINK, is_external=True)
    link.set(qn("r:id"), relation)
    run = line.add_run("<img src=x onerror=alert(1)>")
    link.append(run._r)
    line._p.append(link)

    read = await apply(written, file)

    assert read["economy"].text.startswith(
        "<p>Utfallet följer budgeten.&lt;img src=x onerror=alert(1)&gt;</p>"
    )


async def test_a_picture_of_another_report_is_refused_by_a_sentence(
    town, template, started, written, export, preview
):
    other = await started(template, "2027")
    file = await export(written)

    chapters, _unknown = await preview(other, file)

    assert chapters["efforts"].state is WordState.REFUSED
    assert "hör inte till den här rapporten" in chapters["efforts"].message
