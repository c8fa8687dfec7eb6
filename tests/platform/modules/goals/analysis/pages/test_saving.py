"""Saving in the goal analysis: one field, a row without scripts, a block."""

from __future__ import annotations

import re
from decimal import Decimal
from html import unescape

import pytest
from goal_grid import PATH
from goal_grid_http import SCRIPT, light, save, words
from sent_statements import sent_statements
from sqlalchemy import select

from roder.platform.modules.goals.models import NodeComment
from roder.platform.modules.goals.steering.locks import lock_year

TOO_LARGE = "Andelen kan inte vara större än 100 %. Du skrev {}. Menade du 77?"


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


async def test_a_block_takes_few_statements_however_large(enter, board, runtime):
    http = await enter("manager")
    few = {f"{board.nodes[name]}.total": "81" for name in ("climate", "men")}
    many = {f"{board.nodes[name]}.total": "82" for name in ("climate", "full_time", "leave")}

    counts = []
    for sent in (few, many):
        with sent_statements(runtime) as noted:
            await http.post(f"{PATH}/klistra", data=sent, headers=SCRIPT)
        counts.append(len(noted))

    assert counts[1] <= counts[0] + 2  # rows in which other columns change are sent apart
