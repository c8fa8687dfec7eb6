"""What the grants ask of people: deadlines that are near, of whoever answers for the grant."""

from __future__ import annotations

from datetime import timedelta

from ....tenants.work import Work
from ...asked import Asked
from ...tasks import PageToOpen, Task, TaskKind
from .deadlines import open_deadlines
from .holding import WRITE
from .service import Filter
from .settings import grant_settings
from .words import name_of


async def grant_tasks(work: Work, asked: Asked) -> list[Task]:
    """Two statements, and none where the module is off."""
    if "grants" not in work.tenant.modules:
        return []
    ahead = (await grant_settings(work)).ahead_days
    chosen = Filter(due_before=asked.today + timedelta(days=ahead))
    found: list[Task] = []
    for deadline, grant in await open_deadlines(work, chosen):
        found += asked.task(
            TaskKind.GRANT_DEADLINE,
            deadline.id,
            name_of(deadline),
            grant.unit_id,
            asked.whose(WRITE, grant.unit_id, responsible_id=grant.responsible_id),
            PageToOpen("grant", {"id": str(grant.id)}),
            due_on=deadline.due_on,
            about=grant.name,
            year=grant.year,
        )
    return found
