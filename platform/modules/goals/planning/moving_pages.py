"""Moving, ordering, distributing and removing what stands in the plan: a preview, then the deed."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import select
from starlette.responses import Response

from .....infra.errors import AppError, Conflict, InvalidInput
from .....infra.i18n import _
from .....tenants.tree.units import Placed
from .....tenants.work import Work
from ....web.page import View, action, page
from ..models import Level, PlanNode
from ..places import day_of, lineages
from .adding import check_parent
from .details import Details, read_details
from .distribute import distribute_node
from .node_form import read_id
from .nodes import move_node, remove_node
from .pages import PLANNING, node_url, thread_with
from .planning import Branch, Thread


class Rehearsed(Exception):
    """Ends an attempt that was only to see what would come of it."""


@page("/{unit}/{year:int}/planering/{node:uuid}/flytta", name="move_plan_node")
async def choose_place(view: View) -> Response:
    """Where it may stand; with `till`, what moving it there would mean."""
    thread, branch = await thread_with(view)
    problem: AppError | None = None
    target: Branch | None = None
    if wanted := _id_in(view.query("till")):
        target = thread.branch(wanted)
        problem = await _refusal_of_move(view.work, thread, branch, target)
    values: dict[str, Any] = {
        "target": target,
        "targets": [
            (other, thread.above(other))
            for other in thread.branches.values()
            if branch.seen.level in other.adds and other.node.id != branch.seen.parent_id
        ],
        "details": await read_details(view.work, branch),
        "refused": problem,
    }
    return await _show(view, "move", _("Move"), thread, branch, values)


@action("/{unit}/{year:int}/planering/{node:uuid}/flytta", name="move_plan_node_there")
async def move(view: View) -> Response:
    _thread, branch = await thread_with(view)
    moved = await move_node(view.work, branch.node.id, parent_id=read_id(view.form, "till"))
    return view.redirect(
        node_url(view, moved.id), said=_("“{title}” has been moved.", title=moved.title)
    )


@action("/{unit}/{year:int}/planering/{node:uuid}/ordning", name="order_plan_node")
async def order(view: View) -> Response:
    """One step earlier or later among those of its level that stand below the same."""
    _thread, branch = await thread_with(view)
    node = branch.node
    siblings = await _siblings(view.work, node)
    peers = [other for other in siblings if other.level_id == node.level_id]
    place = peers.index(node)
    step = -1 if view.form.get("direction") == "previous" else 1
    if not 0 <= place + step < len(peers):
        raise Conflict(_("It already stands first.") if step < 0 else _("It already stands last."))
    position = siblings.index(peers[place + step])
    await move_node(view.work, node.id, parent_id=node.parent_id, position=position)
    if view.partial:
        return Response(status_code=204)
    return view.redirect(node_url(view, node.id))


@page("/{unit}/{year:int}/planering/{node:uuid}/fordela", name="distribute_plan_node")
async def choose_units(view: View) -> Response:
    """The units below as a tree with ticks; those that have a copy are ticked already."""
    return await _show_distribution(view, (), "choose")


@action("/{unit}/{year:int}/planering/{node:uuid}/fordela", name="distribute_plan_node_there")
async def distribute(view: View) -> Response:
    """First what the units would get, then, when that has been seen, the copies."""
    _thread, branch = await thread_with(view)
    chosen = [id for text in view.form.all("enhet") if (id := _id_in(text))]
    save = view.form.get("do") == "save"
    try:
        with suppress(Rehearsed):
            async with view.work.attempt():
                await distribute_node(view.work, branch.node.id, unit_ids=chosen)
                if not save:
                    raise Rehearsed
    except (InvalidInput, Conflict) as error:
        return await _show_distribution(view, chosen, "choose", problem=error)
    if not save:
        return await _show_distribution(view, chosen, "preview")
    title, count = branch.node.title, len(chosen)
    said = _("“{title}” is distributed to {count} more units.", title=title, count=count)
    return view.redirect(node_url(view, branch.node.id), said=said)


@action("/{unit}/{year:int}/planering/{node:uuid}/ta-tillbaka", name="take_back_plan_node")
async def take_back(view: View) -> Response:
    """Remove the copy of it at a unit, as long as nothing hangs on that."""
    _thread, branch = await thread_with(view)
    copy_id = read_id(view.form, "copy")
    copy = await view.work.get(PlanNode, copy_id or branch.node.id)
    if copy.origin_id != branch.node.id:
        raise InvalidInput(_("Choose one from the list."), field="copy")
    await remove_node(view.work, copy.id)
    address = view.url("distribute_plan_node", node=branch.node.id)
    return view.redirect(address, said=_("The copy has been taken back."))


@page("/{unit}/{year:int}/planering/{node:uuid}/ta-bort", name="remove_plan_node")
async def ask_to_remove(view: View) -> Response:
    """What would be lost, or what keeps it from being removed."""
    thread, branch = await thread_with(view)
    details = await read_details(view.work, branch)
    return await _show(view, "remove", _("Remove"), thread, branch, {"details": details})


@action("/{unit}/{year:int}/planering/{node:uuid}/ta-bort", name="remove_plan_node_now")
async def remove(view: View) -> Response:
    _thread, branch = await thread_with(view)
    removed = await remove_node(view.work, branch.node.id)
    said = _("“{title}” has been removed.", title=removed.title)
    above = branch.seen.parent_id
    return view.redirect(node_url(view, above) if above else view.url("planning"), said=said)


async def _show(
    view: View,
    what: str,
    heading: str,
    thread: Thread,
    branch: Branch,
    values: dict[str, Any],
    *,
    problem: AppError | None = None,
) -> Response:
    """A step about one thing: as a dialog for a script, else as a page."""
    template = f"goals/planning_{what}.html"
    given: dict[str, Any] = {
        "thread": thread,
        "branch": branch,
        "heading": heading,
        "may": not branch.owner and not thread.why_not,
        "planning_word": await view.word(PLANNING),
        "back": node_url(view, branch.node.id),
        "problem": problem,
        "body": template,
        **values,
    }
    if view.partial:
        return await view.fragment(template, **given)
    status = problem.status if problem else 200
    return await view.render("goals/planning_step.html", status=status, **given)


async def _refusal_of_move(
    work: Work, thread: Thread, branch: Branch, target: Branch
) -> AppError | None:
    """Why it cannot stand there, None when it can."""
    node, level = branch.node, branch.seen.level
    found = await lineages(work, [node.unit_id], on=day_of(work, thread.year))
    try:
        check_parent(
            level,
            target.node,
            target.seen.level,
            unit_id=node.unit_id,
            lineage=found.get(node.unit_id, ()),
        )
    except InvalidInput as error:
        return error
    return None


async def _siblings(work: Work, node: PlanNode) -> list[PlanNode]:
    """Those of the same unit that stand below the same, itself among them, in order."""
    return list(
        await work.scalars(
            select(PlanNode)
            .where(PlanNode.model_id == node.model_id, PlanNode.unit_id == node.unit_id)
            .where(PlanNode.parent_id.is_not_distinct_from(node.parent_id))
            .order_by(PlanNode.position, PlanNode.id)
        )
    )


@dataclass(frozen=True, slots=True)
class Choice:
    """A unit below, in the tree with ticks."""

    unit: Placed
    depth: int
    fits: bool
    copy_id: UUID | None
    chosen: bool


async def _show_distribution(
    view: View, chosen: Sequence[UUID], step: str, *, problem: AppError | None = None
) -> Response:
    thread, branch = await thread_with(view)
    details = await read_details(view.work, branch)
    choices = _choices(thread, branch.seen.level, details, chosen)
    values: dict[str, Any] = {
        "step": step,
        "choices": choices,
        "getting": [choice for choice in choices if choice.chosen and not choice.copy_id],
    }
    heading = _("Distribute")
    return await _show(view, "distribute", heading, thread, branch, values, problem=problem)


def _choices(
    thread: Thread, level: Level, details: Details, chosen: Sequence[UUID]
) -> list[Choice]:
    copies = {copy.unit.id: copy.id for copy in details.copies}
    depths = {thread.unit.id: 0}
    found = []
    for unit in thread.below:
        depths[unit.id] = depths.get(unit.parent_id or thread.unit.id, 0) + 1
        fits = not level.unit_kinds or unit.kind.value in level.unit_kinds
        copy_id = copies.get(unit.id)
        found.append(Choice(unit, depths[unit.id], fits, copy_id, unit.id in chosen))
    return found


def _id_in(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
