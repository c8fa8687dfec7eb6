"""What the service says of itself: one line an event, each with the id of its request."""

from __future__ import annotations

import logging
import re
import sys
import time
from typing import TYPE_CHECKING
from uuid import uuid4

import structlog
from structlog.contextvars import bound_contextvars

from .settings import Settings

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send
    from structlog.typing import Processor

log = structlog.get_logger()

FILES = "/static/"
QUIET = ("/healthz", FILES)
"""Asked for so often that a line each would hide the rest."""
SECRET = re.compile(r"(?<=/kalender/)[^/]+")
"""What in an address is a key."""


def set_up_logs(settings: Settings) -> None:
    """Write to standard error: JSON in production, else lines for the eye."""
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.StackInfoRenderer(),
    ]
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                *_rendering(settings),
            ],
            foreign_pre_chain=shared,
        )
    )
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(settings.log_level.upper())
    for chatty in ("botocore", "boto3", "urllib3", "s3transfer", "alembic", "asyncio"):
        logging.getLogger(chatty).setLevel("WARNING")


def _rendering(settings: Settings) -> list[Processor]:
    if settings.mode == "production":
        # No locals of the frames in a traceback: passwords and people stand in them.
        traces = structlog.tracebacks.ExceptionDictTransformer(show_locals=False)
        return [
            structlog.processors.ExceptionRenderer(traces),
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ]
    return [
        structlog.dev.ConsoleRenderer(
            colors=sys.stderr.isatty(), exception_formatter=structlog.dev.plain_traceback
        )
    ]


class RequestLog:
    """Gives each request an id, its caller's where there is one, and writes a line when it ends.

    The address is written without its query, which may hold what somebody searched for, and
    without the keys that stand in some.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        request_id = _id_of(scope)
        quiet = scope["path"].startswith(QUIET)
        status = 0
        begun = time.perf_counter()

        async def send_with_id(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                if not scope["path"].startswith(FILES):
                    named = (b"x-request-id", request_id.encode())
                    message["headers"] = [*message.get("headers", ()), named]
            await send(message)

        with bound_contextvars(request=request_id):
            try:
                await self.app(scope, receive, send_with_id)
            finally:
                if not quiet:
                    took = round((time.perf_counter() - begun) * 1000, 1)
                    log.info(
                        "request",
                        method=scope["method"],
                        path=SECRET.sub("…", scope["path"]),
                        status=status,
                        ms=took,
                    )


def _id_of(scope: Scope) -> str:
    for name, value in scope["headers"]:
        if name == b"x-request-id" and re.fullmatch(rb"[\w-]{8,64}", value):
            return str(value.decode())
    return uuid4().hex
