"""The page where one signs in, and what every way of signing in ends with."""

from __future__ import annotations

from typing import Final
from urllib.parse import unquote
from uuid import UUID

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from ...infra.errors import Unauthenticated
from ...infra.runtime import Runtime
from ...tenants.actors import Actor, service
from ...tenants.entry import enter
from ...tenants.session_settings import session_settings
from ...tenants.sessions import LIFE, SESSION_COOKIE, end_session, start_session
from ...tenants.sign_in import provider_label
from ...tenants.work import Tenancy, open_work
from .demo_people import people_by_role
from .pages import render

LONGEST_WAY: Final = 2000


async def show_sign_in(
    request: Request, tenant: Tenancy, *, till: str, refusal: str = "", status: int = 200
) -> Response:
    """The ways in that this municipality has; with `refusal`, why the last try did not work."""
    runtime: Runtime = request.app.state.runtime
    demo = runtime.settings.mode == "demo"
    async with open_work(runtime, tenant, service(), write=False) as work:
        label = await provider_label(work)
        roles = await people_by_role(work) if demo else []
        idle = (await session_settings(work)).idle_minutes
    return render(
        request,
        "sign_in.html",
        status=status,
        tenant=tenant,
        actor=await _who(request, runtime, tenant),
        label=label,
        idle=idle,
        roles=roles,
        demo=demo,
        till=till,
        refusal=refusal,
    )


async def admit(request: Request, tenant: Tenancy, person_id: UUID, *, till: str) -> Response:
    """Sign someone in who has shown who they are, and send them on.

    The key is always a new one, and the session that the browser had is over: whoever planted a
    key in it beforehand has nothing. Raises Unauthenticated as `start_session`.
    """
    runtime: Runtime = request.app.state.runtime
    agent = request.headers.get("user-agent", "")
    async with open_work(runtime, tenant, service(), write=True) as work:
        if old := request.cookies.get(SESSION_COOKIE):
            await end_session(work, old)
        key = await start_session(work, person_id, agent=agent)
    response = RedirectResponse(till, status_code=303)
    set_cookie(response, runtime, tenant, SESSION_COOKIE, key, int(LIFE.total_seconds()))
    return response


def set_cookie(
    response: Response,
    runtime: Runtime,
    tenant: Tenancy,
    name: str,
    value: str,
    seconds: int,
    *,
    below: str = "",
) -> None:
    response.set_cookie(
        name,
        value,
        max_age=seconds,
        path=f"/{tenant.slug}{below}",
        secure=runtime.settings.base_url.startswith("https://"),
        httponly=True,
        samesite="lax",
    )


def way_on(wanted: str | None, tenant: Tenancy) -> str:
    """Where to go after signing in: `wanted` if it is a page of this municipality, else its first.

    Browsers read more as an address of another site than one would think: `//`, backslashes, and
    what is left when control characters are taken out.
    """
    first = f"/{tenant.slug}"
    if wanted is None or len(wanted) > LONGEST_WAY:
        return first
    path = unquote(wanted.partition("?")[0].partition("#")[0])
    within = path == first or path.startswith(f"{first}/")
    odd = any(ord(sign) < 0x21 or ord(sign) == 0x7F or sign == "\\" for sign in wanted + path)
    climbing = any(part in (".", "..") for part in path.split("/"))
    if not within or odd or climbing or "//" in wanted or "//" in path:
        return first
    return wanted


async def _who(request: Request, runtime: Runtime, tenant: Tenancy) -> Actor | None:
    """Who is signed in with this browser; None when nobody is, or not any more."""
    key = request.cookies.get(SESSION_COOKIE)
    if not key:
        return None
    try:
        return (await enter(runtime, tenant.slug, session=key)).actor
    except Unauthenticated:
        return None
