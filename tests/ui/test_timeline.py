"""The timeline in a browser: for everybody, by keyboard, without scripts, on paper."""

from __future__ import annotations

import pytest
from planned import COMMITTEE, HOME_CARE, Planned, make_planned
from playwright.async_api import expect
from timed import make_timed
from ui_checks import Clicks, check_axe, check_everywhere, check_html, check_reflow, shoot, source

from roder.platform.modules.goals.planning.nodes import remove_node
from roder.platform.modules.goals.steering.locks import lock_year

VIEW = "planering?vy=tidslinje"
TIMELINE = f"{COMMITTEE}{VIEW}"
BESIDE = """() => [...document.querySelectorAll(".timeline li")].map((line) => {
    const words = line.querySelector(".what").getBoundingClientRect();
    const drawn = line.querySelector("svg.lane").getBoundingClientRect();
    return drawn.left >= words.right && drawn.height <= line.getBoundingClientRect().height;
})"""


@pytest.fixture
async def plan(town) -> Planned:
    return await make_planned(town)


@pytest.fixture
async def timed(town, plan):
    return await make_timed(town, plan)


async def test_the_timeline_is_for_everybody(visit, town, timed):
    page = await visit(town, "administrator", TIMELINE)

    await shoot(page, "timeline")
    assert await page.evaluate(BESIDE) == [True] * 8
    await check_everywhere(page)
    await page.set_viewport_size({"width": 320, "height": 800})
    await check_reflow(page)
    await shoot(page, "timeline_narrow")


async def test_it_is_seen_in_the_dark_in_ones_own_colours_and_on_paper(visit, town, timed):
    page = await visit(town, "administrator", TIMELINE, dark=True)
    await shoot(page, "timeline_dark")
    await page.emulate_media(forced_colors="active")
    await shoot(page, "timeline_forced")
    await check_axe(page, told="in one's own colours")
    await page.emulate_media(media="print", forced_colors="none", color_scheme="light")
    await expect(page.locator(".planning-bar")).to_be_hidden()
    await expect(page.get_by_text("Sen: sista dagen var 31 mars 2026")).to_be_visible()
    await shoot(page, "timeline_print")


@pytest.mark.parametrize("state", ["reader", "locked", "empty", "inherited"])
async def test_every_state_of_it_is_for_everybody(visit, town, timed, state):
    async with await town.work() as work:
        if state == "locked":
            await lock_year(work, 2026, reason="Bokslut")
        if state == "empty":
            for name in ("late", "under_way", "closed", "waiting", "open_end", "elsewhere"):
                await remove_node(work, timed[name])
            for name in ("assignment", "talks"):
                await remove_node(work, timed[name])
    who = {"reader": "employee", "inherited": "manager"}.get(state, "administrator")
    unit = HOME_CARE if state == "inherited" else COMMITTEE

    page = await visit(town, who, f"{unit}{VIEW}")

    await check_everywhere(page)
    await shoot(page, f"timeline_{state}")
    await check_html({state: await source(page, f"/{town.tenant.slug}/{unit}{VIEW}")})


async def test_it_is_two_clicks_to_what_is_late(visit, town, timed):
    page = await visit(town, "administrator", f"{COMMITTEE}planering")

    async with Clicks(page, at_most=2) as hand:
        await hand.click(page.get_by_role("link", name="Tidslinje"))
        await page.wait_for_url("**vy=tidslinje**")
        await hand.click(page.get_by_role("link", name="Schemautbildning"))

    await expect(page.locator("#panel h2")).to_have_text("Schemautbildning")


@pytest.mark.parametrize("javascript", [True, False])
async def test_days_are_set_by_keyboard_alone_and_without_scripts(visit, town, timed, javascript):
    page = await visit(town, "administrator", TIMELINE, javascript=javascript)
    link = page.get_by_role("link", name="Sätt dagar för ”Hälsosamtal”")
    tabbed = page.get_by_role("link", name="Hälsosamtal", exact=True)
    await tabbed.focus()
    await page.keyboard.press("Tab")
    await expect(link).to_be_focused()

    await page.keyboard.press("Enter")
    await page.get_by_label("Första dag").fill("2026-02-01")
    await page.get_by_label("Sista dag").fill("2026-02-28")
    await page.get_by_label("Sista dag").press("Enter")
    await page.get_by_text("Ändringen är sparad").wait_for()

    await page.get_by_role("link", name="Tidslinje").click()
    line = page.locator(".timeline li", has_text="Hälsosamtal")
    await expect(line).to_contain_text("1 februari – 28 februari")
    await expect(line.locator("rect")).to_have_attribute("x", "8.33%")
    await expect(line.locator("rect")).to_have_attribute("width", "8.34%")
