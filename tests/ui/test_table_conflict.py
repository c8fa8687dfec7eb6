"""Two who fill in one table of a report: nothing that either has typed is lost."""

from __future__ import annotations

from report_desk import SAVED, kept, set_up
from sqlalchemy import select
from ui_checks import check_everywhere, shoot

from roder.platform.modules.reports.models import SectionVersion
from roder.platform.modules.reports.service import TableRow, write_section

TABLE = "Egenkontroller"


async def cells(town, desk):
    return [row["cells"]["what"] for row in (await kept(town, desk, TABLE)).rows]


async def test_what_two_type_in_one_table_stays_with_each_until_one_gives_way(visit, town):
    desk = await set_up(town)
    visit.expect("status of 409")
    mine = await visit(town, "manager", desk.at(TABLE))
    theirs = await visit(town, "local", desk.at(TABLE))
    await theirs.get_by_label("Rad 1, Egenkontroll").fill("Brand")
    await theirs.keyboard.press("Tab")
    await theirs.locator(SAVED).wait_for()

    await mine.get_by_label("Rad 1, Egenkontroll").fill("Hygien")
    await mine.keyboard.press("Tab")
    await mine.locator("#section-said .error, #section-said .notice").first.wait_for()

    assert await cells(town, desk) == ["Brand"]
    assert await mine.get_by_label("Rad 1, Egenkontroll").input_value() == "Hygien"
    await shoot(mine, "table-conflict")
    await check_everywhere(mine)
    await mine.get_by_role("button", name="Behåll mitt").click()
    await mine.locator(SAVED).wait_for()
    assert await cells(town, desk) == ["Hygien"]
    async with await town.work(write=False) as work:
        own = SectionVersion.section_id == desk.sections[TABLE].id
        rows = await work.scalars(
            select(SectionVersion.rows).where(own).order_by(SectionVersion.version)
        )
    assert [[row["cells"]["what"] for row in version] for version in rows] == [
        ["Brand"],
        ["Hygien"],
    ]


async def test_the_rows_of_the_other_are_taken_and_the_own_ones_are_let_go(visit, town):
    desk = await set_up(town)
    visit.expect("status of 409")
    mine = await visit(town, "manager", desk.at(TABLE))
    async with await town.work("local") as work:
        rows = [TableRow({"what": "Brand", "count": None, "done": None})]
        await write_section(work, desk.sections[TABLE].id, version=1, rows=rows)
    await mine.get_by_label("Rad 1, Egenkontroll").fill("Hygien")
    await mine.keyboard.press("Tab")

    await mine.get_by_role("button", name="Ta den andras").click()

    await mine.get_by_label("Rad 1, Egenkontroll").and_(mine.locator("text=Brand")).wait_for()
    assert await cells(town, desk) == ["Brand"]
    assert await mine.evaluate("Object.keys(localStorage).filter((key) => key.includes('#'))") == []


async def test_without_scripts_the_refused_rows_stand_in_the_form_again(visit, town):
    desk = await set_up(town)
    mine = await visit(town, "manager", desk.at(TABLE), javascript=False)
    theirs = await visit(town, "local", desk.at(TABLE))
    await theirs.get_by_label("Rad 1, Egenkontroll").fill("Brand")
    await theirs.keyboard.press("Tab")
    await theirs.locator(SAVED).wait_for()

    visit.expect("status of 409")
    await mine.get_by_label("Rad 1, Egenkontroll").fill("Hygien")
    await mine.locator("button.only-plain", has_text="Spara").click()

    await shoot(mine, "table-conflict-plain")
    await mine.locator(".error", has_text="Lo Lokal").wait_for()
    assert await cells(town, desk) == ["Brand"]
    assert await mine.get_by_label("Rad 1, Egenkontroll").input_value() == "Hygien"
