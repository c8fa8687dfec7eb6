"""The ten everyday tasks: each within its number of clicks, and each by the keyboard alone.

Clicks are counted as people count: what opens, chooses or finishes. Typing, Tab and Enter in a
field are free. The numbers to stay within are the project's own; the sum of them is 33.
"""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from io import BytesIO
from typing import Any

import pytest
from busy_unit import make_busy
from docx import Document
from goal_grid import PATH, make_board
from playwright.async_api import Locator, Page, expect
from ui_checks import Clicks

from roder.infra.periods import Period
from roder.platform.modules.reports.models import ChapterKind, Report
from roder.platform.modules.reports.service import (
    ChapterContent,
    add_chapter,
    add_template,
    start_report,
)

SAVED = "Alla ändringar är sparade"
TABS = 250
"""The most steps to anything on a page; a list of hundreds would be walked by its own keys."""


class Hand:
    """Does what a person does with `how`: the mouse, or the keyboard and nothing else."""

    def __init__(self, page: Page, clicks: Clicks, how: str) -> None:
        self.page, self.clicks, self.how = page, clicks, how

    async def use(self, target: Locator, *, key: str = "Enter") -> None:
        """Press a button, follow a link, open what folds, tick a box."""
        if self.how == "mouse":
            await self.clicks.click(target)
            return
        await self.reach(target)
        await self.page.keyboard.press(key)
        self.clicks.done.append(f"{key} {target}")

    async def write(self, target: Locator, text: str) -> None:
        """Go to a field and write in it. With the mouse that is a click."""
        if self.how == "mouse":
            await self.clicks.click(target)
        else:
            await self.reach(target)
            self.clicks.done.append(f"into {target}")
        await self.page.keyboard.type(text)

    async def reach(self, target: Locator) -> None:
        await target.first.wait_for(state="attached")
        for _step in range(TABS):
            if await target.first.evaluate("(one) => one === document.activeElement"):
                return
            await self.page.keyboard.press("Tab")
        raise AssertionError(f"not to be reached by Tab: {target}")


@dataclass
class Stage:
    """What the tasks are done with."""

    visit: Any
    town: Any
    how: str

    async def open(self, path: str, *, at_most: int, who: str = "manager") -> Hand:
        page = await self.visit(self.town, who, path)
        return Hand(page, Clicks(page, at_most=at_most), self.how)


Task = Callable[[Stage], Awaitable[Hand]]


async def enter_an_outcome(stage: Stage) -> Hand:
    await make_busy(stage.town)
    hand = await stage.open("mitt-arbete", at_most=1)
    await hand.write(hand.page.get_by_label("Utfall"), "8,4")
    await hand.page.keyboard.press("Enter")
    await hand.page.locator(".said", has_text="Sparat.").wait_for()
    return hand


async def fill_a_row(stage: Stage) -> Hand:
    board = await make_board(stage.town)
    hand = await stage.open(PATH, at_most=1)
    await hand.write(hand.page.locator(board.field("full_time", "total")), "")
    for text in ("37", "36", "45", "38"):
        await hand.page.keyboard.press("Control+A")
        await hand.page.keyboard.type(text)
        await hand.page.keyboard.press("Tab")
    await hand.page.keyboard.press("Tab")  # past the status
    await hand.page.keyboard.type("Fler på heltid")
    await hand.page.keyboard.press("Tab")
    await expect(hand.page.locator("#status")).to_have_text(SAVED)
    return hand


async def set_a_light_by_hand(stage: Stage) -> Hand:
    board = await make_board(stage.town)
    hand = await stage.open(PATH, at_most=2)
    await hand.use(hand.page.locator(board.light("goal")))
    await choose_light(hand, "Ej uppnått")
    await hand.page.keyboard.type("Vi hann inte")
    await hand.page.keyboard.press("Control+Enter")
    await expect(hand.page.locator(board.light("goal"))).to_have_text("Ej uppnått för hand")
    return hand


async def choose_light(hand: Hand, word: str) -> None:
    radio = hand.page.get_by_role("radio", name=word)
    if hand.how == "mouse":
        await hand.clicks.click(radio)
        return
    await hand.page.get_by_role("radio").first.wait_for()
    await hand.reach(hand.page.locator("#sheet input[type=radio]:checked"))
    while not await radio.is_checked():
        await hand.page.keyboard.press("ArrowDown")
    hand.clicks.done.append(f"choose {word}")
    await hand.reach(hand.page.get_by_label("Motivering"))


async def close_an_activity(stage: Stage) -> Hand:
    await make_busy(stage.town)
    hand = await stage.open("mitt-arbete", at_most=2)
    await hand.use(hand.page.get_by_text("Avsluta…"))
    await hand.page.keyboard.press("Tab")
    await hand.page.keyboard.press("Tab")
    await hand.page.keyboard.type("Alla samtal är hållna.")
    await hand.use(hand.page.locator("details[open]").get_by_role("button", name="Spara"))
    await hand.page.get_by_text("Hälsosamtal: Avslutad.").wait_for()
    return hand


async def change_unit_and_year(stage: Stage) -> Hand:
    await make_board(stage.town)
    await make_busy(stage.town)
    hand = await stage.open("kommunfullmaktige/2026/malanalys", at_most=3, who="employee")
    await hand.use(hand.page.locator("#unit-picker"))
    await expect(hand.page.locator("#unit-wanted")).to_be_focused()
    await hand.page.keyboard.type("hem")
    await hand.page.keyboard.press("Enter")
    await hand.page.wait_for_url(re.compile("/hemtjanst-ost/2026/malanalys"))
    await hand.use(hand.page.locator("#year-picker summary"))
    years = hand.page.locator("#year-picker").get_by_role("link")
    await hand.use(years.last)
    await hand.page.wait_for_url(re.compile("/hemtjanst-ost/20[0-9]{2}/malanalys"))
    return hand


async def write_a_section(stage: Stage) -> Hand:
    await make_busy(stage.town)
    hand = await stage.open("mitt-arbete", at_most=2)
    await hand.use(hand.page.get_by_role("link", name="Skriv 1 Inledning"))
    await hand.page.locator(".ProseMirror-focused").wait_for()
    await hand.page.keyboard.type("Ett gott år.")
    await hand.use(hand.page.get_by_role("button", name="Klar och nästa avsnitt"))
    await expect(hand.page.locator("#section-title")).to_have_text("2 Analys")
    return hand


async def write_a_whole_report(stage: Stage) -> Hand:
    await make_report(stage.town)
    hand = await stage.open("hemtjanst-ost/2026/rapporter", at_most=15)
    await hand.use(hand.page.get_by_role("link", name="Skriv Kvalitetsrapport"))
    for number in range(1, 14):
        await expect(hand.page.locator("#section-title")).to_contain_text(f"{number} ")
        if number != 2:
            await hand.page.locator(".ProseMirror-focused").wait_for()
            await hand.page.keyboard.type(f"Det här är avsnitt {number}.")
        await hand.use(hand.page.get_by_role("button", name="Klar och nästa avsnitt"))
        told = f"Klart. {number}/13" if number < 13 else "Klart. Det var det sista avsnittet."
        await expect(hand.page.locator("#notice")).to_contain_text(told)
    await hand.use(hand.page.get_by_role("button", name="Klarmarkera hela rapporten"))
    await expect(hand.page.locator("#notice")).to_contain_text("Hela rapporten är klarmarkerad.")
    return hand


async def export_to_word(stage: Stage) -> Hand:
    await make_report(stage.town)
    hand = await stage.open("hemtjanst-ost/2026/laget", at_most=2)
    await fetch_word(hand)
    return hand


async def fetch_word(hand: Hand) -> bytes:
    menu = hand.page.get_by_role("navigation", name="Huvudmeny")
    await hand.use(menu.get_by_role("link", name="Rapporter"))
    await hand.page.wait_for_url(re.compile("/rapporter$"))
    await hand.use(hand.page.get_by_role("button", name=re.compile("^Word")))
    link = hand.page.locator("#export").get_by_role("link")
    await link.wait_for()
    address = str(await link.get_attribute("href"))
    answer = await hand.page.request.get(f"{hand.page.url.split('/town-')[0]}{address}")
    return await answer.body()


async def write_in_word_and_read_it_back(stage: Stage) -> Hand:
    await make_report(stage.town)
    hand = await stage.open("hemtjanst-ost/2026/laget", at_most=5)
    file = edited(await fetch_word(hand))
    await hand.use(hand.page.get_by_role("link", name=re.compile("^Läs in Word")))
    await hand.page.wait_for_url(re.compile("/word-in$"))
    # The file is chosen in a window of the operating system, opened by one click.
    hand.clicks.done.append("choose the file")
    name, kind = "rapport.docx", "application/octet-stream"
    await hand.page.get_by_label("Word-fil").set_input_files(
        {"name": name, "mimeType": kind, "buffer": file}
    )
    await hand.use(hand.page.get_by_role("button", name="Stämmer, lägg in"))
    await hand.page.get_by_text(re.compile("12 avsnitt")).first.wait_for()
    return hand


def edited(file: bytes) -> bytes:
    """The report as somebody has written in it: a sentence below every heading."""
    document = Document(BytesIO(file))
    for paragraph in list(document.paragraphs):
        if str(paragraph.style.name).startswith("Heading") and "Kapitel" in paragraph.text:
            after = document.add_paragraph(f"Skrivet i Word om {paragraph.text}.")
            paragraph._p.addnext(after._p)
    kept = BytesIO()
    document.save(kept)
    return kept.getvalue()


async def see_how_ones_unit_is_doing(stage: Stage) -> Hand:
    await make_board(stage.town)
    hand = await stage.open("", at_most=0, who="employee")
    await expect(hand.page.get_by_role("heading", level=1)).to_contain_text("Läget för")
    return hand


TASKS: dict[str, tuple[Task, int]] = {
    "Enter one outcome": (enter_an_outcome, 1),
    "Fill a row": (fill_a_row, 1),
    "Set a goal's colour by hand": (set_a_light_by_hand, 2),
    "Comment and close one activity": (close_an_activity, 2),
    "Change unit and year": (change_unit_and_year, 3),
    "Write one section and mark it as done": (write_a_section, 2),
    "Write a whole report": (write_a_whole_report, 15),
    "Export to Word": (export_to_word, 2),
    "Write in Word and read it back": (write_in_word_and_read_it_back, 5),
    "See how one's unit is doing": (see_how_ones_unit_is_doing, 0),
}


def test_the_numbers_add_up():
    assert sum(most for _task, most in TASKS.values()) == 33


@pytest.mark.parametrize("name", TASKS)
async def test_a_task_takes_no_more_clicks_than_it_should(visit, town, name):
    task, most = TASKS[name]

    hand = await task(Stage(visit, town, "mouse"))

    assert len(hand.clicks.done) <= most, hand.clicks.done


@pytest.mark.parametrize("name", TASKS)
async def test_a_task_is_done_by_the_keyboard_alone(visit, town, name):
    task, _most = TASKS[name]

    await task(Stage(visit, town, "keyboard"))


async def make_report(town) -> Report:
    """Home care's report of 2026: twelve sections to write, and the second made of the goals."""
    await make_board(town)
    async with await town.work() as work:
        template = await add_template(work, key="quality", title={"sv": "Kvalitetsrapport"})
        for number in range(1, 14):
            kind = ChapterKind.GOAL_ANALYSIS if number == 2 else ChapterKind.TEXT
            content = ChapterContent(title=f"Kapitel {number}", kind=kind)
            await add_chapter(work, template.id, content=content)
        return await start_report(
            work,
            template_id=template.id,
            unit_id=town.units["home_care"].id,
            period=Period(2026),
        )
