"""A chapter that is fetched from another module: in the template, the API, and a Word file."""

from __future__ import annotations

from dataclasses import replace

import pytest
from control_plans import a_risk
from edited_word import after, heading, paragraph, states, table
from sqlalchemy import select

from roder.graphql.nodes import global_id
from roder.infra.errors import InvalidInput, ModuleOff
from roder.platform.modules.reports.models import Chapter, ChapterKind
from roder.platform.modules.reports.service import (
    ChapterContent,
    add_chapter,
    change_chapter,
    complete_section,
    content_of,
    copy_template,
    fill_chapter,
    write_section,
)
from roder.platform.modules.reports.writing import sections_schema


@pytest.fixture
async def town(new_town):
    return await (await new_town("Östhammar")).switch_on("internal_control")


@pytest.fixture
async def fetched(town, report, section):
    """Home care's report, with a text of its own on risks beside one that is fetched."""
    async with await town.work() as work:
        await a_risk(work, town.units["home_care"].id, "Fel läkemedel")
    async with await town.work("manager") as work:
        found = await section(work, report, "risk_analyses")
        await write_section(work, found.id, version=1, text="<p>Vår analys.</p>")
        return await fill_chapter(work, found.id, version=2)


async def test_a_template_binds_a_chapter_to_what_a_module_that_is_on_can_give(town, template):
    async with await town.work() as work:
        chapter = await add_chapter(
            work,
            template.id,
            content=ChapterContent(title="Risker", source="internal_control.risk_analyses"),
        )
        copy = await copy_template(work, template.id, key="another", title={"sv": "En annan"})
        sources = await work.scalars(
            select(Chapter.source)
            .where(Chapter.template_id == copy.id, Chapter.source.is_not(None))
            .order_by(Chapter.source)
        )
        with pytest.raises(InvalidInput):
            await change_chapter(
                work,
                chapter.id,
                content=replace(content_of(chapter), source="deviations.half_years"),
            )
        with pytest.raises(InvalidInput):
            await change_chapter(
                work, chapter.id, content=replace(content_of(chapter), kind=ChapterKind.HEADING)
            )
        assert chapter.source == "internal_control.risk_analyses"
        unbound = await change_chapter(
            work, chapter.id, content=replace(content_of(chapter), source=None)
        )

    assert sources == [
        "internal_control.inspections",
        "internal_control.risk_analyses",
        "internal_control.risk_analyses",
    ]
    assert unbound.source is None


async def test_what_is_fetched_alone_is_enough_to_mark_the_section(town, report, section):
    async with await town.work("manager") as work:
        await a_risk(work, town.units["home_care"].id, "Fel läkemedel")
        found = await section(work, report, "risk_analyses")
        await fill_chapter(work, found.id, version=1)
        with pytest.raises(InvalidInput):
            await complete_section(work, found.id, empty=True)
        done = await complete_section(work, found.id)
        assert done.fetched["title"] == "Riskanalyser 2026"


async def test_what_was_fetched_stays_while_the_module_is_off_and_nothing_new_comes(town, fetched):
    town.tenant = replace(town.tenant, modules=town.tenant.modules - {"internal_control"})
    async with await town.work("manager") as work:
        with pytest.raises(ModuleOff):
            await fill_chapter(work, fetched.id, version=3)
    async with await town.work() as work:
        chapter = await bound_chapter(work)
        kept = await change_chapter(
            work, chapter.id, content=replace(content_of(chapter), title="Ny rubrik")
        )
        assert kept.source == "internal_control.risk_analyses"


async def bound_chapter(work):
    found = await work.first(
        select(Chapter).where(Chapter.source == "internal_control.risk_analyses")
    )
    assert found is not None
    return found


async def test_the_api_shows_what_would_change_and_fetches_exactly_that(
    town, report, section, ask, mutate
):
    async with await town.work("manager") as work:
        risk = await a_risk(work, town.units["home_care"].id, "Fel läkemedel")
        found = await section(work, report, "risk_analyses")
        id = global_id(sections_schema.Section, found.id)
        day, value = work.today.isoformat(), risk.probability * risk.consequence
    query = "query ($id: ID!) { chapterPreview(sectionId: $id) { seen changed added removed } }"
    preview = (await ask("manager", query, id=id))["chapterPreview"]
    fields = """... on Section { source version fetchedBy { name } fetched {
        title nothing sentences tables { title columns { title number } rows } } }"""
    refused = await mutate(
        *("manager", "fillChapter", "FillChapterInput", fields),
        sectionId=id,
        version=1,
        seen="0" * 64,
    )
    filled = await mutate(
        *("manager", "fillChapter", "FillChapterInput", fields),
        sectionId=id,
        version=1,
        seen=preview["seen"],
    )
    gone = await mutate(
        *("manager", "removeFetched", "RemoveFetchedInput", fields), sectionId=id, version=2
    )

    line = f"Fel läkemedel | Verksamhetsrisk | {day} | – | {value} | –"
    assert (preview["changed"], preview["added"], preview["removed"]) == (True, [line], [])
    assert (refused["code"], refused["field"]) == ("CONFLICT", "seen")
    assert (filled["version"], filled["source"]) == (2, "internal_control.risk_analyses")
    assert filled["fetched"]["tables"][0]["rows"] == [
        ["Fel läkemedel", "Verksamhetsrisk", day, "", str(value), ""]
    ]
    numbers = [each["number"] for each in filled["fetched"]["tables"][0]["columns"]]
    assert numbers == [False, False, False, True, True, False]
    assert (gone["version"], gone["fetched"], gone["fetchedBy"]) == (3, None, None)


async def test_the_api_tells_everybody_what_can_be_fetched(ask):
    sources = await ask("employee", "{ chapterSources { key title module permission } }")

    assert sources["chapterSources"] == [
        {
            "key": "internal_control.risk_analyses",
            "title": "Årets riskanalyser",
            "module": "Intern kontroll",
            "permission": "internal_control.read",
        },
        {
            "key": "internal_control.inspections",
            "title": "Årets egenkontroller",
            "module": "Intern kontroll",
            "permission": "internal_control.read",
        },
    ]


async def test_a_word_file_keeps_what_is_fetched_apart_from_the_text(
    report, fetched, export, preview, apply
):
    file = await export(report)
    assert table(file, "Risk").cell(1, 0).text == "Fel läkemedel"
    chapters, unknown = await preview(report, file)
    assert (states(chapters), unknown) == ({"unchanged", "generated"}, ())

    paragraph(file, "Vår analys.").runs[0].text = "Vår egen analys."
    read = await apply(report, file)

    assert list(read) == ["risk_analyses"]
    assert read["risk_analyses"].text == "<p>Vår egen analys.</p>"
    assert read["risk_analyses"].fetched == fetched.fetched


async def test_what_is_written_among_the_fetched_in_word_is_shown_and_not_read(
    report, fetched, export, preview
):
    file = await export(report)
    after(heading(file, "Riskanalyser 2026"), "Skrivet på fel ställe.")
    chapters, unknown = await preview(report, file)

    assert states(chapters) == {"unchanged", "generated"}
    assert [(each.title, each.text) for each in unknown] == [
        (f"{fetched.number} {fetched.title}", "Skrivet på fel ställe.")
    ]
