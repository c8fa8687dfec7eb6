"""A report of a deviation that is finished without a network: kept unreadable, sent once, and gone
when its writer is."""

from __future__ import annotations

import pytest
from deviation_care import SAID, by_e_identification, reports, with_deviations, write
from playwright.async_api import expect
from ui_checks import shoot

from roder.platform.modules.deviations.models import CaseState
from roder.tenants.sign_in.sessions import SESSION_COOKIE, start_session

KEPT = """async () => {
    const text = (value) => new TextDecoder("latin1").decode(value);
    let seen = JSON.stringify({...localStorage}) + JSON.stringify({...sessionStorage});
    const reports = [];
    const keys = [];
    for (const { name } of await indexedDB.databases()) {
        const base = await new Promise((done) => {
            const asked = indexedDB.open(name);
            asked.onsuccess = () => done(asked.result);
        });
        for (const store of base.objectStoreNames) {
            const rows = await new Promise((done) => {
                const asked = base.transaction(store).objectStore(store).getAll();
                asked.onsuccess = () => done(asked.result);
            });
            for (const row of rows) {
                if (row instanceof CryptoKey) keys.push([row.extractable, row.algorithm.name]);
                else {
                    reports.push(row.text.byteLength);
                    seen += JSON.stringify(row) + text(row.text) + text(row.iv);
                }
            }
        }
        base.close();
    }
    return { seen, reports: reports.length, keys };
}"""


@pytest.fixture
async def care(town):
    return await with_deviations(town)


@pytest.fixture
def sure(visit, care):
    return by_e_identification(visit, care)


@pytest.fixture
def offline(visit, sure, care):
    """Somebody with a report that was finished without a network."""

    async def make(who="employee", what=SAID):
        page = await sure(who, "avvikelser/rapportera", width=390)
        await page.get_by_label("SoL: socialtjänst och äldreomsorg").check()
        await write(page, what)
        await page.get_by_label("Var hände det?").select_option(str(care.units["home_care"].id))
        await page.get_by_label("Ja, det hände där").check()
        await page.context.set_offline(True)
        visit.expect("ERR_INTERNET_DISCONNECTED")
        await page.get_by_role("button", name="Granska och skicka").click()
        await expect(page.get_by_text("Rapporten ligger krypterad")).to_be_visible()
        return page

    return make


async def test_a_report_without_a_network_is_kept_unreadable_and_sent_once(offline, care):
    page = await offline()
    await expect(page.get_by_label("Berätta vad som hände")).to_have_value("")
    await shoot(page, "dev-offline")
    kept = await page.evaluate(KEPT)
    assert kept["reports"] == 1
    assert kept["keys"] == [[False, "AES-GCM"]]
    for word in ("Fru Ek", "höften", "sol", "Hemtjänst", str(care.units["home_care"].id)):
        assert word not in kept["seen"]
    assert await reports(care) == []

    await page.context.set_offline(False)

    await expect(
        page.get_by_text("Rapporten som väntade i webbläsaren är inskickad")
    ).to_be_visible()
    await page.reload()
    await expect(page.get_by_role("heading", name="Rapportera en avvikelse")).to_be_visible()
    assert (await page.evaluate(KEPT))["reports"] == 0
    [row] = await reports(care)
    assert (row.state, row.reported_by) == (CaseState.SENT, care.people["employee"].id)


async def test_what_is_sent_twice_by_a_browser_becomes_one_report(sure, care):
    page = await sure("employee", "avvikelser/rapportera")
    sending = """async (unit) => {
        const form = document.querySelector("[data-report]");
        const fields = [...new FormData(form), ["laws", "sol"], ["what", "Ett fall"],
            ["confirmed", "on"], ["send", "1"]].filter(([name]) => name !== "unit_id");
        const body = () => new URLSearchParams([...fields, ["unit_id", unit]].filter(
            ([name, value], at, all) => all.findLastIndex(([other]) => other === name) === at));
        const send = async () => (await fetch(form.action, { method: "POST", body: body(),
            headers: { "HX-Request": "true" } })).headers.get("HX-Redirect");
        return [await send(), await send()];
    }"""

    first, second = await page.evaluate(sending, str(care.units["home_care"].id))

    assert first == second
    [row] = await reports(care)
    assert first.endswith(f"/avvikelser/rapporter/{row.id}")


async def test_a_report_that_waits_is_gone_when_somebody_else_signs_in(visit, offline, care):
    page = await offline()
    async with await care.work() as work:
        key = await start_session(work, care.people["manager"].id, level=3)
    cookie = {"name": SESSION_COOKIE, "value": key, "domain": "127.0.0.1"}
    await page.context.add_cookies([cookie | {"path": f"/{care.tenant.slug}", "httpOnly": True}])

    await page.context.set_offline(False)
    await expect(page.get_by_text("Du har varit borta ett tag.")).to_be_visible()
    visit.expect("status of 401")
    await page.goto(f"{visit.address}/{care.tenant.slug}/profil")
    await page.wait_for_function(
        "async () => !(await indexedDB.databases()).some(({ name }) => name.includes('reports'))"
    )

    assert (await page.evaluate(KEPT))["reports"] == 0
    await page.goto(f"{visit.address}/{care.tenant.slug}/avvikelser")
    await expect(page.get_by_text("Du har inte rapporterat något än.")).to_be_visible()
    assert await reports(care) == []


async def test_signing_out_asks_first_and_clears_what_waits(visit, offline, care):
    page = await offline()
    asked = []

    async def answer(dialog):
        asked.append(dialog.message)
        await dialog.accept()

    page.on("dialog", answer)
    await page.locator(".me summary").click()
    visit.forget()
    await page.route("**/logga-ut", lambda route: route.fulfill(body="ut"))
    await page.get_by_role("button", name="Logga ut").click()
    await expect(page.get_by_text("ut", exact=True)).to_be_visible()

    assert asked == [
        "En rapport är inte skickad än. Loggar du ut försvinner den. Vill du logga ut ändå?"
    ]
    await page.context.set_offline(False)
    await page.goto(f"{visit.address}/{care.tenant.slug}/avvikelser")
    assert (await page.evaluate(KEPT))["reports"] == 0
    assert await reports(care) == []


async def test_a_refused_report_that_waited_is_corrected_and_sent(visit, offline, care):
    page = await offline(what="Fru Ek 19121212-1212 föll")
    visit.expect("status of 422")
    await page.context.set_offline(False)
    await page.get_by_role("link", name="Öppna den").click()
    await expect(page.get_by_label("Berätta vad som hände")).to_have_value(
        "Fru Ek 19121212-1212 föll"
    )
    await write(page, "Fru Ek föll")
    await page.get_by_role("button", name="Granska och skicka").click()
    await page.get_by_role("button", name="Skicka in", exact=True).click()

    await expect(page.get_by_role("heading", name="Tack för din rapport")).to_be_visible()

    assert (await page.evaluate(KEPT))["reports"] == 0
    assert len(await reports(care)) == 1
