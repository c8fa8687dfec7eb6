"""What groups of a directory give: roles, at a unit or everywhere. Administrators decide it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final
from uuid import UUID

from sqlalchemy import Text, func, select

from ...authz.permit import NOWHERE, permit
from ...infra.errors import InvalidInput
from ...infra.i18n import _
from ..log.access_log import Action
from ..models import Person, Unit
from ..people import WHOLE_TENANT, require_giving, roles
from ..work import Work
from .models import ScimGroup, ScimGroupRole
from .roles import FULL, everyone_in, settle_roles, take_groups

GRANT: Final = "roles.grant"


@permit("tenant.configure")
async def list_groups(work: Work) -> Sequence[ScimGroup]:
    """All groups by name."""
    return await work.scalars(
        select(ScimGroup).order_by(func.sv_key(ScimGroup.display_name, type_=Text), ScimGroup.id)
    )


@permit("tenant.configure")
async def list_group_roles(work: Work) -> Sequence[ScimGroupRole]:
    return await work.scalars(select(ScimGroupRole).order_by(ScimGroupRole.id))


@permit(GRANT)
async def add_group_role(
    work: Work,
    group_id: UUID,
    *,
    role: str,
    unit_id: UUID | None = None,
    whole_power: bool = False,
) -> ScimGroupRole:
    """All who are in the group hold the role from now on, and whoever comes into it.

    To make a whole group full administrators has to be meant: `whole_power`. Raises InvalidInput.
    """
    work.require(GRANT, at=NOWHERE)
    await take_groups(work)
    group = await work.get(ScimGroup, group_id, field="groupId")
    if role not in roles():
        raise InvalidInput(_("Choose a role."), field="role")
    if role == FULL and not whole_power:
        raise InvalidInput(
            _(
                "A full administrator may do everything in the municipality. Tick that you mean it "
                "for everybody in the group."
            ),
            field="wholePower",
        )
    if role in WHOLE_TENANT and unit_id is not None:
        raise InvalidInput(
            _("This role is held for the whole municipality. Leave the unit empty."), field="unitId"
        )
    if unit_id is not None:
        await work.get(Unit, unit_id, field="unitId")
    require_giving(work, role, unit_id)
    standing = await work.first(
        select(ScimGroupRole).where(
            ScimGroupRole.group_id == group.id,
            ScimGroupRole.role == role,
            ScimGroupRole.unit_id.is_not_distinct_from(unit_id),
        )
    )
    if standing is not None:
        return standing
    row = ScimGroupRole(group_id=group.id, role=role, unit_id=unit_id, given_by=work.actor.id)
    work.add(row)
    await work.flush()
    _note(work, Action.GRANT, row)
    await settle_roles(work, await everyone_in(work, group.id))
    return row


@permit(GRANT)
async def remove_group_role(work: Work, id: UUID) -> UUID:
    """The group gives it no longer; the answer is the group. Raises Conflict when nobody would be
    left who is a full administrator."""
    work.require(GRANT, at=NOWHERE)
    await take_groups(work)
    row = await work.get(ScimGroupRole, id)
    await work.delete(row)
    await work.flush()
    _note(work, Action.WITHDRAW, row)
    await settle_roles(work, await everyone_in(work, row.group_id))
    return row.group_id


@permit(GRANT)
async def names_told(work: Work, ids: Sequence[UUID]) -> dict[UUID, str]:
    """What people and groups are called that are still here."""
    work.require(GRANT, at=NOWHERE)
    people = await work.rows(select(Person.id, Person.name).where(Person.id.in_(ids)))
    groups = await work.rows(
        select(ScimGroup.id, ScimGroup.display_name).where(ScimGroup.id.in_(ids))
    )
    found = {row[0]: row[1] for row in people}
    work.note(Action.READ, "person", records=list(found), about=list(found))
    return found | {row[0]: row[1] for row in groups}


def _note(work: Work, action: Action, row: ScimGroupRole) -> None:
    work.note(
        action,
        "group_role",
        records=[row.id, row.group_id],
        unit_id=row.unit_id,
        detail={"role": row.role},
    )
