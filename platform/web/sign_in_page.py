"""The page where one signs in, and what every way of signing in ends with."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final
from urllib.parse import unquote
from uuid import UUID

import structlog
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from ...graphql.http import address_of
from ...infra.errors import AppError, TooManyTries, Unauthenticated
from ...infra.openid import SignInFailed
from ...infra.runtime import Runtime
from ...tenants.actors import Actor, Source, Way, service
from ...tenants.entry import enter
from ...tenants.log.access_log import Action
from ...tenants.sign_in.assurance import LOWEST
from ...tenants.sign_in.providers import levels_of, provider_label, standing_providers
from ...tenants.sign_in.session_settings import session_settings
from ...tenants.sign_in.sessions import LIFE, SESSION_COOKIE, end_session, start_session
from ...tenants.work import Tenancy, Work, open_work
from .demo_people import people_by_role
from .pages import render

log = structlog.get_logger()

LONGEST_WAY: Final = 2000


class LevelTooLow(SignInFailed):
    """The provider let somebody in, but was less sure of them than was asked."""

    code = "LEVEL_TOO_LOW"


@dataclass(frozen=True, slots=True)
class Button:
    """A provider on the page."""

    id: UUID
    label: str


async def show_sign_in(
    request: Request,
    tenant: Tenancy,
    *,
    till: str,
    level: int = 0,
    refusal: str = "",
    status: int = 200,
) -> Response:
    """The ways in that this municipality has; with `level`, those that are as sure. With
    `refusal`, why the last try did not work."""
    runtime: Runtime = request.app.state.runtime
    demo = runtime.settings.mode == "demo"
    async with open_work(runtime, tenant, service(), write=False) as work:
        buttons = await buttons_for(work, level)
        roles = await people_by_role(work) if demo else []
        idle = (await session_settings(work)).idle_minutes
    return render(
        request,
        "sign_in.html",
        status=status,
        tenant=tenant,
        actor=await _who(request, runtime, tenant),
        buttons=buttons,
        level=level,
        idle=idle,
        roles=roles,
        demo=demo,
        till=till,
        refusal=refusal,
    )


async def buttons_for(work: Work, level: int) -> list[Button]:
    """The providers that can be as sure as `level`, in the municipality's order."""
    found = []
    for row in await standing_providers(work):
        levels = await levels_of(work, row.id) if level > LOWEST else []
        if level <= LOWEST or any(each.level >= level for each in levels):
            found.append(Button(row.id, provider_label(work, row)))
    return found


async def refuse(
    request: Request, tenant: Tenancy, error: AppError, *, till: str, level: int = 0
) -> Response:
    """The page to sign in on, with the reason; the access log keeps that somebody was refused."""
    runtime: Runtime = request.app.state.runtime
    log.info("sign_in_refused", tenant=tenant.slug, code=error.code)
    async with open_work(runtime, tenant, visitor(request), write=False) as work:
        work.note(Action.REFUSED, "session", detail={"why": error.code, "level": str(level)})
    response = await show_sign_in(
        request, tenant, till=till, level=level, refusal=error.message, status=error.status
    )
    if isinstance(error, TooManyTries):
        response.headers["retry-after"] = str(error.seconds)
    return response


def visitor(request: Request) -> Actor:
    """The service, for whoever is at the door: nobody yet, but from somewhere."""
    return replace(service(), source=Source(Way.PAGE, "sign_in", address_of(request)))


async def put_session(
    request: Request, work: Work, person_id: UUID, *, level: int = LOWEST, issuer: str = ""
) -> str:
    """A session for someone who has shown who they are; its key.

    The key is always a new one, and the session that the browser had is over: whoever planted a
    key in it beforehand has nothing. Raises Unauthenticated as `start_session`.
    """
    if old := request.cookies.get(SESSION_COOKIE):
        await end_session(work, old)
    agent = request.headers.get("user-agent", "")
    return await start_session(work, person_id, agent=agent, level=level, issuer=issuer)


def let_in(runtime: Runtime, tenant: Tenancy, key: str, *, till: str) -> Response:
    """Send them on with the key."""
    response = RedirectResponse(till, status_code=303)
    set_cookie(response, runtime, tenant, SESSION_COOKIE, key, int(LIFE.total_seconds()))
    return response


async def admit(
    request: Request, tenant: Tenancy, person_id: UUID, *, till: str, level: int = LOWEST
) -> Response:
    """Of the demonstration: sign someone in who has only said who they are."""
    runtime: Runtime = request.app.state.runtime
    async with open_work(runtime, tenant, visitor(request), write=True) as work:
        key = await put_session(request, work, person_id, level=level)
    return let_in(runtime, tenant, key, till=till)


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
