"""Disposal of the access log when its time is over, so that what is left can still be checked."""

from __future__ import annotations

from datetime import timedelta
from typing import Final
from uuid import UUID

from sqlalchemy import delete, func, select

from ...authz.permit import permit
from ..work import Work
from .access_log import Action, LogEntry
from .models import LogBlock, LogDisposal
from .tree import BLOCK

MOST: Final = 100 * BLOCK
"""Entries that one run disposes of."""


@permit("log.dispose")
async def dispose_of_entries(
    work: Work, *, years: int, decided_by: UUID | None = None
) -> LogDisposal | None:
    """Take away whole blocks that are older than so many years; None when there are none.

    The roots of the blocks stay, so that the rest of the log still fits its anchors. The database
    itself refuses what is younger than the law's five years.
    """
    cutoff = work.now - timedelta(days=366 * years)
    number = LogEntry.seq
    first: int | None = await work.first(select(func.min(number)))
    last: int | None = await work.first(select(func.max(number)))
    newer: int | None = await work.first(select(func.min(number)).where(LogEntry.at >= cutoff))
    if first is None or last is None:
        return None
    end = min((newer or last + 1) - 1, first - 1 + MOST, await _in_blocks(work)) // BLOCK * BLOCK
    if end < first:
        return None
    hash_ = (await work.scalars(select(LogEntry.hash).where(LogEntry.seq == end)))[0]
    gone = delete(LogEntry).where(LogEntry.seq <= end)
    await work.execute(gone.execution_options(synchronize_session=False))
    kept = LogDisposal(
        at=work.now,
        seq=end,
        hash=hash_,
        entries=end - first + 1,
        years=years,
        decided_by=decided_by,
    )
    work.add(kept)
    work.note(
        Action.DISPOSE,
        "access_log",
        detail={"from": str(first), "to": str(end), "years": str(years)},
    )
    await work.flush()
    return kept


async def _in_blocks(work: Work) -> int:
    """Up to where the roots of blocks are kept: what no night has anchored cannot go before it."""
    blocks = await work.first(select(func.count()).select_from(LogBlock))
    return (blocks or 0) * BLOCK
