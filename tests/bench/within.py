"""The service in this process, so that a request can be taken apart."""

from __future__ import annotations

import asyncio
import functools
import inspect
import os
import time
from collections import defaultdict
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager, redirect_stderr
from importlib import import_module
from pathlib import Path
from typing import Any, TypeVar

from contestants import PLAIN, PRODUCT, Asked, environment
from town import Towns
from uvicorn import Config

NOWHERE = Path(os.devnull).open("w")  # noqa: SIM115  as long as the process

T = TypeVar("T")

Spent = dict[str, list[float]]
"""Of each part: calls, seconds on the processor, seconds on the clock."""


@asynccontextmanager
async def service_within(towns: Towns, way: str = PRODUCT) -> AsyncIterator[Any]:
    """Its lines are made as in production, and written to where nothing is kept."""
    from roder.infra.settings import Settings
    from roder.infra.telemetry import set_up_logs
    from roder.platform.app import create_app, settle

    os.environ |= environment(towns, way, 8000)
    settings = Settings()
    with redirect_stderr(NOWHERE):
        set_up_logs(settings)
    app = create_app(settings)
    async with app.router.lifespan_context(app):
        if way == PLAIN:
            app.state.plans = None
        settle()
        yield app


async def ask(app: Any, asked: Asked) -> bytes:
    """The body of an answer. Raises when it is not 200."""
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
        "method": asked.method,
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
    body = b"".join(message.get("body", b"") for message in sent[1:])
    if sent[0]["status"] != 200:
        raise RuntimeError(f"{asked.path} is answered {sent[0]['status']}: {body[:500]!r}")
    return body


async def repeat(app: Any, asked: Sequence[Asked]) -> float:
    """Seconds on the processor for a request, all threads of the process together."""
    begun = time.process_time()
    for each in asked:
        await ask(app, each)
    return (time.process_time() - begun) / len(asked)


@contextmanager
def watched(*names: tuple[str, str]) -> Iterator[Spent]:
    """Time each of `names`: where it is looked up, and what it is. One request at a time runs, so
    what a part waits for is not its own. What is not there any more is left out."""
    spent: Spent = defaultdict(lambda: [0, 0.0, 0.0])
    undo = []
    for place, name in names:
        try:
            owner = import_module(place)
            *path, last = name.split(".")
            for step in path:
                owner = getattr(owner, step)
            original = getattr(owner, last)
        except (ImportError, AttributeError):
            continue
        setattr(owner, last, _timed(original, spent[f"{place}.{name}"]))
        undo.append((owner, last, original))
    try:
        yield spent
    finally:
        for owner, last, original in undo:
            setattr(owner, last, original)


def _timed(call: Callable[..., Any], found: list[float]) -> Callable[..., Any]:
    def note(used: float, clock: float) -> None:
        found[0] += 1
        found[1] += time.process_time() - used
        found[2] += time.perf_counter() - clock

    if inspect.iscoroutinefunction(call):

        @functools.wraps(call)
        async def timed(*given: Any, **named: Any) -> Any:
            used, clock = time.process_time(), time.perf_counter()
            try:
                return await call(*given, **named)
            finally:
                note(used, clock)

        return timed

    @functools.wraps(call)
    def timed_plainly(*given: Any, **named: Any) -> Any:
        used, clock = time.process_time(), time.perf_counter()
        try:
            return call(*given, **named)
        finally:
            note(used, clock)

    return timed_plainly


def run(work: Coroutine[Any, Any, T]) -> T:
    """On the loop that the service runs on."""
    with asyncio.Runner(loop_factory=Config(lambda: None).get_loop_factory()) as runner:
        return runner.run(work)
