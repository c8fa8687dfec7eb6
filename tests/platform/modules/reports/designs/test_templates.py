"""Templates and chapters: central ones for all, local additions for a unit and those below."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sqlalchemy import select

from roder.infra.errors import Conflict, Forbidden, InvalidInput, NotFound
from roder.infra.periods import Period
from roder.platform.demonstration.report_templates import quality_report
from roder.platform.modules.reports.models import Chapter, ChapterKind, ReportTemplate, Section
from roder.platform.modules.reports.service import (
    ChapterContent,
    Column,
    FixedRow,
    add_chapter,
    add_template,
    change_chapter,
    change_template,
    content_of,
    copy_template,
    move_chapter,
    remove_chapter,
    start_report,
    template_outline,
    templates,
)
from roder.tenants.rows import uuid7

TEXT = ChapterContent(title="Lokala satsningar")


async def numbered(work, template, **given) -> list[str]:
    entries = await template_outline(work, template.id, **given)
    return [f"{entry.number} {entry.chapter.title}".strip() for entry in entries]


async def chapter(work, key: str) -> Chapter:
    found = await work.first(
        select(Chapter)
        .where(Chapter.key == key, Chapter.template_id == ReportTemplate.id)
        .where(
            ReportTemplate.tenant_id == Chapter.tenant_id, ReportTemplate.key == "quality_report"
        )
    )
    assert found is not None
    return found


async def test_the_headings_of_the_source_stand_with_their_slips_mended(work):
    assert await numbered(work, await quality_report(work)) == [
        "1 Inledning",
        "2 Resultat, måluppfyllelse & analys",
        "2.1 Måluppfyllelse",
        "2.2 Ekonomiskt utfall",
        "2.3 Redovisning riskanalyser",
        "2.4 Redovisning egenkontroller",
        "2.5 Processer & rutiner som reviderats",
        "2.6 Analys anhörigperspektivet",
        "2.7 Analys våld i nära relationer",
        "2.8 Sammanfattning Lex Sarah",
        "2.9 Analys enkäter & brukarundersökningar",
        "3 Genomförda satsningar",
        "4 Sammanfattande analys",
        "5 Omvärldsanalys och framtida satsningar",
        "Bilagor",
    ]


async def test_a_key_belongs_to_one_template(town, template, counted):
    async with await town.work() as work:
        with pytest.raises(Conflict, match="redan en mall med nyckeln quality_report"):
            await add_template(work, key="quality_report", title={"sv": "En till"})
    assert await counted(ReportTemplate) == 2


@pytest.mark.parametrize(
    "given",
    [
        {"key": "Å"},
        {"key": ""},
        {"title": {"en": "Plan"}},
        {"title": {"sv": " "}},
        {"title": {"sv": "Plan", "de": "Plan"}},
        {"continues_in": "plan"},
        {"description": "x" * 5001},
    ],
)
async def test_a_template_that_cannot_be_is_refused(town, counted, given):
    async with await town.work() as work:
        with pytest.raises(InvalidInput):
            await add_template(work, **{"key": "plan", "title": {"sv": "Plan"}, **given})
    assert await counted(ReportTemplate) == 0


@pytest.mark.parametrize("who", ["local", "manager", "employee", "auditor"])
async def test_only_full_administrators_change_what_is_central(town, template, who):
    async with await town.work() as work:
        economy = await chapter(work, "economy")
    async with await town.work(who) as work:
        for call in (
            add_template(work, key="new", title={"sv": "Ny"}),
            change_template(work, template.id, title={"sv": "Ny"}),
            copy_template(work, template.id, key="new", title={"sv": "Ny"}),
            add_chapter(work, template.id, content=TEXT),
            change_chapter(work, economy.id, content=TEXT),
            move_chapter(work, economy.id),
            remove_chapter(work, economy.id),
        ):
            with pytest.raises(Forbidden):
                await call
    async with await town.work() as work:
        assert [row.key for row in await templates(work)] == ["operational_plan", "quality_report"]
        assert (await chapter(work, "economy")).title == "Ekonomiskt utfall"
        assert len(await numbered(work, template)) == 15


async def test_a_local_addition_stands_below_its_unit_only_and_takes_a_number(town, template):
    async with await town.work("local") as work:
        results = await chapter(work, "results")
        before = await chapter(work, "economy")
        added = await add_chapter(
            work,
            template.id,
            content=TEXT,
            parent_id=results.id,
            before_id=before.id,
            unit_id=town.units["home_care"].id,
        )
        assert (added.key, added.unit_id) == ("lokala_satsningar", town.units["home_care"].id)

        here = await numbered(work, template, unit_id=town.units["home_care"].id)
        above = await numbered(work, template, unit_id=town.units["committee"].id)
    assert here[2:5] == ["2.1 Måluppfyllelse", "2.2 Lokala satsningar", "2.3 Ekonomiskt utfall"]
    assert above[2:4] == ["2.1 Måluppfyllelse", "2.2 Ekonomiskt utfall"]


async def test_a_local_administrator_adds_nothing_at_anothers_unit(town, template, counted):
    before = await counted(Chapter)
    async with await town.work("local") as work:
        for unit in ("school_board", "committee"):
            with pytest.raises(Forbidden):
                await add_chapter(work, template.id, content=TEXT, unit_id=town.units[unit].id)
    assert await counted(Chapter) == before


async def test_a_central_chapter_cannot_stand_below_a_local_one(town, template, counted):
    async with await town.work() as work:
        local = await add_chapter(
            work, template.id, content=TEXT, unit_id=town.units["home_care"].id
        )
    before = await counted(Chapter)
    async with await town.work() as work:
        with pytest.raises(InvalidInput, match="för alla enheter"):
            await add_chapter(work, template.id, content=TEXT, parent_id=local.id)
        with pytest.raises(InvalidInput, match="annan enhet"):
            await add_chapter(
                work,
                template.id,
                content=TEXT,
                parent_id=local.id,
                unit_id=town.units["school_board"].id,
            )
    assert await counted(Chapter) == before


async def test_chapters_stand_at_most_three_levels_deep(town, template, counted):
    async with await town.work() as work:
        economy = await chapter(work, "economy")
        third = await add_chapter(work, template.id, content=TEXT, parent_id=economy.id)
        assert "2.2.1 Lokala satsningar" in await numbered(work, template)
        before = await counted(Chapter)
        with pytest.raises(InvalidInput, match="högst 3 nivåer"):
            await add_chapter(work, template.id, content=TEXT, parent_id=third.id)
        with pytest.raises(InvalidInput, match="högst 3 nivåer"):
            await move_chapter(work, economy.id, parent_id=(await chapter(work, "goals")).id)
    assert await counted(Chapter) == before + 1


async def test_a_moved_chapter_takes_those_below_along_and_numbers_follow(work):
    template = await quality_report(work)
    results = await chapter(work, "results")
    introduction = await chapter(work, "introduction")

    await move_chapter(work, results.id, before_id=introduction.id)

    assert (await numbered(work, template))[:2] == [
        "1 Resultat, måluppfyllelse & analys",
        "1.1 Måluppfyllelse",
    ]
    with pytest.raises(Conflict, match="in under sig självt"):
        await move_chapter(work, results.id, parent_id=(await chapter(work, "goals")).id)
    with pytest.raises(InvalidInput, match="inget sådant kapitel"):
        await move_chapter(work, results.id, before_id=(await chapter(work, "goals")).id)


async def test_only_a_chapter_with_nothing_below_is_removed(work):
    template = await quality_report(work)
    with pytest.raises(Conflict, match="Måluppfyllelse, Ekonomiskt utfall"):
        await remove_chapter(work, (await chapter(work, "results")).id)

    await remove_chapter(work, (await chapter(work, "economy")).id)

    assert (await numbered(work, template))[3] == "2.2 Redovisning riskanalyser"


async def test_a_changed_chapter_keeps_its_key(work):
    await quality_report(work)
    economy = await chapter(work, "economy")
    content = replace(
        content_of(economy),
        title="  Ekonomi ",
        instruction="<p onclick='x'>Skriv <script>alert(1)</script>kort.</p>",
    )

    changed = await change_chapter(work, economy.id, content=content)

    assert (changed.key, changed.title) == ("economy", "Ekonomi")
    assert changed.instruction == "<p>Skriv kort.</p>"


@pytest.mark.parametrize(
    ("content", "field"),
    [
        (ChapterContent(title=""), "title"),
        (ChapterContent(title="x" * 201), "title"),
        (ChapterContent(title="T", kind=ChapterKind.TABLE), "columns"),
        (ChapterContent(title="T", columns=(Column("a", "A"),)), "columns"),
        (ChapterContent(title="T", fixed_rows=(FixedRow("a", "A"),)), "columns"),
        (ChapterContent(title="T", kind=ChapterKind.NIL_STATEMENT), "nilPhrase"),
        (ChapterContent(title="T", nil_phrase="Inga"), "nilPhrase"),
        (
            ChapterContent(title="T", kind=ChapterKind.HEADING, carried_forward=True),
            "carriedForward",
        ),
        (ChapterContent(title="T", kind=ChapterKind.HEADING, phrases=("Inget.",)), "phrases"),
        (ChapterContent(title="T", phrases=("",)), "phrases"),
        (ChapterContent(title="T", phrases=tuple(f"Fras {n}." for n in range(21))), "phrases"),
    ],
)
async def test_a_chapter_that_cannot_be_is_refused(town, template, counted, content, field):
    before = await counted(Chapter)
    async with await town.work() as work:
        with pytest.raises(InvalidInput) as refused:
            await add_chapter(work, template.id, content=content)
    assert refused.value.field == field
    assert await counted(Chapter) == before


async def test_a_chapters_key_stands_once_in_its_template(town, template, counted):
    before = await counted(Chapter)
    async with await town.work() as work:
        with pytest.raises(Conflict, match="nyckeln economy"):
            await add_chapter(work, template.id, content=TEXT, key="economy")
    assert await counted(Chapter) == before


async def test_a_copy_has_the_central_chapters_and_no_local_ones(town, template):
    async with await town.work() as work:
        await add_chapter(work, template.id, content=TEXT, unit_id=town.units["home_care"].id)
        copy = await copy_template(
            work, template.id, key="school_report", title={"sv": "Skolans berättelse"}
        )
        assert await numbered(work, copy) == await numbered(work, template)
        assert (copy.continues_in, copy.title) == ("operational_plan", {"sv": "Skolans berättelse"})


async def test_a_template_keeps_the_title_in_the_language_that_is_not_named(work):
    template = await quality_report(work)

    await change_template(work, template.id, title={"en": "Annual report"}, continues_in="")

    assert template.title == {
        "sv": "Kvalitets- och verksamhetsberättelse",
        "en": "Annual report",
    }
    assert template.continues_in is None


async def test_another_municipality_cannot_tell_a_template_exists(other_town, town, template):
    async with await town.work() as work:
        economy = await chapter(work, "economy")
    async with await other_town.work() as work:
        assert await templates(work) == []
        for call in (template_outline, change_template, add_to):
            with pytest.raises(NotFound) as foreign:
                await call(work, template.id)
            with pytest.raises(NotFound) as absent:
                await call(work, uuid7())
            assert str(foreign.value) == str(absent.value)
        with pytest.raises(NotFound):
            await remove_chapter(work, economy.id)


async def add_to(work, template_id):
    return await add_chapter(work, template_id, content=TEXT)


async def test_ready_phrases_follow_the_chapter_into_copies_and_reports(town, template):
    phrases = ("Inga avvikelser {year}.", " Inga avvikelser {year}. ", "Allt enligt plan.")
    async with await town.work() as work:
        content = ChapterContent(title="Avvikelser", phrases=phrases)
        added = await add_chapter(work, template.id, content=content)
        assert content_of(added).phrases == ("Inga avvikelser {year}.", "Allt enligt plan.")
        copy = await copy_template(work, template.id, key="copy", title={"sv": "Kopia"})
        entries = await template_outline(work, copy.id)
        copied = next(entry.chapter for entry in entries if entry.chapter.key == added.key)
        assert copied.phrases == added.phrases
        report = await start_report(
            work,
            template_id=copy.id,
            unit_id=town.units["home_care"].id,
            period=Period(2027),
        )
        section = await work.first(
            select(Section).where(Section.report_id == report.id, Section.key == added.key)
        )
        assert section is not None
        assert section.phrases == ["Inga avvikelser 2027.", "Allt enligt plan."]
