"""What a report says of a year of deviations: Lex Sarah, or that there was none, and half-years."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from roder.infra.errors import Conflict, Forbidden, InvalidInput
from roder.infra.periods import parse_period
from roder.platform.demonstration.report_templates import quality_report
from roder.platform.modules.deviations.models import Finding, FormKind, Law, NilKind
from roder.platform.modules.deviations.service import (
    Dimension,
    Measure,
    Notice,
    decide_misconduct,
    nil_statements,
    say_nothing,
    statistics,
    write_document,
    yearly_summary,
)
from roder.platform.modules.reports.models import Section
from roder.platform.modules.reports.service import (
    fill_chapter,
    preview_chapter,
    start_report,
    write_section,
)
from roder.tenants.log.access_log import LogEntry

LEX = dict.fromkeys(("event", "consequences", "causes", "assessment", "proposal"), "Utrett")


@pytest.fixture
async def sections(care):
    """The chapters of home care's report of this year, by key."""
    async with await care.work() as work:
        template = await quality_report(work)
        report = await start_report(
            work,
            template_id=template.id,
            unit_id=care.units["home_care"].id,
            period=parse_period(str(work.today.year)),
        )
        rows = await work.scalars(select(Section).where(Section.report_id == report.id))
        return {row.key: row.id for row in rows}


async def test_that_there_was_none_is_said_and_then_taken_back_when_there_is(
    care, sections, suspected, version
):
    unit_id = care.units["home_care"].id
    async with await care.work("boss") as work:
        await say_nothing(work, unit_id=unit_id, year=work.today.year, kind=NilKind.LEX_SARAH)
    id = await suspected(laws=(Law.SOL,))
    async with await care.work("manager") as work:
        section = await fill_chapter(work, sections["lex_sarah"], version=1)
        assert (section.nil, section.text) == (True, "")
        assert section.fetched["sentences"] == ["Inga Lex Sarah är hanterade under året."]
    async with await care.work("investigator") as work:
        await write_document(work, id, FormKind.SOL_LSS, answers=LEX, version=0, complete=True)
    async with await care.work("officer") as work:
        await decide_misconduct(
            work,
            id,
            finding=Finding.NONE,
            reason="Så",
            outcome="Inget missförhållande",
            notice=Notice(),
            version=await version(id),
        )
        assert await nil_statements(work, year=work.today.year) == []
    async with await care.work("manager") as work:
        with pytest.raises(Conflict):
            await fill_chapter(work, sections["lex_sarah"], version=1)
        section = await fill_chapter(work, sections["lex_sarah"], version=2)
        assert (section.nil, section.text) == (False, "")
        assert section.fetched["sentences"] == [
            f"Lex Sarah-ärenden som är beslutade under {work.today.year}: visas inte (få).",
            "Av dem anmälda till myndigheten som allvarliga: 0.",
            section.fetched["sentences"][2],
        ]
        with pytest.raises(InvalidInput):
            await write_section(work, section.id, version=3, nil=True)
        assert (section.nil, section.version) == (False, 3)


async def test_half_years_are_fetched_with_masked_numbers_and_told_in_the_access_log(
    care, sections, reported
):
    for _each in range(6):
        await reported(laws=(Law.SOL,))
    async with await care.work() as work:
        await reported(laws=(Law.HSL,))
        section = await work.get(Section, sections["violence"])
        assert section.source == "deviations.half_years"
    async with await care.work("manager") as work:
        await preview_chapter(work, section.id)
        section = await fill_chapter(work, section.id, version=1)
        year = work.today.year
        now = 1 if work.today.month <= 6 else 2
    async with await care.work() as work:
        noted = await work.scalars(
            select(LogEntry)
            .where(
                LogEntry.person_id == care.people["manager"].id,
                LogEntry.kind == "deviation_statistics",
            )
            .order_by(LogEntry.seq)
        )

    [table] = section.fetched["tables"]
    assert [column["title"] for column in table["columns"]] == [
        "Vad som räknas",
        "Januari–juni",
        "Juli–december",
        "Hela året",
    ]
    told = ["Rapporterade avvikelser", "0", "0", "7"]
    told[now] = "7"
    assert table["rows"][0] == told
    assert table["rows"][1:] == [
        [word, "0", "0", "0"]
        for word in (
            "Beslutade Lex Sarah",
            "Lex Sarah anmälda till myndigheten",
            "Vårdskador i hälso- och sjukvården",
            "Lex Maria anmälda till myndigheten",
        )
    ]
    assert [(entry.action, entry.unit_id) for entry in noted] == [
        ("read", care.units["home_care"].id),
        ("export", care.units["home_care"].id),
    ]
    assert {entry.detail["year"] for entry in noted} == {str(year)}


async def test_a_small_number_is_masked_also_in_a_report(care, sections, reported):
    await reported(laws=(Law.SOL,))
    async with await care.work("manager") as work:
        section = await fill_chapter(work, sections["violence"], version=1)
        first = section.fetched["tables"][0]["rows"][0]
        now = 1 if work.today.month <= 6 else 2

    assert (first[now], first[3]) == ("visas inte (få)", "visas inte (få)")


async def test_who_may_not_take_numbers_out_fetches_none(care, sections, reported):
    await reported(laws=(Law.SOL,))
    async with await care.work("employee") as work:
        with pytest.raises(Forbidden):
            await fill_chapter(work, sections["violence"], version=1)
    async with await care.work() as work:
        assert (await work.get(Section, sections["violence"])).fetched is None


async def test_that_there_are_few_is_said_of_the_whole_municipality_alone(care, reported):
    for _each in range(3):
        await reported()

    async with await care.work("administrator") as work:
        year, units = work.today.year, care.units
        for dimension in Dimension:
            found = await statistics(work, year=year, dimension=dimension)
            assert (found.few, found.total) == (True, None)
        whole = await yearly_summary(work, unit_id=units["council"].id, year=year)
        part = await yearly_summary(work, unit_id=units["home_care"].id, year=year)
    assert whole.of(Measure.DEVIATIONS).few
    assert not part.of(Measure.DEVIATIONS).few
    async with await care.work("boss") as work:
        found = await statistics(work, year=year, dimension=Dimension.LAW)
        assert (found.few, found.total) == (False, None)
    for _each in range(2):
        await reported()
    async with await care.work("administrator") as work:
        found = await statistics(work, year=year, dimension=Dimension.LAW)
        assert (found.few, found.total) == (False, 5)
