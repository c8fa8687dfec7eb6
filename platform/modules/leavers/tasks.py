"""What purges ask of people: that a run which has been prepared is decided."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import select

from ....authz.permit import NOWHERE
from ....tenants.work import STOCKHOLM, Work
from ...asked import Asked, for_the_whole
from ...tasks import Because, PageToOpen, Task, TaskKind
from .models import LeaverRun, RunState

RUN = "leavers.run"


async def purge_tasks(work: Work, asked: Asked) -> list[Task]:
    """Open runs, called by the day they were prepared; one statement."""
    runs = await work.rows(
        select(LeaverRun.id, LeaverRun.created_at, LeaverRun.opened_by)
        .where(LeaverRun.state == RunState.OPEN)
        .order_by(LeaverRun.id)
    )
    found: list[Task] = []
    for id, created_at, opened_by in runs:
        people, because = _deciding(asked, opened_by)
        found += for_the_whole(
            asked,
            TaskKind.DECIDE_PURGE,
            id,
            created_at.astimezone(STOCKHOLM).date().isoformat(),
            people,
            PageToOpen("leaver_run", {"id": str(id)}),
            because=because,
        )
    return found


def _deciding(asked: Asked, opened_by: UUID | None) -> tuple[frozenset[UUID], Because]:
    """Whoever prepared it, while they may still decide it; else those who may purge anybody."""
    held = {NOWHERE, *(unit_id for unit_id in asked.grants if unit_id)}
    if opened_by is not None and any(asked.may(RUN, unit_id, opened_by) for unit_id in held):
        return frozenset({opened_by}), Because.RESPONSIBLE
    return asked.nearest(RUN, NOWHERE), Because.UNIT
