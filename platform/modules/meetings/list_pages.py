"""Meetings to come and past, and the log of what was decided at them."""

from __future__ import annotations

from typing import cast

from starlette.responses import Response

from ....infra.i18n import _
from ....tenants.work import STOCKHOLM
from ...module import MenuItem
from ...web.exports import export_started
from ...web.page import View, action, page
from ...web.register import PART, Asked, Column, Entry, Facet, Lamp, Register, asked_of
from ...web.words import MORE
from .dates import day_of
from .design import all_series
from .exporting import ask_for_decisions
from .following import Told, follow_ups
from .listing import Decided, Listed, When, decisions, meetings, years_of_decisions
from .models import MeetingState
from .words import MEETINGS, lamp, state_words

BASE = "/moten"


@page(BASE, name="meetings")
async def show_meetings(view: View) -> Response:
    """Those to come, the next first, unless others are asked for."""
    facets = [
        Facet("nar", _("When"), [("past", _("Past meetings")), ("all", _("Past and coming"))]),
        await _series_facet(view),
        Facet("lage", _("Status"), [(kind.value, word) for kind, word in state_words().items()]),
    ]
    asked = asked_of(view, facets)
    state = asked.chosen["lage"]
    found = await meetings(
        view.work,
        when=cast("When", asked.chosen["nar"] or "coming"),
        series_id=asked.id("serie"),
        state=MeetingState(state) if state else None,
        words=asked.words,
        offset=asked.offset,
        limit=PART,
    )
    columns = [Column(_("Meeting")), Column(_("Day")), Column(_("Place")), Column(_("Status"))]
    entries = [_entry(view, each) for each in found.rows]
    return await view.render(
        "meetings/list.html",
        heading=await view.word(MEETINGS),
        tab="meetings",
        found=Register(asked, facets, columns, entries, found.total),
        to_series=view.work.allows("meetings.write"),
    )


@page(BASE + "/beslut", name="meeting_decisions")
async def show_decisions(view: View) -> Response:
    facets = await _decision_facets(view)
    asked = asked_of(view, facets)
    found = await decisions(
        view.work,
        series_id=asked.id("serie"),
        year=_year(asked),
        words=asked.words,
        offset=asked.offset,
        limit=PART,
    )
    columns = [
        Column(_("Item")),
        Column(_("Decision of the meeting")),
        Column(_("Series")),
        Column(_("Day")),
        Column("§", "number"),
        Column(_("Follow-up")),
    ]
    followed = await follow_ups(view.work, [each.item.id for each in found.rows])
    entries = [_decided(view, each, followed.get(each.item.id)) for each in found.rows]
    return await view.render(
        "meetings/decisions.html",
        heading=await view.word(MEETINGS),
        tab="decisions",
        found=Register(asked, facets, columns, entries, found.total),
        to_excel=f"{view.url('export_decisions')}?{asked.query()}",
    )


@action(BASE + "/beslut/excel", name="export_decisions")
async def export_log(view: View) -> Response:
    asked = asked_of(view, await _decision_facets(view))
    job = await ask_for_decisions(
        view.work, series_id=asked.id("serie"), year=_year(asked), words=asked.words
    )
    return await export_started(view, job)


async def _decision_facets(view: View) -> list[Facet]:
    years = [(str(year), str(year)) for year in await years_of_decisions(view.work)]
    return [await _series_facet(view), Facet("ar", _("Year"), years)]


async def _series_facet(view: View) -> Facet:
    known = await all_series(view.work, ended=True)
    return Facet("serie", _("Series"), [(str(each.id), each.name) for each in known])


def _year(asked: Asked) -> int | None:
    return int(asked.chosen["ar"]) if asked.chosen["ar"] else None


def _entry(view: View, each: Listed) -> Entry:
    start = each.meeting.starts_at.astimezone(STOCKHOLM)
    return Entry(
        each.series.name,
        [start.date(), each.meeting.place, lamp(each.meeting.state)],
        address=view.url("meeting", id=each.meeting.id),
        hint=f"{start:%H.%M}",
    )


def _decided(view: View, each: Decided, followed: Told | None) -> Entry:
    return Entry(
        each.item.title,
        [
            each.item.decision,
            each.series.name,
            day_of(each.meeting.starts_at),
            each.item.paragraph,
            Lamp(*followed) if followed else None,
        ],
        address=f"{view.url('meeting', id=each.meeting.id)}#punkt-{each.item.position}",
        hint=each.item.registry_number,
    )


LIST_PAGES = (show_meetings, show_decisions, export_log)
MENU = (MenuItem(MEETINGS, page="meetings", permission="meetings.read", group=MORE),)
