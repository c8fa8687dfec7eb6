"""A report begun for many units at once: whom it is for is seen first."""

from __future__ import annotations

import pytest
from playwright.async_api import expect
from report_desk import TEXTS, set_up
from sqlalchemy import func, select
from ui_checks import Clicks, check_everywhere, check_html, shoot

from roder.platform.modules.reports.models import Report

LIST = "kommunfullmaktige/2026/rapporter"


@pytest.fixture
async def desk(town):
    """Home care has its report already."""
    return await set_up(town, TEXTS[:2])


@pytest.fixture
def count(town):
    async def ask() -> int:
        async with await town.work(write=False) as work:
            return await work.first(select(func.count()).select_from(Report)) or 0

    return ask


@pytest.mark.parametrize("javascript", [True, False])
async def test_all_right_below_get_it_in_four_clicks(visit, town, desk, count, javascript):
    page = await visit(town, "administrator", LIST, javascript=javascript)
    async with Clicks(page, at_most=4) as hand:
        if not await page.get_by_label("Mall").is_visible():
            await hand.click(page.get_by_text("Ny från mall"))
        await hand.click(page.get_by_label("Alla enheter närmast under (2)"))
        if javascript:
            await check_everywhere(page)
            await shoot(page, "report-start-form")
        await hand.click(page.get_by_role("button", name="Börja"))
        await page.get_by_role("heading", name="Enheter som får rapporten: 2").wait_for()
        assert await count() == 1
        if javascript:
            await check_everywhere(page)
            await shoot(page, "report-start-preview")
        await hand.click(page.get_by_role("button", name="Börja för de här enheterna"))
        await page.get_by_text("Påbörjade rapporter: 2.").wait_for()
    assert await count() == 3


async def test_units_are_ticked_by_keyboard_and_those_that_have_it_are_told(
    visit, town, desk, count
):
    page = await visit(town, "administrator", LIST)
    form = {"template": str(desk.report.template_id), "period": "2026", "for": "chosen"}
    answer = await page.request.post(page.url, form=form)
    await check_html({"choose": await answer.text()})
    if not await page.get_by_label("Mall").is_visible():
        await page.get_by_text("Ny från mall").press("Enter")
    await page.get_by_label("Enheter som jag väljer").press("Space")
    await page.get_by_role("button", name="Börja").press("Enter")
    await page.get_by_text("Hemtjänst Öst har den redan").wait_for()
    await check_everywhere(page)
    await shoot(page, "report-start-choose")
    visit.expect("status of 422")
    await page.get_by_role("button", name="Se vilka som får den").press("Enter")
    await page.get_by_text("Välj 1 till 500 enheter.").wait_for()
    await check_everywhere(page)
    await page.get_by_label("Socialnämnden").press("Space")
    await page.get_by_role("button", name="Se vilka som får den").press("Enter")
    await page.get_by_role("heading", name="Enheter som får rapporten: 1").wait_for()
    await page.get_by_role("button", name="Välj andra enheter").press("Enter")
    await expect(page.get_by_label("Socialnämnden")).to_be_checked()
    await page.get_by_role("button", name="Se vilka som får den").press("Enter")
    await page.get_by_role("button", name="Börja för de här enheterna").press("Enter")
    await page.get_by_text("Påbörjade rapporter: 1.").wait_for()
    assert await count() == 2
