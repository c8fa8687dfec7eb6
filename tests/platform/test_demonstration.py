"""The demonstration: what a newcomer finds in it, in three municipalities that share nothing."""

from __future__ import annotations

import secrets
from dataclasses import replace
from decimal import Decimal

import pytest
from sqlalchemy import BigInteger, Text, cast, func, literal_column, select

from roder.infra.documents.word import write_word
from roder.infra.documents.word_reader import read_word
from roder.infra.errors import NotFound
from roder.infra.periods import Period, PeriodKind
from roder.platform.demonstration import TOWNS
from roder.platform.demonstration.osthammar_texts import BEGUN, FINISHED
from roder.platform.demonstration.town import build_town
from roder.platform.modules.goals.analysis.analysis import GoalAnalysis, goal_analysis
from roder.platform.modules.goals.models import PlanNode
from roder.platform.modules.goals.rules import Light, Source
from roder.platform.modules.reports.exporting import document_of, read_parts
from roder.platform.modules.reports.models import (
    Report,
    ReportCompletion,
    Section,
    SectionCompletion,
)
from roder.platform.modules.reports.service import Progress, WordState, progress_of
from roder.platform.modules.reports.word.back import compare_word
from roder.tenants.actors import operator
from roder.tenants.models import Person, Unit
from roder.tenants.rows import TenantRow
from roder.tenants.work import Tenancy, Work, open_work

COMMITTEE_GOAL = (
    "Socialnämnden är en attraktiv arbetsgivare som arbetar strategiskt med personalförsörjning "
    "för att säkerställa att rätt kompetens finns tillgänglig"
)
GOAL = "Minska sjukfrånvaro, öka sysselsättningsgrader och medarbetarnas nöjdhet"
IMPRESSION = "Helhetsintrycket av vår organisatoriska och sociala arbetsmiljö ska förbättras"


@pytest.fixture(scope="module")
def towns():
    """The three under addresses of their own: other tests fill the demonstration too."""
    ending = secrets.token_hex(4)
    return [replace(town, slug=f"{town.slug}-{ending}", scb_code=None) for town in TOWNS]


@pytest.fixture(scope="module")
async def filled(runtime, towns) -> dict[str, Tenancy]:
    return {town.name: await build_town(runtime, town, taken=lambda: None) for town in towns}


@pytest.fixture
def read(runtime, filled):
    return lambda name: open_work(runtime, filled[name], operator(), write=False)


async def analysed(work: Work, code: str, period: Period) -> GoalAnalysis:
    unit = await work.first(select(Unit).where(Unit.code == code))
    return await goal_analysis(work, unit_id=unit.id, period=period)


def lights(analysis: GoalAnalysis) -> dict[str, Light | None]:
    return {row.node.title: row.verdict.light for row in analysis.rows if row.verdict}


async def test_the_board_of_2026_is_the_printed_one(read):
    async with read("Östhammars kommun") as work:
        analysis = await analysed(work, "SN", Period(2026))

    assert [(row.depth, row.level.name["sv"], row.node.title) for row in analysis.rows] == [
        (0, "Nämndmål", COMMITTEE_GOAL),
        (1, "Mål", GOAL),
        (2, "Styrtal", "Andel minskad sjukfrånvaro"),
        (2, "Styrtal", IMPRESSION),
        (2, "Styrtal", "Andel heltidsanställda"),
        (2, "Styrtal", "Andel anställda män"),
        (2, "Aktivitet", "Insats för att minska sjukfrånvaro"),
    ]
    values = {
        row.node.title: (row.values.total, row.values.women, row.values.men, row.values.target)
        for row in analysis.rows
        if row.values
    }
    assert values == {
        "Andel minskad sjukfrånvaro": (None, None, None, Decimal(9)),
        IMPRESSION: (Decimal(77), None, None, Decimal(76)),
        "Andel heltidsanställda": (None, None, None, Decimal(35)),
        "Andel anställda män": (None, None, None, Decimal(14)),
    }
    assert lights(analysis) == {
        COMMITTEE_GOAL: None,
        GOAL: None,
        "Andel minskad sjukfrånvaro": None,
        IMPRESSION: Light.GREEN,
        "Andel heltidsanställda": None,
        "Andel anställda män": None,
    }
    assert [light["light"] for light in analysis.model.lights] == ["green", "red"]


async def test_the_board_of_2025_is_filled_in_with_green_and_red(read):
    async with read("Östhammars kommun") as work:
        analysis = await analysed(work, "SN", Period(2025))

    assert analysis.missing == 0
    assert analysis.warnings == ()
    assert lights(analysis) == {
        COMMITTEE_GOAL: Light.RED,
        GOAL: Light.RED,
        "Andel minskad sjukfrånvaro": Light.GREEN,
        IMPRESSION: Light.GREEN,
        "Andel heltidsanställda": Light.GREEN,
        "Andel anställda män": Light.RED,
    }
    sick_leave = next(row for row in analysis.rows if row.node.title.startswith("Andel minskad"))
    assert (sick_leave.values.total, sick_leave.values.consolidated) == (Decimal(8), True)


async def test_a_unit_follows_its_sick_leave_by_month_and_sex(read):
    async with read("Östhammars kommun") as work:
        january = await analysed(work, "SN-HT", Period(2026, PeriodKind.MONTH, 1))

    row = next(row for row in january.rows if row.node.title == "Sjukfrånvaro per månad")
    values = row.values
    assert (values.period, values.total, values.women, values.men) == (
        "2026-01",
        Decimal("10.3"),
        Decimal("10.6"),
        Decimal("8.6"),
    )


async def test_the_report_of_2025_is_finished_and_that_of_2026_begun(read):
    async with read("Östhammars kommun") as work:
        board = await work.first(select(Unit.id).where(Unit.code == "SN"))
        own = select(Report).where(Report.unit_id == board).order_by(Report.id)
        reports = {report.title: report for report in await work.scalars(own)}
        ids = [report.id for report in reports.values()]
        progress = await progress_of(work, ids)
        done = await work.scalars(
            select(ReportCompletion.report_id).where(ReportCompletion.report_id.in_(ids))
        )
        sections = await work.scalars(
            select(Section).where(
                Section.report_id == reports["Kvalitets- och verksamhetsberättelse 2025"].id
            )
        )
        of_them = SectionCompletion.section_id.in_([section.id for section in sections])
        marks = await work.scalars(
            select(SectionCompletion).where(SectionCompletion.empty, of_them)
        )

    assert dict(zip(reports, progress, strict=True)) == {
        "Kvalitets- och verksamhetsberättelse 2025": Progress(14, 14),
        "Verksamhetsplan 2026": Progress(0, 6),
        "Kvalitets- och verksamhetsberättelse 2026": Progress(1, 14),
    }
    assert list(done) == [reports["Kvalitets- och verksamhetsberättelse 2025"].id]
    assert list(marks) == []
    by_key = {section.key: section for section in sections}
    assert by_key["lex_sarah"].nil
    assert by_key["goals"].snapshot is not None
    assert {key for key, section in by_key.items() if section.text or section.nil} == set(FINISHED)
    assert {key for key, section in by_key.items() if section.rows} == {
        "inspections",
        "processes",
        "violence",
    }
    assert set(BEGUN) < set(FINISHED)


async def test_helsingborg_shows_yellow_and_the_worst_child(read):
    async with read("Helsingborgs stad") as work:
        schools = await analysed(work, "BUN", Period(2026))
        environment = await analysed(work, "MN", Period(2026, PeriodKind.QUARTER, 1))

    assert lights(schools)["Ekologiska livsmedel i skolmaten"] is Light.GREEN
    assert lights(schools)["Meritvärde i åk 9"] is Light.YELLOW
    assert lights(environment)["Kvävedioxid vid de mest trafikerade gatorna"] is Light.YELLOW
    assert lights(environment)["Tillsyn av enskilda avlopp enligt plan"] is Light.RED
    assert lights(environment)["Luft och vatten blir renare"] is Light.RED


async def test_sundbyberg_sets_its_lights_by_hand_each_tertial(read):
    async with read("Sundbybergs stad") as work:
        analysis = await analysed(work, "FSN", Period(2026, PeriodKind.TERTIAL, 1))
        [report] = await work.scalars(select(Report).where(Report.id == ReportCompletion.report_id))

    by_hand = {row.node.title: row.verdict for row in analysis.rows if row.depth == 0}
    assert {title: (verdict.light, verdict.source) for title, verdict in by_hand.items()} == {
        "Barnen möter få och utbildade vuxna": (Light.GREEN, Source.HAND),
        "Vårdnadshavare är trygga med förskolan": (Light.YELLOW, Source.HAND),
    }
    assert {row.level.key for row in analysis.rows} == {"goal", "measure", "activity"}
    assert report.title == "Tertialrapport tertial 1 2026"


async def test_a_second_fill_changes_nothing(runtime, towns, filled):
    before = {name: await counted(runtime, tenant) for name, tenant in filled.items()}

    for town in towns:
        again = await build_town(runtime, town, taken=lambda: pytest.fail("a step ran twice"))
        assert again.id == filled[town.name].id

    assert {name: await counted(runtime, tenant) for name, tenant in filled.items()} == before


async def counted(runtime, tenant: Tenancy) -> dict[str, tuple[int, int | None]]:
    """The rows of each table, and the latest transaction that wrote any of them."""
    writer = cast(cast(literal_column("xmin"), Text), BigInteger)
    found = {}
    async with open_work(runtime, tenant, operator(), write=False) as work:
        for mapper in TenantRow.registry.mappers:
            model = mapper.class_
            if issubclass(model, TenantRow):
                rows = select(func.count(), func.max(writer)).select_from(model)
                found[model.__tablename__] = tuple((await work.rows(rows))[0])
    return found


async def test_the_three_see_nothing_of_each_other(runtime, filled):
    seen = {}
    for name, tenant in filled.items():
        async with open_work(runtime, tenant, operator(), write=False) as work:
            seen[name] = {
                *(await work.scalars(select(Unit.id))),
                *(await work.scalars(select(Person.id))),
                *(await work.scalars(select(PlanNode.id))),
                *(await work.scalars(select(Report.id))),
            }
    for name, tenant in filled.items():
        async with open_work(runtime, tenant, operator(), write=False) as work:
            for other in seen.keys() - {name}:
                strange = list(seen[other])
                for model in (Unit, Person, PlanNode, Report):
                    assert await work.scalars(select(model).where(model.id.in_(strange))) == []
                with pytest.raises(NotFound):
                    await goal_analysis(work, unit_id=strange[0], period=Period(2026))
    assert len({id for ids in seen.values() for id in ids}) == sum(map(len, seen.values()))


async def test_every_report_comes_back_from_word_as_it_was(read, towns):
    compared = 0
    for town in towns:
        async with read(town.name) as work:
            for report in await work.scalars(select(Report).order_by(Report.id)):
                file = write_word(document_of(await read_parts(work, report)))
                parts = await read_parts(work, report, words_only=True)
                preview, afters = compare_word(parts, read_word(file), (), frozenset())
                states = {chapter.state for chapter in preview.chapters}
                assert states <= {WordState.UNCHANGED, WordState.GENERATED}, report.title
                assert (preview.unknown, afters) == ((), {})
                compared += 1
    assert compared >= 3
