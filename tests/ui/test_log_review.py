"""A month of the log reviewed in the browser: 2,000 events, from the list to the archive."""

from __future__ import annotations

import time
from datetime import date

import pytest
from reviewed_log import a_month, add_reviewer, log, on, switch_on
from ui_checks import check_everywhere, check_html, shoot, source

from roder.platform.modules.log_review.making import make_lists

EVENTS = 2_000


@pytest.fixture
async def month(town):
    """October of a unit whose reviewer is Rakel, listed on the first of November."""
    await switch_on(town)
    await add_reviewer(town)
    await log(town, a_month(town, EVENTS, year=2026, month=10))
    async with await town.work() as work:
        begun = time.perf_counter()
        made = await make_lists(on(work, date(2026, 11, 1)))
        print(f"list of {made.events} events made in {time.perf_counter() - begun:.2f} s")
    assert made.events == EVENTS
    return town


async def test_a_month_is_reviewed_signed_and_archived(visit, month):
    page = await visit(month, "reviewer", "mitt-arbete")
    await page.get_by_role("link", name="Öppna").first.click()
    await page.get_by_role("heading", level=1, name="Hemtjänst Öst").wait_for()
    await check_everywhere(page)
    await check_html({"review": await source(page)})
    await shoot(page, "review")
