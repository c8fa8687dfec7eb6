"""The roles that groups of a directory give: kept as the groups and their mapping say, in a few
statements however many people there are. Roles from elsewhere are never touched."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from typing import Final, TypeAlias
from uuid import UUID

from sqlalchemy import and_, func, or_, select, update

from ...authz.permit import NOWHERE, allowed
from ...infra.errors import Conflict, Forbidden
from ...infra.i18n import _
from ..actors import lasting
from ..grants import GrantSource, stands
from ..log.access_log import Action
from ..models import Person, RoleGrant
from ..rows import uuid7
from ..turns import take_turn
from ..work import Work
from .models import ScimGroupRole, ScimMember

SCIM: Final = GrantSource.SCIM.value
FULL: Final = "full_administrator"
AUDITOR: Final = "auditor"


Held: TypeAlias = tuple[UUID, str, UUID | None]
"""Who holds which role at which unit; None is the whole municipality."""


async def settle_roles(work: Work, person_ids: Collection[UUID]) -> None:
    """Give and take what the groups of these people say. Raises Conflict when nobody would be left
    who is a full administrator."""
    if not person_ids:
        return
    await take_groups(work)
    people = list(person_ids)
    wanted = await _wanted(work, people)
    standing = {
        (grant.person_id, grant.role, grant.unit_id): grant.id
        for grant in await work.scalars(
            select(RoleGrant).where(
                RoleGrant.person_id.in_(people),
                RoleGrant.source == SCIM,
                RoleGrant.ended_at.is_(None),
            )
        )
    }
    await _take(work, {held: id for held, id in standing.items() if held not in wanted})
    await _give(work, wanted - set(standing))


async def take_groups(work: Work) -> None:
    """Wait until nobody else changes the groups of this municipality, and keep others waiting.

    Two who take somebody out of a group each, at once, would each find them in the other's still,
    and leave the role that both give. Taken before anything else is, so that nobody waits for
    whoever waits for them.
    """
    await take_turn(work, "groups")


async def _wanted(work: Work, people: list[UUID]) -> set[Held]:
    rows = await work.rows(
        select(ScimMember.person_id, ScimGroupRole.role, ScimGroupRole.unit_id)
        .join(
            ScimGroupRole,
            and_(
                ScimGroupRole.group_id == ScimMember.group_id,
                ScimGroupRole.tenant_id == ScimMember.tenant_id,
            ),
        )
        .where(ScimMember.person_id.in_(people))
        .distinct()
    )
    wanted: set[Held] = {(row[0], row[1], row[2]) for row in rows}
    return await _unmixed(work, wanted) if wanted else wanted


async def _unmixed(work: Work, wanted: set[Held]) -> set[Held]:
    """Whoever examines others' work does none of it (kommunallagen 12 kap.): a group makes nobody
    with another role an auditor, and gives an auditor of elsewhere nothing."""
    people = {person_id for person_id, _role, _unit in wanted}
    rows = await work.rows(
        select(RoleGrant.person_id, RoleGrant.role).where(
            RoleGrant.person_id.in_(people),
            RoleGrant.source != SCIM,
            RoleGrant.ended_at.is_(None),
            or_(RoleGrant.valid_to.is_(None), RoleGrant.valid_to > work.now),
        )
    )
    auditors = {person_id for person_id, role in rows if role == AUDITOR}
    working = {held for held in wanted if held[1] != AUDITOR and held[0] not in auditors}
    others = {person_id for person_id, role in rows if role != AUDITOR}
    others |= {person_id for person_id, _role, _unit in working}
    return working | {held for held in wanted if held[1] == AUDITOR and held[0] not in others}


async def _take(work: Work, grants: dict[Held, UUID]) -> None:
    if not grants:
        return
    await work.execute(
        update(RoleGrant)
        .where(RoleGrant.id.in_(grants.values()))
        .values(ended_at=work.now, ended_by=work.actor.id)
        .execution_options(synchronize_session=False)
    )
    _note(work, Action.WITHDRAW, grants)
    if any(role == FULL for _person, role, _unit in grants):
        await refuse_nobody_left(work)


async def _give(work: Work, wanted: set[Held]) -> None:
    """What a group gives has no end. Raises Forbidden for whoever hands people in by a right that
    has one: they would make it last."""
    own = replace(lasting(work.actor, None), scopes=None)
    if wanted and not allowed(own, "roles.grant", at=NOWHERE):
        raise Forbidden(
            _(
                "The group gives a role without an end, and your own right ends. Somebody whose "
                "right does not end adds its members."
            ),
            permission="roles.grant",
        )
    grants = {held: uuid7() for held in sorted(wanted, key=str)}
    work.add(
        *(
            RoleGrant(
                id=id,
                person_id=person_id,
                role=role,
                unit_id=unit_id,
                granted_by=work.actor.id,
                source=SCIM,
            )
            for (person_id, role, unit_id), id in grants.items()
        )
    )
    await work.flush()
    _note(work, Action.GRANT, grants)


async def refuse_nobody_left(work: Work) -> None:
    """Raises Conflict unless somebody who can come in is a full administrator now."""
    held = select(RoleGrant).where(RoleGrant.role == FULL).order_by(RoleGrant.id)
    # Two who take it from each other at the same moment wait here for one another.
    await work.scalars(held.with_for_update())
    able = await work.first(
        select(RoleGrant.id)
        .join(
            Person, and_(Person.id == RoleGrant.person_id, Person.tenant_id == RoleGrant.tenant_id)
        )
        .where(
            RoleGrant.role == FULL,
            stands(work.now),
            Person.here(work.today),
        )
        .limit(1)
    )
    if able is None:
        raise Conflict(_("This is the last full administrator. Give someone else the role first."))


def _note(work: Work, action: Action, grants: dict[Held, UUID]) -> None:
    """One entry a role and unit, with all whom it concerns."""
    places: dict[tuple[str, UUID | None], list[tuple[UUID, UUID]]] = {}
    for (person_id, role, unit_id), id in grants.items():
        places.setdefault((role, unit_id), []).append((id, person_id))
    for (role, unit_id), pairs in places.items():
        work.note(
            action,
            "role_grant",
            records=[id for id, _person in pairs],
            about=[person_id for _id, person_id in pairs],
            unit_id=unit_id,
            detail={"role": role, "source": SCIM},
        )


async def everyone_in(work: Work, group_id: UUID) -> list[UUID]:
    return list(
        await work.scalars(select(ScimMember.person_id).where(ScimMember.group_id == group_id))
    )


async def how_many(work: Work) -> dict[UUID, int]:
    """Members by group."""
    rows = await work.rows(select(ScimMember.group_id, func.count()).group_by(ScimMember.group_id))
    return {row[0]: row[1] for row in rows}
