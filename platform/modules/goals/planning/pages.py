"""The page of strategic planning: the red thread as tree and board, one thing in it, new ones."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from uuid import UUID

from starlette.responses import Response

from .....infra.errors import AppError, Conflict, InvalidInput
from .....infra.i18n import _
from .....tenants.terms import Term
from .....tenants.tree.responsible import may_answer
from ....web.forms import Form
from ....web.page import View, action, page
from ..models import Level, NodeKind, PlanNode
from ..places import day_of
from ..rules import Light
from ..settings import goal_settings
from ..steering.design import has_light
from . import node_words
from .adding import NewNode, add_node
from .details import read_details
from .node_form import field_of, read_day, read_id, read_measure, save_node
from .node_words import NEW, node_values
from .planning import Branch, Thread, read_thread
from .timeline import lay_out

PLANNING = Term("goals.planning", lambda: _("Strategic planning"))
STEERING = Term("goals.model", lambda: _("Steering model"))


@page("/{unit}/{year:int}/planering", name="planning")
async def planning(view: View) -> Response:
    """What the unit has decided and inherited for the year."""
    return await show_plan(view)


@page("/{unit}/{year:int}/planering/{node:uuid}", name="planning_node")
async def planning_node(view: View) -> Response:
    """The same, with one thing beside it in full; for a script, that thing alone."""
    return await show_plan(view, node_id=view.id("node"))


@action("/{unit}/{year:int}/planering/{node:uuid}", name="change_plan_node")
async def change_plan_node(view: View) -> Response:
    """Save the panel."""
    _thread, branch = await thread_with(view)
    try:
        async with view.work.attempt():
            await save_node(
                view.work,
                branch.node,
                view.form,
                indicator=branch.seen.indicator,
                activity=branch.seen.activity,
            )
    except (InvalidInput, Conflict) as error:
        return await show_plan(view, node_id=view.id("node"), problem=error, form=view.form)
    return view.redirect(node_url(view, branch.node.id), said=_("The change is saved."))


@page("/{unit}/{year:int}/planering/ny", name="new_plan_node")
async def new_plan_node(view: View) -> Response:
    """The form for something new, at the top or below what `under` names."""
    asked = {name: [text] for name, text in view.request.query_params.items()}
    return await _show_new(view, Form(asked))


@action("/{unit}/{year:int}/planering/ny", name="add_plan_node")
async def add_plan_node(view: View) -> Response:
    try:
        async with view.work.attempt():
            node = await add_node(view.work, await _read_new(view))
    except (InvalidInput, Conflict) as error:
        return await _show_new(view, view.form, problem=error)
    if "again" in view.form:
        query = {"under": view.form.get("under"), "level": view.form.get("level")}
        said = _("“{title}” is in the plan. Write the next one.", title=node.title)
        return view.redirect(view.url("new_plan_node", query), said=said)
    said = _("“{title}” is in the plan.", title=node.title)
    return view.redirect(node_url(view, node.id), said=said)


async def show_plan(
    view: View,
    *,
    node_id: UUID | None = None,
    problem: AppError | None = None,
    form: Form | None = None,
) -> Response:
    """The page, with what was written and why it was refused when there is a `problem`."""
    thread = await _thread(view, model_id_of(view), node_id)
    branch = thread.branch(node_id) if node_id else None
    settings = await goal_settings(view.work)
    shown = view.query("vy")
    values: dict[str, Any] = {
        "thread": thread,
        "branch": branch,
        "board": shown == "tavla",
        "timeline": lay_out(thread, settings, view.work.today) if shown == "tidslinje" else None,
        "same_model": _same_model(thread),
        "planning_word": await view.word(PLANNING),
        "model_word": await view.word(STEERING),
        "problem": problem,
        "told": field_of(problem),
        "opened": problem is not None,
        "prefix": "",
        "may_design": view.work.allows("goals.design"),
        "state_words": dict(node_words.states(settings)),
    }
    if branch is not None:
        values |= await _panel_values(view, thread, branch, form)
    if view.partial and branch is not None and problem is None:
        return await view.fragment("goals/planning_panel.html", **values)
    status = problem.status if problem else 200
    return await view.render("goals/planning.html", status=status, **values)


async def thread_with(view: View) -> tuple[Thread, Branch]:
    """The thread and the branch that the address names. Raises NotFound."""
    node_id = view.id("node")
    thread = await _thread(view, None, node_id)
    return thread, thread.branch(node_id)


def node_url(view: View, node_id: UUID) -> str:
    return view.url("planning_node", node=node_id)


def model_id_of(view: View) -> UUID | None:
    """The model that the address or the form names, where a year has several."""
    try:
        return UUID(view.form.get("modell") or view.query("modell"))
    except ValueError:
        return None


def _same_model(thread: Thread) -> dict[str, object]:
    """What an address says to stay in the model; nothing for the year's first one."""
    model = thread.model
    return {"modell": model.id} if model is not None and model != thread.models[0] else {}


async def _thread(view: View, model_id: UUID | None, node_id: UUID | None) -> Thread:
    here = view.here
    if node_id is not None:
        model_id = (await view.work.get(PlanNode, node_id)).model_id
    return await read_thread(view.work, here.unit, here.year, model_id=model_id)


async def _panel_values(
    view: View, thread: Thread, branch: Branch, form: Form | None
) -> dict[str, Any]:
    seen = branch.seen
    values = node_values(branch.node, seen.indicator, seen.activity)
    if form is not None:
        values |= {name: form.get(name) for name in values}
    return {
        "details": await read_details(view.work, branch),
        "values": values,
        "above": thread.above(branch),
        **await _choices(view, thread),
    }


async def _choices(view: View, thread: Thread) -> dict[str, Any]:
    here, day = view.here, day_of(view.work, view.here.year)
    return {
        "people": [] if thread.why_not else await may_answer(view.work, here.unit.id, on=day),
        "states": node_words.states(await goal_settings(view.work)),
        "directions": node_words.directions(),
        "periodicities": node_words.periodicities(),
        "consolidations": node_words.consolidations(),
        "yellow": thread.model is not None and has_light(thread.model, Light.YELLOW),
    }


async def _show_new(view: View, form: Form, *, problem: AppError | None = None) -> Response:
    under = read_id(form, "under")
    thread = await _thread(view, None, under)
    branch = thread.branch(under) if under else None
    levels = branch.adds if branch else thread.adds
    wanted = form.get("level")
    chosen = next((level for level in levels if str(level.id) == wanted), None)
    values: dict[str, Any] = {
        "thread": thread,
        "branch": branch,
        "levels": levels,
        "chosen": chosen or (levels[0] if levels else None),
        "kinds": {level.kind for level in levels},
        "values": NEW | {name: form.get(name) for name in NEW if name in form},
        "problem": problem,
        "told": field_of(problem),
        "planning_word": await view.word(PLANNING),
        "heading": _heading(branch),
        "prefix": "new-",
        **await _choices(view, thread),
    }
    if view.partial and problem is None:
        return await view.fragment("goals/planning_new_form.html", **values)
    status = problem.status if problem else 200
    return await view.render("goals/planning_new.html", status=status, **values)


def _heading(branch: Branch | None) -> str:
    if branch is None:
        return _("Add to the plan")
    return _("Add below “{title}”", title=branch.node.title)


async def _read_new(view: View) -> NewNode:
    form = view.form
    level_id = read_id(form, "level")
    if level_id is None:
        raise InvalidInput(_("Choose what to add."), field="level")
    level = await view.work.get(Level, level_id, field="level")
    done = level.kind is NodeKind.ACTIVITY
    new = NewNode(
        level_id=level.id,
        unit_id=view.here.unit.id,
        title=form.get("title"),
        description=form.get("description"),
        parent_id=read_id(form, "under"),
        responsible_id=read_id(form, "responsible"),
        starts_on=read_day(form, "starts_on") if done else None,
        ends_on=read_day(form, "ends_on") if done else None,
    )
    if level.kind is NodeKind.INDICATOR and "direction" in form:
        return replace(new, indicator=read_measure(form))
    return new
