"""Being signed in with a browser: begun, and ended."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from sqlalchemy import select

from .entry import load_actor
from .keys import digest, new_key
from .models import UserSession
from .work import Work

LIFE = timedelta(hours=12)
"""A working day. After it one signs in again, also with a browser that was left open."""


async def start_session(work: Work, person_id: UUID) -> str:
    """Sign someone in; the key for the cookie, which is kept as a hash only.

    The caller has made sure that it is them. Raises Unauthenticated for one who has left, or is
    not of this municipality.
    """
    await load_actor(work, person_id)
    key = new_key("session")
    work.add(
        UserSession(person_id=person_id, digest=digest(key), expires_at=work.now + LIFE),
    )
    await work.flush()
    return key


async def end_session(work: Work, key: str) -> None:
    """Sign out whoever has this key. Nothing happens for a key that is unknown or has ended."""
    session = await work.first(select(UserSession).where(UserSession.digest == digest(key)))
    if session is not None and session.ended_at is None:
        session.ended_at = work.now
