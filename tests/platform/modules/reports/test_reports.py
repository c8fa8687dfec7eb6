"""Starting a report, and how far it has come."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import select

from roder.infra.errors import Conflict, Forbidden, InvalidInput, NotFound
from roder.infra.periods import parse_period
from roder.platform.modules.goals.service import lock_year
from roder.platform.modules.reports.models import Chapter, Report, Section
from roder.platform.modules.reports.service import (
    ChapterContent,
    Progress,
    add_chapter,
    add_template,
    change_chapter,
    change_report,
    complete_report,
    complete_section,
    progress_of,
    start_report,
    write_section,
)
from roder.tenants.models import ModuleSettings
from roder.tenants.rows import uuid7


async def begin(town, template, who="manager", unit="home_care", period="2026", **given):
    async with await town.work(who) as work:
        return await start_report(
            work,
            template_id=template.id,
            unit_id=town.units[unit].id,
            period=parse_period(period),
            **given,
        )


async def sections_of(work, report):
    return await work.scalars(
        select(Section).where(Section.report_id == report.id).order_by(Section.position)
    )


async def test_a_report_has_a_section_for_each_chapter_and_the_year_of_its_period(town, template):
    report = await begin(town, template, due_on=date(2027, 2, 1))

    assert report.title == "Kvalitets- och verksamhetsberättelse 2026"
    assert (report.due_on, report.show_instructions) == (date(2027, 2, 1), True)
    assert report.started_by == town.people["manager"].id
    async with await town.work(write=False) as work:
        sections = await sections_of(work, report)
    assert [section.number for section in sections] == [
        *("1", "2", "2.1", "2.2", "2.3", "2.4", "2.5", "2.6", "2.7", "2.8", "2.9"),
        *("3", "4", "5", ""),
    ]
    by_key = {section.key: section for section in sections}
    assert by_key["goals"].parent_id == by_key["results"].id
    assert "31 december 2026" in by_key["economy"].instruction
    assert [row["title"] for row in by_key["violence"].fixed_rows] == [
        "Januari–juni 2026",
        "Juli–december 2026",
    ]


async def test_a_unit_has_one_report_of_a_kind_for_a_period(town, template, report, counted):
    with pytest.raises(Conflict, match="redan Kvalitets- och verksamhetsberättelse 2026"):
        await begin(town, template)
    await begin(town, template, period="2027")
    assert await counted(Report) == 2


@pytest.mark.parametrize("period", ["2026-T1", "2026-H2", "2026-03"])
async def test_a_report_of_a_year_is_not_made_for_a_part_of_it(town, template, counted, period):
    with pytest.raises(InvalidInput, match=r"år \(2026\)") as refused:
        await begin(town, template, period=period)
    assert refused.value.field == "period"
    assert await counted(Report) == 0


async def test_a_template_without_chapters_makes_no_report(town, counted):
    async with await town.work() as work:
        empty = await add_template(work, key="empty", title={"sv": "Tom"})
    with pytest.raises(InvalidInput, match="inga kapitel"):
        await begin(town, empty)
    assert await counted(Report) == 0


async def test_a_unit_that_did_not_exist_then_has_no_report(town, template, counted):
    with pytest.raises(Conflict, match="finns inte"):
        await begin(town, template, period="2017")
    assert await counted(Report) == 0


@pytest.mark.parametrize(
    ("who", "unit"),
    [("employee", "home_care"), ("auditor", "home_care"), ("manager", "committee")],
)
async def test_a_report_is_started_only_where_one_may_write(town, template, counted, who, unit):
    with pytest.raises(Forbidden):
        await begin(town, template, who=who, unit=unit)
    assert await counted(Report) == 0


async def test_no_report_is_started_in_a_locked_year(town, template, counted):
    async with await town.work() as work:
        await lock_year(work, 2026)
    with pytest.raises(Conflict, match="2026 är låst"):
        await begin(town, template)
    assert await counted(Report) == 0


async def test_a_report_has_the_additions_of_its_unit_and_those_above_marked_local(town, template):
    async with await town.work() as work:
        for unit in ("committee", "home_care", "school_board"):
            await add_chapter(
                work,
                template.id,
                content=ChapterContent(title=f"Om {unit}"),
                unit_id=town.units[unit].id,
            )
    report = await begin(town, template)
    async with await town.work(write=False) as work:
        local = [section for section in await sections_of(work, report) if section.local]
    assert [(section.number, section.title) for section in local] == [
        ("6", "Om committee"),
        ("7", "Om home_care"),
    ]


async def test_a_later_change_of_the_template_leaves_a_started_report_alone(
    town, template, report, section
):
    async with await town.work() as work:
        found = await section(work, report, "introduction")
        chapter = await work.first(
            select(Chapter).where(Chapter.template_id == template.id, Chapter.key == "introduction")
        )
        await change_chapter(work, chapter.id, content=ChapterContent(title="Början"))
    async with await town.work(write=False) as work:
        assert (await section(work, report, "introduction")).title == found.title == "Inledning"


async def test_the_municipality_decides_whether_new_reports_show_instructions(town, template):
    async with await town.work() as work:
        work.add(ModuleSettings(module="reports", values={"show_instructions": False}))
    report = await begin(town, template)
    assert report.show_instructions is False
    async with await town.work("manager") as work:
        changed = await change_report(
            work, report.id, show_instructions=True, due_on=date(2027, 1, 31)
        )
        assert (changed.show_instructions, changed.due_on) == (True, date(2027, 1, 31))
        changed = await change_report(work, report.id, without_due_date=True)
        assert (changed.show_instructions, changed.due_on) == (True, None)


async def test_progress_counts_what_can_be_marked(town, report, section):
    async with await town.work("manager") as work:
        assert await progress_of(work, [report.id]) == [Progress(0, 14)]
        economy = await section(work, report, "economy")
        await write_section(work, economy.id, version=1, text="<p>Balans.</p>")
        await complete_section(work, economy.id)
        await complete_section(work, (await section(work, report, "goals")).id)
        assert await progress_of(work, [uuid7(), report.id]) == [Progress(0, 0), Progress(2, 14)]


async def test_reports_are_found_by_unit_period_template_and_state(
    town, template, report, fill, ask
):
    later = await begin(town, template, period="2027")
    await fill(report)
    async with await town.work("manager") as work:
        await complete_report(work, report.id)
    home_care, committee = (f"Unit:{town.units[name].id}" for name in ("home_care", "committee"))
    query = """query ($template: ID, $unit: ID, $period: String, $state: ReportState) {
        reports(templateId: $template, unitId: $unit, period: $period, state: $state) {
          nodes { id } } }"""

    async def found(**given):
        nodes = (await ask("employee", query, **given))["reports"]["nodes"]
        return [node["id"] for node in nodes]

    first, second = f"Report:{report.id}", f"Report:{later.id}"
    assert await found() == [first, second]
    assert await found(state="DONE") == [first]
    open_here = {"state": "OPEN", "unit": home_care, "template": f"ReportTemplate:{template.id}"}
    assert await found(**open_here) == [second]
    assert await found(period="2027") == [second]
    assert await found(unit=committee) == []


async def test_another_municipality_cannot_tell_a_report_exists(other_town, report, template):
    async with await other_town.work() as work:
        assert await work.scalars(select(Report)) == []
        with pytest.raises(NotFound) as foreign:
            await change_report(work, report.id, show_instructions=False)
        with pytest.raises(NotFound) as absent:
            await change_report(work, uuid7(), show_instructions=False)
        assert str(foreign.value) == str(absent.value)
        with pytest.raises(NotFound):
            await start_report(
                work,
                template_id=template.id,
                unit_id=other_town.units["home_care"].id,
                period=parse_period("2026"),
            )
        assert await progress_of(work, [report.id]) == [Progress(0, 0)]
