"""Roles handed on for a while, and who saw the service as oneself, in the API."""

from datetime import datetime
from typing import Annotated

import strawberry

from .....graphql.context import Info
from .....graphql.nodes import global_id, local_id
from .....graphql.problems import ANSWER, Problem, mutation
from .....tenants import delegations, seeing
from ..moments import aware
from ..units.schema import Unit
from .schema import Person, RoleGrant, known


@strawberry.type(description="A role that somebody has handed to a colleague for a while.")
class Delegation:
    id: strawberry.ID = strawberry.field(description="Id of the colleague's grant, to end it by.")
    role: str = strawberry.field(description="Name of the role, such as contributor.")
    unit: Unit | None = strawberry.field(
        description="Where it is held; null in the whole municipality."
    )
    giver: Person = strawberry.field(description="Whose role it is.")
    taker: Person = strawberry.field(description="Who has it meanwhile.")
    valid_from: datetime | None = strawberry.field(
        description="From when; null from when it was handed on."
    )
    valid_to: datetime | None = strawberry.field(description="Until when.")
    counts: bool = strawberry.field(
        description="Whether it counts just now: not before it begins, nor once the giver has "
        "lost the role."
    )
    reason: str = strawberry.field(description="Why, if anything was said.")


@strawberry.type(description="That an administrator saw the service as somebody does.")
class Seen:
    administrator: Person = strawberry.field(description="Who did.")
    reason: str = strawberry.field(description="Why.")
    begun_at: datetime = strawberry.field(description="From when.")
    ended_at: datetime = strawberry.field(description="Until when, at the latest.")


@strawberry.type(description="Roles that have been handed on.")
class RolesDelegated:
    delegations: list[Delegation] = strawberry.field(description="One for each role.")


@strawberry.type(description="It is over.")
class DelegationEnded:
    ended_at: datetime = strawberry.field(description="When.")


DelegateRolesResult = Annotated[
    RolesDelegated | Problem, strawberry.union("DelegateRolesResult", description=ANSWER)
]
EndDelegationResult = Annotated[
    DelegationEnded | Problem, strawberry.union("EndDelegationResult", description=ANSWER)
]


@strawberry.input(description="Own roles for a colleague, for a while.")
class DelegateRolesInput:
    grant_ids: list[strawberry.ID] = strawberry.field(description="The own roles.")
    colleague_id: strawberry.ID = strawberry.field(description="Who gets them.")
    valid_from: datetime | None = strawberry.field(
        default=None, description="From when; left out from now."
    )
    valid_to: datetime = strawberry.field(description="Until when, a year later at most.")
    reason: str = strawberry.field(default="", description="Why, such as holiday.")


@strawberry.type
class DelegationQuery:
    @strawberry.field(description="What one has handed on or been handed, while it is not over.")
    async def delegations(self, info: Info) -> list[Delegation]:
        return [await _shown(info, d) for d in await delegations.own_delegations(info.context.work)]

    @strawberry.field(description="When somebody saw the service as oneself, the latest first.")
    async def seen_as_me(self, info: Info) -> list[Seen]:
        return [
            Seen(
                administrator=await known(info, seen.administrator_id),
                reason=seen.reason,
                begun_at=seen.begun_at,
                ended_at=seen.ended_at,
            )
            for seen in await seeing.who_saw_as_me(info.context.work)
        ]


@strawberry.type
class DelegationMutation:
    @mutation("Hand own roles to a colleague for a while. They cannot be handed further.")
    async def delegate_roles(self, info: Info, input: DelegateRolesInput) -> DelegateRolesResult:
        work = info.context.work
        valid_to = aware(input.valid_to, field="validTo")
        assert valid_to is not None
        made = await delegations.delegate_roles(
            work,
            grant_ids=[local_id(id, RoleGrant, field="grantIds") for id in input.grant_ids],
            colleague_id=local_id(input.colleague_id, Person, field="colleagueId"),
            valid_from=aware(input.valid_from, field="validFrom"),
            valid_to=valid_to,
            reason=input.reason,
        )
        ids = {grant.id for grant in made}
        own = await delegations.own_delegations(work)
        return RolesDelegated(delegations=[await _shown(info, d) for d in own if d.grant.id in ids])

    @mutation("Take back what one handed on, decline what one was handed, or end it for others.")
    async def end_delegation(self, info: Info, id: strawberry.ID) -> EndDelegationResult:
        work = info.context.work
        await delegations.end_delegation(work, local_id(id, RoleGrant))
        return DelegationEnded(ended_at=work.now)


async def _shown(info: Info, each: delegations.Delegation) -> Delegation:
    grant = each.grant
    return Delegation(
        id=global_id(RoleGrant, grant.id),
        role=grant.role,
        unit=await Unit.find(info, grant.unit_id) if grant.unit_id else None,
        giver=await known(info, each.giver_id),
        taker=await known(info, grant.person_id),
        valid_from=grant.valid_from,
        valid_to=grant.valid_to,
        counts=each.counts,
        reason=grant.reason,
    )
