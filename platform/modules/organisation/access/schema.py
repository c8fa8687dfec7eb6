"""Who can see a record, in the API."""

from datetime import datetime
from uuid import UUID

import strawberry

from .....graphql.context import Info
from .....tenants import access
from ..people.schema import Person, by_whom, known
from ..units.schema import Unit
from .accessing import access_to


@strawberry.type(description="What a role may do with the record.")
class AccessRule:
    role: str = strawberry.field(description="Name of the role; employee is everyone here.")
    scope: str = strawberry.field(
        description="tenant: wherever it is held; subtree: held there or above; own: one's own."
    )
    reads: bool = strawberry.field(description="Whether it reads the record.")
    changes: bool = strawberry.field(description="Whether it changes the record.")


@strawberry.type(description="A role by which somebody reads or changes the record.")
class AccessReason:
    role: str = strawberry.field(description="Name of the role; employee where it is their own.")
    reads: bool = strawberry.field(description="Whether they read the record by it.")
    changes: bool = strawberry.field(description="Whether they change the record by it.")
    until: datetime | None = strawberry.field(description="When the role ends, if it does.")
    unit_id: strawberry.Private[UUID | None]
    giver_id: strawberry.Private[UUID | None]

    @strawberry.field(description="Where it is held; null in the whole municipality.")
    async def unit(self, info: Info) -> Unit | None:
        return await Unit.find(info, self.unit_id) if self.unit_id else None

    @strawberry.field(description="Who handed it to them for a while, if somebody did.")
    async def delegated_by(self, info: Info) -> Person | None:
        return await by_whom(info, self.giver_id)


@strawberry.type(description="Somebody who reads or changes the record.")
class PersonAccess:
    reads: bool = strawberry.field(description="Whether they read it.")
    changes: bool = strawberry.field(description="Whether they change it.")
    because: list[AccessReason] = strawberry.field(description="By which roles.")
    person_id: strawberry.Private[UUID]

    @strawberry.field(description="Who.")
    async def person(self, info: Info) -> Person:
        return await known(info, self.person_id)


@strawberry.type(description="A program that reads or changes the record, by an API key.")
class ProgramAccess:
    name: str = strawberry.field(description="Name of the key.")
    reads: bool = strawberry.field(description="Whether it reads the record.")
    changes: bool = strawberry.field(description="Whether it changes the record.")
    owner_id: strawberry.Private[UUID]

    @strawberry.field(description="With whose rights.")
    async def owner(self, info: Info) -> Person:
        return await known(info, self.owner_id)


@strawberry.type(description="The operator's support, while the municipality lets it in.")
class SupportAccess:
    reason: str = strawberry.field(description="Why it was let in.")
    until: datetime = strawberry.field(description="Until when.")
    reads: bool = strawberry.field(description="Whether it reads the record.")
    changes: bool = strawberry.field(description="Whether it changes the record.")


@strawberry.type(description="Who reads and changes a record, and why, just now.")
class Access:
    everyone: bool = strawberry.field(description="Whether all who are here read it.")
    rules: list[AccessRule] = strawberry.field(description="The roles that let somebody at it.")
    people: list[PersonAccess] | None = strawberry.field(
        description="Those who reach it by more than being here; null for all but administrators "
        "and auditors."
    )
    programs: list[ProgramAccess] | None = strawberry.field(
        description="The API keys that reach it; null for all but administrators and auditors."
    )
    support: list[SupportAccess] = strawberry.field(description="The operator's support.")


@strawberry.type
class AccessQuery:
    @strawberry.field(
        description="Who can see a record and who can change it, and why; null when there is none."
    )
    async def who_can_see(self, info: Info, id: strawberry.ID) -> Access | None:
        found = await access_to(info, id)
        return None if found is None else _shown(found.access, people=found.people)


def _shown(found: access.Access, *, people: bool) -> Access:
    return Access(
        everyone=found.everyone,
        rules=[
            AccessRule(role=r.role, scope=r.scope, reads=r.reads, changes=r.changes)
            for r in found.rules
        ],
        people=[_someone(each) for each in found.people] if people else None,
        programs=[
            ProgramAccess(name=p.name, reads=p.reads, changes=p.changes, owner_id=p.owner_id)
            for p in found.programs
        ]
        if people
        else None,
        support=[
            SupportAccess(
                reason=each.consent.reason,
                until=each.consent.valid_to,
                reads=each.reads,
                changes=each.changes,
            )
            for each in found.support
        ],
    )


def _someone(each: access.Someone) -> PersonAccess:
    return PersonAccess(
        reads=each.reads,
        changes=each.changes,
        because=[
            AccessReason(
                role=why.role,
                reads=why.reads,
                changes=why.changes,
                until=why.until,
                unit_id=why.unit_id,
                giver_id=why.giver_id,
            )
            for why in each.because
        ],
        person_id=each.id,
    )
