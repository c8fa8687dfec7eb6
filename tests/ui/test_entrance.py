"""The way in, as a browser shows it: before anybody has signed in, and once somebody has."""

import pytest
from ui_checks import check_everywhere, check_html, check_reflow, shoot, source

SIGN_IN = "logga-in"


async def test_the_start_page_is_for_everybody(visit):
    page = await visit()

    assert await page.locator("h1").count() == 1
    await check_everywhere(page)
    await shoot(page, "start")


async def test_the_page_to_sign_in_is_for_everybody(visit, town):
    page = await visit(town, None, SIGN_IN)

    assert await page.locator("h1").count() == 1
    await check_everywhere(page)
    await shoot(page, "sign_in")


async def test_the_pages_are_html_without_a_fault(visit, town):
    page = await visit(town, "manager", SIGN_IN)
    paths = ["/", f"/{town.tenant.slug}/{SIGN_IN}", "/ingenstans"]

    await check_html({path: await source(page, path) for path in paths})


@pytest.mark.parametrize("javascript", [True, False])
async def test_one_signs_in_with_and_without_javascript(visit, town, javascript):
    page = await visit(town, None, SIGN_IN, javascript=javascript, width=320)
    await check_reflow(page)

    await page.get_by_role("button", name=town.people["manager"].name).click()
    await page.wait_for_url(lambda url: SIGN_IN not in url)

    cookies = await page.context.cookies()
    assert [(c["path"], c["httpOnly"], c["sameSite"]) for c in cookies] == [
        (f"/{town.tenant.slug}", True, "Lax")
    ]


async def test_who_is_signed_in_is_known(visit, town):
    page = await visit(town, "manager", SIGN_IN)

    assert town.people["manager"].name in await page.locator("main").inner_text()


async def test_a_page_may_run_only_our_own_scripts_and_styles(visit):
    page = await visit()

    answer = await page.context.request.get(page.url)

    policy = answer.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "script-src 'self'" in policy
    assert "unsafe" not in policy


async def test_a_page_that_is_not_there_is_for_everybody_too(visit):
    page = await visit(path="ingenstans", status=404)

    await check_everywhere(page)
