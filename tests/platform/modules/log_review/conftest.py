from __future__ import annotations

from collections.abc import AsyncIterator

import httpx
import pytest
from reviewed_log import add_reviewer, switch_on
from served import visited

from roder.infra.settings import Settings


@pytest.fixture
async def reviewed(town):
    """A town with the module on, and somebody who reviews the log of the home care."""
    await switch_on(town)
    await add_reviewer(town)
    return town


@pytest.fixture
async def client(settings: Settings) -> AsyncIterator[httpx.AsyncClient]:
    """A browser that runs no scripts, and keeps no cookies of its own."""
    async with visited(settings) as client:
        yield client
