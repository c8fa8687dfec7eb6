"""Someone's last days and meetings as a calendar to subscribe to (RFC 5545)."""

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
from ...events import Event as Happening
from ...tasks import Task
from .asking import my_tasks
from .feeds import enter_by_feed
from .words import link, place, wording

if TYPE_CHECKING:
    from icalendar import Event

KEPT = timedelta(days=31)
"""So long what has been stays in the calendar."""
MEDIA_TYPE = "text/calendar; charset=utf-8"


async def show_calendar(request: Request) -> Response:
    """Whoever has the address reads it: a calendar program has no other way to sign in."""
    runtime: Runtime = request.app.state.runtime
    values = request.path_params
    tenant, actor = await enter_by_feed(runtime, values["tenant"], values["key"])
    async with open_work(runtime, tenant, actor, write=False) as work:
        with use_locale(actor.locale):
            body = calendar(work, await my_tasks(work), await my_events(work))
    return Response(body, headers={"content-type": MEDIA_TYPE})


routes = [Route("/{tenant}/kalender/{key}.ics", show_calendar, name="calendar")]


async def my_events(work: Work) -> list[Happening]:
    """What the actor takes part in, as all modules that are on tell of it."""
    from ... import modules  # read when called, since this module is among them

    found: list[Happening] = []
    for module in modules.MODULES:
        if module.events is not None and work.allows(f"{module.name}.read"):
            found += await module.events(work, work.now - KEPT)
    return found


def calendar(work: Work, tasks: Iterable[Task], events: Iterable[Happening] = ()) -> bytes:
    """All-day events on the last days of the tasks that have one, and others at their times."""
    from icalendar import Calendar

    made = Calendar()
    made.add("prodid", "-//Roder//Mitt arbete//SV")
    made.add("version", "2.0")
    made.add("method", "PUBLISH")
    made.add("x-wr-calname", _("My work in {municipality}", municipality=work.tenant.name))
    for task in tasks:
        if task.due_on is not None:
            made.add_component(_event(work, task))
    for event in events:
        made.add_component(_happening(work, event))
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


def _happening(work: Work, told: Happening) -> Event:
    from icalendar import Event

    base = work.runtime.settings.base_url
    page = f"{base}/{work.tenant.slug}/{told.path}"
    event = Event()
    event.add("uid", f"{told.id}@{urlsplit(base).hostname}")
    event.add("dtstamp", work.now)
    event.add("dtstart", told.starts_at)
    event.add("dtend", told.ends_at)
    event.add("summary", told.title)
    event.add("location", told.place)
    event.add("description", "\n".join(filter(None, (told.detail, page))))
    event.add("url", page)
    event.add("sequence", told.version)
    event.add("status", "CANCELLED" if told.cancelled else "CONFIRMED")
    return event


def _uid(work: Work, task: Task) -> str:
    """The same each time, so that a calendar moves an event rather than making a second one."""
    name = hashlib.sha256(f"{work.tenant.id} {task.key}".encode()).hexdigest()[:32]
    return f"{name}@{urlsplit(work.runtime.settings.base_url).hostname}"
