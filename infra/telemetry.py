"""What the service says of itself: one line an event, each with the id of its request."""

from __future__ import annotations

import json
import logging
import re
import secrets
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime
from itertools import count
from typing import TYPE_CHECKING

import orjson
import structlog

from .settings import Settings

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send
    from structlog.typing import EventDict, Processor

log = structlog.get_logger()

_request: ContextVar[str | None] = ContextVar("request", default=None)
"""The id of the request that is being answered."""

FILES = "/static/"
QUIET = ("/healthz", FILES)
"""Asked for so often that a line each would hide the rest."""
WITHIN_MS = (1, 2, 5, 10, 25, 50, 100, 250, 1000)
"""The bounds that times are counted within."""
SECRETS = "/kalender/"
SECRET = re.compile(f"({SECRETS})[^/]+")
"""What in an address is a key."""


def set_up_logs(settings: Settings) -> None:
    """Write to standard error: JSON in production, else lines for the eye.

    Lines of ours go straight there: by way of `logging` each costs five times as much.
    """
    level = settings.log_level.upper()
    rendering: list[Processor] = [_json if settings.mode == "production" else _for_the_eye()]
    structlog.configure(
        processors=[_dated, *rendering],
        logger_factory=structlog.WriteLoggerFactory(sys.stderr),
        wrapper_class=structlog.make_filtering_bound_logger(level),
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, *rendering],
            foreign_pre_chain=[_dated],
        )
    )
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(level)
    for chatty in ("botocore", "boto3", "urllib3", "s3transfer", "alembic", "asyncio"):
        logging.getLogger(chatty).setLevel("WARNING")


def _dated(_logger: object, method: str, event: EventDict) -> EventDict:
    """What every line has. One function in place of four that structlog has: there is a line a
    request, and each of them is one more that is not in the processor's cache by then."""
    request = _request.get()
    if request is not None:
        event["request"] = request
    event["level"] = method
    event["timestamp"] = datetime.now(UTC)
    return event


def _json(logger: object, method: str, event: EventDict) -> str:
    if "exc_info" in event:
        event = _without_locals(logger, method, event)
    try:
        return orjson.dumps(event, default=repr).decode()
    except (
        orjson.JSONEncodeError
    ):  # half a sign, or a number beyond 64 bits: no line is lost for it
        return json.dumps(event, default=str)


_without_locals = structlog.processors.ExceptionRenderer(
    structlog.tracebacks.ExceptionDictTransformer(show_locals=False)
)
"""No locals of the frames in a traceback: passwords and people stand in them."""


def _for_the_eye() -> Processor:
    return structlog.dev.ConsoleRenderer(
        colors=sys.stderr.isatty(), exception_formatter=structlog.dev.plain_traceback
    )


class RequestLog:
    """Gives each request an id, its caller's where there is one, and writes a line when it ends.

    The address is written without its query, which may hold what somebody searched for, and
    without the keys that stand in some.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app
        self.own, self.numbers = secrets.token_hex(8), count(1)
        self.log = log.bind()  # found out once; `log` looks for it each time

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        request_id = _named(scope) or f"{self.own}-{next(self.numbers):x}"
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

        token = _request.set(request_id)
        try:
            await self.app(scope, receive, send_with_id)
        finally:
            if not quiet:
                took = round((time.perf_counter() - begun) * 1000, 1)
                path = scope["path"]
                if SECRETS in path:
                    path = SECRET.sub(r"\1…", path)
                self.log.info("request", method=scope["method"], path=path, status=status, ms=took)
            _request.reset(token)


class Measures:
    """What a process counts and times, told in one line a minute while there is anything to tell.

    A line rather than an end point to ask: each of several processes has its own, and whoever
    gathers the lines adds them up. Names are few and known beforehand: no municipality, no person.
    """

    def __init__(self, *, every: float = 60.0) -> None:
        self.every = every
        self._counts: Counter[str] = Counter()
        self._times: dict[str, Counter[str]] = {}
        self._told = time.monotonic()

    def count(self, *names: str) -> None:
        """Each name once more."""
        for name in names:
            self._counts[name] += 1
        self._tell_in_time()

    @contextmanager
    def timed(self, name: str) -> Iterator[None]:
        """How long the block takes, also where it fails, as one more of those within a bound."""
        begun = time.perf_counter()
        try:
            yield
        finally:
            took = (time.perf_counter() - begun) * 1000
            bound = next((str(bound) for bound in WITHIN_MS if took <= bound), "more")
            self._times.setdefault(name, Counter())[bound] += 1
            self._tell_in_time()

    def tell(self) -> None:
        """Write the line, and begin anew."""
        self._told = time.monotonic()
        if self._counts or self._times:
            times = {f"{name}_ms": dict(bounds) for name, bounds in self._times.items()}
            log.info("measures", **dict(sorted(self._counts.items())), **times)
        self._counts, self._times = Counter(), {}

    def _tell_in_time(self) -> None:
        if time.monotonic() - self._told >= self.every:
            self.tell()


def _named(scope: Scope) -> str | None:
    """The id that a proxy before us has given the request."""
    for name, value in scope["headers"]:
        if name == b"x-request-id" and re.fullmatch(rb"[\w-]{8,64}", value):
            return str(value.decode())
    return None
