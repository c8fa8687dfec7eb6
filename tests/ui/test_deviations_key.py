"""The key to sealed texts in the browser: taken out by its keeper, shown once, given by hand; and
the weeding of cases whose years are over."""

from __future__ import annotations

from datetime import timedelta

import pytest
from deviation_care import SAID, by_e_identification, with_deviations
from playwright.async_api import expect
from sqlalchemy import select
from ui_checks import check_everywhere, check_html, shoot, source

from roder.platform.modules.deviations.models import CaseState, Law
from roder.platform.modules.deviations.service import Report, report_deviation
from roder.tenants.sealed.keys import TenantKey, keep_brought
from roder.tenants.sealed.recovery import RecoveryKey, read_key, unwrap

PATH = "avvikelser/nyckel"


@pytest.fixture
async def care(town):
    return await with_deviations(town)


@pytest.fixture
def sure(visit, care):
    return by_e_identification(visit, care)


@pytest.mark.parametrize("scripts", [True, False])
async def test_the_keeper_takes_out_a_key_that_is_shown_once(sure, care, scripts):
    page = await sure("keeper", PATH, javascript=scripts)
    await check_html({"deviation-key": await source(page)})
    if scripts:
        await check_everywhere(page)
    await expect(page.get_by_text("Ingen har tagit ut någon nyckel.")).to_be_visible()

    await page.get_by_label("Jag har ett säkert ställe för den").check()
    await page.get_by_role("button", name="Ta ut nyckeln").click()

    shown = page.get_by_label("Nyckeln", exact=True)
    await expect(shown).to_be_visible()
    secret = read_key(await shown.input_value())
    assert len(secret) == 32
    await shoot(page, f"dev-key-{scripts}")
    async with await care.work(write=False) as work:
        [row] = await work.scalars(select(RecoveryKey))
        assert (row.taken_by, row.ended_at) == (care.people["keeper"].id, None)
    await page.goto(page.url)
    await expect(page.get_by_text("Nina Nyckel tog ut nyckeln som gäller")).to_be_visible()
    await expect(page.get_by_label("Nyckeln", exact=True)).to_have_count(0)


async def test_texts_that_came_locked_are_asked_a_key_for(sure, care, visit):
    async with await care.work() as work:
        await keep_brought(work, {1: ["AAAA"]})
    report = Report(unit_id=care.units["home_care"].id, laws=(Law.SOL,), what=SAID)
    async with await care.work("employee") as work:
        row = await report_deviation(work, report)
        row.what = row.what[:1] + (1).to_bytes(4, "big") + row.what[5:]
        await work.flush()
    assert unwrap(["AAAA"], bytes(32), tenant_id=care.tenant.id, number=1) is None

    visit.expect("422 ")
    page = await sure("keeper", PATH)
    await expect(page.get_by_text("1 texter kom låsta i arkivet")).to_be_visible()
    await check_everywhere(page)
    await shoot(page, "dev-key-locked")
    await page.get_by_label("Nyckeln", exact=True).fill("ABCD-EFGH")
    await page.get_by_role("button", name="Öppna texterna").click()
    await expect(page.get_by_role("alert")).to_contain_text("Det här är inte hela nyckeln")

    boss = await sure("boss", "avvikelser/arenden")
    await expect(boss.get_by_text("Låst: ge nyckeln som följde med den")).to_be_visible()
    async with await care.work(write=False) as work:
        assert await work.scalars(select(TenantKey.number).order_by(TenantKey.number)) == [1, 2]


async def test_an_administrator_sees_that_texts_go_along_sealed_and_takes_no_key(sure, care):
    report = Report(unit_id=care.units["home_care"].id, laws=(Law.SOL,), what=SAID)
    async with await care.work("employee") as work:
        await report_deviation(work, report)

    page = await sure("administrator", "installningar/hela-kommunen")
    await expect(page.get_by_text("2 texter om människor")).to_contain_text(
        "ingen har tagit ut nyckeln"
    )
    await check_html({"whole": await source(page)})
    await shoot(page, "dev-key-whole")
    await sure("administrator", PATH, status=403)


async def test_cases_whose_years_are_over_are_weeded_once_they_are_seen(sure, care):
    report = Report(unit_id=care.units["home_care"].id, laws=(Law.SOL,), what=SAID)
    async with await care.work("employee") as work:
        row = await report_deviation(work, report)
        row.state, row.closed_at = CaseState.CLOSED, work.now - timedelta(days=11 * 366)
        await work.flush()

    page = await sure("administrator", "avvikelser/gallring", javascript=False)
    await expect(page.get_by_text("1 ärenden avslutades före")).to_be_visible()
    await expect(page.get_by_text(SAID)).to_have_count(0)
    await check_html({"weeding": await source(page)})
    await shoot(page, "dev-weeding")
    await page.get_by_label("Det som ska bevaras finns i arkivet.").check()
    await page.get_by_role("button", name="Gallra ärendena").click()

    await expect(page.get_by_text("1 ärenden är gallrade.")).to_be_visible()
    await expect(page.get_by_text("1 ärenden, avslutade före")).to_be_visible()
    await expect(page.get_by_text("Inget ärende ska gallras nu.")).to_be_visible()
    await sure("boss", "avvikelser/gallring", status=403)
