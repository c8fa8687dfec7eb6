"""Adding, renaming, moving and ending a unit: what would come of it, then the deed."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from starlette.responses import Response

from .....infra.errors import AppError, Conflict, Forbidden, InvalidInput
from .....infra.i18n import _
from .....tenants.models import UnitKind
from .....tenants.tree import reorganising, units
from .....tenants.tree.table import kind_word
from .....tenants.tree.units import Placed
from ....web.page import View, action, page
from ....web.templating import day as in_words
from ..stepping import ASKED, Step, day_or, id_in, mark, next_year, read_day, take_step
from ..terms import UNITS
from .pages import show_organisation
from .tree_view import Tree, effect_of, everywhere, read_tree, unit_exists, why_not_at


@page("/organisation/ny", name="new_unit")
async def new_unit(view: View) -> Response:
    """The form for a unit at the top, or below what `under` names."""
    return await _show_new(view, ASKED)


@action("/organisation/ny", name="add_unit")
async def add_unit(view: View) -> Response:
    form = view.form

    async def deed() -> str:
        unit = await units.add_unit(
            view.work,
            code=form.get("code"),
            name=form.get("name"),
            kind=read_kind(form.get("kind"), field="kind"),
            parent_id=id_in(form.get("under"), field="under"),
            valid_from=read_day(form, "fran"),
        )
        made.append(unit.id)
        return _("{name} is added.", name=form.get("name").strip())

    made: list[UUID] = []
    step = await take_step(view, deed)
    if step.said:
        query = {"dag": form.get("fran")}
        return view.redirect(view.url("organisation_unit", query, id=made[0]), said=step.said)
    return await _show_new(view, step)


@action("/organisation/{id:uuid}/namn", name="rename_unit")
async def rename_unit(view: View) -> Response:
    unit = await unit_exists(view.work, view.id(), view.work.today)
    name = " ".join(view.form.get("name").split())

    async def deed() -> str:
        day = read_day(view.form, "fran")
        await units.change_unit(view.work, unit.id, from_date=day, name=name)
        return _("{old} is called {name} from {day}.", old=unit.name, name=name, day=in_words(day))

    step = await take_step(view, deed)
    if step.said:
        return _to_unit(view, unit.id, step.said)
    return await show_organisation(view, unit_id=unit.id, step=step)


@page("/organisation/{id:uuid}/flytta", name="move_unit")
async def choose_place(view: View) -> Response:
    """Where it may stand; with `till`, what moving it there would mean."""
    work = view.work
    unit = await unit_exists(work, view.id(), work.today)
    fields = {"till": view.query("till"), "fran": view.query("fran") or next_year(work.today)}
    if not fields["till"]:
        return await _show_move(view, unit, fields, ASKED)
    return await _show_move(
        view, unit, fields, Step(seen=mark({name: [text] for name, text in fields.items()}))
    )


@action("/organisation/{id:uuid}/flytta", name="move_unit_there")
async def move_unit(view: View) -> Response:
    unit = await unit_exists(view.work, view.id(), view.work.today)
    form = view.form

    async def deed() -> str:
        day, to = read_day(form, "fran"), _place(form.get("till"))
        await units.change_unit(view.work, unit.id, from_date=day, parent_id=to, to_top=to is None)
        return _("{name} has its new place from {day}.", name=unit.name, day=in_words(day))

    step = await take_step(view, deed)
    if step.said:
        return _to_unit(view, unit.id, step.said)
    fields = {name: form.get(name) for name in ("till", "fran")}
    return await _show_move(view, unit, fields, step)


@page("/organisation/{id:uuid}/upphor", name="ask_to_end_unit")
async def ask_to_end_unit(view: View) -> Response:
    unit = await unit_exists(view.work, view.id(), view.work.today)
    return await _show_end(view, unit, ASKED)


@action("/organisation/{id:uuid}/upphor", name="end_unit")
async def end_unit(view: View) -> Response:
    unit = await unit_exists(view.work, view.id(), view.work.today)

    async def deed() -> str:
        day = read_day(view.form, "fran")
        await reorganising.end_unit(view.work, unit.id, on=day)
        return _("{name} ends on {day}.", name=unit.name, day=in_words(day))

    step = await take_step(view, deed)
    if step.said:
        return _to_unit(view, unit.id, step.said)
    return await _show_end(view, unit, step)


def read_kind(text: str, *, field: str) -> UnitKind:
    try:
        return UnitKind(text)
    except ValueError:
        raise InvalidInput(_("Choose one from the list."), field=field) from None


async def show_step(
    view: View, what: str, heading: str, step: Step, unit: Placed | None, **values: object
) -> Response:
    """One step of a change: as a dialog for a script, else as a page of its own."""
    work = view.work
    may = work.allows("organisation.edit", at=unit.id if unit else None)
    given: dict[str, Any] = {
        "step": step,
        "unit": unit,
        "heading": heading,
        "units_word": await view.word(UNITS),
        "may": may,
        "why": "" if may else await why_not_at(work, [unit.id] if unit else []),
        "kinds": [(kind.value, kind_word(kind)) for kind in UnitKind],
        "everywhere": everywhere(work),
        **values,
    }
    body = f"organisation/{what}.html"
    if view.partial and not step.problem:
        return await view.fragment(body, **given)
    return await view.render("organisation/step.html", status=step.status, body=body, **given)


def _to_unit(view: View, unit_id: UUID, said: str) -> Response:
    query = {"dag": view.form.get("fran")}
    return view.redirect(view.url("organisation_unit", query, id=unit_id), said=said)


async def _show_new(view: View, step: Step) -> Response:
    under = view.form.get("under") or view.query("under")
    tree = await read_tree(view.work, view.work.today)
    names = ("code", "name", "kind")
    values = {name: view.form.get(name) for name in names}
    values |= {"under": under, "fran": view.form.get("fran") or view.work.today.isoformat()}
    places = [
        branch for branch in tree.branches.values() if branch.may or str(branch.unit.id) == under
    ]
    return await show_step(
        view,
        "unit_new",
        _("Add a unit"),
        step,
        None,
        values=values,
        places=places,
        day=day_or(values["fran"], view.work.today),
    )


def _place(till: str) -> UUID | None:
    """`topp` is the top of the tree."""
    if till == "topp":
        return None
    found = id_in(till, field="till")
    if found is None:
        raise InvalidInput(_("Choose one from the list."), field="till")
    return found


async def _show_move(view: View, unit: Placed, fields: dict[str, str], step: Step) -> Response:
    work = view.work
    day = day_or(fields["fran"], work.today)
    tree = await read_tree(work, day)
    to = None if step.problem and step.told != "fran" else await _target(view, fields["till"])
    refused = _refusal_of_move(tree, unit, to) if fields["till"] and not step.problem else None
    if refused is not None:
        if view.partial:
            raise refused
        step = Step(problem=refused)
    shown = bool(fields["till"]) and step.told != "till"
    return await show_step(
        view,
        "unit_move",
        _("Move"),
        step,
        unit,
        fields=fields,
        to=to,
        chosen=shown,
        day=day,
        effect=await effect_of(work, [unit.id], tree),
        above=tree.above(unit.id),
        places=[
            (branch.unit, tree.above(branch.unit.id))
            for branch in tree.branches.values()
            if branch.may
            and branch.unit.id != unit.parent_id
            and not _within(tree, unit.id, branch.unit.id)
        ],
    )


def _refusal_of_move(tree: Tree, unit: Placed, to: Placed | None) -> AppError | None:
    """What can be told before it is tried; the service says the rest."""
    if to is not None and _within(tree, unit.id, to.id):
        return Conflict(_("A unit cannot be moved in under itself."), field="till")
    own = tree.branches.get(unit.id)
    if own is not None and own.may and not own.movable:
        told = _(
            "You may change the unit, but not move or end it: that takes the right where it stands."
        )
        return Forbidden(told, field="till")
    above = tree.branches.get(to.id) if to is not None else None
    if above is not None and not above.may:
        return Forbidden(_("You may not move units to {name}.", name=above.unit.name), field="till")
    return None


async def _target(view: View, till: str) -> Placed | None:
    if till in ("", "topp"):
        return None
    found = id_in(till, field="till")
    assert found is not None
    return await unit_exists(view.work, found, view.work.today)


def _within(tree: Tree, unit_id: UUID, other_id: UUID) -> bool:
    return unit_id == other_id or unit_id in {each.id for each in tree.above(other_id)}


async def _show_end(view: View, unit: Placed, step: Step) -> Response:
    fields = {"fran": view.form.get("fran") or next_year(view.work.today)}
    tree = await read_tree(view.work, day_or(fields["fran"], view.work.today))
    return await show_step(
        view,
        "unit_end",
        _("End"),
        step,
        unit,
        fields=fields,
        day=tree.day,
        effect=await effect_of(view.work, [unit.id], tree),
    )


unit_steps_pages = (
    new_unit,
    add_unit,
    rename_unit,
    choose_place,
    move_unit,
    ask_to_end_unit,
    end_unit,
)
