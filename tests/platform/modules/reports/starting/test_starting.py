"""The same report started for many units at once: all or none, and those that have it keep it."""

from __future__ import annotations

import asyncio
from datetime import date

import pytest
from sqlalchemy import func, select

from roder.infra.errors import Conflict, Forbidden, InvalidInput, NotFound
from roder.infra.periods import parse_period
from roder.platform.modules.goals.service import lock_year
from roder.platform.modules.reports.models import Report, Section
from roder.platform.modules.reports.service import (
    ChapterContent,
    add_chapter,
    add_template,
    candidates,
    start_reports,
)
from roder.platform.modules.reports.starting.starting import MOST_AT_ONCE, Started
from roder.tenants.models import UnitKind
from roder.tenants.rows import uuid7
from roder.tenants.tree.units import add_unit

ALL = ("council", "committee", "home_care", "school_board")


async def begin(town, template, *units, who="administrator", period="2026", **given) -> Started:
    async with await town.work(who) as work:
        return await start_reports(
            work,
            template_id=template.id,
            unit_ids=[town.units[unit].id for unit in units],
            period=parse_period(period),
            **given,
        )


def units_of(town, reports) -> list[str]:
    names = {unit.id: name for name, unit in town.units.items()}
    return [names[report.unit_id] for report in reports]


async def test_each_unit_gets_its_own_report_with_all_sections(town, template, counted):
    started = await begin(town, template, *ALL, due_on=date(2027, 2, 1))

    assert units_of(town, started.reports) == list(ALL)
    assert started.standing == ()
    assert {report.due_on for report in started.reports} == {date(2027, 2, 1)}
    async with await town.work(write=False) as work:
        rows = await work.scalars(select(Section).order_by(Section.position))
    sections = {row.id: row for row in rows}
    numbers = {
        report.id: [row.number for row in rows if row.report_id == report.id]
        for report in started.reports
    }
    assert len({tuple(each) for each in numbers.values()}) == 1
    below = [row for row in rows if row.parent_id]
    assert {sections[row.parent_id].report_id == row.report_id for row in below} == {True}
    assert (await counted(Report), await counted(Section)) == (4, 4 * 15)


async def test_a_unit_that_has_it_already_is_told_and_skipped(town, template, report, counted):
    started = await begin(town, template, "committee", "home_care", "committee")

    assert units_of(town, started.reports) == ["committee"]
    assert [row.id for row in started.standing] == [report.id]
    again = await begin(town, template, "committee", "home_care")
    assert again.reports == ()
    assert units_of(town, again.standing) == ["committee", "home_care"]
    assert await counted(Report) == 2


async def test_each_has_the_additions_of_its_own_units(town, template):
    async with await town.work() as work:
        for unit in ("committee", "school_board"):
            content = ChapterContent(title=f"Om {unit}")
            await add_chapter(work, template.id, content=content, unit_id=town.units[unit].id)
    started = await begin(town, template, *ALL)
    async with await town.work(write=False) as work:
        rows = await work.rows(
            select(Section.report_id, Section.title).where(Section.local.is_(True))
        )
    local = dict(list(rows))
    assert [local.get(report.id) for report in started.reports] == [
        *(None, "Om committee", "Om committee", "Om school_board")
    ]


@pytest.mark.parametrize("who", ["manager", "employee", "auditor"])
async def test_without_the_right_at_one_of_them_none_gets_it(town, template, counted, who):
    with pytest.raises(Forbidden):
        await begin(town, template, "home_care", "committee", who=who)
    assert await counted(Report) == 0


async def test_one_that_does_not_exist_stops_them_all(town, template, other_town, counted):
    told = set()
    for strange in (uuid7(), other_town.units["committee"].id):
        async with await town.work() as work:
            with pytest.raises(NotFound) as refused:
                await start_reports(
                    work,
                    template_id=template.id,
                    unit_ids=[town.units["committee"].id, strange],
                    period=parse_period("2026"),
                )
        told.add(str(refused.value))
    assert len(told) == 1
    with pytest.raises(Conflict, match="Enheten council finns inte den 2017-12-31"):
        await begin(town, template, "council", "committee", period="2017")
    assert await counted(Report) == 0


async def test_what_stops_one_report_stops_many(town, template, counted):
    with pytest.raises(InvalidInput, match="Välj 1 till 500 enheter"):
        await begin(town, template)
    with pytest.raises(InvalidInput, match=r"år \(2026\)"):
        await begin(town, template, *ALL, period="2026-T1")
    async with await town.work() as work:
        empty = await add_template(work, key="empty", title={"sv": "Tom"})
    with pytest.raises(InvalidInput, match="inga kapitel"):
        await begin(town, empty, *ALL)
    async with await town.work() as work:
        with pytest.raises(InvalidInput, match=f"Välj 1 till {MOST_AT_ONCE}"):
            await start_reports(
                work,
                template_id=template.id,
                unit_ids=[uuid7() for _one in range(MOST_AT_ONCE + 1)],
                period=parse_period("2026"),
            )
        await lock_year(work, 2026)
    with pytest.raises(Conflict, match="2026 är låst"):
        await begin(town, template, *ALL)
    assert await counted(Report) == 0


async def test_two_that_start_them_at_once_start_each_once(town, template, counted):
    both = await asyncio.gather(begin(town, template, *ALL), begin(town, template, *ALL))

    assert sorted(len(each.reports) for each in both) == [0, 4]
    assert sorted(len(each.standing) for each in both) == [0, 4]
    assert await counted(Report) == 4


async def test_forty_units_take_as_many_statements_as_one(town, template, recorded):
    async with await town.work() as work:
        above = town.units["committee"].id
        many = [
            await add_unit(
                work,
                code=f"U{number}",
                name=f"Enhet {number}",
                kind=UnitKind.UNIT,
                parent_id=above,
                valid_from=date(2020, 1, 1),
            )
            for number in range(40)
        ]

    async def statements(ids) -> int:
        async with await town.work() as work:
            with recorded(work) as made:
                await start_reports(
                    work, template_id=template.id, unit_ids=ids, period=parse_period("2026")
                )
        return len(made)

    one = await statements([town.units["home_care"].id])
    forty = await statements([unit.id for unit in many])

    assert forty == one
    async with await town.work(write=False) as work:
        assert await work.first(select(func.count()).select_from(Section)) == 41 * 15


async def test_the_candidates_are_the_unit_and_those_below_it_as_a_tree(town, template, report):
    async def shown(unit, who="administrator"):
        async with await town.work(who, write=False) as work:
            found = await candidates(
                work,
                unit_id=town.units[unit].id,
                template_id=template.id,
                period=parse_period("2026"),
            )
            return [(one.unit.name, one.depth, one.has, one.may) for one in found]

    assert await shown("council") == [
        ("Kommunfullmäktige", 0, False, True),
        ("Barn- och utbildningsnämnden", 1, False, True),
        ("Socialnämnden", 1, False, True),
        ("Hemtjänst Öst", 2, True, True),
    ]
    assert await shown("committee", "manager") == [
        ("Socialnämnden", 0, False, False),
        ("Hemtjänst Öst", 1, True, True),
    ]
