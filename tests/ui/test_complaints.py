"""Complaints in the browser: registered, confirmed, investigated, answered, counted."""

from __future__ import annotations

import pytest
from complaint_schools import SAID, complain, stored, with_complaints
from playwright.async_api import expect
from ui_checks import check_everywhere, check_html, shoot, source

from roder.platform.modules.school_quality.complaint_models import ComplaintState
from roder.platform.modules.school_quality.settings import SchoolQualitySettings
from roder.tenants.municipality import save_settings

ADDRESS = "skolkvalitet/klagomal"


@pytest.fixture
async def schools(town):
    async with await town.work() as work:
        routine = {"complaint_routine": "https://osthammar.example/rutin-klagomal"}
        await save_settings(work, "school_quality", SchoolQualitySettings, values=routine)
    return await with_complaints(town)


async def test_a_complaint_from_letter_to_end(visit, schools):
    page = await visit(schools, "principal", ADDRESS)
    await expect(page.get_by_text("Inga klagomål.")).to_be_visible()
    await check_everywhere(page)
    await page.get_by_role("link", name="Registrera klagomål").click()
    await page.get_by_label("Vad klagomålet gäller").fill("Ring 811218-9876 om Kim")
    await page.get_by_label("Namn").fill("Vera Videkvist")
    visit.expect("status of 422")
    await page.get_by_role("button", name="Spara").click()
    await expect(page.get_by_role("alert")).to_contain_text("ser ut att innehålla ett personnummer")
    await check_everywhere(page)
    await check_html({"form": await source(page)})
    await page.get_by_label("Vad klagomålet gäller").fill(SAID)
    await page.get_by_role("button", name="Spara").click()
    (row,) = await stored(schools)
    await expect(page.get_by_role("heading", level=1)).to_have_text(row.reference)
    await expect(page.get_by_text(SAID)).to_be_visible()
    await expect(page.get_by_text("4 kap. 7–8 §§ skollagen (2010:800)")).to_be_visible()
    routine = page.get_by_role("link", name="Vår skriftliga rutin")
    await expect(routine).to_have_attribute("href", "https://osthammar.example/rutin-klagomal")
    await check_everywhere(page)
    await check_html({"complaint": await source(page)})
    await shoot(page, "complaint")

    await page.get_by_role("button", name="Det är bekräftat").click()
    await page.get_by_label("Vad utredningen kom fram till").fill("Rastvärden var sjuk.")
    await page.get_by_role("button", name="Spara, utredningen är klar").click()
    await expect(page.get_by_role("alert")).to_have_text("Välj om klagomålet var befogat.")
    await check_everywhere(page)
    await page.get_by_label("Var klagomålet befogat?").select_option("partly")
    await page.get_by_role("button", name="Spara, utredningen är klar").click()
    await page.get_by_label("Vad den som klagar fick veta").fill("Två vuxna är alltid ute nu.")
    await page.get_by_role("button", name="Återkopplat").click()
    await expect(page.get_by_role("button", name="Avsluta klagomålet")).to_be_visible()
    await page.get_by_text("Lägg till en åtgärd").click()
    await page.get_by_label("Vad ska göras?").fill("Se över rastvärdarnas schema")
    await page.get_by_role("button", name="Lägg till", exact=True).click()
    await expect(page.get_by_role("link", name="Se över rastvärdarnas schema")).to_be_visible()
    await check_everywhere(page)
    await page.get_by_role("button", name="Avsluta klagomålet").click()
    await expect(page.locator("ol.steps > li")).to_have_count(5)
    await expect(page.get_by_role("button", name="Avsluta klagomålet")).to_have_count(0)
    await check_everywhere(page)
    await check_html({"closed": await source(page)})
    await shoot(page, "complaint_closed")


async def test_without_scripts_a_complaint_is_registered_and_put_right(visit, schools):
    page = await visit(schools, "principal", f"{ADDRESS}/nytt", javascript=False)
    await page.get_by_label("Vad klagomålet gäller").fill(SAID)
    await page.get_by_role("button", name="Spara").click()
    await page.get_by_role("link", name="Rätta").click()
    await page.get_by_label("Diarienummer").fill("BUN 2026/9")
    await page.get_by_label("Handläggare").select_option(label="Hedda Hassel")
    await page.get_by_role("button", name="Spara").click()
    await expect(page.get_by_text("BUN 2026/9")).to_be_visible()
    await expect(page.get_by_role("definition").filter(has_text="Hedda Hassel")).to_be_visible()


async def test_the_register_is_narrowed_and_closed_to_others(visit, schools):
    late = await complain(schools, ago=40)
    await complain(schools, "handler", unit="bok", kind="meals")
    page = await visit(schools, "handler", ADDRESS)
    await expect(page.get_by_text("2 totalt")).to_be_visible()
    await check_everywhere(page)
    await check_html({"register": await source(page)})
    await shoot(page, "complaints")
    await page.get_by_label("Enhet").select_option(label="Almskolan")
    await page.get_by_role("button", name="Filtrera").click()
    await expect(page.get_by_text("1 totalt")).to_be_visible()
    await expect(page.get_by_role("link", name=late.reference)).to_be_visible()

    visit.expect("status of 404")
    path = f"{ADDRESS}/{late.id}"
    await visit(schools, "other_principal", path, status=404)
    visit.expect("status of 403")
    await visit(schools, "employee", ADDRESS, status=403)
    assert late.state is ComplaintState.RECEIVED


async def test_numbers_and_kinds_are_the_administrators(visit, schools):
    await complain(schools)
    page = await visit(schools, "administrator", ADDRESS)
    await expect(page.get_by_text("visas inte").first).to_be_visible()
    await expect(page.get_by_text(SAID)).to_have_count(0)
    await check_everywhere(page)
    await check_html({"numbers": await source(page)})
    await shoot(page, "complaint_numbers")
    await page.get_by_role("link", name="Slag av klagomål").click()
    await page.get_by_label("Namn").last.fill("Fritidshem")
    await page.get_by_role("button", name="Lägg till").click()
    await expect(page.get_by_text("Fritidshem")).to_be_visible()
    await page.get_by_text("Fritidshem").click()
    await check_everywhere(page)
    await check_html({"kinds": await source(page)})
    await page.locator("details[open]").get_by_role("button", name="Avsluta").click()
    await expect(page.get_by_text("Fritidshem")).to_have_count(0)
