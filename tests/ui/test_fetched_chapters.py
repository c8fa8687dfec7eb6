"""A chapter of a report that is fetched from another module, in a real browser."""

from __future__ import annotations

import pytest
from control_plans import YEAR, a_risk
from deviation_care import SAID, by_e_identification, with_deviations
from playwright.async_api import expect
from sqlalchemy import select
from ui_checks import Clicks, check_everywhere, check_html, shoot, source

from roder.infra.periods import parse_period
from roder.platform.demonstration.report_templates import REPORT_KEY, quality_report
from roder.platform.modules.deviations.models import Law
from roder.platform.modules.deviations.service import Report, report_deviation
from roder.platform.modules.internal_control import service
from roder.platform.modules.reports.models import Chapter, ReportTemplate, Section
from roder.platform.modules.reports.service import fill_chapter, start_report


@pytest.fixture
async def kept(town):
    """Internal control is on."""
    return await town.switch_on("internal_control")


async def begun(town, year=YEAR):
    """Home care's quality report: the addresses of its sections, by key, and their ids."""
    async with await town.work() as work:
        template = await quality_report(work)
        unit = town.units["home_care"]
        report = await start_report(
            work, template_id=template.id, unit_id=unit.id, period=parse_period(str(year))
        )
        rows = await work.scalars(select(Section).where(Section.report_id == report.id))
        base = f"{unit.slug}/{year}/rapporter/{report.id}"
        return {row.key: (f"{base}?avsnitt={row.id}", row.id) for row in rows}


async def test_risks_are_fetched_looked_at_fetched_anew_and_taken_out(visit, kept):
    sections = await begun(kept)
    address, id = sections["risk_analyses"]
    page = await visit(kept, "manager", address)
    await expect(page.get_by_text("Kan hämtas från Intern kontroll")).to_be_visible()
    async with Clicks(page, at_most=1) as hand:
        await hand.click(page.get_by_role("link", name="Hämta från Intern kontroll …"))
    await expect(page.get_by_text("Det finns inget att hämta.")).to_be_visible()
    await expect(page.get_by_role("button", name="Lägg in i rapporten")).to_have_count(0)
    await check_everywhere(page)
    pages = {"nothing": await source(page)}

    async with await kept.work() as work:
        risk = await a_risk(work, kept.units["home_care"].id, "Fel läkemedel")
    await page.reload()
    await page.get_by_role("button", name="Lägg in i rapporten").click()
    await expect(page.get_by_text("Avsnittet är hämtat.")).to_be_visible()
    table = page.get_by_role("region", name="Riskanalyser 2026")
    await expect(table.get_by_role("row")).to_have_count(2)
    await expect(page.get_by_text("har ändrats sedan dess")).to_have_count(0)
    await check_everywhere(page)
    await shoot(page, "fetched")

    async with await kept.work() as work:
        await service.assess_risk(work, risk.id, probability=1, consequence=2)
    await page.reload()
    await expect(
        page.get_by_text("Det som finns i Intern kontroll har ändrats sedan dess.")
    ).to_be_visible()
    await check_everywhere(page)
    pages["changed"] = await source(page)
    await page.get_by_role("link", name="Hämta på nytt …").click()
    await expect(page.locator("ins")).to_contain_text("| – | 2 |")
    await expect(page.locator("del")).to_contain_text("| – | 12 |")
    await check_everywhere(page)
    await shoot(page, "fetch-preview")
    pages["preview"] = await source(page)
    await check_html(pages)

    await page.get_by_role("button", name="Ta bort det hämtade").click()
    await expect(page.get_by_text("Det hämtade är borttaget.")).to_be_visible()
    async with await kept.work() as work:
        assert (await work.get(Section, id)).fetched is None


async def test_it_works_without_scripts_and_what_changed_meanwhile_is_shown_first(visit, kept):
    sections = await begun(kept)
    address, id = sections["risk_analyses"]
    async with await kept.work() as work:
        risk = await a_risk(work, kept.units["home_care"].id, "Fel läkemedel")
    page = await visit(kept, "manager", address, javascript=False)
    await page.get_by_role("link", name="Hämta från Intern kontroll …").click()
    async with await kept.work() as work:
        await service.assess_risk(work, risk.id, probability=4, consequence=4)
    visit.expect("status of 409")
    await page.get_by_role("button", name="Lägg in i rapporten").click()
    await expect(page.get_by_text("ändrades medan du tittade")).to_be_visible()
    async with await kept.work() as work:
        assert (await work.get(Section, id)).fetched is None
    await page.get_by_role("button", name="Lägg in i rapporten").click()
    await expect(page.get_by_text("Avsnittet är hämtat.")).to_be_visible()
    async with await kept.work() as work:
        rows = (await work.get(Section, id)).fetched["tables"][0]["rows"]
    assert [row[3:5] for row in rows] == [["", "16"]]


async def test_who_reads_sees_what_is_fetched_and_no_button(visit, kept):
    sections = await begun(kept)
    address, id = sections["risk_analyses"]
    async with await kept.work() as work:
        await a_risk(work, kept.units["home_care"].id, "Fel läkemedel")
        await fill_chapter(work, id, version=1)
    page = await visit(kept, "employee", address)
    await expect(page.get_by_role("region", name="Riskanalyser 2026")).to_be_visible()
    await expect(page.get_by_role("link", name="Hämta på nytt …")).to_have_count(0)
    whole = address.partition("?")[0] + "/las"
    await page.goto(f"{visit.address}/{kept.tenant.slug}/{whole}")
    await expect(page.get_by_role("heading", name="Riskanalyser 2026")).to_be_visible()
    await check_everywhere(page)
    await check_html({"read": await source(page)})


async def test_a_designer_says_what_a_chapter_is_fetched_from(visit, kept):
    await begun(kept)
    async with await kept.work() as work:
        template = await work.first(select(ReportTemplate).where(ReportTemplate.key == REPORT_KEY))
        chapter = await work.first(
            select(Chapter).where(Chapter.template_id == template.id, Chapter.key == "surveys")
        )
    page = await visit(kept, "administrator", f"rapportmallar/{template.id}/avsnitt/{chapter.id}")
    choice = page.get_by_label("Hämtas från en annan modul")
    await expect(choice.get_by_role("option")).to_have_text(
        [
            "Ingenstans: det skrivs för hand",
            "Intern kontroll: Årets riskanalyser",
            "Intern kontroll: Årets egenkontroller",
        ]
    )
    await choice.select_option(label="Intern kontroll: Årets riskanalyser")
    await check_everywhere(page)
    await check_html({"chapter": await source(page)})
    await page.get_by_role("button", name="Spara").click()
    line = page.locator(f"#c-{chapter.id}")
    await expect(line).to_contain_text("hämtas från Intern kontroll")
    await check_everywhere(page)
    async with await kept.work() as work:
        assert (await work.get(Chapter, chapter.id)).source == "internal_control.risk_analyses"


async def test_numbers_of_deviations_ask_for_a_safer_way_in_and_stay_masked(visit, town):
    care = await with_deviations(town)
    async with await care.work() as work:
        year = work.today.year
    sections = await begun(care, year)
    address, id = sections["violence"]
    async with await care.work("manager") as work:
        report = Report(unit_id=care.units["home_care"].id, laws=(Law.SOL,), what=SAID)
        await report_deviation(work, report)
    sure = by_e_identification(visit, care)
    page = await sure("manager", address)
    await page.get_by_role("link", name="Hämta från Avvikelser …").click()
    await expect(page.get_by_role("row", name="Rapporterade avvikelser")).to_contain_text(
        "visas inte (få)"
    )
    await check_everywhere(page)
    await page.get_by_role("button", name="Lägg in i rapporten").click()
    await expect(page.get_by_text("Avsnittet är hämtat.")).to_be_visible()
    await check_everywhere(page)
    await shoot(page, "fetched-half-years")
    async with await care.work() as work:
        rows = (await work.get(Section, id)).fetched["tables"][0]["rows"]
    assert rows[0][3] == "visas inte (få)"
