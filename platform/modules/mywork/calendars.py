"""Someone's last days as a calendar to subscribe to (RFC 5545)."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from datetime import timedelta
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from ....infra.i18n import _, use_locale
from ....infra.runtime import Runtime
from ....tenants.work import Work, open_work
from ...tasks import Task
from .asking import my_tasks
from .feeds import enter_by_feed
from .words import link, place, wording

if TYPE_CHECKING:
    from icalendar import Event

MEDIA_TYPE = "text/calendar; charset=utf-8"


async def show_calendar(request: Request) -> Response:
    """Whoever has the address reads it: a calendar program has no other way to sign in."""
    runtime: Runtime = request.app.state.runtime
    values = request.path_params
    tenant, actor = await enter_by_feed(runtime, values["tenant"], values["key"])
    async with open_work(runtime, tenant, actor, write=False) as work:
        with use_locale(actor.locale):
            body = calendar(work, await my_tasks(work))
    return Response(body, headers={"content-type": MEDIA_TYPE})


routes = [Route("/{tenant}/kalender/{key}.ics", show_calendar, name="calendar")]


def calendar(work: Work, tasks: Iterable[Task]) -> bytes:
    """All-day events on the last days of the tasks that have one."""
    from icalendar import Calendar

    made = Calendar()
    made.add("prodid", "-//Roder//Mitt arbete//SV")
    made.add("version", "2.0")
    made.add("method", "PUBLISH")
    made.add("x-wr-calname", _("My work in {municipality}", municipality=work.tenant.name))
    for task in tasks:
        if task.due_on is not None:
            made.add_component(_event(work, task))
    return bytes(made.to_ical())


def _event(work: Work, task: Task) -> Event:
    from icalendar import Event

    assert task.due_on is not None
    event = Event()
    event.add("uid", _uid(work, task))
    event.add("dtstamp", work.now)
    event.add("dtstart", task.due_on)
    event.add("dtend", task.due_on + timedelta(days=1))
    event.add("summary", wording(task))
    event.add("description", f"{place(task)}\n{link(work, task)}")
    event.add("url", link(work, task))
    event.add("transp", "TRANSPARENT")
    return event


def _uid(work: Work, task: Task) -> str:
    """The same each time, so that a calendar moves an event rather than making a second one."""
    name = hashlib.sha256(f"{work.tenant.id} {task.key}".encode()).hexdigest()[:32]
    return f"{name}@{urlsplit(work.runtime.settings.base_url).hostname}"
