"""The hash tree over the access log: a root that stands for all entries, and paths that prove one.

As in Certificate Transparency (RFC 6962, section 2.1): a leaf is SHA-256(0 ‖ digest of the entry),
a node SHA-256(1 ‖ left ‖ right). Whole blocks of entries are kept as the root of their own tree,
so that no root and no path has to read the log.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Final

HEIGHT: Final = 10
BLOCK: Final = 1 << HEIGHT
"""Entries of a block."""


def leaf(digest: bytes) -> bytes:
    return sha256(b"\0" + digest).digest()


def node(left: bytes, right: bytes) -> bytes:
    return sha256(b"\1" + left + right).digest()


def root_of(parts: Iterable[tuple[int, bytes]]) -> bytes:
    """The root of perfect trees that stand side by side, each with its height, tallest first."""
    peaks: list[tuple[int, bytes]] = []
    for height, found in parts:
        while peaks and peaks[-1][0] == height:
            found, height = node(peaks.pop()[1], found), height + 1
        peaks.append((height, found))
    if not peaks:
        return sha256().digest()
    _height, root = peaks.pop()
    while peaks:
        root = node(peaks.pop()[1], root)
    return root


@dataclass(frozen=True, slots=True)
class Tree:
    """The first `size` entries: the roots of their whole blocks, and the leaves of single blocks
    by number, of which the last, unfinished one has to be there."""

    size: int
    blocks: Sequence[bytes]
    leaves: Mapping[int, Sequence[bytes]]

    def root(self) -> bytes:
        return self._root(0, self.size)

    def path(self, index: int) -> list[bytes]:
        """What proves that entry `index`, counted from 0, is one of them: RFC 6962, 2.1.1.

        The leaves of its block have to be there.
        """
        path: list[bytes] = []
        low, high = 0, self.size
        while high - low > 1:
            middle = low + (1 << (high - low - 1).bit_length() - 1)
            if index < middle:
                path.append(self._root(middle, high))
                high = middle
            else:
                path.append(self._root(low, middle))
                low = middle
        return path[::-1]

    def _root(self, low: int, high: int) -> bytes:
        first, last = low // BLOCK, high // BLOCK
        if first == last or high - low < BLOCK:
            start = first * BLOCK
            return root_of((0, found) for found in self.leaves[first][low - start : high - start])
        whole = [(HEIGHT, found) for found in self.blocks[first:last]]
        rest = self.leaves[last][: high - last * BLOCK] if high % BLOCK else ()
        return root_of([*whole, *((0, found) for found in rest)])
