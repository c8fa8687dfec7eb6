"""Profile, help, statement, feedback, and what one is told when something does not work."""

import pytest
from playwright.async_api import expect
from sqlalchemy import select
from ui_checks import check_axe, check_everywhere, check_html, shoot, source

from roder.platform.web.helping import HelpSettings
from roder.tenants.models import Feedback, UserSession
from roder.tenants.municipality import save_settings


async def test_the_profile_is_for_everybody_in_light_and_dark(visit, town):
    page = await visit(town, "manager", "profil")

    await check_everywhere(page)
    await check_html({"profil": await source(page)})
    await shoot(page, "profile")
    assert await page.get_by_role("link", name="Välj påminnelser").count() == 1


@pytest.mark.parametrize("javascript", [True, False])
async def test_language_goes_with_the_person_and_looks_with_the_browser(visit, town, javascript):
    page = await visit(town, "manager", "profil", javascript=javascript)

    await page.get_by_label("English").check()
    await page.get_by_label("Mörk bakgrund").check()
    await page.get_by_label("Lättläst typsnitt").check()
    await page.get_by_role("button", name="Spara").click()

    await page.get_by_text("Your choices are saved").wait_for()
    await page.wait_for_load_state()  # with its styles
    root = page.locator("html")
    await expect(root).to_have_attribute("lang", "en")
    await expect(root).to_have_attribute("data-theme", "dark")
    await expect(root).to_have_attribute("data-font", "easy")
    assert "Atkinson" in await root.evaluate("(one) => getComputedStyle(one).fontFamily")
    colour = await page.locator("html").evaluate("(one) => getComputedStyle(one).backgroundColor")
    assert colour == "rgb(21, 24, 27)"
    elsewhere = await visit(town, "manager", "profil")
    await expect(elsewhere.locator("html")).to_have_attribute("lang", "en")
    await expect(elsewhere.locator("html")).to_have_attribute("data-theme", "auto")


async def test_a_browser_that_was_left_somewhere_is_signed_out_from_the_profile(visit, town):
    other = await visit(town, "manager", "profil")
    page = await visit(town, "manager", "profil")
    assert await page.get_by_text("Den här webbläsaren").count() == 1

    await page.get_by_role("button", name="Avsluta").click()
    await page.get_by_text("Den webbläsaren är utloggad").wait_for()

    await expect(page.get_by_role("button", name="Avsluta")).to_have_count(0)
    await other.reload()
    assert "/logga-in" in other.url
    async with await town.work(write=False) as work:
        ended = await work.scalars(select(UserSession).where(UserSession.ended_at.is_not(None)))
    assert len(ended) == 1


@pytest.mark.parametrize("locale", ["sv", "en"])
async def test_the_help_has_a_page_for_every_module(visit, town, locale):
    page = await visit(town, "administrator", "profil")
    if locale == "en":
        await page.get_by_label("English").check()
        await page.get_by_role("button", name="Spara").click()
        await page.get_by_text("Your choices are saved").wait_for()
    await page.goto(f"{visit.address}/{town.tenant.slug}/hjalp")
    links = page.locator(".beside nav a")
    addresses = [await link.get_attribute("href") for link in await links.all()]
    assert len(addresses) >= 5

    for address in addresses:
        await page.goto(f"{visit.address}{address}")
        await check_axe(page, told=address)
        assert await page.locator("h1").count() == 1
        text = await page.locator("article").inner_text()
        assert "<" not in text.replace("<nyckel>", "").replace("<key>", "")
    await check_html({address: await source(page, address) for address in addresses})


async def test_a_film_is_shown_only_from_a_safe_address(visit, town):
    films = {"start": "https://film.example/roder", "goals": "javascript:alert(1)"}
    async with await town.work() as work:
        await save_settings(work, "help", HelpSettings, values={"films": films})
    page = await visit(town, "employee", "hjalp")

    film = page.get_by_role("link", name="Se filmen om det här")
    assert await film.get_attribute("href") == "https://film.example/roder"
    await page.goto(f"{visit.address}/{town.tenant.slug}/hjalp/goals")
    assert await film.count() == 0


@pytest.mark.parametrize("javascript", [True, False])
async def test_what_someone_tells_of_a_fault_is_kept_and_thanked_for(visit, town, javascript):
    page = await visit(town, "employee", "profil", javascript=javascript)
    await page.get_by_role("link", name="Något fel på sidan?").click()
    await expect(page.get_by_label("Vilken sida?")).to_have_value(f"/{town.tenant.slug}/profil")

    await page.get_by_label("Vad är fel?").fill("Knappen <b>syns</b> inte.")
    await page.get_by_role("button", name="Skicka").click()
    await page.get_by_text("Tack. Administratörerna har fått det").wait_for()

    async with await town.work(write=False) as work:
        told = await work.scalars(select(Feedback))
    assert [(each.page, each.text) for each in told] == [
        (f"/{town.tenant.slug}/profil", "Knappen <b>syns</b> inte.")
    ]


async def test_telling_nothing_is_mended_where_it_stands(visit, town):
    page = await visit(town, "employee", "synpunkt?sida=/x", javascript=True)
    visit.expect("status of 422")
    await page.get_by_label("Vad är fel?").fill("   ")

    await page.get_by_role("button", name="Skicka").click()
    await page.locator("#text-error").wait_for()

    await expect(page.get_by_label("Vad är fel?")).to_have_attribute("aria-invalid", "true")
    await check_axe(page, told="with an error")
    async with await town.work(write=False) as work:
        assert await work.scalars(select(Feedback)) == []


async def test_the_statement_is_there_with_and_without_signing_in(visit, town):
    page = await visit(town, "employee", "tillganglighet")
    await check_everywhere(page)
    assert await page.get_by_role("link", name="Berätta vad som inte fungerar").count() == 1

    page = await visit(path="tillganglighet")
    await check_everywhere(page)
    assert "GraphiQL" in await page.locator("main").inner_text()


# What does not work


async def test_a_page_that_is_not_there_leads_back_to_ones_own(visit, town):
    page = await visit(town, "employee", "finns-inte", status=404)

    await check_everywhere(page)
    await shoot(page, "problem")
    await page.get_by_role("link", name="Till min startsida").click()

    await page.wait_for_url(lambda url: f"/{town.tenant.slug}" in url and "finns-inte" not in url)


@pytest.mark.parametrize(
    ("path", "status"),
    [("installningar", 403), ("finns-inte/2026/laget", 404), ("hemtjanst-ost/99999/laget", 404)],
)
async def test_a_refusal_is_a_page_in_plain_words(visit, town, path, status):
    page = await visit(town, "employee", path, status=status)

    heading = await page.locator("h1").inner_text()
    assert heading.endswith(".")
    assert "!" not in heading
    await check_axe(page)


async def test_after_the_session_one_comes_back_to_the_page(visit, town):
    page = await visit(town, "employee", "profil")
    await page.context.clear_cookies()

    await page.goto(f"{visit.address}/{town.tenant.slug}/sok?q=hemtj%C3%A4nst")
    assert "/logga-in?till=" in page.url
    await page.get_by_role("button", name="Elis Anställd").click()
    await page.locator("#hits a").first.wait_for()

    assert "/sok?q=" in page.url


async def test_every_cookie_is_out_of_reach_for_scripts(visit, town):
    page = await visit(town, "manager", "hemtjanst-ost/2026/laget")
    await page.goto(f"{visit.address}/{town.tenant.slug}/profil")
    await page.get_by_role("button", name="Spara").click()
    await page.get_by_text("Dina val är sparade").wait_for()

    cookies = {each["name"]: each for each in await page.context.cookies()}
    assert {"roder_session", "roder_place", "roder_look"} <= set(cookies)
    for cookie in cookies.values():
        assert (cookie["httpOnly"], cookie["sameSite"]) == (True, "Lax")
    assert await page.evaluate("document.cookie") == ""
    answer = await page.context.request.get(page.url)
    assert "unsafe" not in answer.headers["content-security-policy"]
