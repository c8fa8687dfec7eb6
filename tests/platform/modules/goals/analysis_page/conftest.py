"""The page Goal analysis over HTTP, as those without scripts have it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from decimal import Decimal

import httpx
import pytest
from goal_grid import Board, make_board
from sqlalchemy import select

from roder.infra.runtime import Runtime
from roder.infra.settings import Settings
from roder.platform.app import create_app
from roder.platform.modules import MODULES
from roder.platform.modules.goals.models import Outcome
from roder.tenants.actors import service
from roder.tenants.sessions import SESSION_COOKIE, start_session
from roder.tenants.work import open_work

Visit = Callable[..., Awaitable[httpx.AsyncClient]]


@pytest.fixture
async def board(town) -> Board:
    return await make_board(town)


@pytest.fixture
async def enter(runtime: Runtime, settings: Settings, town) -> AsyncIterator[Visit]:
    """`http = await enter("manager")` asks below the municipality, signed in."""
    app = create_app(settings)
    app.state.runtime, app.state.modules = runtime, MODULES
    app.state.page_routes = {route.name: route for route in app.routes if hasattr(route, "path")}
    clients: list[httpx.AsyncClient] = []

    async def make(who: str) -> httpx.AsyncClient:
        async with open_work(runtime, town.tenant, service(), write=True) as work:
            key = await start_session(work, town.people[who].id)
        client = httpx.AsyncClient(
            transport=httpx.ASGITransport(app),
            base_url=f"http://roder.example/{town.tenant.slug}/",
            cookies={SESSION_COOKIE: key},
            headers={"accept": "text/html", "accept-language": "sv"},
        )
        clients.append(client)
        return client

    yield make
    for client in clients:
        await client.aclose()


@pytest.fixture
def kept(town, board):
    """The figure that stands, as it is stored."""

    async def ask(name: str, part: str = "total", period: str = "2026") -> Decimal | None:
        async with await town.work(write=False) as work:
            outcome = await work.first(
                select(Outcome).where(
                    Outcome.node_id == board.nodes[name], Outcome.period == period
                )
            )
            return getattr(outcome, part) if outcome else None

    return ask
