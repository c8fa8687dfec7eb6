"""Ways of signing in, roles from claims and levels of assurance, in a browser."""

import pytest
from playwright.async_api import expect
from sqlalchemy import select
from ui_checks import check_everywhere, check_html, shoot, source

from roder.tenants.models import RoleGrant, SignInProvider
from roder.tenants.sign_in.models import ClaimRule, PersonIdentity
from roder.tenants.sign_in.providers import set_sign_in_provider
from roder.tenants.sign_in.rules import add_claim_rule
from roder.tenants.sign_in.settings import change_sign_in_settings, sign_in_settings

TAB = "installningar/inloggning"
CLAIMS = """{"sub": "0d7f-employee", "email": "%s", "email_verified": true,
 "groups": ["roder-chef-home_care"]}"""


@pytest.fixture
async def providers(town):
    async with await town.work() as work:
        for name, label in (("login", "Kommunkonto"), ("freja", "Freja")):
            await set_sign_in_provider(
                work, issuer=f"https://{name}.kommun.example", client_id="roder", label=label
            )
        await add_claim_rule(
            work, claim="groups", pattern="roder-chef-*", role="contributor", unit_code="*"
        )
        work.add(
            PersonIdentity(
                person_id=town.people["employee"].id,
                issuer="https://login.kommun.example",
                subject="0d7f-employee",
                last_used_at=work.now,
            )
        )
        return await work.scalars(select(SignInProvider).order_by(SignInProvider.position))


async def test_the_pages_of_the_tab_are_for_everybody(visit, town, providers):
    paths = [TAB, f"{TAB}/{providers[0].id}", f"{TAB}/roller", f"{TAB}/tillitsnivaer"]
    page = await visit(town, "administrator", TAB)
    found = {}
    for path in paths:
        await page.goto(f"{visit.address}/{town.tenant.slug}/{path}")
        await check_everywhere(page)
        await shoot(page, path.replace("/", "-")[:60])
        found[path] = await source(page)
    await check_html(found)


async def test_a_provider_is_added_moved_and_taken_away(visit, town):
    page = await visit(town, "administrator", TAB, javascript=False)
    for name in ("a", "b"):
        await page.get_by_label("Utfärdare").fill(f"https://{name}.kommun.example")
        await page.get_by_label("Klient-id").fill("roder")
        await page.get_by_label("Texten på knappen").fill(f"Knapp {name}")
        await page.get_by_role("button", name="Visa vad som händer").click()
        await page.get_by_role("button", name="Spara", exact=True).click()
        await expect(page.locator("ul.rows strong").last).to_have_text(f"Knapp {name}")
    await page.get_by_role("button", name="Flytta upp Knapp b").click()

    await expect(page.locator("ul.rows strong")).to_have_text(["Knapp b", "Knapp a"])

    await page.get_by_role("link", name="Knapp a").click()
    await page.get_by_role("button", name="Ta bort inloggningen …").click()
    await page.get_by_role("button", name="Ta bort inloggningen", exact=True).click()
    await expect(page.locator("ul.rows strong")).to_have_text(["Knapp b"])


async def test_a_value_of_acr_gets_a_level(visit, town, providers):
    page = await visit(town, "administrator", f"{TAB}/{providers[0].id}")
    rows = await page.locator("[name^='acr-']").count()
    await page.locator(f"[name='acr-{rows - 1}']").fill("urn:kommun:tjanstekort")
    await page.locator(f"[name='niva-{rows - 1}']").select_option("3")
    await page.get_by_role("button", name="Visa vad som händer").nth(1).click()
    await page.get_by_role("button", name="Spara nivåerna").click()

    await page.get_by_text("Inloggningstjänstens nivåer är sparade.").wait_for()
    await page.locator("[name^='acr-'][value='urn:kommun:tjanstekort']").wait_for()


async def test_rules_are_tried_out_before_they_are_switched_on(visit, town, providers):
    page = await visit(town, "administrator", f"{TAB}/roller")
    await page.get_by_label("Uppgifter, som JSON").fill(CLAIMS % town.people["employee"].email)
    async with page.expect_response("**/roller/prova") as answer:
        await page.get_by_role("button", name="Prova de här uppgifterna").click()
    await check_html({"tried": await (await answer.value).text()})

    told = page.locator("#tried")
    await told.get_by_text("Elis Anställd").wait_for()
    await expect(told).to_contain_text("kontot har loggat in förut")
    await expect(told).to_contain_text("ger rollen Medskapare, Hemtjänst Öst")
    await expect(told).to_contain_text("Reglerna är avslagna")
    await check_everywhere(page)
    await shoot(page, "tried")
    async with await town.work(write=False) as work:
        employee = town.people["employee"].id
        given = select(RoleGrant).where(RoleGrant.person_id == employee)
        assert await work.scalars(given) == []

    await page.get_by_label("Reglerna ger roller vid varje inloggning").check()
    await page.get_by_role("button", name="Visa vad som händer").click()
    await page.get_by_text("Från nästa inloggning ges och tas roller").wait_for()
    await page.get_by_role("button", name="Spara", exact=True).click()
    await page.get_by_text("Dina val är sparade.").wait_for()
    async with await town.work(write=False) as work:
        assert (await sign_in_settings(work)).rules_on is True


async def test_claims_that_are_no_json_and_a_rule_that_cannot_be_are_told(visit, town, providers):
    page = await visit(town, "administrator", f"{TAB}/roller")
    visit.expect("status of 422")
    await page.get_by_label("Uppgifter, som JSON").fill("{")
    await page.get_by_role("button", name="Prova de här uppgifterna").click()
    await page.get_by_role("alert").get_by_text("Klistra in uppgifter som JSON").wait_for()
    await check_everywhere(page)

    await page.get_by_label("Uppgift", exact=True).fill("groups")
    await page.get_by_label("Värde", exact=True).fill("a*b*")
    await page.get_by_role("button", name="Lägg till regeln").click()
    await page.get_by_role("alert").get_by_text("med högst en *").wait_for()
    await check_everywhere(page)
    async with await town.work(write=False) as work:
        assert len(await work.scalars(select(ClaimRule))) == 1


async def test_a_level_is_asked_for_and_the_page_says_how_to_get_in(visit, town, providers):
    page = await visit(town, "administrator", f"{TAB}/tillitsnivaer")
    await page.get_by_label("Lägsta nivå för Mål och uppföljning").select_option("3")
    await page.get_by_role("button", name="Visa vad som händer").click()
    await page.get_by_text("Mål och uppföljning: nivå 3").wait_for()
    await check_everywhere(page)
    await page.get_by_role("button", name="Spara", exact=True).click()
    await page.get_by_text("Nivåerna är sparade.").wait_for()

    path = "hemtjanst-ost/2026/planering"
    low = await visit(town, "manager", path, status=403)
    refused = low.get_by_role("heading", name="Det här kräver en säkrare inloggning")
    await refused.wait_for()
    await check_everywhere(low)
    await shoot(low, "step-up")
    await check_html({"step-up": await source(low)})
    await low.get_by_role("button", name="Logga in igen med nivå 3").click()
    await expect(refused).to_have_count(0)
    await low.wait_for_url(f"**/{path}")
    await expect(low.get_by_role("heading", level=1)).to_have_count(1)


async def test_the_settings_cannot_ask_for_more_than_one_has(visit, town):
    page = await visit(town, "administrator", f"{TAB}/tillitsnivaer")
    visit.expect("status of 422")
    await page.get_by_label("Lägsta nivå för Inställningarna").select_option("3")
    await page.get_by_role("button", name="Visa vad som händer").click()

    await page.get_by_role("alert").get_by_text("stänga ute dig själv").wait_for()
    async with await town.work(write=False) as work:
        assert (await sign_in_settings(work)).levels == {}


async def test_every_way_has_a_button_where_one_signs_in(visit, town, providers):
    page = await visit(town, None, "logga-in?niva=3")
    await expect(page.locator("form.card button")).to_have_text(["Kommunkonto", "Freja"])
    await page.get_by_text("kräver en inloggning med nivå 3").wait_for()
    await check_everywhere(page)
    await check_html({"sign-in": await source(page)})


async def test_an_account_is_released_on_the_persons_page(visit, town, providers):
    person = town.people["employee"].id
    page = await visit(town, "administrator", f"personer/{person}")
    await check_everywhere(page)
    await shoot(page, "person")
    await page.get_by_role("button", name="Släpp det Kommunkonto 0d7f-employee").click()

    await page.get_by_text("Kontot är släppt.").wait_for()
    async with await town.work(write=False) as work:
        assert await work.scalars(select(PersonIdentity)) == []


async def test_one_signs_out_everywhere_but_here(visit, town):
    await visit(town, "employee", "profil")
    page = await visit(town, "employee", "profil")
    await check_everywhere(page)
    await page.get_by_role("button", name="Logga ut överallt utom här").click()

    await page.get_by_text("Du är utloggad överallt utom här.").wait_for()
    await expect(page.get_by_text("Den här webbläsaren")).to_have_count(1)
    await expect(page.get_by_role("button", name="Logga ut överallt utom här")).to_have_count(0)


async def test_a_town_without_rules_or_levels_says_so(visit, town):
    page = await visit(town, "administrator", f"{TAB}/roller")
    await page.get_by_text("Inga regler.").wait_for()
    await check_everywhere(page)
    async with await town.work() as work:
        await change_sign_in_settings(work, {"make_people": True})
    await page.reload()
    await expect(page.get_by_label("Den som inte finns i registret")).to_be_checked()
