"""A zip that is written as it is made: nothing of it is held but the piece under way."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime
from tempfile import SpooledTemporaryFile
from typing import Final, cast
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile, ZipInfo

import orjson

LEVEL: Final = 6
LIST_IN_MEMORY: Final = 1_000_000
BLOCK: Final = 1_000_000


@dataclass(frozen=True, slots=True)
class Member:
    """A file of the archive, by what it holds."""

    name: str
    size: int
    sha256: str

    def line(self) -> bytes:
        told = {"name": self.name, "size": self.size, "sha256": self.sha256}
        return orjson.dumps(told) + b"\n"


class Waiting(bytearray):
    """What the zip has written and nobody has taken yet. It cannot be wound back, so that each
    file is followed by its size instead of being preceded by it."""

    def write(self, data: bytes) -> int:
        self += data
        return len(data)

    def flush(self) -> None: ...

    def take(self) -> bytes:
        taken = bytes(self)
        self.clear()
        return taken


@dataclass
class Packing:
    """Writes the files of an archive in order; `write` takes the bytes of the zip."""

    write: Callable[[bytes], Awaitable[None]]
    at: datetime
    size: int = 0
    _out: Waiting = field(default_factory=Waiting)

    def __post_init__(self) -> None:
        self._sha256 = hashlib.sha256()
        self._zip = ZipFile(cast("SpooledTemporaryFile[bytes]", self._out), "w")
        self._list = SpooledTemporaryFile(max_size=LIST_IN_MEMORY)  # noqa: SIM115 - see `end`

    async def add(
        self, name: str, blocks: AsyncIterator[bytes], *, packed: bool = True, listed: bool = True
    ) -> Member:
        """Add a file; `packed` for what becomes smaller by it."""
        info = ZipInfo(name, self.at.timetuple()[:6])
        info.compress_type = ZIP_DEFLATED if packed else ZIP_STORED
        info._compresslevel = LEVEL  # type: ignore[attr-defined] # public as of Python 3.13
        info.external_attr = 0o644 << 16
        digest, size = hashlib.sha256(), 0
        member = self._zip.open(info, "w", force_zip64=True)
        try:
            async for block in blocks:
                digest.update(block)
                size += len(block)
                await asyncio.to_thread(member.write, block)
                await self._send()
        finally:
            member.close()
        await self._send()
        added = Member(name, size, digest.hexdigest())
        if listed:
            self._list.write(added.line())
        return added

    async def add_text(self, name: str, text: str | bytes) -> Member:
        return await self.add(name, _once(text.encode() if isinstance(text, str) else text))

    async def add_list(self, name: str) -> Member:
        """The list of all that has been added so far, a line each."""
        self._list.seek(0)

        async def lines() -> AsyncIterator[bytes]:
            while block := self._list.read(BLOCK):
                yield block

        return await self.add(name, lines(), listed=False)

    async def end(self) -> str:
        """The SHA-256 of the whole zip."""
        self._list.close()
        self._zip.close()
        await self._send()
        return self._sha256.hexdigest()

    async def _send(self) -> None:
        if data := self._out.take():
            self.size += len(data)
            self._sha256.update(data)
            await self.write(data)


async def _once(data: bytes) -> AsyncIterator[bytes]:
    yield data
