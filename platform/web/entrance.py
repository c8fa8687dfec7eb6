"""The way in and out: the start page, the page to sign in on, and signing out."""

from __future__ import annotations

from typing import Final
from urllib.parse import parse_qs
from uuid import UUID

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from ...graphql.http import check_origin, read_body
from ...infra.errors import InvalidInput
from ...infra.i18n import _
from ...infra.runtime import Runtime
from ...tenants.entry import all_tenants, find_tenant
from ...tenants.keys import is_support
from ...tenants.sign_in.assurance import LOWEST
from ...tenants.sign_in.sessions import SESSION_COOKIE, end_session
from ...tenants.support import leave
from ...tenants.work import Tenancy, open_work
from .demo_people import chosen_person
from .oidc import BELOW_OUT, THERE_COOKIE, come_back, go_there, leave_there
from .pages import render
from .sign_in_page import admit, show_sign_in, visitor, way_on

FORM_BYTES: Final = 10_000


def entrance_routes(*, demo: bool) -> list[Route]:
    """Signing in without a password exists in the demonstration only."""
    place = "/{tenant}/logga-in"
    return [
        Route("/", start),
        Route(place, sign_in, methods=["GET"], name="sign_in"),
        *([Route(place, sign_in_as, methods=["POST"], name="sign_in_as")] if demo else []),
        Route(f"{place}/oidc", sign_in_by_provider, methods=["POST"], name="sign_in_by_provider"),
        Route(f"{place}/svar", signed_in_by_provider, methods=["GET"], name="sign_in_answer"),
        Route("/{tenant}/logga-ut", sign_out, methods=["POST"], name="sign_out"),
    ]


async def start(request: Request) -> Response:
    runtime: Runtime = request.app.state.runtime
    return render(
        request,
        "start.html",
        tenants=await all_tenants(runtime),
        demo=runtime.settings.mode == "demo",
        address=runtime.settings.base_url,
    )


async def sign_in(request: Request) -> Response:
    tenant = await _tenant(request)
    till = way_on(request.query_params.get("till"), tenant)
    level = _level(request.query_params.get("niva", ""))
    return await show_sign_in(request, tenant, till=till, level=level)


async def sign_in_as(request: Request) -> Response:
    """Of the demonstration: as one of its people, without a password."""
    tenant, form = await _own_form(request)
    level = max(LOWEST, _level(form.get("niva", [""])[0]))
    till = _till(form, tenant)
    return await admit(request, tenant, chosen_person(form), till=till, level=level)


async def sign_in_by_provider(request: Request) -> Response:
    tenant, form = await _own_form(request)
    return await go_there(
        request,
        tenant,
        till=_till(form, tenant),
        provider_id=_provider(form),
        level=_level(form.get("niva", [""])[0]),
    )


async def signed_in_by_provider(request: Request) -> Response:
    """The browser comes from another site here; what it was given before it left vouches for it."""
    return await come_back(request, await _tenant(request))


async def sign_out(request: Request) -> Response:
    runtime: Runtime = request.app.state.runtime
    check_origin(request.headers, runtime.settings.base_url)
    tenant = await _tenant(request)
    if key := request.cookies.get(SESSION_COOKIE):
        async with open_work(runtime, tenant, visitor(request), write=True) as work:
            await (leave if is_support(key) else end_session)(work, key)
    response = await leave_there(request, tenant) or RedirectResponse("/", status_code=303)
    response.delete_cookie(SESSION_COOKIE, path=f"/{tenant.slug}")
    response.delete_cookie(THERE_COOKIE, path=f"/{tenant.slug}{BELOW_OUT}")
    return response


async def _tenant(request: Request) -> Tenancy:
    return await find_tenant(request.app.state.runtime, request.path_params["tenant"])


async def _own_form(request: Request) -> tuple[Tenancy, dict[str, list[str]]]:
    """What a page of our own has sent. Raises Forbidden, TooLarge, InvalidInput."""
    runtime: Runtime = request.app.state.runtime
    check_origin(request.headers, runtime.settings.base_url)
    tenant = await _tenant(request)
    length = request.headers.get("content-length")
    body = await read_body(request.receive, length, most=FORM_BYTES)
    try:
        return tenant, parse_qs(body.decode(), strict_parsing=False, max_num_fields=20)
    except ValueError:
        raise InvalidInput(_("The request could not be understood.")) from None


def _till(form: dict[str, list[str]], tenant: Tenancy) -> str:
    return way_on(form.get("till", [""])[0], tenant)


def _level(text: str) -> int:
    """The level of assurance that is asked for; 0 when any will do."""
    return int(text) if text in ("1", "2", "3", "4") else 0


def _provider(form: dict[str, list[str]]) -> UUID | None:
    """Whose button was pressed. Raises InvalidInput."""
    try:
        return UUID(form["provider"][0]) if "provider" in form else None
    except ValueError:
        raise InvalidInput(_("The request could not be understood."), field="provider") from None
