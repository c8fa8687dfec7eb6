"""A month of the log reviewed by hand in a browser, from My work to the archive, with the time
that each step took."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any

from playwright.async_api import Download, Page, expect
from reviewed_log import a_month, add_colleagues, add_reviewer, log, on, switch_on
from ui_checks import shoot

from roder.platform.modules.log_review.making import make_lists


class Clock:
    """How long things took, in seconds, by what they are."""

    def __init__(self) -> None:
        self.took: dict[str, float] = {}

    @contextmanager
    def __call__(self, what: str) -> Iterator[None]:
        begun = time.perf_counter()
        yield
        self.took[what] = time.perf_counter() - begun

    def __str__(self) -> str:
        return ", ".join(f"{what} {took:.2f} s" for what, took in self.took.items())


async def list_a_month(town: Any, events: int, clock: Clock) -> None:
    """October of the home care, whose reviewer is Rakel, listed on the first of November."""
    await switch_on(town)
    await add_reviewer(town)
    people = await add_colleagues(town)
    await log(town, a_month(town, people, events, year=2026, month=10))
    with clock("making the list"):
        async with await town.work() as work:
            made = await make_lists(on(work, date(2026, 11, 1)))
    assert made.events == events


async def review_by_hand(page: Page, events: int, clock: Clock) -> None:
    """Begins on My work. All is done with the keyboard where it is done again and again."""
    with clock("opening the list"):
        await page.get_by_role("link", name="Öppna").first.click()
        await page.get_by_role("heading", level=1, name="Hemtjänst Öst").wait_for()
        await page.wait_for_load_state("load")
    await shoot(page, "review-begun")
    with clock("a bulk decision"):
        await page.get_by_role("button", name="Granskat utan anmärkning").click()
        await page.get_by_text("rader är granskade utan anmärkning").wait_for()
    with clock("opening what stands out"):
        await page.get_by_label("Visa", exact=True).select_option("left")
        await page.get_by_role("button", name="Visa", exact=True).click()
        await page.wait_for_url("**visa=left**")
        await page.get_by_text("avviker").first.wait_for()
    begun = time.perf_counter()
    decided = await decide_all(page)
    clock.took[f"deciding {decided} rows"] = time.perf_counter() - begun
    await page.get_by_role("link", name="Signera").click()
    await page.get_by_label("Resultat av granskningen").fill(
        "Alla avvikelser är bedömda tillsammans med enhetschefen. Inget intrång."
    )
    await shoot(page, "review-signing")
    with clock("signing"):
        await page.get_by_role("button", name="Signera", exact=True).click()
        await page.get_by_text("Listan är signerad. Arkivera den").wait_for()
        await page.wait_for_load_state()  # then the script that fetches the files is there
    with clock("the PDF and the workbook"):
        async with page.expect_download(timeout=590_000) as pdf:
            await page.get_by_role("button", name="Arkivera som PDF och Excel").click()
    async with page.expect_download() as workbook:
        await page.get_by_role("link", name=".xlsx").click()
    for download in (pdf, workbook):
        await _keep(await download.value)
    await page.reload()
    await page.get_by_text("Arkiverad").first.wait_for()
    await shoot(page, "review-archived")


async def _keep(file: Download) -> None:
    """Beside the pictures, where they are wanted."""
    if folder := os.environ.get("RODER_SHOTS"):
        await file.save_as(Path(folder) / f"review{Path(file.suggested_filename).suffix}")


async def decide_all(page: Page) -> int:
    """With the keys only: B for “Befogad” in each row, a comment in the first of a page, and on to
    the next page of what is left."""
    count = 0
    while True:
        rows = page.locator(".review-rows tbody tr")
        here = await rows.count()
        if not here:
            return count
        first = rows.first.locator("select")
        await first.focus()
        for number in range(here):
            await page.keyboard.press("b")
            await page.keyboard.press("Tab")
            if number == 0:
                await page.keyboard.type("Kontrollerat med chefen.")
            if number == 1 and not count:
                await shoot(page, "review-deciding")
            for _step in range(2 if number < here - 1 else 1):
                await page.keyboard.press("Tab")
        count += here
        await expect(page.locator(".review-rows .said", has_text="Sparat.")).to_have_count(here)
        await page.reload()
