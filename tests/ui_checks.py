"""What tests hold against a page in a real browser; the fixtures are in `ui/conftest.py`."""

from __future__ import annotations

import asyncio
import json
import os
import re
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable, Iterable, Mapping
from functools import cache
from pathlib import Path
from types import TracebackType
from typing import Self
from urllib.parse import urljoin

import pytest
from playwright.async_api import Locator, Page

NODE = Path(sys.prefix) / "node" / "node_modules"
RULES = Path(__file__).with_name("ui") / "htmlvalidate.json"
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22a", "wcag22aa", "best-practice"]
NARROW = 320
PATIENCE = 120
"""Seconds to wait for what a worker or a script does by itself."""
SETTLED = """() => Promise.allSettled(
    document.getAnimations()
        .filter((one) => one.effect.getComputedTiming().endTime < Infinity)
        .map((one) => one.finished)
)"""
"""Once what moves or changes colour has come to its end."""
FROM_THE_TOP = """() => new Promise((done) => {
    scrollTo({ top: 0, behavior: "instant" });
    requestAnimationFrame(() => requestAnimationFrame(done));
})"""
"""A page at an anchor has links half below its header, which axe takes for too small."""


async def check_everywhere(page: Page) -> None:
    """No fault of axe in light, in dark and at 320 px, and no sideways scroll there.

    The page is as it was afterwards, but for the light scheme.
    """
    size = page.viewport_size
    assert size is not None
    for scheme in ("dark", "light"):
        await page.emulate_media(color_scheme=scheme)
        await check_axe(page, told=f"{scheme}, {size['width']} px")
    await page.set_viewport_size({"width": NARROW, "height": size["height"]})
    await check_axe(page, told=f"light, {NARROW} px")
    await check_reflow(page)
    await page.set_viewport_size(size)


async def check_axe(page: Page, *, told: str = "", leave_out: Iterable[str] = ()) -> None:
    """No violation of WCAG 2.0, 2.1 or 2.2 A and AA, nor of axe's best practice, as the page is.

    `leave_out` are selectors of what is declared as an exception. Needs a page with JavaScript.
    """
    if not await page.evaluate("'axe' in window"):
        await page.evaluate(_axe())  # over the debugger: no policy of the page is in the way
    await page.wait_for_load_state()  # after which no anchor scrolls the page again
    await page.evaluate(FROM_THE_TOP)
    await page.evaluate(SETTLED)
    found = await page.evaluate(
        """([tags, exclude]) => axe.run(
            { include: [["html"]], exclude: exclude.map((one) => [one]) },
            { runOnly: { type: "tag", values: tags }, resultTypes: ["violations"] },
        ).then((result) => result.violations)""",
        [TAGS, list(leave_out)],
    )
    faults = [
        f"{fault['id']} ({fault['impact']}): {fault['help']}\n"
        + "\n".join(f"    {_place(node)}\n      {_why(node)}" for node in fault["nodes"][:5])
        for fault in found
    ]
    if faults:
        about = f"{page.url} {told}".strip()
        raise AssertionError(f"axe finds {len(faults)} faults at {about}:\n" + "\n".join(faults))


async def check_reflow(page: Page) -> None:
    """The page as a whole does not scroll sideways at its width."""
    wide = await page.evaluate(
        """() => {
            const room = document.documentElement.clientWidth;
            if (document.documentElement.scrollWidth <= room) return null;
            return [...document.body.querySelectorAll("*")]
                .filter((one) => one.getBoundingClientRect().right > room + 1)
                .slice(0, 5).map((one) => one.outerHTML.slice(0, 120));
        }"""
    )
    if wide is not None:
        raise AssertionError(f"{page.url} scrolls sideways; too wide: " + "\n    ".join(wide))


async def check_html(pages: Mapping[str, str]) -> None:
    """Each text is HTML without a fault; `pages` are texts by a name to tell them by.

    Node starts slowly: give all pages of a test in one call.
    """
    script = NODE / "html-validate" / "bin" / "html-validate.mjs"
    _require(script)
    with tempfile.TemporaryDirectory() as folder:
        names = {f"{number}.html": name for number, name in enumerate(pages)}
        for file, name in names.items():
            (Path(folder) / file).write_text(pages[name], encoding="utf-8")
        process = await asyncio.create_subprocess_exec(
            *("node", str(script), "--config", str(RULES), "--formatter", "json", *names),
            cwd=folder,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )
        said, told = await process.communicate()
    if process.returncode not in (0, 1) or not said:
        raise AssertionError(f"html-validate does not run: {told.decode() or said.decode()}")
    faults = [
        f"{names[Path(result['filePath']).name]}:{fault['line']}: {fault['message']}"
        f" [{fault['ruleId']}]"
        for result in json.loads(said)
        for fault in result["messages"]
    ]
    if faults:
        raise AssertionError("HTML with faults:\n" + "\n".join(faults))


async def source(page: Page, path: str = "") -> str:
    """The HTML as the server sends it, to who is signed in there: of this page, or of a path."""
    address = urljoin(page.url, path)
    answer = await page.context.request.get(address, headers={"accept": "text/html"})
    return await answer.text()


async def becomes(ask: Callable[[], Awaitable[object]], wanted: object) -> None:
    """What is asked for is `wanted` before long; it is asked again and again until then."""
    deadline = time.monotonic() + PATIENCE
    while (seen := await ask()) != wanted:
        if time.monotonic() > deadline:
            raise AssertionError(f"{seen!r} has not become {wanted!r}")
        await asyncio.sleep(0.1)


async def reload_until(page: Page, shown: Locator, *, count: int = 1) -> None:
    """Load the page again and again until it shows so many, as when it tells of a job."""
    deadline = time.monotonic() + PATIENCE
    while await shown.count() < count:
        if time.monotonic() > deadline:
            raise AssertionError(f"{page.url} never shows {count} of {shown}")
        await asyncio.sleep(0.3)
        await page.reload()


class Clicks:
    """Counts what the hand does: clicks, keys that open or move, and choices in a list (two).

    Typing, Tab and Enter in a field are free; do them on the page itself.

        async with Clicks(page, at_most=2) as hand:
            await hand.click("text=Klar")
    """

    def __init__(self, page: Page, *, at_most: int) -> None:
        self.page = page
        self.at_most = at_most
        self.done: list[str] = []

    async def click(self, target: str | Locator) -> None:
        self.done.append(f"click {target}")
        await self._locator(target).click()

    async def press(self, key: str) -> None:
        self.done.append(f"press {key}")
        await self.page.keyboard.press(key)

    async def choose(self, target: str | Locator, label: str) -> None:
        self.done += [f"open {target}", f"choose {label}"]
        await self._locator(target).select_option(label=label)

    def _locator(self, target: str | Locator) -> Locator:
        return self.page.locator(target) if isinstance(target, str) else target

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, _error: object, _trace: TracebackType | None
    ) -> None:
        if kind is None and len(self.done) > self.at_most:
            raise AssertionError(
                f"{len(self.done)} clicks, at most {self.at_most}: {'; '.join(self.done)}"
            )


async def shoot(page: Page, name: str) -> None:
    """Save the whole page as `name`.png in the folder RODER_SHOTS; nothing when that is not set."""
    folder = os.environ.get("RODER_SHOTS")
    if folder:
        Path(folder).mkdir(parents=True, exist_ok=True)
        await page.screenshot(path=Path(folder) / f"{name}.png", full_page=True)


@cache
def _axe() -> str:
    script = NODE / "axe-core" / "axe.min.js"
    _require(script)
    return script.read_text(encoding="utf-8")


def _require(path: Path) -> None:
    if not path.is_file():
        pytest.fail("axe-core and html-validate are not there: run `make test`.", pytrace=False)


def _place(node: dict[str, object]) -> str:
    return str(node["html"])[:200]


def _why(node: dict[str, object]) -> str:
    return re.sub(r"\s+", " ", str(node.get("failureSummary", "")))[:300]
