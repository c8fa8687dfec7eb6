"""How someone wants the pages to look. It is kept in their browser, so that every page has it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final
from urllib.parse import parse_qsl, urlencode

from starlette.requests import Request
from starlette.responses import Response

COOKIE: Final = "roder_look"
A_YEAR: Final = 365 * 24 * 3600

THEMES: Final = ("auto", "light", "dark")


@dataclass(frozen=True, slots=True)
class Look:
    """`easy_font` is the letters made for poor eyesight; `keys` lets single keys be commands
    (WCAG 2.1.4 asks that they can be switched off)."""

    theme: str = "auto"
    easy_font: bool = False
    keys: bool = True


def look_of(request: Request) -> Look:
    chosen = dict(parse_qsl(request.cookies.get(COOKIE, "")))
    theme = chosen.get("theme", "auto")
    return Look(
        theme=theme if theme in THEMES else "auto",
        easy_font=chosen.get("font") == "easy",
        keys=chosen.get("keys") != "off",
    )


def keep_look(response: Response, look: Look, *, secure: bool) -> None:
    chosen = urlencode(
        {
            "theme": look.theme,
            "font": "easy" if look.easy_font else "plain",
            "keys": "on" if look.keys else "off",
        }
    )
    response.set_cookie(
        COOKIE, chosen, max_age=A_YEAR, path="/", secure=secure, httponly=True, samesite="lax"
    )
