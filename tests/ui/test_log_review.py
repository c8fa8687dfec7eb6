"""A month of the log reviewed in the browser: 2,000 events, from the list to the archive."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from full_town import full
from playwright.async_api import expect
from review_steps import Clock, list_a_month, review_by_hand
from sqlalchemy import select
from ui_checks import check_everywhere, check_html, shoot, source

from roder.platform.modules.log_review.models import Investigation, Review, ReviewNotice
from roder.tenants.actors import Actor
from roder.tenants.models import Person
from roder.tenants.work import open_work

EVENTS = 2_000
LIST = (
    "Datum;Tid;Användare;Elev;Händelse;Avvikelse\n"
    "{0};08:42;vivi;Elev 1042;Läste;\n"
    "{0};22:48;tage;Elev 1187;Läste;Ja\n"
)


@pytest.fixture(scope="module")
async def filled(runtime):
    return await full(runtime)


@pytest.fixture(scope="module")
async def school(filled):
    """The demonstration's list of a school, with who reviews it and what is investigated."""
    nobody = Actor(id=None, name="")
    async with open_work(filled.runtime, filled.tenant, nobody, write=False) as work:
        case = await work.first(select(Investigation))
        review = await work.get(Review, case.review_id)
        people = {person.name: person.id for person in await work.scalars(select(Person))}
        notice = await work.first(
            select(ReviewNotice).where(ReviewNotice.investigation_id == case.id)
        )
    return {"case": case, "review": review, "people": people, "notice": notice}


async def test_a_month_of_2000_events_is_reviewed_signed_and_archived(visit, town):
    clock = Clock()
    await list_a_month(town, EVENTS, clock)
    page = await visit(town, "reviewer", "mitt-arbete")

    await review_by_hand(page, EVENTS, clock)

    print(f"{EVENTS} events: {clock}")


async def test_the_pages_are_whole_in_light_dark_and_narrow(visit, filled, school):
    principal = school["people"]["Rosmarie Riddarsporre"]
    review = f"loggranskning/{school['review'].id}"
    page = await visit(filled, principal, "loggranskning")
    sources = {}
    paths = {
        "reviews": "loggranskning",
        "review": review,
        "people": f"{review}/personer",
        "signing": f"{review}/signera",
        "days": f"{review}/dagar",
        "file": f"{review}/las-in",
        "new": "loggranskning/ny",
        "event": f"loggranskning/handelse/{school['case'].event_id}",
        "help": "hjalp/log_review",
    }
    for name, path in paths.items():
        await page.goto(f"{visit.address}/{filled.tenant.slug}/{path}")
        await check_everywhere(page)
        await shoot(page, f"log-{name}")
        sources[name] = await source(page)
    await check_html(sources)


async def test_rules_and_notices_are_whole_too(visit, filled, school):
    page = await visit(filled, filled.administrator.id, "loggranskning/regler")
    await check_everywhere(page)
    await shoot(page, "log-rules")
    sources = {"rules": await source(page)}
    await page.goto(f"{visit.address}/{filled.tenant.slug}/installningar/modul/log_review")
    await check_everywhere(page)
    await shoot(page, "log-settings")
    nurse = school["people"]["Vivi Vallmo"]
    page = await visit(filled, nurse, f"loggranskning/besked/{school['notice'].id}")
    await check_everywhere(page)
    sources["notice"] = await source(page)
    page = await visit(filled, None, "sa-loggas-anvandningen")
    await check_everywhere(page)
    sources["logging"] = await source(page)
    await check_html(sources)


async def test_the_named_officer_says_that_they_have_seen_it(visit, filled, school):
    page = await visit(filled, school["people"]["Vivi Vallmo"], "mitt-arbete")
    await page.get_by_role("link", name="Öppna").first.click()
    await page.get_by_role("button", name="Jag har tagit del av det").click()

    await page.get_by_text("Det är noterat att du har tagit del av det.").wait_for()


async def test_a_list_of_another_system_is_looked_through_and_read_in(visit, filled, school):
    principal = school["people"]["Rosmarie Riddarsporre"]
    review = school["review"]
    page = await visit(filled, principal, f"loggranskning/{review.id}/las-in")
    visit.expect("status of 422")
    day = review.begins + timedelta(days=2)
    wrong = LIST.format(day) + f"{date(1999, 1, 1)};12:00;vivi;Elev 1;Läste;\n"
    for text in (wrong, LIST.format(day)):
        await page.goto(f"{visit.address}/{filled.tenant.slug}/loggranskning/{review.id}/las-in")
        body = {"name": "pmo.csv", "mimeType": "text/csv", "buffer": text.encode()}
        await (
            page.get_by_label("File (Excel or CSV)")
            .or_(page.get_by_label("Fil (Excel eller CSV)"))
            .set_input_files(body)
        )
        async with page.expect_response(lambda answer: answer.request.method == "POST") as sent:
            await page.get_by_role("button", name="Visa vad den innehåller").click()
        shown = await (await sent.value).text()
        await (
            page.get_by_role("heading", name="Vad kolumnerna betyder")
            .or_(page.get_by_text("Vad kolumnerna betyder"))
            .wait_for()
        )
        if text == wrong:
            await expect(page.get_by_text("Dagen ligger utanför listans dagar.")).to_be_visible()
        await check_everywhere(page)
        await check_html({"preview": shown})
    await page.get_by_role("button", name="Det stämmer, läs in 2 rader").click()
    await page.get_by_text("pmo.csv är inläst: 2 rader.").wait_for()


async def test_rows_are_decided_without_scripts(visit, filled, school):
    principal = school["people"]["Rosmarie Riddarsporre"]
    path = f"loggranskning/{school['review'].id}?visa=left"
    page = await visit(filled, principal, path, javascript=False)
    row = page.locator(".review-rows tbody tr").first
    await row.locator("select").select_option("legitimate")
    await row.locator("textarea").fill("Pratat med läraren.")
    await row.get_by_role("button", name="Spara").click()

    await page.get_by_text("Sparat.").first.wait_for()


async def test_who_does_not_review_the_unit_sees_nothing_of_it(visit, filled, school):
    stranger = school["people"]["Hilding Havregrynsson"]

    await visit(filled, stranger, f"loggranskning/{school['review'].id}", status=403)
    await visit(filled, stranger, "loggranskning", status=403)
