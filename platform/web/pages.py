"""Pages for those who are not signed in: the start page, signing in, and what went wrong."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import HTMLResponse

from .look import look_of
from .templating import show


def render(request: Request, template: str, *, status: int = 200, **values: object) -> HTMLResponse:
    """The page in the language that is spoken, never in a cache of someone else's."""
    text = show(template, request=request, status=status, look=look_of(request), **values)
    return HTMLResponse(text, status_code=status)
