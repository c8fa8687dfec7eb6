"""The five examples answer what they say they do, and nothing of it to another municipality."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path

import docx
import httpx
import pypdf
import pytest

from roder.platform.demonstration.osthammar import OSTHAMMAR
from roder.platform.demonstration.osthammar_goals import (
    FULL_TIME,
    GOAL,
    IMPRESSION,
    MEN,
    SICK_LEAVE,
)
from roder.platform.modules import MODULES
from roder.tenants.rows import uuid7

ROOT = Path(__file__).parents[3]
API = ROOT / "infra" / "docs" / "api"
BOARD = ROOT / "platform" / "demonstration" / "socialnamnden.tsv"
ABSENT = {type_: f"{type_}:{uuid7()}" for type_ in ("Unit", "Report", "StoredFile")}
COMMITTEE_GOAL = (
    "Socialnämnden är en attraktiv arbetsgivare som arbetar strategiskt med personalförsörjning "
    "för att säkerställa att rätt kompetens finns tillgänglig"
)
FILE = "Östhammars kommun – Kvalitets- och verksamhetsberättelse 2020 – Socialnämnden"
CAPTIONS = ("Utfall 2020", "Utfall kvinna 2020", "Utfall man 2020", "Måltal 2020")
HEADINGS = (
    ("1", "Inledning"),
    ("2", "Resultat, måluppfyllelse & analys"),
    ("2.1", "Måluppfyllelse"),
    ("2.2", "Ekonomiskt utfall"),
    ("2.3", "Redovisning riskanalyser"),
    ("2.4", "Redovisning egenkontroller"),
    ("2.5", "Processer & rutiner som reviderats"),
    ("2.6", "Analys anhörigperspektivet"),
    ("2.7", "Analys våld i nära relationer"),
    ("2.8", "Sammanfattning Lex Sarah"),
    ("2.9", "Analys enkäter & brukarundersökningar"),
    ("3", "Genomförda satsningar"),
    ("4", "Sammanfattande analys"),
    ("5", "Omvärldsanalys och framtida satsningar"),
    ("", "Bilagor"),
)
"""Those of the instruction of 2020, with 2.6 mended."""


@pytest.fixture
async def committee(osthammar) -> str:
    """The id of the social services' committee."""
    units = (await osthammar.ask("01"))["units"]
    return next(unit["id"] for unit in units if unit["code"] == "SN")


async def test_01_tells_who_asks_and_shows_the_tree(osthammar):
    found = await osthammar.ask("01", on="2025-12-31")

    assert found["municipality"] == {
        "name": "Östhammars kommun",
        "modules": [
            {"name": module.name, "on": module.core or module.name in OSTHAMMAR.modules}
            for module in MODULES
        ],
    }
    assert found["me"]["name"] == "Gunvor Grindslant"
    assert found["me"]["grants"] == [{"role": "full_administrator", "unit": None}]
    assert {"name": "goals.import", "everywhere": True} in found["me"]["permissions"]
    codes = {unit["id"]: unit["code"] for unit in found["units"]}
    above = {unit["code"]: codes.get((unit["parent"] or {}).get("id")) for unit in found["units"]}
    assert above == {
        "KF": None,
        **dict.fromkeys(("KS", "SN", "BUN", "KFN", "BMN"), "KF"),
        "KLF": "KS",
        **dict.fromkeys(("SN-HT", "SN-HTA", "SN-EG", "SN-LSS", "SN-IFO", "SN-MYN"), "SN"),
        **dict.fromkeys(("BUN-FSK", "BUN-FRS", "BUN-OLA"), "BUN"),
        **dict.fromkeys(("BUN-FSK-BLA", "BUN-FSK-KOT"), "BUN-FSK"),
    }


async def test_02_gives_every_light_with_its_reason(osthammar, committee):
    found = (await osthammar.ask("02", unitId=committee, period="2025"))["goalAnalysis"]

    assert (found["unitName"], found["periodName"], found["missing"]) == (
        "Socialnämnden",
        "2025",
        0,
    )
    lights = {row["node"]["title"]: row["light"] for row in found["rows"] if row["light"]}
    assert {title: (light["light"], light["why"]) for title, light in lights.items()} == {
        COMMITTEE_GOAL: ("RED", "WORST_CHILD"),
        GOAL: ("RED", "WORST_CHILD"),
        SICK_LEAVE: ("GREEN", "WITHIN_GREEN_LIMIT"),
        IMPRESSION: ("GREEN", "WITHIN_GREEN_LIMIT"),
        FULL_TIME: ("GREEN", "WITHIN_GREEN_LIMIT"),
        MEN: ("RED", "BEYOND_LIMITS"),
    }
    children = lights[GOAL]["children"]
    assert children[:4] == [
        {"title": SICK_LEAVE, "light": "GREEN"},
        {"title": IMPRESSION, "light": "GREEN"},
        {"title": FULL_TIME, "light": "GREEN"},
        {"title": MEN, "light": "RED"},
    ]
    # What a unit below has put under the goal counts too, and does not stand in this view.
    assert [child["title"] for child in children[4:]] == [
        "Sjukfrånvaro per månad",
        "Antal medarbetare som en brukare möter under 14 dagar",
    ]
    assert lights[MEN]["sentence"] == (
        "Styrtalet är rött: utfallet 12,4\xa0% är under måltalet 14,0\xa0%, och högre är bättre."
    )
    assert found["warnings"] == []


async def test_03_sets_a_value_and_shows_the_light_that_follows(osthammar, committee):
    place = {"unitId": committee, "period": "2026"}

    async def light_of_men() -> tuple[str, str | None]:
        rows = (await osthammar.ask("03", "NewLight", **place))["goalAnalysis"]["rows"]
        [(id, light)] = [
            (row["node"]["id"], row["light"]["light"])
            for row in rows
            if row["node"]["title"] == MEN
        ]
        return id, light

    indicator, before = await light_of_men()
    entry = {"indicatorId": indicator, **place, "total": "14.5"}
    refused = await osthammar.ask("03", "SetOutcome", input={**entry, "total": "14.55"})
    assert await light_of_men() == (indicator, None)

    found = (await osthammar.ask("03", "SetOutcome", input=entry))["setOutcome"]

    assert before is None
    assert refused["setOutcome"]["code"] == "INVALID_INPUT"
    assert refused["setOutcome"]["field"] == "total"
    assert (found["period"], found["total"], found["target"]) == ("2026", "14.5", "14")
    assert [version["total"] for version in found["history"]] == [None, "14.5"]
    assert await light_of_men() == (indicator, "GREEN")


async def test_04_tries_a_board_and_then_reads_it_in(osthammar, committee, tmp_path):
    board = tmp_path / "board.tsv"
    board.write_text(f"Nämndmål\tMål\tStyrtal\tMåltal 2026\n{COMMITTEE_GOAL}\t{GOAL}\tNytt\t5\n")
    asked = {"unitId": committee, "fileId": await osthammar.send(board), "year": 2026}

    tried = (await osthammar.ask("04", **asked))["importBoard"]
    read = (await osthammar.ask("04", **asked, dryRun=False))["importBoard"]
    again = (await osthammar.ask("04", **asked))["importBoard"]

    assert tried == read
    assert (read["year"], read["created"], read["unchanged"], read["errors"]) == (2026, 1, 2, [])
    assert (again["created"], again["updated"], again["unchanged"]) == (0, 0, 3)


async def test_05_exports_the_finished_report_and_gives_a_link(osthammar):
    asked = '{ reports(period: "2025", state: DONE) { nodes { id unit { code } } } }'
    reports = (await osthammar.post(asked)).json()["data"]["reports"]["nodes"]
    [report] = [report for report in reports if report["unit"]["code"] == "SN"]

    asked = (await osthammar.ask("05", "ExportReport", reportId=report["id"]))["exportReport"]
    jobs = [event["job"] for event in await osthammar.follow("05", "FollowJob", id=asked["id"])]

    assert [job["file"] for job in jobs[:-1]] == [None] * (len(jobs) - 1)
    assert (jobs[-1]["state"], jobs[-1]["done"], jobs[-1]["total"]) == ("DONE", 4, 4)
    file = jobs[-1]["file"]
    assert file["name"] == (
        "Östhammars kommun – Kvalitets- och verksamhetsberättelse 2025 – Socialnämnden.pdf"
    )
    async with osthammar.http() as http:
        content = (await http.get(file["link"])).content
    assert len(content) == file["size"]
    assert content.startswith(b"%PDF")
    assert "Östhammars kommun" in pypdf.PdfReader(BytesIO(content)).pages[0].extract_text()
    again = await osthammar.follow("05", "FollowJob", id=asked["id"])
    assert [event["job"]["state"] for event in again] == ["DONE"]


async def test_every_example_is_run_here():
    assert [path.name[:2] for path in sorted(API.glob("*.graphql"))] == "01 02 03 04 05".split()


async def test_two_other_municipalities_see_nothing_of_it(osthammar, others, committee):
    reports = await osthammar.post("{ reports(first: 1) { nodes { id } } }")
    report = reports.json()["data"]["reports"]["nodes"][0]["id"]
    file = await osthammar.send(BOARD)
    for other in others:
        stranger = osthammar.with_token(other.token)
        for answer in (await stranger.post("{ __typename }"), await fetch(stranger, file)):
            assert answer.status_code == 401
            assert answer.json()["errors"][0]["extensions"] == {"code": "UNAUTHENTICATED"}
        own_file = await other.send(BOARD)
        foreign = await seen_of(other, unit=committee, report=report, file=file, own=own_file)
        absent = await seen_of(
            other,
            unit=ABSENT["Unit"],
            report=ABSENT["Report"],
            file=ABSENT["StoredFile"],
            own=own_file,
        )
        assert foreign == absent
        assert all(status == 200 and b'"NOT_FOUND"' in said for status, said in foreign[:4])
        assert foreign[4:] == [(404, foreign[4][1]), (200, b'{"data":{"node":null}}')]


async def seen_of(caller, *, unit: str, report: str, file: str, own: str):
    """Status and bytes of what a program gets when it asks about these ids."""
    texts = {path.name[:2]: path.read_text() for path in API.glob("*.graphql")}
    place = {"unitId": unit, "period": "2025"}
    answers = [
        await caller.post(texts["03"], {"input": {**place, "indicatorId": unit}}, "SetOutcome"),
        await caller.post(texts["04"], {"unitId": unit, "fileId": own, "year": 2025}),
        await caller.post(texts["04"], {"unitId": unit, "fileId": file, "year": 2025}),
        await caller.post(texts["05"], {"reportId": report}, "ExportReport"),
        await fetch(caller, file),
        await caller.post("query ($id: ID!) { node(id: $id) { id } }", {"id": report}),
    ]
    return [(answer.status_code, answer.content) for answer in answers]


async def fetch(caller, file: str) -> httpx.Response:
    async with caller.http() as http:
        return await http.get(f"{caller.url.replace('/graphql', '/files')}/{file}")


@pytest.fixture(scope="module")
async def finished(osthammar, tmp_path_factory):
    """A run of the client from the board to the files, and the folder of these."""
    folder = tmp_path_factory.mktemp("report")
    return await osthammar.client("--out", folder), folder


async def test_the_client_makes_a_finished_report_of_the_printed_board(finished):
    ran, folder = finished

    assert (ran.status, ran.told) == (0, "")
    assert ran.said[:7] == [
        "Gunvor Grindslant writes for Socialnämnden, 2020.",
        "The steering model of 2026 is copied to 2020, without its goals.",
        "Dry run of socialnamnden.tsv: 7 new, 0 changed, 0 as before.",
        "Import of socialnamnden.tsv: 7 new, 0 changed, 0 as before.",
        "  Rubrikerna säger 2019; värdena förs in på 2020.",
        "  Nya styrtal: 4. För alla räknas högre som bättre. Ändra det där lägre är bättre.",
        "3 values are missing in 2020.",
    ]
    assert [line.strip() for line in ran.said if line.endswith(": done")] == [
        f"{number:4} {title}: done".strip() for number, title in HEADINGS if number != "2"
    ]
    assert [line for line in ran.said if line.endswith("done 4/4")] == [
        "  PDF done 4/4",
        "  WORD done 4/4",
    ]
    assert sorted(path.name for path in folder.iterdir()) == [f"{FILE}.docx", f"{FILE}.pdf"]


async def test_the_clients_word_file_has_the_headings_of_the_instruction_and_the_goals(finished):
    document = docx.Document(str(finished[1] / f"{FILE}.docx"))

    headings = [part for part in document.paragraphs if part.style.name.startswith("Heading")]
    assert [part.text for part in headings] == ["\t".join(filter(None, one)) for one in HEADINGS]
    assert [part.text for part in document.paragraphs if part.style.name == "Caption"] == [
        "Mål och styrtal 2020",
        "Uppdrag och aktiviteter 2020",
    ]
    _units, goals, activities, *_rest = document.tables
    green, red = "●\xa0Uppnått", "■\xa0Ej uppnått"
    assert [[cell.text for cell in row.cells][:-1] for row in goals.rows] == [
        ["Nämndmål, mål och styrtal", *CAPTIONS, "Status"],
        [f"Nämndmål: {COMMITTEE_GOAL}", "", "", "", "", red],
        [f"Mål: {GOAL}", "", "", "", "", red],
        [SICK_LEAVE, "8,4\xa0%", "", "", "9,0\xa0%", green],
        [IMPRESSION, "77", "", "", "76", green],
        [FULL_TIME, "36\xa0%", "35\xa0%", "44\xa0%", "35\xa0%", green],
        [MEN, "12\xa0%", "", "", "14\xa0%", red],
    ]
    assert [cell.text for cell in activities.rows[-1].cells] == [
        "Insats för att minska sjukfrånvaro",
        "Avslutad",
        "",
        "Alla enheter har en handlingsplan, och insatsen är avslutad.",
    ]


async def test_the_clients_pdf_has_the_municipality_and_the_completed_values(finished):
    content = (finished[1] / f"{FILE}.pdf").read_bytes()

    assert content.startswith(b"%PDF")
    pages = [page.extract_text() for page in pypdf.PdfReader(BytesIO(content)).pages]
    assert len(pages) == 6
    assert pages[0].split() == (
        "Östhammars kommun Kvalitets- och verksamhetsberättelse 2020 Socialnämnden".split()
        + pages[0].split()[-3:]  # the day it was made
    )
    assert all(page.startswith("Östhammars kommun") for page in pages)
    goals = " ".join(pages[3].split())
    for words in (
        "2.1 Måluppfyllelse Mål och styrtal 2020",
        "Andel minskad sjukfrånvaro 8,4 % 9,0 % ● Uppnått",
        "Andel heltidsanställda 36 % 35 % 44 % 35 % ● Uppnått",
        "Andel anställda män 12 % 14 % ■ Ej uppnått",
    ):
        assert words in goals


async def test_the_client_run_again_changes_nothing_and_exports_anew(osthammar, finished, tmp_path):
    text = (
        '{ reports(period: "2020") { nodes { completions { id } sections { version '
        "completions { id } } } } }"
    )
    before = (await osthammar.post(text)).json()

    ran = await osthammar.client("--out", tmp_path)

    assert ran.status == 0
    assert "Import of socialnamnden.tsv: 0 new, 0 changed, 7 as before." in ran.said
    assert (await osthammar.post(text)).json() == before
    assert {path.name for path in tmp_path.iterdir()} == {f"{FILE}.docx", f"{FILE}.pdf"}


async def test_the_client_says_in_plain_words_why_it_stops(osthammar, others, tmp_path):
    other = tmp_path / "other.tsv"
    other.write_text("Namn\tTelefon\nA\t1\n")
    out = tmp_path / "out"

    shape = await osthammar.client("--year", "2026", "--board", other, "--out", out)
    locked = await osthammar.client("--year", "2022", "--out", out)
    stranger = await osthammar.with_token(others[0].token).client("--out", out)

    assert [ran.status for ran in (shape, locked, stranger)] == [1, 1, 1]
    assert shape.told.startswith(
        "The board cannot be read in.\n"
        "row 1: Rubriken känns inte igen. De som går att läsa är Nämndmål, Mål, Styrtal, Uppdrag, "
        "Aktivitet, Kommentar, Utfall (kvinnor, män), Måltal och Prognos.\n"
    )
    assert locked.told.startswith("copySteeringModel was refused: 2022 är låst")
    assert stranger.told == (
        "Refused: Nyckeln är okänd, har gått ut eller är återkallad. Skapa en ny under "
        "API-nycklar.\n"
    )
    assert not out.exists()
