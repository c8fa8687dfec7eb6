"""The page of the steering model: levels, lights, and whether the year is open."""

from __future__ import annotations

from contextlib import suppress
from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from starlette.responses import Response

from .....infra.errors import AppError, Conflict, InvalidInput, NotFound
from .....infra.i18n import _
from .....tenants.work import Work
from ....web.page import View, action, page
from ..models import Level, PlanNode, SteeringModel
from ..planning import node_words
from ..planning.moving_pages import Rehearsed
from ..planning.pages import PLANNING, STEERING
from ..rules import Light
from .design import change_model, create_model, delete_model, levels_of
from .form import (
    Sketch,
    designs_of,
    lights_of,
    pressed,
    read_sketch,
    sketch_of,
    standards,
)
from .locks import lock_year, locked_years, unlock_year, year_is_locked


@page("/{unit}/{year:int}/styrmodell", name="steering_model")
async def steering_model(view: View) -> Response:
    """The year's model as a form, or the ways to make a first one."""
    return await _show(view)


@action("/{unit}/{year:int}/styrmodell", name="change_steering_model")
async def change(view: View) -> Response:
    """A button of the form, a look at what would come of it, or the change itself."""
    model = await _model(view)
    sketch, do = read_sketch(view.form), view.form.get("do")
    if turned := pressed(sketch, do):
        return await _show(view, sketch=turned)
    problem: AppError | None = None
    try:
        with suppress(Rehearsed):
            async with view.work.attempt():
                await change_model(
                    view.work,
                    model.id,
                    name=sketch.name,
                    lights=lights_of(sketch),
                    levels=designs_of(sketch),
                )
                if do != "save":
                    raise Rehearsed
    except (InvalidInput, Conflict) as error:
        problem = error
    if problem is None and do == "save":
        return view.redirect(view.url("steering_model"), said=_("The steering model is saved."))
    if view.partial:
        values: dict[str, Any] = {
            "sketch": sketch,
            "problem": problem,
            "light_names": _light_names(),
        }
        return await view.fragment("goals/model_preview.html", **values)
    return await _show(view, sketch=sketch, problem=problem, seen=problem is None)


@action("/{unit}/{year:int}/styrmodell/ny", name="create_steering_model")
async def create(view: View) -> Response:
    """A first model from one of the standards."""
    chosen = next((s for s in standards() if s[0] == view.form.get("standard")), None)
    if chosen is None:
        raise InvalidInput(_("Choose one from the list."), field="standard")
    name = view.form.get("name") or view.tenant.name
    await create_model(view.work, year=view.here.year, name=name, levels=chosen[2])
    said = _(
        "{year} has a steering model. Change its levels, or go on to the plan.", year=view.here.year
    )
    return view.redirect(view.url("steering_model"), said=said)


@action("/{unit}/{year:int}/styrmodell/ta-bort", name="delete_steering_model")
async def delete(view: View) -> Response:
    model = await _model(view)
    await delete_model(view.work, model.id)
    return view.redirect(view.url("planning"), said=_("The steering model has been removed."))


@action("/{unit}/{year:int}/styrmodell/las", name="lock_plan_year")
async def lock(view: View) -> Response:
    year = view.here.year
    await lock_year(view.work, year, reason=view.form.get("reason"))
    return view.redirect(view.url("steering_model"), said=_("{year} is locked.", year=year))


@action("/{unit}/{year:int}/styrmodell/las-upp", name="unlock_plan_year")
async def unlock(view: View) -> Response:
    year = view.here.year
    await unlock_year(view.work, year)
    said = _("{year} is open for changes again.", year=year)
    return view.redirect(view.url("steering_model"), said=said)


async def _model(view: View) -> SteeringModel:
    """The one that the form names, of the address's year. Raises NotFound."""
    wanted = view.form.get("model") or view.query("modell")
    models = await _models(view.work, view.here.year)
    chosen = next((model for model in models if str(model.id) == wanted), None)
    if chosen is None and (wanted or not models):
        raise NotFound()
    return chosen or models[0]


async def _models(work: Work, year: int) -> list[SteeringModel]:
    return list(
        await work.scalars(
            select(SteeringModel)
            .where(SteeringModel.year == year)
            .order_by(SteeringModel.created_at, SteeringModel.id)
        )
    )


async def _show(
    view: View,
    *,
    sketch: Sketch | None = None,
    problem: AppError | None = None,
    seen: bool = False,
) -> Response:
    work, year = view.work, view.here.year
    work.require("goals.read")
    models = await _models(work, year)
    locked = next((lock for lock in await locked_years(work) if lock.year == year), None)
    values: dict[str, Any] = {
        "year": year,
        "models": models,
        "model": None,
        "lock": locked,
        "why_locked": year_is_locked(work, locked).message if locked else "",
        "may": work.allows("goals.design") and locked is None,
        "may_design": work.allows("goals.design"),
        "may_lock": work.allows("goals.lock"),
        "planning_word": await view.word(PLANNING),
        "model_word": await view.word(STEERING),
        "problem": problem,
        "seen": seen,
        "standards": standards(),
        "earlier": await _models(work, year - 1),
        **_choices(),
    }
    if models:
        model = await _model(view)
        values |= {
            "model": model,
            "sketch": sketch or sketch_of(model, await levels_of(work, model.id)),
            "uses": await _uses(work, model.id),
        }
    status = problem.status if problem else 200
    return await view.render("goals/model.html", status=status, **values)


def _choices() -> dict[str, Any]:
    return {
        "kinds": node_words.kinds(),
        "spreads": node_words.spreads(),
        "light_rules": node_words.light_rules(),
        "unit_kinds": node_words.unit_kinds(),
        "light_names": _light_names(),
    }


def _light_names() -> dict[str, str]:
    return {
        Light.GREEN.value: _("Green"),
        Light.YELLOW.value: _("Yellow"),
        Light.RED.value: _("Red"),
    }


async def _uses(work: Work, model_id: UUID) -> dict[str, int]:
    """How much stands on each level, by its key."""
    rows = await work.rows(
        select(Level.key, func.count())
        .join(PlanNode, (PlanNode.level_id == Level.id) & (PlanNode.tenant_id == Level.tenant_id))
        .where(Level.model_id == model_id)
        .group_by(Level.key)
    )
    return {row[0]: row[1] for row in rows}
