"""What many ask to have written at once goes in one batch; who asks waits until it is kept."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Hashable, Iterable, Sequence
from typing import Any, TypeVar

T = TypeVar("T")


class Batches:
    """One batch of a key is under way at a time; what comes meanwhile makes up the next one."""

    def __init__(self) -> None:
        self._gathering: dict[Hashable, tuple[list[Any], asyncio.Task[None]]] = {}
        self._under_way: dict[Hashable, asyncio.Task[None]] = {}

    async def put(
        self, key: Hashable, items: Iterable[T], write: Callable[[Sequence[T]], Awaitable[None]]
    ) -> None:
        """Have the items written along with those of others. Raises what `write` raised."""
        if key not in self._gathering:
            self._gathering[key] = [], asyncio.create_task(self._flush(key, write))
        gathered, flush = self._gathering[key]
        gathered.extend(items)
        # Whoever goes away leaves the batch of the others whole.
        await asyncio.shield(flush)

    async def _flush(
        self, key: Hashable, write: Callable[[Sequence[Any]], Awaitable[None]]
    ) -> None:
        before = self._under_way.get(key)
        if before is not None:
            await asyncio.wait([before])
        gathered, self._under_way[key] = self._gathering.pop(key)
        try:
            await write(gathered)
        finally:
            if key not in self._gathering:
                del self._under_way[key]
