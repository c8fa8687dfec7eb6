"""What each person wants by mail."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from ....authz.permit import permit
from ....infra.errors import Unauthenticated
from ....infra.i18n import _
from ....tenants.log.access_log import Action
from ....tenants.rows import uuid7
from ....tenants.work import Work
from .models import NotificationChoice


@dataclass(frozen=True, slots=True)
class Choices:
    """Both until someone says otherwise."""

    reminders: bool = True
    digest: bool = True


@permit("mywork.read")
async def my_choices(work: Work) -> Choices:
    """Nobody else's, so the access log is told only where somebody else looks as them."""
    own = own_id(work)
    if work.actor.behind is not None:
        work.note(Action.READ, "notification_choice", about=[own])
    chosen = select(NotificationChoice).where(NotificationChoice.person_id == own)
    row = await work.first(chosen)
    return Choices(row.reminders, row.digest) if row else Choices()


@permit("mywork.edit")
async def change_choices(
    work: Work, *, reminders: bool | None = None, digest: bool | None = None
) -> Choices:
    """Choose for oneself; what is None stays."""
    own, standing = own_id(work), await my_choices(work)
    chosen = Choices(
        reminders=standing.reminders if reminders is None else reminders,
        digest=standing.digest if digest is None else digest,
    )
    values = {"reminders": chosen.reminders, "digest": chosen.digest}
    await work.execute(
        insert(NotificationChoice)
        .values(tenant_id=work.tenant.id, id=uuid7(), person_id=own, **values)
        .on_conflict_do_update(index_elements=["tenant_id", "person_id"], set_=values)
    )
    return chosen


async def choices_of(work: Work, people: Collection[UUID]) -> list[Choices]:
    """The choices of each person, in the order asked for."""
    chosen = select(
        NotificationChoice.person_id, NotificationChoice.reminders, NotificationChoice.digest
    ).where(NotificationChoice.person_id.in_(people))
    found = {person_id: Choices(*rest) for person_id, *rest in await work.rows(chosen)}
    return [found.get(person_id, Choices()) for person_id in people]


def own_id(work: Work) -> UUID:
    """Raises Unauthenticated for a program without a person."""
    if work.actor.id is None:
        raise Unauthenticated(_("You are not signed in any more. Sign in again."))
    return work.actor.id
