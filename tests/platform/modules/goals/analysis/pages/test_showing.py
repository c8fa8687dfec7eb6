"""Lights, activities, columns and periods of the goal analysis."""

from __future__ import annotations

import re
from decimal import Decimal

import pytest
from goal_grid import PATH
from goal_grid_http import SCRIPT, light, save, words
from sqlalchemy import select

from roder.platform.modules.goals.models import HandLight

TOO_LARGE = "Andelen kan inte vara större än 100 %. Du skrev {}. Menade du 77?"


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


async def test_a_trend_is_a_picture_with_its_figures_in_words(enter, board):
    html = (await (await enter("manager")).get(PATH)).text

    assert html.count('viewBox="0 0 80 24"') == 1
    assert 'aria-label="Utfall 2025–2026: 74, 77. Måltal: 75, 76."' in html
    assert "&#34;" not in html
