"""Personal data in a real browser: a purge from the list to its receipt, extracts and rules."""

from __future__ import annotations

from datetime import timedelta

import pytest
from playwright.async_api import expect
from sqlalchemy import select
from ui_checks import check_everywhere, check_html, reload_until, shoot, source

from roder.platform.modules.leavers.models import LeaverRun, RunState
from roder.tenants.feedback import tell_fault
from roder.tenants.models import Person
from roder.tenants.people import add_person, end_person


@pytest.fixture
async def left(town):
    """Two have left, and one of them is named in what somebody told."""
    async with await town.work() as work:
        for name in ("Bertil Björkbacka", "Solveig Sandlycka"):
            email = f"{name.split()[0].lower()}@ort.example"
            person = await add_person(work, name=name, email=email)
            await end_person(work, person.id)
        await tell_fault(work, page="/", text="Solveig Sandlycka kan inte logga in, säger Solveig.")
        silent = await add_person(work, name="Tyst Tystberga", email="tyst@ort.example")
        silent.created_at = work.now - timedelta(days=800)
    return town


async def test_a_purge_is_prepared_looked_through_decided_and_done(visit, left):
    page = await visit(left, "administrator", "personuppgifter")
    await check_everywhere(page)
    await shoot(page, "personal_data")
    await check_html({"waiting": await source(page)})

    await page.get_by_role("button", name="Förbered gallring av de förkryssade").click()
    await page.get_by_role("heading", name="Förbered gallring").wait_for()
    await page.get_by_text("Solveig Sandlycka kan inte logga in").wait_for()
    await check_everywhere(page)
    await shoot(page, "personal_data_run")
    await check_html({"run": await source(page)})

    await page.get_by_label("Vem som tar över efter Bertil Björkbacka").select_option("Mona Chef")
    await page.get_by_role("button", name="Spara Bertil Björkbacka").click()
    await page.get_by_text("Sparat").wait_for()
    await page.get_by_label("Jag har gått igenom vad som händer").check()
    await page.get_by_role("button", name="Besluta och gallra").click()
    await page.get_by_text("Beslutat. Nu görs det.").wait_for()
    async with await left.work(write=False) as work:
        run = (await work.scalars(select(LeaverRun)))[0]
    await reload_until(page, page.get_by_role("button", name="Gör kvittot"))
    await check_everywhere(page)
    await shoot(page, "personal_data_receipt")
    await check_html({"receipt": await source(page)})

    async with await left.work(write=False) as work:
        run = await work.get(LeaverRun, run.id)
        assert run.state is RunState.DONE
        names = await work.scalars(select(Person.name).where(Person.forgotten_at.is_not(None)))
        assert all(name.startswith("Tidigare medarbetare ") for name in names)
        assert len(names) == 2


async def test_a_decision_takes_that_one_has_looked_through_it(visit, left):
    page = await visit(left, "administrator", "personuppgifter", javascript=False)
    await page.get_by_role("button", name="Förbered gallring av de förkryssade").click()

    await page.get_by_role("button", name="Besluta och gallra").click()

    await page.get_by_text("Kryssa för att du har gått igenom").wait_for()
    visit.expect("status of 422")
    async with await left.work(write=False) as work:
        assert (await work.scalars(select(LeaverRun)))[0].state is RunState.OPEN


async def test_an_unticked_place_is_remembered(visit, left):
    page = await visit(left, "administrator", "personuppgifter")
    await page.get_by_role("button", name="Förbered gallring av de förkryssade").click()
    place = page.locator("input[name=place]").first
    await place.uncheck()

    await page.get_by_role("button", name="Spara vad som är förkryssat").click()

    await page.get_by_text("Ditt val är sparat").wait_for()
    await expect(page.locator("input[name=place]").first).not_to_be_checked()
    await page.get_by_text("Det är någon annan med samma namn").first.wait_for()


async def test_extracts_and_rules_are_for_everybody(visit, left):
    page = await visit(left, "administrator", "personuppgifter/utdrag")
    await check_everywhere(page)
    section = page.locator("section", has_text="artikel 15")
    await section.get_by_label("Personens e-postadress").fill(left.people["employee"].email)
    await section.get_by_label("Hur identiteten kontrollerades").fill("Visade legitimation.")
    await section.get_by_role("button", name="Gör utdraget").click()
    await page.get_by_text("Utdraget görs").wait_for()
    # A job for each file: the one can be there before the other.
    await reload_until(page, page.locator("ul.rows a.button"), count=2)
    await page.get_by_role("link", name="PDF").wait_for()
    await page.get_by_role("link", name="JSON").wait_for()
    await check_everywhere(page)
    await shoot(page, "personal_data_extracts")
    await check_html({"extracts": await source(page)})

    page = await visit(left, "administrator", "personuppgifter/regler?slag=goals")
    await check_everywhere(page)
    await shoot(page, "personal_data_rules")
    await check_html({"rules": await source(page)})
    await page.get_by_label("Varför").fill("Gallras enligt vår plan.")
    await page.get_by_role("button", name="Spara från i dag").click()
    await page.get_by_text("Regeln är sparad").wait_for()
    await page.get_by_text("Gallras enligt vår plan.").first.wait_for()


async def test_everybody_has_their_own(visit, left):
    page = await visit(left, "employee", "profil/mina-uppgifter")
    await check_everywhere(page)
    await page.get_by_role("button", name="Gör utdraget").click()
    await page.get_by_text("Utdraget görs").wait_for()
    await shoot(page, "personal_data_own")
    await check_html({"own": await source(page)})


@pytest.mark.parametrize("path", ["personuppgifter", "personuppgifter/utdrag"])
async def test_an_employee_does_not_come_in(visit, left, path):
    await visit(left, "employee", path, status=403)


async def test_a_purge_in_dark_and_small(visit, left):
    page = await visit(left, "administrator", "personuppgifter", dark=True)
    await page.get_by_role("button", name="Förbered gallring av de förkryssade").click()
    await shoot(page, "personal_data_run_dark")
    await page.set_viewport_size({"width": 320, "height": 800})
    await shoot(page, "personal_data_run_small")
