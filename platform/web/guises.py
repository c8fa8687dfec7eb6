"""Coming in as support by a link, and seeing as oneself again: what no page's own work can do."""

from __future__ import annotations

from dataclasses import replace
from typing import Final
from urllib.parse import parse_qs

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from ...graphql.http import address_of, check_origin, read_body
from ...infra.runtime import Runtime
from ...tenants.actors import Source, Way, service
from ...tenants.entry import enter, find_tenant
from ...tenants.seeing import end_seeing
from ...tenants.sign_in.sessions import SESSION_COOKIE
from ...tenants.support import VISIT, come_in
from ...tenants.work import open_work
from .pages import render
from .sign_in_page import set_cookie

FORM_BYTES: Final = 1000
KEY: Final = "nyckel"


def guise_routes() -> list[Route]:
    return [
        Route("/{tenant}/se-som/avsluta", be_oneself, methods=["POST"], name="be_oneself"),
        Route("/{tenant}/support", show_way_in, methods=["GET"], name="support_way_in"),
        Route("/{tenant}/support", come_as_support, methods=["POST"], name="come_as_support"),
    ]


async def be_oneself(request: Request) -> Response:
    """Whoever sees as somebody else may write nothing, so their own work ends it."""
    runtime: Runtime = request.app.state.runtime
    check_origin(request.headers, runtime.settings.base_url)
    entered = await enter(
        runtime,
        request.path_params["tenant"],
        session=request.cookies.get(SESSION_COOKIE),
        source=Source(Way.PAGE, "be_oneself", address_of(request)),
    )
    seen, slug = entered.actor, entered.tenant.slug
    if seen.behind is None or seen.session_id is None:
        return RedirectResponse(f"/{slug}", status_code=303)
    own = replace(seen, id=seen.behind, behind=None, grants=(), looks_only=False, memo={})
    async with open_work(runtime, entered.tenant, own, write=True) as work:
        await end_seeing(work, seen.session_id)
    return RedirectResponse(f"/{slug}/personer/{seen.id}", status_code=303)


async def show_way_in(request: Request) -> Response:
    """A link that is only looked at, as mail programs do, is not used up."""
    tenant = await find_tenant(request.app.state.runtime, request.path_params["tenant"])
    key = request.query_params.get(KEY, "")[:200]
    return render(request, "support_way_in.html", tenant=tenant, key=key)


async def come_as_support(request: Request) -> Response:
    runtime: Runtime = request.app.state.runtime
    check_origin(request.headers, runtime.settings.base_url)
    tenant = await find_tenant(runtime, request.path_params["tenant"])
    length = request.headers.get("content-length")
    body = await read_body(request.receive, length, most=FORM_BYTES)
    form = parse_qs(body.decode("utf-8", "replace"))
    source = Source(Way.SUPPORT, "come_as_support", address_of(request))
    async with open_work(runtime, tenant, replace(service(), source=source), write=True) as work:
        key = await come_in(work, form.get(KEY, [""])[0])
    response = RedirectResponse(f"/{tenant.slug}/organisation", status_code=303)
    seconds = int(VISIT.total_seconds())
    set_cookie(response, runtime, tenant, SESSION_COOKIE, key, seconds)
    return response
