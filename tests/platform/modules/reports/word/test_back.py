"""A report read back from Word: known by its headings, compared with the report, written."""

from __future__ import annotations

from datetime import date

import docx
import pytest
from edited_word import RICH, after, heading, jpeg, paragraph, shown, states, table
from sqlalchemy import select

from roder.graphql.nodes import global_id
from roder.platform.modules.organisation.files.schema import StoredFile
from roder.platform.modules.reports import reports_schema as schema
from roder.platform.modules.reports.models import Section, SectionVersion
from roder.platform.modules.reports.service import (
    WordState,
    add_image,
    preview_word,
    withdraw_consent,
    write_section,
)


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


async def test_nothing_is_asked_of_the_database_once_a_section(
    town, written, export, send, recorded
):
    id = await send(await export(written))
    async with await town.work("manager", write=False) as work:
        with recorded(work) as statements:
            await preview_word(work, written.id, file_id=id)
        sections = await work.scalars(select(Section).where(Section.report_id == written.id))
    assert len(sections) > 14
    # Two of them fetch the municipality's key: for the file, and for the report's pictures.
    assert len(statements) <= 17


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
