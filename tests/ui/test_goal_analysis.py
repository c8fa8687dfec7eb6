"""The page Goal analysis as people use it, by mouse and by keyboard."""

from __future__ import annotations

import re

import pytest
from goal_grid import PATH, Board, make_board
from goal_grid_hand import SAVED, focused, paste, status, write
from playwright.async_api import expect
from ui_checks import Clicks, check_everywhere, check_html, shoot, source

from roder.platform.modules.goals.models import PlanNode
from roder.platform.modules.goals.planning.adding import NewNode, add_node
from roder.platform.modules.goals.values.outcomes import set_outcomes

CANARY = '<img src=x onerror="document.title=1">"\'</textarea><script>document.title=1</script>'


@pytest.fixture
async def board(town) -> Board:
    return await make_board(town)


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
        page.locator(board.row("goal")).get_by_role("button", name="Öppna större"),
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
    kept = {"total": "37,0", "women": "36,0", "men": "45,0", "target": "38"}
    for part, value in (kept | {"comment": "Fler på heltid"}).items():
        await expect(page.locator(board.field("full_time", part))).to_have_value(value)


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
    await page.reload()

    await expect(page.locator(board.field("goal", "comment"))).to_have_value("Rad ett\n- rad två")
    await expect(page.locator(board.field("goal", "in_report"))).not_to_be_checked()


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
    await expect(page.locator(board.field("full_time", "women"))).to_have_value("35,0")
    await expect(page.locator(board.field("men", "target"))).to_have_value("15")


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


async def test_the_classic_table_is_written_in_too(visit, town, board):
    page = await visit(town, "manager", f"{PATH}?vy=klassisk", width=1600)

    await check_everywhere(page)
    await write(page, board.field("men", "total"), "15")
    await expect(page.locator(board.light("men"))).to_have_text("Uppnått")
    await write(page, board.field("talks", "comment"), "Klart", key="Control+Enter")
    await expect(status(page)).to_have_text(SAVED)
    await shoot(page, "goal_analysis_classic")


async def test_one_skips_from_one_goal_at_the_top_to_the_next(visit, town, board):
    page = await visit(town, "manager", PATH)
    async with await town.work() as work:
        top = await work.get(PlanNode, board.nodes["top"])
        second = NewNode(top.level_id, top.unit_id, "God ekonomi")
        await add_node(work, second)
    await page.reload()

    skip = page.get_by_role("link", name="Hoppa till nästa mål på samma nivå")
    await expect(skip).to_have_count(1)
    await skip.focus()
    await page.keyboard.press("Enter")

    await expect(page).to_have_url(re.compile(f"#r-{second.id}$"))


async def test_on_paper_the_table_lies_down_without_what_is_for_the_hand(visit, town, board):
    page = await visit(town, "manager", PATH)
    await page.emulate_media(media="print")

    await expect(page.get_by_role("button", name="Excel")).to_be_hidden()
    await expect(page.locator(".more").first).to_be_hidden()
    await expect(page.locator(board.light("climate"))).to_be_visible()
    made = await page.pdf(prefer_css_page_size=True)
    assert re.search(rb"/MediaBox ?\[ ?0 0 8[34]\d(\.\d+)? 59\d", made)
