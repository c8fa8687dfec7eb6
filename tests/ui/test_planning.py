"""Strategic planning in a browser: by mouse, by keyboard alone, and without JavaScript."""

from __future__ import annotations

import re

import pytest
from planned import COMMITTEE, HOME_CARE, Planned, make_planned, node
from playwright.async_api import Page, expect
from sqlalchemy import select
from ui_checks import check_axe, check_everywhere, check_html, shoot, source

from roder.platform.modules.goals.models import PlanNode, SteeringModel
from roder.platform.modules.goals.planning.nodes import change_node
from roder.platform.modules.goals.steering.locks import lock_year

PLAN = f"{COMMITTEE}planering"
CANARY = "<img src=x onerror=\"document.title='ran'\"><script>document.title='ran'</script>"


@pytest.fixture
async def plan(town) -> Planned:
    return await make_planned(town)


def item(page: Page, title: str):
    """The row of the tree with the title."""
    link = page.get_by_role("link", name=title, exact=True)
    return page.get_by_role("treeitem").filter(has=link)


async def titled(town, title: str) -> PlanNode | None:
    async with await town.work(write=False) as work:
        return await work.first(select(PlanNode).where(PlanNode.title == title))


# Every page in every state.


async def test_the_tree_and_what_opens_on_it_are_for_everybody(visit, town, plan):
    page = await visit(town, "administrator", PLAN)
    await check_everywhere(page)
    await shoot(page, "planning_tree")

    await item(page, "Sjukfrånvaro").get_by_role("link").first.click()
    await page.locator("#panel h2").wait_for()
    await page.get_by_text("Så mäts det").click()
    await page.get_by_text("Historik").click()
    await check_everywhere(page)
    await shoot(page, "planning_panel")

    for opener, name in (("Flytta till", "Flytta"), ("Ta bort", "Ta bort")):
        await page.locator("#panel").get_by_role("link", name=opener).click()
        await page.get_by_role("dialog", name=name).wait_for()
        await check_everywhere(page)
        await page.keyboard.press("Escape")
    await page.get_by_role("link", name="Lägg till under ”Minska sjukfrånvaro”").click()
    await page.get_by_text("Beskrivning, ansvarig och mer").click()
    await check_everywhere(page)
    await shoot(page, "planning_add")


@pytest.mark.parametrize(
    "path",
    [
        "planering?vy=tavla",
        "planering/ny",
        "planering/kopiera",
        "planering/lamna-over",
        "styrmodell",
    ],
)
async def test_the_other_pages_are_for_everybody(visit, town, plan, path):
    page = await visit(town, "administrator", f"{COMMITTEE}{path}")
    for details in await page.locator("main details > summary").all():
        await details.click()
    await check_everywhere(page)
    await shoot(page, path.replace("/", "_").replace("?", "_"))


@pytest.mark.parametrize("year", ["2026", "2027"])
@pytest.mark.parametrize("who", ["administrator", "employee"])
async def test_empty_and_closed_states_are_for_everybody(visit, town, plan, who, year):
    page = await visit(town, who, f"barn-och-utbildningsnamnden/{year}/planering")
    await check_everywhere(page)
    await page.goto(page.url.replace("planering", "styrmodell"))
    await check_everywhere(page)


async def test_readers_and_locked_years_are_for_everybody(visit, town, plan):
    reader = await visit(town, "manager", plan.at("leave", HOME_CARE))
    await check_everywhere(reader)
    async with await town.work() as work:
        await lock_year(work, 2026, reason="Bokslutet är klart")
    page = await visit(town, "administrator", plan.at("leave"))
    await check_everywhere(page)
    await page.goto(page.url.rpartition("/planering")[0] + "/styrmodell")
    await check_everywhere(page)


async def test_errors_are_for_everybody(visit, town, plan):
    visit.expect("status of 422", "status of 409")
    page = await visit(town, "administrator", plan.at("sick"))
    await page.get_by_label("Rubrik").fill("Ny rubrik")
    await page.get_by_text("Så mäts det").click()
    await page.get_by_label("Grön inom").fill("sju")
    await page.get_by_role("button", name="Spara").click()
    await expect(page.get_by_role("alert")).to_contain_text("är inte ett tal")
    await expect(page.get_by_label("Rubrik")).to_have_value("Ny rubrik")
    await check_everywhere(page)

    await page.goto(page.url.rpartition("/planering")[0] + "/styrmodell")
    gone = page.get_by_role("button", name="Ta bort Aktivitet")
    await gone.click()
    await expect(gone).to_have_count(0)
    await page.get_by_role("button", name="Spara").click()
    await page.get_by_role("alert").first.wait_for()
    await check_everywhere(page)


async def test_the_pages_are_html_without_a_fault(visit, town, plan):
    page = await visit(town, "administrator", PLAN)
    root = f"/{town.tenant.slug}/"
    paths = [
        PLAN,
        f"{PLAN}?vy=tavla",
        f"{PLAN}/ny?under={plan.nodes['leave']}",
        plan.at("sick"),
        plan.at("talks"),
        f"{plan.at('sick')}/flytta",
        f"{plan.at('sick')}/flytta?till={plan.nodes['content']}",
        f"{plan.at('sick')}/fordela",
        f"{plan.at('sick')}/ta-bort",
        f"{plan.at('talks')}/ta-bort",
        f"{PLAN}/kopiera",
        f"{PLAN}/lamna-over",
        f"{COMMITTEE}styrmodell",
        "socialnamnden/2027/planering",
        "socialnamnden/2027/styrmodell",
    ]

    pages = {path: await source(page, root + path) for path in paths}
    reader = await visit(town, "manager", f"{HOME_CARE}planering")
    for path in (plan.at("leave", HOME_CARE), f"{HOME_CARE}styrmodell", f"{HOME_CARE}planering"):
        pages[f"{path}, reader"] = await source(reader, root + path)
    await check_html(pages)


# By mouse.


async def test_one_adds_from_the_row_in_a_dialog(visit, town, plan):
    page = await visit(town, "administrator", PLAN)

    await page.get_by_role("link", name="Lägg till under ”Minska sjukfrånvaro”").click()
    await page.get_by_role("radio", name="Aktivitet").check()
    await page.get_by_label("Rubrik").fill("Friskvård")
    await page.keyboard.press("Enter")

    await expect(page.locator("#notice")).to_contain_text("”Friskvård” finns i planen.")
    await expect(item(page, "Friskvård")).to_be_visible()
    assert (await titled(town, "Friskvård")).level_id == plan.levels["activity"]


async def test_what_is_chosen_opens_beside_the_tree_under_its_own_address(visit, town, plan):
    page = await visit(town, "administrator", PLAN)

    await page.get_by_role("link", name="Hälsosamtal").click()

    await expect(page.locator("#panel h2")).to_have_text("Hälsosamtal")
    await expect(page).to_have_url(re.compile(f"{plan.nodes['talks']}$"))
    await page.go_back()
    await expect(page.locator("#panel h2")).to_have_count(0)


async def test_one_drags_to_another_goal_and_sees_it_first(visit, town, plan):
    page = await visit(town, "administrator", PLAN)

    await page.get_by_role("link", name="Sjukfrånvaro", exact=True).drag_to(
        page.get_by_role("link", name="Nöjda medarbetare", exact=True)
    )
    dialog = page.get_by_role("dialog")
    await expect(dialog).to_contain_text("”Sjukfrånvaro” flyttas till platsen under")
    assert (await node(town, plan.nodes["sick"])).parent_id == plan.nodes["leave"]
    await check_axe(page)
    await dialog.get_by_role("button", name="Flytta").click()

    await expect(page.locator("#notice")).to_contain_text("”Sjukfrånvaro” är flyttat.")
    assert (await node(town, plan.nodes["sick"])).parent_id == plan.nodes["content"]


async def test_a_place_is_found_by_searching(visit, town, plan):
    page = await visit(town, "administrator", plan.at("talks"), width=320)

    await page.get_by_role("link", name="Flytta till").click()
    dialog = page.get_by_role("dialog")
    await dialog.get_by_label("Sök").fill("nöjd")
    await dialog.get_by_role("link", name="Nöjda medarbetare").click()
    await dialog.get_by_role("button", name="Flytta").click()

    await expect(page.locator("#notice")).to_contain_text("”Hälsosamtal” är flyttat.")
    assert (await node(town, plan.nodes["talks"])).parent_id == plan.nodes["content"]


async def test_a_card_is_moved_on_the_board_with_mouse_and_keys(visit, town, plan):
    page = await visit(town, "administrator", f"{PLAN}?vy=tavla")

    await page.get_by_role("link", name="Heltidsanställda", exact=True).focus()
    await page.keyboard.press("Control+x")
    await page.get_by_role("link", name="Nöjda medarbetare", exact=True).focus()
    await page.keyboard.press("Control+v")
    await page.get_by_role("dialog").get_by_role("button", name="Flytta").click()
    await page.get_by_text("”Heltidsanställda” är flyttat.").wait_for()

    assert (await node(town, plan.nodes["full_time"])).parent_id == plan.nodes["content"]


async def test_the_preview_of_the_model_follows_what_is_written(visit, town, plan):
    page = await visit(town, "administrator", f"{COMMITTEE}styrmodell")

    await page.get_by_label("Namn på svenska").nth(1).fill("Inriktningsmål")
    await page.keyboard.press("Tab")

    await expect(page.locator("#model-preview")).to_contain_text("Inriktningsmål")
    await page.get_by_role("button", name="Spara").click()
    await page.get_by_text("Styrmodellen är sparad.").wait_for()


# Without JavaScript.


async def test_all_is_read_and_done_without_javascript(visit, town, plan):
    page = await visit(town, "administrator", PLAN, javascript=False)
    for title in ("God arbetsgivare", "Sjukfrånvaro", "Nöjda medarbetare"):
        await expect(page.get_by_role("link", name=title, exact=True)).to_be_visible()

    await page.get_by_role("link", name="Lägg till under ”Nöjda medarbetare”").click()
    await page.get_by_role("radio", name="Styrtal").check()
    await page.get_by_label("Rubrik").fill("Enkätens index")
    await page.get_by_role("button", name="Lägg till", exact=True).click()
    await expect(page.locator("#notice")).to_contain_text("”Enkätens index” finns i planen.")
    await page.get_by_label("Rubrik").fill("Enkätindex")
    await page.get_by_role("button", name="Spara").click()
    await expect(page.locator("#notice")).to_contain_text("Ändringen är sparad.")
    added = await titled(town, "Enkätindex")
    assert added is not None

    await page.get_by_role("link", name="Flytta till").click()
    await page.wait_for_url("**/flytta")
    await page.get_by_role("link", name="Minska sjukfrånvaro").click()
    await page.wait_for_url("**/flytta?till=*")
    await page.get_by_role("button", name="Flytta").click()
    await expect(page.locator("#notice")).to_contain_text("”Enkätindex” är flyttat.")
    assert (await node(town, added.id)).parent_id == plan.nodes["leave"]

    await page.get_by_role("link", name="Fördela").click()
    await page.wait_for_url("**/fordela")
    await page.get_by_label("Hemtjänst Öst").check()
    await page.get_by_role("button", name="Se vad de får").click()
    await page.get_by_role("button", name="Fördela").click()
    await expect(page.locator("#notice")).to_contain_text("är fördelat till 1 enheter till.")

    await page.get_by_role("link", name="Fördela").click()
    await page.get_by_role("button", name="Ta tillbaka").click()
    await expect(page.locator("#notice")).to_contain_text("Kopian är tillbakatagen.")


async def test_the_model_is_changed_without_javascript(visit, town, plan):
    page = await visit(town, "administrator", f"{COMMITTEE}styrmodell", javascript=False)

    await page.get_by_role("button", name="Lägg till en nivå").click()
    added = page.get_by_role("group", name="Ny nivå")
    await added.get_by_label("Namn på svenska").fill("Egenkontroll")
    await added.get_by_label("Mål", exact=True).check()
    await page.get_by_role("button", name="Spara").click()

    await expect(page.locator("#notice")).to_contain_text("Styrmodellen är sparad.")
    async with await town.work(write=False) as work:
        assert await work.find(SteeringModel, plan.model_id) is not None
    await expect(page.locator("#model-preview")).to_contain_text("Egenkontroll")


# What people write.


async def test_what_people_write_never_runs(visit, town, plan):
    async with await town.work() as work:
        for name in ("leave", "sick"):
            changes = {"title": CANARY, "description": CANARY}
            await change_node(work, plan.nodes[name], changes=changes)
    page = await visit(town, "administrator", plan.at("leave"))
    await item(page, "Heltidsanställda").focus()
    await page.keyboard.press("Control+x")
    await page.keyboard.press("ArrowUp")
    await page.keyboard.press("Control+x")
    await page.keyboard.press("Control+v")
    await page.get_by_role("dialog").wait_for()
    await page.keyboard.press("Escape")
    await page.goto(page.url.rpartition("/")[0] + "?vy=tavla")

    assert await page.title() != "ran"
    await expect(page.locator("img[src=x]")).to_have_count(0)
