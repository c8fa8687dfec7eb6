"""A report read back from Word: known by its headings, compared with the report, written whole."""

from __future__ import annotations

from datetime import date
from io import BytesIO

import docx
import pytest
from docx.oxml.ns import qn
from PIL import Image
from sqlalchemy import select

from roder.graphql.nodes import global_id
from roder.infra.documents.word import write_word
from roder.infra.errors import Conflict, Forbidden, InvalidInput, NotFound
from roder.infra.worddiff import Change
from roder.platform.modules.organisation.files_schema import StoredFile
from roder.platform.modules.reports import reports_schema as schema
from roder.platform.modules.reports.exporting import document_of, read_parts
from roder.platform.modules.reports.models import Section, SectionVersion
from roder.platform.modules.reports.service import (
    ChosenChapter,
    TableRow,
    WordState,
    add_image,
    approve_report,
    attach_file,
    complete_report,
    complete_section,
    preview_word,
    read_back,
    withdraw_consent,
    write_section,
)
from roder.tenants.files import keep_upload
from roder.tenants.rows import uuid7

RICH = (
    "<p>Vi har <strong>nio</strong> enheter, <em>varav</em> två nya. Se "
    '<a href="https://example.org/a?b=1">planen <strong>här</strong></a>.<br>Ny rad.</p>'
    "<h3>Bemanning</h3><ul><li>Dagtid<ul><li>måndag–fredag</li><li>helg</li></ul></li>"
    "<li>Natt</li></ul><ol><li>Först</li><li>Sedan</li></ol><ol><li>En ny lista</li></ol>"
    "<h4>Mindre rubrik</h4><table><tr><th>Enhet</th><th>Antal</th></tr>"
    "<tr><td>Öst</td><td>12</td></tr><tr><td><ul><li>punkt</li></ul></td><td></td></tr></table>"
    "<p>1 000 kr &lt;script&gt; &amp; slut</p>"
)

GARDEN = {"alt": "Trädgården vid Solbacken", "source": "Hemtjänst Öst", "shows_person": False}


def jpeg(width: int = 400, height: int = 300) -> bytes:
    drawn = BytesIO()
    Image.new("RGB", (width, height), "#1f5f8b").save(drawn, "JPEG")
    return drawn.getvalue()


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


def paragraph(file, text: str):
    return next(one for one in file.paragraphs if one.text.startswith(text))


def heading(file, title: str):
    return next(
        one
        for one in file.paragraphs
        if one.style.name.lower().startswith("heading") and title in one.text
    )


def after(element, text: str, style: str = "Normal"):
    """A new paragraph after `element`."""
    new = element._parent.add_paragraph(text, style)
    element._p.addnext(new._p)
    return new


def table(file, title: str):
    return next(one for one in file.tables if one.cell(0, 0).text == title)


def states(chapters) -> set[str]:
    return {chapter.state.value for chapter in chapters.values()}


def shown(chapter) -> str:
    signs = {Change.SAME: "{}", Change.ADDED: "[+{}]", Change.REMOVED: "[-{}]"}
    return "".join(signs[piece.change].format(piece.text) for piece in chapter.pieces)


async def test_a_file_that_nobody_has_changed_changes_nothing(written, export, preview, counted):
    before = await counted(SectionVersion)
    chapters, unknown = await preview(written, await export(written))

    assert states(chapters) == {"unchanged", "generated"}
    assert [key for key, one in chapters.items() if one.state is WordState.GENERATED] == [
        "results",
        "goals",
    ]
    assert unknown == ()
    assert await counted(SectionVersion) == before


async def test_an_empty_report_and_a_finished_text_are_unchanged_too(
    town, report, export, preview, fill, goals
):
    chapters, _unknown = await preview(report, await export(report))
    assert states(chapters) == {"unchanged", "generated"}
    await fill(report)
    chapters, _unknown = await preview(report, await export(report))
    assert states(chapters) == {"unchanged", "generated"}


async def test_what_was_changed_in_word_is_shown_word_by_word_and_then_written(
    written, export, preview, apply, town
):
    file = await export(written)
    paragraph(file, "Utfallet följer").runs[0].text = "Utfallet överskrider budgeten."
    chapters, _unknown = await preview(written, file)

    assert [key for key, one in chapters.items() if one.state is WordState.CHANGED] == ["economy"]
    assert shown(chapters["economy"]) == (
        "Utfallet [-följer][+överskrider] budgeten.\nInget att tillägga."
    )
    read = await apply(written, file)

    assert read["economy"].text == (
        "<p>Utfallet överskrider budgeten.</p><p>Inget att tillägga.</p>"
    )
    assert (read["economy"].version, read["economy"].written_by) == (
        3,
        town.people["manager"].id,
    )


async def test_paragraphs_lists_links_and_tables_come_back_as_they_look(written, export, apply):
    file = await export(written)
    last = paragraph(file, "1 000 kr")
    new = after(last, "")
    new.add_run("Fet").bold = True
    new.add_run(" och ")
    new.add_run("kursiv").italic = True
    second = after(new, "Två", "List Bullet 2")
    after(new, "Ett", "List Bullet")
    drawn = file.add_table(2, 2)
    for cell, text in zip(drawn._cells, ("A", "B", "1", "2"), strict=True):
        cell.text = text
    second._p.addnext(drawn._tbl)

    read = await apply(written, file)

    assert read["introduction"].text == (
        f"{RICH}<p><strong>Fet</strong> och <em>kursiv</em></p>"
        "<ul><li>Ett<ul><li>Två</li></ul></li></ul>"
        "<table><tr><td>A</td><td>B</td></tr><tr><td>1</td><td>2</td></tr></table>"
    )


async def test_a_section_is_known_by_its_hidden_name_when_its_heading_is_renamed(
    written, export, preview
):
    file = await export(written)
    renamed = heading(file, "Ekonomiskt utfall")
    for run in renamed.runs[1:]:
        run.text = ""
    renamed.runs[0].text = "9.9 Pengar"
    paragraph(file, "Utfallet följer").runs[0].text = "Annat."

    chapters, unknown = await preview(written, file)

    assert chapters["economy"].state is WordState.CHANGED
    assert unknown == ()


@pytest.mark.parametrize(
    "title",
    [
        "Ekonomiskt utfall",
        "7.4.  EKONOMISKT\tutfall ",
        "2.2 Ekonomiskt utfal",
    ],
)
async def test_without_hidden_names_a_section_is_known_by_its_title(report, preview, title):
    file = docx.Document()
    file.add_paragraph("Något före alla rubriker")
    file.add_heading(title, 2)
    file.add_paragraph("Utfallet är bra.")

    chapters, unknown = await preview(report, file)

    assert shown(chapters["economy"]) == "[+Utfallet är bra.]"
    assert chapters["introduction"].state is WordState.NOT_FOUND
    assert unknown == ()


async def test_a_heading_within_a_text_stays_a_heading_and_a_strange_one_is_told_of(
    report, preview
):
    file = docx.Document()
    file.add_heading("Inledning", 1)
    file.add_paragraph("Ett.")
    file.add_heading("Organisation", 2)
    file.add_heading("Minsta", 4)
    file.add_heading("Ett nytt kapitel", 1)
    file.add_paragraph("Text under det.")
    file.add_heading("Genomförda satsningar", 1)
    file.add_paragraph("Två.")

    chapters, unknown = await preview(report, file)

    assert shown(chapters["introduction"]) == "[+Ett.\nOrganisation\nMinsta]"
    assert shown(chapters["efforts"]) == "[+Två.]"
    assert [(one.title, one.text) for one in unknown] == [("Ett nytt kapitel", "Text under det.")]


async def test_text_under_a_mere_heading_is_told_of_and_not_read(written, export, preview):
    file = await export(written)
    after(heading(file, "Resultat, måluppfyllelse"), "Här hör det inte hemma.")

    chapters, unknown = await preview(written, file)

    assert states(chapters) == {"unchanged", "generated"}
    assert [(one.title, one.text) for one in unknown] == [
        ("2 Resultat, måluppfyllelse & analys", "Här hör det inte hemma.")
    ]


async def test_a_typed_table_is_read_into_its_rows(written, export, preview, apply):
    file = await export(written)
    cells = table(file, "Egenkontroll").rows[2].cells
    cells[2].text, cells[3].text = "Varje år", "2026-05-04"
    violence = table(file, "Period").rows[2].cells
    violence[1].text = "7"

    chapters, _unknown = await preview(written, file)
    assert shown(chapters["violence"]) == (
        "Januari–juni 2026 | 1\u202f204,5 | 4[+\nJuli–december 2026 | 7 | ]"
    )
    read = await apply(written, file)

    assert read["inspections"].text == "<p>Egenkontrollerna är gjorda.</p>"
    assert [row["cells"]["frequency"] for row in read["inspections"].rows] == [
        "Varje månad",
        "Varje år",
    ]
    assert read["violence"].rows[1] == {
        "row": "second_half",
        "cells": {"new_cases": 7, "inventoried": None},
    }


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


async def test_pictures_stay_also_where_a_sentence_stands_for_them(
    town, written, export, apply, section
):
    async with await town.work("manager") as work:
        last = date(2090, 1, 1)
        hidden = await add_image(
            work,
            written.id,
            data=jpeg(),
            alt="Porträtt",
            source="Kommunen",
            shows_person=True,
            consent="Registratorn",
            expires_on=last,
        )
        found = await section(work, written, "efforts")
        text = f'{found.text}<img data-image="{hidden.id}">'
        text = (await write_section(work, found.id, version=2, text=text)).text
        await withdraw_consent(work, hidden.id)
    file = await export(written)
    paragraph(file, "Före.").runs[0].text = "Ändrat."

    read = await apply(written, file)

    assert read["efforts"].text == text.replace("Före.", "Ändrat.")


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


_HYPERLINK = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/hyperlink"


async def test_a_picture_of_another_report_is_refused_by_a_sentence(
    town, template, started, written, export, preview
):
    other = await started(template, "2027")
    file = await export(written)

    chapters, _unknown = await preview(other, file)

    assert chapters["efforts"].state is WordState.REFUSED
    assert "hör inte till den här rapporten" in chapters["efforts"].message


async def test_nothing_is_asked_of_the_database_once_a_section(
    town, written, export, send, recorded
):
    id = await send(await export(written))
    async with await town.work("manager", write=False) as work:
        with recorded(work) as statements:
            await preview_word(work, written.id, file_id=id)
        sections = await work.scalars(select(Section).where(Section.report_id == written.id))
    assert len(sections) > 14
    assert len(statements) <= 14


async def test_the_api_shows_what_changes_and_reads_it(mutate, written, export, send, town):
    file = await export(written)
    paragraph(file, "Utfallet följer").runs[0].text = "Utfallet överskrider budgeten."
    ids = {
        "reportId": global_id(schema.Report, written.id),
        "fileId": global_id(StoredFile, await send(file)),
    }
    fields = """... on WordPreview { unknown { title } chapters {
        state version message notices pieces { change text } section { id key } } }"""
    found = await mutate("manager", "previewWord", "PreviewWordInput", fields, **ids)
    changed = [chapter for chapter in found["chapters"] if chapter["state"] == "CHANGED"]
    assert [chapter["section"]["key"] for chapter in changed] == ["economy"]
    assert changed[0]["pieces"][1:3] == [
        {"change": "REMOVED", "text": "följer"},
        {"change": "ADDED", "text": "överskrider"},
    ]
    chapters = [{"sectionId": one["section"]["id"], "version": one["version"]} for one in changed]
    fields = "... on WordRead { sections { text } }"
    read = await mutate("manager", "readWord", "ReadWordInput", fields, **ids, chapters=chapters)
    assert read["sections"] == [
        {"text": "<p>Utfallet överskrider budgeten.</p><p>Inget att tillägga.</p>"}
    ]
    refused = await mutate("manager", "readWord", "ReadWordInput", fields, **ids, chapters=chapters)
    assert refused["code"] == "CONFLICT"
