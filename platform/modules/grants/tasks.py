"""What the grants ask of people: deadlines that are near, of whoever answers for the grant."""

from __future__ import annotations

from datetime import timedelta

from ....tenants.work import Work
from ...tasks import Asked, PageToOpen, Task, TaskKind
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
    found = []
    for deadline, grant in await open_deadlines(work, chosen):
        whose = asked.whose(WRITE, grant.unit_id, responsible_id=grant.responsible_id)
        if whose is None:
            continue
        people, because = whose
        place = asked.places[grant.unit_id]
        found.append(
            Task(
                key=f"{TaskKind.GRANT_DEADLINE.value}:{deadline.id}",
                kind=TaskKind.GRANT_DEADLINE,
                title=name_of(deadline),
                about=grant.name,
                unit_id=grant.unit_id,
                unit_name=place.name,
                unit_slug=place.slug,
                period=str(grant.year),
                year=grant.year,
                due_on=deadline.due_on,
                late=deadline.due_on < asked.today,
                people=people,
                because=because,
                payload=PageToOpen("grant", {"id": str(grant.id)}),
            )
        )
    return found
