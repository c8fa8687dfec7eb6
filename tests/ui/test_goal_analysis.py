"""The page Goal analysis as people use it: by mouse, by keyboard, on a phone, without scripts."""

from __future__ import annotations

import re

import pytest
from goal_grid import PATH, Board, make_board
from playwright.async_api import Page, expect
from ui_checks import Clicks, check_everywhere, check_html, check_reflow, shoot, source

from roder.platform.modules.goals.locks import lock_year
from roder.platform.modules.goals.outcomes import set_outcomes

CANARY = '<img src=x onerror="document.title=1">"\'</textarea><script>document.title=1</script>'
SAVED = "Alla ändringar är sparade"


@pytest.fixture
async def board(town) -> Board:
    return await make_board(town)


def status(page: Page):
    return page.locator("#status")


async def write(page: Page, selector: str, text: str, *, key: str = "Enter") -> None:
    await page.fill(selector, text)
    await page.press(selector, key)


async def focused(page: Page) -> str:
    """What has focus, as the place where it is told of."""
    return str(await page.evaluate("document.activeElement.dataset.told ?? ''"))


async def paste(page: Page, selector: str, text: str) -> None:
    await page.focus(selector)
    await page.evaluate(
        """text => {
            const data = new DataTransfer();
            data.setData("text/plain", text);
            const how = { clipboardData: data, bubbles: true, cancelable: true };
            document.activeElement.dispatchEvent(new ClipboardEvent("paste", how));
        }""",
        text,
    )


async def test_the_page_is_for_everybody_light_dark_and_narrow(visit, town, board):
    page = await visit(town, "manager", PATH)
    await shoot(page, "goal_analysis")

    await write(page, board.field("men", "total"), "sju", key="Tab")
    await expect(page.locator(board.told("men", "total"))).to_contain_text("”sju” är inte ett tal")
    await check_everywhere(page)
    await page.locator(".pick summary").last.click()
    await check_everywhere(page)


async def test_the_dialogs_are_for_everybody(visit, town, board):
    page = await visit(town, "manager", PATH)
    visit.expect("status of 422")

    for opener in (
        page.locator(board.light("goal")),
        page.locator(f'a[href*="kommentar/{board.nodes["goal"]}"]'),
        page.locator(f'a[href*="aktivitet/{board.nodes["talks"]}"]'),
    ):
        await opener.click()
        await expect(page.locator("#sheet")).to_be_visible()
        await check_everywhere(page)
        await page.keyboard.press("Escape")
    await page.locator(board.light("goal")).click()
    await page.get_by_role("radio", name="Ej uppnått").check()
    await page.get_by_role("button", name="Spara").click()
    await expect(page.locator("#sheet .error")).to_contain_text("Skriv varför du ändrar färgen")
    await check_everywhere(page)
    await shoot(page, "goal_light")


async def test_all_of_it_is_html_without_a_fault(visit, town, board):
    page = await visit(town, "manager", PATH)
    reader = await visit(town, "employee", PATH)
    root = f"/{town.tenant.slug}/{PATH}"
    parts = [
        f"{part}/{board.nodes[name]}"
        for part, name in (
            ("ljus", "goal"),
            ("ljus", "climate"),
            ("kommentar", "goal"),
            ("aktivitet", "talks"),
        )
    ]
    asked = ["", "?visa=saknas", "?vy=klassisk", "?form=kort", "?period=2026-03"]
    addresses = [f"{root}{query}" for query in asked] + [f"{root}/{part}" for part in parts]
    pages = {address: await source(page, address) for address in addresses}
    pages |= {f"reader {address}": await source(reader, address) for address in addresses}

    await check_html(pages)


async def test_an_outcome_takes_one_click_and_lights_what_it_should(visit, town, board):
    page = await visit(town, "manager", PATH)

    async with Clicks(page, at_most=1) as hand:
        await hand.click(board.field("men", "total"))
        await page.keyboard.type("12,5")
        await page.keyboard.press("Enter")
    await expect(page.locator(board.light("men"))).to_have_text("Ej uppnått")

    await expect(page.locator(board.light("goal"))).to_have_text("Ej uppnått")
    await expect(page.locator("#missing")).to_contain_text("2 av 10 värden saknas.")
    await expect(status(page)).to_have_text(SAVED)
    await page.reload()
    await expect(page.locator(board.field("men", "total"))).to_have_value("12,5")


async def test_a_row_is_filled_with_one_click_and_the_keyboard(visit, town, board):
    page = await visit(town, "manager", PATH)

    async with Clicks(page, at_most=1) as hand:
        await hand.click(board.field("full_time", "total"))
        for text in ("37", "36", "45", "38"):
            await page.keyboard.press("Control+A")
            await page.keyboard.type(text)
            await page.keyboard.press("Tab")
        await page.keyboard.press("Tab")  # past the status
        await page.keyboard.type("Fler på heltid")
        await page.keyboard.press("Tab")
    await expect(page.locator(board.light("full_time"))).to_have_text("Ej uppnått")

    await expect(status(page)).to_have_text(SAVED)
    await page.reload()
    row = [
        await page.locator(board.field("full_time", part)).input_value()
        for part in ("total", "women", "men", "target", "comment")
    ]
    assert row == ["37,0", "36,0", "45,0", "38", "Fler på heltid"]


async def test_the_keyboard_walks_down_up_and_takes_back(visit, town, board):
    page = await visit(town, "manager", PATH)
    at = {name: f"e-{board.nodes[name]}-total" for name in board.nodes}
    await page.focus(board.field("climate", "total"))

    walked = []
    for key in ("Enter", "ArrowDown", "ArrowUp", "Shift+Enter"):
        await page.keyboard.press(key)
        walked.append(await focused(page))
    assert walked == [at["full_time"], at["men"], at["full_time"], at["climate"]]

    await page.keyboard.type("9")
    await page.keyboard.press("Escape")
    await expect(page.locator(board.field("climate", "total"))).to_have_value("77")

    await write(page, board.field("climate", "total"), "70")
    await expect(page.locator(board.light("climate"))).to_have_text("Ej uppnått")
    await page.keyboard.press("Control+z")
    await expect(page.locator(board.light("climate"))).to_have_text("Uppnått")
    await expect(page.locator(board.field("climate", "total"))).to_have_value("77")
    await page.focus(board.field("goal", "comment"))
    await page.keyboard.press("Alt+ArrowDown")
    assert await focused(page) == f"e-{board.nodes['climate']}-comment"


async def test_a_comment_is_saved_with_ctrl_enter(visit, town, board):
    page = await visit(town, "manager", PATH)

    await write(page, board.field("goal", "comment"), "Rad ett\n- rad två", key="Control+Enter")
    await expect(status(page)).to_have_text(SAVED)
    await page.uncheck(board.field("goal", "in_report"))
    await expect(status(page)).to_have_text(SAVED)
    await page.wait_for_timeout(300)
    await page.reload()

    await expect(page.locator(board.field("goal", "comment"))).to_have_value("Rad ett\n- rad två")
    await expect(page.locator(board.field("goal", "in_report"))).not_to_be_checked()


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
    await write(page, board.field("full_time", "total"), "81", key="Tab")

    await expect(page.locator(board.told("full_time", "fit"))).to_have_text(
        "Kvinnor 35 och män 44 kan inte ge totalt 81. Kontrollera talen."
    )
    await expect(page.locator(board.told("full_time", "target"))).to_contain_text("är inte ett tal")
    await expect(status(page)).to_have_text("1 värden sparade, 1 behöver rättas")


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


async def test_a_block_from_a_spreadsheet_is_saved_with_one_request(visit, town, board):
    visit.expect("status of 422")
    page = await visit(town, "manager", PATH)
    posts: list[str] = []
    page.on(
        "request", lambda request: posts.append(request.url) if request.method == "POST" else None
    )

    await paste(
        page, board.field("climate", "total"), "78\t\t\t77\r\n36,5\t35\t44\t36\r\n770\t\t\t15\r\n"
    )

    await expect(page.locator(board.told("men", "total"))).to_contain_text("Menade du 77?")
    assert len(posts) == 1
    await expect(page.locator(board.light("climate"))).to_have_text("Uppnått")
    await expect(status(page)).to_have_text("7 värden sparade, 1 behöver rättas")
    await page.keyboard.press("Escape")
    await page.reload()
    assert await page.input_value(board.field("full_time", "women")) == "35,0"
    assert await page.input_value(board.field("men", "target")) == "15"


async def test_a_light_is_set_by_hand_with_two_clicks(visit, town, board):
    page = await visit(town, "manager", PATH)

    async with Clicks(page, at_most=2) as hand:
        await hand.click(board.light("goal"))
        await hand.click(page.get_by_role("radio", name="Ej uppnått"))
        await page.keyboard.type("Vi hann inte")
        await page.keyboard.press("Control+Enter")

    await expect(page.locator("#sheet")).to_be_hidden()
    await expect(page.locator(board.light("goal"))).to_have_text("Ej uppnått för hand")
    await expect(page.locator(board.light("goal"))).to_be_focused()
    await page.locator(board.light("goal")).click()
    await expect(page.locator(".history")).to_contain_text("Mona Chef")
    await page.get_by_role("radio", name=re.compile("^Automatisk: ")).check()
    await page.get_by_role("button", name="Spara").click()
    await expect(page.locator(board.light("goal"))).to_have_text("Ingen färg än")


async def test_green_that_may_not_be_says_why_and_keeps_the_reason(visit, town, board):
    visit.expect("status of 409")
    async with await town.work() as work:
        await set_outcomes(work, [board.entry("men", total="1", target="14")])
    page = await visit(town, "manager", PATH)

    await page.locator(board.light("goal")).click()
    await page.get_by_role("radio", name="Uppnått", exact=True).click()
    await page.keyboard.type("Nästan")
    await page.keyboard.press("Control+Enter")

    await expect(page.locator("#sheet .error")).to_contain_text("Målet kan inte bli grönt")
    await expect(page.get_by_label("Motivering")).to_have_value("Nästan")


async def test_an_activity_is_ended_with_two_clicks(visit, town, board):
    page = await visit(town, "manager", PATH)
    row = page.locator(board.row("talks"))

    async with Clicks(page, at_most=2) as hand:
        await hand.click(row.get_by_role("link", name="Avsluta …"))
        await expect(page.locator("#act-comment")).to_be_focused()
        await page.keyboard.type("Alla hade sitt samtal")
        await hand.click(page.get_by_role("button", name="Spara"))

    await expect(page.locator("#sheet")).to_be_hidden()
    await expect(row.locator("select")).to_have_value("done")
    await expect(row.locator("textarea")).to_have_value("Alla hade sitt samtal")
    await expect(page.locator(".folded summary")).to_contain_text("1 inte avslutad")


async def test_a_state_is_saved_as_it_is_chosen(visit, town, board):
    page = await visit(town, "manager", PATH)

    await page.select_option(board.field("course", "state"), "done")

    await expect(page.locator(".folded summary")).to_contain_text("1 inte avslutad")
    await expect(status(page)).to_have_text(SAVED)


async def test_nothing_is_lost_without_a_network(visit, town, board):
    visit.expect("ERR_INTERNET_DISCONNECTED")
    page = await visit(town, "manager", PATH)

    await page.context.set_offline(True)
    await write(page, board.field("men", "total"), "15")
    await expect(status(page)).to_contain_text("1 ändringar väntar")
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


async def test_the_classic_table_is_written_in_too(visit, town, board):
    page = await visit(town, "manager", f"{PATH}?vy=klassisk", width=1600)

    await check_everywhere(page)
    await write(page, board.field("men", "total"), "15")
    await expect(page.locator(board.light("men"))).to_have_text("Uppnått")
    await write(page, board.field("talks", "comment"), "Klart", key="Control+Enter")
    await expect(status(page)).to_have_text(SAVED)
    await shoot(page, "goal_analysis_classic")


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

    await page.get_by_role("button", name="Excel").click()
    link = page.get_by_role("link", name=re.compile("^Hämta "))
    for _look in range(40):
        if await link.count():
            break
        await page.wait_for_timeout(250)
        await page.get_by_role("link", name="Titta igen").click()

    assert await link.count() == 1
