"""What the end of a municipality asks of people: that a second one confirms it, or does not."""

from __future__ import annotations

from sqlalchemy import select

from ....authz.permit import NOWHERE
from ....tenants.models import RoleGrant
from ....tenants.work import STOCKHOLM, Work
from ...asked import Asked, for_the_whole
from ...tasks import PageToOpen, Task, TaskKind
from .erasing import ADMINISTRATOR, CONFIRM_WITHIN, is_late
from .models import TenantErasure


async def erasure_tasks(work: Work, asked: Asked) -> list[Task]:
    """One that can still be confirmed, asked of those who can: see `confirm_erasure`. One
    statement, and a second one where there is such a thing."""
    standing = await work.first(
        select(TenantErasure).where(
            TenantErasure.withdrawn_at.is_(None), TenantErasure.confirmed_at.is_(None)
        )
    )
    if standing is None or is_late(work, standing):
        return []
    before = await work.scalars(
        select(RoleGrant.person_id).where(
            RoleGrant.role == ADMINISTRATOR, RoleGrant.created_at < standing.created_at
        )
    )
    people = asked.nearest("tenant.erase", NOWHERE) & set(before) - {standing.asked_by}
    return for_the_whole(
        asked,
        TaskKind.CONFIRM_ERASURE,
        standing.id,
        standing.reason,
        people,
        PageToOpen("erasure_to_confirm", {}),
        due_on=(standing.created_at + CONFIRM_WITHIN).astimezone(STOCKHOLM).date(),
    )
