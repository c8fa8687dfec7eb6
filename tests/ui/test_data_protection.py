"""The data protection registers in a real browser."""

from datetime import date, timedelta

import pytest
from playwright.async_api import expect
from ui_checks import check_everywhere, shoot

from roder.platform.modules.data_protection import breaches, service
from roder.tenants.log.access_log import Action


@pytest.fixture
async def kept(town):
    """A municipality with an agreement, two it has engaged, its record, and an open breach."""
    await town.switch_on("data_protection")
    async with await town.work() as work:
        work.note(Action.READ, "person", about=[town.people["employee"].id])
        agreement = await service.save_agreement(
            work,
            processor="Roder AB",
            org_number="559000-0000",
            subject="Drift, lagring och stöd för den gemensamma tjänsten",
            registry_number="KS 2025/17",
            signed_on=date(2025, 3, 1),
            review_on=date(2027, 3, 1),
        )
        for name, since in (("Molnet AB", date(2025, 4, 1)), ("Nya molnet AB", None)):
            await service.save_sub_processor(
                work,
                agreement_id=agreement.id,
                name=name,
                task="Lagring av filer",
                country="Sverige",
                announced_on=date(2025, 3, 1),
                objection_by=date(2025, 3, 31),
                from_on=since,
            )
        await service.suggest_processings(work)
        town.agreement = agreement
        town.breach = await breaches.report_breach(
            work,
            what="En bärbar dator är borta",
            detected_at=work.now,
            since=work.now - timedelta(days=1),
            until=work.now + timedelta(hours=1),
        )
    return town


PAGES = ("", "/bitraden", "/bitraden/ny", "/behandling/ny", "/incidenter", "/incidenter/ny")


@pytest.mark.parametrize("path", PAGES)
async def test_each_register_is_for_everybody_who_may_see_it(visit, kept, path):
    page = await visit(kept, "administrator", f"dataskydd{path}")

    await check_everywhere(page)
    await shoot(page, f"data_protection{path.replace('/', '_')}")


async def test_an_auditor_reads_without_buttons(visit, kept):
    page = await visit(kept, "auditor", "dataskydd/bitraden")

    assert await page.get_by_role("link", name="Nytt biträde").count() == 0
    await check_everywhere(page)


async def test_a_breach_is_decided_on_its_page(visit, kept):
    page = await visit(kept, "administrator", f"dataskydd/incidenter/{kept.breach.id}")
    await check_everywhere(page)
    await shoot(page, "data_protection_breach")

    visit.expect("status of 422")
    await page.get_by_label("Ja, den är anmäld").check()
    await page.get_by_role("button", name="Spara beslutet").click()
    await page.get_by_role("alert").filter(has_text="Skriv ärendenumret").wait_for()
    await check_everywhere(page)
    await page.get_by_label("Myndighetens ärendenummer").fill("IMY-2026-1")
    await page.get_by_label("Ja, den är anmäld").check()
    await page.get_by_role("button", name="Spara beslutet").click()

    await page.get_by_text("Anmäld till myndigheten").wait_for()


async def test_the_basis_for_the_notice_is_made_with_a_click(visit, kept):
    page = await visit(kept, "administrator", f"dataskydd/incidenter/{kept.breach.id}")

    await page.get_by_role("button", name="Ett underlag för anmälan, i Word").click()

    await page.locator("#export a", has_text=".docx").wait_for()


async def test_a_processor_is_added_without_scripts(visit, kept):
    page = await visit(kept, "administrator", "dataskydd/bitraden/ny", javascript=False)

    await page.get_by_label("Biträde", exact=True).fill("Tryckeriet AB")
    await page.get_by_label("Vad som behandlas, och varför").fill("Utskick")
    await page.get_by_label("Tecknat").fill("2026-01-15")
    await page.get_by_role("button", name="Spara", exact=True).click()

    await expect(page.get_by_role("heading", name="Tryckeriet AB")).to_have_count(1)
