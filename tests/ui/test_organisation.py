"""The organisation and its people in a real browser: by mouse, by keyboard and without scripts."""

import re
from datetime import datetime

import pytest
from playwright.async_api import expect
from sqlalchemy import select
from ui_checks import check_everywhere, check_html, shoot, source

from roder.tenants.models import UnitVersion
from roder.tenants.work import STOCKHOLM

NEXT = f"{datetime.now(STOCKHOLM).year + 1}-01-01"


def path(town, unit, step=""):
    return f"organisation/{town.units[unit].id}{step}"


async def parents(town, unit):
    async with await town.work(write=False) as work:
        return list(
            await work.scalars(
                select(UnitVersion.parent_id)
                .where(UnitVersion.unit_id == town.units[unit].id)
                .order_by(UnitVersion.valid_from)
            )
        )


def item(page, name):
    link = page.get_by_role("link", name=name, exact=True)
    return page.get_by_role("treeitem").filter(has=link)


@pytest.mark.parametrize("who", ["administrator", "local", "employee"])
async def test_the_organisation_is_for_everybody(visit, town, who):
    page = await visit(town, who, "organisation")
    await check_everywhere(page)
    await shoot(page, f"organisation_{who}")

    await item(page, "Hemtjänst Öst").get_by_role("link", name="Hemtjänst Öst", exact=True).click()
    await page.get_by_role("heading", name="Hemtjänst Öst").wait_for()
    await expect(page).to_have_url(re.compile(f"{path(town, 'home_care')}$"))
    await check_everywhere(page)
    await shoot(page, f"organisation_unit_{who}")


async def test_a_unit_is_moved_by_keyboard_alone(visit, town):
    page = await visit(town, "administrator", "organisation")
    await item(page, "Kommunfullmäktige").focus()
    await page.keyboard.press("h")
    await page.keyboard.press("Control+x")
    await page.get_by_text("Gå dit").wait_for()
    await page.keyboard.press("b")
    await page.keyboard.press("Control+v")

    dialog = page.get_by_role("dialog")
    await dialog.get_by_text("0 underenheter och 0 mål följer med").wait_for()
    await check_everywhere(page)
    await shoot(page, "organisation_move")
    assert await parents(town, "home_care") == [town.units["committee"].id]
    focused = "one => one === document.activeElement"
    for _step in range(10):
        if await dialog.get_by_role("button", name="Flytta").evaluate(focused):
            break
        await page.keyboard.press("Tab")
    await page.keyboard.press("Enter")

    await page.get_by_text("har sin nya plats från 1 januari").wait_for()
    assert await parents(town, "home_care") == [
        town.units["committee"].id,
        town.units["school_board"].id,
    ]


async def test_a_unit_is_dragged_to_its_new_place(visit, town):
    page = await visit(town, "administrator", "organisation")
    own = item(page, "Hemtjänst Öst").get_by_role("link", name="Hemtjänst Öst", exact=True)
    to = item(page, "Barn- och utbildningsnämnden")

    await own.drag_to(to)

    await page.get_by_role("dialog").get_by_text("0 underenheter").wait_for()
    await page.get_by_role("dialog").get_by_role("button", name="Flytta").click()
    await page.get_by_text("har sin nya plats").wait_for()
    assert (await parents(town, "home_care"))[-1] == town.units["school_board"].id


async def test_a_unit_is_moved_and_brought_back_without_scripts(visit, town):
    page = await visit(town, "administrator", path(town, "home_care"), javascript=False)
    await page.get_by_role("link", name="Flytta till").click()
    await page.wait_for_url("**/flytta**")
    await page.get_by_role("link", name="Barn- och utbildningsnämnden").click()
    await page.wait_for_url("**till=**")
    await page.get_by_role("button", name="Flytta").click()
    await page.get_by_text("har sin nya plats från").wait_for()
    assert len(await parents(town, "home_care")) == 2
    await page.get_by_role("link", name="Planerade ändringar").first.click()

    await page.get_by_role("button", name="Ångra").click()

    await page.get_by_text("är ångrat").wait_for()
    assert await parents(town, "home_care") == [town.units["committee"].id]


async def test_refusals_and_previews_are_for_everybody(visit, town):
    page = await visit(town, "administrator", path(town, "home_care"))
    await page.get_by_label("Namn").fill("Hemtjänst Väst")
    await page.get_by_role("button", name="Visa vad som händer").click()
    await page.get_by_text("heter ”Hemtjänst Väst” från").wait_for()
    await check_everywhere(page)
    await shoot(page, "organisation_rename")
    await page.get_by_role("button", name="Byt namn").click()
    await page.get_by_text("heter Hemtjänst Väst från").wait_for()

    visit.expect("status of 409")
    page = await visit(town, "administrator", path(town, "committee", "/upphor"))
    await page.get_by_role("button", name="Visa vad som händer").click()
    await page.get_by_role("alert").wait_for()
    await check_everywhere(page)


@pytest.mark.parametrize("step", ["/sla-ihop", "/dela", "/flytta", "/upphor"])
async def test_the_steps_of_a_change_are_for_everybody(visit, town, step):
    page = await visit(town, "administrator", path(town, "committee", step))

    await check_everywhere(page)
    await shoot(page, f"organisation_{step[1:]}")


async def test_a_file_with_faults_is_for_everybody(visit, town):
    page = await visit(town, "administrator", "organisation/las-in")
    await check_everywhere(page)
    visit.expect("status of 422")
    rows = "Kod;Namn;Slag;Överordnad\nA;Bra;hund;committee\n".encode()
    file = {"name": "fel.csv", "mimeType": "text/csv", "buffer": rows}
    await page.get_by_label("Fil").set_input_files(file)

    await page.get_by_role("button", name="Visa vad som händer").click()

    await page.get_by_text("fel behöver rättas").wait_for()
    await check_everywhere(page)
    await shoot(page, "organisation_file")


async def test_the_organisation_is_fetched_as_a_file(visit, town):
    page = await visit(town, "administrator", "organisation")

    await page.get_by_role("button", name="Excel").click()

    await page.get_by_role("link", name="Hämta").wait_for()


async def test_the_register_is_for_everybody(visit, town):
    for address in ("personer", "personer/ny", f"personer/{town.people['manager'].id}"):
        page = await visit(town, "administrator", address)
        await check_everywhere(page)
        await shoot(page, f"people_{len(address)}")
    for name in ("Visa vad som händer",):
        page = await visit(town, "administrator", f"personer/{town.people['employee'].id}")
        form = page.locator("form", has=page.get_by_label("Vid enhet"))
        await form.get_by_label("Vid enhet").select_option(str(town.units["home_care"].id))
        await form.get_by_role("button", name=name).click()
        await page.get_by_text("Det gäller vid Hemtjänst Öst").wait_for()
        await check_everywhere(page)
        await shoot(page, "people_role")


async def test_a_role_is_given_and_taken_back_without_scripts(visit, town):
    address = f"personer/{town.people['employee'].id}"
    page = await visit(town, "administrator", address, javascript=False)
    form = page.locator("form", has=page.get_by_label("Vid enhet"))
    await form.get_by_label("Vid enhet").select_option(str(town.units["home_care"].id))
    await form.get_by_role("button", name="Visa vad som händer").click()

    await page.get_by_role("button", name="Ge rollen").click()

    await page.get_by_text("Elis Anställd har nu rollen").wait_for()
    await page.get_by_role("button", name="Ta tillbaka …").click()
    await page.get_by_role("button", name="Ta tillbaka Medskapare").click()
    await page.get_by_text("har inte längre rollen").wait_for()


async def test_an_employee_does_not_see_the_register(visit, town):
    page = await visit(town, "employee", "personer", status=403)

    await check_everywhere(page)


async def test_the_pages_are_html_without_a_fault(visit, town):
    page = await visit(town, "administrator", "organisation")
    paths = [
        "organisation",
        f"organisation?dag={NEXT}",
        "organisation/ny",
        "organisation/planerat",
        "organisation/las-in",
        "personer",
        "personer/ny",
        f"personer/{town.people['local'].id}",
        *(path(town, "committee", s) for s in ("", "/flytta", "/upphor", "/sla-ihop", "/dela")),
        path(town, "committee", f"/flytta?till={town.units['school_board'].id}"),
    ]

    await check_html({each: await source(page, f"/{town.tenant.slug}/{each}") for each in paths})
