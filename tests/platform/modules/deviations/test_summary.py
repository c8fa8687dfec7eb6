"""What a report says of a year of deviations: Lex Sarah, or that there was none, and half-years."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from roder.infra.errors import Conflict, InvalidInput
from roder.infra.periods import parse_period
from roder.platform.demonstration.report_templates import quality_report
from roder.platform.modules.deviations.models import Finding, FormKind, Law, NilKind
from roder.platform.modules.deviations.service import (
    Notice,
    decide_misconduct,
    fill_half_years,
    fill_lex_sarah,
    nil_statements,
    say_nothing,
    write_document,
)
from roder.platform.modules.reports.models import ChapterKind, Section
from roder.platform.modules.reports.service import start_report

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
        section = await fill_lex_sarah(work, sections["lex_sarah"], version=1)
        assert (section.nil, section.text) == (True, "")
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
            await fill_lex_sarah(work, sections["lex_sarah"], version=1)
        section = await fill_lex_sarah(work, sections["lex_sarah"], version=2)
        assert section.nil is False
        assert f"beslutade under {work.today.year}: visas inte (få)." in section.text


async def test_a_half_year_table_is_filled_with_masked_numbers(care, sections, reported):
    for _each in range(6):
        await reported(laws=(Law.SOL,))
    async with await care.work() as work:
        section = await work.get(Section, sections["violence"])
        assert section.kind is ChapterKind.TABLE
        with pytest.raises(InvalidInput):
            await fill_half_years(work, section.id, version=1)
        section.columns = [
            {"key": key, "title": key, "kind": kind, "choices": []}
            for key, kind in (("deviations", "number"), ("misconducts", "text"), ("own", "text"))
        ]
        await work.flush()
    async with await care.work("manager") as work:
        section = await fill_half_years(work, sections["violence"], version=1)
        halves = {row["row"]: row["cells"] for row in section.rows}
        now = "first_half" if work.today.month <= 6 else "second_half"
        other = ({"first_half", "second_half"} - {now}).pop()
    assert str(halves[now]["deviations"]) == "6"
    assert str(halves[other]["deviations"]) == "0"
    assert halves[now]["misconducts"] == "0"
