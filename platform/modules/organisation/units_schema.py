"""The organisation tree in the API."""

from datetime import date
from typing import Annotated
from uuid import UUID

import strawberry

from ....graphql.context import Info
from ....graphql.nodes import Node, local_id
from ....graphql.problems import Problem, mutation
from ....tenants import models, units

UnitKind = models.UnitKind
strawberry.enum(UnitKind, description="What a unit is in the municipality.")


@strawberry.type(description="A part of the organisation, as it is on one day.")
class Unit(Node):
    model = models.Unit
    permission = "organisation.read"

    row: strawberry.Private[models.Unit | units.Placed]
    code: str = strawberry.field(description="Code in other systems; never changes.")
    kind: UnitKind = strawberry.field(description="What the unit is.")

    @strawberry.field(description="Name on the day that was asked for; today if none was.")
    async def name(self, info: Info) -> str:
        placed = await self._placed(info)
        return placed.name

    @strawberry.field(description="The unit above; null at the top.")
    async def parent(self, info: Info) -> Annotated["Unit", strawberry.lazy(__name__)] | None:
        above = (await self._placed(info)).parent_id
        return None if above is None else await Unit.find(info, above)

    async def _placed(self, info: Info) -> units.Placed:
        if isinstance(self.row, units.Placed):
            return self.row

        async def load(ids: list[UUID]) -> list[units.Placed]:
            return await units.placed(info.context.work, ids)

        return await info.context.batch("units.placed", self.row.id, load)


AddUnitResult = Annotated[Unit | Problem, strawberry.union("AddUnitResult")]


@strawberry.input(description="A new unit.")
class AddUnitInput:
    code: str = strawberry.field(description="Code in other systems, 1 to 40 signs.")
    name: str = strawberry.field(description="Name, 1 to 200 signs.")
    kind: UnitKind = strawberry.field(description="What the unit is.")
    parent_id: strawberry.ID | None = strawberry.field(
        default=None, description="The unit above; left out at the top."
    )
    valid_from: date | None = strawberry.field(
        default=None, description="First day; the first of January of this year if left out."
    )


@strawberry.type
class UnitQuery:
    @strawberry.field(description="One unit; null when there is none.")
    async def unit(self, info: Info, id: strawberry.ID) -> Unit | None:
        return await Unit.find(info, local_id(id, Unit))

    @strawberry.field(description="All units on a day, parents before their children.")
    async def units(self, info: Info, on: date | None = None) -> list[Unit]:
        return [Unit.of(unit) for unit in await units.tree(info.context.work, on=on)]


@strawberry.type
class UnitMutation:
    @mutation("Add a unit below another one.")
    async def add_unit(self, info: Info, input: AddUnitInput) -> AddUnitResult:
        above = input.parent_id
        unit = await units.add_unit(
            info.context.work,
            code=input.code,
            name=input.name,
            kind=input.kind,
            parent_id=None if above is None else local_id(above, Unit, field="parentId"),
            valid_from=input.valid_from,
        )
        return Unit.of(unit)
