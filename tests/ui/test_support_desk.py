"""Support in the browser: a fault reported and solved, whom to ask, and a course taken."""

from __future__ import annotations

import pytest
from playwright.async_api import expect
from ui_checks import check_everywhere, check_html, shoot, source

from roder.platform.modules.support.contacts import save_contact
from roder.platform.modules.support.models import CourseKind
from roder.platform.modules.support.training import save_course


@pytest.fixture
async def desk(town):
    """With somebody to ask and a course."""
    await town.switch_on("support")
    async with await town.work() as work:
        await save_contact(
            work,
            unit_id=town.units["council"].id,
            role="Allt om tjänsten",
            name="Servicedesk",
            phone="0173-555 00",
        )
        await save_course(work, title="Kom igång på en kvart", kind=CourseKind.MANUAL, minutes=15)
    return town


async def test_a_fault_is_reported_answered_and_agreed(visit, desk):
    page = await visit(desk, "employee", "stod")
    await expect(page.get_by_text("Servicedesk")).to_be_visible()
    await expect(page.get_by_text("Inga fel.")).to_be_visible()
    await check_everywhere(page)
    await page.get_by_role("link", name="Anmäl ett fel").click()
    await page.get_by_label("Vad är fel, med några ord").fill("Sidan är tom")
    await page.get_by_label("Vad händer, och vad borde hända?").fill("Den blir tom sedan i morse.")
    await page.get_by_label("Det hindrar arbete som kommunen inte klarar sig utan").check()
    await check_everywhere(page)
    await check_html({"new": await source(page)})
    await shoot(page, "support_new_fault")
    await page.get_by_role("button", name="Skicka").click()
    await expect(page.get_by_text("Felet har nummer 1 och klass B.")).to_be_visible()
    await check_everywhere(page)
    address = page.url

    page = await visit(desk, "administrator", "stod")
    await expect(page.get_by_role("rowheader", name="Sidan är tom")).to_be_visible()
    await check_everywhere(page)
    await shoot(page, "stod")
    await page.get_by_role("link", name="Sidan är tom").click()
    await page.get_by_label("Går det att lösa på ett annat sätt så länge?").select_option("easy")
    await page.get_by_role("button", name="Spara det andra sättet").click()
    visit.expect("status of 422")
    await expect(page.get_by_role("alert")).to_have_text("Skriv något här: det kan inte vara tomt.")
    await check_everywhere(page)
    await page.get_by_label("På vilket sätt?").fill("Öppna sidan en gång till.")
    await page.get_by_role("button", name="Spara det andra sättet").click()
    await expect(page.get_by_text("Felet har klass D nu.")).to_be_visible()
    await page.get_by_label("Berätta för den som anmälde").fill("Rättat i kväll.")
    await page.get_by_role("button", name="Det är löst").click()
    await expect(page.locator("ol.steps > li")).to_have_count(3)
    await check_everywhere(page)
    await check_html({"fault": await source(page)})
    await shoot(page, "support_fault")

    page = await visit(desk, "employee", address.partition(f"/{desk.tenant.slug}/")[2])
    await page.get_by_role("button", name="Ja, det fungerar").click()
    await expect(page.locator("ol.steps > li")).to_have_count(4)


async def test_without_scripts_a_fault_is_reported(visit, desk):
    page = await visit(desk, "employee", "stod/fel/nytt", javascript=False)
    await page.get_by_label("Vad är fel, med några ord").fill("Trögt")
    await page.get_by_label("Vad händer, och vad borde hända?").fill("Det går långsamt.")
    await page.get_by_label("Hur mycket fungerar inte?").select_option("awkward")
    await page.get_by_role("button", name="Skicka").click()
    await expect(page.get_by_role("heading", level=1)).to_have_text("Trögt")
    await expect(page.get_by_text("C: det dagliga arbetet fungerar")).to_be_visible()


async def test_a_course_is_taken_and_seen_by_administrators(visit, desk):
    page = await visit(desk, "employee", "stod/utbildning")
    await check_everywhere(page)
    await check_html({"training": await source(page)})
    await page.get_by_role("button", name="Jag har gått den").click()
    await expect(page.locator(".light.green")).to_contain_text("Gått")

    page = await visit(desk, "administrator", "stod/utbildning")
    await shoot(page, "support_training")
    await page.get_by_role("link", name="Vilka som har gått den").click()
    await expect(page.get_by_text("1 av ")).to_be_visible()
    await page.get_by_role("checkbox").first.check()
    await page.get_by_role("button", name="Bekräfta dem som deltog").click()
    await expect(page.get_by_text("2 av ")).to_be_visible()
    await check_everywhere(page)
    await check_html({"people": await source(page)})
    await shoot(page, "support_course_people")


async def test_contacts_and_courses_are_kept_by_administrators(visit, desk):
    page = await visit(desk, "administrator", "stod/kontakter")
    await check_everywhere(page)
    await check_html({"contacts": await source(page)})
    await page.get_by_role("link", name="Ny kontakt").click()
    await check_everywhere(page)
    await page.get_by_label("Vad de hjälper till med").fill("Rapporter")
    await page.get_by_role("button", name="Spara").click()
    visit.expect("status of 422")
    await expect(page.get_by_role("alert")).to_have_text("Välj en person, eller skriv ett namn.")
    await page.get_by_label("Eller ett annat namn").fill("Nämndstödet")
    await page.get_by_label("Telefonnummer").fill("0173-555 30")
    await page.get_by_role("button", name="Spara").click()
    await expect(page.get_by_role("rowheader", name="Nämndstödet")).to_be_visible()

    page = await visit(desk, "administrator", "stod/utbildning/kurs/ny")
    await check_everywhere(page)
    await page.get_by_label("Namn", exact=True).fill("Skriva rapporter")
    await page.get_by_label("Minuter").fill("en timme")
    await page.get_by_role("button", name="Spara", exact=True).click()
    visit.expect("status of 422")
    await expect(page.get_by_role("alert")).to_contain_text("är inte ett tal")
    await check_everywhere(page)
    await page.get_by_label("Minuter").fill("60")
    await page.get_by_role("button", name="Spara", exact=True).click()
    await expect(page.get_by_text("Skriva rapporter är sparad.")).to_be_visible()


async def test_the_help_of_a_module_has_whom_to_ask_and_what_to_watch(visit, desk):
    async with await desk.work() as work:
        given = {"role": "Målstöd", "area": "goals", "name": "Målgruppen", "email": "mal@x.example"}
        await save_contact(work, unit_id=desk.units["council"].id, **given)
        film = {"area": "goals", "address": "https://film.example/mal", "minutes": 6}
        await save_course(work, title="Målanalysen", kind=CourseKind.FILM, **film)
    page = await visit(desk, "employee", "hjalp/goals")
    await expect(page.get_by_role("link", name="Målgruppen")).to_be_visible()
    await expect(page.get_by_text("Servicedesk")).to_be_visible()
    watched = page.get_by_role("article").get_by_role("link", name="Målanalysen")
    assert await watched.get_attribute("href") == "https://film.example/mal"
    await check_everywhere(page)
    await check_html({"help": await source(page)})
    await shoot(page, "support_beside_help")
    await page.get_by_role("link", name="All utbildning").click()
    await expect(page.get_by_role("link", name="Målanalysen")).to_be_visible()

    page = await visit(desk, "employee", "hjalp/reports")
    await expect(page.get_by_text("Servicedesk")).to_be_visible()
    await expect(page.get_by_text("Målgruppen")).to_have_count(0)
    page = await visit(desk, "employee", "stod")
    await expect(page.get_by_role("link", name="mal@x.example")).to_be_visible()


@pytest.mark.parametrize("path", ["stod/utbildning/kurs/ny", "stod/kontakter/ny"])
async def test_an_employee_changes_neither(visit, desk, path):
    await visit(desk, "employee", path, status=403)
