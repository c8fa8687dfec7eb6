"""Roles as they are held: given, taken back, and whether they count at a moment.

A row that has ended stays, so the table tells who gave whom what and when, and who took it back.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, exists, func, or_, select
from sqlalchemy.orm import aliased

from ..authz.permit import AUDITOR
from ..infra.errors import Conflict, InvalidInput
from ..infra.i18n import _
from .log.access_log import Action
from .models import Person, RoleGrant
from .work import STOCKHOLM, Work


class GrantSource(StrEnum):
    """Who keeps a grant, and so who takes it back."""

    HAND = "hand"
    CLAIMS = "claims"
    SCIM = "scim"
    DELEGATED = "delegated"


def stands(now: Any, grant: Any = RoleGrant, *, tenant: Any = None) -> ColumnElement[bool]:
    """Whether a grant counts at the moment `now`: begun, not over, not taken back.

    One that is handed on counts only while the grant it comes from does, and while the person who
    handed it on is still here. `tenant` is for statements that are not the session's.
    """
    origin, giver = aliased(RoleGrant), aliased(Person)
    on = [origin.tenant_id == grant.tenant_id, origin.id == grant.delegated_from]
    on += [giver.tenant_id == origin.tenant_id, giver.id == origin.person_id]
    if tenant is not None:
        on += [origin.tenant_id == tenant, giver.tenant_id == tenant]
    today = func.date(func.timezone(STOCKHOLM.key, now))
    here = or_(giver.left_on.is_(None), giver.left_on > today)
    held = exists(select(origin.id).where(*on, here, _within(now, origin)))
    return and_(_within(now, grant), or_(grant.delegated_from.is_(None), held))


def _within(now: Any, grant: Any) -> ColumnElement[bool]:
    return and_(not_over(now, grant), or_(grant.valid_from.is_(None), grant.valid_from <= now))


def not_over(now: Any, grant: Any = RoleGrant) -> ColumnElement[bool]:
    """Whether a grant counts now or is still to begin, as far as itself goes."""
    return and_(grant.ended_at.is_(None), or_(grant.valid_to.is_(None), grant.valid_to > now))


def changes_at(now: Any, grant: Any = RoleGrant, *, tenant: Any) -> ColumnElement[datetime | None]:
    """When next time alone makes a grant count, or no longer; null when it does not."""
    origin = aliased(RoleGrant)
    above = (
        select(_next(now, origin))
        .where(origin.tenant_id == tenant, origin.id == grant.delegated_from)
        .scalar_subquery()
    )
    return func.least(_next(now, grant), above)


def _next(now: Any, grant: Any) -> ColumnElement[datetime | None]:
    return func.least(
        func.nullif(func.greatest(grant.valid_from, now), now),
        func.nullif(func.greatest(grant.valid_to, now), now),
    )


async def give(
    work: Work,
    person_id: UUID,
    *,
    role: str,
    unit_id: UUID | None = None,
    source: str = GrantSource.HAND,
    valid_from: datetime | None = None,
    valid_to: datetime | None = None,
    delegated_from: UUID | None = None,
    reason: str = "",
) -> RoleGrant:
    """Have someone hold a role, from one moment up to (not with) another; the caller has made sure
    that the actor may give it.

    The same role at the same unit from the same source with other times is replaced by this one.
    Raises Conflict where an auditor would get another role, or somebody with one an auditor's.
    """
    valid_from = None if valid_from is not None and valid_from <= work.now else valid_from
    if valid_to is not None and valid_to <= (valid_from or work.now):
        raise InvalidInput(
            _("The role has to end after it begins, and later than now."), field="to"
        )
    await _refuse_mixture(work, person_id, role)
    same = await _same(work, person_id, role, unit_id, source, delegated_from)
    for standing in same:
        if _times_are(standing, valid_from, valid_to, work.now):
            return standing
    for standing in same:
        await take(work, standing)
    grant = RoleGrant(
        person_id=person_id,
        role=role,
        unit_id=unit_id,
        granted_by=work.actor.id,
        source=source,
        valid_from=valid_from,
        valid_to=valid_to,
        delegated_from=delegated_from,
        reason=reason,
    )
    work.add(grant)
    await work.flush()
    _note(work, Action.GRANT, grant)
    return grant


async def _same(
    work: Work,
    person_id: UUID,
    role: str,
    unit_id: UUID | None,
    source: str,
    delegated_from: UUID | None,
) -> Sequence[RoleGrant]:
    return await work.scalars(
        select(RoleGrant).where(
            RoleGrant.person_id == person_id,
            RoleGrant.role == role,
            RoleGrant.unit_id.is_not_distinct_from(unit_id),
            RoleGrant.source == source,
            RoleGrant.delegated_from.is_not_distinct_from(delegated_from),
            not_over(work.now),
        )
    )


def _times_are(
    grant: RoleGrant, valid_from: datetime | None, valid_to: datetime | None, now: datetime
) -> bool:
    begun = grant.valid_from is None or grant.valid_from <= now
    begins_so = grant.valid_from == valid_from or (begun and valid_from is None)
    return begins_so and grant.valid_to == valid_to


async def take(work: Work, grant: RoleGrant) -> None:
    """End a grant now. Nothing happens to one that has ended."""
    if grant.ended_at is None:
        grant.ended_at, grant.ended_by = work.now, work.actor.id
        await work.flush()
        _note(work, Action.WITHDRAW, grant)


def _note(work: Work, action: Action, grant: RoleGrant) -> None:
    times = {"from": grant.valid_from, "to": grant.valid_to}
    detail = {"role": grant.role, "source": grant.source}
    detail |= {name: at.astimezone(UTC).isoformat() for name, at in times.items() if at}
    work.note(
        action,
        "role_grant",
        records=[grant.id],
        about=[grant.person_id],
        unit_id=grant.unit_id,
        detail=detail,
    )


async def _refuse_mixture(work: Work, person_id: UUID, role: str) -> None:
    """Whoever examines others' work does none of it (kommunallagen 12 kap.)."""
    other = RoleGrant.role != AUDITOR if role == AUDITOR else RoleGrant.role == AUDITOR
    held = await work.first(
        select(RoleGrant.id).where(
            RoleGrant.person_id == person_id,
            other,
            not_over(work.now),
        )
    )
    if held is not None:
        raise Conflict(
            _("An auditor writes nothing, and has no other role. Take the other role back first."),
            field="role",
        )
