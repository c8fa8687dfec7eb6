"""Two who fill in one table of a report: nothing that either has typed is lost."""

from __future__ import annotations

from playwright.async_api import expect
from report_desk import SAVED, UNSENT, kept, set_up
from sqlalchemy import select
from ui_checks import becomes, check_everywhere, shoot

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
    await expect(mine.get_by_label("Rad 1, Egenkontroll")).to_have_value("Hygien")
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


async def test_a_reload_after_the_conflict_asks_again_and_overwrites_nothing(visit, town):
    desk = await set_up(town)
    visit.expect("status of 409")
    mine = await visit(town, "manager", desk.at(TABLE))
    async with await town.work("local") as work:
        rows = [TableRow({"what": what, "count": None, "done": None}) for what in ("Brand", "El")]
        await write_section(work, desk.sections[TABLE].id, version=1, rows=rows)
    await mine.get_by_label("Rad 1, Egenkontroll").fill("Hygien")
    await mine.keyboard.press("Tab")
    await mine.locator("#section-said .theirs").wait_for()

    await mine.reload()

    await mine.locator("#section-said .theirs td:has-text('Brand')").wait_for()
    await expect(mine.get_by_label("Rad 1, Egenkontroll")).to_have_value("Hygien")
    assert await cells(town, desk) == ["Brand", "El"]
    async with mine.expect_response("**/klar"):
        await mine.keyboard.press("Control+Enter")
    await mine.wait_for_function(UNSENT)
    assert await cells(town, desk) == ["Brand", "El"]
    await mine.get_by_role("button", name="Behåll mitt").click()
    await mine.locator(SAVED).wait_for()
    assert await cells(town, desk) == ["Hygien", "El"]
    assert await mine.evaluate("Object.keys(localStorage).filter((key) => key.includes('#'))") == []


async def test_what_was_typed_in_rows_that_were_added_is_back_after_a_reload(visit, town):
    desk = await set_up(town)
    visit.expect("status of 500")
    mine = await visit(town, "manager", desk.at(TABLE))
    await mine.route("**" + desk.save(TABLE), lambda route: route.fulfill(status=500))
    for number in (1, 2, 3, 4):
        if number > 2:
            await mine.get_by_role("button", name="Lägg till rad").click()
        await mine.get_by_label(f"Rad {number}, Egenkontroll").fill(f"Rad nr {number}")
    await mine.keyboard.press("Tab")
    await mine.get_by_text("Det gick inte att spara").wait_for()
    await mine.unroute_all()

    await mine.reload()

    await becomes(lambda: cells(town, desk), [f"Rad nr {number}" for number in (1, 2, 3, 4)])
    await expect(mine.locator("[name=cell-3-what]")).to_have_value("Rad nr 4")


async def test_a_choice_that_is_taken_back_is_saved(visit, town):
    desk = await set_up(town)
    async with await town.work("manager") as work:
        rows = [TableRow({"what": "Brand", "count": None, "done": True})]
        await write_section(work, desk.sections[TABLE].id, version=1, rows=rows)
    mine = await visit(town, "manager", desk.at(TABLE))

    await mine.get_by_label("Rad 1, Utförd").select_option("")

    await mine.locator("#section-said:has(svg)").wait_for()
    assert (await kept(town, desk, TABLE)).rows[0]["cells"]["done"] is None


async def test_a_mark_as_done_does_not_take_the_others_rows_along(visit, town):
    desk = await set_up(town)
    visit.expect("status of 409")
    mine = await visit(town, "manager", desk.at(TABLE))
    await mine.get_by_label("Rad 1, Egenkontroll").fill("Hygien")
    await mine.keyboard.press("Tab")
    await mine.locator(SAVED).wait_for()
    async with await town.work("local") as work:
        rows = [TableRow({"what": "Brand", "count": None, "done": None})]
        await write_section(work, desk.sections[TABLE].id, version=2, rows=rows)

    await mine.keyboard.press("Control+Enter")

    await mine.locator("#section-said .theirs td:has-text('Brand')").wait_for()
    assert await cells(town, desk) == ["Brand"]
    await mine.get_by_role("button", name="Behåll mitt").click()
    await mine.locator(SAVED).wait_for()
    assert await cells(town, desk) == ["Hygien"]


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
    await expect(mine.get_by_label("Rad 1, Egenkontroll")).to_have_value("Hygien")
