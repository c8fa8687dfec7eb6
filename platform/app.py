"""The service: its routes, what it keeps open while it runs, and what surrounds every answer."""

from __future__ import annotations

import asyncio
import gc
import signal
import socket
from collections.abc import AsyncIterator, Awaitable, Mapping
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any, Final

import structlog
from sqlalchemy import text
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import BaseRoute, Match, Mount, Route
from starlette_compress import CompressMiddleware, remove_compress_type

from ..graphql.documents import core_schema
from ..graphql.endpoint import graphql_routes
from ..graphql.planner.answering import Plans
from ..graphql.rates import Rates
from ..infra.errors import AppError
from ..infra.runtime import Runtime, open_runtime
from ..infra.settings import Settings
from ..infra.telemetry import RequestLog, set_up_logs
from ..workers.broker import sending
from .modules import MODULES
from .modules.organisation.files.upload import routes as file_routes
from .modules.organisation.tokens.leaks import leak_routes
from .schema import product_schema
from .web.answers import Faults, SafeHeaders
from .web.api_pages import api_routes
from .web.entrance import entrance_routes
from .web.exports import export_routes
from .web.frame import frame_routes
from .web.guises import guise_routes
from .web.helping import help_topic, logging_routes, manual
from .web.live import live_routes
from .web.refusals import refuse
from .web.schema_pages import schema_routes
from .web.scim.routes import scim_routes
from .web.search import search
from .web.statics import Statics
from .web.support import support_routes

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Receive, Scope, Send

log = structlog.get_logger()

HEALTH_SECONDS = 2

COMPRESSION: Final[Mapping[str, Any]] = {
    "minimum_size": 1000,
    "zstd": False,
    # Brotli makes a large table 40 % smaller than gzip does, in the same time; with a quality above
    # 8 it takes four times as long to save 2 %, and at 8 twice the memory (16 MB) to save 0.2 %.
    "brotli_quality": 7,
    "gzip_level": 5,
}


def create_app(settings: Settings) -> Starlette:
    """The ASGI application. Nothing is opened before its lifespan begins."""

    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        app.state.schema = product_schema()
        app.state.plans = Plans(core_schema(app.state.schema))
        app.state.rates = Rates(settings)
        app.state.modules = MODULES
        app.state.page_routes = {
            route.name: route
            for route in (*app.routes, *graphql_routes())  # which ApiFirst takes past the others
            if isinstance(route, Route)
        }
        async with open_runtime(settings) as runtime:
            app.state.runtime = runtime
            with sending(settings):
                log.info("service_ready", address=settings.base_url)
                yield
            runtime.measures.tell()

    remove_compress_type("text/event-stream")  # news shall not wait for more of its kind
    return Starlette(
        routes=_routes(settings),
        lifespan=lifespan,
        middleware=[
            Middleware(RequestLog),
            Middleware(SafeHeaders, https=settings.base_url.startswith("https://")),
            Middleware(ApiFirst),
            Middleware(Faults),
            Middleware(CompressMiddleware, **COMPRESSION),
        ],
        exception_handlers={AppError: refuse, HTTPException: refuse},
    )


class ApiFirst:
    """Takes a program's request past what only pages need: their routes, faults and refusals.

    The end point tells its own, and each layer costs a twentieth of a small answer.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app
        [self.route] = graphql_routes()
        self.packed = CompressMiddleware(self.route.app, **COMPRESSION)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        match, found = self.route.matches(scope)
        if match is Match.NONE:
            await self.app(scope, receive, send)
            return
        scope.update(found)
        packs = any(name == b"accept-encoding" for name, _value in scope["headers"])
        await (self.packed if packs else self.route.app)(scope, receive, send)


def serve_forever(settings: Settings, bound: socket.socket) -> None:
    """Answer on a bound socket until SIGTERM or SIGINT. The addresses must be set."""
    import uvicorn

    set_up_logs(settings)
    app = create_app(settings)
    config = uvicorn.Config(
        app,
        lifespan="off",  # opened below, so that a fault of it reaches whoever started us
        log_config=None,
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=5,
        forwarded_allow_ips=settings.trusted_proxies,
    )
    server = uvicorn.Server(config)

    app.state.stopping = lambda: server.should_exit  # so that streams end by themselves

    async def serve() -> None:
        async with app.router.lifespan_context(app):
            settle()
            await server.serve(sockets=[bound])

    for number in (signal.SIGTERM, signal.SIGINT):
        # uvicorn takes the signals over and sends them again at its end, when we still have to
        # close what is open.
        signal.signal(number, lambda _number, _frame: None)
    with asyncio.Runner(loop_factory=config.get_loop_factory()) as runner:
        runner.run(serve())


def settle() -> None:
    """Have the collector of garbage leave alone what the service has loaded, and come more seldom.

    It went through a few hundred thousand objects that stay for ever, several times a second under
    load and up to 0.2 s each time, in the middle of somebody's save.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 10, 10)


async def healthz(request: Request) -> Response:
    """200 when the database and the file store answer, else 503 and which of them does not."""
    runtime: Runtime = request.app.state.runtime
    database, store = await asyncio.gather(
        _within(_ask_database(runtime)), _within(_ask_store(runtime))
    )
    if database and store:
        return JSONResponse({"status": "ok"})
    words = {True: "ok", False: "unavailable"}
    return JSONResponse(
        {"status": "unavailable", "database": words[database], "store": words[store]},
        status_code=503,
    )


async def schema_text(request: Request) -> Response:
    """The contract of the API, which is no secret."""
    return PlainTextResponse(request.app.state.schema.as_str())


def _routes(settings: Settings) -> list[BaseRoute]:
    return [
        Route("/healthz", healthz),
        Route("/schema.graphql", schema_text),
        Mount("/static", Statics(), name="static"),
        *leak_routes,
        *scim_routes,
        *file_routes,
        *entrance_routes(demo=settings.mode == "demo"),
        *guise_routes(),
        *support_routes,  # before `/{tenant}`: one of them belongs to no municipality
        *frame_routes,
        *export_routes,
        *live_routes,
        *api_routes,
        *schema_routes,
        manual,
        help_topic,
        *logging_routes,
        search,
        *(route for module in MODULES for route in module.pages),
    ]


async def _within(question: Awaitable[object]) -> bool:
    try:
        async with asyncio.timeout(HEALTH_SECONDS):
            await question
    except Exception as error:
        log.warning("unhealthy", reason=type(error).__name__)
        return False
    return True


async def _ask_database(runtime: Runtime) -> None:
    async with runtime.engine.connect() as connection:
        await connection.execute(text("select 1"))


async def _ask_store(runtime: Runtime) -> None:
    await runtime.storage.require()
