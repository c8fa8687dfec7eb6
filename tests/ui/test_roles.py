"""Roles handed on, seeing as somebody, support and who can see what, in a browser."""

from __future__ import annotations

from datetime import timedelta

from playwright.async_api import expect
from sqlalchemy import select
from ui_checks import Clicks, check_everywhere, check_html, shoot, source

from roder.tenants.actors import operator
from roder.tenants.models import RoleGrant
from roder.tenants.seeing_models import SupportVisit
from roder.tenants.support import make_link, open_support
from roder.tenants.work import open_work

WHY = "Hittar inte rapporten"


async def in_days(town, days):
    async with await town.work(write=False) as work:
        return (work.today + timedelta(days=days)).isoformat()


async def test_roles_are_handed_on_without_scripts_and_declined(visit, town):
    page = await visit(town, "manager", "profil/roller", javascript=False)
    await page.get_by_label("Kollega").fill("Elis Anställd")
    await page.get_by_label("Sista dag").fill(await in_days(town, 7))
    await page.get_by_label("Varför").fill("Semester")
    await page.get_by_role("button", name="Lämna över").click()
    await page.get_by_text("du har lämnat den till Elis Anställd").wait_for()

    taker = await visit(town, "employee", "profil/roller")
    await check_everywhere(taker)
    await shoot(taker, "roles-own")
    async with Clicks(taker, at_most=1) as hand:
        await hand.click(taker.get_by_role("button", name="Avböj"))
    await taker.get_by_text("Det är avslutat").wait_for()
    assert (await town.actor("employee")).grants[1:] == ()


async def test_the_page_of_a_person_tells_times_and_history(visit, town):
    async with await town.work() as work:
        work.add(
            RoleGrant(
                person_id=town.people["employee"].id,
                role="contributor",
                valid_from=work.now + timedelta(days=2),
                valid_to=work.now + timedelta(days=9),
                reason="Vikariat",
                granted_by=town.people["administrator"].id,
            )
        )
    page = await visit(town, "administrator", f"personer/{town.people['employee'].id}")
    await page.get_by_text("gäller inte nu").first.wait_for()
    await page.get_by_text("Vem som gav vad, och när").click()
    await check_everywhere(page)
    await shoot(page, "roles-person")


async def test_an_administrator_sees_as_somebody_by_keyboard_and_is_themselves_again(visit, town):
    page = await visit(town, "administrator", f"personer/{town.people['manager'].id}")
    await page.get_by_role("link", name="Se som Mona Chef").focus()
    await page.keyboard.press("Enter")
    await page.locator("#sheet").get_by_label("Varför").fill(WHY)
    await check_everywhere(page)
    await page.keyboard.press("Enter")
    await page.get_by_text("Du ser tjänsten som Mona Chef.").wait_for()
    await check_everywhere(page)
    await shoot(page, "roles-guise")
    await page.get_by_role("button", name="Bli dig själv igen").click()
    await page.get_by_role("heading", name="Mona Chef", exact=True).wait_for()
    await expect(page.get_by_text("Du ser tjänsten som")).to_have_count(0)

    seen = await visit(town, "manager", "profil/roller", javascript=False)
    await seen.get_by_text(WHY).wait_for()


async def test_support_is_let_in_comes_in_and_is_put_out(visit, town):
    page = await visit(town, "administrator", "installningar/support")
    await page.get_by_label("Varför").fill("Målen visas inte")
    await page.get_by_label("Mål och uppföljning").check()
    await page.locator("main form.form button").click()
    await page.get_by_text("Supporten kan komma in nu").wait_for()
    await check_everywhere(page)
    await shoot(page, "roles-support")
    async with open_work(town.runtime, town.tenant, operator(), write=True) as work:
        key = await make_link(work, email="help@operator.example")

    guest = await visit(town, None, f"support?nyckel={key}")
    await check_everywhere(guest)
    await guest.get_by_role("button", name="Gå in").click()
    await guest.get_by_text("Support (help@operator.example)").first.wait_for()
    await check_everywhere(guest)
    await shoot(guest, "roles-support-inside")

    await page.reload()
    await page.get_by_role("button", name="Avsluta nu").click()
    await page.get_by_text("Supporten är ute").wait_for()
    await guest.reload()
    await guest.wait_for_url("**/logga-in?till=*")
    async with await town.work(write=False) as work:
        assert await work.first(select(SupportVisit.begun_at)) is not None


async def test_who_can_see_a_record_is_told_in_a_dialog_and_without_scripts(visit, town):
    unit = town.units["home_care"].id
    page = await visit(town, "administrator", f"organisation/{unit}")
    await page.get_by_role("link", name="Vem kan se det här").first.click()
    await page.locator("#sheet").get_by_text("Lo Lokal").wait_for()
    await check_everywhere(page)
    await shoot(page, "roles-access")
    alone = await visit(town, "employee", f"vem-ser/Unit/{unit}", javascript=False)
    await alone.get_by_text("Alla som arbetar här kan läsa det.").wait_for()
    await expect(alone.get_by_text("Lo Lokal")).to_have_count(0)


async def test_the_pages_are_valid_html(visit, town):
    async with await town.work() as work:
        await open_support(
            work, reason="Fel", valid_to=work.now + timedelta(days=1), modules=["goals"]
        )
    page = await visit(town, "administrator", "profil/roller")
    person, unit = town.people["manager"].id, town.units["home_care"].id
    addresses = {
        "own": "profil/roller",
        "person": f"personer/{person}",
        "see as": f"personer/{person}/se-som",
        "support": "installningar/support",
        "access": f"vem-ser/Unit/{unit}",
    }
    slug = town.tenant.slug
    await check_html({name: await source(page, f"/{slug}/{at}") for name, at in addresses.items()})
    auditor = await visit(town, "auditor", "installningar/support")
    await check_everywhere(auditor)
    await check_html({"shut": await source(auditor)})
