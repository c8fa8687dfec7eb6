"""Government grants in a real browser."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from playwright.async_api import expect
from ui_checks import check_everywhere, check_html, shoot, source

from roder.platform.modules.grants import deadlines, money, service, steps
from roder.platform.modules.grants.models import DeadlineKind, MoneyKind


@pytest.fixture
async def kept(town):
    """A municipality with one grant in use and one that is looked into."""
    await town.switch_on("grants")
    async with await town.work("manager") as work:
        unit, person = town.units["home_care"].id, town.people["manager"].id
        grant = await service.add_grant(
            work,
            unit_id=unit,
            giver="Socialstyrelsen",
            name="Äldreomsorgslyftet",
            year=2026,
            responsible_id=person,
            sought=Decimal(1_200_000),
            purpose="Medarbetare utbildar sig på betald arbetstid.",
        )
        for kind, days in (
            (DeadlineKind.INTERIM, -3),
            (DeadlineKind.FINAL, 20),
            (DeadlineKind.REPAYMENT, 200),
        ):
            day = work.today + timedelta(days=days)
            await deadlines.add_deadline(work, grant.id, kind=kind, due_on=day)
        await steps.apply_for_grant(work, grant.id)
        await steps.decide_grant(
            work,
            grant.id,
            approved=True,
            granted=Decimal(800_000),
            decided_by="Socialstyrelsen",
            decided_on=date(2026, 2, 3),
            registry_number="SN-2026-4",
        )
        await steps.begin_use(work, grant.id)
        await money.add_money(
            work,
            grant.id,
            kind=MoneyKind.PAID,
            booked_on=date(2026, 3, 2),
            amount=Decimal(800_000),
        )
        town.other = await service.add_grant(
            work, unit_id=unit, giver="Boverket", name="Trygghetsboende", year=2026
        )
        town.grant = grant
    return town


PAGES = ("", "/oversikt", "/givare", "/fran-fil", "/nytt")


@pytest.mark.parametrize("path", PAGES)
async def test_each_page_is_for_everybody_who_may_see_it(visit, kept, path):
    page = await visit(kept, "administrator", f"statsbidrag{path}")

    await check_everywhere(page)
    await check_html({path: await source(page)})
    await shoot(page, f"grants{path.replace('/', '_')}")


async def test_one_grant_is_for_everybody(visit, kept):
    page = await visit(kept, "manager", f"statsbidrag/{kept.grant.id}")

    await check_everywhere(page)
    await check_html({"grant": await source(page)})
    await shoot(page, "grant")


async def test_a_reader_sees_and_changes_nothing(visit, kept):
    page = await visit(kept, "auditor", f"statsbidrag/{kept.grant.id}")

    await expect(page.get_by_text("Du läser här")).to_be_visible()
    assert await page.locator("main form").count() == 0
    assert await page.locator("main .button").count() == 0
    await check_everywhere(page)
    await page.goto(page.url.rpartition("/")[0])
    await expect(page.get_by_role("link", name="Äldreomsorgslyftet")).to_be_visible()
    assert await page.get_by_role("link", name="Nytt bidrag").count() == 0


async def test_a_grant_goes_from_the_call_to_the_decision(visit, kept):
    page = await visit(kept, "manager", "statsbidrag")
    await page.get_by_role("link", name="Nytt bidrag").click()
    await page.get_by_label("Vad bidraget heter").fill("Likvärdig skola")
    await page.get_by_label("Bidragsgivare", exact=True).select_option("Skolverket")
    await page.get_by_label("År som det gäller").fill("2026")
    await page.get_by_label("Sökt, kr").fill("1 500 000,50")
    await page.get_by_role("button", name="Spara").click()
    await expect(page.get_by_role("heading", name="Likvärdig skola")).to_be_visible()

    await page.get_by_role("link", name="Det är ansökt").click()
    await expect(page.get_by_label("Sökt, kr")).to_have_value("1\u202f500\u202f000,50")
    await page.get_by_role("button", name="Det är ansökt").click()
    await expect(page.locator("main .light", has_text="Ansökt").first).to_be_visible()

    await page.get_by_role("link", name="Det är beviljat").click()
    await page.get_by_label("Beviljat, kr").fill("1 000 000")
    await page.get_by_label("Beslutsdag").fill("2026-02-03")
    visit.expect("status of 422")
    await page.get_by_label("Beslutsdag").fill("2099-02-03")
    await page.get_by_label("Diarienummer").fill("BUN-2026-7")
    await page.get_by_role("button", name="Det är beviljat").click()
    await expect(page.get_by_role("alert")).to_contain_text("har inte varit än")
    await check_everywhere(page)
    await page.get_by_label("Beslutsdag").fill("2026-02-03")
    await page.get_by_role("button", name="Det är beviljat").click()
    await expect(page.locator("main .light", has_text="Beviljat").first).to_be_visible()
    await expect(page.get_by_text("BUN-2026-7")).to_be_visible()

    await page.get_by_role("link", name="Ta tillbaka det sista steget").click()
    await page.get_by_label("Varför steget tas tillbaka").fill("Fel bidrag")
    await page.get_by_role("button", name="Ta tillbaka det sista steget").click()
    await expect(page.get_by_text("Fel bidrag")).to_be_visible()
    await expect(page.locator("main .light", has_text="Ansökt").first).to_be_visible()


async def test_money_and_deadlines_are_entered_without_scripts(visit, kept):
    address = f"statsbidrag/{kept.grant.id}"
    page = await visit(kept, "manager", address, javascript=False)

    await page.get_by_role("link", name="Lägg in pengar").click()
    await page.get_by_label("Vad", exact=True).select_option("used")
    await page.get_by_label("Dag", exact=True).fill("2026-04-30")
    await page.get_by_label("Belopp, kr").fill("900 000")
    visit.expect("status of 422")
    await page.get_by_role("button", name="Spara").click()
    await expect(page.locator("p.error")).to_contain_text("kommunens egna pengar")
    await page.get_by_label("Belopp, kr").fill("250 000,25")
    await page.get_by_role("button", name="Spara").click()
    await expect(page.get_by_text("549\u202f999,75 kr")).to_be_visible()

    row = page.get_by_role("row", name="Delredovisa")
    await row.get_by_role("button", name="Klar", exact=False).first.click()
    await expect(page.get_by_role("row", name="Delredovisa").get_by_text("Klar")).to_be_visible()
    await page.get_by_role("link", name="Ny tidsgräns").click()
    await page.get_by_label("Vad ska göras").select_option("own")
    await page.get_by_label("Sista dag").fill("2026-12-01")
    visit.expect("status of 422")
    await page.get_by_role("button", name="Spara").click()
    await expect(page.locator("p.error")).to_be_visible()
    await page.get_by_label("Med egna ord").fill("Möte med revisorn")
    await page.get_by_role("button", name="Spara").click()
    await expect(page.get_by_role("row", name="Möte med revisorn")).to_be_visible()


async def test_the_register_is_narrowed_down_and_taken_out(visit, kept):
    page = await visit(kept, "employee", "statsbidrag")

    await page.get_by_label("Läge").select_option("Används")
    await page.get_by_role("button", name="Filtrera").click()
    await expect(page.get_by_role("link", name="Trygghetsboende")).to_have_count(0)
    await expect(page.get_by_role("link", name="Äldreomsorgslyftet")).to_be_visible()
    await expect(page.get_by_text("Delredovisa").first).to_be_visible()
    await page.get_by_role("button", name="De här i Excel").click()
    await page.locator("#export a", has_text=".xlsx").wait_for()


async def test_a_file_is_looked_through_and_read_in(visit, kept):
    page = await visit(kept, "manager", "statsbidrag/fran-fil")
    head = "Kod;Bidragsgivare;Bidrag;År;Enhet\n"
    for text, told in (("X1;Ingen;Hus;2026;home_care", "inte i listan"), ("", "")):
        row = text or "X1;Boverket;Hus;2026;home_care"
        if told:
            visit.expect("status of 422")
        await page.get_by_label("Fil (Excel eller CSV)").set_input_files(
            {"name": "bidrag.csv", "mimeType": "text/csv", "buffer": (head + row).encode()}
        )
        await page.get_by_role("button", name="Se vad den ändrar").click()
        if told:
            await expect(page.get_by_role("cell", name=told)).to_be_visible()
        await check_everywhere(page)
    await page.get_by_role("button", name="Stämmer, läs in").click()
    await expect(page.get_by_role("link", name="Hus", exact=True)).to_be_visible()


async def test_a_document_and_an_empty_register(visit, town, kept):
    page = await visit(kept, "manager", f"statsbidrag/{kept.other.id}")
    await page.get_by_label("Dokument").set_input_files(
        {"name": "utlysning.txt", "mimeType": "text/plain", "buffer": b"Utlysning"}
    )
    await page.get_by_label("Vad det är").fill("Utlysningen")
    await page.get_by_role("button", name="Lägg till dokumentet").click()
    await expect(page.get_by_role("link", name="Utlysningen")).to_be_visible()
    await page.get_by_role("button", name="Ta bort Utlysningen").click()
    await expect(page.get_by_text("Dokumentet är borttaget.")).to_be_visible()
    async with await kept.work() as work:
        await service.remove_grant(work, kept.other.id)
    page = await visit(kept, "employee", "statsbidrag?ar=1999&lage=claimed")
    await check_everywhere(page)
