"""How far the reports of many units have come."""

from __future__ import annotations

from datetime import timedelta

import pytest

from roder.graphql.nodes import global_id
from roder.infra.errors import NotFound
from roder.infra.periods import Period
from roder.platform.modules.reports.reports_schema import ReportTemplate
from roder.platform.modules.reports.service import (
    CellState,
    ChapterContent,
    TableRow,
    add_chapter,
    approve_report,
    change_report,
    complete_report,
    complete_section,
    start_report,
    status_of,
    write_section,
)
from roder.tenants.rows import uuid7


@pytest.fixture
def status(town, template):
    async def ask(who: str = "employee", **given):
        async with await town.work(who, write=False) as work:
            given = {"template_id": template.id, "period": Period(2026), **given}
            return await status_of(work, **given)

    return ask


async def test_each_section_shows_how_far_it_has_come(town, goals, report, section, status):
    async with await town.work("manager") as work:
        for key in ("economy", "efforts"):
            found = await section(work, report, key)
            await write_section(work, found.id, version=1, text="<p>Text.</p>")
        await complete_section(work, (await section(work, report, "efforts")).id)
        await complete_section(work, (await section(work, report, "relatives")).id, empty=True)
        found = await section(work, report, "violence")
        row = TableRow({"new_cases": 3}, "first_half")
        await write_section(work, found.id, version=1, rows=[row])

    found = await status()

    (row,) = found.rows
    states = {key: (cell.state, cell.missing) for key, cell in row.cells.items()}
    assert {key: states[key] for key in ("economy", "efforts", "relatives", "summary")} == {
        "economy": (CellState.BEGUN, 0),
        "efforts": (CellState.DONE, 0),
        "relatives": (CellState.DONE_EMPTY, 0),
        "summary": (CellState.EMPTY, 0),
    }
    assert states["violence"] == (CellState.BEGUN, 1)
    state, missing = states["goals"]
    assert state is CellState.MISSING
    assert missing > 0
    assert (row.progress.done, row.progress.total) == (2, 14)
    assert (row.completion, row.approval, row.late) == (None, None, False)
    assert [column.key for column in found.columns] == list(row.cells)
    assert [(column.number, column.key) for column in found.columns][:3] == [
        ("1", "introduction"),
        ("2.1", "goals"),
        ("2.2", "economy"),
    ]


async def test_a_report_that_is_done_and_approved_says_so_and_lacks_nothing(
    town, goals, report, fill, status
):
    await fill(report)
    async with await town.work("manager") as work:
        await complete_report(work, report.id)
    async with await town.work("local") as work:
        await approve_report(work, report.id)

    (row,) = (await status()).rows

    assert row.completion is not None
    assert row.completion.completed_by == town.people["manager"].id
    assert row.approval is not None
    assert row.approval.approved_by == town.people["local"].id
    assert {cell.state for cell in row.cells.values()} == {CellState.DONE, CellState.DONE_EMPTY}
    assert {cell.missing for cell in row.cells.values()} == {0}


async def test_a_report_whose_last_day_is_over_is_late_until_it_is_done(
    town, goals, report, fill, status
):
    async with await town.work("manager") as work:
        await change_report(work, report.id, due_on=work.today - timedelta(days=1))
    assert (await status()).rows[0].late
    await fill(report)
    async with await town.work("manager") as work:
        await complete_report(work, report.id)
    assert not (await status()).rows[0].late


async def test_local_chapters_stand_where_they_stand_and_units_follow_the_tree(
    town, template, status
):
    home_care, committee = town.units["home_care"].id, town.units["committee"].id
    async with await town.work() as work:
        content = ChapterContent(title="Vår egen")
        await add_chapter(work, template.id, content=content, key="own", unit_id=home_care)
        for unit in (home_care, committee):
            await start_report(work, template_id=template.id, unit_id=unit, period=Period(2026))

    found = await status()

    assert [row.unit.id for row in found.rows] == [committee, home_care]
    keys = [column.key for column in found.columns]
    assert len(keys) == len(set(keys)) == 15
    own = next(column for column in found.columns if column.key == "own")
    assert own.local
    assert "own" not in found.rows[0].cells
    assert "own" in found.rows[1].cells


async def test_the_status_of_a_unit_is_that_of_it_and_those_below(town, template, report, status):
    async def units(unit: str) -> list[str]:
        found = await status(unit_id=town.units[unit].id)
        return [row.unit.name for row in found.rows]

    assert await units("committee") == ["Hemtjänst Öst"]
    assert await units("home_care") == ["Hemtjänst Öst"]
    assert await units("school_board") == []


async def test_units_that_had_the_report_last_year_and_have_not_begun_are_named(
    town, template, report, status
):
    found = await status(period=Period(2027))

    assert (found.rows, found.columns) == ((), ())
    assert [place.name for place in found.not_started] == ["Hemtjänst Öst"]


async def test_the_number_of_statements_does_not_grow_with_the_units(
    town, template, goals, report, recorded
):
    async def count() -> int:
        async with await town.work("employee", write=False) as work:
            with recorded(work) as statements:
                await status_of(work, template_id=template.id, period=Period(2026))
            return len(statements)

    few = await count()
    async with await town.work() as work:
        for unit in ("committee", "school_board", "council"):
            await start_report(
                work, template_id=template.id, unit_id=town.units[unit].id, period=Period(2026)
            )
    assert await count() == few


async def test_an_absent_template_or_unit_is_not_found(town, other_town, template, status):
    for given in ({"template_id": uuid7()}, {"unit_id": uuid7()}):
        with pytest.raises(NotFound):
            await status(**given)
    async with await other_town.work(write=False) as work:
        with pytest.raises(NotFound):
            await status_of(work, template_id=template.id, period=Period(2026))


async def test_the_api_tells_of_the_status(ask, template, report):
    query = """query ($id: ID!) { reportStatus(templateId: $id, period: "2026") {
        columns { key number kind } notStarted { name }
        rows { late unit { name } progress { done total } approval { id }
               cells { key state missing section { number } } } } }"""
    found = (await ask("employee", query, id=global_id(ReportTemplate, template.id)))[
        "reportStatus"
    ]
    (row,) = found["rows"]
    assert (row["unit"]["name"], row["progress"]) == ("Hemtjänst Öst", {"done": 0, "total": 14})
    assert row["cells"][2] == {
        "key": "economy",
        "state": "EMPTY",
        "missing": 0,
        "section": {"number": "2.2"},
    }
    assert found["notStarted"] == []
