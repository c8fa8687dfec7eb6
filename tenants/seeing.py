"""Seeing the service as somebody else does: with a reason, reading only, and told to them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from sqlalchemy import and_, select, update

from ..authz.permit import permit
from ..infra.errors import Conflict, Forbidden, InvalidInput
from ..infra.i18n import _
from ..infra.texts import one_line
from .guises import sees_more
from .loading import load_actor
from .log.access_log import Action
from .models import Person
from .seeing_models import SeeAs
from .work import Work

LIFE: Final = timedelta(minutes=30)
REASON: Final = 300
MOST: Final = 50


@dataclass(frozen=True, slots=True)
class Seen:
    """That somebody's view was taken on, by whom, why, and from when to when at the latest."""

    id: UUID
    administrator_id: UUID
    administrator: str
    reason: str
    begun_at: datetime
    ended_at: datetime


@permit("roles.see_as")
async def begin_seeing(work: Work, person_id: UUID, *, reason: str) -> SeeAs:
    """See the service as someone does, in this session, for half an hour at most.

    Raises InvalidInput without a reason, Forbidden for a program, and for somebody who may do more
    than the actor with what is confidential; Unauthenticated for one who has left.
    """
    if work.actor.session_id is None or work.actor.id is None or work.actor.token_id is not None:
        raise Forbidden(_("Only somebody who is signed in with a browser can see as others."))
    person = await work.get(Person, person_id)
    if person.id == work.actor.id:
        raise Conflict(_("You see the service as yourself already."))
    reason = one_line(reason, field="reason", most=REASON)
    if len(reason) < 5:
        raise InvalidInput(_("Write why: {name} can read it.", name=person.name), field="reason")
    if sees_more(await load_actor(work, person.id), work.actor):
        raise Forbidden(
            _("{name} may see what is confidential, and closed to you.", name=person.name)
        )
    await end_seeing(work, work.actor.session_id)
    seeing = SeeAs(
        administrator_id=work.actor.id,
        person_id=person.id,
        session_id=work.actor.session_id,
        reason=reason,
        until=work.now + LIFE,
    )
    work.add(seeing)
    await work.flush()
    work.note(Action.ADD, "see_as", records=[seeing.id], about=[person.id])
    return seeing


async def end_seeing(work: Work, session_id: UUID) -> None:
    """See as oneself again. The caller has made sure whose session it is."""
    ended: Sequence[Any] = (
        await work.execute(
            update(SeeAs)
            .where(SeeAs.session_id == session_id, SeeAs.ended_at.is_(None))
            .values(ended_at=work.now)
            .returning(SeeAs.id, SeeAs.person_id)
            .execution_options(synchronize_session=False)
        )
    ).all()
    for row in ended:
        work.note(Action.CHANGE, "see_as", records=[row[0]], about=[row[1]])


@permit("sessions.read")
async def who_saw_as_me(work: Work) -> Sequence[Seen]:
    """When somebody has seen the service as the actor does, the latest first."""
    return await _seen(work, work.actor.id) if work.actor.id else []


@permit("roles.see_as")
async def who_saw_as(work: Work, person_id: UUID) -> Sequence[Seen]:
    """The same of somebody else."""
    work.note(Action.READ, "see_as", about=[person_id])
    return await _seen(work, person_id)


async def _seen(work: Work, person_id: UUID) -> Sequence[Seen]:
    rows = await work.rows(
        select(SeeAs, Person.name)
        .join(
            Person,
            and_(Person.id == SeeAs.administrator_id, Person.tenant_id == SeeAs.tenant_id),
        )
        .where(SeeAs.person_id == person_id)
        .order_by(SeeAs.created_at.desc(), SeeAs.id)
        .limit(MOST)
    )
    return [
        Seen(
            seeing.id,
            seeing.administrator_id,
            name,
            seeing.reason,
            seeing.created_at,
            min(seeing.ended_at or seeing.until, seeing.until),
        )
        for seeing, name in rows
    ]
