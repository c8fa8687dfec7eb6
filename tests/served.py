"""The whole service: at an address of its own with a worker beside it, or without a socket."""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx
import uvicorn

from roder.infra.settings import Settings
from roder.platform.app import create_app
from roder.platform.modules import MODULES
from roder.workers.broker import open_broker
from roder.workers.run import Pace
from roder.workers.serve import running_worker


@asynccontextmanager
async def served(settings: Settings, *, pace: Pace) -> AsyncIterator[str]:
    """The address of the service, on a port that is free."""
    bound = socket.create_server(("127.0.0.1", 0))
    port = bound.getsockname()[1]
    app = create_app(settings.model_copy(update={"port": port, "database_pool": 12}))
    config = uvicorn.Config(app, lifespan="off", log_config=None, timeout_graceful_shutdown=2)
    server = uvicorn.Server(config)
    kinds = [kind for module in MODULES for kind in module.jobs]
    async with app.router.lifespan_context(app):
        with open_broker(settings) as broker:
            async with running_worker(app.state.runtime, broker, kinds, pace=pace):
                serving = asyncio.create_task(server.serve(sockets=[bound]))
                yield f"http://127.0.0.1:{port}"
                server.should_exit = True
                await serving


@asynccontextmanager
async def visited(settings: Settings) -> AsyncIterator[httpx.AsyncClient]:
    """A browser that runs no scripts, in front of a service of its own."""
    app = create_app(settings)
    async with app.router.lifespan_context(app):
        transport = httpx.ASGITransport(app)
        async with httpx.AsyncClient(transport=transport, base_url=settings.base_url) as client:
            yield client
