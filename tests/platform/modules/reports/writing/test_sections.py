"""Writing in a section: nobody writes over another, and nothing strange is kept."""

from __future__ import annotations

import asyncio
from io import BytesIO

import pytest
from sqlalchemy import select

from roder.infra.errors import Conflict, Forbidden, InvalidInput, NotFound
from roder.infra.i18n import use_locale
from roder.platform.modules.goals.service import lock_year, unlock_year
from roder.platform.modules.reports.models import Section, SectionFile, SectionVersion
from roder.platform.modules.reports.service import (
    TableRow,
    attach_file,
    complete_section,
    detach_file,
    last_years_sections,
    section_history,
    write_section,
)
from roder.tenants.files import keep_upload
from roder.tenants.rows import uuid7


@pytest.fixture
def write(town, report, section):
    """`await write("economy", version=1, text="…")` as the manager, committed."""

    async def ask(key: str, *, who: str = "manager", version: int = 1, **given):
        async with await town.work(who) as work:
            found = await section(work, report, key)
            return await write_section(work, found.id, version=version, **given)

    return ask


@pytest.fixture
def look(town, report, section):
    async def ask(key: str) -> Section:
        async with await town.work("employee", write=False) as work:
            return await section(work, report, key)

    return ask


async def test_a_text_is_cleaned_and_kept_with_who_and_when(town, write, look, counted):
    written = await write("economy", text='<p style="x">Balans<script>1</script></p><h1>Mer</h1>')

    assert written.text == "<p>Balans</p><h3>Mer</h3>"
    assert (written.version, written.written_by) == (2, town.people["manager"].id)
    assert (await look("economy")).text == written.text
    assert await counted(SectionVersion) == 1


async def test_the_same_text_again_makes_no_new_version(write, counted):
    await write("economy", text="<p>Balans</p>")
    again = await write("economy", version=2, text="<p>Balans</p>")

    assert again.version == 2
    assert await counted(SectionVersion) == 1


async def test_two_writers_never_overwrite_each_other(write, look, counted):
    await write("economy", text="<p>Den förstas</p>")
    with pytest.raises(Conflict) as refused:
        await write("economy", who="local", text="<p>Den andras</p>")

    assert refused.value.message.startswith("Mona Chef sparade avsnittet ")
    assert "Din text är inte sparad" in refused.value.message
    assert refused.value.field == "version"
    assert (await look("economy")).text == "<p>Den förstas</p>"
    assert await counted(SectionVersion) == 1


async def test_of_two_that_save_at_the_same_moment_one_is_told(write, look):
    answers = await asyncio.gather(
        write("economy", text="<p>Den ena</p>"),
        write("economy", who="local", text="<p>Den andra</p>"),
        return_exceptions=True,
    )

    assert sorted(type(answer).__name__ for answer in answers) == ["Conflict", "Section"]
    assert (await look("economy")).version == 2


async def test_the_conflict_is_told_in_the_readers_language(write):
    await write("economy", text="<p>a</p>")
    with use_locale("en"), pytest.raises(Conflict, match=r"^Mona Chef saved this section on "):
        await write("economy", who="local", text="<p>b</p>")


async def test_the_history_has_every_wording_the_latest_first(town, report, section, write):
    await write("economy", text="<p>Ett</p>")
    await write("economy", version=2, who="local", text="<p>Två</p>")
    await write("economy", version=3, text="")
    async with await town.work("employee", write=False) as work:
        history = await section_history(work, (await section(work, report, "economy")).id)

    assert [(row.version, row.text) for row in history] == [
        (4, ""),
        (3, "<p>Två</p>"),
        (2, "<p>Ett</p>"),
    ]
    assert history[1].written_by == town.people["local"].id


@pytest.mark.parametrize(
    ("key", "given", "field", "message"),
    [
        ("goals", {"text": "<p>x</p>"}, "text", "hämtas från målanalysen"),
        ("results", {"text": "<p>x</p>"}, "text", "bara en rubrik"),
        ("goals", {"rows": []}, "rows", "ingen tabell"),
        ("economy", {"rows": []}, "rows", "ingen tabell"),
        ("economy", {"nil": True}, "nil", "går det inte att ange"),
        ("lex_sarah", {"nil": True, "text": "<p>En.</p>"}, "nil", "antingen texten"),
        ("economy", {"text": "<p>" + "x" * 200_001 + "</p>"}, "text", "Högst 200000"),
        ("inspections", {"rows": [TableRow({"done_on": "i går"})]}, "rows", "Rad 1, Senast utförd"),
    ],
)
async def test_what_does_not_fit_a_section_is_refused(
    write, look, counted, key, given, field, message
):
    with pytest.raises(InvalidInput, match=message) as refused:
        await write(key, **given)

    assert refused.value.field == field
    assert await counted(SectionVersion) == 0
    kept = await look(key)
    assert (kept.text, kept.rows, kept.nil, kept.version) == ("", [], False, 1)


async def test_200_000_signs_of_text_fit(write):
    text = "<p>" + "x" * 199_993 + "</p>"
    assert (await write("economy", text=text)).text == text


async def test_that_there_was_nothing_takes_the_place_of_the_text_and_the_other_way(write, look):
    await write("lex_sarah", text="<p>En rapport.</p>")
    await write("lex_sarah", version=2, nil=True)
    kept = await look("lex_sarah")
    assert (kept.text, kept.nil) == ("", True)

    await write("lex_sarah", version=3, text="<p>En rapport.</p>")
    kept = await look("lex_sarah")
    assert (kept.text, kept.nil) == ("<p>En rapport.</p>", False)

    await write("lex_sarah", version=4, nil=True)
    await write("lex_sarah", version=5, nil=False)
    assert (await look("lex_sarah")).nil is False


async def test_rows_and_text_of_a_table_are_saved_apart(write, look):
    await write("violence", text="<p>Fler söker hjälp.</p>")
    await write("violence", version=2, rows=[TableRow({"new_cases": "3"}, "second_half")])
    kept = await look("violence")

    assert kept.text == "<p>Fler söker hjälp.</p>"
    assert kept.rows == [
        {"row": "first_half", "cells": {"new_cases": None, "inventoried": None}},
        {"row": "second_half", "cells": {"new_cases": 3, "inventoried": None}},
    ]


@pytest.mark.parametrize("who", ["employee", "auditor"])
async def test_only_those_of_the_unit_write(write, look, counted, who):
    with pytest.raises(Forbidden):
        await write("economy", who=who, text="<p>x</p>")
    assert (await look("economy")).text == ""
    assert await counted(SectionVersion) == 0


async def test_a_section_that_is_done_has_to_be_opened_first(town, report, section, write, look):
    await write("economy", text="<p>Klart</p>")
    async with await town.work("manager") as work:
        await complete_section(work, (await section(work, report, "economy")).id)

    with pytest.raises(Conflict, match="Öppna avsnittet igen först"):
        await write("economy", version=2, text="<p>Mer</p>")
    assert (await look("economy")).text == "<p>Klart</p>"


async def test_a_locked_year_is_not_written_in(town, write, look):
    async with await town.work() as work:
        await lock_year(work, 2026)
    with pytest.raises(Conflict, match="2026 är låst"):
        await write("economy", text="<p>x</p>")
    assert (await look("economy")).version == 1

    async with await town.work() as work:
        await unlock_year(work, 2026)
    assert (await write("economy", text="<p>x</p>")).version == 2


async def test_last_years_text_stands_beside_this_years(
    town, template, report, started, section, write
):
    await write("economy", text="<p>Fjolårets.</p>")
    later = await started(template, "2027")
    async with await town.work("employee", write=False) as work:
        this, first = await last_years_sections(work, [later.id, report.id])

    assert this["economy"].text == "<p>Fjolårets.</p>"
    assert first == {}


async def test_a_file_belongs_to_a_section_until_it_is_taken_away(town, report, section, counted):
    async with await town.work("manager") as work:
        file = await keep_upload(
            work, name="Enkät.pdf", media_type="application/pdf", body=BytesIO(b"%PDF")
        )
        found = await section(work, report, "attachments")
        attached = await attach_file(work, found.id, file_id=file.id)
        assert attached.title == "Enkät.pdf"
        with pytest.raises(Conflict, match=r"Enkät\.pdf ligger redan"):
            await attach_file(work, found.id, file_id=file.id)
        with pytest.raises(InvalidInput, match="inte att lägga filer"):
            await attach_file(work, (await section(work, report, "goals")).id, file_id=file.id)
        with pytest.raises(NotFound):
            await attach_file(work, found.id, file_id=uuid7())
    assert await counted(SectionFile) == 1
    async with await town.work("employee") as work:
        with pytest.raises(Forbidden):
            await detach_file(work, attached.id)
    assert await counted(SectionFile) == 1
    async with await town.work("manager") as work:
        await detach_file(work, attached.id)
    assert await counted(SectionFile) == 0


async def test_another_municipality_cannot_tell_a_section_exists(
    town, other_town, report, section, counted
):
    async with await town.work() as work:
        id = (await section(work, report, "economy")).id
    async with await other_town.work() as work:
        for call in (
            lambda id: write_section(work, id, version=1, text="<p>x</p>"),
            lambda id: complete_section(work, id, empty=True),
            lambda id: attach_file(work, id, file_id=uuid7()),
            lambda id: section_history(work, id),
        ):
            with pytest.raises(NotFound) as foreign:
                await call(id)
            with pytest.raises(NotFound) as absent:
                await call(uuid7())
            assert str(foreign.value) == str(absent.value)
        assert await work.scalars(select(Section)) == []
    assert await counted(SectionVersion) == 0
