"""Provisioning by a directory, in a real browser: what groups give, and what came."""

import httpx
import pytest
from playwright.async_api import expect
from scim_client import directory, grants_of
from ui_checks import check_everywhere, check_html, shoot, source

PATH = "installningar/inloggning/katalog"


@pytest.fixture
async def provisioned(town, service):
    """A directory has handed in people and groups, and has been refused some things."""
    async with httpx.AsyncClient(base_url=service, timeout=60) as client:
        scim = await directory(town, client)
        ids = [(await scim.user(name))["id"] for name in ("anna", "bo", "cia")]
        await scim.group("Roder-chefer-hemtjänst", ids[:2])
        await scim.group("Roder-alla", ids)
        await scim.patch(f"/Users/{ids[2]}", {"op": "replace", "path": "active", "value": False})
        await scim("POST", "/Users", {"userName": "utan-adress"})
        await scim("POST", "/Groups", {"displayName": "X", "members": [{"value": "x"}]})
    return town, ids


async def test_a_group_is_given_a_role_and_loses_it(visit, provisioned):
    town, ids = provisioned
    page = await visit(town, "administrator", PATH, javascript=False)

    await page.get_by_label("Grupp", exact=True).select_option(label="Roder-chefer-hemtjänst")
    await page.get_by_label("Roll", exact=True).select_option("contributor")
    await page.get_by_label("Vid enheten och allt under den").select_option(
        str(town.units["home_care"].id)
    )
    await page.get_by_role("button", name="Visa vad som händer").click()
    told = page.locator("#preview")
    await expect(told).to_contain_text("2 personer i Roder-chefer-hemtjänst")
    before = await grants_of(town, ids[0])
    await page.get_by_role("button", name="Låt gruppen ge den").click()
    await page.get_by_text("Gruppen ger rollen från och med nu.").wait_for()
    given = await grants_of(town, ids[0])
    await (
        page.get_by_role("button", name="Ta Medarbetare")
        .or_(page.locator("td form button"))
        .first.click()
    )
    await page.get_by_role("button", name="Ta bort rollen").click()
    await page.get_by_text("Gruppen ger inte rollen längre.").wait_for()

    assert before == []
    assert given == [("contributor", town.units["home_care"].id, "scim")]
    assert await grants_of(town, ids[0]) == []


async def test_full_administrators_have_to_be_meant(visit, provisioned):
    town, ids = provisioned
    visit.expect("status of 422")
    page = await visit(town, "administrator", PATH)

    await page.get_by_label("Roll", exact=True).select_option("full_administrator")
    await page.get_by_role("button", name="Visa vad som händer").click()

    await page.get_by_text("Kryssa i att du menar det").wait_for()
    await check_everywhere(page)
    await shoot(page, "provisioning_refused")
    assert await grants_of(town, ids[0]) == []


async def test_the_page_is_for_everybody_who_may_see_it(visit, provisioned):
    town, _ids = provisioned
    page = await visit(town, "administrator", PATH)

    await expect(page.locator("main")).to_contain_text("En person behöver en e-postadress")
    await check_everywhere(page)
    await shoot(page, "provisioning")
    await check_html({"provisioning": await source(page)})


async def test_it_says_what_to_do_before_anything_has_come(visit, town):
    page = await visit(town, "administrator", PATH)

    await page.get_by_text("Inga grupper än.").wait_for()
    await check_everywhere(page)
    await shoot(page, "provisioning_empty")
    await check_html({"empty": await source(page)})


@pytest.mark.parametrize("who", ["local", "manager", "employee", "auditor"])
async def test_nobody_else_comes_in(visit, town, who):
    await visit(town, who, PATH, status=403)
