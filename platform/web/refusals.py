"""What is refused to someone who is signed in: told within the usual frame, with whom to ask."""

from __future__ import annotations

import re
from typing import Final
from uuid import UUID

from sqlalchemy import func, select
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from ...authz.permit import NOWHERE
from ...infra.errors import AppError, Forbidden, StepUp, Unauthenticated
from ...infra.i18n import _, in_language, use_locale
from ...tenants.entry import Entered, enter
from ...tenants.models import Person
from ...tenants.sign_in.sessions import SESSION_COOKIE
from ...tenants.work import Work, open_work
from ..asked import who_is_asked
from .answers import hint_for, sentence_for, show_http, show_refusal
from .page import View
from .shell import Place, place_of
from .sign_in_page import buttons_for, way_on

GRANT: Final = "roles.grant"
MOST: Final = 2


async def refuse(request: Request, error: Exception) -> Response:
    """A page with the municipality's menu for whoever is signed in there; else, and for programs,
    the plain answer."""
    assert isinstance(error, AppError | HTTPException)
    entered = await _entered(request, error)
    if entered is None:
        plain = show_refusal if isinstance(error, AppError) else show_http
        return await plain(request, error)
    runtime = request.app.state.runtime
    with use_locale(entered.actor.locale):
        async with open_work(runtime, entered.tenant, entered.actor, write=False) as work:
            return await _framed(request, work, error)


async def _entered(request: Request, error: AppError | HTTPException) -> Entered | None:
    headers, slug = request.headers, request.scope["path"].split("/")[1]
    read = "text/html" in headers.get("accept", "") and "hx-request" not in headers
    if not read or isinstance(error, Unauthenticated) or not re.fullmatch(r"[a-z0-9-]{1,63}", slug):
        return None
    session = request.cookies.get(SESSION_COOKIE)
    try:
        return await enter(request.app.state.runtime, slug, session=session, by_hand=False)
    except AppError:
        return None


async def _framed(request: Request, work: Work, error: AppError | HTTPException) -> Response:
    status = error.status if isinstance(error, AppError) else error.status_code
    view = View(request, work, "", place=await _place(request, work))
    if isinstance(error, StepUp):
        return await _step_up(view, error)
    response = await view.render(
        "problem.html",
        status=status,
        code=status,
        message=error.message if isinstance(error, AppError) else sentence_for(request, status),
        hint=hint_for(status),
        help=await _whom_to_ask(view, error) if isinstance(error, Forbidden) else "",
        address=request.url.path,
        tenant=work.tenant.slug,
    )
    if isinstance(error, HTTPException):
        response.headers.update(error.headers or {})
    return response


async def _step_up(view: View, error: StepUp) -> Response:
    """What is needed, and the buttons that sign in again as safely as that."""
    request, tenant = view.request, view.tenant
    here = f"{request.url.path}?{request.url.query}" if request.url.query else request.url.path
    title = next((module.title for module in view.modules if module.name == error.module), None)
    return await view.render(
        "step_up.html",
        status=error.status,
        message=error.message,
        module=in_language(title) if title else "",
        level=error.level,
        own=view.actor.level,
        buttons=await buttons_for(view.work, error.level),
        demo=view.work.runtime.settings.mode == "demo",
        till=way_on(here if request.method == "GET" else None, tenant),
    )


async def _place(request: Request, work: Work) -> Place | None:
    params = request.path_params
    if "unit" not in params or "year" not in params:
        return None
    try:
        return await place_of(work, params["unit"], params["year"])
    except AppError:
        return None


async def _whom_to_ask(view: View, error: Forbidden) -> str:
    """Those who may do it, by the roles nearest to the unit. Who may only look is no help to one
    who may not: then those who give rights."""
    place = (await view.shell()).place
    at = error.at or (place.unit.id if place else NOWHERE)
    read = not error.permission or error.permission.endswith(".read")
    names = await _names(view.work, GRANT if read else error.permission, at)
    return _("Ask {names} for help.", names=f" {_('or')} ".join(names)) if names else ""


async def _names(work: Work, permission: str, unit_id: UUID) -> list[str]:
    asked = await who_is_asked(work, people=None, outcome_days=0, ahead_days=0)
    people = asked.nearest(permission, unit_id) - {work.actor.id}
    if not people:
        return []
    named = select(Person.name).where(Person.id.in_(people))
    return list(await work.scalars(named.order_by(func.sv_key(Person.name), Person.id).limit(MOST)))
