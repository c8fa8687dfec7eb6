"""Pages from templates; everything that is put into one is escaped."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.requests import Request
from starlette.responses import HTMLResponse

from ...infra.i18n import _, current_locale


def render(request: Request, template: str, *, status: int = 200, **values: object) -> HTMLResponse:
    """The page in the language that is spoken, never in a cache of someone else's."""
    page = _environment().get_template(template)
    text = page.render(_=_, locale=current_locale(), request=request, status=status, **values)
    return HTMLResponse(text, status_code=status)


@cache
def _environment() -> Environment:
    return Environment(
        loader=FileSystemLoader(Path(__file__).parent / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
