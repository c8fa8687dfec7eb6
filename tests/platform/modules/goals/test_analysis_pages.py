"""The page Goal analysis over HTTP, as those without scripts have it."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import contextmanager
from decimal import Decimal
from html import unescape

import httpx
import pytest
from goal_grid import PATH, Board, make_board
from sqlalchemy import event, select

from roder.infra.runtime import Runtime
from roder.infra.settings import Settings
from roder.platform.app import create_app
from roder.platform.modules import MODULES
from roder.platform.modules.goals.locks import lock_year
from roder.platform.modules.goals.models import HandLight, NodeComment, Outcome
from roder.tenants.actors import service
from roder.tenants.sessions import SESSION_COOKIE, start_session
from roder.tenants.work import open_work

Visit = Callable[..., Awaitable[httpx.AsyncClient]]
SCRIPT = {"HX-Request": "true"}
TOO_LARGE = "Andelen kan inte vara större än 100 %. Du skrev {}. Menade du 77?"


@pytest.fixture
async def board(town) -> Board:
    return await make_board(town)


@pytest.fixture
async def enter(runtime: Runtime, settings: Settings, town) -> AsyncIterator[Visit]:
    """`http = await enter("manager")` asks below the municipality, signed in."""
    app = create_app(settings)
    app.state.runtime, app.state.modules = runtime, MODULES
    app.state.page_paths = {
        route.name: route.path for route in app.routes if hasattr(route, "path")
    }
    clients: list[httpx.AsyncClient] = []

    async def make(who: str) -> httpx.AsyncClient:
        async with open_work(runtime, town.tenant, service(), write=True) as work:
            key = await start_session(work, town.people[who].id)
        client = httpx.AsyncClient(
            transport=httpx.ASGITransport(app),
            base_url=f"http://roder.example/{town.tenant.slug}/",
            cookies={SESSION_COOKIE: key},
            headers={"accept": "text/html", "accept-language": "sv"},
        )
        clients.append(client)
        return client

    yield make
    for client in clients:
        await client.aclose()


@pytest.fixture
def statements(runtime: Runtime):
    """What is sent to the database within a block."""

    @contextmanager
    def note():
        noted: list[str] = []

        def hear(_connection, _cursor, statement, *_rest):
            noted.append(statement)

        engine = runtime.engine.sync_engine
        event.listen(engine, "before_cursor_execute", hear)
        yield noted
        event.remove(engine, "before_cursor_execute", hear)

    return note


@pytest.fixture
def kept(town, board):
    """The figure that stands, as it is stored."""

    async def ask(name: str, part: str = "total", period: str = "2026") -> Decimal | None:
        async with await town.work(write=False) as work:
            outcome = await work.first(
                select(Outcome).where(
                    Outcome.node_id == board.nodes[name], Outcome.period == period
                )
            )
            return getattr(outcome, part) if outcome else None

    return ask


def words(html: str) -> str:
    """What is read, without the marks."""
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", html)).split())


def light(board: Board, html: str, name: str) -> str:
    """The word of a row's light."""
    found = re.search(rf'<a id="l-{board.nodes[name]}"[^>]*>(.*?)</a>', html, re.DOTALL)
    assert found is not None
    return words(found[1])


async def save(http, board, name, part, value, was="", **more):
    sent = {part: value, "was": was, **more}
    return await http.post(f"{PATH}/rad/{board.nodes[name]}", data=sent, headers=SCRIPT)


async def test_the_page_shows_the_thread_with_its_figures_and_lights(enter, board):
    html = (await (await enter("employee")).get(PATH)).text

    assert "En attraktiv arbetsgivare" in html
    assert light(board, html, "climate") == "Uppnått"
    assert light(board, html, "men") == "Värde saknas"
    assert light(board, html, "goal") == "Ingen färg än"
    assert "3 av 10 värden saknas." in words(html)


async def test_a_reader_sees_figures_without_fields_and_whom_to_ask(enter, board):
    html = (await (await enter("employee")).get(PATH)).text

    assert "<input name=" not in html
    assert "Du kan läsa men inte ändra här. Bara Mona Chef eller Lo Lokal kan ändra." in words(html)


async def test_who_reports_for_another_unit_only_reads(enter, town, board):
    html = (await (await enter("manager")).get("socialnamnden/2026/malanalys")).text

    assert "<input name=" not in html


async def test_a_saved_figure_answers_the_lights_of_the_row_and_the_goals_above(enter, board, kept):
    http = await enter("manager")

    answer = await save(http, board, "men", "total", "12,5")

    assert answer.status_code == 200
    assert await kept("men") == Decimal("12.5")
    assert light(board, answer.text, "men") == "Ej uppnått"
    assert light(board, answer.text, "goal") == "Ej uppnått"
    assert light(board, answer.text, "top") == "Ingen färg än"
    assert "2 av 10 värden saknas." in words(answer.text)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("sju", '"sju" är inte ett tal. Skriv till exempel 77 eller 76,5.'),
        (
            "770",
            f"{TOO_LARGE.format(770)} Ja, skriv 77 Nej, 770 stämmer",
        ),
        (
            "7700",
            f"{TOO_LARGE.format(7700)} Ja, skriv 77",
        ),
    ],
)
async def test_a_figure_that_cannot_be_is_refused_with_what_to_do(enter, board, kept, text, told):
    answer = await save(await enter("manager"), board, "men", "total", text)

    assert (answer.status_code, words(answer.text)) == (422, told)
    assert await kept("men") is None


async def test_who_is_sure_of_a_large_share_keeps_it(enter, board, kept):
    http = await enter("manager")

    answer = await save(http, board, "men", "total", "103", sure="103")
    again = await save(http, board, "men", "total", "103", was="103")

    assert (answer.status_code, again.status_code) == (200, 200)
    assert await kept("men") == 103


async def test_parts_that_do_not_fit_are_saved_with_a_warning(enter, board, kept):
    answer = await save(await enter("manager"), board, "full_time", "total", "81", was="36,0")

    assert answer.status_code == 200
    assert "Kvinnor 35 och män 44 kan inte ge totalt 81. Kontrollera talen." in words(answer.text)
    assert await kept("full_time") == 81


async def test_a_field_that_someone_else_has_saved_tells_who_and_what(enter, town, board, kept):
    http = await enter("manager")
    await save(await enter("local"), board, "climate", "total", "76", was="77")

    answer = await save(http, board, "climate", "total", "78", was="77")

    assert answer.status_code == 409
    assert re.fullmatch(
        r"Lo Lokal ändrade samma ruta kl\. \d\d\.\d\d\. Där står nu 76\. Du skrev 78\."
        r" Behåll mitt Ta den andras",
        words(answer.text),
    )
    assert await kept("climate") == 76


async def test_the_same_figure_from_two_people_is_no_conflict(enter, board, kept):
    await save(await enter("local"), board, "climate", "total", "76", was="77")

    answer = await save(await enter("manager"), board, "climate", "total", "76,0", was="77")

    assert answer.status_code == 200
    assert await kept("climate") == 76


async def test_a_reader_cannot_save(enter, board, kept):
    answer = await save(await enter("employee"), board, "climate", "total", "1", was="77")

    assert answer.status_code == 403
    assert await kept("climate") == 77


async def test_a_locked_year_shows_its_figures_and_refuses_changes(enter, town, board, kept):
    async with await town.work() as work:
        await lock_year(work, 2026)
    http = await enter("manager")

    html = (await http.get(PATH)).text
    answer = await save(http, board, "climate", "total", "1", was="77")

    assert "2026 är låst sedan" in words(html)
    assert "<input name=" not in html
    assert answer.status_code == 409
    assert await kept("climate") == 77


async def test_a_comment_is_kept_and_shown_in_the_report_or_not(enter, town, board):
    http = await enter("manager")

    await save(http, board, "goal", "comment", "Vi är nöjda.\n- med allt")
    await save(http, board, "goal", "in_report", "", was="on")

    async with await town.work(write=False) as work:
        [comment] = await work.scalars(select(NodeComment))
    assert (comment.text, comment.in_report) == ("<p>Vi är nöjda.</p><p>- med allt</p>", False)
    assert "Vi är nöjda.\n- med allt</textarea>" in (await http.get(PATH)).text


async def test_a_row_is_saved_without_scripts_and_the_page_shown_again(enter, board, kept):
    http = await enter("manager")
    html = (await http.get(PATH)).text
    address = re.search(rf'action="([^"]*/rad/{board.nodes["men"]}[^"]*)"', html)
    assert address is not None

    answer = await http.post(
        f"http://roder.example{unescape(address[1])}",
        data={"total": "14,5", "target": "14", "comment": "Bra", "in_report": "on"},
    )

    assert answer.status_code == 303
    assert answer.headers["location"].endswith(f"/malanalys#r-{board.nodes['men']}")
    assert await kept("men") == Decimal("14.5")


async def test_a_row_with_a_fault_is_shown_again_without_scripts_and_nothing_is_kept(
    enter, board, kept
):
    answer = await (await enter("manager")).post(
        f"{PATH}/rad/{board.nodes['men']}", data={"total": "sju", "target": "15"}
    )

    assert answer.status_code == 422
    assert 'value="sju"' in answer.text
    assert '"sju" är inte ett tal.' in words(answer.text)
    assert await kept("men", "target") == 14


async def test_a_row_that_someone_else_has_saved_is_not_overwritten_without_scripts(
    enter, board, kept
):
    http = await enter("manager")
    seen = re.search(r"sedd=(\d+)", (await http.get(PATH)).text)
    assert seen is not None
    await save(await enter("local"), board, "climate", "total", "70", was="77")

    answer = await http.post(
        f"{PATH}/rad/{board.nodes['climate']}?sedd={seen[1]}", data={"total": "78", "target": "76"}
    )

    assert answer.status_code == 422
    assert "Lo Lokal ändrade samma ruta" in words(answer.text)
    assert await kept("climate") == 70


async def test_a_block_keeps_what_fits_and_tells_of_the_rest(enter, board, kept):
    sent = {
        f"{board.nodes['climate']}.total": "80",
        f"{board.nodes['full_time']}.women": "36",
        f"{board.nodes['men']}.total": "sju",
        f"{board.nodes['men']}.target": "12,55",
    }

    answer = await (await enter("manager")).post(f"{PATH}/klistra", data=sent, headers=SCRIPT)

    assert answer.status_code == 422
    assert await kept("climate") == 80
    assert await kept("full_time", "women") == 36
    assert (await kept("men"), await kept("men", "target")) == (None, 14)
    assert answer.text.count('role="alert"') == 2


async def test_a_block_takes_few_statements_however_large(enter, board, statements):
    http = await enter("manager")
    few = {f"{board.nodes[name]}.total": "81" for name in ("climate", "men")}
    many = {f"{board.nodes[name]}.total": "82" for name in ("climate", "full_time", "leave")}

    counts = []
    for sent in (few, many):
        with statements() as noted:
            await http.post(f"{PATH}/klistra", data=sent, headers=SCRIPT)
        counts.append(len(noted))

    assert counts[1] <= counts[0] + 2  # rows in which other columns change are sent apart


async def test_a_light_is_set_by_hand_and_taken_back(enter, town, board):
    http = await enter("manager")
    address = f"{PATH}/ljus/{board.nodes['goal']}"

    red = await http.post(address, data={"light": "red", "reason": "Vi hann inte"}, headers=SCRIPT)
    shown = (await http.get(address, headers=SCRIPT)).text
    back = await http.post(address, data={"light": "auto"}, headers=SCRIPT)

    assert light(board, red.text, "goal") == "Ej uppnått för hand"
    assert "Mona Chef" in shown
    assert "Vi hann inte" in shown
    assert light(board, back.text, "goal") == "Ingen färg än"


async def test_green_by_hand_over_something_that_is_not_green_is_refused(enter, town, board):
    http = await enter("manager")
    await save(http, board, "men", "total", "1")

    answer = await http.post(
        f"{PATH}/ljus/{board.nodes['goal']}",
        data={"light": "green", "reason": "Nästan"},
        headers=SCRIPT,
    )

    assert answer.status_code == 409
    assert "Målet kan inte bli grönt" in words(answer.text)
    assert "Nästan</textarea>" in answer.text
    async with await town.work(write=False) as work:
        assert await work.scalars(select(HandLight)) == []


async def test_a_light_without_a_reason_is_refused(enter, board):
    answer = await (await enter("manager")).post(
        f"{PATH}/ljus/{board.nodes['goal']}", data={"light": "red", "reason": " "}, headers=SCRIPT
    )

    assert answer.status_code == 422
    assert "Skriv varför du ändrar färgen. Texten syns i historiken." in words(answer.text)


async def test_a_reader_learns_why_a_light_burns_and_why_it_cannot_be_changed(enter, board):
    html = (await (await enter("employee")).get(f"{PATH}/ljus/{board.nodes['climate']}")).text
    goal = (await (await enter("employee")).get(f"{PATH}/ljus/{board.nodes['goal']}")).text

    assert "Styrtalet är grönt: utfallet 77 är över måltalet 76" in words(html)
    assert "Bara Mona Chef eller Lo Lokal kan ändra." in words(goal)


async def test_an_activity_is_ended_with_its_comment(enter, town, board):
    http = await enter("manager")
    address = f"{PATH}/aktivitet/{board.nodes['talks']}"

    html = (await http.get(address)).text
    answer = await http.post(address, data={"state": "done", "comment": "Alla hade sitt samtal."})

    assert '<option value="done" selected>' in html
    assert answer.status_code == 303
    shown = words((await http.get(PATH)).text)
    assert "1 uppdrag, 2 aktiviteter (1 inte avslutad, 1 utan kommentar)" in shown


async def test_only_what_is_missing_is_shown(enter, board):
    html = (await (await enter("manager")).get(f"{PATH}?visa=saknas")).text

    assert "Andel män" in html
    assert "Arbetsmiljö" not in html
    assert "Hälsosamtal" not in html


async def test_a_filter_without_anything_missing_says_so(enter, town, board):
    http = await enter("manager")
    for name, part in (("men", "total"), ("leave", "total"), ("leave", "target")):
        await save(http, board, name, part, "14")

    html = (await http.get(f"{PATH}?visa=saknas")).text

    assert "Inga värden saknas. Bra jobbat. Visa alla styrtal" in words(html)


async def test_the_usual_table_has_eight_columns_and_the_classic_one_fourteen(enter, board):
    http = await enter("manager")

    usual = re.findall(r'<th scope="col"[^>]*>([^<]*\b)', (await http.get(PATH)).text)
    classic = re.findall(
        r'<th scope="col"[^>]*>([^<]*\b)', (await http.get(f"{PATH}?vy=klassisk")).text
    )
    later = re.findall(r'<th scope="col"[^>]*>([^<]*\b)', (await http.get(PATH)).text)

    assert usual == "Mål och styrtal,Utfall,Kvinnor,Män,Måltal,Trend,Status,Kommentar".split(",")
    assert classic == (
        "Nämndmål,Kommentar,Mål,Kommentar,Styrtal,Utfall,Kvinnor,Män,Måltal,Kommentar,"
        "Uppdrag,Kommentar,Aktivitet,Kommentar"
    ).split(",")
    assert later == classic


async def test_columns_are_chosen_one_by_one_and_remembered(enter, board):
    http = await enter("manager")

    html = (await http.get(f"{PATH}?kolumn=total&kolumn=light&kolumn=goal")).text
    later = (await http.get(PATH)).text

    for shown in (html, later):
        assert re.findall(r'<th scope="col"[^>]*>([^<]*\b)', shown) == [
            "Mål",
            "Styrtal",
            "Utfall",
            "Status",
        ]


async def test_a_period_within_the_year_has_its_own_values(enter, board, kept):
    http = await enter("manager")

    html = (await http.get(f"{PATH}?period=2026-03")).text
    sent = {"total": "5,5", "was": ""}
    await http.post(f"{PATH}/rad/{board.nodes['leave']}?period=2026-03", data=sent, headers=SCRIPT)

    assert "Mars 2026" in words(html)
    assert await kept("leave", period="2026-03") == Decimal("5.5")
    assert await kept("leave", period="2026-12") is None


@pytest.mark.parametrize("period", ["2025", "2026-13", "hej", "2027-T1"])
async def test_a_period_of_another_year_is_no_page(enter, board, period):
    answer = await (await enter("manager")).get(f"{PATH}?period={period}")

    assert answer.status_code == 404


async def test_a_year_without_a_plan_says_where_goals_are_set(enter, board):
    own = words((await (await enter("manager")).get(PATH.replace("2026", "2030"))).text)
    reader = words((await (await enter("employee")).get(PATH.replace("2026", "2030"))).text)

    assert "Här finns inga mål för 2030 än. Målen sätts i Strategisk planering." in own
    assert "Enheten har inte publicerat några mål för 2030." in reader


@pytest.mark.parametrize("part", ["rad", "ljus", "kommentar", "aktivitet"])
async def test_what_is_not_there_is_not_found(enter, board, part):
    http = await enter("manager")

    answers = [
        await http.post(f"{PATH}/{part}/{id}", data={"total": "1", "light": "red"})
        for id in ("nej", "018f4b1a-0000-7000-8000-000000000000")
    ]

    assert [answer.status_code for answer in answers] == [404, 404]
