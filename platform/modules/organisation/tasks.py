"""What keys of programs ask of their owners: to be renewed, or let go, before they stop."""

from __future__ import annotations

from sqlalchemy import select

from ....authz.permit import NOWHERE
from ....tenants.models import ApiToken
from ....tenants.work import STOCKHOLM, Work
from ...asked import Asked, for_the_whole
from ...tasks import Because, PageToOpen, Task, TaskKind
from .tokens.jobs import AHEAD


async def key_tasks(work: Work, asked: Asked) -> list[Task]:
    """Keys that stop within two weeks; one statement. Only owners who may open the page of keys are
    asked: the others are told by mail."""
    soon = select(ApiToken).where(
        ApiToken.revoked_at.is_(None),
        ApiToken.expires_at > work.now,
        ApiToken.expires_at <= work.now + AHEAD,
    )
    if asked.people is not None:
        soon = soon.where(ApiToken.person_id.in_(asked.people))
    found: list[Task] = []
    for key in await work.scalars(soon.order_by(ApiToken.id)):
        if asked.may("tokens.manage", NOWHERE, key.person_id):
            found += for_the_whole(
                asked,
                TaskKind.RENEW_KEY,
                key.id,
                key.name,
                frozenset({key.person_id}),
                PageToOpen("api_keys", {}),
                due_on=key.expires_at.astimezone(STOCKHOLM).date(),
                because=Because.RESPONSIBLE,
            )
    return found
