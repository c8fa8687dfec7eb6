"""What is written in a report is not lost: by others, by the network, by us; and is only shown."""

from __future__ import annotations

import asyncio

import report_desk
from playwright.async_api import expect
from report_desk import CANARY, SAVED, TEXTS, UNSENT, kept, marked, set_up, versions, write
from ui_checks import becomes, check_everywhere

from roder.platform.modules.reports.service import complete_section, write_section


async def text_of(town, desk):
    return (await kept(town, desk, "Inledning")).text


async def test_when_two_write_at_once_both_texts_stay_until_one_chooses(visit, town):
    desk = await set_up(town)
    visit.expect("status of 409")
    page = await visit(town, "manager", desk.at("Inledning"))
    written = asyncio.Event()

    async def hold(route):
        await written.wait()
        await route.continue_()

    await page.route("**" + desk.save("Inledning"), hold)
    await write(page, "Mitt")
    async with await town.work("local") as work:
        await write_section(work, desk.sections["Inledning"].id, version=1, text="<p>Hennes</p>")
    written.set()
    await page.locator(".theirs:has-text('Hennes')").wait_for()
    await expect(page.locator(".ProseMirror")).to_contain_text("Mitt")
    assert (await kept(town, desk, "Inledning")).text == "<p>Hennes</p>"
    await check_everywhere(page)
    await page.get_by_role("button", name="Behåll mitt").click()
    await page.locator(SAVED).wait_for()
    assert await versions(town, desk, "Inledning") == ["<p>Hennes</p>", "<p>Mitt</p>"]
    async with await town.work("local") as work:
        await write_section(work, desk.sections["Inledning"].id, version=3, text="<p>Nytt</p>")
    await page.keyboard.type(" igen")
    await page.locator(".theirs:has-text('Nytt')").wait_for()
    await page.get_by_role("button", name="Ta den andras").click()
    await page.locator(SAVED).wait_for()
    await expect(page.locator(".ProseMirror")).to_have_text("Nytt")
    assert (await kept(town, desk, "Inledning")).text == "<p>Nytt</p>"
    assert await page.evaluate("Object.keys(localStorage).filter((key) => key.includes('#'))") == []


async def test_without_a_network_the_text_waits_and_is_sent_later(visit, town):
    desk = await set_up(town)
    visit.expect("ERR_INTERNET_DISCONNECTED")
    page = await visit(town, "manager", desk.at("Inledning"))
    await write(page, "Skrivet ")
    await page.locator(SAVED).wait_for()
    await page.context.set_offline(True)
    await page.keyboard.type("utan nät")
    await page.get_by_text("Väntar i din webbläsare: 1.").wait_for()
    async with page.expect_event("requestfailed", lambda asked: asked.url.endswith("/klar")):
        await page.keyboard.press("Control+Enter")
    await page.wait_for_function(UNSENT)
    await expect(page.locator(".ProseMirror")).to_have_text("Skrivet utan nät")
    await page.context.set_offline(False)
    await page.get_by_text("Alla ändringar är sparade").wait_for()
    assert (await kept(town, desk, "Inledning")).text == "<p>Skrivet utan nät</p>"
    assert await marked(town, desk) == set()


async def test_after_a_fault_of_ours_and_a_reload_the_text_is_back(visit, town):
    desk = await set_up(town)
    visit.expect("status of 500")
    page = await visit(town, "manager", desk.at("Inledning"))
    await page.route("**" + desk.save("Inledning"), lambda route: route.fulfill(status=500))
    await write(page, "Bevarat")
    await page.get_by_text("Det gick inte att spara").wait_for()
    await page.unroute_all()
    await page.reload()
    await becomes(lambda: text_of(town, desk), "<p>Bevarat</p>")
    await expect(page.locator(".paper")).to_have_text("Bevarat")


async def test_when_the_session_has_ended_the_text_stays_and_is_sent_after_sign_in(visit, town):
    desk = await set_up(town)
    visit.expect("status of 401")
    page = await visit(town, "manager", desk.at("Inledning"))
    await write(page, "Borta ")
    await page.locator(SAVED).wait_for()
    cookies = await page.context.cookies()
    await page.context.clear_cookies()
    await page.keyboard.type("en stund")
    await page.get_by_text("Logga in igen").first.wait_for()
    await expect(page.locator(".ProseMirror")).to_have_text("Borta en stund")
    await page.context.add_cookies(cookies)
    await page.reload()
    await becomes(lambda: text_of(town, desk), "<p>Borta en stund</p>")


async def test_an_old_tab_saves_nothing_as_whoever_signed_in_after(visit, town):
    desk = await set_up(town)
    visit.expect("status of 401")
    mine = await visit(town, "manager", desk.at("Inledning"))
    await write(mine, "Mitt ")
    await mine.locator(SAVED).wait_for()
    own = await mine.context.cookies()
    theirs = await visit(town, "local", desk.at("Inledning"))
    await mine.context.clear_cookies()
    await mine.context.add_cookies(await theirs.context.cookies())
    await mine.keyboard.type("eget")
    await mine.get_by_text("Någon annan har loggat in i den här webbläsaren").wait_for()
    await check_everywhere(mine)
    await expect(mine.locator(".ProseMirror")).to_have_text("Mitt eget")
    assert await versions(town, desk, "Inledning") == ["<p>Mitt</p>"]
    other = await mine.context.new_page()
    await other.goto(mine.url)
    await other.locator(".paper").get_by_text("Mitt", exact=True).wait_for()
    await other.close()
    await mine.context.clear_cookies()
    await mine.context.add_cookies(own)
    await mine.get_by_text("Alla ändringar är sparade").wait_for()
    section = await kept(town, desk, "Inledning")
    assert (section.text, section.written_by) == ("<p>Mitt eget</p>", town.people["manager"].id)
    assert len(await versions(town, desk, "Inledning")) == 2


async def test_who_writes_and_what_others_mark_is_seen_in_the_contents(visit, town):
    desk = await set_up(town, TEXTS[:3])
    mine = await visit(town, "manager", desk.at("Avsnitt 1"))
    theirs = await visit(town, "local", desk.at("Avsnitt 2"))
    await write(theirs, "Jag skriver.")
    line = mine.locator(".contents li", has_text="Avsnitt 2")
    await line.get_by_text("skriver här").wait_for()
    await expect(line).to_contain_text(town.people["local"].name)
    await theirs.locator(SAVED).wait_for()
    async with await town.work("local") as work:
        await complete_section(work, desk.sections["Avsnitt 2"].id)
    await mine.locator("#progress", has_text="1 av 3").wait_for()
    await expect(line).to_contain_text("Klart:")


async def test_a_plain_text_is_chosen_and_remembered(visit, town):
    desk = await set_up(town)
    page = await visit(town, "manager", desk.at("Inledning"))
    await page.get_by_role("button", name="Skriv som enkel text").click()
    field = page.get_by_role("textbox", name="Text i avsnittet Inledning")
    await field.fill("### Rubrik\n\n- ett\n- två")
    await page.keyboard.press("Tab")
    await page.locator(SAVED).wait_for()
    assert (await kept(town, desk, "Inledning")).text == (
        "<h3>Rubrik</h3><ul><li>ett</li><li>två</li></ul>"
    )
    await page.reload()
    await expect(field).to_have_value("### Rubrik\n\n- ett\n- två")
    await check_everywhere(page)
    await page.get_by_role("button", name="Skriv som enkel text").click()
    await page.locator(".paper h3").wait_for()


async def test_all_of_writing_works_without_scripts(visit, town):
    desk = await set_up(town)
    page = await visit(town, "manager", desk.at("Inledning"), javascript=False)
    field = page.get_by_role("textbox", name="Text i avsnittet Inledning")
    await field.fill("Året var **lugnt**.")
    await page.get_by_role("button", name="Spara", exact=True).click()
    await expect(page.locator("#notice")).to_have_text("Sparat.")
    assert (await kept(town, desk, "Inledning")).text == "<p>Året var <strong>lugnt</strong>.</p>"
    async with await town.work("local") as work:
        await write_section(work, desk.sections["Inledning"].id, version=2, text="<p>Hennes</p>")
    await field.fill("Mitt eget")
    visit.expect("status of 409")
    await page.get_by_role("button", name="Klar och nästa avsnitt").click()
    await expect(page.locator(".theirs .prose")).to_have_text("Hennes")
    await expect(field).to_have_value("Mitt eget")
    assert await marked(town, desk) == set()
    await page.get_by_role("button", name="Klar och nästa avsnitt").click()
    await expect(page.locator("#section-title")).to_contain_text("Egenkontroller")
    assert await versions(town, desk, "Inledning") == [
        "<p>Året var <strong>lugnt</strong>.</p>",
        "<p>Hennes</p>",
        "<p>Mitt eget</p>",
    ]
    assert await marked(town, desk) == {"Inledning"}
    await page.get_by_label("Rad 1, Egenkontroll").fill("Hygien")
    await page.get_by_label("Rad 1, Antal").fill("många")
    visit.expect("status of 422")
    await page.get_by_role("button", name="Klar och nästa avsnitt").click()
    await page.locator("#section-said .error").wait_for()
    await expect(page.get_by_label("Rad 1, Egenkontroll")).to_have_value("Hygien")
    await expect(page.get_by_label("Rad 1, Antal")).to_have_value("många")
    await page.get_by_label("Rad 1, Antal").fill("3")
    await page.get_by_role("button", name="Klar och nästa avsnitt").click()
    await expect(page.locator("#section-title")).to_contain_text("Våld i nära relationer")
    assert await marked(town, desk) == {"Inledning", "Egenkontroller"}


async def test_markup_in_titles_texts_and_cells_is_only_shown(visit, town):
    contents = (
        report_desk.ChapterContent(title=CANARY, instruction=CANARY, phrases=(CANARY,)),
        report_desk.ChapterContent(
            title=f"{CANARY} 2",
            kind=report_desk.ChapterKind.TABLE,
            columns=(report_desk.Column("a", CANARY),),
        ),
    )
    desk = await set_up(town, contents)
    page = await visit(town, "manager", desk.at(CANARY))
    await page.get_by_role("button", name=CANARY, exact=True).click()
    await page.locator(".ProseMirror").wait_for()
    await page.locator(SAVED).wait_for()
    await expect(page.locator(".ProseMirror")).to_have_text(CANARY)
    await page.goto(
        page.url.replace(str(desk.sections[CANARY].id), str(desk.sections[f"{CANARY} 2"].id))
    )
    await page.locator("#rows textarea").first.fill(CANARY)
    await page.keyboard.press("Tab")
    await page.locator(SAVED).wait_for()
    await page.goto(page.url.partition("?")[0] + "/las")
    await expect(page.locator("td").first).to_have_text(CANARY)
    await expect(page.locator("img[src=x]")).to_have_count(0)


async def test_who_may_only_read_reads_and_is_told_why(visit, town):
    desk = await set_up(town)
    page = await visit(town, "employee", desk.at("Inledning"))
    await page.get_by_text("Du kan läsa men inte skriva här").wait_for()
    await expect(page.locator("s-text, [data-finish]")).to_have_count(0)
    await check_everywhere(page)
    visit.expect("status of 403")
    status = await page.evaluate(
        """(url) => fetch(url, { method: "POST", headers: { "HX-Request": "true" },
            body: new URLSearchParams({ text: "<p>x</p>", was: "" }) }).then((a) => a.status)""",
        f"/{town.tenant.slug}/{desk.save('Inledning')}",
    )
    assert status == 403
    assert await versions(town, desk, "Inledning") == []
