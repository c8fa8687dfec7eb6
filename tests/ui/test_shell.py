"""What surrounds every page: the menu, the place in the address, the palette, the keys."""

import re

import pytest
from full_town import full
from goal_grid import LEVELS
from playwright.async_api import expect
from ui_checks import Clicks, check_axe, check_everywhere, check_html, check_reflow, shoot, source

from roder.platform.modules.goals.service import create_model, lock_year
from roder.platform.modules.goals.terms import ANALYSIS
from roder.tenants.municipality import switch_module
from roder.tenants.terms import rename_terms

SPACED = """() => {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(`* { line-height: 1.5 !important; letter-spacing: .12em !important;
        word-spacing: .16em !important } p { margin-block-end: 2em !important }`);
    document.adoptedStyleSheets = [...document.adoptedStyleSheets, sheet];
    return [...document.querySelectorAll("main *, header *")].filter((one) => {
        const style = getComputedStyle(one);
        const cut = style.overflowX === "hidden" || style.overflowY === "hidden";
        return cut && !one.matches(".hidden, .clip, .wide, svg, svg *") && one.checkVisibility() &&
            (one.scrollHeight > one.clientHeight + 2 || one.scrollWidth > one.clientWidth + 2);
    }).map((one) => one.outerHTML.slice(0, 120));
}"""
"""WCAG 1.4.12, and what it cuts off."""


@pytest.fixture(scope="module")
async def filled(runtime):
    """The demonstration's municipality; nothing here changes it."""
    return await full(runtime)


# The place


async def test_another_unit_and_year_are_three_clicks_away(visit, filled):
    page = await visit(filled, filled.administrator.id, "socialnamnden/2026/malanalys")

    async with Clicks(page, at_most=3) as hand:
        await hand.click("#unit-picker")
        await page.locator("#unit-wanted:focus").wait_for()
        await page.keyboard.type("hemtjänst ö")
        await page.keyboard.press("Enter")
        await page.wait_for_url("**/hemtjanst-osthammar/2026/malanalys")
        await hand.click("#year-picker summary")
        await hand.click(page.get_by_role("link", name="2025"))
        await page.wait_for_url("**/hemtjanst-osthammar/2025/malanalys")

    await page.goto(f"{visit.address}/{filled.tenant.slug}/mitt-arbete")
    assert "Hemtjänst Östhammar" in await page.locator("#unit-picker").inner_text()
    assert "2025" in await page.locator("#year-picker summary").inner_text()


async def test_the_unit_is_chosen_by_keyboard_alone_and_esc_gives_the_focus_back(visit, filled):
    page = await visit(filled, filled.administrator.id, "socialnamnden/2026/malanalys")

    await page.locator("#unit-picker").focus()
    await page.keyboard.press("Enter")
    await page.locator("#unit-wanted:focus").wait_for()
    await check_axe(page, told="with the units open")
    await page.keyboard.press("Escape")
    await expect(page.locator("#unit-picker")).to_be_focused()

    await page.keyboard.press("e")
    await page.locator("#unit-wanted:focus").wait_for()
    await page.keyboard.type("förskola")
    await page.keyboard.press("ArrowDown")
    await page.keyboard.press("Enter")
    await page.wait_for_url("**/forskola/2026/malanalys")


async def test_the_unit_is_found_without_scripts(visit, filled):
    page = await visit(filled, filled.employee.id, "socialnamnden/2025/laget", javascript=False)

    await page.locator("#unit-picker").click()
    await expect(page.locator("h1")).to_have_text("Byt enhet")
    await page.get_by_label("Hitta en enhet").fill("frös")
    await page.locator("main").get_by_role("button", name="Sök").click()
    await page.wait_for_url("**q=fr**")
    await page.get_by_role("link", name="Frösåkersskolan").click()

    await expect(page).to_have_url(re.compile("/frosakersskolan/2025/laget$"))


async def test_a_unit_that_nobody_has_is_said_not_to_be_there(visit, filled):
    page = await visit(
        filled, filled.employee.id, "enheter?till=laget&ar=2025&q=m%C3%A5nbasen", javascript=False
    )

    assert "Ingen enhet heter ”månbasen”" in await page.locator("main").inner_text()


async def test_a_locked_year_says_so_and_leads_to_the_open_one(visit, town):
    async with await town.work() as work:
        for year in (2025, 2026):
            await create_model(work, year=year, name="Mål", levels=LEVELS)
        await lock_year(work, 2025)
    page = await visit(town, "manager", "hemtjanst-ost/2025/malanalys")

    banner = page.locator(".notice", has_text="Du ser 2025")
    assert "Året är låst" in await banner.inner_text()
    await check_axe(page, told="in a locked year")
    await banner.get_by_role("link").click()

    await page.wait_for_url("**/hemtjanst-ost/2026/malanalys")


async def test_the_pickers_lead_only_to_pages_of_a_unit(visit, town):
    for asked in ("enheter?till=//evil.example&ar=2026", "enheter?till=laget&ar=x"):
        page = await visit(town, "employee", asked, status=404)
        assert "Det finns ingen sida" in await page.locator("h1").inner_text()


# The menu


async def test_the_menu_has_modules_that_are_on_in_the_words_of_the_municipality(visit, town):
    async with await town.work() as work:
        words = {"goals.analysis": {"sv": "<b>Uppföljning</b>"}}
        await rename_terms(work, words, known=[ANALYSIS])
    page = await visit(town, "administrator", "mitt-arbete")
    menu = page.get_by_role("navigation", name="Huvudmeny")
    words = await menu.text_content()
    assert "<b>Uppföljning</b>" in words
    assert "Målanalys" not in words
    assert "Rapporter" in words

    async with await town.work() as work:
        await switch_module(work, "reports", on=False)
    await page.reload()
    assert "Rapporter" not in await menu.text_content()


async def test_who_administers_nothing_sees_no_administration(visit, town):
    page = await visit(town, "employee", "mitt-arbete")
    employees = await page.get_by_role("navigation", name="Huvudmeny").text_content()
    page = await visit(town, "administrator", "mitt-arbete")
    administrators = await page.get_by_role("navigation", name="Huvudmeny").text_content()

    for word in ("API", "Personer"):
        assert word not in employees
        assert word in administrators


async def test_one_menu_is_open_at_a_time_and_esc_closes_it(visit, town):
    page = await visit(town, "administrator", "mitt-arbete")
    more = page.locator(".menu summary", has_text="Mer")
    me = page.locator(".me summary")

    await more.click()
    await check_axe(page, told="with a menu open")
    await me.click()
    await expect(page.locator(".top details[open]")).to_have_count(1)
    await page.keyboard.press("Escape")

    await expect(page.locator(".top details[open]")).to_have_count(0)
    await expect(me).to_be_focused()


@pytest.mark.parametrize("javascript", [True, False])
async def test_the_menu_opens_on_a_phone(visit, town, javascript):
    page = await visit(town, "administrator", "mitt-arbete", width=320, javascript=javascript)

    await page.get_by_role("button", name="Meny").click()
    await page.locator(".menu summary", has_text="Mer").click()
    await page.get_by_role("link", name="API", exact=True).click()

    await page.wait_for_url("**/api")


async def test_the_first_stop_of_the_keyboard_skips_the_menu(visit, town):
    page = await visit(town, "employee", "profil")

    await page.keyboard.press("Tab")
    assert await page.evaluate("document.activeElement.textContent") == "Till innehållet"
    await page.keyboard.press("Enter")

    await expect(page.locator("#content")).to_be_focused()


# Search


async def test_the_palette_finds_and_goes_there_by_keyboard_alone(visit, filled):
    page = await visit(filled, filled.administrator.id, "profil")

    await page.keyboard.press("Control+k")
    await page.locator("#wanted:focus").wait_for()
    await page.keyboard.insert_text("frösåker")  # at once: the list is made once
    await page.locator("#hits a", has_text="Frösåkersskolan").first.wait_for()
    await check_everywhere(page)
    await shoot(page, "palette")
    await page.keyboard.press("ArrowDown")
    await page.keyboard.press("Enter")

    await page.wait_for_url("**/frosakersskolan/*/malanalys")


async def test_the_palette_asks_what_was_meant(visit, filled):
    page = await visit(filled, filled.administrator.id, "profil")

    await page.keyboard.press("Control+k")
    await page.locator("#wanted:focus").wait_for()
    await page.keyboard.type("sjukfrånvarro")

    await expect(page.locator("#hits")).to_contain_text("Inget träffade ”sjukfrånvarro”")
    await expect(page.locator("#hits")).to_contain_text("Menade du")
    await expect(page.locator("#hits a").first).to_contain_text("sjukfrånvaro")


async def test_esc_closes_the_palette_and_gives_the_focus_back(visit, town):
    page = await visit(town, "employee", "profil")
    await page.get_by_label("English").focus()

    await page.keyboard.press("Control+k")
    await page.locator("#wanted:focus").wait_for()
    await page.keyboard.press("Escape")

    await expect(page.get_by_label("English")).to_be_focused()


async def test_search_works_without_scripts(visit, filled):
    page = await visit(filled, filled.employee.id, "profil", javascript=False)

    await page.locator("#search").click()
    await page.get_by_label("Vad letar du efter?").fill("heltid")
    await page.locator("main").get_by_role("button", name="Sök").click()

    await page.locator("#hits a", has_text="heltid").first.wait_for()


# The keys


async def test_letters_are_commands_but_never_in_a_field(visit, filled):
    page = await visit(filled, filled.administrator.id, "synpunkt")
    await page.get_by_label("Vad är fel?").focus()
    await page.keyboard.type("gm?e")
    assert await page.get_by_label("Vad är fel?").input_value() == "gm?e"
    assert page.url.endswith("/synpunkt")

    await page.locator("h1").click()
    await page.keyboard.press("g")
    await page.keyboard.press("m")
    await page.wait_for_url("**/malanalys")
    await page.keyboard.press("?")
    await page.wait_for_url("**/hjalp/tangentbord")


async def test_the_letters_are_switched_off_in_the_profile(visit, town):
    page = await visit(town, "employee", "profil")

    await page.get_by_label("Enstaka tangenter är kommandon").uncheck()
    await page.get_by_role("button", name="Spara").click()
    await page.get_by_text("Dina val är sparade").wait_for()
    await page.wait_for_load_state()  # with the script that hears the keys
    await page.locator("h1").click()
    await page.keyboard.press("?")
    await page.keyboard.press("g")
    await page.keyboard.press("a")

    assert page.url.endswith("/profil")
    await page.keyboard.press("Control+k")
    await page.locator("#wanted:focus").wait_for()


# The looks


async def test_every_page_stands_at_320_px_and_with_more_space_between_letters(visit, filled):
    page = await visit(filled, filled.administrator.id, "profil", width=320)
    for path in (
        "profil",
        "hjalp",
        "hjalp/tangentbord",
        "tillganglighet",
        "synpunkt",
        "sok?q=heltid",
        "enheter",
        "api",
        "api/schema",
        "mitt-arbete",
        "socialnamnden/2026/laget",
        "socialnamnden/2025/malanalys",
        "socialnamnden/2025/rapporter",
    ):
        await page.goto(
            f"{visit.address}/{filled.tenant.slug}/{path}".replace(
                "/enheter", "/enheter?till=laget&ar=2026"
            )
        )
        await check_reflow(page)
        assert await page.evaluate(SPACED) == [], path
        await check_reflow(page)


async def test_forced_colours_and_print_are_looked_at(visit, filled):
    page = await visit(filled, filled.administrator.id, "socialnamnden/2025/laget")

    await page.emulate_media(forced_colors="active")
    assert await page.locator("h1").is_visible()
    await shoot(page, "forced_colours")
    await page.emulate_media(forced_colors="none", media="print")
    await shoot(page, "print")

    assert not await page.locator("header.top").is_visible()
    assert not await page.locator("footer.foot").is_visible()


async def test_the_pages_around_are_valid_html(visit, filled):
    page = await visit(filled, filled.administrator.id, "profil")
    paths = [
        f"/{filled.tenant.slug}/{path}"
        for path in (
            "profil",
            "hjalp",
            "hjalp/tangentbord",
            "tillganglighet",
            "synpunkt",
            "sok?q=heltid",
            "sok",
            "enheter?till=laget&ar=2026",
            "socialnamnden/2022/malanalys",
            "finns-inte",
        )
    ]
    await check_html({path: await source(page, path) for path in paths})


CANARY = '"><img src=x onerror="window.ran=1">'


@pytest.mark.parametrize(
    "path",
    [
        "sok?q={}",
        "sok?q={}&lista=1",
        "synpunkt?sida={}",
        "enheter?till=laget&ar=2026&q={}",
        "api?exempel={}",
        "api/schema?q={}",
        "logga-in?till={}",
    ],
)
async def test_what_stands_in_an_address_never_runs(visit, town, path):
    from urllib.parse import quote

    page = await visit(town, "administrator", path.format(quote(CANARY)))

    assert await page.evaluate("window.ran") is None
    assert await page.locator("img[src=x]").count() == 0
