"""The access log in a real browser."""

import pytest
from playwright.async_api import expect
from ui_checks import check_everywhere, shoot

from roder.tenants.actors import service
from roder.tenants.log.access_log import Action
from roder.tenants.log.anchors import anchor
from roder.tenants.work import open_work


@pytest.fixture
async def read(town):
    """The manager has looked at people, by three of the edges."""
    for number in range(12):
        async with await town.work("manager", write=False) as work:
            work.note(
                Action.READ,
                "person",
                about=[person.id for person in list(town.people.values())[: 1 + number % 5]],
                unit_id=town.units["home_care"].id if number % 3 else None,
            )
    async with open_work(town.runtime, town.tenant, service(), write=True) as work:
        await anchor(work, years=10)
    return town


@pytest.mark.parametrize("who", ["auditor", "administrator"])
async def test_the_log_is_for_everybody_who_may_see_it(visit, read, who):
    page = await visit(read, who, "logg")

    await check_everywhere(page)
    await shoot(page, f"log_{who}")


async def test_its_anchors_are_shown(visit, read):
    page = await visit(read, "auditor", "logg/forankringar")

    await check_everywhere(page)
    await shoot(page, "log_anchors")


async def test_one_finds_who_saw_somebody_by_a_part_of_the_name(visit, read):
    page = await visit(read, "auditor", "logg", javascript=False)
    name = read.people["employee"].name

    await page.get_by_label("Om vem").fill(name.split()[0])
    await page.get_by_role("button", name="Filtrera").click()

    rows = page.locator("tbody tr")
    await expect(rows).to_have_count(4)
    await expect(rows.last).to_contain_text(name)


async def test_a_name_that_nobody_has_is_told_beside_the_form(visit, read):
    page = await visit(read, "auditor", "logg?about=Xerxes", status=422)

    await expect(page.locator("#problem")).to_contain_text("Ingen i registret heter Xerxes.")
    await check_everywhere(page)


async def test_a_proof_is_fetched_by_its_number(visit, read):
    page = await visit(read, "auditor", "logg")

    async with page.expect_download() as fetched:
        await page.get_by_role("link", name="3", exact=True).click()

    assert (await fetched.value).suggested_filename == "proof-3.json"


async def test_the_log_is_taken_out_with_a_click(visit, read):
    page = await visit(read, "auditor", "logg")

    await page.get_by_role("button", name="Hela loggen med kontrollprogram").click()

    await page.locator("#export a", has_text=".zip").wait_for()
