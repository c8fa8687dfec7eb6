"""What a command tells the person at the terminal, and the log of who is not at one."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from shutil import get_terminal_size

from ..infra.i18n import _, current_locale

Progress = Callable[[int, int, str], None]
"""Called with what is done, of how much in all, and what comes next."""

BAR = 30
CLEAR = "\x1b[K"
"""What stands behind the cursor."""


def say(text: str) -> None:
    print(text, flush=True)  # noqa: T201 - this is where commands speak


def complain(text: str) -> None:
    print(text, file=sys.stderr, flush=True)  # noqa: T201 - and where they complain


@contextmanager
def step(what: str) -> Iterator[None]:
    """`Starting the database … done (1.2 s)` on one line; without the end when it fails."""
    print(f"{what} …", end=" ", flush=True)  # noqa: T201
    begun = time.monotonic()
    try:
        yield
    except BaseException:
        say("")
        raise
    say(_("done ({seconds} s)", seconds=tenths(time.monotonic() - begun)))


def tenths(seconds: float) -> str:
    """`1,2` or `1.2`, as the language writes it."""
    text = f"{seconds:.1f}"
    return text if current_locale() == "en" else text.replace(".", ",")


@contextmanager
def progress(what: str) -> Iterator[Progress]:
    """A bar on a terminal; elsewhere a plain line at each tenth of the way."""
    if not sys.stdout.isatty():
        yield _plain(what)
        return
    begun, width = time.monotonic(), get_terminal_size().columns - 1

    def show(done: int, total: int, doing: str) -> None:
        filled = BAR * done // total if total else 0
        bar = "━" * filled + "─" * (BAR - filled)
        passed = tenths(time.monotonic() - begun)
        line = f"{bar} {done}/{total} {passed} s {what}{doing and ': '}{doing}"
        print(f"\r{CLEAR}{line[:width]}", end="", flush=True)  # noqa: T201

    try:
        yield show
    finally:
        say("")


def _plain(what: str) -> Progress:
    shown = -1

    def show(done: int, total: int, doing: str) -> None:
        nonlocal shown
        tenth = done * 10 // total if total else 0
        if tenth > shown:
            shown = tenth
            say(f"{what}: {done}/{total} {doing}".rstrip())

    return show
