"""Deviations in a real browser: a report on a phone, and a misconduct from report to outcome."""

from __future__ import annotations

from dataclasses import replace

import pytest
from deviation_care import SAID, by_e_identification, reports, with_deviations, write
from playwright.async_api import expect
from sqlalchemy import select
from starlette.routing import Match
from ui_checks import Clicks, check_everywhere, check_html, shoot, source

from roder.platform.modules.deviations.models import CaseState, DeviationForm, FormKind, Law
from roder.platform.modules.deviations.pages import PAGES
from roder.platform.modules.deviations.service import (
    Report,
    assess_risk,
    plan_action,
    report_deviation,
    save_draft,
    write_document,
)
from roder.tenants.rows import uuid7

EVENT = {"course": "Golvet var vått", "causes": "Brådska", "proposals": "Torka genast"}
INVESTIGATION = ("event", "consequences", "causes", "assessment", "proposal")


@pytest.fixture
async def care(town):
    return await with_deviations(town)


@pytest.fixture
def sure(visit, care):
    return by_e_identification(visit, care)


@pytest.fixture
async def case(care):
    """One that its manager has begun with, whose risk asks for an event analysis."""
    report = Report(unit_id=care.units["home_care"].id, laws=(Law.HSL, Law.SOL), what=SAID)
    async with await care.work("employee") as work:
        row = await report_deviation(work, report)
        await save_draft(work, replace(report, what="Larmet gick inte fram"))
    async with await care.work("boss") as work:
        await assess_risk(
            work, row.id, Law.HSL, severity=3, probability=3, assessed_with="Sjuksköterskan"
        )
        await write_document(work, row.id, FormKind.EVENT, answers=EVENT, version=0)
    return row


async def test_a_safer_sign_in_is_asked_for_first(visit, care):
    page = await visit(care, "boss", "avvikelser/arenden", status=403)

    await page.get_by_role("button", name="Logga in igen med nivå 3").click()

    await expect(page.get_by_text("Inga ärenden.")).to_be_visible()


async def test_a_report_takes_few_clicks_on_a_phone(sure, care):
    page = await sure("employee", "avvikelser", width=390)
    await shoot(page, "dev-mine-empty")

    async with Clicks(page, at_most=8) as hand:
        await hand.click(page.get_by_role("link", name="Rapportera en avvikelse"))
        await hand.click(page.get_by_label("SoL: socialtjänst och äldreomsorg"))
        await write(page)
        await hand.choose(
            page.get_by_label("Var hände det?"), "\u2003\u2003\u2003\u2003Hemtjänst Öst"
        )
        await hand.click(page.get_by_label("Ja, det hände där"))
        await shoot(page, "dev-report-phone")
        await hand.click(page.get_by_role("button", name="Granska och skicka"))
        await expect(page.get_by_role("heading", name="Stämmer det?")).to_be_visible()
        await shoot(page, "dev-review-phone")
        await hand.click(page.get_by_role("button", name="Skicka in", exact=True))
    await expect(page.get_by_role("heading", name="Tack för din rapport")).to_be_visible()
    await check_everywhere(page)

    await shoot(page, "dev-thanks-phone")
    [row] = await reports(care)
    assert (row.state, row.laws, row.unit_id) == (
        CaseState.SENT,
        ["sol"],
        care.units["home_care"].id,
    )


@pytest.mark.parametrize("javascript", [True, False])
async def test_a_personal_identity_number_is_warned_of_and_nothing_is_saved(
    visit, sure, care, javascript
):
    page = await sure("employee", "avvikelser/rapportera", javascript=javascript)
    visit.expect("status of 422")
    await page.get_by_label("SoL: socialtjänst och äldreomsorg").check()
    await write(page, "Fru Ek 19121212-1212 föll")
    await page.get_by_label("Var hände det?").select_option(str(care.units["home_care"].id))
    await page.get_by_label("Ja, det hände där").check()

    await page.get_by_role("button", name="Granska och skicka").click()

    await expect(page.get_by_role("alert")).to_contain_text("personnummer")
    await expect(page.get_by_label("Berätta vad som hände")).to_have_attribute(
        "aria-invalid", "true"
    )
    assert await reports(care) == []
    if javascript:
        await check_everywhere(page)


async def test_a_shared_device_is_signed_out_with_the_report(sure, care):
    page = await sure("employee", "avvikelser/rapportera", width=390)
    await page.get_by_label("SoL: socialtjänst och äldreomsorg").check()
    await write(page)
    await page.get_by_label("Var hände det?").select_option(str(care.units["home_care"].id))
    await page.get_by_label("Ja, det hände där").check()
    await page.get_by_role("button", name="Granska och skicka").click()

    await page.get_by_role("button", name="Skicka in och logga ut").click()

    await expect(page.get_by_text("Du är utloggad.")).to_be_visible()
    await check_everywhere(page)
    await shoot(page, "dev-sent-out")
    await page.goto(f"{page.url.split('/avvikelser')[0]}/avvikelser")
    assert "/logga-in" in page.url
    [row] = await reports(care)
    assert row.state is CaseState.SENT


async def test_a_misconduct_goes_from_report_to_outcome_and_its_manager_loses_sight(
    visit, sure, care
):
    async with await care.work("employee") as work:
        row = await report_deviation(
            work, Report(unit_id=care.units["home_care"].id, laws=(Law.SOL,), what=SAID)
        )
    address = f"avvikelser/arenden/{row.id}"
    boss = await sure("boss", address)
    await boss.get_by_role("link", name="Misstänk ett missförhållande").click()
    await shoot(boss, "dev-hand-over")
    await check_everywhere(boss)
    await boss.get_by_label("Oberoende utredare").select_option(label="Ulla Utter")
    await boss.get_by_label("Varför kan det vara").fill("Det har hänt förr")
    await boss.get_by_label("Jag lämnar över ärendet").check()
    await boss.get_by_role("button", name="Lämna över ärendet").click()
    await expect(boss.get_by_text("Ärendet är överlämnat.")).to_be_visible()
    await expect(boss.get_by_text("Inga ärenden.")).to_be_visible()
    visit.expect("404")
    answer = await boss.goto(f"{visit.address}/{care.tenant.slug}/{address}")
    assert answer.status == 404

    page = await sure("investigator", address)
    await page.get_by_role("link", name="Utredning enligt SoL och LSS").click()
    for key in INVESTIGATION:
        await page.locator(f"[name=svar_{key}]").fill("Det är utrett.")
    await page.get_by_role("button", name="Spara och klarmarkera").click()
    await expect(page.get_by_text("Dokumentet är klart.")).to_be_visible()

    page = await sure("officer", address)
    await page.get_by_role("link", name="Besluta enligt lex Sarah").click()
    await check_everywhere(page)
    await page.get_by_label("Vad var det?").select_option(index=1)
    await page.get_by_label("Motivering").fill("Insatsen uteblev.")
    await page.get_by_label("Är det anmält till IVO?").select_option("yes")
    await page.get_by_label("Vad får rapportören veta?").fill("Vi har ändrat rutinen.")
    visit.expect("status of 422")
    await page.get_by_role("button", name="Besluta", exact=True).click()
    await expect(page.get_by_label("IVO:s ärendenummer")).to_have_attribute("aria-invalid", "true")
    await page.get_by_label("IVO:s ärendenummer").fill("3.1.1-4711/2026")
    await page.get_by_role("button", name="Besluta", exact=True).click()
    await expect(page.get_by_text("Det är beslutat.")).to_be_visible()
    await shoot(page, "dev-decided")

    await boss.goto(f"{visit.address}/{care.tenant.slug}/{address}")
    await expect(boss.get_by_text("ärendenummer 3.1.1-4711/2026")).to_be_visible()
    page = await sure("employee", "avvikelser")
    await expect(page.get_by_text("Vi har ändrat rutinen.")).to_be_visible()
    await shoot(page, "dev-mine")


async def test_somebody_elses_document_is_never_written_over_unseen(visit, sure, care, case):
    address = f"avvikelser/arenden/{case.id}/dokument/event"
    page = await sure("boss", address)
    other = await sure("medical", address)
    await other.get_by_label("Bakomliggande orsaker").fill("Halka")
    await other.get_by_role("button", name="Spara", exact=True).click()
    await expect(other.get_by_text("Det är sparat.")).to_be_visible()
    await page.get_by_label("Bakomliggande orsaker").fill("Stress")
    visit.expect("status of 409")
    await page.get_by_role("button", name="Spara", exact=True).click()

    await expect(page.get_by_role("alert")).to_contain_text("Malin Mård sparade dokumentet")
    await expect(page.get_by_role("alert")).to_contain_text("Halka")
    await shoot(page, "dev-clash")
    await check_everywhere(page)
    await page.get_by_role("button", name="Behåll mitt").click()
    await expect(page.get_by_text("Det är sparat.")).to_be_visible()

    await expect(page.get_by_label("Bakomliggande orsaker")).to_have_value("Stress")


SHOWN = {
    "boss": ("", "/rapportera", "/arenden", "/statistik", "/inget-att-rapportera"),
    "administrator": ("/formular", "/formular/report", "/gallring"),
}


@pytest.mark.parametrize("who", SHOWN)
async def test_each_page_is_for_everybody_who_may_see_it(sure, care, case, who):
    page = await sure(who, "avvikelser")
    base = f"/{care.tenant.slug}/avvikelser"
    for path in SHOWN[who]:
        await page.goto(f"{page.url.split('/', 3)[0]}//{page.url.split('/')[2]}{base}{path}")
        await check_everywhere(page)
        await shoot(page, f"dev-{path.strip('/').replace('/', '-') or 'start'}")
    await check_html({path: await source(page, f"{base}{path}") for path in SHOWN[who]})


STEPS = ("", "/steg/kategorisera", "/steg/risk-hsl", "/steg/atgard", "/dokument/event")


async def test_a_case_shows_each_part_for_whom_it_is(visit, sure, care, case):
    base = f"avvikelser/arenden/{case.id}"
    page = await sure("boss", base)
    await expect(page.get_by_text("Risken kräver en händelseanalys.")).to_be_visible()
    await expect(page.locator(".risk [aria-current]")).to_have_text(["9 vald"])
    for step in STEPS:
        await page.goto(f"{visit.address}/{care.tenant.slug}/{base}{step}")
        await check_everywhere(page)
        await shoot(page, f"dev-case{step.replace('/', '-')}")
    sources = {step: await source(page, f"/{care.tenant.slug}/{base}{step}") for step in STEPS}
    await check_html(sources)
    dark = await sure("boss", base, dark=True, width=320)
    await shoot(dark, "dev-case-dark")
    medical = await sure("medical", base)
    await expect(medical.get_by_role("heading", name="Historik")).to_have_count(0)
    await expect(medical.get_by_role("link", name="Kategorisera")).to_have_count(0)
    await sure("officer", base, status=404)
    await sure("boss", f"avvikelser/arenden/{uuid7()}", status=404)


async def test_a_year_without_lex_maria_is_said_and_taken_back(sure, care):
    page = await sure("boss", "avvikelser/inget-att-rapportera")
    await page.get_by_label("Enhet").select_option(label="Hemtjänst Öst")
    await page.get_by_label("Vad som intygas").select_option("lex_maria")
    await page.get_by_role("button", name="Intyga").click()
    await expect(page.get_by_text("Det är noterat.")).to_be_visible()

    await page.get_by_role("button", name="Ta tillbaka").click()

    await expect(page.get_by_text("Inget är intygat för")).to_be_visible()


async def test_a_new_version_of_a_form_is_asked_from_today(sure, care):
    page = await sure("administrator", "avvikelser/formular")
    await page.get_by_role("link", name="Rapporten").click()
    await page.get_by_text("En fråga till").first.click()
    await page.locator("[name=label-1]").fill("Vilket hjälpmedel?")
    await page.locator("[name=label_en-1]").fill("Which aid?")
    await page.locator("[name=kind-1]").select_option("choice")
    await page.locator("[name=choices-1]").fill("Lyft\nRullstol")
    await page.locator("[name=choices_en-1]").fill("Hoist")
    await page.get_by_role("button", name="Spara som ny version").click()
    await expect(page.get_by_text("Version 2 av formuläret gäller från i dag.")).to_be_visible()

    page = await sure("employee", "avvikelser/rapportera")

    await expect(page.get_by_label("Vilket hjälpmedel?")).to_be_visible()
    async with await care.work(write=False) as work:
        newest = select(DeviationForm).where(DeviationForm.number == 2)
        asked = (await work.scalars(newest))[0].fields[1]
        assert asked["label"] == {"sv": "Vilket hjälpmedel?", "en": "Which aid?"}
        assert [each["label"] for each in asked["choices"]] == [
            {"sv": "Lyft", "en": "Hoist"},
            {"sv": "Rullstol"},
        ]


async def test_an_action_is_done_by_its_owner_who_sees_no_word_of_the_case(sure, care, case):
    async with await care.work("boss") as work:
        owner = care.people["manager"].id
        row = await plan_action(
            work, case.id, title="Köp halkskydd", owner_id=owner, due_on=work.today
        )
    page = await sure("manager", "avvikelser")
    await page.get_by_role("link", name="Köp halkskydd").click()
    await check_everywhere(page)
    await expect(page.get_by_text(SAID)).to_have_count(0)

    await page.get_by_label("Vad gjordes?").fill("Köpta och utlagda")
    await page.get_by_role("button", name="Den är klar").click()

    await expect(page.get_by_text("Noterat.")).to_be_visible()
    boss = await sure("boss", f"avvikelser/arenden/{case.id}")
    await expect(boss.get_by_text("Köpta och utlagda")).to_be_visible()
    await boss.get_by_role("link", name="Köp halkskydd").click()
    await expect(boss.get_by_text("Köpta och utlagda")).to_be_visible()
    assert row.owner_id == owner


async def test_every_page_is_reached_by_links_and_valid(visit, sure, care, case):
    """The summary of a report is reached by its form."""
    async with await care.work("boss") as work:
        owner, today = care.people["boss"].id, work.today
        await plan_action(work, case.id, title="Köp halkskydd", owner_id=owner, due_on=today)
    routes = {route.name: route for route in PAGES if "GET" in route.methods}
    sources: dict[str, str] = {}
    for who in ("employee", "boss", "administrator", "keeper"):
        page = await sure(who, "avvikelser")
        waiting, known = [start := f"/{care.tenant.slug}/avvikelser"], set()
        while waiting:
            path = waiting.pop().partition("#")[0].partition("?")[0]
            scope = {"type": "http", "path": path, "method": "GET", "root_path": ""}
            name = next((n for n, r in routes.items() if r.matches(scope)[0] is Match.FULL), None)
            if name is None or path in known or (name in sources and path != start):
                continue
            known.add(path)
            answer = await page.goto(f"{visit.address}{path}")
            assert answer.status == 200, path
            sources[name] = await source(page, path)
            links = "all => all.map((each) => each.getAttribute('href'))"
            waiting += await page.eval_on_selector_all("main a[href]", links)

    assert set(routes) - set(sources) == {"review_deviation"}
    await check_html(sources)


async def test_numbers_are_a_picture_beside_its_table_and_small_ones_are_left_out(sure, care):
    report = Report(unit_id=care.units["home_care"].id, laws=(Law.SOL,), what=SAID)
    async with await care.work("employee") as work:
        for number in range(14):
            laws = (Law.SOL,) if number < 7 else (Law.LSS,)
            await report_deviation(work, replace(report, laws=laws))
        await report_deviation(work, replace(report, laws=(Law.HSL,)))
    page = await sure("boss", "avvikelser/statistik?efter=law")

    row = page.get_by_role("row")
    await expect(row.filter(has_text="HSL")).to_contain_text("visas inte")
    await expect(page.locator(".chart-wide svg")).to_be_visible()
    await check_everywhere(page)
    await shoot(page, "dev-numbers")
    await check_html({"numbers": await source(page)})
