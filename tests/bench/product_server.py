"""The service as it is run, one worker; with `plain` every query takes Strawberry's way, with
`unlogged` what is noted for the access log is not written."""

from __future__ import annotations

import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from starlette.applications import Starlette

from roder.graphql.planner import answering
from roder.infra.settings import Settings
from roder.platform import app as product
from roder.platform.sockets import listen
from roder.tenants import work


def main() -> None:
    if "plain" in sys.argv:
        made = product.create_app
        product.create_app = lambda settings: _without_plans(made(settings))  # type: ignore[assignment]
    if "unlogged" in sys.argv:
        work.write_noted = answering.write_noted = work.write_within = _nothing
    settings = Settings()
    with listen(settings) as bound:
        product.serve_forever(settings, bound)


async def _nothing(*_given: object) -> None:
    """In place of the writing."""


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
