"""The plan carried on to another year, and everything one person answers for handed to another."""

from __future__ import annotations

from contextlib import suppress
from uuid import UUID

from sqlalchemy import func, select
from starlette.responses import Response

from .....infra.errors import AppError, Conflict, InvalidInput, NotFound
from .....infra.i18n import _
from .....tenants.models import Person
from .....tenants.tree.responsible import may_answer
from .....tenants.work import Work
from ....web.page import View, action, page
from ..models import PlanNode
from ..places import day_of
from ..steering.next_year import CopiedModel, copy_model
from .moving_pages import Rehearsed
from .node_form import field_of, read_id
from .nodes import hand_over
from .pages import PLANNING, model_id_of
from .planning import Thread, read_thread


@page("/{unit}/{year:int}/planering/kopiera", name="copy_plan")
async def ask_to_copy(view: View) -> Response:
    """What follows to the next year, and what does not."""
    return await _show_copy(view)


@action("/{unit}/{year:int}/planering/kopiera", name="copy_plan_now")
async def copy(view: View) -> Response:
    """First how much would come along, then, when that has been seen, the copy."""
    thread = await _thread(view)
    if thread.model is None:
        raise NotFound(_("There is no steering model for {year}.", year=thread.year))
    save = view.form.get("do") == "save"
    with_nodes = view.form.get("what") != "levels"
    copied: CopiedModel | None = None
    model_id, to_year = thread.model.id, thread.year + 1
    try:
        with suppress(Rehearsed):
            async with view.work.attempt():
                copied = await copy_model(view.work, model_id, with_nodes=with_nodes)
                if not save:
                    raise Rehearsed
    except (InvalidInput, Conflict) as error:
        return await _show_copy(view, problem=error)
    assert copied is not None
    if not save:
        return await _show_copy(view, copied=copied, with_nodes=with_nodes)
    said = _("{count} have been copied to {year}.", count=copied.copied, year=to_year)
    return view.redirect(view.url("planning", year=to_year), said=said)


@page("/{unit}/{year:int}/planering/lamna-over", name="hand_over_plan")
async def ask_to_hand_over(view: View) -> Response:
    return await _show_hand_over(view, {"from": "", "to": ""})


@action("/{unit}/{year:int}/planering/lamna-over", name="hand_over_plan_now")
async def hand(view: View) -> Response:
    """First how many it is, then, when that has been seen, the deed."""
    chosen = {"from": view.form.get("from"), "to": view.form.get("to")}
    save, count = view.form.get("do") == "save", 0
    try:
        from_id, to_id = read_id(view.form, "from"), read_id(view.form, "to")
        if from_id is None or to_id is None:
            raise InvalidInput(_("Choose who hands over, and to whom."), field="from")
        with suppress(Rehearsed):
            async with view.work.attempt():
                count = await hand_over(view.work, from_id=from_id, to_id=to_id)
                if not save:
                    raise Rehearsed
    except (InvalidInput, Conflict) as error:
        return await _show_hand_over(view, chosen, problem=error)
    if not save:
        return await _show_hand_over(view, chosen, count=count)
    return view.redirect(
        view.url("planning"), said=_("{count} have been handed over.", count=count)
    )


async def _thread(view: View) -> Thread:
    here = view.here
    return await read_thread(view.work, here.unit, here.year, model_id=model_id_of(view))


async def _show_copy(
    view: View,
    *,
    copied: CopiedModel | None = None,
    with_nodes: bool = True,
    problem: AppError | None = None,
) -> Response:
    thread = await _thread(view)
    return await view.render(
        "goals/planning_copy.html",
        status=problem.status if problem else 200,
        thread=thread,
        next_year=thread.year + 1,
        may=view.work.allows("goals.design"),
        copied=copied,
        with_nodes=with_nodes,
        problem=problem,
        planning_word=await view.word(PLANNING),
    )


async def _show_hand_over(
    view: View,
    chosen: dict[str, str],
    *,
    count: int | None = None,
    problem: AppError | None = None,
) -> Response:
    here = view.here
    thread = await read_thread(view.work, here.unit, here.year)
    people = await may_answer(view.work, here.unit.id, on=day_of(view.work, here.year))
    names = {str(person.id): person.name for person in people}
    givers = await _responsible(view.work)
    names |= {str(id): name for id, name in givers}
    return await view.render(
        "goals/planning_hand_over.html",
        status=problem.status if problem else 200,
        thread=thread,
        why_not="" if view.work.allows("goals.edit", at=here.unit.id) else thread.why_not,
        givers=givers,
        people=people,
        names=names,
        values=chosen,
        count=count,
        problem=problem,
        told=field_of(problem),
        prefix="",
        planning_word=await view.word(PLANNING),
    )


async def _responsible(work: Work) -> list[tuple[UUID, str]]:
    """Who answers for something that the actor may change, those who have left among them."""
    reach = work.reach("goals.edit")
    answers = select(PlanNode.responsible_id).where(PlanNode.tenant_id == work.tenant.id)
    if reach is not None:
        answers = answers.where(PlanNode.unit_id.in_(reach))
    rows = await work.rows(
        select(Person.id, Person.name)
        .where(Person.id.in_(answers))
        .order_by(func.sv_key(Person.name))
    )
    return [(id, name) for id, name in rows]
