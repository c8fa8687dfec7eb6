"""On a phone, long tables are cards: nothing in them has to be scrolled for sideways."""

import pytest
from full_town import full
from sqlalchemy import select
from ui_checks import check_axe, check_html, check_reflow, shoot, source

from roder.platform.modules.log_review.models import Investigation
from roder.tenants.actors import service
from roder.tenants.log.anchors import anchor
from roder.tenants.work import open_work

TOO_WIDE = """() => [...document.querySelectorAll("main .scroll")]
    .filter((one) => one.scrollWidth > one.clientWidth)
    .map((one) => `${one.getAttribute("aria-label")}: ${one.scrollWidth}`)"""


@pytest.fixture
async def logged(runtime):
    """The demonstration, with its log anchored."""
    filled = await full(runtime)
    async with open_work(runtime, filled.tenant, service(), write=True) as work:
        await anchor(work, years=10)
    return filled


@pytest.fixture
async def review(logged) -> str:
    async with open_work(logged.runtime, logged.tenant, service(), write=False) as work:
        case = await work.first(select(Investigation))
        return f"loggranskning/{case.review_id}"


async def test_registers_are_cards_at_320_pixels(visit, logged, review):
    paths = {
        "log": "logg",
        "anchors": "logg/forankringar",
        "reviews": "loggranskning",
        "review": review,
        "review_people": f"{review}/personer",
        "review_rules": "loggranskning/regler",
        "processings": "dataskydd",
        "processors": "dataskydd/bitraden",
        "breaches": "dataskydd/incidenter",
    }
    page = await visit(logged, logged.administrator.id, "logg")
    await page.set_viewport_size({"width": 320, "height": 700})
    sources = {}
    for name, path in paths.items():
        await page.goto(f"{visit.address}/{logged.tenant.slug}/{path}")
        assert await page.evaluate(TOO_WIDE) == [], path
        await check_reflow(page)
        await check_axe(page, told=path)
        await shoot(page, f"cards_{name}")
        table = page.locator("main table.register").first
        # A table whose parts are laid out as blocks is one still, to whoever hears it.
        assert await table.get_by_role("row").count() == await table.locator("tr").count(), path
        assert (
            await table.get_by_role("cell").count() == await table.locator("td:visible").count()
        ), path
        sources[name] = await source(page)
    await check_html(sources)
