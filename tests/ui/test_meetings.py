"""Meetings in the browser: planned, held, decided and adjusted, with and without scripts."""

from __future__ import annotations

from datetime import datetime, time, timedelta

import pytest
from meeting_matters import make_matters
from playwright.async_api import expect
from ui_checks import check_everywhere, check_html, shoot, source

from roder.platform.modules.meetings import design, holding, items, planning
from roder.platform.modules.meetings.design import Point
from roder.platform.modules.meetings.models import AgendaItem, ItemKind, MeetingKind, MeetingRole
from roder.tenants.work import STOCKHOLM


@pytest.fixture
async def committee(town):
    """A committee that meets today, and a template."""
    await town.switch_on("meetings")
    async with await town.work() as work:
        points = [Point("Val av justerare"), Point("Avgifter", ItemKind.DECISION)]
        template = await design.save_template(work, name="Nämnd", points=points)
        series = await design.save_series(
            work,
            name="Socialnämnden",
            unit_id=town.units["committee"].id,
            kind=MeetingKind.COMMITTEE,
            template_id=template.id,
        )
        for role, name in ((MeetingRole.CHAIR, "Britta Blåklint"), (MeetingRole.MEMBER, "Siv Säv")):
            await design.add_member(work, series.id, role=role, name=name, adjuster=True)
        starts = datetime.combine(work.today, time(9), STOCKHOLM)
        town.meeting = await planning.plan_meeting(
            work, series.id, starts_at=starts, ends_at=starts + timedelta(hours=2)
        )
        _first, town.item = await planning.agenda_of(work, town.meeting.id)
        town.series, town.template = series, template
    return town


@pytest.mark.parametrize(
    "path",
    ["", "/beslut", "/serier", "/serier/ny", "/serier/{series}", "/mallar/{template}"],
)
async def test_each_page_is_for_everybody(visit, committee, path):
    where = path.format(series=committee.series.id, template=committee.template.id)
    page = await visit(committee, "administrator", f"moten{where}")

    await check_everywhere(page)
    await shoot(page, f"meetings{path.replace('/', '_').strip('{}')}")


async def test_an_employee_reads_and_has_no_buttons(visit, committee):
    page = await visit(committee, "employee", f"moten/mote/{committee.meeting.id}")

    await expect(page.get_by_role("heading", name="2. Avgifter")).to_be_visible()
    await expect(page.get_by_text("Skriv på punkten")).to_have_count(0)
    await expect(page.get_by_role("button", name="Mötet är hållet")).to_have_count(0)
    await check_everywhere(page)


@pytest.mark.parametrize("javascript", [True, False])
async def test_a_meeting_is_held_decided_and_adjusted(visit, committee, javascript):
    address = f"moten/mote/{committee.meeting.id}"
    page = await visit(committee, "administrator", address, javascript=javascript)
    if javascript:
        await check_everywhere(page)
        await shoot(page, "meetings_meeting")
    await page.get_by_role("button", name="Mötet är hållet").click()
    await expect(page.get_by_role("heading", name="§ 2 Avgifter")).to_be_visible()

    item = page.locator("#punkt-2")
    await item.get_by_text("Skriv på punkten").click()
    await item.get_by_label("Förslag").fill("Att höja.")
    await item.get_by_label("Beslut").fill("Nämnden höjer avgifterna.")
    await item.get_by_role("button", name="Spara").click()
    await expect(page.locator("#punkt-2 > .told", has_text="höjer")).to_be_visible()

    await (
        page.get_by_role("group", name="Britta Blåklint")
        .get_by_label("Närvaro")
        .select_option("served")
    )
    await page.get_by_role("group", name="Siv Säv").get_by_label("Närvaro").select_option("absent")
    await page.get_by_role("button", name="Spara närvaron").click()
    await expect(page.get_by_text("saknar: sekreterare")).to_be_visible()

    visit.expect("status of 422")
    await page.get_by_role("button", name="Protokollet är skrivet").click()
    await expect(page.get_by_text("Det här saknas i protokollet: sekreterare")).to_be_visible()
    await page.get_by_text("Kalla någon mer").click()
    await page.get_by_label("Roll").select_option("secretary")
    await page.get_by_label("Namn på någon annan").fill("Stina Stormhatt")
    await page.locator("details[open]").get_by_role("button", name="Lägg till").click()
    who = page.get_by_role("group", name="Stina Stormhatt")
    await who.get_by_label("Närvaro").select_option("present")
    await page.get_by_role("button", name="Spara närvaron").click()
    await expect(page.get_by_text("saknar:")).to_have_count(0)
    await page.get_by_role("button", name="Protokollet är skrivet").click()
    await page.get_by_role("button", name="Protokollet är justerat").click()
    await expect(page.get_by_role("button", name="Justeringen är anslagen")).to_be_visible()
    await expect(page.get_by_text("Skriv på punkten")).to_have_count(0)
    if javascript:
        await check_everywhere(page)


async def test_a_vote_and_an_action_are_noted_on_the_items_page(visit, committee):
    page = await visit(committee, "administrator", f"moten/mote/{committee.meeting.id}")
    await page.get_by_role("button", name="Mötet är hållet").click()
    await page.get_by_role("link", name="Röster, filer och åtgärder Avgifter").click()
    await check_everywhere(page)
    await shoot(page, "meetings_item")

    await page.locator("#votes_for").fill("3")
    await page.get_by_label("Emot").fill("1")
    await page.get_by_role("button", name="Spara rösterna i siffror").click()
    await expect(page.get_by_text("3 för, 1 emot, 0 avstod.")).to_be_visible()
    await page.get_by_label("Vad ska göras").fill("Skriv ny taxa")
    await page.get_by_role("button", name="Bestäm åtgärden").click()
    await expect(page.locator("main p", has_text="Skriv ny taxa")).to_be_visible()


async def test_a_meeting_is_planned_from_its_series(visit, committee):
    page = await visit(committee, "administrator", f"moten/serier/{committee.series.id}")
    await page.get_by_text("Planera ett möte").click()
    await page.get_by_role("button", name="Planera mötet").click()

    await expect(page.get_by_role("heading", name="1. Val av justerare")).to_be_visible()


@pytest.mark.parametrize("javascript", [True, False])
async def test_a_risk_and_a_goal_are_pulled_in_from_the_agenda(visit, committee, javascript):
    await make_matters(committee)
    address = f"moten/mote/{committee.meeting.id}"
    page = await visit(committee, "administrator", address, javascript=javascript)
    await page.get_by_role("link", name="Lägg till från …").click()
    await expect(page.get_by_role("heading", name="Lägg till från …")).to_be_visible()
    await page.get_by_label("Från").select_option("risk")
    await page.get_by_role("button", name="Sök").last.click()
    risk = page.get_by_role("checkbox", name="Fel lön betalas ut 12 Hög Risk R1 · Socialnämnden")
    await risk.check()
    if javascript:
        await check_everywhere(page)
        await shoot(page, "meetings_sources")
        await check_html({"sources": await source(page)})
    await page.get_by_label("Punkten är till för").select_option("decision")
    await page.get_by_role("button", name="Sätt upp på dagordningen").click()

    await expect(page.get_by_role("heading", name="3. Fel lön betalas ut")).to_be_visible()
    item = page.locator("#punkt-3")
    await expect(item.locator(".light.red")).to_have_text("12 Hög")
    await expect(item.get_by_role("link", name="Fel lön betalas ut", exact=True)).to_be_visible()
    await page.get_by_role("link", name="Lägg till från …").click()
    await expect(page.get_by_role("checkbox", name="Nöjda brukare Ej uppnått")).to_be_enabled()
    await page.get_by_label("Från").select_option("risk")
    await page.get_by_role("button", name="Sök").last.click()
    await expect(page.get_by_role("checkbox", name="Fel lön betalas ut")).to_be_disabled()


async def test_nothing_ticked_is_told_and_an_item_takes_more(visit, committee):
    await make_matters(committee)
    page = await visit(committee, "administrator", f"moten/punkt/{committee.item.id}")
    await page.get_by_role("link", name="Lägg till från …").click()
    visit.expect("status of 422")
    await page.get_by_role("button", name="Lägg till på punkten").click()
    await expect(page.get_by_role("alert")).to_have_text("Bocka för det som ska tas upp.")
    await page.get_by_role("checkbox", name="Nöjda brukare Ej uppnått").check()
    await page.get_by_role("button", name="Lägg till på punkten").click()
    await expect(page.get_by_role("heading", name="Avgifter", level=1)).to_be_visible()
    await expect(page.locator("main .light.red")).to_have_text("Ej uppnått")
    await check_everywhere(page)


async def test_notes_are_written_with_a_list_in_the_editor(visit, committee):
    page = await visit(committee, "administrator", f"moten/mote/{committee.meeting.id}")
    item = page.locator("#punkt-2")
    await item.get_by_text("Skriv på punkten").click()
    await check_everywhere(page)
    await item.get_by_role("textbox", name="Anteckningar till Avgifter").click()
    await expect(item.locator(".ProseMirror")).to_be_focused()
    await page.keyboard.type("Två nivåer:")
    await page.keyboard.press("Enter")
    await item.get_by_role("button", name="Punktlista").click()
    await page.keyboard.type("oförändrat")
    await item.get_by_role("button", name="Spara").click()

    await expect(item.locator(".prose > p").first).to_have_text("Två nivåer:")
    await expect(item.locator("xpath=./div[@class='prose']/ul/li")).to_have_text("oförändrat")
    async with await committee.work(write=False) as work:
        row = await work.get(AgendaItem, committee.item.id)
    assert row.notes == "<p>Två nivåer:</p><ul><li>oförändrat</li></ul>"


async def test_notes_are_typed_without_scripts_and_stay_when_they_are_not_touched(visit, committee):
    address = f"moten/mote/{committee.meeting.id}"
    page = await visit(committee, "administrator", address, javascript=False)
    item = page.locator("#punkt-2")
    await item.get_by_text("Skriv på punkten").click()
    typed = "**Viktigt**\n\n- ett\n- två <b>\n"
    await item.get_by_label("Anteckningar till Avgifter").first.fill(typed)
    await item.get_by_role("button", name="Spara").click()
    await expect(item.locator("xpath=./div[@class='prose']//li")).to_have_text(["ett", "två <b>"])
    await item.get_by_text("Skriv på punkten").click()
    await item.get_by_label("Förslag").fill("Att höja.")
    await item.get_by_role("button", name="Spara").click()
    await expect(page.locator("#punkt-2 > .told", has_text="Att höja.")).to_be_visible()
    async with await committee.work(write=False) as work:
        row = await work.get(AgendaItem, committee.item.id)
    assert row.notes == (
        "<p><strong>Viktigt</strong></p><ul><li>ett</li><li>två &lt;b&gt;</li></ul>"
    )


async def test_what_is_left_stands_on_the_next_agenda_and_in_the_log(visit, committee):
    async with await committee.work() as work:
        await holding.hold_meeting(work, committee.meeting.id)
        await items.change_item(work, committee.item.id, changes={"decision": "Höjs."})
        await items.agree_on_action(
            work, committee.item.id, title="Skriv taxan", due_on=work.today - timedelta(1)
        )
        starts = committee.meeting.starts_at + timedelta(days=7)
        coming = await planning.plan_meeting(
            work, committee.series.id, starts_at=starts, ends_at=starts + timedelta(hours=1)
        )
    page = await visit(committee, "administrator", f"moten/mote/{coming.id}")
    left = page.get_by_role("region", name="Kvar att göra från tidigare möten")
    await expect(left.get_by_role("link")).to_have_text("Skriv taxan")
    await expect(left.locator(".light.red")).to_have_text("Försenad")
    await check_everywhere(page)
    await check_html({"meeting": await source(page)})
    await shoot(page, "meetings_left")

    await page.goto(f"{visit.address}/{committee.tenant.slug}/moten/beslut")
    row = page.get_by_role("row", name="Avgifter")
    await expect(row.locator(".light.red")).to_have_text("1 av 1 kvar, försenat")
    await check_everywhere(page)


@pytest.mark.parametrize("javascript", [True, False])
async def test_a_point_of_the_template_is_put_on_with_a_click(visit, committee, javascript):
    async with await committee.work() as work:
        points = [Point("Val av justerare"), Point("Studiebesök", standing=False)]
        await design.save_template(work, committee.template.id, name="Nämnd", points=points)
    address = f"moten/mote/{committee.meeting.id}"
    page = await visit(committee, "administrator", address, javascript=javascript)
    await page.get_by_role("button", name="Studiebesök").click()
    await expect(page.get_by_role("heading", name="3. Studiebesök")).to_be_visible()
    await expect(page.get_by_role("button", name="Studiebesök")).to_have_count(0)
