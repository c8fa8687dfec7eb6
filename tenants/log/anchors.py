"""What fastens the access log outside the database: its head, each day, where nobody can change it.

Whoever could write in the database could write another log, whole in itself. An anchor says what
the log was, from a bucket that holds it for years and from the registrar's own mails.
"""

from __future__ import annotations

import base64
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from hashlib import sha256
from typing import Final
from uuid import UUID

import orjson
from sqlalchemy import func, select

from ...authz.permit import permit
from ...infra.errors import Conflict, NotFound
from ...infra.i18n import _
from ...infra.locked import Locked
from ..work import Work
from .access_log import MOMENT, PLAIN, Action, LogEntry, LogHead, content_of, genesis
from .models import LogAnchor, LogBlock, LogDisposal
from .tree import BLOCK, HEIGHT, Tree, leaf, root_of

AT_ONCE: Final = 64 * BLOCK
"""Entries that are read at a time."""


class LogBroken(RuntimeError):
    """The log in the database is not what was written: somebody has changed it past us."""


@dataclass(frozen=True, slots=True)
class Proof:
    """That an entry is one of the first `size`: beside it in the tree, from leaf to root."""

    entry: LogEntry
    size: int
    path: str
    """32 bytes a step, together in base64."""

    def entry_text(self) -> str:
        return orjson.dumps(content_of(self.entry), option=orjson.OPT_SORT_KEYS).decode()

    def text(self) -> bytes:
        return orjson.dumps({"entry": content_of(self.entry), "size": self.size, "path": self.path})


@permit("log.anchor")
async def anchor(work: Work, *, years: int) -> LogAnchor | None:
    """Put the head of the log away for so many years; None while there is no log.

    Raises LogBroken when the entries since the last one do not make a chain.
    """
    head = await work.first(select(LogHead))
    if head is None or head.seq == 0:
        return None
    await _extend(work, head)
    tree = await _tree(work, head.seq)
    kept = LogAnchor(at=work.now, seq=head.seq, hash=head.hash, root=tree.root(), key="")
    kept.key = f"{work.tenant.id}/{kept.seq:012d}-{work.now:%Y%m%dT%H%M%S}.json"
    kept.object_version = await Locked(work.storage, work.runtime.settings).put(
        kept.key,
        anchor_text(kept, work.tenant.id),
        until=work.now + timedelta(days=366 * years),
        media_type="application/json",
    )
    work.add(kept)
    await work.flush()
    return kept


def anchor_text(kept: LogAnchor, tenant_id: UUID) -> bytes:
    return orjson.dumps(
        {
            "tenant_id": str(tenant_id),
            "at": kept.at.strftime(MOMENT),
            "seq": kept.seq,
            "hash": kept.hash.hex(),
            "root": kept.root.hex(),
        }
    )


@permit("log.read")
async def anchors(work: Work) -> Sequence[LogAnchor]:
    """All of them, the latest first."""
    return await work.scalars(select(LogAnchor).order_by(LogAnchor.seq.desc(), LogAnchor.id.desc()))


@permit("log.read")
async def prove(work: Work, seq: int) -> Proof:
    """That an entry is in the log as it was anchored first after it. Raises Conflict before that,
    NotFound for one that is not there."""
    entry = await work.first(select(LogEntry).where(LogEntry.seq == seq))
    if entry is None:
        raise NotFound()
    size = await work.first(select(func.min(LogAnchor.seq)).where(LogAnchor.seq >= entry.seq))
    if size is None:
        raise Conflict(_("The log is anchored every night. Come back for the proof tomorrow."))
    tree = await _tree(work, size, beside=entry.seq)
    path = base64.b64encode(b"".join(tree.path(entry.seq - 1))).decode()
    work.note(Action.READ, "access_log", records=[entry.id])
    return Proof(entry, size, path)


async def log_lines(work: Work) -> AsyncIterator[bytes]:
    """The whole log as the verifier reads it: a line of what was disposed of, one an entry."""
    first = await work.first(select(LogEntry).order_by(LogEntry.seq).limit(1))
    gone = first.seq - 1 if first is not None else 0
    blocks = await work.scalars(
        select(LogBlock.root).where(LogBlock.number < gone // BLOCK).order_by(LogBlock.number)
    )
    before = await _hash_before(work, gone)
    head = {"tenant_id": str(work.tenant.id), "seq": gone, "hash": before.hex()}
    yield orjson.dumps(head | {"blocks": [root.hex() for root in blocks]}) + b"\n"
    while rows := await work.raw(_LINES, (work.tenant.id, gone, AT_ONCE // 8)):
        yield b"".join(line.encode() + b"\n" for _seq, line in rows)
        gone = rows[-1][0]


_LINES: Final = f"""
select seq, json_build_object(
    'hash', encode(hash, 'hex'),
    'entry', json_build_object(
        {", ".join(f"'{name}', {name}" for name in PLAIN)},
        'at', to_char(at at time zone 'utc', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'),
        'salt', encode(salt, 'hex')
    )
)::text
from access_log where tenant_id = $1 and seq > $2 order by seq limit $3
"""
"""Written by PostgreSQL, in a fifth of the time; `content_of` says the same of one entry."""


async def _extend(work: Work, head: LogHead) -> None:
    """Check the chain since the last whole block, and keep the roots of those that are new."""
    kept = (await work.execute(select(func.count()).select_from(LogBlock))).scalar_one()
    last = await _hash_before(work, kept * BLOCK)
    for start in range(kept * BLOCK, head.seq, AT_ONCE):
        rows = await work.rows(
            select(LogEntry.seq, LogEntry.digest, LogEntry.hash)
            .where(LogEntry.seq > start, LogEntry.seq <= min(start + AT_ONCE, head.seq))
            .order_by(LogEntry.seq)
        )
        for expected, (seq, digest, found) in enumerate(rows, start + 1):
            last = sha256(last + digest).digest()
            if (seq, found) != (expected, last):
                raise LogBroken(f"entry {expected} of {work.tenant.slug}")
        leaves = [leaf(digest) for _seq, digest, _hash in rows]
        for low in range(0, len(leaves) - BLOCK + 1, BLOCK):
            root = root_of((0, found) for found in leaves[low : low + BLOCK])
            work.add(LogBlock(number=(start + low) // BLOCK, root=root))
    if last != head.hash:
        raise LogBroken(f"the head of {work.tenant.slug}")
    await work.flush()


async def _tree(work: Work, size: int, *, beside: int | None = None) -> Tree:
    """The first entries as a tree, with the leaves of the last block and of that of an entry."""
    blocks = await work.scalars(
        select(LogBlock.root).where(LogBlock.number < size // BLOCK).order_by(LogBlock.number)
    )
    single = {size // BLOCK, (beside or size + 1) - 1 >> HEIGHT}
    leaves = {number: await _leaves(work, number, size) for number in single}
    return Tree(size, blocks, leaves)


async def _leaves(work: Work, number: int, size: int) -> list[bytes]:
    start = number * BLOCK
    digests = await work.scalars(
        select(LogEntry.digest)
        .where(LogEntry.seq > start, LogEntry.seq <= min(start + BLOCK, size))
        .order_by(LogEntry.seq)
    )
    return [leaf(digest) for digest in digests]


async def _hash_before(work: Work, seq: int) -> bytes:
    """The hash of an entry, also of one that has been disposed of; of none, where a log begins."""
    if seq == 0:
        return genesis(work.tenant.id)
    found = await work.first(select(LogEntry.hash).where(LogEntry.seq == seq))
    if found is None:
        found = await work.first(select(LogDisposal.hash).where(LogDisposal.seq == seq))
    if found is None:
        raise NotFound()
    return found
