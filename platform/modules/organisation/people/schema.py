"""People and their roles in the API. The register itself is for administrators only."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Annotated, Any, cast
from uuid import UUID

import strawberry
from sqlalchemy import ColumnElement, Text, case, func, true

from .....graphql.context import Info, Logged
from .....graphql.nodes import Node, local_id
from .....graphql.paging import Connection
from .....graphql.problems import ANSWER, Problem, mutation
from .....graphql.stored import Place, Plan, Related, Value, by_id, one, page_of, planned
from .....tenants import models, people
from .....tenants.grants import stands
from ..moments import aware
from ..units.schema import Unit


@strawberry.type(description="A role that someone holds, at a unit and below it.")
class RoleGrant(Node):
    model = models.RoleGrant
    permission = "people.read"
    change = "roles.grant"
    logged = Logged("role_grant", "person_id")

    row: strawberry.Private[models.RoleGrant]
    role: str = strawberry.field(description="Name of the role, such as contributor.")

    unit: Unit | None = one(
        models.RoleGrant.unit_id, "Where it is held; null in the whole municipality."
    )
    person: Annotated["Person", strawberry.lazy(__name__)] | None = one(
        models.RoleGrant.person_id, "Who holds it."
    )
    source: str = strawberry.field(
        description="Who keeps it: hand, claims (of the sign-in), scim or delegated."
    )
    valid_from: datetime | None = strawberry.field(
        description="From when it counts; null from when it was given."
    )
    valid_to: datetime | None = strawberry.field(
        description="Until when it counts; null until it is taken back."
    )
    reason: str = strawberry.field(description="Why it was given, if anything was said.")
    created_at: datetime = strawberry.field(description="When it was given.")
    ended_at: datetime | None = strawberry.field(
        description="When it was taken back; null where it was not."
    )
    granted_by: Annotated["Person", strawberry.lazy(__name__)] | None = one(
        models.RoleGrant.granted_by, "Who gave it; null when the service or its operator did."
    )
    ended_by: Annotated["Person", strawberry.lazy(__name__)] | None = one(
        models.RoleGrant.ended_by, "Who took it back."
    )
    delegated_from: Annotated["RoleGrant", strawberry.lazy(__name__)] | None = one(
        models.RoleGrant.delegated_from,
        "The role of a colleague that this one is handed on from, and falls with.",
    )


@strawberry.type(description="Something that one may do, and where.")
class Permission:
    name: str = strawberry.field(description="Kind and action, such as goals.edit.")
    everywhere: bool = strawberry.field(description="Whether it holds in the whole municipality.")
    unit_ids: strawberry.Private[tuple[UUID, ...]]

    @strawberry.field(
        description="The units from which down it holds; with none of them and not everywhere, it "
        "holds for what is one's own."
    )
    async def units(self, info: Info) -> list[Unit]:
        found = [await Unit.find(info, id) for id in self.unit_ids]
        return [unit for unit in found if unit is not None]


def _in_register(place: Place) -> ColumnElement[bool]:
    own: ColumnElement[bool] = place.row.id == place.given.actor
    return true() if place.allows("people.read") else own


def _registered(column: str) -> Mapping[str, Plan | Logged]:
    """A value that only administrators and oneself see."""

    def shown(place: Place) -> Any:
        value = getattr(place.row, column)
        return value if place.allows("people.read") else case((_in_register(place), value))

    return planned(Value(shown), logged=REGISTERED)


REGISTERED = Logged("person", "id", "people.read")
"""What only administrators see of others is a read of the register; a name beside what somebody
has written in the service is not."""

GRANTS = Related(
    lambda row, place: (
        (row.person_id == place.row.id)
        & stands(func.now(), row, tenant=place.given.tenant)
        & _in_register(place)
    )
)

HISTORY = Related(
    lambda row, place: (row.person_id == place.row.id) & _in_register(place),
    lambda row, _place: (row.created_at.desc(),),
)


@strawberry.type(description="Someone who works for the municipality.")
class Person(Node):
    model = models.Person
    permission = "organisation.read"
    change = "people.edit"
    register = "people.read"

    row: strawberry.Private[models.Person]
    name: str = strawberry.field(description="Name as in the register.")

    @strawberry.field(
        description="E-mail address; null for all but administrators and oneself.",
        metadata=_registered("email"),
    )
    def email(self, info: Info) -> str | None:
        return self.row.email if self._in_register(info) else None

    @strawberry.field(
        description="Language, sv or en; null for all but administrators and oneself.",
        metadata=_registered("locale"),
    )
    def locale(self, info: Info) -> str | None:
        return self.row.locale if self._in_register(info) else None

    @strawberry.field(
        description="Day on which they left; null for all but administrators.",
        metadata=_registered("left_on"),
    )
    def left_on(self, info: Info) -> date | None:
        return self.row.left_on if self._in_register(info) else None

    @strawberry.field(
        description="Roles held; empty for all but administrators and oneself.",
        metadata=planned(GRANTS, logged=REGISTERED),
    )
    async def grants(self, info: Info) -> list[RoleGrant]:
        if not self._in_register(info):
            return []
        rows = await info.context.children(
            models.RoleGrant,
            models.RoleGrant.person_id,
            self.row.id,
            where=stands(info.context.work.now),
        )
        info.context.saw(RoleGrant.logged, *rows)
        return [RoleGrant.of(row) for row in rows]

    @strawberry.field(
        description="Every role they hold or have held, as it was given and taken back, the "
        "latest first; empty for all but administrators and oneself.",
        metadata=planned(HISTORY, logged=REGISTERED),
    )
    async def role_history(self, info: Info) -> list[RoleGrant]:
        if not self._in_register(info):
            return []
        rows = await info.context.children(
            models.RoleGrant,
            models.RoleGrant.person_id,
            self.row.id,
            order=(models.RoleGrant.created_at.desc(),),
            name="history",
        )
        info.context.saw(RoleGrant.logged, *rows)
        return [RoleGrant.of(row) for row in rows]

    @strawberry.field(
        description="What one may oneself, in the modules that are on and within the token's "
        "scopes; empty for others."
    )
    def permissions(self, info: Info) -> list[Permission]:
        work = info.context.work
        if self.row.id != work.actor.id:
            return []
        return [
            Permission(name=own.name, everywhere=own.everywhere, unit_ids=own.unit_ids)
            for own in people.own_permissions(work)
        ]

    def _in_register(self, info: Info) -> bool:
        work = info.context.work
        info.context.saw(REGISTERED, self.row)
        return self.row.id == work.actor.id or work.allows("people.read")


AddPersonResult = Annotated[
    Person | Problem, strawberry.union("AddPersonResult", description=ANSWER)
]
ChangePersonResult = Annotated[
    Person | Problem, strawberry.union("ChangePersonResult", description=ANSWER)
]
ReturnPersonResult = Annotated[
    Person | Problem, strawberry.union("ReturnPersonResult", description=ANSWER)
]
EndPersonResult = Annotated[
    Person | Problem, strawberry.union("EndPersonResult", description=ANSWER)
]
GrantRoleResult = Annotated[
    RoleGrant | Problem, strawberry.union("GrantRoleResult", description=ANSWER)
]


@strawberry.type(description="The role was withdrawn.")
class RoleWithdrawn:
    person: Person = strawberry.field(description="Who held it.")


WithdrawRoleResult = Annotated[
    RoleWithdrawn | Problem, strawberry.union("WithdrawRoleResult", description=ANSWER)
]


@strawberry.input(description="Someone new in the register.")
class AddPersonInput:
    name: str = strawberry.field(description="First name and surname.")
    email: str = strawberry.field(description="E-mail address, one person's only.")
    locale: str = strawberry.field(default="sv", description="Language: sv or en.")


@strawberry.input(description="What to mend in the register; what is left out stays.")
class ChangePersonInput:
    id: strawberry.ID = strawberry.field(description="Whom it is about.")
    name: str | None = strawberry.field(default=None, description="First name and surname.")
    email: str | None = strawberry.field(default=None, description="E-mail address.")
    locale: str | None = strawberry.field(default=None, description="Language: sv or en.")


@strawberry.input(description="A role for someone.")
class GrantRoleInput:
    person_id: strawberry.ID = strawberry.field(description="Who gets it.")
    role: str = strawberry.field(description="Name of the role, such as contributor.")
    unit_id: strawberry.ID | None = strawberry.field(
        default=None, description="From which unit down; left out for the whole municipality."
    )
    valid_from: datetime | None = strawberry.field(
        default=None, description="From when it counts; left out from now."
    )
    valid_to: datetime | None = strawberry.field(
        default=None, description="Until when it counts; left out until it is taken back."
    )
    reason: str = strawberry.field(default="", description="Why, for those who look later.")


REGISTER = Related(
    lambda person, _place: person.forgotten_at.is_(None),
    lambda person, _place: (func.sv_key(person.name, type_=Text),),
    asks=("people.read",),
)


@strawberry.type
class PeopleQuery:
    @strawberry.field(
        description="The one who asks.",
        metadata=planned(Related(lambda row, place: row.id == place.given.actor, find=True)),
    )
    async def me(self, info: Info) -> Person | None:
        own = info.context.work.actor.id
        return await Person.find(info, own) if own else None

    @strawberry.field(description="Someone by id; null when there is none.", metadata=by_id(Person))
    async def person(self, info: Info, id: strawberry.ID) -> Person | None:
        return await Person.find(info, local_id(id, Person))

    @strawberry.field(
        description="The register by name, for administrators.", metadata=planned(REGISTER)
    )
    async def people(
        self, info: Info, first: int | None = None, after: str | None = None
    ) -> Connection[Person]:
        return await page_of(REGISTER, info, Person, first=first, after=after)


@strawberry.type
class PeopleMutation:
    @mutation("Add someone to the register.")
    async def add_person(self, info: Info, input: AddPersonInput) -> AddPersonResult:
        return Person.of(
            await people.add_person(
                info.context.work, name=input.name, email=input.email, locale=input.locale
            )
        )

    @mutation("Someone has left; from today they cannot come in.")
    async def end_person(self, info: Info, id: strawberry.ID) -> EndPersonResult:
        return Person.of(await people.end_person(info.context.work, local_id(id, Person)))

    @mutation("Mend what the register says of someone who may do no more than oneself.")
    async def change_person(self, info: Info, input: ChangePersonInput) -> ChangePersonResult:
        return Person.of(
            await people.change_person(
                info.context.work,
                local_id(input.id, Person),
                name=input.name,
                email=input.email,
                locale=input.locale,
            )
        )

    @mutation("Someone who had left is back.")
    async def return_person(self, info: Info, id: strawberry.ID) -> ReturnPersonResult:
        return Person.of(await people.return_person(info.context.work, local_id(id, Person)))

    @mutation("Give someone a role.")
    async def grant_role(self, info: Info, input: GrantRoleInput) -> GrantRoleResult:
        unit = input.unit_id
        return RoleGrant.of(
            await people.grant_role(
                info.context.work,
                local_id(input.person_id, Person, field="personId"),
                role=input.role,
                unit_id=None if unit is None else local_id(unit, Unit, field="unitId"),
                valid_from=aware(input.valid_from, field="validFrom"),
                valid_to=aware(input.valid_to, field="validTo"),
                reason=input.reason,
            )
        )

    @mutation("Take a role back.")
    async def withdraw_role(self, info: Info, id: strawberry.ID) -> WithdrawRoleResult:
        person_id = await people.withdraw_role(info.context.work, local_id(id, RoleGrant))
        return RoleWithdrawn(person=await known(info, person_id))


async def known(info: Info, person_id: UUID) -> Person:
    return cast("Person", await Person.find(info, person_id))


async def by_whom(info: Info, person_id: UUID | None) -> Person | None:
    """Who did something; None when the service itself did, or nobody has yet."""
    return await Person.find(info, person_id) if person_id else None
