"""Actions in a real browser: the register, each on its page, and done straight from My work."""

from datetime import timedelta

import pytest
from playwright.async_api import expect
from ui_checks import Clicks, check_everywhere, check_html, shoot, source

from roder.platform.modules.actions.listing import planned_actions
from roder.platform.modules.actions.models import ActionState
from roder.platform.modules.actions.service import finish_action, get_action, plan_action


@pytest.fixture
async def planned(town):
    """A late one of the employee, one without owner and day, and one that is done."""
    given = {
        "unit_id": town.units["home_care"].id,
        "module": "reports",
        "about": "Kvalitetsberättelse 2026",
        "page": "reports",
        "params": {"unit": town.units["home_care"].slug, "year": 2026},
    }
    async with await town.work() as work:
        late = await plan_action(
            work,
            **given,
            title="Gå igenom rutinen för nycklar",
            detail="Tillsammans med nattlaget.",
            owner_id=town.people["employee"].id,
            due_on=work.today - timedelta(days=3),
        )
        await plan_action(work, **given, title="Byt lås i förrådet")
        done = await plan_action(work, **given, title="Inventera nycklarna")
        await finish_action(work, done.id, outcome="Två saknas")
    return late


async def test_the_register_and_a_page_are_for_everybody(visit, town, planned):
    page = await visit(town, "manager", "atgarder")
    await expect(page.get_by_role("row", name="Gå igenom rutinen")).to_contain_text("Försenad")
    await check_everywhere(page)
    await shoot(page, "actions")
    await page.set_viewport_size({"width": 320, "height": 800})
    await shoot(page, "actions-320")

    one = await visit(town, "manager", f"atgarder/{planned.id}")
    await one.get_by_text("Ändra …").click()
    await one.get_by_text("Blir inte av …").click()
    await check_everywhere(one)
    await shoot(one, "action")
    await check_html({"all": await source(page), "one": await source(one)})
    dark = await visit(town, "manager", f"atgarder/{planned.id}", dark=True)
    await shoot(dark, "action-dark")


async def test_the_list_is_narrowed_without_scripts(visit, town, planned):
    page = await visit(town, "employee", "atgarder", javascript=False)
    await page.get_by_label("Ansvarig").select_option("jag")
    await page.get_by_label("Sista dag").select_option("late")
    await page.get_by_role("button", name="Filtrera").click()
    await expect(page.get_by_text("1 totalt")).to_be_visible()
    await expect(page.get_by_role("link", name="Gå igenom rutinen för nycklar")).to_be_visible()
    await expect(page.get_by_role("link", name="Byt lås i förrådet")).to_have_count(0)


async def test_an_empty_register_says_where_actions_come_from(visit, town):
    page = await visit(town, "employee", "atgarder")
    await expect(page.get_by_text("Inga åtgärder är planerade.")).to_be_visible()
    await check_everywhere(page)


@pytest.mark.parametrize("javascript", [True, False])
async def test_the_owner_does_it_from_my_work(visit, town, planned, javascript):
    page = await visit(town, "employee", "mitt-arbete", javascript=javascript)
    task = page.get_by_role("listitem").filter(has_text="Gå igenom rutinen för nycklar")
    if javascript:
        await check_everywhere(page)
        await shoot(page, "my-work-action")
    async with Clicks(page, at_most=2) as hand:
        await hand.click(task.get_by_text("Klar …"))
        await task.get_by_label("Vad det ledde till").fill("Rutinen är ändrad")
        await hand.click(task.get_by_role("button", name="Spara"))
    await expect(page.get_by_text("Gå igenom rutinen för nycklar är klar.")).to_be_visible()
    async with await town.work(write=False) as work:
        row = await get_action(work, planned.id)
    assert (row.state, row.outcome) == (ActionState.DONE, "Rutinen är ändrad")
    assert row.done_by == town.people["employee"].id


async def test_a_writer_changes_it_then_says_that_it_will_not_be_done(visit, town, planned):
    page = await visit(town, "manager", f"atgarder/{planned.id}")
    await page.get_by_text("Ändra …").click()
    await page.get_by_label("Vad ska göras").fill("Ny rutin för nycklar")
    await page.get_by_label("Ansvarig").select_option("Mona Chef")
    await page.get_by_role("button", name="Spara").first.click()
    await expect(page.get_by_text("Åtgärden är ändrad.")).to_be_visible()

    await page.get_by_text("Blir inte av …").click()
    await page.get_by_label("Varför den inte blir av").fill("Ryms i en annan")
    await page.get_by_role("button", name="Spara").last.click()
    await expect(page.get_by_text("Åtgärden blir inte av.")).to_be_visible()
    await page.get_by_role("button", name="Öppna igen").click()
    await expect(page.get_by_text("Åtgärden är öppen igen.")).to_be_visible()
    async with await town.work(write=False) as work:
        row = await get_action(work, planned.id)
    assert (row.title, row.state) == ("Ny rutin för nycklar", ActionState.OPEN)
    assert row.owner_id == town.people["manager"].id
    steps = page.get_by_role("main").get_by_role("listitem")
    await expect(steps).to_have_count(4)
    await expect(steps.nth(0)).to_contain_text("Mona Chef Öppnad igen")
    await expect(steps.nth(1)).to_contain_text("Vad det ledde till: Ryms i en annan")
    await expect(steps.nth(2)).to_contain_text("Ansvarig: Elis Anställd → Mona Chef")
    await expect(steps.nth(3)).to_contain_text("Planerad")
    await check_everywhere(page)
    await shoot(page, "action-history")
    await page.set_viewport_size({"width": 320, "height": 800})
    await shoot(page, "action-history-320")


@pytest.mark.parametrize("javascript", [True, False])
async def test_a_writer_at_one_unit_plans_an_action_there(visit, town, javascript):
    page = await visit(town, "manager", "atgarder", javascript=javascript)
    await page.get_by_role("link", name="Ny åtgärd").click()
    await expect(page.get_by_role("heading", name="Ny åtgärd")).to_be_visible()
    await expect(page.get_by_role("link", name="En annan enhet")).to_have_count(0)
    if javascript:
        await check_everywhere(page)
        await shoot(page, "action-new")
        await check_html({"new": await source(page)})
    await page.get_by_label("Vad det handlar om").fill("Skyddsronden i maj")
    await page.get_by_label("Vad ska göras").fill("Byt lås i förrådet")
    await page.get_by_role("button", name="Planera åtgärden").click()
    await expect(page.get_by_text("Byt lås i förrådet är planerad.")).to_be_visible()
    await expect(page.get_by_text("Planerad här")).to_be_visible()
    async with await town.work(write=False) as work:
        (row,) = (await planned_actions(work)).rows
    assert (row.title, row.about, row.module) == (
        "Byt lås i förrådet",
        "Skyddsronden i maj",
        "actions",
    )
    assert row.unit_id == town.units["home_care"].id


async def test_a_writer_at_many_units_chooses_one_first(visit, town):
    page = await visit(town, "administrator", "atgarder/ny")
    await check_everywhere(page)
    await shoot(page, "action-new-unit")
    await check_html({"unit": await source(page)})
    await page.get_by_label("Enhet där den ska göras").select_option("Barn- och utbildningsnämnden")
    await page.get_by_role("button", name="Fortsätt").click()
    await expect(page.get_by_role("link", name="En annan enhet")).to_be_visible()
    visit.expect("status of 422")
    await page.get_by_label("Vad ska göras").fill("x" * 201)
    await page.get_by_role("button", name="Planera åtgärden").click()
    await expect(page.get_by_role("alert")).to_contain_text("Texten har 201 tecken")
    await check_everywhere(page)
    async with await town.work(write=False) as work:
        assert (await planned_actions(work)).total == 0


async def test_who_writes_nowhere_plans_nothing(visit, town):
    page = await visit(town, "employee", "atgarder")
    await expect(page.get_by_role("link", name="Ny åtgärd")).to_have_count(0)
    visit.expect("status of 403")
    await visit(town, "employee", "atgarder/ny", status=403)


async def test_what_somebody_else_changed_meanwhile_is_not_written_over(visit, town, planned):
    page = await visit(town, "manager", f"atgarder/{planned.id}")
    async with await town.work() as work:
        await finish_action(work, planned.id, outcome="Klart redan")
    visit.expect("status of 409")
    await page.get_by_label("Vad det ledde till").fill("Klart av mig")
    await page.get_by_role("button", name="Klar").click()
    await expect(page.get_by_role("alert")).to_contain_text("under tiden")
    async with await town.work(write=False) as work:
        assert (await get_action(work, planned.id)).outcome == "Klart redan"


async def test_a_reader_has_nothing_to_write_in(visit, town, planned):
    page = await visit(town, "auditor", f"atgarder/{planned.id}")
    await expect(page.get_by_text("Tillsammans med nattlaget.")).to_be_visible()
    await expect(page.get_by_role("main").get_by_role("textbox")).to_have_count(0)
    await expect(page.get_by_role("link", name="Kvalitetsberättelse 2026")).to_be_visible()
    await check_everywhere(page)


async def test_the_file_has_what_is_on_the_page(visit, town, planned):
    page = await visit(town, "employee", "atgarder?dag=late")
    await page.get_by_role("button", name="De här åtgärderna i Excel").click()
    async with page.expect_download() as download:
        await page.get_by_role("link", name="Åtgärder").last.click()
    assert (await download.value).suggested_filename.endswith(".xlsx")
