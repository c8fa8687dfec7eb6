"""Values from a file over HTTP: looked through first, read in as shown, refused in words."""

from __future__ import annotations

import re
from decimal import Decimal
from html import unescape

import pytest
from goal_board import BOARD, LEVELS, board, counts, seen, send, shown
from planned import clients, words
from sqlalchemy import func, select

from roder.infra.tabular import read_table
from roder.platform.modules.goals.board.importing import import_board
from roder.platform.modules.goals.board.lines import LineChange, LineState
from roder.platform.modules.goals.board.template import import_template
from roder.platform.modules.goals.steering.design import create_model
from roder.platform.modules.goals.steering.locks import lock_year
from roder.tenants.models import StoredFile
from roder.tenants.rows import uuid7

PATH = "socialnamnden/2020/malanalys/fran-fil"
CANARY = "<script>alert(1)</script>"
SICK = "Andel minskad sjukfrånvaro"
FILLED = (
    "Mål;Kommentar;Styrtal;Utfall;Måltal\n"
    "Minska sjukfrånvaro, öka sysselsättningsgrader och medarbetarnas nöjdhet;"
    f"På väg {CANARY};{SICK};8,5%;9%\n"
)


@pytest.fixture(autouse=True)
async def model(town) -> None:
    async with await town.work() as work:
        await create_model(work, year=2020, name="Östhammar", levels=LEVELS)


@pytest.fixture
async def enter(runtime, settings, town):
    async with clients(runtime, settings, town) as make:
        yield make


@pytest.fixture
def files(town):
    async def ask() -> int:
        async with await town.work(write=False) as work:
            return await work.first(select(func.count()).select_from(StoredFile)) or 0

    return ask


@pytest.fixture
def stands(town):
    async def ask() -> list[int]:
        async with await town.work(write=False) as work:
            return await counts(work)

    return ask


async def look(http, data: bytes | str, name: str = "mål.csv"):
    return await http.post(PATH, files={"file": (name, data)})


def hidden(page) -> dict[str, str]:
    """What the form that reads the file in would send."""
    html = page.text.partition(f'action="/{page.url.path.split("/")[1]}/{PATH}/las"')[2]
    html = html.partition("</form>")[0]
    return {
        name: unescape(value)
        for name, value in re.findall(r'type="hidden" name="([^"]+)" value="([^"]*)"', html)
    }


async def test_a_file_is_looked_through_and_then_read_in(enter, town, stands):
    http = await enter()

    preview = await look(http, BOARD, "mål.tsv")
    before = await stands()
    answer = await http.post(f"{PATH}/las", data=hidden(preview))

    assert preview.status_code == 200
    text = words(preview)
    assert "Det här innehåller mål.tsv 7 nya, 0 ändrade och 0 som förut." in text
    assert f"2 {SICK} Styrtal är nytt Måltal 2019: 9" in text
    assert "Rubrikerna säger 2019; värdena förs in på 2020." in text
    assert before == [0] * 6
    assert answer.status_code == 303
    assert answer.headers["location"].endswith("/socialnamnden/2020/malanalys")
    assert await stands() == [7, 4, 1, 4, 4, 0]
    told = words(await http.get("socialnamnden/2020/malanalys"))
    assert "mål.tsv är inläst: 7 nya, 0 ändrade, 0 som förut." in told


async def test_each_row_tells_what_stands_and_what_comes(enter, town):
    async with await town.work() as work:
        await send(work, town, BOARD)
        again = await send(work, town, FILLED, dry_run=True)
    http = await enter()

    preview = await look(http, FILLED)

    assert [(line.row, line.state) for line in again.lines] == [
        (2, LineState.CHANGED),
        (2, LineState.CHANGED),
    ]
    assert again.lines[1].changes == (LineChange("Utfall", "", "8,5"),)
    assert f"{SICK} Styrtal ändras Utfall: 8,5" in words(preview)
    assert CANARY not in preview.text
    assert "Kommentar: På väg" in words(preview)


async def test_refused_rows_are_told_with_their_numbers_and_no_file_is_kept(enter, stands, files):
    http = await enter()
    rows = board(
        "Attraktiv\t\tHälsa\t\tFrånvaro\tsju\t\t\t9\t",
        "\t\t\t\tNöjdhet\t77\t\t\tåtta\t",
    )

    refused = await look(http, rows, "mål.tsv")

    assert refused.status_code == 422
    text = words(refused)
    assert "2 fel behöver rättas i mål.tsv. Ingenting är inläst." in text
    assert '2 Utfall 2020 "sju" är inte ett tal' in text
    assert '3 Måltal 2020 "åtta" är inte ett tal' in text
    assert (await stands(), await files()) == ([0] * 6, 0)


@pytest.mark.parametrize(
    ("data", "told"),
    [
        (b"%PDF-1.7", "Det här är en PDF"),
        (b"", "Filen är tom"),
        (b"Ort;Antal\nLund;3", "Rubriken känns inte igen"),
    ],
)
async def test_what_is_no_table_of_goals_is_refused(enter, stands, files, data, told):
    http = await enter()
    refused = await look(http, data)
    assert refused.status_code == 422
    assert told in words(refused)
    assert (await stands(), await files()) == ([0] * 6, 0)


async def test_rows_can_be_pasted(enter, stands):
    http = await enter()
    nothing = await http.post(PATH, data={"pasted": "  "})
    unchosen = {"file": ("", b"")}
    preview = await http.post(PATH, data={"pasted": BOARD.decode()}, files=unchosen)
    done = await http.post(f"{PATH}/las", data=hidden(preview))

    assert nothing.status_code == 422
    assert "Välj en fil, eller klistra in raderna." in words(nothing)
    assert "Det här innehåller inklistrat.tsv" in words(preview)
    assert done.status_code == 303
    assert await stands() == [7, 4, 1, 4, 4, 0]


async def test_what_has_changed_since_it_was_looked_through_is_shown_again(enter, town):
    async with await town.work() as work:
        await send(work, town, BOARD)
    http = await enter()
    sent = hidden(await look(http, FILLED))
    async with await town.work() as work:
        await send(work, town, FILLED.replace("8,5%", "7%"))

    again = await http.post(f"{PATH}/las", data=sent)
    async with await town.work(write=False) as work:
        stood = shown(await seen(work, town))[SICK]
    done = await http.post(f"{PATH}/las", data=hidden(again))

    assert again.status_code == 409
    assert "Något har ändrats sedan du såg filen." in words(again)
    assert "Utfall: 7 8,5" in words(again)
    assert stood[2] == 7
    assert done.status_code == 303
    async with await town.work(write=False) as work:
        assert shown(await seen(work, town))[SICK][2] == Decimal("8.5")


async def test_from_an_indicator_one_comes_back_to_it(enter, town):
    async with await town.work() as work:
        await send(work, town, BOARD)
        found = await seen(work, town)
        node = next(row.node.id for row in found.rows if row.node.title == SICK)
    http = await enter()
    page = await http.get(f"socialnamnden/2020/nyckeltal/{node}")
    start = await http.get(f"{PATH}?styrtal={node}")
    preview = await http.post(PATH, data={"styrtal": str(node)}, files={"file": ("m.csv", FILLED)})
    answer = await http.post(f"{PATH}/las", data=hidden(preview))

    assert f"{PATH}?styrtal={node}" in page.text
    assert f'name="styrtal" value="{node}"' in start.text
    assert answer.headers["location"].endswith(f"/socialnamnden/2020/nyckeltal/{node}")


@pytest.mark.parametrize("who", ["employee", "auditor", "manager"])
async def test_without_the_right_no_file_is_kept(enter, stands, files, who):
    http = await enter(who)
    page = await http.get(PATH)
    refused = await look(http, BOARD)

    assert page.status_code == 200
    assert "Du kan läsa men inte ändra här." in words(page)
    assert 'name="file"' not in page.text
    assert refused.status_code == 403
    assert (await http.get(f"{PATH}/mall.xlsx")).status_code == 403
    assert (await stands(), await files()) == ([0] * 6, 0)


async def test_in_a_locked_year_no_file_is_kept(enter, town, stands, files):
    http = await enter()
    sent = hidden(await look(http, BOARD))
    async with await town.work() as work:
        await lock_year(work, 2020)
    page, refused = await http.get(PATH), await look(http, BOARD)
    late = await http.post(f"{PATH}/las", data=sent)

    for each, status in ((page, 200), (refused, 409), (late, 409)):
        assert each.status_code == status
        assert "2020 är låst sedan" in words(each)
    assert (await stands(), await files()) == ([0] * 6, 1)


async def test_a_year_without_a_steering_model_says_so(enter):
    http = await enter()
    page = await http.get(PATH.replace("2020", "2026"))
    assert "Det finns ingen styrmodell för 2026" in words(page)
    assert 'name="file"' not in page.text


async def test_another_municipalitys_unit_and_file_are_not_there(
    enter, town, new_town, runtime, settings, stands
):
    neighbour = await new_town("Grannen")
    async with clients(runtime, settings, neighbour) as make:
        theirs = await make()
        async with await neighbour.work() as work:
            await create_model(work, year=2020, name="Grannen", levels=LEVELS)
        sent = hidden(await look(theirs, BOARD))
    http = await enter()
    elsewhere = await http.get(PATH.replace("socialnamnden", "ingen-enhet"))
    foreign = await http.post(f"{PATH}/las", data=sent)
    absent = await http.post(f"{PATH}/las", data=sent | {"file_id": str(uuid7())})

    assert elsewhere.status_code == foreign.status_code == absent.status_code == 404
    assert words(foreign) == words(absent)
    assert await stands() == [0] * 6


async def test_the_template_read_in_as_it_is_changes_nothing(town):
    unit_id = town.units["committee"].id
    async with await town.work() as work:
        await send(work, town, BOARD)
        await send(work, town, FILLED)
        name, data = await import_template(work, unit_id=unit_id, year=2020)
        found = await import_board(work, unit_id=unit_id, year=None, name=name, data=data)

    assert name == "Östhammar – Målanalys Socialnämnden 2020.xlsx"
    heading, *rows = read_table(name, data).rows
    assert heading.cells == (
        *("Nämndmål", "Mål", "Styrtal", "Utfall 2020", "Utfall kvinna 2020"),
        *("Utfall man 2020", "Måltal 2020", "Kommentar"),
    )
    assert rows[0].cells[2:] == (SICK, "8,5", "", "", "9", "")
    assert len(rows) == 4
    assert found.errors == ()
    assert (found.year, found.created, found.updated, found.unchanged) == (2020, 0, 0, 6)


async def test_the_template_comes_as_a_file(enter):
    http = await enter()
    answer = await http.get(f"{PATH}/mall.xlsx")
    assert answer.status_code == 200
    assert answer.headers["content-disposition"].startswith("attachment; filename=")
    assert answer.content.startswith(b"PK")
