"""Forced colours and paper: what the browser takes away carries no meaning alone."""

from __future__ import annotations

import pytest
from full_town import Full, full

LOOK = "(el, [pseudo, name]) => getComputedStyle(el, pseudo || undefined)[name]"
VISIBLE = """(selector) => [...document.querySelectorAll(selector)]
    .filter((el) => el.checkVisibility()).map((el) => el.outerHTML.slice(0, 120))"""
CUT = """() => [...document.querySelectorAll("main *")].filter((el) => {
    const box = el.getBoundingClientRect();
    return el.checkVisibility() && !el.closest(".hidden, svg") && box.width > 1 &&
        box.right > document.documentElement.clientWidth + 1;
}).map((el) => `${el.tagName}.${el.className} ${el.getBoundingClientRect().right}`)"""
SCREENS = (
    "mitt-arbete",
    "socialnamnden/2026/laget",
    "socialnamnden/2026/planering",
    "socialnamnden/2026/planering?vy=tavla",
    "socialnamnden/2026/nyckeltal",
    "socialnamnden/2026/rapporter",
    "socialnamnden/2026/rapportlage",
    "organisation",
    "installningar",
)


@pytest.fixture(scope="module")
async def filled(runtime) -> Full:
    return await full(runtime)


@pytest.mark.parametrize("path", SCREENS)
async def test_on_paper_there_are_no_menus_or_buttons_and_nothing_is_cut(visit, filled, path):
    page = await visit(filled, filled.administrator.id, path, width=700)
    await page.emulate_media(media="print")

    controls = "nav.menu, header.top, footer, button, a.button, .tabs, form[role=search]"
    assert await page.evaluate(VISIBLE, controls) == []
    assert await page.evaluate(CUT) == []


async def test_on_paper_a_light_keeps_its_mark(visit, filled):
    page = await visit(filled, filled.administrator.id, "socialnamnden/2026/nyckeltal")
    await page.emulate_media(media="print")

    light = page.locator(".light").first
    assert await light.evaluate(LOOK, ["::before", "printColorAdjust"]) == "exact"


async def test_in_forced_colours_the_place_in_the_menu_and_the_focus_are_seen(visit, filled):
    page = await visit(filled, filled.administrator.id, "mitt-arbete")
    await page.emulate_media(forced_colors="active")

    here = page.locator(".menu a[aria-current]").first
    other = page.locator(".menu a:not([aria-current])").first
    name = ["", "backgroundColor"]
    assert await here.evaluate(LOOK, name) != await other.evaluate(LOOK, name)
    await page.keyboard.press("Tab")
    await page.keyboard.press("Tab")
    focused = page.locator(":focus")
    assert await focused.evaluate(LOOK, ["", "outlineStyle"]) == "solid"
    assert await focused.evaluate(LOOK, ["", "outlineWidth"]) == "3px"


async def test_in_forced_colours_a_refused_field_is_told_by_its_border(visit, filled):
    page = await visit(filled, filled.administrator.id, "socialnamnden/2026/nyckeltal")
    await page.emulate_media(forced_colors="active")

    field = page.locator("main input:not([type=hidden])").first
    await field.evaluate("(el) => el.setAttribute('aria-invalid', 'true')")
    assert await field.evaluate(LOOK, ["", "borderTopStyle"]) == "dashed"
