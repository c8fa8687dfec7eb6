"""Writing in a report: the editor, tables, conflicts, and that no text is lost."""

from __future__ import annotations

import report_desk
from report_desk import IDLE, SAVED, TEXTS, kept, marked, set_up, write
from ui_checks import Clicks, check_everywhere, check_html, shoot, source

from roder.platform.modules.reports.service import write_section

WORD = """
<html xmlns:o="urn:schemas-microsoft-com:office:office"><head><style>p.MsoNormal{margin:0}</style>
</head><body><h1>Kvalitet<o:p></o:p></h1><p class=MsoNormal>Vi har <b><span
style='color:#C00000;font-weight:bold'>stärkt</span></b> arbetet.<o:p></o:p></p>
<p class=MsoListParagraphCxSpFirst style='mso-list:l0 level1 lfo1'><span
style='mso-list:Ignore'>·<span>&nbsp; </span></span>Ett<o:p></o:p></p>
<p class=MsoListParagraphCxSpMiddle style='mso-list:l0 level2 lfo1'><span
style='mso-list:Ignore'>o<span>&nbsp; </span></span>Under ett<o:p></o:p></p>
<p class=MsoListParagraphCxSpLast style='mso-list:l0 level1 lfo1'><span
style='mso-list:Ignore'>·<span>&nbsp; </span></span>Två<o:p></o:p></p>
<table class=MsoTableGrid border=1><tr><td><p class=MsoNormal><b>Vad</b></p></td><td><p
class=MsoNormal><b>Hur</b></p></td></tr><tr><td><p class=MsoNormal>Hygien</p></td><td><p
class=MsoNormal>98 %</p></td></tr></table></body></html>
"""
PASTE = """(html) => {
    const data = new DataTransfer();
    data.setData("text/html", html);
    document.querySelector(".ProseMirror").dispatchEvent(
        new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true }),
    );
}"""


async def test_what_is_typed_is_saved_by_itself(visit, town):
    desk = await set_up(town)
    page = await visit(town, "manager", desk.at("Inledning"))
    await write(page, "Året var **lugnt**.")
    await page.wait_for_function(IDLE)
    await page.locator(SAVED).wait_for()
    await page.get_by_text("Alla ändringar är sparade").wait_for()
    section = await kept(town, desk, "Inledning")
    assert section.text == "<p>Året var <strong>lugnt</strong>.</p>"
    assert section.written_by == town.people["manager"].id


async def test_the_page_is_accessible_while_one_writes(visit, town):
    desk = await set_up(town)
    page = await visit(town, "manager", desk.at("Inledning"))
    await check_everywhere(page)
    await write(page, "### Rubrik")
    await page.locator(SAVED).wait_for()
    await check_everywhere(page)
    await shoot(page, "report-write")
    await page.goto(
        page.url.replace(
            str(desk.sections["Inledning"].id), str(desk.sections["Egenkontroller"].id)
        )
    )
    await check_everywhere(page)
    await page.goto(
        page.url.replace(
            str(desk.sections["Egenkontroller"].id), str(desk.sections["Lex Sarah"].id)
        )
    )
    await check_everywhere(page)
    below = f"/{town.tenant.slug}/"
    await check_html(
        {title: await source(page, below + desk.at(title)) for title in desk.sections}
        | {"list": await source(page, below + desk.list)}
        | {"read": await source(page, below + desk.path + "/las")}
    )


async def test_what_word_puts_on_the_clipboard_becomes_plain_structure(visit, town):
    desk = await set_up(town)
    page = await visit(town, "manager", desk.at("Inledning"))
    await write(page, "")
    await page.evaluate(PASTE, WORD)
    await page.locator(SAVED).wait_for()
    section = await kept(town, desk, "Inledning")
    assert section.text == (
        "<h3>Kvalitet</h3><p>Vi har <strong>stärkt</strong> arbetet.</p>"
        "<ul><li>Ett<ul><li>Under ett</li></ul></li><li>Två</li></ul>"
        "<table><thead><tr><th><strong>Vad</strong></th><th><strong>Hur</strong></th></tr></thead>"
        "<tbody><tr><td>Hygien</td><td>98 %</td></tr></tbody></table>"
    ) or section.text == (
        "<h3>Kvalitet</h3><p>Vi har <strong>stärkt</strong> arbetet.</p>"
        "<ul><li>Ett<ul><li>Under ett</li></ul></li><li>Två</li></ul>"
        "<table><tr><th><strong>Vad</strong></th><th><strong>Hur</strong></th></tr>"
        "<tr><td>Hygien</td><td>98 %</td></tr></table>"
    )


async def test_the_toolbar_is_reached_and_walked_by_keyboard(visit, town):
    desk = await set_up(town)
    page = await visit(town, "manager", desk.at("Inledning", begin=True))
    await page.locator(".ProseMirror:focus").wait_for()
    await page.keyboard.press("Alt+F10")
    await page.locator(":focus[aria-label='Fet']").wait_for()
    await page.keyboard.press("ArrowLeft")
    await page.locator(":focus[aria-label='Gör om']").wait_for()
    await page.keyboard.press("ArrowRight")
    await page.keyboard.press("ArrowRight")
    await page.keyboard.press("Enter")
    await page.keyboard.type("lutar")
    await page.keyboard.press("Alt+F10")
    await page.keyboard.press("Escape")
    await page.keyboard.type(" mer")
    await page.wait_for_function(IDLE)
    assert (await kept(town, desk, "Inledning")).text == "<p><em>lutar mer</em></p>"


async def test_a_link_and_a_table_are_put_in_and_a_row_is_added(visit, town):
    desk = await set_up(town)
    page = await visit(town, "manager", desk.at("Inledning"))
    await write(page, "Se ")
    await page.get_by_role("button", name="Länk").click()
    await page.get_by_label("Adress").fill("osthammar.example")
    await page.keyboard.press("Enter")
    await page.get_by_role("button", name="Tabell", exact=True).click()
    await page.keyboard.type("Första")
    await page.get_by_role("button", name="Rad", exact=True).click()
    await page.wait_for_function(IDLE)
    text = (await kept(town, desk, "Inledning")).text
    assert '<a href="https://osthammar.example"' in text
    assert text.count("<tr>") == 4
    assert "<th>Första</th>" in text


LAST_YEAR = (
    "<h3>Bemanning</h3><p>Det som <strong>var</strong> i fjol &lt;nu&gt;.</p>"
    "<ul><li>Ett</li><li>Två</li></ul>"
    "<table><tr><th>Vad</th></tr><tr><td>Hygien</td></tr></table>"
)


async def with_last_year(town) -> report_desk.Desk:
    """This year's report, where last year's introduction has a piece of each kind."""
    desk = await set_up(town)
    async with await town.work() as work:
        template = await work.get(report_desk.ReportTemplate, desk.report.template_id)
    last = await report_desk.begin(town, template, period="2025")
    async with await town.work("manager") as work:
        await write_section(work, last.sections["Inledning"].id, version=1, text=LAST_YEAR)
    return desk


async def test_a_ready_phrase_and_a_piece_of_last_years_text_go_in_with_one_click(visit, town):
    desk = await with_last_year(town)
    page = await visit(town, "manager", desk.at("Inledning"))
    async with Clicks(page, at_most=4) as hand:
        await hand.click(page.get_by_role("button", name="Året har varit lugnt."))
        await page.locator(".ProseMirror").wait_for()
        await hand.click("summary:has-text('Förra årets text')")
        await hand.click(page.get_by_role("button", name="Kopiera stycke 2"))
        await hand.click(page.get_by_role("button", name="Kopiera stycke 3"))
    await page.wait_for_function(IDLE)
    assert (await kept(town, desk, "Inledning")).text == (
        "<p>Året har varit lugnt.</p><p>Det som <strong>var</strong> i fjol &lt;nu&gt;.</p>"
        "<ul><li>Ett</li><li>Två</li></ul>"
    )
    sizes = [await each.bounding_box() for each in await page.locator(".piece button").all()]
    assert len(sizes) == 4
    assert all(box["width"] >= 24 and box["height"] >= 24 for box in sizes)
    await check_everywhere(page)
    await shoot(page, "report-last-year")


async def test_pieces_of_last_years_text_go_in_after_the_paragraph_of_the_caret(visit, town):
    desk = await with_last_year(town)
    async with await town.work("manager") as work:
        await write_section(
            work, desk.sections["Inledning"].id, version=1, text="<p>Först.</p><p>Sist.</p>"
        )
    page = await visit(town, "manager", desk.at("Inledning"))
    await page.get_by_text("Förra årets text").click()
    await page.locator(".paper p", has_text="Först.").click()
    await page.locator(".ProseMirror:focus").wait_for()
    for number in (4, 1):
        await page.get_by_role("button", name=f"Kopiera stycke {number}").focus()
        await page.keyboard.press("Enter")
        await page.locator(".ProseMirror:focus").wait_for()
    await page.wait_for_function(IDLE)
    assert (await kept(town, desk, "Inledning")).text == (
        "<p>Först.</p><table><tr><th>Vad</th></tr><tr><td>Hygien</td></tr></table>"
        "<h3>Bemanning</h3><p>Sist.</p>"
    )


async def test_all_of_last_years_text_goes_into_the_plain_field_too(visit, town):
    desk = await with_last_year(town)
    page = await visit(town, "manager", desk.at("Inledning"))
    await page.get_by_role("button", name="Skriv som enkel text").click()
    await page.get_by_text("Förra årets text").click()
    await page.get_by_role("button", name="Kopiera hela texten").click()
    await page.locator(SAVED).wait_for()
    assert (await kept(town, desk, "Inledning")).text == LAST_YEAR
    await page.locator("[name=plain]").evaluate("(field) => field.setSelectionRange(3, 3)")
    await page.get_by_role("button", name="Året har varit lugnt.").click()
    await page.wait_for_function(
        "() => document.querySelector('[name=plain]').dataset.was.includes('lugnt')"
    )
    assert (await kept(town, desk, "Inledning")).text == LAST_YEAR.replace(
        "</h3>", "</h3><p>Året har varit lugnt.</p>"
    )
    assert await page.locator(".ProseMirror").count() == 0


async def test_without_scripts_last_years_text_is_there_to_read(visit, town):
    desk = await with_last_year(town)
    page = await visit(town, "manager", desk.at("Inledning"), javascript=False)
    await page.get_by_text("Förra årets text").click()
    assert await page.locator(".piece").count() == 4
    assert await page.locator(".piece button:visible").count() == 0


async def test_the_statement_that_there_was_nothing_takes_one_click(visit, town):
    desk = await set_up(town)
    page = await visit(town, "manager", desk.at("Lex Sarah"))
    async with Clicks(page, at_most=1) as hand:
        await hand.click(page.get_by_role("button", name="Inga anmälningar"))
        await page.wait_for_url(f"**avsnitt={desk.sections['Bilagor'].id}**")
    assert (await kept(town, desk, "Lex Sarah")).nil
    assert await marked(town, desk) == {"Lex Sarah"}


async def test_rows_of_a_table_are_filled_in_added_and_taken_away(visit, town):
    desk = await set_up(town)
    page = await visit(town, "manager", desk.at("Egenkontroller"))
    await page.get_by_label("Rad 1, Egenkontroll").fill("Hygien")
    await page.keyboard.press("Tab")
    await page.keyboard.type("1 250,5")
    await page.keyboard.press("Tab")
    await page.get_by_label("Rad 1, Utförd").select_option("Ja")
    await page.get_by_role("button", name="Lägg till rad").click()
    await page.keyboard.type("Brand")
    await page.keyboard.press("Tab")
    await page.locator(SAVED).wait_for()
    await page.get_by_text("Alla ändringar är sparade").wait_for()
    assert [row["cells"] for row in (await kept(town, desk, "Egenkontroller")).rows] == [
        {"what": "Hygien", "count": 1250.5, "done": True},
        {"what": "Brand", "count": None, "done": None},
    ]
    await page.get_by_role("button", name="Ta bort rad 1").click()
    await page.get_by_label("Rad 1, Egenkontroll").and_(page.locator("text=Brand")).wait_for()
    assert [row["cells"]["what"] for row in (await kept(town, desk, "Egenkontroller")).rows] == [
        "Brand"
    ]


async def test_a_cell_that_is_no_number_is_told_of_and_not_kept(visit, town):
    desk = await set_up(town)
    visit.expect("status of 422")
    page = await visit(town, "manager", desk.at("Våld i nära relationer"))
    await page.get_by_label("Januari–juni, Nya ärenden").fill("sju")
    await page.keyboard.press("Tab")
    await page.locator("#section-said .error:has-text('Januari–juni, Nya ärenden')").wait_for()
    assert (await kept(town, desk, "Våld i nära relationer")).rows == []
    await check_everywhere(page)
    await page.get_by_label("Januari–juni, Nya ärenden").fill("7")
    await page.keyboard.press("Tab")
    await page.locator(SAVED).wait_for()
    rows = (await kept(town, desk, "Våld i nära relationer")).rows
    assert [row["cells"] for row in rows] == [{"new_cases": 7}, {"new_cases": None}]


async def test_one_chapter_is_written_and_done_in_two_clicks(visit, town):
    desk = await set_up(town)
    page = await visit(town, "manager", "mitt-arbete")
    async with Clicks(page, at_most=2) as hand:
        await hand.click(page.get_by_role("link", name="Inledning"))
        await page.locator(".ProseMirror:focus").wait_for()
        await page.keyboard.type("Året var lugnt.")
        await hand.click(page.get_by_role("button", name="Klar och nästa avsnitt"))
        await page.wait_for_url(f"**avsnitt={desk.sections['Egenkontroller'].id}**")
    assert (await kept(town, desk, "Inledning")).text == "<p>Året var lugnt.</p>"
    assert await marked(town, desk) == {"Inledning"}


async def test_a_whole_report_of_twelve_chapters_takes_fifteen_clicks(visit, town):
    desk = await set_up(town, (report_desk.GOALS, *TEXTS))
    page = await visit(town, "manager", "mitt-arbete")
    async with Clicks(page, at_most=15) as hand:
        await hand.click(page.get_by_role("link", name="Måluppfyllelse"))
        await hand.click(page.get_by_role("button", name="Klar och nästa avsnitt"))
        for content in TEXTS:
            await page.get_by_role("heading", name=content.title, exact=False).wait_for()
            await page.wait_for_url(f"**avsnitt={desk.sections[content.title].id}**")
            await page.locator(".ProseMirror:focus").wait_for()
            await page.keyboard.type(f"Om {content.title}.")
            await hand.click(page.get_by_role("button", name="Klar och nästa avsnitt"))
        await page.get_by_text("Alla 13 avsnitt är klara").wait_for()
        await hand.click(page.get_by_role("button", name="Klarmarkera hela rapporten"))
        await page.get_by_text("Hela rapporten är").first.wait_for()
    assert await marked(town, desk) == set(desk.sections)
    assert (await kept(town, desk, "Avsnitt 12")).text == "<p>Om Avsnitt 12.</p>"


async def test_a_report_is_written_by_keyboard_alone(visit, town):
    desk = await set_up(town, TEXTS[:2])
    page = await visit(town, "manager", desk.at("Avsnitt 1", begin=True))
    for content in TEXTS[:2]:
        await page.wait_for_url(f"**avsnitt={desk.sections[content.title].id}**")
        await page.locator(".ProseMirror:focus").wait_for()
        await page.keyboard.type("Skrivet.")
        await page.keyboard.press("Control+Enter")
    await page.get_by_text("Alla 2 avsnitt är klara").wait_for()
    button = page.get_by_role("button", name="Klarmarkera hela rapporten")
    await button.focus()
    await page.keyboard.press("Enter")
    await page.get_by_text("Klarmarkerad av").first.wait_for()
    await page.goto(page.url.partition("?")[0] + f"?avsnitt={desk.sections['Avsnitt 1'].id}")
    await page.keyboard.press("Alt+PageDown")
    await page.wait_for_url(f"**avsnitt={desk.sections['Avsnitt 2'].id}")
    await page.keyboard.press("Alt+PageUp")
    await page.wait_for_url(f"**avsnitt={desk.sections['Avsnitt 1'].id}")
    assert await marked(town, desk) == {"Avsnitt 1", "Avsnitt 2"}


async def test_an_empty_section_is_done_only_when_one_says_so(visit, town):
    desk = await set_up(town, TEXTS[:2])
    visit.expect("status of 422")
    page = await visit(town, "manager", desk.at("Avsnitt 1"))
    await page.get_by_role("button", name="Klar och nästa avsnitt").click()
    await page.locator("#section-said .error").wait_for()
    assert await marked(town, desk) == set()
    await check_everywhere(page)
    await page.get_by_role("button", name="tomt").click()
    await page.wait_for_url(f"**avsnitt={desk.sections['Avsnitt 2'].id}**")
    assert await marked(town, desk) == {"Avsnitt 1"}
