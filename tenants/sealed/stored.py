"""Bytes in the object store, encrypted with the municipality's key: every file goes through here.

A row that has a `key` in the store has a `key_number` beside it: which of the municipality's keys
its bytes are encrypted with; None for what was kept before there were any.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from io import BytesIO

from ...infra.frames import SealedReader, Sealing, Source, open_blocks, open_whole
from ...infra.storage import Sink, Storage
from ..work import Work
from .keys import TenantKeys, keys_to_open, keys_to_seal

SEALED_TYPE = "application/octet-stream"


async def put_bytes(work: Work, key: str, body: bytes | Source) -> int:
    """Keep `body` encrypted under `key`; the number of the key that it was encrypted with."""
    return await put_with(work.storage, await keys_to_seal(work), key, body)


async def get_bytes(work: Work, key: str, number: int | None) -> bytes:
    """What lies under `key`. Raises NotFound, also when its key has been destroyed."""
    return await (await to_read(work, key, number)).whole()


@dataclass(frozen=True, slots=True)
class Readable:
    """Something in the store that can be read, also once the work is over."""

    storage: Storage
    key: str
    secret: bytes | None

    async def whole(self) -> bytes:
        kept = await self.storage.get(self.key)
        if self.secret is None:
            return kept
        return open_whole(kept, self.secret, place=self.key)

    async def blocks(self) -> AsyncIterator[bytes]:
        """A piece at a time. Raises Unreadable where it is not as it was kept."""
        kept = self.storage.stream(self.key)
        opened = kept if self.secret is None else open_blocks(kept, self.secret, place=self.key)
        async for block in opened:
            yield block


async def to_read(work: Work, key: str, number: int | None) -> Readable:
    """Raises KeyDestroyed."""
    if number is None:
        return Readable(work.storage, key, None)
    return Readable(work.storage, key, (await keys_to_open(work)).key(number))


def readable(storage: Storage, keys: TenantKeys, key: str, number: int | None) -> Readable:
    return Readable(storage, key, None if number is None else keys.key(number))


async def put_with(storage: Storage, keys: TenantKeys, key: str, body: bytes | Source) -> int:
    """As `put_bytes`, with keys that have been opened already."""
    number = keys.newest
    source = BytesIO(body) if isinstance(body, bytes) else body
    sealed = SealedReader(source, keys.key(number), number, place=key)
    await storage.put(key, sealed, media_type=SEALED_TYPE)
    return number


@dataclass(slots=True)
class SealedSink:
    """Where a file is written that is encrypted and stored as it is made."""

    _sink: Sink
    _sealing: Sealing

    async def write(self, data: bytes) -> None:
        await self._sink.write(self._sealing.add(data))


@asynccontextmanager
async def writing(storage: Storage, keys: TenantKeys, key: str) -> AsyncIterator[SealedSink]:
    """Keep a file as it is made, encrypted with the newest key. It is there once the block has
    ended well."""
    async with storage.writing(key, media_type=SEALED_TYPE) as sink:
        sealing = Sealing(keys.key(keys.newest), keys.newest, place=key)
        yield SealedSink(sink, sealing)
        await sink.write(sealing.end())
