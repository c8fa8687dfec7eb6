"""What is carried on: from a plan to its report, from a report to next year's plan."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sqlalchemy import select

from roder.infra.errors import Conflict, Forbidden, InvalidInput, NotFound
from roder.infra.periods import parse_period
from roder.platform.modules.goals.service import lock_year
from roder.platform.modules.reports.models import Chapter, ChapterKind, Report, SectionVersion
from roder.platform.modules.reports.service import (
    FixedRow,
    TableRow,
    carry_forward,
    change_chapter,
    change_template,
    complete_report,
    complete_section,
    content_of,
    copy_template,
    write_section,
)

INSPECTION = {
    "inspection": "Läkemedelshantering",
    "responsible": "Sjuksköterska",
    "frequency": "Varje månad",
}
RESULT = {**INSPECTION, "done_on": "2026-11-03", "result": "Två avvikelser"}


@pytest.fixture
def write(town, section):
    async def ask(report, key: str, **given) -> None:
        async with await town.work("manager") as work:
            await write_section(work, (await section(work, report, key)).id, version=1, **given)

    return ask


@pytest.fixture
def carry(town):
    async def ask(report, *, who: str = "manager", **given):
        async with await town.work(who) as work:
            return await carry_forward(work, report.id, **given)

    return ask


def keys(sections) -> list[str]:
    return [section.key for section in sections]


async def test_chapters_4_and_5_and_the_tables_go_into_next_years_plan(
    town, plan, report, section, write, carry
):
    await write(report, "summary", text="<p>Fler män i yrket.</p>")
    await write(report, "inspections", text="<p>Årets.</p>", rows=[TableRow(RESULT)])
    await write(report, "economy", text="<p>Stannar.</p>")

    result = await carry(report)

    assert (result.report.template_id, result.report.period) == (plan.id, "2027")
    assert result.report.title == "Verksamhetsplan 2027"
    assert keys(result.carried) == ["inspections", "summary"]
    assert keys(result.blank) == ["processes", "outlook"]
    assert (result.kept, result.missing) == ([], [])
    async with await town.work("employee", write=False) as work:
        summary = await section(work, result.report, "summary")
        inspections = await section(work, result.report, "inspections")
    assert (summary.title, summary.text) == ("Förbättringsområden", "<p>Fler män i yrket.</p>")
    assert (summary.version, summary.written_by) == (2, town.people["manager"].id)
    # The plan has no columns for what came of the inspection.
    assert inspections.rows == [{"row": None, "cells": INSPECTION}]


async def test_the_plans_table_comes_back_in_the_report_of_the_same_year(
    town, template, plan, started, section, write, carry
):
    planned = await started(plan, "2026")
    await write(planned, "inspections", rows=[TableRow(INSPECTION)])

    result = await carry(planned)

    assert (result.report.template_id, result.report.period) == (template.id, "2026")
    async with await town.work("employee", write=False) as work:
        back = await section(work, result.report, "inspections")
    assert back.rows == [{"row": None, "cells": {**INSPECTION, "done_on": None, "result": None}}]


async def test_nothing_that_somebody_has_written_is_lost(
    town, plan, report, started, section, write, carry, counted
):
    await write(report, "summary", text="<p>Från rapporten.</p>")
    await write(report, "outlook", text="<p>Utblick.</p>")
    planned = await started(plan, "2027")
    await write(planned, "summary", text="<p>Redan skrivet.</p>")
    async with await town.work("manager") as work:
        await complete_section(work, (await section(work, planned, "outlook")).id, empty=True)
    before = await counted(SectionVersion)

    result = await carry(report)

    assert keys(result.kept) == ["summary", "outlook"]
    assert (result.carried, result.report.id) == ([], planned.id)
    assert await counted(SectionVersion) == before
    async with await town.work("employee", write=False) as work:
        assert (await section(work, planned, "summary")).text == "<p>Redan skrivet.</p>"


async def test_carrying_twice_changes_nothing_the_second_time(report, write, carry, counted):
    await write(report, "summary", text="<p>Ett.</p>")
    await carry(report)
    before = await counted(SectionVersion)

    again = await carry(report)

    assert (keys(again.kept), again.carried) == (["summary"], [])
    assert await counted(SectionVersion) == before
    assert await counted(Report) == 2


async def test_chosen_chapters_go_to_the_chosen_period_and_those_without_a_place_are_named(
    report, write, carry
):
    await write(report, "economy", text="<p>Balans.</p>")
    await write(report, "introduction", text="<p>Om oss.</p>")

    result = await carry(report, keys=["introduction", "economy"], to_period=parse_period("2028"))

    assert result.report.period == "2028"
    assert keys(result.carried) == ["introduction"]
    assert keys(result.missing) == ["economy"]


@pytest.mark.parametrize(
    ("wanted", "message"),
    [(["nothing"], 'inget avsnitt "nothing"'), (["goals"], "Bara texter och tabeller")],
)
async def test_what_cannot_be_carried_is_refused(report, carry, counted, wanted, message):
    with pytest.raises(InvalidInput, match=message) as refused:
        await carry(report, keys=wanted)
    assert refused.value.field == "sectionKeys"
    assert await counted(Report) == 1


async def test_a_report_is_not_carried_back_in_time(report, carry, counted):
    with pytest.raises(InvalidInput, match="framåt, inte bakåt: välj 2026") as refused:
        await carry(report, to_period=parse_period("2025"))
    assert refused.value.field == "toPeriod"
    assert await counted(Report) == 1


async def test_a_choice_that_the_other_table_lacks_is_left_out(
    town, plan, report, section, write, carry
):
    async with await town.work() as work:
        chapter = await work.first(
            select(Chapter).where(Chapter.template_id == plan.id, Chapter.key == "inspections")
        )
        content = content_of(chapter)
        columns = [
            replace(column, choices=("Varje vecka",)) if column.choices else column
            for column in content.columns
        ]
        await change_chapter(work, chapter.id, content=replace(content, columns=columns))
    await write(report, "inspections", rows=[TableRow(RESULT)])

    result = await carry(report)

    async with await town.work("employee", write=False) as work:
        rows = (await section(work, result.report, "inspections")).rows
    assert rows == [{"row": None, "cells": {**INSPECTION, "frequency": None}}]


async def test_a_section_that_became_another_kind_takes_nothing(town, plan, report, write, carry):
    async with await town.work() as work:
        chapter = await work.first(
            select(Chapter).where(Chapter.template_id == plan.id, Chapter.key == "summary")
        )
        content = replace(content_of(chapter), kind=ChapterKind.ATTACHMENTS)
        await change_chapter(work, chapter.id, content=content)
    await write(report, "summary", text="<p>Ett.</p>")

    assert keys((await carry(report)).missing) == ["summary"]


async def test_a_template_that_does_not_continue_carries_nothing(
    town, template, report, carry, counted
):
    async with await town.work() as work:
        await change_template(work, template.id, continues_in="")
    with pytest.raises(Conflict, match="inte var rapporten fortsätter"):
        await carry(report)
    assert await counted(Report) == 1


@pytest.mark.parametrize("who", ["employee", "auditor"])
async def test_only_those_of_the_unit_carry(report, carry, counted, who):
    with pytest.raises(Forbidden):
        await carry(report, who=who)
    assert await counted(Report) == 1


async def test_nothing_is_carried_into_a_locked_year(town, report, write, carry, counted):
    await write(report, "summary", text="<p>Ett.</p>")
    async with await town.work() as work:
        await lock_year(work, 2027)
    with pytest.raises(Conflict, match="2027 är låst"):
        await carry(report)
    assert await counted(Report) == 1


async def test_another_municipality_cannot_carry(other_town, report, counted):
    async with await other_town.work() as work:
        with pytest.raises(NotFound):
            await carry_forward(work, report.id)
    assert await counted(Report) == 1


async def test_fixed_rows_go_to_those_of_the_same_key(
    town, template, report, started, section, write, carry
):
    async with await town.work() as work:
        await change_template(work, template.id, continues_in="next_report")
        copy = await copy_template(
            work, template.id, key="next_report", title={"sv": "Nästa rapport"}
        )
        chapter = await work.first(
            select(Chapter).where(Chapter.template_id == copy.id, Chapter.key == "violence")
        )
        content = content_of(chapter)
        rows = (*content.fixed_rows, FixedRow("year", "Hela {year}"))
        await change_chapter(work, chapter.id, content=replace(content, fixed_rows=rows))
    await write(report, "violence", rows=[TableRow({"new_cases": 3}, "second_half")])

    result = await carry(report, keys=["violence"])

    async with await town.work("employee", write=False) as work:
        kept = (await section(work, result.report, "violence")).rows
    nothing = {"new_cases": None, "inventoried": None}
    assert kept == [
        {"row": "first_half", "cells": nothing},
        {"row": "second_half", "cells": {**nothing, "new_cases": 3}},
        {"row": "year", "cells": nothing},
    ]


async def test_nothing_is_carried_into_a_report_that_is_done(
    town, plan, report, started, write, fill, carry, counted
):
    await write(report, "summary", text="<p>Ett.</p>")
    planned = await started(plan, "2027")
    await fill(planned)
    async with await town.work("manager") as work:
        await complete_report(work, planned.id)
    before = await counted(SectionVersion)

    with pytest.raises(Conflict, match="Rapporten är klarmarkerad"):
        await carry(report)
    assert await counted(SectionVersion) == before
