"""The settings in a real browser: each tab, live previews, and everything without scripts."""

import re

import pytest
from playwright.async_api import expect
from ui_checks import check_everywhere, check_html, shoot, source

from roder.platform.modules.goals.steering.locks import lock_year
from roder.platform.modules.mywork.settings import my_work_settings
from roder.tenants.feedback import tell_fault
from roder.tenants.tokens.tokens import create_token

TABS = (
    "",
    "/begrepp",
    "/skalor",
    "/mallar",
    "/arshjul",
    "/modul/goals",
    "/modul/mywork",
    "/modul/organisation",
    "/tema",
    "/inloggning",
    "/nycklar",
    "/nycklar/ny",
    "/nycklar/lackt",
    "/hjalpfilmer",
    "/synpunkter",
)


@pytest.fixture
async def used(town):
    """A municipality where something has been told and locked."""
    async with await town.work() as work:
        await tell_fault(work, page=f"/{town.tenant.slug}/organisation", text="Trädet är långt.")
        await lock_year(work, 2025, reason="Beslutad")
    return town


@pytest.mark.parametrize("tab", TABS)
async def test_each_tab_is_for_everybody(visit, used, tab):
    page = await visit(used, "administrator", f"installningar{tab}")

    await check_everywhere(page)
    await shoot(page, f"settings_{tab.replace('/', '_')}")


async def test_the_menu_follows_the_terms_while_one_writes(visit, town):
    page = await visit(town, "administrator", "installningar/begrepp")

    await page.get_by_label("Målanalys, Svenska").fill("Uppföljning av mål")

    await page.locator("#menu-preview", has_text="Uppföljning av mål").wait_for()
    await page.get_by_role("button", name="Visa vad som händer").click()
    await page.get_by_text("”Målanalys” heter ”Uppföljning av mål”.").wait_for()
    await check_everywhere(page)
    await page.get_by_role("button", name="Spara").click()
    await page.get_by_text("Begreppen är sparade").wait_for()
    await page.locator(".menu summary", has_text="Följa upp").click()
    await page.get_by_role("link", name="Uppföljning av mål").wait_for()


async def test_a_colour_tells_its_contrast_while_it_is_chosen(visit, town):
    page = await visit(town, "administrator", "installningar/tema")

    await page.get_by_label("Färg", exact=True).fill("#ffee88")
    await page.get_by_text("För ljus").wait_for()
    await page.get_by_label("Färg", exact=True).fill("#4a2f6b")
    await page.get_by_text("Läsbar").wait_for()

    await page.get_by_role("button", name="Visa vad som händer").click()
    await page.get_by_text("Färg: #1f5f8b blir #4a2f6b").wait_for()
    await page.get_by_role("button", name="Spara").click()
    await page.get_by_text("Utseendet är sparat").wait_for()
    await check_everywhere(page)


@pytest.mark.parametrize("javascript", [True, False])
async def test_a_generated_form_is_filled_in_with_and_without_scripts(visit, town, javascript):
    page = await visit(town, "administrator", "installningar/modul/mywork", javascript=javascript)
    await page.get_by_role("button", name="Lägg till rad").click()
    await page.get_by_label("Rad 3").fill("1")
    await page.get_by_label("Timme då e-post skickas").fill("7")

    await page.get_by_role("button", name="Visa vad som händer").click()

    await page.get_by_text("Timme då e-post skickas: 8 blir 7").wait_for()
    await page.get_by_role("button", name="Spara").click()
    await page.get_by_text("Inställningarna är sparade").wait_for()
    async with await town.work(write=False) as work:
        kept = await my_work_settings(work)
    assert (kept.hour, kept.reminder_days) == (7, (28, 7, 1))


async def test_enter_in_a_field_adds_no_row(visit, town):
    page = await visit(town, "administrator", "installningar/modul/mywork")

    await page.get_by_label("Timme då e-post skickas").fill("9")
    await page.keyboard.press("Enter")

    await page.get_by_text("Timme då e-post skickas: 8 blir 9").wait_for()
    await expect(page.get_by_label("Rad 3")).to_have_count(0)


async def test_what_does_not_fit_is_told_at_its_field(visit, town):
    page = await visit(town, "administrator", "installningar/modul/mywork")
    visit.expect("status of 422")
    field = page.get_by_label("Timme då e-post skickas")

    await field.fill("25")
    await page.get_by_role("button", name="Visa vad som händer").click()

    await page.get_by_role("alert").wait_for()
    await expect(field).to_have_attribute("aria-invalid", "true")
    await check_everywhere(page)
    await shoot(page, "settings_fault")


@pytest.mark.parametrize("javascript", [True, False])
async def test_all_faults_are_told_at_once_with_links_to_their_fields(visit, town, javascript):
    page = await visit(town, "administrator", "installningar/modul/mywork", javascript=javascript)
    visit.expect("status of 422")
    await page.get_by_label("Timme då e-post skickas").fill("25")
    await page.get_by_label("Rad 2").fill("snart")

    await page.get_by_role("button", name="Visa vad som händer").click()

    summary = page.get_by_role("alert")
    await summary.get_by_text("2 fält behöver rättas:").wait_for()
    if javascript:
        await expect(page.locator("#refused")).to_be_focused()
        await check_everywhere(page)
        wrong = {"hour": "25", "reminder_days.antal": "1", "reminder_days.0": "snart"}
        answer = await page.request.post(page.url.partition("#")[0], form=wrong)
        await check_html({"faults": await answer.text()})
        await shoot(page, "settings_faults")
    await summary.get_by_role("link", name="Timme då e-post skickas").click()
    await expect(page.locator("#f-hour")).to_be_focused()
    await expect(page.get_by_label("Rad 2")).to_have_value("snart")


@pytest.mark.parametrize("javascript", [True, False])
async def test_a_module_is_switched_off_with_and_without_scripts(visit, town, javascript):
    page = await visit(town, "administrator", "installningar", javascript=javascript)
    await page.get_by_role("button", name="Slå av … Planer och rapporter").click()
    await page.get_by_text("Det här syns inte längre").wait_for()
    if javascript:
        await check_everywhere(page)
        await shoot(page, "settings_switch")

    await page.get_by_role("button", name="Slå av Planer och rapporter").click()

    await page.get_by_text("Planer och rapporter är av.").wait_for()
    menu = page.get_by_role("navigation", name="Huvudmeny")
    await expect(menu.get_by_text("Rapporter")).to_have_count(0)


async def test_a_key_is_made_and_revoked(visit, town):
    page = await visit(town, "administrator", "installningar/nycklar")
    await page.get_by_role("link", name="Skapa nyckel").click()
    await page.get_by_label("Namn").fill("Statistik")
    await page.get_by_label("Hemtjänst Öst").check()
    await page.get_by_label("Nät den får användas från").fill("127.0.0.0/8")
    await shoot(page, "settings_key_new")
    await page.get_by_role("button", name="Visa vad som händer").click()
    await page.get_by_text("Aldrig mer än du själv får").wait_for()
    await page.get_by_text("Bara i Hemtjänst Öst, och därunder.").wait_for()
    await check_everywhere(page)

    await page.get_by_role("button", name="Skapa nyckeln").click()

    key = page.get_by_label("Nyckeln Statistik")
    await expect(key).to_have_value(re.compile("^roder_"))
    await check_everywhere(page)
    await shoot(page, "settings_keys")
    await page.get_by_role("link", name="Statistik").click()
    await page.get_by_text("127.0.0.0/8").wait_for()
    await check_everywhere(page)
    await shoot(page, "settings_key")
    await page.get_by_role("button", name="Återkalla … Statistik").click()
    await page.get_by_text("Det går inte att ångra.").wait_for()
    await check_everywhere(page)
    await page.get_by_role("button", name="Återkalla Statistik").click()
    await page.get_by_text("Nyckeln Statistik är återkallad").wait_for()


async def test_a_key_that_has_leaked_is_revoked_in_one_step(visit, town):
    async with await town.work() as work:
        own = town.people["administrator"].id
        made = await create_token(work, name="Läckt", person_id=own)
    page = await visit(town, "administrator", "installningar/nycklar")
    await page.get_by_role("link", name="En nyckel har läckt").click()
    await page.get_by_label("Nyckeln").wait_for()
    await check_everywhere(page)
    await shoot(page, "settings_key_leaked")
    line = f"WARN curl -H 'Authorization: Bearer {made.key}' https://kommun.example"
    await page.get_by_label("Nyckeln").fill(line)
    await page.get_by_role("button", name="Återkalla genast").click()

    await page.get_by_text("Återkallat: Läckt.").wait_for()
    await page.get_by_text("Läckt, återkallad").wait_for()
    await check_everywhere(page)


@pytest.mark.parametrize("who", ["local", "employee"])
async def test_the_settings_are_for_full_administrators(visit, town, who):
    page = await visit(town, who, "installningar", status=403)

    await check_everywhere(page)


async def test_the_pages_are_html_without_a_fault(visit, used):
    page = await visit(used, "administrator", "installningar")
    paths = [f"/{used.tenant.slug}/installningar{tab}" for tab in TABS]

    await check_html({path: await source(page, path) for path in paths})
