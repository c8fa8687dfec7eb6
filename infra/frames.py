"""A file encrypted with a key of ours: AES-256-GCM in frames, so that it is read as it comes.

`MAGIC`, number of the key (4 bytes), salt (16), then frames of `FRAME` bytes and a tag of 16 each;
the last one is shorter, or full, and may be empty. Each file has a key of its own, derived from the
data key, the salt and the file's `place`. A frame's nonce is its number (11 bytes) and whether it
is the last (1), so that a frame that is changed, moved, repeated or missing is found.
"""

from __future__ import annotations

import secrets
from collections.abc import AsyncIterator
from typing import TYPE_CHECKING, Final, Protocol

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

MAGIC: Final = b"RODERF1\n"
FRAME: Final = 256 * 1024
TAG: Final = 16
SALT: Final = 16
HEADER: Final = len(MAGIC) + 4 + SALT


class Unreadable(RuntimeError):
    """The bytes are not what was encrypted under this key for this place."""


class Source(Protocol):
    def read(self, size: int, /) -> bytes: ...


class Sealing:
    """Encrypts one file. `add` as many times as wanted, then `end` once; both give what to keep."""

    def __init__(self, key: bytes, number: int, *, place: str) -> None:
        salt = secrets.token_bytes(SALT)
        self._box = _box(key, salt, place)
        self._header = MAGIC + number.to_bytes(4, "big") + salt
        self._waiting = bytearray()
        self._count = 0

    def add(self, data: bytes) -> bytes:
        self._waiting += data
        made = [self._begin()]
        # A full frame waits until something follows: it may be the last.
        while len(self._waiting) > FRAME:
            made.append(self._frame(bytes(self._waiting[:FRAME]), last=False))
            del self._waiting[:FRAME]
        return b"".join(made)

    def end(self) -> bytes:
        return self._begin() + self._frame(bytes(self._waiting), last=True)

    def _begin(self) -> bytes:
        header, self._header = self._header, b""
        return header

    def _frame(self, data: bytes, *, last: bool) -> bytes:
        sealed = self._box.encrypt(_nonce(self._count, last=last), data, None)
        self._count += 1
        return sealed


class SealedReader:
    """A file being read, as the bytes to keep of it."""

    def __init__(self, source: Source, key: bytes, number: int, *, place: str) -> None:
        self._source = source
        self._sealing = Sealing(key, number, place=place)
        self._ready = bytearray()
        self._ended = False

    def read(self, size: int = -1) -> bytes:
        while not self._ended and (size < 0 or len(self._ready) < size):
            block = self._source.read(FRAME)
            self._ready += self._sealing.add(block) if block else self._sealing.end()
            self._ended = not block
        size = len(self._ready) if size < 0 else size
        taken = bytes(self._ready[:size])
        del self._ready[:size]
        return taken


class Opening:
    """Decrypts one file. `add` what was kept as it comes; `end` raises if any of it is missing."""

    def __init__(self, key: bytes, *, place: str) -> None:
        self._key, self._place = key, place
        self._box: AESGCM | None = None
        self._waiting = bytearray()
        self._count = 0

    def add(self, data: bytes) -> bytes:
        """Raises Unreadable."""
        self._waiting += data
        if self._box is None:
            if len(self._waiting) < HEADER:
                return b""
            salt = number_and_salt(bytes(self._waiting[:HEADER]))[1]
            self._box = _box(self._key, salt, self._place)
            del self._waiting[:HEADER]
        opened = []
        while len(self._waiting) > FRAME + TAG:
            opened.append(self._open(bytes(self._waiting[: FRAME + TAG]), last=False))
            del self._waiting[: FRAME + TAG]
        return b"".join(opened)

    def end(self) -> bytes:
        """The last of it. Raises Unreadable when the end is not where it was."""
        if self._box is None:
            raise Unreadable("cut off before its first frame")
        return self._open(bytes(self._waiting), last=True)

    def _open(self, frame: bytes, *, last: bool) -> bytes:
        from cryptography.exceptions import InvalidTag

        assert self._box is not None
        try:
            data = self._box.decrypt(_nonce(self._count, last=last), frame, None)
        except InvalidTag as error:
            raise Unreadable(f"frame {self._count} is not as it was") from error
        self._count += 1
        return data


def number_and_salt(header: bytes) -> tuple[int, bytes]:
    """The number of the key that a file was encrypted with, and its salt. Raises Unreadable."""
    if len(header) < HEADER or not header.startswith(MAGIC):
        raise Unreadable("no header of ours")
    start = len(MAGIC)
    return int.from_bytes(header[start : start + 4], "big"), header[start + 4 : HEADER]


async def open_blocks(
    blocks: AsyncIterator[bytes], key: bytes, *, place: str
) -> AsyncIterator[bytes]:
    """What was encrypted, a piece at a time. Raises Unreadable, at the latest at the end."""
    opening = Opening(key, place=place)
    async for block in blocks:
        if opened := opening.add(block):
            yield opened
    if last := opening.end():
        yield last


def open_whole(sealed: bytes, key: bytes, *, place: str) -> bytes:
    opening = Opening(key, place=place)
    return opening.add(sealed) + opening.end()


def _nonce(count: int, *, last: bool) -> bytes:
    return count.to_bytes(11, "big") + bytes([last])


def _box(key: bytes, salt: bytes, place: str) -> AESGCM:
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM
    from cryptography.hazmat.primitives.hashes import SHA256
    from cryptography.hazmat.primitives.kdf.hkdf import HKDF

    info = f"roder file {place}".encode()
    return AESGCM(HKDF(SHA256(), length=32, salt=salt, info=info).derive(key))
