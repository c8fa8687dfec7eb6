"""The tree of strategic planning by keyboard alone."""

from __future__ import annotations

import pytest
from planned import COMMITTEE, HOME_CARE, Planned, make_planned, node
from playwright.async_api import Page, expect

PLAN = f"{COMMITTEE}planering"


@pytest.fixture
async def plan(town) -> Planned:
    return await make_planned(town)


def item(page: Page, title: str):
    """The row of the tree with the title."""
    link = page.get_by_role("link", name=title, exact=True)
    return page.get_by_role("treeitem").filter(has=link)


async def focused(page: Page) -> str:
    """The name of the item that has the focus."""
    return await page.evaluate("document.activeElement.querySelector('.name a')?.textContent ?? ''")


async def test_the_tree_is_walked_folded_and_opened_by_keys(visit, town, plan):
    page = await visit(town, "administrator", PLAN)
    await item(page, "God arbetsgivare").focus()

    walked = []
    for key in ("ArrowDown", "ArrowDown", "End", "ArrowUp", "Home", "h", "ArrowLeft", "ArrowLeft"):
        await page.keyboard.press(key)
        walked.append(await focused(page))

    assert walked == [
        *("Minska sjukfrånvaro", "Sjukfrånvaro", "Nöjda medarbetare", "Hälsosamtal"),
        *("God arbetsgivare", "Heltidsanställda", "Minska sjukfrånvaro", "Minska sjukfrånvaro"),
    ]
    assert await item(page, "Minska sjukfrånvaro").get_attribute("aria-expanded") == "false"
    await expect(item(page, "Sjukfrånvaro")).to_be_hidden()
    await page.keyboard.press("ArrowRight")
    await page.keyboard.press("ArrowRight")
    assert await focused(page) == "Sjukfrånvaro"
    await page.keyboard.press("Enter")
    await expect(page.locator("#panel h2")).to_have_text("Sjukfrånvaro")
    assert await focused(page) == "Sjukfrånvaro"


async def test_only_the_row_one_stands_on_takes_tabs(visit, town, plan):
    page = await visit(town, "administrator", PLAN)
    await item(page, "Minska sjukfrånvaro").focus()

    await page.keyboard.press("Tab")
    first = await page.evaluate("document.activeElement.textContent.trim()")
    await page.keyboard.press("Tab")

    assert first == "Lägg till under ”Minska sjukfrånvaro”"
    assert not await page.evaluate("Boolean(document.activeElement.closest('org-tree'))")


async def test_one_moves_by_cutting_and_pasting(visit, town, plan):
    page = await visit(town, "administrator", PLAN)
    await item(page, "Sjukfrånvaro").focus()

    await page.keyboard.press("Control+x")
    await expect(page.locator("#notice")).to_contain_text("”Sjukfrånvaro” är upplockat.")
    await page.keyboard.press("End")
    await page.keyboard.press("Control+v")
    await expect(page.get_by_role("dialog")).to_contain_text("Inget står under det.")
    await page.keyboard.press("Enter")

    await page.get_by_text("”Sjukfrånvaro” är flyttat.").wait_for()
    assert (await node(town, plan.nodes["sick"])).parent_id == plan.nodes["content"]


async def test_what_cannot_stand_there_says_so_when_pasted(visit, town, plan):
    page = await visit(town, "administrator", PLAN)
    await item(page, "Minska sjukfrånvaro").focus()

    await page.keyboard.press("Control+x")
    await page.keyboard.press("End")
    await page.keyboard.press("Control+v")

    dialog = page.get_by_role("dialog")
    await expect(dialog.get_by_role("alert")).to_contain_text("kan inte stå under")
    await expect(dialog.get_by_role("button", name="Flytta")).to_have_count(0)
    await page.keyboard.press("Escape")
    await expect(dialog).to_be_hidden()
    assert await focused(page) == "Nöjda medarbetare"


async def test_the_order_is_changed_with_alt_and_arrows(visit, town, plan):
    page = await visit(town, "administrator", PLAN)
    await item(page, "Heltidsanställda").focus()

    async with page.expect_response("**/ordning"):
        await page.keyboard.press("Alt+ArrowUp")

    await page.wait_for_function(
        "document.activeElement.closest('li')?.nextElementSibling?.innerText.includes('Sjukfrånvaro')"
    )
    assert await focused(page) == "Heltidsanställda"
    assert (await node(town, plan.nodes["full_time"])).position == 0
    assert (await node(town, plan.nodes["sick"])).position == 1


async def test_f2_goes_to_the_title(visit, town, plan):
    page = await visit(town, "administrator", PLAN)
    await item(page, "Hälsosamtal").focus()

    await page.keyboard.press("F2")
    await page.wait_for_url("**#title")

    await expect(page.get_by_label("Rubrik")).to_be_focused()
    await page.keyboard.press("Control+a")
    await page.keyboard.type("Samtal om hälsa")
    await page.keyboard.press("Enter")
    await page.get_by_text("Ändringen är sparad.").wait_for()
    assert (await node(town, plan.nodes["talks"])).title == "Samtal om hälsa"


async def test_what_is_inherited_cannot_be_taken_up(visit, town, plan):
    page = await visit(town, "manager", f"{HOME_CARE}planering")
    await item(page, "Minska sjukfrånvaro").focus()

    await page.keyboard.press("Control+x")

    await expect(page.locator("#notice p")).to_have_count(0)
