"""My work: what is asked of one stands there, and is filled in where it stands."""

from __future__ import annotations

from uuid import UUID

import pytest
from busy_unit import make_busy
from playwright.async_api import expect
from sqlalchemy import select
from ui_checks import Clicks, check_everywhere, check_html, shoot, source

from roder.platform.modules.goals.models import Activity, NodeComment, Outcome
from roder.platform.modules.goals.service import write_comment
from roder.platform.modules.mywork.models import NotificationChoice
from roder.platform.modules.reports.models import Section
from roder.platform.modules.reports.service import write_section


@pytest.fixture
async def busy(town) -> dict[str, UUID]:
    return await make_busy(town)


async def test_the_list_is_for_everybody(visit, town, busy):
    page = await visit(town, "manager", "mitt-arbete")

    await expect(page.locator("main h2")).to_have_text(["Att göra (4)"])
    await expect(page.get_by_text("0 av 2 avsnitt klara")).to_have_count(1)
    assert await page.evaluate("window.ran") is None
    await check_everywhere(page)
    await page.get_by_text("Avsluta…").click()
    await check_everywhere(page)
    html = {"my work": await source(page)}
    await page.goto(page.url + "/paminnelser")
    await check_everywhere(page)
    html["reminders"] = await source(page)
    await check_html(html)


async def test_an_outcome_is_entered_with_one_click(visit, town, busy):
    page = await visit(town, "manager", "mitt-arbete")

    async with Clicks(page, at_most=1) as hand:
        await hand.click(page.get_by_label("Utfall"))
        await page.keyboard.type("8,4")
        await page.keyboard.press("Enter")
        await page.locator(".said", has_text="Sparat.").wait_for()
        await page.keyboard.press("Tab")
        await page.keyboard.type("9")
        await page.keyboard.press("Enter")
        await page.locator(".said .light").wait_for()

    await expect(page.locator("#status")).to_have_text("Alla ändringar är sparade")
    assert await values(town, busy["share"]) == [("8.4", "9")]


async def test_what_is_no_number_is_said_beside_the_field_and_kept_in_it(visit, town, busy):
    page = await visit(town, "manager", "mitt-arbete")
    visit.expect("status of 422")

    await page.get_by_label("Utfall").fill("sju")
    await page.keyboard.press("Enter")

    await expect(page.locator(".said.error")).to_contain_text('"sju" är inte ett tal')
    await expect(page.get_by_label("Utfall")).to_have_value("sju")
    await expect(page.get_by_label("Utfall")).to_have_attribute("aria-invalid", "true")
    assert await values(town, busy["share"]) == []
    await check_everywhere(page)


async def test_an_activity_is_closed_with_two_clicks_and_its_comment_kept(visit, town, busy):
    page = await visit(town, "manager", "mitt-arbete")

    async with Clicks(page, at_most=2) as hand:
        await hand.click(page.get_by_text("Avsluta…"))
        await page.keyboard.press("Tab")
        await page.keyboard.press("Tab")
        await page.keyboard.type("Alla samtal är hållna.")
        await hand.click(page.locator("details[open]").get_by_role("button", name="Spara"))
        await page.get_by_text("Hälsosamtal: Avslutad.").wait_for()

    async with await town.work(write=False) as work:
        activity = await work.get(Activity, busy["talks"])
        comment = await work.first(select(NodeComment).where(NodeComment.node_id == busy["talks"]))
        assert activity.state == "done"
        assert comment is not None
        assert comment.text == "Alla samtal är hållna."


async def test_without_scripts_a_value_is_saved_by_its_button(visit, town, busy):
    page = await visit(town, "manager", "mitt-arbete", javascript=False)

    await page.get_by_label("Utfall").fill("8,4")
    await page.locator(".values").get_by_role("button", name="Spara").click()

    await expect(page.locator("#notice")).to_have_text("Sparat.")
    assert await values(town, busy["share"]) == [("8.4", None)]


async def test_what_was_typed_without_a_network_is_saved_when_it_is_back(visit, town, busy):
    page = await visit(town, "manager", "mitt-arbete")
    visit.expect("ERR_INTERNET_DISCONNECTED")

    await page.context.set_offline(True)
    await page.get_by_label("Utfall").fill("8,4")
    await page.keyboard.press("Enter")
    waiting = page.locator("#status", has_text="Ingen förbindelse. Väntar i din webbläsare: 1")
    await waiting.wait_for()
    await page.context.set_offline(False)
    await page.locator("#status", has_text="Alla ändringar är sparade").wait_for()

    assert await values(town, busy["share"]) == [("8.4", None)]


async def test_what_was_typed_before_a_reload_is_there_after_it(visit, town, busy):
    page = await visit(town, "manager", "mitt-arbete")

    await page.get_by_label("Utfall").fill("8,4")
    await page.reload()
    await page.locator("#status", has_text="Alla ändringar är sparade").wait_for()

    await expect(page.get_by_label("Utfall")).to_have_value("8,4")
    assert await values(town, busy["share"]) == [("8.4", None)]


async def test_somebody_elses_value_is_not_written_over(visit, town, busy):
    page = await visit(town, "manager", "mitt-arbete")
    async with await town.work() as work:
        work.add(
            Outcome(
                node_id=busy["share"],
                unit_id=town.units["home_care"].id,
                period=str(work.today.year - 1),
                total=7,
                entered_at=work.now,
            )
        )
    visit.expect("status of 409")

    await page.get_by_label("Utfall").fill("8,4")
    await page.keyboard.press("Enter")

    await expect(page.locator(".said.error")).to_contain_text("7,0")
    await expect(page.get_by_label("Utfall")).to_have_value("8,4")
    assert await values(town, busy["share"]) == [("7", None)]


async def test_the_next_section_is_one_click_away(visit, town, busy):
    page = await visit(town, "manager", "mitt-arbete")

    async with Clicks(page, at_most=1) as hand:
        await hand.click(page.get_by_role("link", name="Skriv 1 Inledning"))
        await page.locator(".ProseMirror").wait_for()

    await expect(page.get_by_role("heading", level=2)).to_have_text("1 Inledning")


async def test_nothing_is_asked_of_someone_who_only_reads(visit, town, busy):
    page = await visit(town, "employee", "mitt-arbete")

    await expect(page.get_by_text("Allt är klart.")).to_have_count(1)
    await check_everywhere(page)


async def test_where_one_worked_and_what_others_did_stand_below_the_list(visit, town, busy):
    home_care = town.units["home_care"].id
    for name in ("goal", "talks"):
        async with await town.work("local") as work:
            period = str(work.today.year - 1)
            await write_comment(
                work, busy[name], unit_id=home_care, period=period, text="Det går bra."
            )
    async with await town.work("manager") as work:
        year = work.today.year - 1
        section = (await work.scalars(select(Section).order_by(Section.position)))[0]
        await write_section(work, section.id, version=section.version, text="<p>Hej.</p>")
    page = await visit(town, "manager", "mitt-arbete")

    lately = page.locator(".lately")
    await expect(lately.locator("h2")).to_have_text(["Senast hos mig", "Nytt"])
    [worked, news] = await lately.get_by_role("link").all()
    assert (await worked.inner_text()).startswith(f"Kvalitetsberättelse {year}")
    assert await news.inner_text() == "Lo Lokal kommenterade ”Hälsosamtal” och 1 till"
    await check_everywhere(page)
    await check_html({"my work": await source(page)})
    await shoot(page, "my-work-lately")
    await news.click()
    await page.wait_for_url(f"**/{year}/malanalys?period={year}#r-{busy['talks']}")
    await expect(page.locator(f"#r-{busy['talks']}")).to_have_count(1)
    await page.goto(f"{visit.address}/{town.tenant.slug}/mitt-arbete")
    await lately.get_by_role("link").first.click()
    await page.wait_for_url(f"**/{year}/rapporter/{busy['report']}")


async def test_reminders_can_be_declined(visit, town):
    page = await visit(town, "manager", "mitt-arbete/paminnelser")

    await page.get_by_label("Skicka mig en lista").uncheck()
    await page.get_by_role("button", name="Spara").click()
    await expect(page.locator("#notice")).to_have_text("Dina val är sparade.")

    async with await town.work(write=False) as work:
        choice = await work.first(select(NotificationChoice))
        assert choice is not None
        assert (choice.reminders, choice.digest) == (True, False)


async def test_the_calendars_address_is_shown_once(visit, town):
    page = await visit(town, "manager", "mitt-arbete/paminnelser")

    await page.get_by_role("button", name="Gör en adress").click()
    address = await page.get_by_label("Kalenderns adress").input_value()
    assert "/kalender/" in address
    await page.goto(page.url.replace("kalender", "paminnelser"))
    await expect(page.get_by_label("Kalenderns adress")).to_have_count(0)


async def values(town, node_id: UUID) -> list[tuple[str | None, str | None]]:
    """Outcome and target as kept, plainly written."""
    async with await town.work(write=False) as work:
        rows = await work.scalars(select(Outcome).where(Outcome.node_id == node_id))
    return [(plain(row.total), plain(row.target)) for row in rows]


def plain(value) -> str | None:
    return None if value is None else f"{value.normalize():f}"
