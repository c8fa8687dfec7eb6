"""The register of grants in the browser, its overview, and the list of givers."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from textwrap import shorten
from typing import Final
from uuid import UUID

from starlette.responses import Response

from ....infra.errors import AppError
from ....infra.i18n import _
from ....tenants.work import Work
from ...web.exports import export_started
from ...web.page import View, action, page
from ...web.register import PART, Asked, Column, Entry, Facet, Lamp, Register, asked_of
from . import givers as giver_service
from .choosing import givers_with_grants, units_with_grants
from .deadlines import OVER, deadlines_of, open_deadlines
from .exporting import ask_for_register, unit_words
from .holding import WRITE, sums_of
from .models import Grant, GrantDeadline, GrantState
from .overview import overview, unscheduled
from .pictures import Due, DueLine, MoneyBars, in_two_widths, short_day
from .service import Filter, find_grants, years
from .settings import grant_settings
from .words import GRANTS, LIGHTS, name_of, state_words

BASE: Final = "/statsbidrag"
MOST_DRAWN: Final = 12
LABEL: Final = 20
LATE: Final = "forsenat"
WITHIN: Final = (30, 90, 180)


@page(BASE, name="grants")
async def grants(view: View) -> Response:
    facets = await _facets(view.work)
    asked = asked_of(view, facets)
    chosen = _filter(view.work, asked)
    rows, total = await find_grants(view.work, chosen, offset=asked.offset, limit=PART)
    columns = [
        Column(_("Grant")),
        Column(_("State")),
        Column(_("Unit")),
        Column(_("Granted, kr"), "number"),
        Column(_("Left, kr"), "number"),
        Column(_("Next deadline")),
    ]
    register = Register(asked, facets, columns, await _entries(view, rows), total)
    return await view.render(
        "grants/list.html",
        heading=await view.word(GRANTS),
        tab="grants",
        found=register,
        may=view.work.allows(WRITE),
        export=view.url("export_grants") + (f"?{query}" if (query := asked.query()) else ""),
    )


@action(BASE + "/excel", name="export_grants")
async def to_excel(view: View) -> Response:
    asked = asked_of(view, await _facets(view.work))
    return await export_started(view, await ask_for_register(view.work, _filter(view.work, asked)))


@page(BASE + "/oversikt", name="grants_overview")
async def grants_overview(view: View) -> Response:
    """The sums, and what has to be done when."""
    facets = [each for each in await _facets(view.work) if each.name in ("givare", "enhet", "ar")]
    asked = asked_of(view, facets)
    chosen = _filter(view.work, asked)
    found = await overview(view.work, chosen)
    coming = await open_deadlines(view.work, chosen)
    drawn = [total for total in found.givers if total.sought or total.granted][:MOST_DRAWN]
    bars = MoneyBars(title=_("Sought, granted and used, by giver"), totals=drawn)
    ahead = (await grant_settings(view.work)).ahead_days
    dues = [due_of(view.work, row, ahead, grant) for row, grant in coming[:MOST_DRAWN]]
    line = DueLine(title=_("Deadlines to come"), dues=dues, today=view.work.today)
    return await view.render(
        "grants/overview.html",
        heading=_("Overview"),
        word=await view.word(GRANTS),
        tab="overview",
        asked=asked,
        facets=facets,
        found=found,
        groups=[
            (_("By giver"), _("Giver"), found.givers),
            (_("By unit"), _("Unit"), found.units),
            (_("By year"), _("Year"), found.years),
        ],
        bars=in_two_widths(bars.svg, key="givers") if drawn else None,
        line=in_two_widths(line.svg, key="deadlines") if dues else None,
        coming=[(row, grant, due_of(view.work, row, ahead)) for row, grant in coming],
        unscheduled=await unscheduled(view.work, chosen),
        more=max(len(coming) - MOST_DRAWN, 0),
    )


@page(BASE + "/givare", name="grant_givers")
async def grant_givers(view: View) -> Response:
    return await _show_givers(view)


@action(BASE + "/givare", name="add_grant_giver")
async def add_giver(view: View) -> Response:
    """One more on the list, or a known one that is put on it or taken off it."""
    id, name = view.form.get("id"), view.form.get("name")
    try:
        async with view.work.attempt():
            if id:
                ended = view.form.get("ended") == "1"
                row = await giver_service.change_giver(view.work, _uuid(id), ended=ended)
            else:
                row = await giver_service.add_giver(view.work, name=name)
    except AppError as problem:
        return await _show_givers(view, problem)
    return view.redirect(view.url("grant_givers"), said=_("{name} is saved.", name=row.name))


def due_of(work: Work, row: GrantDeadline, ahead: int, grant: Grant | None = None) -> Due:
    """How near it is, as shape and word; with the grant's name where there are several."""
    left = (row.due_on - work.today).days
    label = f"{name_of(row)}: {grant.name}" if grant else name_of(row)
    if row.done_on is not None:
        return Due(row.due_on, label, "green", _("Done"))
    if left < 0:
        return Due(row.due_on, label, "red", _("Late"))
    if left <= ahead:
        return Due(row.due_on, label, "yellow", _("Soon"))
    return Due(row.due_on, label, "none", _("Later"))


async def _show_givers(view: View, problem: AppError | None = None) -> Response:
    return await view.render(
        "grants/givers.html",
        status=problem.status if problem else 200,
        heading=_("Givers"),
        word=await view.word(GRANTS),
        tab="givers",
        rows=await giver_service.givers(view.work),
        known=await giver_service.giver_names(view.work),
        may=view.work.allows("grants.design"),
        name=view.form.get("name"),
        problem=problem,
    )


async def _entries(view: View, rows: Sequence[Grant]) -> list[Entry]:
    ids = [row.id for row in rows]
    sums, deadlines = await sums_of(view.work, ids), await deadlines_of(view.work, ids)
    called = {row.id: row.name for row in await giver_service.givers(view.work)}
    placed = await unit_words(view.work, {row.unit_id for row in rows})
    words, ahead = state_words(), (await grant_settings(view.work)).ahead_days
    entries = []
    for row in rows:
        due = _next(row, deadlines)
        entries.append(
            Entry(
                title=row.name,
                hint=f"{called[row.giver_id]} · {row.year} · {row.code}",
                address=view.url("grant", id=row.id),
                cells=[
                    Lamp(LIGHTS[row.state], words[row.state]),
                    placed[row.unit_id],
                    row.granted,
                    sums[row.id].left if row.granted else None,
                    _due_cell(view.work, due, ahead) if due else None,
                ],
            )
        )
    return entries


def _next(row: Grant, deadlines: Sequence[GrantDeadline]) -> GrantDeadline | None:
    if row.state in OVER:
        return None
    return next((each for each in deadlines if each.grant_id == row.id and not each.done_on), None)


def _due_cell(work: Work, row: GrantDeadline, ahead: int) -> Lamp | str:
    """In few words: a lamp does not break its line, and stands on phones too."""
    due = due_of(work, row, ahead)
    words = f"{shorten(due.label, LABEL, placeholder=' …')} {short_day(due.day)}"
    return words if due.light == "none" else Lamp(due.light, words)


async def _facets(work: Work) -> list[Facet]:
    return [
        Facet("lage", _("State"), [(state.value, word) for state, word in state_words().items()]),
        Facet("givare", _("Giver"), await givers_with_grants(work)),
        Facet("enhet", _("Unit, with those below"), await units_with_grants(work)),
        Facet("ar", _("Year"), [(str(year), str(year)) for year in await years(work)]),
        Facet(
            "senast",
            _("Deadline"),
            [
                (LATE, _("Late")),
                *((str(days), _("Within {days} days", days=days)) for days in WITHIN),
            ],
        ),
    ]


def _filter(work: Work, asked: Asked) -> Filter:
    given = {"lage": "", "senast": ""} | dict(asked.chosen)
    late, within = given["senast"] == LATE, given["senast"]
    days = -1 if late else int(within or 0)
    return Filter(
        words=asked.words,
        giver_id=asked.id("givare"),
        unit_id=asked.id("enhet"),
        year=int(asked.chosen["ar"] or 0) or None,
        state=GrantState(given["lage"]) if given["lage"] else None,
        due_before=work.today + timedelta(days=days) if within else None,
    )


def _uuid(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        return UUID(int=0)


LIST_PAGES = (grants, to_excel, grants_overview, grant_givers, add_giver)
