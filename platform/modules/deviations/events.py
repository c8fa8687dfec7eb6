"""The history of a case: who did what and when, with a note that is sealed."""

from __future__ import annotations

from uuid import UUID

from ....tenants.rows import uuid7
from ....tenants.sealed.safe import safe_to_write
from ....tenants.work import Work
from .models import Deviation, DeviationEvent, Happened


async def record(
    work: Work, case: Deviation, what: Happened, *, note: str = "", given_to: UUID | None = None
) -> None:
    """One row, by the actor; it is noted with the case that it belongs to."""
    row = DeviationEvent(
        id=uuid7(),
        deviation_id=case.id,
        what=what,
        done_by=work.actor.id,
        given_to=given_to,
    )
    (await safe_to_write(work)).put(row, note=note)
    work.add(row)
    await work.flush()
