"""The manual: a text for each module, written beside its code, and what the keys do."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path

from markupsafe import Markup
from pydantic import BaseModel, Field
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from ...infra.errors import NotFound
from ...infra.i18n import _, current_locale, in_language
from ...infra.runtime import Runtime
from ...tenants.entry import find_tenant
from ...tenants.municipality import settings_of
from ..module import HelpBox
from .page import View, page
from .pages import render
from .shell import is_on
from .templating import HERE, MODULES

OWN = HERE / "help"
"""What belongs to no module: getting started, and the keyboard."""


LOGGING = "loggning"


class HelpSettings(BaseModel):
    """A municipality's own films: by topic, the address of one that people may watch."""

    films: dict[str, str] = Field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Topic:
    name: str
    title: str


@page("/hjalp", name="help")
async def manual(view: View) -> Response:
    return await _show(view, "start")


@page("/hjalp/{topic}", name="help_topic")
async def help_topic(view: View) -> Response:
    return await _show(view, view.path("topic"))


async def _show(view: View, name: str) -> Response:
    topics = _topics(view)
    if name not in {topic.name for topic in topics}:
        raise NotFound(_("There is no page at this address."))
    about = {"start": ""} | {module.name: module.name for module in view.modules}
    film = (await settings_of(view.work, "help", HelpSettings)).films.get(name, "")
    return await view.render(
        "help.html",
        topics=topics,
        topic=name,
        text=Markup(_text(name, current_locale())),
        film=film if film.startswith("https://") else "",
        boxes=await _boxes(view, about[name]) if name in about else [],
    )


async def _boxes(view: View, about: str) -> list[HelpBox]:
    """What modules have to tell beside the manual, where one is."""
    place = (await view.shell()).place
    sources = [m.beside_help for m in view.modules if m.beside_help and is_on(view.work, m)]
    unit_id = place.unit.id if place else None
    return [box for each in sources for box in await each(view.work, about, unit_id) if box.lines]


async def how_use_is_logged(request: Request) -> Response:
    """That use is logged and reviewed, for those too who have not signed in yet."""
    runtime: Runtime = request.app.state.runtime
    tenant = await find_tenant(runtime, request.path_params["tenant"])
    text = Markup(_text(LOGGING, current_locale()))
    return render(request, "logging.html", tenant=tenant, text=text)


logging_routes = (
    Route("/{tenant}/sa-loggas-anvandningen", how_use_is_logged, name="how_use_is_logged"),
)


def _topics(view: View) -> list[Topic]:
    modules = [
        Topic(module.name, in_language(module.title))
        for module in view.modules
        if is_on(view.work, module) and _file(module.name, "sv").exists()
    ]
    return [
        Topic("start", _("Getting started")),
        *modules,
        Topic(LOGGING, _("How use is logged")),
        Topic("tangentbord", _("Keyboard")),
    ]


def _file(topic: str, locale: str) -> Path:
    own = OWN / f"{topic}.{locale}.md"
    return own if own.exists() else MODULES / topic / f"help.{locale}.md"


@cache
def _text(topic: str, locale: str) -> str:
    """HTML without any that was written as such: a manual needs headings, lists and tables."""
    from markdown_it import MarkdownIt

    text = _file(topic, locale).read_text(encoding="utf-8")
    return str(MarkdownIt("commonmark", {"html": False}).enable("table").render(text))
