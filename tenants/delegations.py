"""Handing one's own roles to a colleague for a while, such as a holiday.

What is handed on is a grant like others, `delegated_from` the one it comes from: it counts only
while that does, and cannot be handed further.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy import and_, func, or_, select
from sqlalchemy.orm import aliased

from ..authz.permit import NOWHERE, permit
from ..infra.errors import Conflict, InvalidInput, NotFound
from ..infra.i18n import _
from ..infra.texts import at_most
from .grants import GrantSource, give, not_over, stands, take
from .log.access_log import Action
from .models import Person, RoleGrant
from .people import REASON
from .work import Work

LONGEST: Final = timedelta(days=366)


@dataclass(frozen=True, slots=True)
class Delegation:
    """A role that `giver` has handed to `taker`. `counts` says whether it does just now: it may
    be still to begin, or the giver may have lost the role."""

    grant: RoleGrant
    giver_id: UUID
    giver: str
    taker: str
    counts: bool


@permit("roles.delegate")
async def delegate_roles(
    work: Work,
    *,
    grant_ids: Sequence[UUID],
    colleague_id: UUID,
    valid_from: datetime | None,
    valid_to: datetime,
    reason: str = "",
) -> list[RoleGrant]:
    """Hand own roles to a colleague from one moment up to (not with) another.

    Raises NotFound for a role that is not one's own, Conflict for one that is handed on already or
    a colleague who has left, InvalidInput for the times.
    """
    colleague = await work.get(Person, colleague_id, field="colleague")
    begins = max(valid_from or work.now, work.now)
    if valid_to - begins > LONGEST:
        raise InvalidInput(_("A role is handed on for a year at most."), field="to")
    if not grant_ids:
        raise InvalidInput(_("Choose at least one role."), field="roles")
    at_most(reason, field="reason", most=REASON)
    own = await own_roles(work)
    chosen = [grant for grant in own if grant.id in set(grant_ids)]
    if len(chosen) < len(set(grant_ids)):
        raise NotFound(_("This role is not yours to hand on."), field="roles")
    if colleague.id == work.actor.id:
        raise InvalidInput(_("Choose a colleague, not yourself."), field="colleague")
    if colleague.left_on is not None and colleague.left_on <= work.today:
        raise Conflict(_("{name} has left.", name=colleague.name), field="colleague")
    return [
        await give(
            work,
            colleague.id,
            role=grant.role,
            unit_id=grant.unit_id,
            source=GrantSource.DELEGATED,
            valid_from=valid_from,
            valid_to=valid_to,
            delegated_from=grant.id,
            reason=reason.strip(),
        )
        for grant in chosen
    ]


@permit("roles.delegate")
async def own_roles(work: Work) -> Sequence[RoleGrant]:
    """What the actor can hand on: own roles that count now, but for those handed to them."""
    return await work.scalars(
        select(RoleGrant)
        .where(
            RoleGrant.person_id == work.actor.id,
            RoleGrant.delegated_from.is_(None),
            stands(work.now),
        )
        .order_by(RoleGrant.unit_id.is_not(None), RoleGrant.role, RoleGrant.id)
    )


@permit("roles.delegate")
async def end_delegation(work: Work, grant_id: UUID) -> RoleGrant:
    """Take back what one has handed on, decline what one was handed, or, as an administrator, end
    it. Raises NotFound for whoever is none of these."""
    grant = await work.get(RoleGrant, grant_id)
    if grant.delegated_from is None:
        raise NotFound()
    origin = await work.get(RoleGrant, grant.delegated_from)
    parties = {grant.person_id, origin.person_id}
    administers = work.allows("roles.grant", at=grant.unit_id or NOWHERE)
    if work.actor.id not in parties and not administers:
        raise NotFound()
    await take(work, grant)
    return grant


@permit("roles.delegate")
async def own_delegations(work: Work) -> list[Delegation]:
    """What the actor has handed on or been handed, as far as it is not over."""
    found = await _of(work, work.actor.id) if work.actor.id else []
    others = [each.grant for each in found if each.grant.person_id != work.actor.id]
    if others:
        work.note(
            Action.READ,
            "role_grant",
            records=[grant.id for grant in others],
            about=[grant.person_id for grant in others],
        )
    return found


@permit("people.read")
async def delegations_of(work: Work, person_id: UUID) -> list[Delegation]:
    """The same of somebody else, for administrators."""
    work.note(Action.READ, "role_grant", about=[person_id])
    return await _of(work, person_id)


async def find_colleague(work: Work, text: str) -> Person:
    """The one colleague whose e-mail address or name this is. Raises InvalidInput.

    Nothing is noted: what colleagues are called is open to all of them (`Person.name` is no column
    whose reading is logged), and whoever asks learns only whether somebody is called what they
    wrote, all of it. What is handed on then is noted.
    """
    wanted = " ".join(text.split()).lower()
    found = await work.scalars(
        select(Person)
        .where(
            or_(func.lower(Person.email) == wanted, func.lower(Person.name) == wanted),
            Person.here(work.today),
        )
        .order_by(Person.id)
        .limit(2)
    )
    if not found:
        raise InvalidInput(
            _("Nobody here is called that. Write the whole name, or the e-mail address."),
            field="colleague",
        )
    if len(found) > 1:
        raise InvalidInput(
            _("Several people are called that. Write the e-mail address."), field="colleague"
        )
    return found[0]


async def _of(work: Work, person_id: UUID) -> list[Delegation]:
    origin, giver, taker = aliased(RoleGrant), aliased(Person), aliased(Person)
    rows = await work.rows(
        select(RoleGrant, giver.id, giver.name, taker.name, stands(work.now))
        .join(
            origin,
            and_(origin.id == RoleGrant.delegated_from, origin.tenant_id == RoleGrant.tenant_id),
        )
        .join(giver, and_(giver.id == origin.person_id, giver.tenant_id == origin.tenant_id))
        .join(taker, and_(taker.id == RoleGrant.person_id, taker.tenant_id == RoleGrant.tenant_id))
        .where(
            or_(RoleGrant.person_id == person_id, origin.person_id == person_id),
            not_over(work.now),
            not_over(work.now, origin),
        )
        .order_by(RoleGrant.valid_from.nulls_first(), RoleGrant.id)
    )
    return [Delegation(*row) for row in rows]
