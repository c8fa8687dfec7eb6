"""Groups of a directory in the API, and what they give."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

import strawberry
from sqlalchemy import ColumnElement, Text, func, select, true

from .....graphql.context import Info
from .....graphql.nodes import Node, local_id
from .....graphql.problems import ANSWER, Problem, mutation
from .....graphql.stored import Place, Related, Value, many, one, planned
from .....tenants.scim import mapping, models, roles
from ..units.schema import Unit

CONFIGURE = "tenant.configure"


@strawberry.type(description="A role that everybody in a group of the directory holds.")
class DirectoryGroupRole(Node):
    model = models.ScimGroupRole
    permission = CONFIGURE
    change = "roles.grant"

    row: strawberry.Private[models.ScimGroupRole]
    role: str = strawberry.field(description="Name of the role, such as contributor.")

    unit: Unit | None = one(
        models.ScimGroupRole.unit_id, "Where it is held; null in the whole municipality."
    )


def _members(place: Place) -> ColumnElement[int]:
    member = models.ScimMember
    return place.alone(
        select(func.count()).where(
            member.tenant_id == place.given.tenant, member.group_id == place.row.id
        )
    )


@strawberry.type(description="A group that the municipality's directory has handed in by SCIM.")
class DirectoryGroup(Node):
    model = models.ScimGroup
    permission = CONFIGURE

    row: strawberry.Private[models.ScimGroup]
    display_name: str = strawberry.field(description="Name, as the directory has it.")
    external_id: str | None = strawberry.field(description="What the directory knows it by.")
    changed_at: datetime = strawberry.field(description="When it last changed, or its members.")

    roles: list[DirectoryGroupRole] = many(
        models.ScimGroupRole.group_id, "What everybody in it holds."
    )

    @strawberry.field(description="How many people are in it.", metadata=planned(Value(_members)))
    async def members(self, info: Info) -> int:
        async def load(ids: list[UUID]) -> list[int]:
            counted = await roles.how_many(info.context.work)
            return [counted.get(id, 0) for id in ids]

        return await info.context.batch("directory.members", self.row.id, load)


AddGroupRoleResult = Annotated[
    DirectoryGroup | Problem, strawberry.union("AddGroupRoleResult", description=ANSWER)
]
RemoveGroupRoleResult = Annotated[
    DirectoryGroup | Problem, strawberry.union("RemoveGroupRoleResult", description=ANSWER)
]


@strawberry.input(description="A role for everybody in a group of the directory.")
class AddGroupRoleInput:
    group_id: strawberry.ID = strawberry.field(description="The group.")
    role: str = strawberry.field(description="Name of the role, such as contributor.")
    unit_id: strawberry.ID | None = strawberry.field(
        default=None, description="From which unit down; left out for the whole municipality."
    )
    whole_power: bool = strawberry.field(
        default=False, description="Has to be true to make everybody a full administrator."
    )


GROUPS = Related(
    lambda _row, _place: true(),
    lambda group, _place: (func.sv_key(group.display_name, type_=Text),),
    asks=(CONFIGURE,),
)


@strawberry.type
class ProvisioningQuery:
    @strawberry.field(
        description="Groups of the directory by name, for full administrators.",
        metadata=planned(GROUPS),
    )
    async def directory_groups(self, info: Info) -> list[DirectoryGroup]:
        found = await mapping.list_groups(info.context.work)
        return [DirectoryGroup.of(row) for row in found]


@strawberry.type
class ProvisioningMutation:
    @mutation("Let everybody in a group hold a role, now and when they come into it.")
    async def add_group_role(self, info: Info, input: AddGroupRoleInput) -> AddGroupRoleResult:
        unit = input.unit_id
        row = await mapping.add_group_role(
            info.context.work,
            local_id(input.group_id, DirectoryGroup, field="groupId"),
            role=input.role,
            unit_id=None if unit is None else local_id(unit, Unit, field="unitId"),
            whole_power=input.whole_power,
        )
        return await _group(info, row.group_id)

    @mutation("Let a group give a role no longer.")
    async def remove_group_role(self, info: Info, id: strawberry.ID) -> RemoveGroupRoleResult:
        group_id = await mapping.remove_group_role(
            info.context.work, local_id(id, DirectoryGroupRole)
        )
        return await _group(info, group_id)


async def _group(info: Info, group_id: UUID) -> DirectoryGroup:
    return DirectoryGroup.of(await info.context.work.get(models.ScimGroup, group_id))
