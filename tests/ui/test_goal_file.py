"""Values fetched from a file: chosen, looked through and read in, with and without scripts."""

from __future__ import annotations

import pytest
from goal_board import BOARD, LEVELS, board, seen, send, shown
from playwright.async_api import expect
from ui_checks import Clicks, check_everywhere, check_html, shoot, source

from roder.infra.tabular import read_table
from roder.platform.modules.goals.steering.design import create_model

ANALYSIS = "socialnamnden/2020/malanalys"
SICK = "Andel minskad sjukfrånvaro"
FILLED = (
    "Mål;Kommentar;Styrtal;Utfall;Måltal\n"
    "Minska sjukfrånvaro, öka sysselsättningsgrader och medarbetarnas nöjdhet;"
    f"På väg;{SICK};8,5%;9%\n"
)


@pytest.fixture(autouse=True)
async def plan(town) -> None:
    async with await town.work() as work:
        await create_model(work, year=2020, name="Östhammar", levels=LEVELS)
        await send(work, town, BOARD)


@pytest.fixture
def outcome(town):
    async def ask() -> object:
        async with await town.work(write=False) as work:
            return shown(await seen(work, town))[SICK][2]

    return ask


def sent(text: str) -> dict[str, object]:
    return {"name": "mål.csv", "mimeType": "text/csv", "buffer": text.encode()}


@pytest.mark.parametrize("javascript", [True, False])
async def test_a_file_is_chosen_looked_through_and_read_in(visit, town, outcome, javascript):
    page = await visit(town, "administrator", ANALYSIS, javascript=javascript)
    async with Clicks(page, at_most=3) as hand:
        await hand.click(page.get_by_role("link", name="Hämta från fil"))
        await page.get_by_label("Fil (Excel eller CSV)").set_input_files(sent(FILLED))
        await hand.click(page.get_by_role("button", name="Se vad den ändrar"))
        await page.get_by_text("0 nya, 2 ändrade och 0 som förut. Inget är sparat än.").wait_for()
        assert await outcome() is None
        if javascript:
            await check_everywhere(page)
            file = {"file": sent(FILLED)}
            answer = await page.request.post(page.url, multipart=file)
            await check_html({"preview": await answer.text()})
            await shoot(page, "goal-file-preview")
        await hand.click(page.get_by_role("button", name="Stämmer, läs in"))
        await page.get_by_text("mål.csv är inläst: 0 nya, 2 ändrade, 0 som förut.").wait_for()
    assert str(await outcome()) == "8.5"


async def test_the_page_and_a_refused_file_are_accessible_and_valid(visit, town):
    page = await visit(town, "administrator", ANALYSIS + "/fran-fil")
    await check_everywhere(page)
    await check_html({"goal file": await source(page)})
    visit.expect("status of 422")
    rows = board("Attraktiv\t\tHälsa\t\tFrånvaro\tsju\t\t\t9\t", "\t\t\t\tNöjdhet\t7\t\t\tåtta\t")
    await page.get_by_label("Eller klistra in raderna från Excel").fill(rows)
    await page.get_by_role("button", name="Se vad den ändrar").press("Enter")
    await page.get_by_text("2 fel behöver rättas i inklistrat.tsv").wait_for()
    await expect(page.locator("tbody td.number")).to_have_text(["2", "3"])
    await check_everywhere(page)
    await shoot(page, "goal-file-refused")


async def test_the_template_is_fetched_filled_in_and_read_back(visit, town, tmp_path):
    page = await visit(town, "administrator", ANALYSIS + "/fran-fil")
    async with page.expect_download() as coming:
        await page.get_by_role("link", name="Ladda ner en mall").click()
    file = await coming.value
    await file.save_as(tmp_path / "mall.xlsx")
    data = (tmp_path / "mall.xlsx").read_bytes()

    assert file.suggested_filename == "Östhammar – Målanalys Socialnämnden 2020.xlsx"
    assert [row.cells[2] for row in read_table("mall.xlsx", data).rows][:2] == ["Styrtal", SICK]
    await page.get_by_label("Fil (Excel eller CSV)").set_input_files(tmp_path / "mall.xlsx")
    await page.get_by_role("button", name="Se vad den ändrar").click()
    await page.get_by_text("Filen ändrar ingenting.").wait_for()
    await check_everywhere(page)


async def test_a_reader_is_told_whom_to_ask(visit, town):
    page = await visit(town, "employee", ANALYSIS + "/fran-fil")
    await page.get_by_text("Du kan läsa men inte ändra här.").wait_for()
    assert await page.locator("main form").count() == 0
    await check_everywhere(page)
