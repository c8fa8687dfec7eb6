"""Series, who takes part in them, meetings planned in them, and templates of agendas."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from starlette.responses import Response

from ....authz.permit import NOWHERE
from ....infra.errors import AppError
from ....infra.i18n import _
from ....tenants.names import names_of
from ....tenants.tree import units
from ...web.fields import Field, read_fields, shown
from ...web.forms import read_id
from ...web.page import View, action, page
from . import design, planning
from .dates import day_of
from .design import Point
from .list_pages import BASE
from .listing import meetings
from .meeting_pages import participant_fields, time_fields
from .models import (
    Cycle,
    ItemKind,
    MeetingKind,
    MeetingRole,
    MeetingSeries,
    MeetingState,
    MeetingTemplate,
)
from .seeing import DESIGN, WRITE, get_series
from .words import MEETINGS, cycle_words, item_kind_words, kind_words, role_words

MORE_ROWS = 5


@page(BASE + "/serier", name="meeting_all_series")
async def show_all(view: View) -> Response:
    places = {unit.id: unit.name for unit in await units.tree(view.work)}
    return await view.render(
        "meetings/all_series.html",
        heading=await view.word(MEETINGS),
        tab="series",
        rows=await design.all_series(view.work),
        templates=await design.templates(view.work),
        places=places,
        kinds=kind_words(),
        cycles=cycle_words(),
        may=view.work.allows(DESIGN),
        whole=view.work.allows(DESIGN, at=NOWHERE),
    )


@page(BASE + "/serier/{id}", name="meeting_series")
async def show_series(view: View) -> Response:
    return await _series(view)


@action(BASE + "/serier/{id}", name="save_meeting_series")
async def save_series(view: View) -> Response:
    """The series itself, or what its page adds to it; told by the button."""
    id, form = _id(view), view.form
    try:
        async with view.work.attempt():
            if id is not None and "plan" in form:
                made = await planning.plan_meeting(
                    view.work, id, **read_fields(form, time_fields())
                )
                return view.redirect(view.url("meeting", id=made.id), said=_("It is saved."))
            if id is not None and "member" in form:
                series = await get_series(view.work, id)
                values = read_fields(form, await participant_fields(view, series.unit_id))
                values["role"] = MeetingRole(values["role"])
                await design.add_member(view.work, id, **values)
            elif id is not None and "leave" in form:
                await design.remove_member(view.work, read_id(form.get("leave")))
            elif id is not None and "end" in form:
                await design.end_series(view.work, id)
            else:
                id = await _save(view, id)
    except AppError as problem:
        return await _series(view, problem)
    return view.redirect(view.url("meeting_series", id=id), said=_("It is saved."))


@page(BASE + "/mallar/{id}", name="meeting_template")
async def show_template(view: View) -> Response:
    return await _template(view)


@action(BASE + "/mallar/{id}", name="save_meeting_template")
async def save_template(view: View) -> Response:
    id, form = _id(view), view.form
    try:
        async with view.work.attempt():
            if id is not None and "end" in form:
                await design.end_template(view.work, id)
            else:
                points = _points(view)
                await design.save_template(view.work, id, name=form.get("name"), points=points)
    except AppError as problem:
        return await _template(view, problem)
    return view.redirect(view.url("meeting_all_series"), said=_("It is saved."))


@page(BASE + "/serier/{id:uuid}/kalender.ics", name="meeting_calendar")
async def calendar(view: View) -> Response:
    """The meetings of a series to come, for a calendar program."""
    from icalendar import Calendar, Event

    series = await get_series(view.work, view.id())
    made = Calendar()
    made.add("prodid", "-//Roder//Meetings//SV")
    made.add("version", "2.0")
    made.add("x-wr-calname", series.name)
    found = await meetings(view.work, when="coming", series_id=series.id, limit=200)
    host = urlsplit(view.work.runtime.settings.base_url).hostname
    for each in found.rows:
        cancelled = each.meeting.state is MeetingState.CANCELLED
        event = Event()
        event.add("uid", f"{each.meeting.id}@{host}")
        event.add("dtstamp", view.work.now)
        event.add("dtstart", each.meeting.starts_at)
        event.add("dtend", each.meeting.ends_at)
        event.add("summary", series.name)
        event.add("location", each.meeting.place)
        event.add("sequence", each.meeting.version)
        event.add("status", "CANCELLED" if cancelled else "CONFIRMED")
        made.add_component(event)
    headers = {"Cache-Control": "no-store"}
    return Response(bytes(made.to_ical()), media_type="text/calendar", headers=headers)


async def _save(view: View, id: UUID | None) -> UUID:
    values = read_fields(view.form, await _series_fields(view, id))
    if id is not None:
        series = await get_series(view.work, id)
        values["unit_id"] = series.unit_id
    row = await design.save_series(
        view.work,
        id,
        **values | {"kind": MeetingKind(values["kind"]), "cycle": Cycle(values["cycle"])},
    )
    return row.id


async def _series(view: View, problem: AppError | None = None) -> Response:
    id = _id(view)
    row: MeetingSeries | None = None
    values: dict[str, Any] = {"members": [], "names": {}, "coming": [], "plan_fields": []}
    if id is None:
        view.work.require(DESIGN)
    else:
        row = await get_series(view.work, id)
        members = await design.members(view.work, id)
        coming = (await meetings(view.work, when="coming", series_id=id)).rows
        called = await participant_fields(view, row.unit_id)
        values = {
            "members": members,
            "names": await names_of(view.work, [each.person_id for each in members]),
            "coming": [(each.meeting, day_of(each.meeting.starts_at)) for each in coming],
            "plan_fields": time_fields(),
            "plan_values": await _next_time(view, row),
            "call_fields": called,
            "call_values": shown(None, called),
        }
    fields = await _series_fields(view, id)
    sent = view.form if problem and "save" in view.form else None
    return await view.render(
        "meetings/series.html",
        status=problem.status if problem else 200,
        heading=row.name if row else _("New series"),
        word=await view.word(MEETINGS),
        row=row,
        id=id or "ny",
        fields=fields,
        values=shown(row, fields, sent),
        roles=role_words(),
        kinds=kind_words(),
        designs=view.work.allows(DESIGN, at=row.unit_id) if row else True,
        may=row is not None and view.work.allows(WRITE, at=row.unit_id) and not row.ended_at,
        problem=problem,
        **values,
    )


async def _next_time(view: View, row: MeetingSeries) -> dict[str, Any]:
    """As the last meeting of the series, if there is one; its day is chosen anew."""
    last = (await meetings(view.work, series_id=row.id, limit=1)).rows
    found = shown(last[0].meeting if last else None, time_fields())
    found["place"] = row.place
    if not last:
        found["starts_at"] = f"{view.work.today}T09:00"
        found["ends_at"] = f"{view.work.today}T11:00"
    return found


async def _series_fields(view: View, id: UUID | None) -> list[Field]:
    templates = [(str(each.id), each.name) for each in await design.templates(view.work)]
    fields = [
        Field("name", _("Name"), needed=True),
        Field("kind", _("Kind of meeting"), "choice", True, options=_options(kind_words())),
        Field("template_id", _("Template"), "record", options=[("", _("None")), *templates]),
        Field("cycle", _("How often"), "choice", True, options=_options(cycle_words())),
        Field("place", _("Place")),
        Field(
            "private",
            _("Only those who take part see the meetings"),
            "tick",
            hint=_("Those who write at the unit see them too."),
        ),
    ]
    if id is None:
        reach = view.work.reach(DESIGN)
        known = await units.tree(view.work)
        mine = [(str(u.id), u.name) for u in known if reach is None or u.id in reach]
        fields.insert(1, Field("unit_id", _("Unit"), "record", True, options=mine))
    return fields


async def _template(view: View, problem: AppError | None = None) -> Response:
    view.work.require(DESIGN, at=NOWHERE)
    id = _id(view)
    row = await view.work.get(MeetingTemplate, id) if id else None
    points: list[Point] = _points(view) if problem else []
    if id is not None and not points:
        found = await design.template_items(view.work, id)
        points = [Point(each.title, each.kind, each.standing) for each in found]
    return await view.render(
        "meetings/template.html",
        status=problem.status if problem else 200,
        heading=row.name if row else _("New template"),
        word=await view.word(MEETINGS),
        row=row,
        id=id or "ny",
        name=view.form.get("name") if problem else (row.name if row else ""),
        points=[*points, *([Point("")] * MORE_ROWS)],
        kinds=item_kind_words(),
        problem=problem,
    )


def _points(view: View) -> list[Point]:
    """The rows that have a title, in the order of the form."""
    form, found = view.form, []
    for number in range(design.MOST_ITEMS + MORE_ROWS):
        title = form.get(f"title-{number}").strip()
        if title:
            kind = form.get(f"kind-{number}")
            chosen = ItemKind(kind) if kind in set(ItemKind) else ItemKind.INFORMATION
            found.append(Point(title, chosen, f"standing-{number}" in form))
    return found


def _options(words: dict[Any, str]) -> list[tuple[str, str]]:
    return [(kind.value, word) for kind, word in words.items()]


def _id(view: View) -> UUID | None:
    """None for a new one."""
    text = view.path("id")
    return None if text == "ny" else read_id(text)


DESIGN_PAGES = (show_all, calendar, show_series, save_series, show_template, save_template)
