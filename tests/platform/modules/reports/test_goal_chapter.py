"""The chapter made of the goals: captions of the period, lights, comments, exclamation marks."""

from __future__ import annotations

from decimal import Decimal

import pytest

from roder.infra.documents.model import LightMark, Note, RichText, Table
from roder.infra.documents.richtext import plain_text
from roder.infra.i18n import use_locale
from roder.infra.periods import parse_period
from roder.platform.modules.goals.analysis.analysis import goal_analysis
from roder.platform.modules.goals.analysis.snapshot import snapshot
from roder.platform.modules.goals.service import set_outcome, write_comment
from roder.platform.modules.reports.goal_chapter import goal_blocks


@pytest.fixture
def blocks(town, goals):
    """The chapter of home care for a period, as a draft unless said otherwise."""

    async def ask(period: str = "2026", **given):
        async with await town.work("employee", write=False) as work:
            analysis = await goal_analysis(
                work, unit_id=town.units["home_care"].id, period=parse_period(period)
            )
        return goal_blocks(snapshot(analysis), **{"language": "sv", "draft": True, **given})

    return ask


EMPLOYER = (
    "Socialnämnden är en attraktiv arbetsgivare som arbetar strategiskt med "
    "personalförsörjning för att säkerställa att rätt kompetens finns tillgänglig"
)


def tables(blocks) -> list[Table]:
    return [block for block in blocks if isinstance(block, Table)]


def notes(blocks) -> list[str]:
    return [block.text for block in blocks if isinstance(block, Note)]


def said(cell) -> str:
    if isinstance(cell, LightMark):
        return f"{cell.light}: {cell.word}"
    return plain_text(cell.html) if isinstance(cell, RichText) else cell


async def test_the_captions_have_the_year_of_the_period(blocks):
    goals, activities = tables(await blocks())

    assert goals.caption == "Mål och styrtal 2026"
    assert [column.title for column in goals.columns] == [
        "Nämndmål, mål och styrtal",
        "Utfall 2026",
        "Utfall kvinna 2026",
        "Utfall man 2026",
        "Måltal 2026",
        "Status",
        "Kommentar",
    ]
    assert [column.title for column in activities.columns] == [
        "Uppdrag och aktivitet",
        "Läge",
        "Sista dag",
        "Kommentar",
    ]


async def test_every_node_has_its_values_light_and_the_comment_meant_for_the_report(blocks):
    goals, _activities = tables(await blocks())

    assert [tuple(said(cell) for cell in row) for row in goals.rows] == [
        (
            f"Nämndmål: {EMPLOYER}",
            *("", "", "", "", "none: Ingen färg", ""),
        ),
        (
            "Mål: Minska sjukfrånvaro, öka sysselsättningsgrader och medarbetarnas nöjdhet",
            *("", "", "", "", "none: Ingen färg", ""),
        ),
        ("Andel minskad sjukfrånvaro", "", "", "", "9,0\u00a0%", "none: Ingen färg", ""),
        (
            "Helhetsintrycket av vår organisatoriska och sociala arbetsmiljö ska förbättras",
            *("77", "", "", "76", "green: Uppnått", "Svarsfrekvensen var 82 %."),
        ),
        # The comment on this one is not meant for the report.
        ("Andel heltidsanställda", "", "", "", "35,0\u00a0%", "none: Ingen färg", ""),
        ("Andel anställda män", "", "", "", "14,0\u00a0%", "none: Ingen färg", ""),
    ]


async def test_open_or_uncommented_activities_have_an_exclamation_mark(blocks, close_activity):
    await close_activity("effort")
    for draft in (True, False):
        _goals, activities = tables(await blocks(draft=draft))

        assert [said(row[0]) for row in activities.rows] == [
            "Mål: Minska sjukfrånvaro, öka sysselsättningsgrader och medarbetarnas nöjdhet",
            "Uppdrag: Se över schemaläggningen",
            "Insats för att minska sjukfrånvaro",
            "Hälsosamtal vid upprepad frånvaro",
        ]
        assert [said(row[1]) for row in activities.rows] == ["", "", "Avslutad", "! Ej påbörjad"]
        assert [said(row[3]) for row in activities.rows] == ["", "", "Genomfört i maj.", ""]
        assert activities.caption == (
            "Uppdrag och aktiviteter 2026. "
            "! betyder att aktiviteten är öppen eller saknar kommentar."
        )


async def test_the_municipality_can_keep_the_marks_out_of_finished_reports(blocks):
    _goals, activities = tables(await blocks(draft=False, mark_open=False))
    assert [said(row[1]) for row in activities.rows] == ["", "", "Ej påbörjad", "Ej påbörjad"]
    assert activities.caption == "Uppdrag och aktiviteter 2026"


async def test_only_a_draft_lists_what_remains(blocks):
    (remaining,) = notes(await blocks())
    lines = remaining.split("\n")
    assert lines[0] == "Det här återstår att göra i målanalysen:"
    assert 'Styrtalet "Andel heltidsanställda" saknar utfall.' in lines
    assert notes(await blocks(draft=False)) == []


async def test_the_chapter_speaks_english_too(blocks):
    with use_locale("en"):
        goals, activities = tables(await blocks(language="en"))
    assert goals.caption == "Goals and indicators 2026"
    assert [column.title for column in goals.columns[1:3]] == ["Outcome 2026", "Outcome women 2026"]
    assert said(goals.rows[1][0]).startswith("Goal: ")
    assert said(activities.rows[2][1]) == "! Not started"


async def test_a_year_without_goals_says_so(blocks):
    (only,) = await blocks("2025")
    assert plain_text(only.html) == "Det finns inga mål för den här perioden."


async def test_markup_in_a_title_is_only_text(town, goals, blocks):
    async with await town.work("manager") as work:
        await write_comment(
            work,
            goals.nodes["absence"],
            unit_id=town.units["home_care"].id,
            period="2026",
            text="Under 5 < 9 & <script>x</script>\nrad två",
        )
    table, _activities = tables(await blocks())
    assert said(table.rows[2][6]) == "Under 5 < 9 & <script>x</script>\nrad två"


async def test_a_report_with_everything_in_is_green_where_the_goals_are(town, goals, blocks):
    async with await town.work("manager") as work:
        for name, total in (("absence", "9.1"), ("full_time", "38"), ("men", "14")):
            await set_outcome(
                work,
                goals.nodes[name],
                unit_id=town.units["home_care"].id,
                period="2026",
                values={"total": Decimal(total)},
            )
    table, _activities = tables(await blocks())
    assert {said(row[5]) for row in table.rows} == {"green: Uppnått"}
