"""The list of reports, reading one, its pictures, and the way to Word and back."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest
from PIL import Image
from playwright.async_api import expect
from report_desk import CANARY, IDLE, TEXTS, kept, set_up
from sqlalchemy import select
from ui_checks import Clicks, check_everywhere, check_html, shoot, source

from roder.platform.modules.reports.models import ReportImage
from roder.platform.modules.reports.service import write_section

TEXT = "<p>Personalen har varit delaktig.</p>"


@pytest.fixture
def picture(tmp_path) -> Path:
    path = tmp_path / "bild.png"
    Image.new("RGB", (60, 30), (30, 120, 90)).save(path)
    return path


@pytest.fixture
def images(town):
    async def ask() -> list[ReportImage]:
        async with await town.work(write=False) as work:
            return list(await work.scalars(select(ReportImage)))

    return ask


def with_other_words(path: Path, old: str, new: str) -> Path:
    """The Word file as somebody leaves it who has changed a few words."""
    changed = path.with_name("changed.docx")
    with zipfile.ZipFile(path) as read, zipfile.ZipFile(changed, "w") as write:
        for name in read.namelist():
            write.writestr(name, read.read(name).replace(old.encode(), new.encode()))
    return changed


async def test_the_list_begins_a_report_and_shows_how_far_it_is(visit, town):
    desk = await set_up(town, at="committee", who="administrator")
    page = await visit(town, "manager", "hemtjanst-ost/2026/rapporter")
    await page.get_by_text("Ingen rapport pågår").wait_for()
    await check_everywhere(page)
    await page.get_by_label("Mall").select_option(label="Berättelse")
    await page.get_by_role("button", name="Börja").click()
    await page.get_by_text("0 av 5 avsnitt klara").wait_for()
    await page.goto(f"{visit.address}/{town.tenant.slug}/hemtjanst-ost/2026/rapporter")
    await page.get_by_role("link", name="Skriv Berättelse 2026").wait_for()
    await check_everywhere(page)
    await shoot(page, "reports")
    below = f"/{town.tenant.slug}/{desk.path}/"
    await check_html(
        {name: await source(page, below + name) for name in ("las", "word-in", "bild")}
    )


async def test_a_report_in_word_takes_two_clicks(visit, town):
    desk = await set_up(town, TEXTS[:2])
    page = await visit(town, "manager", "mitt-arbete")
    async with page.expect_download() as coming, Clicks(page, at_most=2) as hand:
        await hand.click(page.get_by_role("link", name="Rapporter", exact=True).first)
        await page.wait_for_url("**/rapporter")  # with its script that fetches the file
        await hand.click(page.get_by_role("button", name="Word Berättelse 2026"))
        assert (await coming.value).suggested_filename.endswith(".docx")
    assert desk.report.title == "Berättelse 2026"


async def test_work_in_word_comes_back_in_five_clicks(visit, town, tmp_path):
    desk = await set_up(town, TEXTS[:3])
    async with await town.work("manager") as work:
        await write_section(work, desk.sections["Avsnitt 1"].id, version=1, text=TEXT)
    page = await visit(town, "manager", "mitt-arbete")
    async with Clicks(page, at_most=5) as hand:
        await hand.click(page.get_by_role("link", name="Rapporter", exact=True).first)
        await page.wait_for_url("**/rapporter")
        async with page.expect_download() as coming:
            await hand.click(page.get_by_role("button", name="Word Berättelse 2026"))
        await (await coming.value).save_as(tmp_path / "report.docx")
        changed = with_other_words(tmp_path / "report.docx", "varit delaktig", "deltagit mer")
        await hand.click(page.get_by_role("link", name="Läs in Word Berättelse 2026"))
        await page.wait_for_url("**/word-in")  # with its script that sends what is chosen
        async with page.expect_file_chooser() as chooser:
            await hand.click(page.get_by_label("Word-fil"))
        await (await chooser.value).set_files(changed)
        await page.get_by_role("button", name="Stämmer, lägg in").wait_for()
        await expect(page.locator("del")).to_have_text(["varit", "delaktig."])
        await expect(page.locator("ins")).to_have_text(["deltagit", "mer."])
        assert (await kept(town, desk, "Avsnitt 1")).text == TEXT
        await hand.click(page.get_by_role("button", name="Stämmer, lägg in"))
        await page.get_by_text("Inläst från Word: 1 avsnitt.").wait_for()
    assert (await kept(town, desk, "Avsnitt 1")).text == ("<p>Personalen har deltagit mer.</p>")


async def test_the_preview_is_accessible_and_a_strange_file_is_refused(visit, town, tmp_path):
    desk = await set_up(town, TEXTS[:2])
    strange = tmp_path / "brev.docx"
    strange.write_bytes(b"inte Word")
    page = await visit(town, "manager", desk.path + "/word-in")
    await check_everywhere(page)
    visit.expect("status of 422")
    await page.get_by_label("Word-fil").set_input_files(strange)
    await page.locator("#word-file-told").wait_for()
    await check_everywhere(page)


async def test_a_picture_is_described_and_put_where_the_writer_is(visit, town, picture, images):
    desk = await set_up(town, TEXTS[:1])
    page = await visit(town, "manager", desk.at("Avsnitt 1", begin=True))
    await page.locator(".ProseMirror:focus").wait_for()
    await page.keyboard.type("Före.")
    await page.get_by_role("link", name="Bild", exact=True).click()
    dialog = page.get_by_role("dialog")
    await dialog.get_by_label("Bild", exact=True).set_input_files(picture)
    visit.expect("status of 422")
    await dialog.get_by_role("button", name="Lägg till bilden").click()
    await dialog.locator("#picture-alt[aria-invalid=true]:focus").wait_for()
    assert await images() == []
    await check_everywhere(page)
    await shoot(page, "report-picture")
    await dialog.get_by_label("Vad bilden visar").fill(CANARY)
    await dialog.get_by_label("Källa").fill(CANARY)
    await dialog.get_by_label("En person går att känna igen").check()
    await dialog.get_by_role("button", name="Lägg till bilden").click()
    await dialog.locator("#picture-consent[aria-invalid=true]:focus").wait_for()
    await dialog.get_by_label("Samtycket finns hos").fill("Registraturen")
    await dialog.get_by_label("Samtyckets sista dag").fill("2099-05-01")
    await dialog.get_by_role("button", name="Lägg till bilden").click()
    await page.locator(".ProseMirror img[data-image]").wait_for()
    await page.wait_for_function(IDLE)
    (image,) = await images()
    assert (image.alt, image.source, image.consent) == (CANARY, CANARY, "Registraturen")
    assert image.expires_on.isoformat() == "2099-05-01"
    text = (await kept(town, desk, "Avsnitt 1")).text
    assert text.startswith(f'<p>Före.</p><img data-image="{image.id}" alt="')
    await expect(page.locator(".ProseMirror img")).to_have_js_property("naturalWidth", 60)
    await page.goto(f"{visit.address}/{town.tenant.slug}/{desk.path}/las")
    await expect(page.locator(".picture img")).to_have_attribute("alt", CANARY)
    await expect(page.locator("figcaption")).to_contain_text(CANARY)
    await expect(page.locator("img[src=x]")).to_have_count(0)
    await check_everywhere(page)


async def test_a_consent_is_withdrawn_and_the_picture_is_shown_nowhere(
    visit, town, picture, images
):
    desk = await set_up(town, TEXTS[:1])
    page = await visit(town, "manager", desk.path + "/bild", javascript=False)
    await page.get_by_label("Bild", exact=True).set_input_files(picture)
    await page.get_by_label("Vad bilden visar").fill("Två personer vid ett bord")
    await page.get_by_label("Källa").fill("Bildbanken")
    await page.get_by_label("En person går att känna igen").check()
    await page.get_by_label("Samtycket finns hos").fill("Registraturen")
    await page.get_by_label("Samtyckets sista dag").fill("2099-05-01")
    await page.get_by_role("button", name="Lägg till bilden").click()
    line = page.locator(".notice code")
    await line.wait_for()
    (image,) = await images()
    await expect(line).to_have_text(f"![Två personer vid ett bord](bild:{image.id})")
    await page.get_by_role("link", name="Ändra Två personer").click()
    await page.get_by_role("button", name="Samtycket är återkallat").click()
    await page.get_by_text("Visas inte: samtycket gick ut").wait_for()
    answer = await page.request.get(f"{visit.address}/{town.tenant.slug}/bilder/{image.id}")
    assert answer.status == 404
    await page.get_by_role("link", name="Ändra Två personer").click()
    await page.get_by_role("button", name="Ta bort bilden").click()
    await page.get_by_text("Rapporten har inga bilder än.").wait_for()
    assert await images() == []


async def test_the_page_of_pictures_is_accessible(visit, town, picture):
    desk = await set_up(town, TEXTS[:1])
    page = await visit(town, "manager", desk.path + "/bild")
    await check_everywhere(page)
    await page.get_by_label("En person går att känna igen").check()
    await check_everywhere(page)


async def test_a_file_is_attached_and_its_name_is_only_shown(visit, town, tmp_path):
    desk = await set_up(town)
    file = tmp_path / "plan.txt"
    file.write_text("Innehåll")
    page = await visit(town, "manager", desk.at("Bilagor"))
    await page.get_by_label("Lägg till en fil").set_input_files(file)
    await page.get_by_label("Vad den heter i rapporten").fill(CANARY)
    await page.get_by_role("button", name="Bifoga").click()
    await expect(page.locator(".files a").first).to_contain_text(CANARY)
    await expect(page.locator("img[src=x]")).to_have_count(0)
    await check_everywhere(page)
    await page.get_by_role("button", name="Ta bort").click()
    await page.get_by_text("Inga filer än.").wait_for()
