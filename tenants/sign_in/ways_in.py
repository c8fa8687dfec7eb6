"""What lets somebody in again without signing in: ended when they leave."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import update

from ..log.access_log import Action
from ..models import ApiToken, CalendarFeed, UserSession
from ..work import Work


async def end_ways_in(work: Work, person_ids: Sequence[UUID]) -> None:
    """Whoever comes back signs in again; what they once handed to a program stays shut."""
    kinds = (
        ("api_token", ApiToken, "revoked_at"),
        ("session", UserSession, "ended_at"),
        ("calendar_feed", CalendarFeed, "revoked_at"),
    )
    for kind, keys, ended in kinds:
        closed = await work.execute(
            update(keys)
            .where(keys.person_id.in_(person_ids), getattr(keys, ended).is_(None))
            .values({ended: work.now})
            .returning(keys.person_id, keys.id)
        )
        whose: dict[UUID, list[UUID]] = {}
        for row in closed.mappings():
            whose.setdefault(row["person_id"], []).append(row["id"])
        for person_id, ids in whose.items():
            work.note(Action.WITHDRAW, kind, records=ids, about=[person_id])
