"""Merging units into one, and splitting one into several: what would come of it, then the deed."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from starlette.responses import Response

from .....infra.errors import InvalidInput
from .....infra.i18n import _
from .....tenants.tree.reorganising import NewUnit, Part, merge_units, split_unit
from .....tenants.tree.units import Placed
from ....web.forms import Form
from ....web.page import View, action, page
from ....web.templating import day as in_words
from ..stepping import ASKED, Step, day_or, id_in, next_year, read_day, read_id, take_step
from .steps_pages import read_kind, show_step
from .tree_view import Branch, Tree, effect_of, read_tree, unit_exists

FEWEST, MOST = 2, 10
"""Parts that a unit is split into."""


@page("/organisation/{id:uuid}/sla-ihop", name="ask_to_merge_units")
async def ask_to_merge_units(view: View) -> Response:
    return await _show_merge(view, await _unit(view), ASKED)


@action("/organisation/{id:uuid}/sla-ihop", name="merge_units")
async def merge(view: View) -> Response:
    """The unit and those that are ticked go up in one, new or standing."""
    unit, form = await _own_unit(view), view.form

    async def deed() -> str:
        day = read_day(form, "fran")
        gone = [found for text in form.all("enhet") if (found := id_in(text, field="enhet"))]
        into = _successor(form)
        ending = [id for id in gone if id != into]
        merged = await merge_units(view.work, ending, into=into, from_date=day)
        made.append(merged.id)
        return _(
            "{count} units go up in another one from {day}.",
            count=len(ending),
            day=in_words(day),
        )

    made: list[UUID] = []
    step = await take_step(view, deed)
    if step.said:
        query = {"dag": form.get("fran")}
        return view.redirect(view.url("organisation_unit", query, id=made[0]), said=step.said)
    return await _show_merge(view, unit, step)


@page("/organisation/{id:uuid}/dela", name="ask_to_split_unit")
async def ask_to_split_unit(view: View) -> Response:
    return await _show_split(view, await _unit(view), ASKED, FEWEST)


@action("/organisation/{id:uuid}/dela", name="split_unit")
async def split(view: View) -> Response:
    """The unit goes up in several, new or standing; those below it are told where to go."""
    unit, form = await _own_unit(view), view.form
    count = _count(form)
    if "add" in form:
        return await _show_split(view, unit, ASKED, min(count + 1, MOST))

    async def deed() -> str:
        day = read_day(form, "fran")
        parts = [_part(form, index, unit) for index in range(count) if _filled(form, index)]
        await split_unit(view.work, unit.id, into=parts, from_date=day)
        return _(
            "{name} becomes {count} units from {day}.",
            name=unit.name,
            count=len(parts),
            day=in_words(day),
        )

    step = await take_step(view, deed)
    if step.said:
        query = {"dag": form.get("fran")}
        return view.redirect(view.url("organisation", query), said=step.said)
    return await _show_split(view, unit, step, count)


async def _unit(view: View) -> Placed:
    return await unit_exists(view.work, view.id(), view.work.today)


async def _own_unit(view: View) -> Placed:
    """The right is asked for first, so that a refusal of what was sent tells a reader nothing."""
    unit = await _unit(view)
    view.work.require("organisation.edit", at=unit.id)
    return unit


def _successor(form: Form) -> UUID | NewUnit:
    if form.get("till") == "standing":
        return read_id(form, "standing")
    return _new(form, "ny-", id_in(form.get("ny-under"), field="ny-under"))


def _new(form: Form, prefix: str, parent_id: UUID | None) -> NewUnit:
    kind = form.get(f"{prefix}kind")
    return NewUnit(
        code=form.get(f"{prefix}code"),
        name=form.get(f"{prefix}name"),
        kind=read_kind(kind, field=f"{prefix}kind"),
        parent_id=parent_id,
    )


def _part(form: Form, index: int, unit: Placed) -> Part:
    prefix = f"del-{index}-"
    standing = id_in(form.get(f"{prefix}enhet"), field=f"{prefix}enhet")
    children = [
        child
        for name, values in form.fields.items()
        if name.startswith("barn-") and values[0] == str(index)
        if (child := id_in(name.removeprefix("barn-"), field=name))
    ]
    return Part(standing or _new(form, prefix, unit.parent_id), children)


def _filled(form: Form, index: int) -> bool:
    prefix = f"del-{index}-"
    return any(form.get(f"{prefix}{name}").strip() for name in ("enhet", "name", "code"))


def _count(form: Form) -> int:
    text = form.get("delar", str(FEWEST))
    if not text.isdecimal() or len(text) > 3 or not FEWEST <= int(text) <= MOST:
        raise InvalidInput(_("The form could not be read. Load the page again and try once more."))
    return int(text)


async def _show_merge(view: View, unit: Placed, step: Step) -> Response:
    form = view.form
    tree = await _tree(view)
    chosen = form.all("enhet") or [str(unit.id)]
    gone = [id for id in tree.branches if str(id) in chosen]
    values = {
        "fran": form.get("fran") or next_year(view.work.today),
        "till": form.get("till", "new"),
        "standing": form.get("standing"),
        "ny-code": form.get("ny-code"),
        "ny-name": form.get("ny-name"),
        "ny-kind": form.get("ny-kind", unit.kind.value),
        "ny-under": form.get("ny-under", str(unit.parent_id or "")),
    }
    return await show_step(
        view,
        "unit_merge",
        _("Merge"),
        step,
        unit,
        values=values,
        chosen=chosen,
        gone=[tree.branches[id].unit for id in gone],
        day=tree.day,
        effect=await effect_of(view.work, gone, tree),
        places=_own(tree),
    )


async def _show_split(view: View, unit: Placed, step: Step, count: int) -> Response:
    form = view.form
    tree = await _tree(view)
    names = [f"del-{index}-{what}" for index in range(count) for what in FIELDS]
    values = {name: form.get(name) for name in names}
    branch = tree.branches.get(unit.id)
    children = [below.unit for below in branch.below] if branch else []
    values |= {f"barn-{child.id}": form.get(f"barn-{child.id}", "0") for child in children}
    values |= {"fran": form.get("fran") or next_year(view.work.today)}
    for index in range(count):
        values[f"del-{index}-kind"] = values[f"del-{index}-kind"] or unit.kind.value
    return await show_step(
        view,
        "unit_split",
        _("Split"),
        step,
        unit,
        values=values,
        count=count,
        most=MOST,
        children=children,
        day=tree.day,
        effect=await effect_of(view.work, [unit.id], tree),
        places=[each for each in _own(tree) if each.unit.id != unit.id],
        parts_words=[_part_word(values, index, tree) for index in range(count)],
    )


FIELDS = ("enhet", "code", "name", "kind")


def _part_word(values: dict[str, str], index: int, tree: Tree) -> str:
    """What the part is called once it has been said, else its number."""
    standing = values[f"del-{index}-enhet"]
    names = {str(id): branch.unit.name for id, branch in tree.branches.items()}
    called = names.get(standing) or values[f"del-{index}-name"].strip()
    return called or _("Part {number}", number=index + 1)


def _own(tree: Tree) -> Sequence[Branch]:
    return [branch for branch in tree.branches.values() if branch.may]


async def _tree(view: View) -> Tree:
    return await read_tree(view.work, day_or(view.form.get("fran"), view.work.today))


unit_merging_pages = (ask_to_merge_units, merge, ask_to_split_unit, split)
