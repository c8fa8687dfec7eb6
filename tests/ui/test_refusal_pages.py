"""The pages of what cannot be shown or done: what, where, how to mend it, and a way back."""

from __future__ import annotations

import re

import pytest
from playwright.async_api import expect
from ui_checks import check_everywhere, check_html, shoot

from roder.infra.errors import Conflict
from roder.platform.modules.mywork import pages

REFUSED = {
    403: ("employee", "installningar", "bara ändra det som hör till dina egna enheter"),
    404: ("employee", "finns-inte", "Adressen kan vara felskriven"),
}


async def refused(page, status, hint, town):
    """The page says all it should, is valid, and leads back."""
    await check_everywhere(page)
    html = (await page.content()).replace('popover=""', "popover")  # as the server sent it
    await check_html({str(status): html})
    assert await page.locator("#menu").count() == (0 if status == 500 else 1)
    told = await page.locator("main").inner_text()
    assert hint in told
    assert f"Status {status}" in told
    path = re.sub(r"https?://[^/]+", "", page.url)
    assert path in told
    await shoot(page, f"refused-{status}")
    await page.get_by_role("link", name="Till min startsida").click()
    await expect(page.locator("main")).not_to_contain_text(f"Status {status}")
    await expect(page).to_have_url(re.compile(rf"/{town.tenant.slug}(/|$)"))


@pytest.mark.parametrize("status", REFUSED)
async def test_what_is_not_there_or_not_for_one_says_so_and_leads_back(visit, town, status):
    who, path, hint = REFUSED[status]
    page = await visit(town, who, path, status=status)

    await refused(page, status, hint, town)


async def test_a_conflict_says_what_stands_in_the_way_and_leads_back(visit, town, monkeypatch):
    """As a form without a script meets it on a page that shows no refusal of its own."""

    async def locked(_work):
        raise Conflict("År 2026 är låst. Lås upp det först.")

    monkeypatch.setattr(pages, "my_tasks", locked)
    page = await visit(town, "manager", "mitt-arbete", status=409)
    monkeypatch.undo()

    assert await page.get_by_role("heading", level=1).inner_text() == (
        "År 2026 är låst. Lås upp det först."
    )
    await refused(page, 409, "läs in sidan igen", town)


async def test_a_fault_of_ours_has_a_code_and_tells_nothing_else(visit, town, monkeypatch):
    async def broken(_work):
        raise ZeroDivisionError("hemligt i felet")

    monkeypatch.setattr(pages, "my_tasks", broken)
    page = await visit(town, "manager", "mitt-arbete", status=500)
    monkeypatch.undo()

    heading = await page.get_by_role("heading", level=1).inner_text()
    assert re.fullmatch(r"Något gick fel\. .*Kod [0-9A-F]{8}\.", heading)
    assert "hemligt" not in await page.content()
    await refused(page, 500, "tala om koden för din administratör", town)


async def test_who_is_not_signed_in_is_led_to_the_start_page(visit):
    page = await visit(path="ingen-kommun/finns-inte", status=404)

    await check_everywhere(page)
    await page.get_by_role("link", name="Till startsidan").click()
    await page.wait_for_url("**/")


async def test_a_refusal_holds_no_text_of_the_address_as_html(visit, town):
    page = await visit(town, "employee", "%3Cb%20onclick=alert(1)%3Ex", status=404)

    assert await page.locator("main b").count() == 0
