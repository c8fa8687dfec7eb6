"""Report status for whoever leads the work, and the templates that reports are made from."""

from __future__ import annotations

from datetime import date

import report_desk
from playwright.async_api import expect
from report_desk import CANARY, TEXTS, begin, kept, set_up
from sqlalchemy import select
from ui_checks import Clicks, check_everywhere, check_html, shoot, source

from roder.platform.modules.mywork.models import Mail
from roder.platform.modules.reports.models import Chapter, ReportApproval, ReportTemplate
from roder.platform.modules.reports.service import (
    complete_report,
    complete_section,
    write_section,
)

STATUS = "socialnamnden/2026/rapportlage"


async def set_up_two(town, contents=TEXTS[:2]):
    """The report at home care, begun and late, and at the committee, done."""
    done = await set_up(town, contents, at="committee", who="administrator")
    async with await town.work() as work:
        template = await work.get(ReportTemplate, done.report.template_id)
        for section in done.sections.values():
            await write_section(
                work, section.id, version=1, text=f"<p>Nämndens {section.title}</p>"
            )
            await complete_section(work, section.id)
        await complete_report(work, done.report.id)
    running = await begin(town, template, due_on=date(2026, 1, 15))
    first = running.sections[contents[0].title]
    async with await town.work("manager") as work:
        await write_section(work, first.id, version=1, text="<p>Hemtjänstens text</p>")
    return done, running


async def test_units_and_chapters_are_told_in_shapes_and_words(visit, town):
    await set_up_two(town)
    page = await visit(town, "administrator", town.units["committee"].slug + "/2026/rapporter")
    await page.get_by_role("link", name="Rapportläge").click()
    await page.get_by_text("1 av 2 rapporter är klara.").wait_for()
    row = page.get_by_role("row").filter(has=page.get_by_role("rowheader", name="Hemtjänst Öst"))
    cells = row.get_by_role("cell")
    await expect(cells.nth(0)).to_have_text("0/2")
    await expect(cells.nth(1)).to_contain_text("Påbörjat")
    await expect(cells.nth(2)).to_contain_text("Inte påbörjat")
    late = "Försenad: sista dag 15 januari 2026"
    await expect(row.get_by_role("rowheader")).to_contain_text(late)
    await check_everywhere(page)
    await shoot(page, "report-status")
    await check_html({"status": await source(page)})


async def test_a_reminder_says_whom_it_reaches_before_it_is_sent(visit, town):
    await set_up_two(town)
    page = await visit(town, "administrator", STATUS)
    async with Clicks(page, at_most=2) as hand:
        await hand.click(page.get_by_role("link", name="Påminn 1 enhet"))
        dialog = page.get_by_role("dialog")
        for who in ("manager", "local"):
            await dialog.get_by_text(town.people[who].name).wait_for()
        await check_everywhere(page)
        assert await town.count(Mail) == 0
        await hand.click(dialog.get_by_role("button", name="Skicka påminnelsen"))
        await page.locator("#notice", has_text="påminda").wait_for()
    assert await town.count(Mail) == 2


async def test_a_report_that_is_done_is_approved_and_the_approval_taken_back(visit, town):
    await set_up_two(town)
    page = await visit(town, "administrator", STATUS)
    await page.get_by_role("button", name="Godkänn Socialnämnden").click()
    await page.get_by_text("Berättelse 2026 är godkänd.").wait_for()
    await page.get_by_text("Ta tillbaka …").click()
    await page.get_by_label("Varför?").fill("Siffrorna ska ses över")
    await check_everywhere(page)
    await page.get_by_role("button", name="Ta tillbaka godkännandet").click()
    await page.get_by_role("button", name="Godkänn Socialnämnden").wait_for()
    async with await town.work(write=False) as work:
        (approval,) = await work.scalars(select(ReportApproval))
    assert approval.reason == "Siffrorna ska ses över"
    assert approval.withdrawn_by == town.people["administrator"].id


async def test_what_the_units_have_written_stands_beside_each_other(visit, town):
    await set_up_two(town)
    page = await visit(town, "administrator", STATUS)
    await page.get_by_role("columnheader").get_by_role("link", name="Avsnitt 1").click()
    texts = page.locator(".side-by-side .prose")
    await expect(texts).to_have_text(["Nämndens Avsnitt 1", "Hemtjänstens text"])
    await check_everywhere(page)
    await check_html({"beside": await source(page)})


async def test_who_oversees_nothing_sees_no_button_and_cannot_remind(visit, town):
    _done, running = await set_up_two(town)
    page = await visit(town, "employee", "socialnamnden/2026/rapporter")
    assert await page.get_by_role("link", name="Rapportläge").count() == 0
    await page.goto(f"{visit.address}/{town.tenant.slug}/{STATUS}")
    assert await page.get_by_role("link", name="Påminn").count() == 0
    assert await page.get_by_role("button", name="Godkänn").count() == 0
    answer = await page.request.post(
        f"{visit.address}/{town.tenant.slug}/{STATUS}/paminn",
        form={"report": str(running.report.id)},
        headers={"origin": visit.address},
        max_redirects=0,
    )
    assert answer.status in (403, 404)
    assert await town.count(Mail) == 0


async def test_a_year_without_reports_says_so(visit, town):
    page = await visit(town, "administrator", STATUS)
    await page.get_by_text("Ingen rapport pågår.").wait_for()
    await check_everywhere(page)


async def test_markup_that_units_have_written_is_only_shown(visit, town):
    content = report_desk.ChapterContent(title=CANARY)
    done, _running = await set_up_two(town, (content,))
    page = await visit(town, "administrator", STATUS)
    assert await page.locator("img[src=x]").count() == 0
    await page.get_by_role("columnheader").get_by_role("link").click()
    await expect(page.locator("h1")).to_have_text(f"1 {CANARY}")
    await expect(page.locator("img[src=x]")).to_have_count(0)
    assert (await kept(town, done, CANARY)).text.startswith("<p>Nämndens")


async def test_a_template_is_made_and_given_chapters(visit, town):
    page = await visit(town, "administrator", "rapportmallar")
    await check_everywhere(page)
    await page.get_by_label("Namn").fill("Kvalitetsberättelse")
    await page.get_by_role("button", name="Skapa mallen").click()
    await page.get_by_role("link", name="Lägg till avsnitt").click()
    await page.get_by_label("Rubrik", exact=True).wait_for()
    await check_everywhere(page)
    await page.get_by_label("Rubrik", exact=True).fill("Inledning {year}")
    await page.get_by_label("Anvisning till den som skriver").fill("Skriv kort.")
    await page.get_by_label("Färdiga fraser").fill("Som i fjol.\nBättre än i fjol.")
    await page.get_by_role("button", name="Lägg till avsnittet").click()
    await page.get_by_role("link", name="Lägg till avsnitt").click()
    await page.get_by_label("Rubrik", exact=True).fill("Egenkontroller")
    await page.get_by_label("Tabell, med text").check()
    await page.get_by_label("Kolumn 1, rubrik").fill("Vad")
    await page.get_by_label("Kolumn 2, rubrik").fill("Hur ofta")
    await page.get_by_label("Kolumn 2, sort").select_option("choice")
    visit.expect("status of 422")
    await page.get_by_role("button", name="Lägg till avsnittet").click()
    await page.locator("#columns-told").wait_for()
    await check_everywhere(page)
    await expect(page.get_by_label("Kolumn 1, rubrik")).to_have_value("Vad")
    await page.get_by_label("Kolumn 2, val").fill("Varje månad, Vid behov")
    await page.get_by_label("Rader som alltid står där").fill("Våren\nHösten")
    await page.get_by_role("button", name="Lägg till avsnittet").click()
    await page.get_by_text("2 Egenkontroller").wait_for()
    await check_everywhere(page)
    await shoot(page, "report-template")
    below = page.url
    await check_html(
        {
            "template": await source(page),
            "chapter": await source(page, below + "/avsnitt"),
            "list": await source(page, below.rpartition("/")[0]),
        }
    )
    async with await town.work(write=False) as work:
        first, second = await work.scalars(select(Chapter).order_by(Chapter.position))
    assert (first.title, first.instruction) == ("Inledning {year}", "<p>Skriv kort.</p>")
    assert first.phrases == ["Som i fjol.", "Bättre än i fjol."]
    assert [(column["key"], column["kind"]) for column in second.columns] == [
        ("vad", "text"),
        ("hur_ofta", "choice"),
    ]
    assert second.columns[1]["choices"] == ["Varje månad", "Vid behov"]
    assert [row["title"] for row in second.fixed_rows] == ["Våren", "Hösten"]


async def test_chapters_are_moved_changed_and_taken_away_without_scripts(visit, town):
    desk = await set_up(town, TEXTS[:3])
    path = f"rapportmallar/{desk.report.template_id}"
    page = await visit(town, "administrator", path, javascript=False)

    async def stand(*titles: str) -> None:
        await expect(page.locator(".chapters .what a")).to_have_text(list(titles))

    await page.get_by_role("button", name="Uppåt: Avsnitt 3").click()
    await stand("1 Avsnitt 1", "2 Avsnitt 3", "3 Avsnitt 2")
    await page.get_by_role("button", name="In under avsnittet före: Avsnitt 3").click()
    await stand("1 Avsnitt 1", "1.1 Avsnitt 3", "2 Avsnitt 2")
    await page.get_by_role("button", name="Utåt: Avsnitt 3").click()
    await stand("1 Avsnitt 1", "2 Avsnitt 3", "3 Avsnitt 2")
    await page.get_by_role("button", name="Nedåt: Avsnitt 3").click()
    await stand("1 Avsnitt 1", "2 Avsnitt 2", "3 Avsnitt 3")
    visit.expect("status of 422")
    await page.get_by_role("button", name="Nedåt: Avsnitt 3").click()
    await page.get_by_text("kan inte flyttas längre").wait_for()
    await page.get_by_role("link", name="3 Avsnitt 3").click()
    await page.get_by_label("Rubrik", exact=True).fill("Slutord")
    await page.get_by_role("button", name="Spara").click()
    await stand("1 Avsnitt 1", "2 Avsnitt 2", "3 Slutord")
    await page.get_by_role("button", name="Ta bort: Slutord").click()
    await stand("1 Avsnitt 1", "2 Avsnitt 2")
    assert (await kept(town, desk, "Avsnitt 3")).title == "Avsnitt 3"


async def test_a_local_administrator_adds_a_chapter_for_the_own_unit_only(visit, town):
    desk = await set_up(town, TEXTS[:1])
    page = await visit(town, "local", f"rapportmallar/{desk.report.template_id}")
    assert await page.get_by_role("button", name="Ta bort: Avsnitt 1").count() == 0
    await page.get_by_role("link", name="Lägg till avsnitt").click()
    await page.get_by_label("Rubrik", exact=True).fill("Eget")
    await page.get_by_role("button", name="Lägg till avsnittet").click()
    await page.get_by_text("Bara Hemtjänst Öst").wait_for()
    await check_everywhere(page)
    async with await town.work(write=False) as work:
        local = await work.first(select(Chapter).where(Chapter.unit_id.is_not(None)))
    assert local is not None
    assert (local.title, local.unit_id) == ("Eget", town.units["home_care"].id)


async def test_the_copy_of_a_template_has_its_chapters(visit, town):
    desk = await set_up(town, TEXTS[:2])
    page = await visit(town, "administrator", f"rapportmallar/{desk.report.template_id}")
    await page.get_by_text("Kopiera mallen").click()
    await page.get_by_label("Kopians namn").fill("Kortare")
    await page.get_by_role("button", name="Kopiera", exact=True).click()
    await page.get_by_role("heading", name="Kortare").wait_for()
    chapters = page.locator(".chapters .what a")
    await expect(chapters).to_have_text(["1 Avsnitt 1", "2 Avsnitt 2"])
    assert await town.count(Chapter) == 4
