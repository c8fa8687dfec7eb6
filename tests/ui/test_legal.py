"""What laws say, on pages: read by every employee, written by those who configure the service."""

from datetime import date

import pytest
from playwright.async_api import expect
from ui_checks import check_everywhere, check_html, shoot, source

from roder.tenants.legal import law


async def test_laws_stand_in_the_settings_in_light_and_dark_and_on_a_phone(visit, town):
    page = await visit(town, "administrator", "installningar/lagrum")
    await expect(page.get_by_role("heading", name="Lagrum")).to_be_visible()
    await check_everywhere(page)
    await shoot(page, "legal")
    await page.set_viewport_size({"width": 320, "height": 800})
    await shoot(page, "legal-320")

    one = await visit(town, "administrator", "installningar/lagrum/internal_control.duty")
    await expect(one.get_by_text("till och med 30 juni 2025")).to_be_visible()
    await check_everywhere(one)
    await shoot(one, "legal-one")
    await check_html({"all": await source(page), "one": await source(one)})


@pytest.mark.parametrize("javascript", [True, False])
async def test_a_new_wording_is_written_and_the_old_one_is_kept(visit, town, javascript):
    page = await visit(town, "administrator", "installningar/lagrum", javascript=javascript)
    await page.get_by_role("link", name="Justering av protokoll", exact=True).click()
    await page.get_by_label("Gäller från").fill("2026-01-01")
    await page.get_by_label("Vad det innebär").fill("Inom tio dagar.")
    await page.get_by_label("Dagar").fill("10")
    await page.get_by_role("button", name="Spara").click()

    await expect(page.get_by_text("Lydelsen är sparad. Den gäller från 1 januari")).to_be_visible()
    await expect(page.get_by_text("till och med 31 december 2025")).to_be_visible()
    async with await town.work(write=False) as work:
        assert (await law(work, "minutes.adjust", on=date(2026, 1, 1))).days == 10
        assert (await law(work, "minutes.adjust", on=date(2025, 12, 31))).days == 14


async def test_what_is_wrong_stands_beside_its_field_and_nothing_is_lost(visit, town):
    page = await visit(town, "administrator", "installningar/lagrum/minutes.adjust")
    visit.expect("status of 422")
    await page.get_by_label("Vad det innebär").fill("Inom tio dagar.")
    await page.get_by_label("Dagar").fill("10,5")
    await page.get_by_role("button", name="Spara").click()

    await expect(page.get_by_label("Dagar")).to_have_attribute("aria-invalid", "true")
    await expect(page.get_by_label("Vad det innebär")).to_have_value("Inom tio dagar.")
    async with await town.work(write=False) as work:
        assert (await law(work, "minutes.adjust")).days == 14


@pytest.mark.parametrize("who", ["employee", "manager", "auditor"])
async def test_others_read_laws_and_have_nothing_to_write_in(visit, town, who):
    page = await visit(town, who, "installningar/lagrum")
    await expect(page.get_by_text("5 kap. 69 § kommunallagen (2017:725)")).to_be_visible()
    await page.get_by_role("link", name="Justering av protokoll", exact=True).click()
    await expect(page.get_by_text("senast 14 dagar efter sammanträdet")).to_be_visible()
    await expect(page.get_by_label("Gäller från")).to_have_count(0)
    await check_everywhere(page)


async def test_a_law_that_nobody_knows_has_no_page(visit, town):
    await visit(town, "administrator", "installningar/lagrum/no.such", status=404)
