"""The organisation on a day: the tree, one unit beside it, and what is planned."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import or_, select
from starlette.responses import Response

from .....infra.i18n import _
from .....tenants.models import UnitSuccession, UnitVersion
from .....tenants.tree import undoing, units
from .....tenants.tree.table import kind_word
from .....tenants.tree.units import Placed
from .....tenants.work import Work
from ....web.page import View, action, page
from ....web.templating import day as in_words
from ....web.words import role_words
from ..stepping import ASKED, Step, day_in, day_or, next_year
from ..terms import UNITS
from .tree_view import everywhere, read_details, read_tree, unit_exists, why_not_at


@page("/organisation", name="organisation")
async def organisation(view: View) -> Response:
    """All units on a day, today unless `dag` says another one."""
    return await show_organisation(view)


@page("/organisation/{id:uuid}", name="organisation_unit")
async def organisation_unit(view: View) -> Response:
    """The same, with one unit beside it; for a script, that unit alone."""
    return await show_organisation(view, unit_id=view.id())


@page("/organisation/planerat", name="planned_changes")
async def planned_changes(view: View) -> Response:
    """What is planned for the tree, and can be undone until its day."""
    return await view.render(
        "organisation/planned.html",
        heading=await view.word(UNITS),
        planned=await read_planned(view.work),
        may=view.work.allows("organisation.edit"),
    )


@action("/organisation/{id:uuid}/angra", name="undo_unit_change")
async def undo_unit_change(view: View) -> Response:
    unit = await unit_exists(view.work, view.id(), view.work.today)
    day = await undoing.cancel_change(view.work, unit.id)
    said = _("What was planned for {name} on {day} is undone.", name=unit.name, day=in_words(day))
    return view.redirect(view.url("planned_changes"), said=said)


async def show_organisation(
    view: View, *, unit_id: UUID | None = None, step: Step = ASKED
) -> Response:
    work = view.work
    day = day_in(view.query("dag"), field="dag") or work.today
    tree = await read_tree(work, day)
    values: dict[str, Any] = {
        "tree": tree,
        "day": day,
        "heading": await view.word(UNITS),
        "everywhere": everywhere(work),
        "may_add": work.allows("organisation.edit"),
        "unit": None,
        "step": step,
        "kind_word": kind_word,
        "at": {"dag": day} if day != work.today else None,
    }
    if not values["may_add"]:
        values["why_not"] = await why_not_at(work, [])
    if unit_id is not None:
        unit = await unit_exists(work, unit_id, day)
        above = tree.above(unit.id)
        branch = tree.branches.get(unit.id)
        may = work.allows("organisation.edit", at=unit.id)
        values |= {
            "unit": unit,
            "above": above,
            "may": may,
            "movable": bool(branch and branch.movable),
            "why": "" if may else await why_not_at(work, [*(each.id for each in above), unit.id]),
            "details": await read_details(work, unit.id, tree),
            "roles": role_words(),
            "form": {
                "name": view.form.get("name", unit.name),
                "fran": view.form.get("fran", next_year(work.today)),
            },
            "from_day": day_or(view.form.get("fran"), work.today),
        }
    if view.partial and unit_id is not None and not step.problem:
        return await view.fragment("organisation/unit.html", **values)
    return await view.render("organisation/units.html", status=step.status, **values)


@dataclass(frozen=True, slots=True)
class Planned:
    """Something that is to happen to a unit. Only the last one of a unit can be undone."""

    day: date
    unit_id: UUID
    name: str
    what: str
    may: bool
    last: bool


async def read_planned(work: Work) -> list[Planned]:
    """In the order of their days."""
    coming = await work.scalars(
        select(UnitVersion.unit_id).where(
            or_(UnitVersion.valid_from > work.today, UnitVersion.valid_to > work.today)
        )
    )
    ids = list(dict.fromkeys(coming))
    versions = await work.scalars(
        select(UnitVersion)
        .where(UnitVersion.unit_id.in_(ids))
        .order_by(UnitVersion.unit_id, UnitVersion.valid_from)
    )
    links = await work.scalars(select(UnitSuccession).where(UnitSuccession.from_date > work.today))
    names = {id for version in versions if (id := version.parent_id)}
    names |= {id for link in links for id in (link.predecessor_id, link.successor_id)}
    placed = {unit.id: unit for unit in await units.placed(work, list(names | set(ids)))}
    found = []
    for id in ids:
        own = [version for version in versions if version.unit_id == id]
        events = list(_events(own, links, placed, work.today))
        for index, (day, what) in enumerate(events):
            may = work.allows("organisation.edit", at=id)
            last = index == len(events) - 1
            found.append(Planned(day, id, placed[id].name, what, may or everywhere(work), last))
    return sorted(found, key=lambda each: (each.day, each.name))


def _events(
    versions: list[UnitVersion],
    links: Sequence[UnitSuccession],
    placed: dict[UUID, Placed],
    today: date,
) -> list[tuple[date, str]]:
    events: list[tuple[date, str]] = []
    before: UnitVersion | None = None
    for version in versions:
        if version.valid_from > today:
            events.append((version.valid_from, _change(before, version, placed)))
        before = version
    last = versions[-1]
    if last.valid_to is not None and last.valid_to > today:
        heirs = [
            placed[link.successor_id].name
            for link in links
            if link.predecessor_id == last.unit_id and link.from_date == last.valid_to
        ]
        what = _("becomes {names}", names=", ".join(heirs)) if heirs else _("ends")
        events.append((last.valid_to, what))
    return events


def _change(before: UnitVersion | None, version: UnitVersion, placed: dict[UUID, Placed]) -> str:
    above = placed[version.parent_id].name if version.parent_id else _("the top")
    if before is None:
        return _("begins, below {parent}", parent=above)
    told = []
    if before.name != version.name:
        told.append(_("is renamed to {name}", name=version.name))
    if before.parent_id != version.parent_id:
        told.append(_("moves to {parent}", parent=above))
    return ", ".join(told) or _("changes")


units_pages = (organisation, planned_changes, organisation_unit, undo_unit_change)
