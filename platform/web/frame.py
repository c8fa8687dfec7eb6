"""The pages that belong to no module: where one lands, and choosing another unit."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from ...infra.errors import NotFound
from ...infra.i18n import _
from ...infra.runtime import Runtime
from ...tenants.actors import service
from ...tenants.entry import find_tenant
from ...tenants.logo import find_logo
from ...tenants.tree import units
from ...tenants.tree.units import Placed
from ...tenants.work import open_work
from .page import View, page
from .templating import static

REST = re.compile(r"[a-z][a-z/-]{0,60}")
"""What may follow unit and year in an address that the unit picker leads back to."""


WRITING = ("goals.edit", "reports.write")


@dataclass(slots=True)
class Branch:
    unit: Placed
    address: str
    below: list[Branch] = field(default_factory=list)
    open: bool = False


@page("", name="home")
async def home(view: View) -> Response:
    """Those who report land at their work, readers at the first page after it."""
    reaches = [view.work.reach(permission) for permission in WRITING]
    writes = any(reach is None or reach for reach in reaches)
    menu = (await view.shell()).menu
    entry = menu[0] if writes or len(menu) == 1 else menu[1]
    return view.redirect(entry.address or entry.below[0].address)


@page("/enheter", name="choose_unit")
async def choose_unit(view: View) -> Response:
    """All units as a tree of links to the same page there, the own ones first."""
    rest, year = view.query("till", "malanalys"), view.query("ar")
    if not REST.fullmatch(rest) or not re.fullmatch(r"[0-9]{4}", year):
        raise NotFound(_("There is no page at this address."))
    wanted = " ".join(view.query("q").lower().split())
    placed = await units.tree(view.work)

    def address(unit: Placed) -> str:
        return f"/{view.tenant.slug}/{unit.slug}/{year}/{rest}"

    own = {grant.unit_id for grant in view.actor.grants if grant.unit_id}
    own_branches = [Branch(unit, address(unit)) for unit in placed if unit.id in own]
    values: dict[str, Any] = {
        "own": own_branches,
        "found": [Branch(unit, address(unit)) for unit in placed if wanted in unit.name.lower()]
        if wanted
        else [],
        "tops": [] if wanted else _branches(placed, address),
        "wanted": wanted,
        "rest": rest,
        "year": year,
    }
    if view.partial:
        return await view.fragment("parts/units.html", **values)
    return await view.render("units.html", **values)


async def theme(request: Request) -> Response:
    """The municipality's own colour, as a style sheet: a strict policy lets no style into HTML."""
    runtime: Runtime = request.app.state.runtime
    tenant = await find_tenant(runtime, request.path_params["tenant"])
    text = f":root {{ --tenant: {tenant.accent}; }}\n"
    return Response(text, media_type="text/css", headers={"cache-control": "max-age=300"})


async def logo(request: Request) -> Response:
    """The municipality's arms or logo, for everyone."""
    runtime: Runtime = request.app.state.runtime
    tenant = await find_tenant(runtime, request.path_params["tenant"])
    async with open_work(runtime, tenant, service(), write=False) as work:
        picture = await find_logo(work)
    if picture is None:
        return RedirectResponse(static("roder.svg"), 307, {"cache-control": "max-age=300"})
    return Response(picture, media_type="image/png", headers={"cache-control": "max-age=300"})


def _branches(placed: Iterable[Placed], address: Callable[[Placed], str]) -> list[Branch]:
    """The trees, in the order of the units: parents come before children."""
    tops: list[Branch] = []
    known: dict[UUID, Branch] = {}
    for unit in placed:
        branch = known[unit.id] = Branch(unit, address(unit))
        above = known.get(unit.parent_id) if unit.parent_id else None
        (above.below if above else tops).append(branch)
    for branch in tops:
        branch.open = True
    return tops


frame_routes = (
    home,
    choose_unit,
    Route("/{tenant}/tema.css", theme, name="theme"),
    Route("/{tenant}/logga", logo, name="logo"),
)
