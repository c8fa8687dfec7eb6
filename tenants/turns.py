"""One at a time: whoever does the same thing in a municipality waits."""

from __future__ import annotations

import hashlib

from sqlalchemy import func, select

from .work import Work


async def take_turn(work: Work, what: str) -> None:
    """Wait until nobody else of this municipality does `what`, and keep others waiting until the
    work ends. Taken before any row is, so that nobody waits for whoever waits for them."""
    digest = hashlib.sha256(work.tenant.id.bytes + what.encode()).digest()
    key = int.from_bytes(digest[:8], signed=True)
    await work.execute(select(func.pg_advisory_xact_lock(key)))
