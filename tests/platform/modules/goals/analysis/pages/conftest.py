"""The page Goal analysis over HTTP, as those without scripts have it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from decimal import Decimal

import httpx
import pytest
from goal_grid import Board, make_board
from planned import clients
from sqlalchemy import select

from roder.infra.runtime import Runtime
from roder.infra.settings import Settings
from roder.platform.modules.goals.models import Outcome

Visit = Callable[..., Awaitable[httpx.AsyncClient]]


@pytest.fixture
async def board(town) -> Board:
    return await make_board(town)


@pytest.fixture
async def enter(runtime: Runtime, settings: Settings, town) -> AsyncIterator[Visit]:
    """`http = await enter("manager")` asks below the municipality, signed in."""
    async with clients(runtime, settings, town) as make:
        yield make


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
