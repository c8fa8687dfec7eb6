"""What a request of the service spends its time on, measured within its process."""

from __future__ import annotations

import asyncio
import functools
import inspect
import os
import sys
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from typing import Any

from contestants import PLAIN, PRODUCT, Server, environment
from town import Question, Towns

REQUESTS = 60

# Where the name is looked up, and what it is; each holds those further in. What is not there any
# more is left out.
WATCHED = (
    ("roder.infra.telemetry", "RequestLog.__call__"),
    ("roder.platform.web.answers", "SafeHeaders.__call__"),
    ("roder.platform.web.answers", "Faults.__call__"),
    ("starlette_compress", "CompressMiddleware.__call__"),
    ("starlette.routing", "Router.__call__"),
    ("roder.graphql.endpoint", "answer"),
    ("roder.graphql.endpoint", "enter_by_request"),
    ("roder.tenants.entry", "find_tenant"),
    ("roder.tenants.entry", "load_actor"),
    ("roder.graphql.http", "read_request"),
    ("roder.graphql.endpoint", "_prepare"),
    ("roder.graphql.endpoint", "find_text"),
    ("roder.graphql.endpoint", "parse_document"),
    ("roder.graphql.endpoint", "check_limits"),
    ("roder.graphql.endpoint", "validate_aside"),
    ("roder.graphql.endpoint", "_planned"),
    ("roder.graphql.planner.answering", "Plans.answer"),
    ("roder.graphql.endpoint", "_execute"),
    ("roder.infra.database", "begin"),
    ("roder.infra.database", "end"),
    ("strawberry", "Schema.execute"),
    ("sqlalchemy.ext.asyncio", "AsyncSession.execute"),
    ("roder.tenants.work", "allowed"),
    ("roder.graphql.http", "answered"),
)

Spent = dict[str, list[float]]
"""Calls, seconds on the processor, seconds on the clock."""


def print_parts(towns: Towns, queries: Sequence[str]) -> None:
    for way in (PRODUCT, PLAIN):
        for query in queries:
            asyncio.run(_print_one(towns, way, query))


async def _print_one(towns: Towns, way: str, query: str) -> None:
    from roder.infra.settings import Settings
    from roder.platform.app import create_app

    os.environ |= environment(towns, way, 8000)
    _log_to_nowhere()
    app = create_app(Settings())
    async with app.router.lifespan_context(app):
        if way == PLAIN:
            app.state.plans = None
        question = Question(query, 0)
        begun = time.perf_counter()
        await _repeat(app, question, 3)
        count = REQUESTS if time.perf_counter() - begun < 0.5 else 5
        await _repeat(app, question, count)
        unwatched = await _repeat(app, question, count)
        spent: Spent = defaultdict(lambda: [0, 0.0, 0.0])
        with _watched(spent):
            whole = await _repeat(app, question, count)
    print(
        f"\n{query}, {way}: {unwatched * 1e6:,.0f} µs on the processor for a request; watched "
        f"{whole * 1e6:,.0f}, of which"
    )
    for place, name in WATCHED:
        calls, used, clock = spent.get(f"{place}.{name}", (0, 0, 0))
        if calls:
            print(
                f"  {name:28} {calls / count:6.1f} ×  {used / count * 1e6:9,.0f} µs"
                f"  ({clock / count * 1e6:,.0f} on the clock)",
                flush=True,
            )


def _log_to_nowhere() -> None:
    """Lines are made as in production, and written to where nothing is kept."""
    from roder.infra.settings import Settings
    from roder.infra.telemetry import set_up_logs

    told, sys.stderr = sys.stderr, Path(os.devnull).open("w")  # noqa: SIM115
    set_up_logs(Settings())
    sys.stderr = told


async def _repeat(app: Any, question: Question, count: int) -> float:
    begun = time.process_time()
    for _ in range(count):
        await _ask(app, question)
    return (time.process_time() - begun) / count


async def _ask(app: Any, question: Question) -> None:
    asked = Server(PRODUCT, 0, None).asked(question)  # type: ignore[arg-type]
    headers = [(k.lower().encode(), v.encode()) for k, v in asked.headers.items()]
    headers += [(b"host", b"127.0.0.1"), (b"content-length", str(len(asked.body)).encode())]
    sent: list[Any] = []

    async def receive() -> dict[str, object]:
        return {"type": "http.request", "body": asked.body, "more_body": False}

    async def send(message: Any) -> None:
        sent.append(message)

    scope = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": "POST",
        "scheme": "http",
        "path": asked.path,
        "raw_path": asked.path.encode(),
        "query_string": b"",
        "root_path": "",
        "headers": headers,
        "client": ("127.0.0.1", 1),
        "server": ("127.0.0.1", 80),
        "state": {},
    }
    await app(scope, receive, send)
    assert sent[0]["status"] == 200, sent


@contextmanager
def _watched(spent: Spent) -> Iterator[None]:
    """Time each of WATCHED. One request at a time runs, so what a part waits for is not its own."""
    undo = []
    for place, name in WATCHED:
        try:
            owner = import_module(place)
            *path, last = name.split(".")
            for step in path:
                owner = getattr(owner, step)
            original = getattr(owner, last)
        except (ImportError, AttributeError):
            continue
        setattr(owner, last, _timed(original, f"{place}.{name}", spent))
        undo.append((owner, last, original))
    try:
        yield
    finally:
        for owner, last, original in undo:
            setattr(owner, last, original)


def _timed(call: Callable[..., Any], name: str, spent: Spent) -> Callable[..., Any]:
    def note(used: float, clock: float) -> None:
        found = spent[name]
        found[0] += 1
        found[1] += time.process_time() - used
        found[2] += time.perf_counter() - clock

    if inspect.iscoroutinefunction(call):

        @functools.wraps(call)
        async def watched(*given: Any, **named: Any) -> Any:
            used, clock = time.process_time(), time.perf_counter()
            try:
                return await call(*given, **named)
            finally:
                note(used, clock)

        return watched

    @functools.wraps(call)
    def watched_plainly(*given: Any, **named: Any) -> Any:
        used, clock = time.process_time(), time.perf_counter()
        try:
            return call(*given, **named)
        finally:
            note(used, clock)

    return watched_plainly
