"""School quality in the browser: a school begins its year, and the organiser sees all of them."""

from __future__ import annotations

from datetime import date

import pytest
from playwright.async_api import expect
from ui_checks import check_axe, check_everywhere, check_html, shoot, source

from roder.platform.modules.school_quality import years
from roder.platform.modules.school_quality.models import SchoolForm
from roder.platform.modules.school_quality.schools import School, add_school, appoint_principal


@pytest.fixture
async def on(town):
    return await town.switch_on("school_quality")


@pytest.fixture
async def school(on):
    """At Hemtjänst Öst, from the school year that runs."""
    async with await on.work() as work:
        given = School(
            forms=[SchoolForm.PRESCHOOL, SchoolForm.LEISURE_CENTRE],
            organiser_id=on.units["committee"].id,
            code="40000001",
            first_year=years.year_of(work.today) - 1,
        )
        row = await add_school(work, on.units["home_care"].id, given)
        person_id = on.people["manager"].id
        await appoint_principal(work, row.id, person_id=person_id, from_on=date(2024, 8, 1))
    return row


async def test_an_administrator_tells_of_a_school_and_its_principal(visit, on):
    visit.expect("status of 422")
    page = await visit(on, "administrator", "skolkvalitet")
    await expect(page.get_by_text("Inga förskolor eller skolor än.")).to_be_visible()
    await check_everywhere(page)
    await check_html({"empty": await source(page)})
    await page.get_by_role("link", name="Ny förskola eller skola").click()
    await page.get_by_label("Enhet", exact=True).select_option(label="Hemtjänst Öst")
    await page.get_by_label("Huvudman").select_option(label="Socialnämnden")
    await page.get_by_role("button", name="Spara").click()
    await expect(page.get_by_role("alert")).to_have_text("Välj minst en verksamhet.")
    await check_everywhere(page)
    await check_html({"new": await source(page)})
    await page.get_by_label("Förskola", exact=True).check()
    await page.get_by_role("button", name="Spara").click()
    await expect(page.get_by_role("heading", level=1)).to_contain_text("Hemtjänst Öst")
    await page.get_by_role("link", name="Ny rektor").click()
    await page.get_by_label("Rektor").select_option(label="Mona Chef")
    await page.get_by_label("Från").fill("2024-08-01")
    await check_everywhere(page)
    await check_html({"principal": await source(page)})
    await page.get_by_role("button", name="Spara").click()
    await expect(page.get_by_role("link", name="Mona Chef")).to_be_visible()
    await page.get_by_role("link", name="Mona Chef").click()
    await page.get_by_label("Till och med").fill("2024-07-01")
    await page.get_by_role("button", name="Spara").click()
    await expect(page.get_by_role("alert")).to_be_visible()
    await page.get_by_label("Till och med").fill("")
    await page.get_by_role("button", name="Spara").click()
    await page.get_by_role("link", name="Ändra").click()
    await page.get_by_label("Skolenhetskod").fill("40000001")
    await page.get_by_role("button", name="Spara").click()
    await expect(page.get_by_text("40000001")).to_be_visible()


@pytest.mark.parametrize("javascript", [True, False])
async def test_a_principal_begins_the_plan_and_notes_who_took_part(visit, on, school, javascript):
    page = await visit(on, "manager", "skolkvalitet", javascript=javascript)
    await page.get_by_role("link", name="Hemtjänst Öst").last.click()
    await expect(page.get_by_role("heading", level=1)).to_contain_text("Hemtjänst Öst")
    address = page.url
    await page.get_by_text("Anteckna vilka som deltog").click()
    await page.get_by_label("Vilka som var med").select_option("guardians")
    await page.get_by_label("Hur").fill("Föräldrarådet läste planen.")
    await page.get_by_label("När, läsåret").fill("2026-09-01")
    await page.get_by_role("button", name="Spara").click()
    await expect(page.get_by_role("cell", name="Föräldrarådet läste planen.")).to_be_visible()
    await expect(page.get_by_text("1 av 3")).to_be_visible()
    if javascript:
        await check_everywhere(page)
        await check_html({"school": await source(page)})
        await shoot(page, "school_year")
    await page.get_by_role("button", name="Påbörja planen").click()
    await expect(page.get_by_text("är påbörjad.")).to_be_visible()
    await page.goto(address)
    await page.get_by_role("link", name="Plan för kvalitetsarbetet").click()
    await expect(page.get_by_role("heading", level=1)).to_contain_text("Plan för kvalitetsarbetet")
    await page.goto(address)
    await page.get_by_role("button", name="Ta bort Vårdnadshavare").click()
    await expect(page.get_by_text("0 av 3")).to_be_visible()


async def test_the_organiser_sees_all_begins_the_report_and_has_excel(visit, on, school):
    visit.expect("status of 409")
    page = await visit(on, "administrator", "skolkvalitet")
    await expect(page.get_by_role("rowheader", name="Hemtjänst Öst")).to_be_visible()
    await expect(page.get_by_role("heading", name="Per steg")).to_be_visible()
    await check_everywhere(page)
    await check_html({"schools": await source(page)})
    await shoot(page, "schools")
    await page.get_by_label("Skolform").select_option("upper_secondary")
    await page.get_by_role("button", name="Filtrera").click()
    await expect(page.get_by_text("Inget stämmer")).to_be_visible()
    await check_axe(page, told="nothing fits")
    await page.get_by_role("link", name="Visa alla").first.click()
    await page.get_by_role("button", name="Påbörja rapporten").click()
    await expect(page.get_by_text("är påbörjad.")).to_be_visible()
    await page.get_by_role("button", name="Hämta in det skolorna har skrivit").click()
    await expect(page.get_by_role("alert")).to_contain_text("Det finns inget att hämta in")
    await page.get_by_role("navigation", name="Läsår").get_by_role("link").first.click()
    await page.get_by_role("button", name="Skolorna i Excel").click()
    await expect(page.locator("#export").get_by_role("link")).to_be_visible()


async def test_who_only_reads_is_told_so_and_other_units_are_no_schools(visit, on, school):
    page = await visit(on, "employee", "hemtjanst-ost/2026/skolkvalitet")
    await expect(page.get_by_text("Du läser här.")).to_be_visible()
    await expect(page.get_by_role("button", name="Påbörja planen")).to_have_count(0)
    await check_everywhere(page)
    page = await visit(on, "employee", "socialnamnden/2026/skolkvalitet")
    await expect(page.get_by_text("Enheten följs inte som förskola eller skola.")).to_be_visible()
    await check_everywhere(page)
    await check_html({"no school": await source(page)})
