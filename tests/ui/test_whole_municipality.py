"""Everything fetched by one administrator, and the end decided by two, in a real browser."""

from io import BytesIO
from zipfile import ZipFile

import pytest
from playwright.async_api import expect
from ui_checks import check_everywhere, check_html, shoot, source

from roder.platform.modules.transfer.erasing import standing_erasure
from roder.platform.modules.transfer.jobs import encrypt_old_files
from roder.platform.modules.transfer.models import TenantExport
from roder.tenants.files import keep_upload
from roder.tenants.models import Person, RoleGrant
from roder.tenants.rows import uuid7
from roder.workers.models import Job, JobState

PATH = "installningar/hela-kommunen"


@pytest.fixture
async def two(town):
    """A municipality with two full administrators: `administrator` and `second`."""
    async with await town.work() as work:
        second = Person(id=uuid7(), name="Bo Bas", email="bo@example.org")
        work.add(second)
        await work.flush()
        work.add(RoleGrant(person_id=second.id, role="full_administrator"))
    town.people["second"] = second
    return town


async def test_everything_is_fetched_with_a_reason(visit, town):
    page = await visit(town, "administrator", PATH)
    await check_everywhere(page)
    await shoot(page, "whole")

    await page.get_by_label("Varför").fill("Byte av leverantör")
    await page.get_by_role("button", name="Gör arkivet").click()

    link = page.locator("#export").get_by_role("link")
    await link.wait_for()
    answer = await page.request.get(await link.evaluate("link => link.href"))
    with ZipFile(BytesIO(await answer.body())) as archive:
        assert "manifest.json" in archive.namelist()
    await page.reload()
    made = page.get_by_role("listitem").filter(has_text="Byte av leverantör")
    await made.get_by_role("link", name="Hämta").wait_for()
    await check_everywhere(page)
    await shoot(page, "whole_exported")


async def test_files_that_could_not_be_read_are_told_of(visit, town):
    async with await town.work() as work:
        text = BytesIO("Mål".encode())
        file = await keep_upload(work, name="mål.txt", media_type="text/plain", body=text)
        made = TenantExport(id=uuid7(), reason="Prov", asked_by=work.actor.id, made_at=work.now)
        made.row_count, made.file_count, made.fault_count = 9, 8, 2
        job = Job(kind=encrypt_old_files.name, queue="default", arguments={}, locale="sv")
        job.state, job.ended_at = JobState.DONE, work.now
        job.result = {"files": 8, "faults": [f"files/files/{file.id}", "files/logo"]}
        work.add(made, job)

    page = await visit(town, "administrator", PATH)
    export = page.get_by_role("listitem").filter(has_text="Prov")
    await expect(export).to_contain_text("inte är med: 2.")
    told = page.get_by_role("region", name="Filer som inte gick att läsa när nyckeln byttes")
    await expect(told.get_by_role("listitem")).to_have_text(["mål.txt", "files/logo"])
    await check_everywhere(page)
    await shoot(page, "whole_damaged")


async def test_the_archive_is_there_for_nobody_else(visit, town):
    page = await visit(town, "administrator", PATH)
    await page.get_by_label("Varför").fill("Prov")
    await page.get_by_role("button", name="Gör arkivet").click()
    link = page.locator("#export").get_by_role("link")
    await link.wait_for()
    address = await link.evaluate("link => link.href")

    for who in ("employee", "auditor", "local"):
        other = await visit(town, who, "")
        answer = await other.request.get(address)
        assert answer.status == 404


@pytest.mark.parametrize("javascript", [True, False])
async def test_one_asks_and_another_confirms(visit, two, javascript):
    page = await visit(two, "administrator", PATH, javascript=javascript)
    await page.get_by_role("link", name="Begär radering").click()
    await page.get_by_label("Skriv town-").fill(two.tenant.slug)  # once the dialog is there
    await page.get_by_label("Varför").last.fill("Avtalet är uppsagt")
    if javascript:
        await check_everywhere(page)
        await shoot(page, "whole_asking")
    await page.get_by_role("button", name="Begär radering", exact=True).click()
    await page.get_by_text("Du kan inte göra det själv").wait_for()
    await expect(page.get_by_role("link", name="Bekräfta")).to_have_count(0)
    if javascript:
        await shoot(page, "whole_asked")

    page = await visit(two, "second", PATH, javascript=javascript)
    await page.get_by_text("Asta Admin har begärt").first.wait_for()
    await page.get_by_role("link", name="Bekräfta").click()
    await page.get_by_label("Skriv town-").fill(two.tenant.slug)
    if javascript:
        await check_everywhere(page)
        await shoot(page, "whole_confirming")
    await page.get_by_role("button", name="Bekräfta raderingen").click()
    await page.get_by_text("Kommunen ska raderas. Det kan ske från").wait_for()
    if javascript:
        await check_everywhere(page)
        await shoot(page, "whole_confirmed")
    await page.get_by_role("button", name="Ta tillbaka").click()
    await page.get_by_text("Raderingen är återtagen").wait_for()
    async with await two.work(write=False) as work:
        assert await standing_erasure(work) is None


async def test_a_wrong_address_is_told_at_the_field(visit, two):
    page = await visit(two, "administrator", f"{PATH}/radera", javascript=False)
    await page.get_by_label("Varför").fill("Prov")
    await page.get_by_label("Skriv town-").fill("annan")
    visit.expect("status of 422")

    await page.get_by_role("button", name="Begär radering").click()

    await page.get_by_role("alert").wait_for()
    await expect(page.get_by_label("Skriv town-")).to_have_attribute("aria-invalid", "true")
    await expect(page.get_by_label("Varför")).to_have_value("Prov")


async def test_the_pages_are_valid_html(visit, two):
    page = await visit(two, "administrator", PATH)
    root = f"/{two.tenant.slug}/{PATH}"
    await check_html(
        {
            "whole": await source(page, root),
            "ask": await source(page, f"{root}/radera"),
            "confirm": await source(page, f"{root}/bekrafta"),
        }
    )
    await page.goto(page.url + "/bekrafta")
    await check_everywhere(page)


async def test_it_is_not_for_others(visit, town):
    await visit(town, "employee", PATH, status=403)
