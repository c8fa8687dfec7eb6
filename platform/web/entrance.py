"""The way in: the start page, and signing in as one of the demonstration's people."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final
from urllib.parse import parse_qs
from uuid import UUID

from sqlalchemy import and_, func, or_, select
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from ...graphql.http import check_origin, read_body
from ...infra.errors import InvalidInput, Unauthenticated
from ...infra.i18n import _
from ...infra.runtime import Runtime
from ...tenants.actors import Actor, service
from ...tenants.entry import all_tenants, enter, find_tenant
from ...tenants.models import Person, RoleGrant, UnitVersion
from ...tenants.sessions import LIFE, SESSION_COOKIE, end_session, start_session
from ...tenants.unit_versions import on_day
from ...tenants.work import Tenancy, Work, open_work
from .pages import render

FORM_BYTES: Final = 10_000
MOST_PEOPLE: Final = 100


@dataclass(frozen=True, slots=True)
class Role:
    """What somebody can be let in as: their name, role and unit, in words."""

    person_id: UUID
    name: str
    role: str
    unit: str


def entrance_routes(*, demo: bool) -> list[Route]:
    """Signing in without a password exists in the demonstration only."""
    routes = [Route("/", start)]
    if demo:
        routes.append(Route("/{tenant}/logga-in", sign_in, methods=["GET", "POST"], name="sign_in"))
    routes.append(Route("/{tenant}/logga-ut", sign_out, methods=["POST"], name="sign_out"))
    return routes


async def start(request: Request) -> Response:
    runtime: Runtime = request.app.state.runtime
    tenants = await all_tenants(runtime)
    demo = runtime.settings.mode == "demo"
    return render(
        request,
        "start.html",
        tenants=tenants,
        demo=demo,
        address=runtime.settings.base_url,
    )


async def sign_in(request: Request) -> Response:
    runtime: Runtime = request.app.state.runtime
    tenant = await _tenant(request)
    if request.method == "POST":
        return await _let_in(request, runtime, tenant)
    async with open_work(runtime, tenant, service(), write=False) as work:
        roles = await _roles(work)
    return render(
        request,
        "sign_in.html",
        tenant=tenant,
        roles=roles,
        actor=await _who(request, runtime, tenant),
        address=runtime.settings.base_url,
    )


async def sign_out(request: Request) -> Response:
    runtime: Runtime = request.app.state.runtime
    check_origin(request.headers, runtime.settings.base_url)
    tenant = await _tenant(request)
    key = request.cookies.get(SESSION_COOKIE)
    if key:
        async with open_work(runtime, tenant, service(), write=True) as work:
            await end_session(work, key)
    response = RedirectResponse("/", status_code=303)
    response.delete_cookie(SESSION_COOKIE, path=f"/{tenant.slug}")
    return response


async def _let_in(request: Request, runtime: Runtime, tenant: Tenancy) -> Response:
    check_origin(request.headers, runtime.settings.base_url)
    body = await read_body(request.stream(), request.headers.get("content-length"), most=FORM_BYTES)
    try:
        person_id = UUID(parse_qs(body.decode())["person"][0])
    except (ValueError, KeyError):
        raise InvalidInput(_("Choose who you want to sign in as."), field="person") from None
    async with open_work(runtime, tenant, service(), write=True) as work:
        key = await start_session(work, person_id)
    response = RedirectResponse(f"/{tenant.slug}/logga-in", status_code=303)
    response.set_cookie(
        SESSION_COOKIE,
        key,
        max_age=int(LIFE.total_seconds()),
        path=f"/{tenant.slug}",
        secure=runtime.settings.base_url.startswith("https://"),
        httponly=True,
        samesite="lax",
    )
    return response


async def _tenant(request: Request) -> Tenancy:
    return await find_tenant(request.app.state.runtime, request.path_params["tenant"])


async def _who(request: Request, runtime: Runtime, tenant: Tenancy) -> Actor | None:
    """Who is signed in with this browser; None when nobody is, or not any more."""
    key = request.cookies.get(SESSION_COOKIE)
    if not key:
        return None
    try:
        return (await enter(runtime, tenant.slug, session=key)).actor
    except Unauthenticated:
        return None


async def _roles(work: Work) -> list[tuple[str, list[Role]]]:
    """The people of the municipality by role, those with most to say first."""
    unit = (
        select(UnitVersion.unit_id, UnitVersion.name)
        .where(UnitVersion.tenant_id == work.tenant.id, on_day(work.today))
        .subquery()
    )
    rows = await work.rows(
        select(Person.id, Person.name, RoleGrant.role, unit.c.name)
        .outerjoin(
            RoleGrant,
            and_(RoleGrant.person_id == Person.id, RoleGrant.tenant_id == Person.tenant_id),
        )
        .outerjoin(unit, unit.c.unit_id == RoleGrant.unit_id)
        .where(or_(Person.left_on.is_(None), Person.left_on > work.today))
        .order_by(func.sv_key(Person.name))
        .limit(MOST_PEOPLE)
    )
    words = role_words()
    found: dict[str, list[Role]] = {role: [] for role in words}
    for person_id, name, role, unit_name in rows:
        shown = Role(person_id, name, role or "employee", unit_name or work.tenant.name)
        found.setdefault(shown.role, []).append(shown)
    return [(words.get(role, role), people) for role, people in found.items() if people]


def role_words() -> dict[str, str]:
    """The roles as people call them, in the order of what they may do."""
    return {
        "full_administrator": _("Full administrator"),
        "local_administrator": _("Local administrator"),
        "contributor": _("Contributor"),
        "auditor": _("Auditor"),
        "employee": _("Employee"),
    }
