"""Subscriptions as server-sent events, one connection each.

The "distinct connections mode" of GraphQL over SSE: a POST that accepts text/event-stream is
answered by `next` events and one `complete`.
https://github.com/graphql/graphql-over-http/blob/main/rfcs/GraphQLOverSSE.md
"""

import asyncio
from collections.abc import AsyncGenerator, Callable, Coroutine
from contextlib import aclosing
from typing import Any, Protocol

import orjson
import structlog
from graphql import GraphQLError
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from .http import EVENTS, payload

KEEP_ALIVE = 15.0
"""Seconds of silence before a comment is sent, so that no proxy takes the line for dead."""

AHEAD = 100
"""Results that may wait for a client before it counts as one that does not read."""

log = structlog.get_logger()

Result = tuple[Any, list[GraphQLError]]


class Following:
    """Results on their way to one client, made in a task of their own.

    One task runs and closes the generator, since what it opens must be closed where it was opened.
    A generator may hold a connection while its result is taken, so it is not kept waiting for a
    client that does not read: the stream ends.
    """

    def __init__(self, results: AsyncGenerator[Result]) -> None:
        self._queue: asyncio.Queue[Result | None] = asyncio.Queue(maxsize=AHEAD)
        self._maker = asyncio.create_task(self._make(results))
        self._first: Result | None = None
        self._peeked = False
        self._guard: asyncio.Task[None] | None = None
        self._at_end: Callable[[], None] | None = None

    def guard(self, guarding: Coroutine[Any, Any, Result]) -> None:
        """Follow no longer than `guarding` lasts; what it comes to is the last that is told."""
        self._guard = asyncio.create_task(self._end_with(guarding))

    def at_end(self, call: Callable[[], None]) -> None:
        """Have `call` called when nobody follows any more."""
        self._at_end = call

    async def first(self, *, within: float) -> Result | None:
        """The first result if it comes in `within` seconds. It will be sent all the same."""
        try:
            async with asyncio.timeout(within):
                self._first = await self._queue.get()
                self._peeked = True
        except TimeoutError:
            return None
        return self._first

    async def events(self, *, keep_alive: float = KEEP_ALIVE) -> AsyncGenerator[bytes]:
        while True:
            if self._peeked:
                self._peeked, result = False, self._first
            else:
                try:
                    async with asyncio.timeout(keep_alive):
                        result = await self._queue.get()
                except TimeoutError:
                    yield b":\n\n"
                    continue
            if result is None:
                yield b"event: complete\ndata:\n\n"
                return
            yield b"event: next\ndata: " + orjson.dumps(payload(*result)) + b"\n\n"

    async def stop(self) -> None:
        if self._guard is not None:
            self._guard.cancel()
            await asyncio.wait([self._guard])
        self._maker.cancel()
        await asyncio.wait([self._maker])
        if self._at_end is not None:
            self._at_end()

    async def _end_with(self, guarding: Coroutine[Any, Any, Result]) -> None:
        try:
            last: Result | None = await guarding
        except Exception:
            log.exception("subscription_unguarded")
            last = None
        self._maker.cancel()
        await asyncio.wait([self._maker])
        while not self._queue.empty():
            self._queue.get_nowait()  # what has not been sent is theirs no longer
        for result in (last, None) if last else (None,):
            self._queue.put_nowait(result)

    async def _make(self, results: AsyncGenerator[Result]) -> None:
        try:
            async with aclosing(results):
                async for result in results:
                    self._queue.put_nowait(result)
        except asyncio.QueueFull:
            log.warning("subscription_unread", results=AHEAD)
        except Exception:
            log.exception("subscription_failed")
        await self._queue.put(None)


class Source(Protocol):
    """Where the bytes of a stream come from; `stop` is called at its end, however it ends."""

    def events(self, *, keep_alive: float) -> AsyncGenerator[bytes]: ...
    async def stop(self) -> None: ...


class EventStream(Response):
    """Sends what `following` makes, until that ends or the client goes away."""

    media_type = EVENTS

    def __init__(self, following: Source, *, keep_alive: float = KEEP_ALIVE) -> None:
        self.following = following
        self.keep_alive = keep_alive
        self.status_code = 200
        self.background = None
        self.init_headers({"Cache-Control": "no-store", "X-Accel-Buffering": "no"})
        del self.headers["content-length"]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        sender = asyncio.create_task(self._send(send))
        leaver = asyncio.create_task(_gone(receive))
        try:
            await asyncio.wait([sender, leaver], return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in (sender, leaver):
                task.cancel()
            await asyncio.wait([sender, leaver])
            await self.following.stop()

    async def _send(self, send: Send) -> None:
        await send(
            {
                "type": "http.response.start",
                "status": self.status_code,
                "headers": self.raw_headers,
            }
        )
        async with aclosing(self.following.events(keep_alive=self.keep_alive)) as events:
            async for event in events:
                await send({"type": "http.response.body", "body": event, "more_body": True})
        await send({"type": "http.response.body", "body": b"", "more_body": False})


def once(result: Result) -> EventStream:
    """A query or a mutation, told as a stream of one result."""

    async def results() -> AsyncGenerator[Result]:
        yield result

    return EventStream(Following(results()))


async def _gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
