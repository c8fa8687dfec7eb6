"""The service in a real browser: Chromium of the machine, signed in as whom a test asks for."""

from __future__ import annotations

import asyncio
import shutil
import time
from collections.abc import AsyncIterator
from typing import Protocol
from uuid import UUID

import pytest
from playwright.async_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Page,
    async_playwright,
    expect,
)
from served import served

from roder.infra.runtime import Runtime
from roder.infra.settings import Settings
from roder.tenants.actors import service as for_the_service
from roder.tenants.sign_in.sessions import SESSION_COOKIE, start_session
from roder.tenants.work import Tenancy, open_work
from roder.workers.run import Pace

NAMES = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome")
MISSING = (
    "The tests of the pages need Chromium, and found none on the path: "
    "run `apt-get install --no-install-recommends chromium` as root."
)
PATIENCE = 40_000
"""Milliseconds to wait for something on a page: the machine may be busy with other tests."""
expect.set_options(timeout=PATIENCE)
LATE = 10
"""Seconds for the browser to tell of an error that a page has met."""
QUICK = Pace(beat=0.2, stale=60, sweep=0.3, again=0.2, limit=600)
"""Soon begun; but a job on a busy machine is neither given up nor taken for a dead worker's."""


class Place(Protocol):
    """A municipality of a test: a `Town` or a `Full`."""

    runtime: Runtime
    tenant: Tenancy


@pytest.fixture(scope="module")
async def service(settings: Settings) -> AsyncIterator[str]:
    """The address of the service in demonstration mode, with a worker for its jobs beside it."""
    async with served(settings, pace=QUICK) as address:
        yield address


@pytest.fixture(scope="session")
async def browser() -> AsyncIterator[Browser]:
    """One Chromium for all tests of this worker. It cannot reach any address but our own."""
    program = next(filter(None, map(shutil.which, NAMES)), None)
    if program is None:
        pytest.fail(MISSING, pytrace=False)
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path=program,
            # Playwright adds --no-sandbox by itself; only pages of ours are opened.
            args=["--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1"],
        )
        yield browser
        await browser.close()


@pytest.fixture
async def visit(service: str, browser: Browser) -> AsyncIterator[Visits]:
    """`page = await visit(town, "manager", "mitt-arbete")`; see `Visits`.

    The test fails at its end when a page wrote an error to the console, or asked another host.
    """
    visits = Visits(service, browser)
    yield visits
    await visits.settle()
    await visits.close()
    faults = visits.faults()
    if faults:
        pytest.fail("\n".join(faults), pytrace=False)


class Visits:
    """Opens pages, each in a browser of its own, and notes what goes wrong on them."""

    def __init__(self, address: str, browser: Browser) -> None:
        self.address = address
        self._browser = browser
        self._contexts: list[BrowserContext] = []
        self._noted: list[str] = []
        self._expected: list[tuple[str, str]] = []

    async def __call__(
        self,
        town: Place | None = None,
        who: str | UUID | None = None,
        path: str = "",
        *,
        status: int = 200,
        dark: bool = False,
        width: int = 1280,
        javascript: bool = True,
        locale: str = "sv-SE",
    ) -> Page:
        """The page at `path` below the municipality, or below the root without one.

        `who` is a key of `town.people` or the id of a person; None is not signed in. The answer,
        after redirects, must have the `status`.
        """
        context = await self._browser.new_context(
            viewport={"width": width, "height": 900},
            color_scheme="dark" if dark else "light",
            java_script_enabled=javascript,
            locale=locale,
            timezone_id="Europe/Stockholm",
            reduced_motion="reduce",
        )
        self._contexts.append(context)
        self._listen(context)
        if town is not None and who is not None:
            await self._sign_in(context, town, who)
        below = "" if town is None else f"/{town.tenant.slug}"
        address = f"{self.address}{below}/{path.lstrip('/')}"
        if status >= 400:
            self.expect(f"{status} ", at=address)
        page = await context.new_page()
        answer = await page.goto(address)
        assert answer is not None
        assert answer.status == status, f"{answer.status} at {answer.url}, not {status}"
        return page

    def expect(self, *texts: str, at: str = "") -> None:
        """Errors with one of these texts may come; one that never comes is a fault as well.

        A console error of an answer 422 is "… status of 422 (…) at http://…".
        """
        self._expected += [(text, at) for text in texts]

    def faults(self) -> list[str]:
        """What was noted and not expected, and what was expected and never noted."""
        noted = list(dict.fromkeys(self._noted))
        unforeseen = [
            note
            for note in noted
            if not any(text in note and at in note for text, at in self._expected)
        ]
        return unforeseen + self._missed()

    async def settle(self) -> None:
        """Wait a while for what is expected: the console is told of after what the page shows."""
        deadline = time.monotonic() + LATE
        while self._missed() and time.monotonic() < deadline:  # noqa: ASYNC110 - the browser's
            await asyncio.sleep(0.05)

    def _missed(self) -> list[str]:
        return [
            f"Expected and never seen: {text} {at}"
            for text, at in self._expected
            if not any(text in note and at in note for note in self._noted)
        ]

    def forget(self) -> None:
        """Drop what was noted and expected so far."""
        self._noted.clear()
        self._expected.clear()

    async def close(self) -> None:
        for context in self._contexts:
            await context.close()

    def _listen(self, context: BrowserContext) -> None:
        context.set_default_timeout(PATIENCE)

        def console(message: ConsoleMessage) -> None:
            if message.type == "error":
                self._noted.append(f"Console: {message.text} at {message.location['url']}")

        def request(address: str) -> None:
            if not address.startswith((f"{self.address}/", "data:", "blob:", "about:")):
                self._noted.append(f"Asked another host: {address}")

        context.on("console", console)
        context.on("weberror", lambda fault: self._noted.append(f"Script: {fault.error}"))
        context.on("request", lambda asked: request(asked.url))

    async def _sign_in(self, context: BrowserContext, town: Place, who: str | UUID) -> None:
        person_id = who if isinstance(who, UUID) else town.people[who].id
        async with open_work(town.runtime, town.tenant, for_the_service(), write=True) as work:
            key = await start_session(work, person_id)
        await context.add_cookies(
            [
                {
                    "name": SESSION_COOKIE,
                    "value": key,
                    "domain": "127.0.0.1",
                    "path": f"/{town.tenant.slug}",
                    "httpOnly": True,
                    "sameSite": "Lax",
                }
            ]
        )
