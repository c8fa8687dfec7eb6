"""The goal analysis when something goes wrong, for readers, on a phone and without scripts."""

from __future__ import annotations

import asyncio
import re

import pytest
from goal_grid import PATH, Board, make_board
from goal_grid_hand import SAVED, status, write
from playwright.async_api import expect
from ui_checks import check_everywhere, check_reflow, shoot

from roder.platform.modules.goals.steering.locks import lock_year
from roder.platform.modules.goals.values.outcomes import set_outcomes

CANARY = '<img src=x onerror="document.title=1">"\'</textarea><script>document.title=1</script>'


@pytest.fixture
async def board(town) -> Board:
    return await make_board(town)


async def test_what_is_no_number_is_told_in_a_row_of_its_own_before_anybody_is_asked(
    visit, town, board
):
    page = await visit(town, "manager", PATH)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.method))

    await write(page, board.field("men", "total"), "sju")

    told = page.locator(board.told("men", "total"))
    await expect(told).to_have_text("”sju” är inte ett tal. Skriv till exempel 77 eller 76,5.")
    cell, row = (
        await told.locator("xpath=..").bounding_box(),
        await page.locator("table.grid").bounding_box(),
    )
    assert cell is not None
    assert row is not None
    assert abs(cell["width"] - row["width"]) < 3
    assert "POST" not in asked
    assert await page.get_attribute(board.field("men", "total"), "aria-invalid") == "true"


async def test_a_slip_offers_what_was_meant(visit, town, board):
    visit.expect("status of 422")
    page = await visit(town, "manager", PATH)

    await write(page, board.field("men", "total"), "770")
    told = page.locator(board.told("men", "total"))
    await expect(told).to_contain_text("Du skrev 770. Menade du 77?")
    await shoot(page, "goal_analysis_slip")
    await told.get_by_role("button", name="Ja, skriv 77").click()

    await expect(page.locator(board.light("men"))).to_have_text("Uppnått")
    await expect(page.locator(board.field("men", "total"))).to_have_value("77")
    await expect(told).to_be_empty()
    await expect(status(page)).to_have_text(SAVED)


async def test_who_insists_keeps_the_number(visit, town, board):
    visit.expect("status of 422")
    page = await visit(town, "manager", PATH)

    await write(page, board.field("men", "total"), "103")
    await page.get_by_role("button", name="Nej, 103 stämmer").click()
    await expect(page.locator(board.light("men"))).to_have_text("Uppnått")
    await expect(status(page)).to_have_text(SAVED)
    await page.reload()

    await expect(page.locator(board.field("men", "total"))).to_have_value("103,0")


async def test_parts_that_do_not_fit_warn_and_a_later_save_leaves_an_earlier_fault(
    visit, town, board
):
    page = await visit(town, "manager", PATH)

    await write(page, board.field("full_time", "target"), "x", key="Tab")
    await expect(status(page)).to_have_text("1 värde behöver rättas")
    await write(page, board.field("full_time", "total"), "81", key="Tab")

    await expect(page.locator(board.told("full_time", "fit"))).to_have_text(
        "Kvinnor 35 och män 44 kan inte ge totalt 81. Kontrollera talen."
    )
    await expect(page.locator(board.told("full_time", "target"))).to_contain_text("är inte ett tal")
    await expect(status(page)).to_have_text("1 värde sparat, 1 behöver rättas")


@pytest.mark.parametrize(("choice", "stands"), [("Behåll mitt", "78"), ("Ta den andras", "70")])
async def test_two_in_the_same_field_choose_whose_stands(visit, town, board, choice, stands):
    visit.expect("status of 409")
    page = await visit(town, "manager", f"{PATH}?form=tabell")
    await page.evaluate("document.body.removeAttribute('data-live')")
    await page.route("**/live?**", lambda route: route.abort())
    other = await visit(town, "local", PATH)
    visit.expect("ERR_FAILED")
    await page.reload()
    await write(other, board.field("climate", "total"), "70")
    await expect(other.locator(board.light("climate"))).to_have_text("Ej uppnått")

    await write(page, board.field("climate", "total"), "78")
    told = page.locator(board.told("climate", "total"))
    await expect(told).to_contain_text("Lo Lokal ändrade samma ruta")
    await told.get_by_role("button", name=choice).click()

    await expect(told).to_be_empty()
    await expect(page.locator(board.field("climate", "total"))).to_have_value(stands)
    await page.reload()
    await expect(page.locator(board.field("climate", "total"))).to_have_value(stands)


async def test_nothing_is_lost_without_a_network(visit, town, board):
    visit.expect("ERR_INTERNET_DISCONNECTED")
    page = await visit(town, "manager", PATH)

    await page.context.set_offline(True)
    await write(page, board.field("men", "total"), "15")
    await expect(status(page)).to_contain_text("Väntar i din webbläsare: 1.")
    await page.context.set_offline(False)

    await expect(page.locator(board.light("men"))).to_have_text("Uppnått")
    await expect(status(page)).to_have_text(SAVED)


async def test_a_reload_puts_back_what_was_not_saved(visit, town, board):
    page = await visit(town, "manager", PATH)

    await page.focus(board.field("goal", "comment"))
    await page.keyboard.type("Halvfärdig")
    await page.reload()

    await expect(page.locator(board.field("goal", "comment"))).to_have_value("Halvfärdig")
    await expect(status(page)).to_have_text(SAVED)


async def test_a_fault_of_ours_keeps_the_text_and_tries_again(visit, town, board):
    visit.expect("status of 500")
    page = await visit(town, "manager", PATH)
    await page.route("**/rad/**", lambda route: route.fulfill(status=500, body=""))

    await write(page, board.field("men", "total"), "15")
    await expect(status(page)).to_contain_text("Det gick inte att spara")
    await expect(page.locator(board.field("men", "total"))).to_have_value("15")
    await page.unroute("**/rad/**")
    await page.reload()

    await expect(page.locator(board.light("men"))).to_have_text("Uppnått")


async def test_an_ended_session_keeps_the_text(visit, town, board):
    visit.expect("status of 401")
    page = await visit(town, "manager", PATH)
    cookies = await page.context.cookies()
    await page.context.clear_cookies()

    await write(page, board.field("men", "total"), "15")
    await expect(page.locator("#notice")).to_contain_text("Du har varit borta en stund.")
    await page.context.add_cookies(cookies)  # signed in again in another tab
    await page.reload()

    await expect(page.locator(board.light("men"))).to_have_text("Uppnått")


async def test_a_reason_is_kept_in_the_dialog_when_nothing_comes_back(visit, town, board):
    visit.expect("status of 500")
    page = await visit(town, "manager", PATH)
    await page.route(
        "**/ljus/**",
        lambda route: (
            route.fulfill(status=500, body="")
            if route.request.method == "POST"
            else route.continue_()
        ),
    )

    await page.locator(board.light("goal")).click()
    await page.get_by_role("radio", name="Ej uppnått").click()
    await page.keyboard.type("Vi hann inte")
    await page.keyboard.press("Control+Enter")

    await expect(page.locator("#sheet .error")).to_contain_text("Det gick inte att spara")
    await expect(page.get_by_label("Motivering")).to_have_value("Vi hann inte")


async def test_marks_in_a_text_are_only_text(visit, town, board):
    page = await visit(town, "manager", PATH)
    title = await page.title()

    await write(page, board.field("goal", "comment"), CANARY, key="Control+Enter")
    await expect(status(page)).to_have_text(SAVED)
    await page.locator(board.light("goal")).click()
    await page.get_by_role("radio", name="Ej uppnått").click()
    await page.keyboard.type(CANARY)
    await page.keyboard.press("Control+Enter")
    await expect(page.locator(board.light("goal"))).to_contain_text("för hand")
    for address in ("", f"/ljus/{board.nodes['goal']}", f"/kommentar/{board.nodes['goal']}"):
        await page.goto(f"{visit.address}/{town.tenant.slug}/{PATH}{address}")
        assert await page.locator("main img, main script").count() == 0

    reader = await visit(town, "employee", PATH)
    assert await reader.locator("main img, main script").count() == 0
    assert await reader.title() == title


async def test_others_changes_appear_by_themselves_but_never_under_the_hands(visit, town, board):
    page = await visit(town, "manager", PATH)
    await page.focus(board.field("men", "total"))
    await page.keyboard.type("1")
    async with await town.work("local") as work:
        await set_outcomes(
            work, [board.entry("climate", total="70"), board.entry("men", total="99")]
        )

    await expect(page.locator(board.field("climate", "total"))).to_have_value("70")
    await expect(page.locator(board.light("climate"))).to_have_text("Ej uppnått")
    await expect(page.locator(board.field("men", "total"))).to_have_value("1")
    visit.expect("status of 409")
    await page.keyboard.press("Enter")
    await expect(page.locator(board.told("men", "total"))).to_contain_text("Lo Lokal ändrade")


async def test_a_reader_sees_why_and_has_no_fields(visit, town, board):
    page = await visit(town, "employee", PATH)

    assert await page.locator("mal-grid :is(input, textarea, select)").count() == 0
    await expect(page.locator(".notice").first).to_contain_text("Bara Mona Chef")
    await check_everywhere(page)
    await page.locator(board.light("goal")).click()
    await expect(page.locator("#sheet .notice")).to_contain_text("Bara Mona Chef")
    await shoot(page, "goal_analysis_reader")


async def test_a_locked_year_says_so(visit, town, board):
    async with await town.work() as work:
        await lock_year(work, 2026)
    page = await visit(town, "manager", PATH)

    assert await page.locator("mal-grid :is(input, textarea, select)").count() == 0
    await expect(page.locator("main")).to_contain_text("Be controllern låsa upp")
    await check_everywhere(page)


async def test_a_year_without_a_plan_is_for_everybody(visit, town, board):
    page = await visit(town, "manager", PATH.replace("2026", "2030"))

    await expect(page.locator(".empty")).to_contain_text("Här finns inga mål för 2030 än.")
    await check_everywhere(page)


async def test_on_a_phone_the_rows_are_cards(visit, town, board):
    page = await visit(town, "manager", PATH, width=320)

    await check_reflow(page)
    assert (
        await page.locator(board.row("men")).evaluate("row => getComputedStyle(row).display")
        == "grid"
    )
    assert await page.get_attribute(board.row("men"), "role") == "row"
    await write(page, board.field("men", "total"), "15")
    await expect(page.locator(board.light("men"))).to_have_text("Uppnått")
    await shoot(page, "goal_analysis_phone")


async def test_a_row_is_saved_without_scripts(visit, town, board):
    page = await visit(town, "manager", PATH, javascript=False)
    row = page.locator(board.row("men"))

    await row.locator('[name="total"]').fill("15")
    await row.locator("textarea").fill("Bra")
    await row.get_by_role("button", name="Spara raden").click()

    await expect(page.locator("#notice")).to_contain_text("Raden är sparad.")
    await expect(page.locator(board.light("men"))).to_have_text("Uppnått")
    await expect(row.locator("textarea")).to_have_value("Bra")
    await shoot(page, "goal_analysis_plain")


async def test_a_light_is_set_without_scripts(visit, town, board):
    page = await visit(town, "manager", PATH, javascript=False)

    await page.locator(board.light("goal")).click()
    await page.get_by_role("radio", name="Ej uppnått").check()
    await page.get_by_label("Motivering").fill("Vi hann inte")
    await page.get_by_role("button", name="Spara").click()

    await expect(page.locator(board.light("goal"))).to_have_text("Ej uppnått för hand")


async def test_the_excel_file_is_made_and_fetched_from_the_page(visit, town, board):
    page = await visit(town, "employee", PATH)

    await page.get_by_role("button", name="Excel").click()

    link = page.get_by_role("link", name=re.compile(r"^Hämta Östhammar – Målanalys .*\.xlsx$"))
    await expect(link).to_be_visible()
    answer = await page.context.request.get(await link.evaluate("link => link.href"))
    assert (await answer.body())[:2] == b"PK"


async def test_the_excel_file_is_found_without_scripts(visit, town, board):
    page = await visit(town, "employee", PATH, javascript=False)

    async with page.expect_navigation():
        await page.get_by_role("button", name="Excel").click()
    link = page.get_by_role("link", name=re.compile("^Hämta "))
    async with asyncio.timeout(120):
        while not await link.count():
            await asyncio.sleep(0.3)
            async with page.expect_navigation():
                await page.get_by_role("link", name="Titta igen").click()

    await expect(link).to_have_count(1)
