"""Hearing what PostgreSQL's NOTIFY tells: one connection a runtime, however many wait."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from weakref import WeakKeyDictionary

import structlog
from sqlalchemy.ext.asyncio import AsyncEngine

from .runtime import Runtime

log = structlog.get_logger()

RECONNECT_SECONDS = 1

Told = tuple[str, str]
"""A channel, and a text that is told on it."""


class Listener:
    """One connection that hears of every change, open while someone waits."""

    def __init__(self, address: str) -> None:
        self.address = address
        self.waiting: dict[Told, set[asyncio.Event]] = {}
        self.task: asyncio.Task[None] | None = None
        self._asked = asyncio.Event()

    @contextmanager
    def hear(self, *told: Told) -> Iterator[asyncio.Event]:
        """An event that is set whenever one of the texts is told on its channel.

        It is also set when something may have been missed: at the start and after a lost
        connection. So clear it, look, and wait for it, in this order.
        """
        event = asyncio.Event()
        for one in told:
            self.waiting.setdefault(one, set()).add(event)
        self._asked.set()
        if self.task is None:
            self.task = asyncio.create_task(self._listen())
        try:
            yield event
        finally:
            for one in dict.fromkeys(told):
                self.waiting[one].discard(event)
                if not self.waiting[one]:
                    del self.waiting[one]
            if not self.waiting and self.task is not None:
                self.task.cancel()
                self.task = None

    async def _listen(self) -> None:
        import asyncpg  # type: ignore[import-untyped]

        while True:
            try:
                connection = await asyncpg.connect(self.address, timeout=5)
                try:
                    # A connection that is lost is seen at once: there is nothing more to ask for.
                    connection.add_termination_listener(lambda _connection: self._asked.set())
                    heard: set[str] = set()
                    while not connection.is_closed():
                        self._asked.clear()
                        for channel in {channel for channel, _text in self.waiting} - heard:
                            await connection.add_listener(channel, self._wake)
                            heard.add(channel)
                            self._wake_all(channel)  # for what was told before we listened
                        await self._asked.wait()
                finally:
                    await asyncio.shield(connection.close(timeout=2))
            except (OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError):
                log.warning("listener_lost", exc_info=True)
            await asyncio.sleep(RECONNECT_SECONDS)

    def _wake_all(self, channel: str) -> None:
        for (waited, _text), events in self.waiting.items():
            if waited == channel:
                for event in events:
                    event.set()

    def _wake(self, _connection: object, _pid: int, channel: str, text: object) -> None:
        for event in self.waiting.get((channel, str(text)), ()):
            event.set()


_listeners: WeakKeyDictionary[AsyncEngine, Listener] = WeakKeyDictionary()


def listener(runtime: Runtime) -> Listener:
    """The runtime's own: as many as wait share one connection."""
    if runtime.engine not in _listeners:
        _listeners[runtime.engine] = Listener(runtime.settings.database_url)
    return _listeners[runtime.engine]
