"""“New action”: first the unit where one may write, then what is to be done there."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final
from uuid import UUID

from starlette.responses import Response

from ....infra.errors import AppError, NotFound
from ....infra.i18n import _
from ....tenants.tree import units
from ....tenants.tree.responsible import may_answer
from ...web.fields import Field, read_fields, shown
from ...web.page import View, action, page
from . import service
from .words import ACTIONS

BASE: Final = "/atgarder"
NEW: Final = BASE + "/ny"
UNIT: Final = "enhet"


@page(NEW, name="new_planned_action")
async def new(view: View) -> Response:
    view.work.require(service.WRITE)
    return await _show(view)


@action(NEW, name="plan_action")
async def plan(view: View) -> Response:
    view.work.require(service.WRITE)
    unit = _chosen(view, await _writable(view))
    if unit is None:
        raise NotFound(field="unitId")
    try:
        async with view.work.attempt():
            values: Any = read_fields(view.form, await _fields(view, unit))
            row = await service.plan_action(view.work, unit_id=unit.id, **values)
    except AppError as problem:
        return await _show(view, problem)
    address = view.url("planned_action", id=row.id)
    return view.redirect(address, said=_("{title} is planned.", title=row.title))


async def _show(view: View, problem: AppError | None = None) -> Response:
    """The choice of a unit where there is more than one, else the form."""
    there = await _writable(view)
    unit = _chosen(view, there)
    fields = [] if unit is None else await _fields(view, unit)
    return await view.render(
        "actions/new.html",
        status=problem.status if problem else 200,
        word=await view.word(ACTIONS),
        unit=unit,
        choices=there,
        name=UNIT,
        fields=fields,
        values=shown(None, fields, view.form),
        problem=problem,
    )


async def _writable(view: View) -> list[units.Placed]:
    """Units where the actor may plan actions, as they stand below one another."""
    tree = await units.tree(view.work)
    return [unit for unit in tree if view.work.allows(service.WRITE, at=unit.id)]


def _chosen(view: View, there: Sequence[units.Placed]) -> units.Placed | None:
    """The unit that the address names, or the only one there is to choose."""
    asked = view.query(UNIT)
    if not asked and len(there) == 1:
        return there[0]
    return next((unit for unit in there if str(unit.id) == asked), None)


async def _fields(view: View, unit: units.Placed) -> list[Field]:
    title, *others = await action_fields(view, unit.id)
    hint = _("For example a decision or a visit.")
    return [title, Field("about", _("What it is about"), hint=hint), *others]


async def action_fields(
    view: View, unit_id: UUID, also: tuple[UUID, str] | None = None
) -> list[Field]:
    """What is to be done, by whom and until when; `also` is an owner who is not of the unit."""
    people = await may_answer(view.work, unit_id, on=view.work.today)
    options = [("", _("Whoever writes at the unit")), *((str(one.id), one.name) for one in people)]
    if also and str(also[0]) not in dict(options):
        options.append((str(also[0]), also[1]))
    return [
        Field("title", _("What is to be done"), needed=True),
        Field("detail", _("More about it"), "text"),
        Field("owner_id", _("Responsible"), "record", options=options),
        Field("due_on", _("Last day"), "day"),
    ]


NEW_PAGES = (new, plan)
