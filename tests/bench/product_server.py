"""The service as it is run, one worker; with `plain` every query takes Strawberry's way."""

from __future__ import annotations

import socket
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from starlette.applications import Starlette

from roder.infra.settings import Settings
from roder.platform import app as product


def main() -> None:
    port, way = int(sys.argv[1]), sys.argv[2]
    if way == "plain":
        made = product.create_app
        product.create_app = lambda settings: _without_plans(made(settings))  # type: ignore[assignment]
    bound = socket.create_server(("127.0.0.1", port), backlog=2048)
    product.serve_forever(Settings(), bound)


def _without_plans(app: Starlette) -> Starlette:
    opened = app.router.lifespan_context

    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        async with opened(app):
            app.state.plans = None
            yield

    app.router.lifespan_context = lifespan
    return app


if __name__ == "__main__":
    main()
