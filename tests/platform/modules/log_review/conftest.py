from __future__ import annotations

from collections.abc import AsyncIterator

import httpx
import pytest
from reviewed_log import add_reviewer, switch_on

from roder.infra.settings import Settings
from roder.platform.app import create_app


@pytest.fixture
async def reviewed(town):
    """A town with the module on, and somebody who reviews the log of the home care."""
    await switch_on(town)
    await add_reviewer(town)
    return town


@pytest.fixture
async def client(settings: Settings) -> AsyncIterator[httpx.AsyncClient]:
    """A browser that runs no scripts, and keeps no cookies of its own."""
    app = create_app(settings)
    async with app.router.lifespan_context(app):
        transport = httpx.ASGITransport(app)
        async with httpx.AsyncClient(transport=transport, base_url=settings.base_url) as client:
            yield client
