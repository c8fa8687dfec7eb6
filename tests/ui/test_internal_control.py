"""Internal control in a real browser: the matrix, a plan's way through its year, all committees."""

from __future__ import annotations

import pytest
from control_plans import DECISION, a_plan, a_risk, activate
from playwright.async_api import expect
from ui_checks import check_everywhere, check_html, shoot, source

from roder.platform.modules.internal_control import service


@pytest.fixture
async def kept(town):
    """Internal control is on, and nothing is in it."""
    await town.switch_on("internal_control")
    town.here = f"{town.units['committee'].slug}/2026/internkontroll"
    return town


@pytest.fixture
async def begun(kept):
    """A draft of the committee with one risk and one control; `kept.made` has them."""
    async with await kept.work() as work:
        kept.made = await a_plan(kept, work, responsible_id=kept.people["employee"].id)
    return kept


@pytest.fixture
async def active(begun):
    async with await begun.work() as work:
        await activate(work, begun.made.plan)
    return begun


async def test_a_risk_is_controlled_followed_up_and_goes_on_next_year(visit, kept):
    page = await visit(kept, "administrator", kept.here)
    await expect(page.get_by_text("Inga risker är bedömda än.")).to_be_visible()
    await check_everywhere(page)
    await check_html({"empty": await source(page)})

    await assess_a_risk(page)
    await plan_a_control(page)
    await decide_the_plan(page)
    await find_a_fault(page, visit)
    await page.get_by_role("link", name="Följ upp planen").click()
    await page.get_by_label("Vad årets kontroller har visat").fill("Ett allvarligt fel.")
    await page.get_by_role("button", name="Spara").click()
    await expect(page.get_by_text("Planen är uppföljd. Den är klar för nämnden.")).to_be_visible()
    await page.get_by_role("button", name="Kopiera till 2027").click()
    await expect(page.get_by_role("heading", name="Internkontrollplan 2027")).to_be_visible()
    await expect(page.get_by_text("Förra året: Allvarlig avvikelse")).to_be_visible()
    await page.get_by_role("link", name="1 Stickprov av löner").first.click()
    await expect(page.get_by_text("Upptäckt ett tidigare år")).to_be_visible()
    await check_everywhere(page)


async def assess_a_risk(page):
    await page.get_by_role("link", name="Ny risk").click()
    await page.get_by_label("Vad kan hända").fill("Fel lön betalas ut")
    await page.get_by_label("Sannolikhet").select_option("3")
    await page.get_by_label("Konsekvens").select_option("4")
    await page.get_by_role("button", name="Spara risken").click()
    await expect(page.get_by_role("heading", name="R1 Fel lön betalas ut")).to_be_visible()
    await expect(page.locator("main .light", has_text="12 Hög").first).to_be_visible()

    await page.get_by_role("link", name="Bedöm risken").click()
    await page.get_by_label("Sannolikhet").select_option("2")
    await page.get_by_label("Varför bedömningen är sådan").fill("Ny rutin")
    await page.get_by_role("button", name="Spara bedömningen").click()
    await expect(page.get_by_text("Riskvärdet är nu 8 Medel.")).to_be_visible()
    await expect(page.get_by_text("förut 12")).to_be_visible()
    await page.get_by_role("link", name="Risker och plan").click()


async def plan_a_control(page):
    await page.get_by_role("button", name="Börja med en tom plan").click()
    await expect(page.get_by_text("Planen är tom.")).to_be_visible()
    await page.get_by_role("link", name="Välj risker").click()
    await page.get_by_label("R1 Fel lön betalas ut").check()
    await page.get_by_role("button", name="Ta med dem i planen").click()
    await page.get_by_role("link", name="Nytt kontrollmoment R1").click()
    await page.get_by_label("Vad som kontrolleras").fill("Stickprov av löner")
    await page.get_by_label("Hur det går till").fill("Jämför lönelistan med schemat.")
    await page.get_by_role("button", name="Spara kontrollmomentet").click()
    await expect(page.get_by_text("Stickprov av löner står i planen.")).to_be_visible()


async def decide_the_plan(page):
    await page.get_by_role("button", name="Attestera planen").click()
    await page.get_by_role("link", name="För in beslutet").click()
    await page.get_by_label("Beslutsdag").fill("2026-01-20")
    await page.get_by_label("Paragraf i protokollet").fill("§ 12")
    await page.get_by_label("Diarienummer").fill("SN-2026-7")
    await page.get_by_role("button", name="Spara").click()
    await page.get_by_role("button", name="Aktivera planen").click()
    await expect(page.locator("main .light", has_text="Pågår")).to_be_visible()
    await expect(page.get_by_text("20 januari 2026, § 12")).to_be_visible()


async def find_a_fault(page, visit):
    """A control that shows something red takes an action, or a reason."""
    await page.get_by_role("link", name="1 Stickprov av löner").first.click()
    await page.get_by_role("link", name="Gör kontrollen").click()
    await page.get_by_label("Vad det visade").fill("3 av 20 löner var fel.")
    await page.get_by_label("Bedömning").select_option("red")
    visit.expect("status of 422")
    await page.get_by_role("button", name="Spara resultatet").click()
    await expect(page.get_by_role("alert")).to_contain_text("åtgärd")
    await expect(page.get_by_label("Vad det visade")).to_have_value("3 av 20 löner var fel.")
    await check_everywhere(page)
    await page.get_by_label("Åtgärd som ska göras").fill("Rätta lönerna")
    await page.get_by_label("Vem som gör det").select_option("Asta Admin")
    await page.get_by_label("Sista dag").fill("2027-03-01")
    await page.get_by_label("Fil", exact=False).first.set_input_files(
        {"name": "loner.txt", "mimeType": "text/plain", "buffer": b"Tre fel"}
    )
    await page.get_by_role("button", name="Spara resultatet").click()
    await expect(page.get_by_role("link", name="loner.txt")).to_be_visible()
    await expect(page.get_by_role("link", name="Rätta lönerna")).to_be_visible()
    await page.get_by_label("Vad årets kontroll har visat").fill("Lönerna behöver följas.")
    await page.get_by_role("button", name="Spara till uppföljningen").click()
    await page.get_by_role("link", name="Internkontrollplan 2026").click()


async def test_every_page_is_for_everybody(visit, active):
    made = active.made
    async with await active.work() as work:
        await a_risk(
            work,
            active.units["home_care"].id,
            "Nycklar försvinner",
            probability=None,
            consequence=None,
        )
        await service.add_process(work, unit_id=active.units["committee"].id, name="Löner")
        await service.assess_risk(work, made.risk.id, probability=1, consequence=4)
        whole = await service.whole_item(work, made.item.id)
    base, plan = "internkontroll", f"internkontroll/plan/{made.plan.id}"
    paths = {
        "overview": active.here,
        "before": f"{active.here}?fore=1",
        "table": f"{active.here}?vy=tabell",
        "committees": f"{active.here}/namnder",
        "processes": f"{active.here}/processer",
        "design": f"{active.here}/utformning",
        "risk": f"{base}/risk/{made.risk.id}",
        "plan": plan,
        "choose": f"{plan}/risker",
        "change": f"{plan}/steg/andra",
        "item": f"{base}/moment/{made.item.id}",
        "take out": f"{base}/moment/{made.item.id}/ta-bort",
        "occasion": f"{base}/tillfalle/{whole.occasions[0].id}",
    }
    page = await visit(active, "administrator", active.here)
    for name, path in paths.items():
        await page.goto(f"{visit.address}/{active.tenant.slug}/{path}")
        await expect(page.locator("h1")).to_be_visible()
        await check_everywhere(page)
        await shoot(page, f"control_{name}")
    slug = active.tenant.slug
    await check_html({name: await source(page, f"/{slug}/{path}") for name, path in paths.items()})


async def test_the_matrix_is_read_and_walked_by_keyboard(visit, begun):
    async with await begun.work() as work:
        await service.assess_risk(work, begun.made.risk.id, probability=1, consequence=4)
        await a_risk(work, begun.units["home_care"].id, "Nycklar försvinner", category="it")
    page = await visit(begun, "employee", begun.here)

    matrix = page.get_by_role("table", name="Riskmatris")
    await expect(matrix.get_by_role("row", name="4 Allvarlig")).to_contain_text("4 Medel")
    await page.get_by_role("region", name="Riskmatris").focus()
    await page.keyboard.press("Tab")
    await expect(page.get_by_role("link", name="R1 Fel lön betalas ut").first).to_be_focused()
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("heading", name="R1 Fel lön betalas ut")).to_be_visible()
    await page.go_back()

    await page.get_by_role("link", name="Visa var de låg förut").click()
    await expect(page.get_by_text("Så här låg riskerna före")).to_be_visible()
    cell = matrix.get_by_role("cell").filter(has_text="12 Hög").filter(has_text="R1")
    await expect(cell).to_contain_text("nu 4")
    await page.get_by_role("link", name="Visa som tabell").click()
    await expect(page.get_by_role("table").first.get_by_text("Nycklar försvinner")).to_be_visible()
    await page.get_by_label("Kategori").select_option("IT-risk")
    await page.get_by_role("button", name="Filtrera").click()
    await expect(page.get_by_role("link", name="R1 Fel lön betalas ut")).to_have_count(0)
    await expect(page.get_by_text("1 totalt")).to_be_visible()


async def test_the_one_responsible_does_a_control_without_scripts(visit, active):
    address = f"internkontroll/moment/{active.made.item.id}"
    page = await visit(active, "employee", address, javascript=False)

    await page.get_by_role("link", name="Gör kontrollen").first.click()
    await page.get_by_label("Vad det visade").fill("Allt stämde.")
    await page.get_by_label("Bedömning").select_option("green")
    await page.get_by_role("button", name="Spara resultatet").click()
    await expect(page.get_by_text("Allt stämde.")).to_be_visible()
    await expect(page.get_by_role("link", name="Gör kontrollen")).to_have_count(1)


async def test_a_reader_changes_nothing(visit, active):
    page = await visit(active, "auditor", active.here)
    assert await page.get_by_role("link", name="Ny risk").count() == 0
    for path in ("risk/" + str(active.made.risk.id), "plan/" + str(active.made.plan.id)):
        await page.goto(f"{visit.address}/{active.tenant.slug}/internkontroll/{path}")
        await expect(page.get_by_text("Du läser här.")).to_be_visible()
        assert await page.locator("main form:not([data-export])").count() == 0
        assert await page.locator("main a.button").count() == 0
        await check_everywhere(page)


async def test_an_attested_plan_is_locked_until_the_attestation_is_withdrawn(visit, begun):
    async with await begun.work() as work:
        await service.attest_plan(work, begun.made.plan.id)
        await service.decide_plan(work, begun.made.plan.id, decision=DECISION)
    page = await visit(begun, "administrator", f"internkontroll/plan/{begun.made.plan.id}")

    await expect(page.get_by_text("Planen är attesterad och kan inte ändras.")).to_be_visible()
    assert await page.get_by_role("link", name="Nytt kontrollmoment").count() == 0
    await check_everywhere(page)
    await page.get_by_label("Varför attesten dras tillbaka").fill("Ett moment saknas")
    await page.get_by_role("button", name="Dra tillbaka attesten").click()
    await expect(page.locator("main .light", has_text="Utkast")).to_be_visible()
    await expect(page.get_by_text("Ett moment saknas").first).to_be_visible()
    await page.get_by_role("link", name="1 Stickprov av löner").first.click()
    await page.get_by_role("button", name="Attestera kontrollmomentet").click()
    await expect(page.get_by_text("Kontrollmomentet är attesterat.")).to_be_visible()
    await expect(page.get_by_role("link", name="Ändra")).to_have_count(0)


async def test_a_plan_under_way_changes_with_a_reason(visit, active):
    page = await visit(active, "administrator", f"internkontroll/moment/{active.made.item.id}")

    await page.get_by_role("link", name="Ändra").click()
    await page.get_by_label("Egna dagar").fill("2026-03-15, 2026-10-15")
    await page.get_by_label("Varför planen ändras").fill(" ")
    visit.expect("status of 422")
    await page.get_by_role("button", name="Spara").click()
    await expect(page.locator("p.error")).to_contain_text("Skriv varför den ändras")
    await check_everywhere(page)
    await page.get_by_label("Varför planen ändras").fill("Passar bokslutet")
    await page.get_by_role("button", name="Spara").click()
    await expect(page.get_by_text("15 mars 2026").first).to_be_visible()
    await page.get_by_role("link", name="Internkontrollplan 2026").click()
    await expect(page.get_by_text("Passar bokslutet")).to_be_visible()


async def test_files_are_made_of_the_plan_the_risks_and_the_committees(visit, active):
    page = await visit(active, "employee", f"internkontroll/plan/{active.made.plan.id}")
    await page.get_by_role("button", name="Planen som PDF").click()
    await page.locator("#export a", has_text=".pdf").wait_for()
    for path, button in (("", "Riskerna i Excel"), ("/namnder", "Excel")):
        await page.goto(f"{visit.address}/{active.tenant.slug}/{active.here}{path}")
        await page.get_by_role("button", name=button).click()
        await page.locator("#export a", has_text=".xlsx").wait_for()


async def test_the_matrix_is_looked_at_before_it_is_saved(visit, begun):
    page = await visit(begun, "administrator", f"{begun.here}/utformning")
    await page.get_by_label("Steg på varje sida").select_option("5")
    visit.expect("status of 422")
    await page.get_by_role("button", name="Visa hur det ser ut").click()
    await expect(page.get_by_role("alert")).to_contain_text("svenska ordet")
    await page.get_by_label("Sannolikhet 5 på svenska").fill("Säker")
    await page.get_by_label("Konsekvens 5 på svenska").fill("Katastrof")
    await page.get_by_role("button", name="Visa hur det ser ut").click()
    await expect(page.get_by_text("Inget är sparat än.")).to_be_visible()
    await expect(page.get_by_text("25 Hög")).to_be_visible()
    await check_everywhere(page)
    async with await begun.work() as work:
        assert (await service.design_of(work)).size == 4
    await page.get_by_role("button", name="Spara matrisen").click()
    await expect(page.get_by_text("Matrisen är sparad.")).to_be_visible()
    await page.get_by_label("Kategori 7 på svenska").fill("Miljörisk")
    await page.get_by_role("button", name="Spara kategorierna").click()
    await expect(page.get_by_text("Kategorierna är sparade.")).to_be_visible()
    async with await begun.work() as work:
        design = await service.design_of(work)
    assert design.size == 5
    assert design.categories[-1].key == "miljorisk"
