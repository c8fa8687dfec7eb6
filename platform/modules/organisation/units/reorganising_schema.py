"""Reorganisation in the API: units end, merge and split from a day on."""

from datetime import date
from typing import Annotated
from uuid import UUID

import strawberry

from .....graphql.context import Info
from .....graphql.nodes import local_id
from .....graphql.problems import ANSWER, Problem, mutation
from .....infra.errors import InvalidInput
from .....infra.i18n import _
from .....tenants.tree import reorganising
from .schema import Unit, UnitKind, fresh_unit

EndUnitResult = Annotated[Unit | Problem, strawberry.union("EndUnitResult", description=ANSWER)]
MergeUnitsResult = Annotated[
    Unit | Problem, strawberry.union("MergeUnitsResult", description=ANSWER)
]


@strawberry.type(description="A unit was split.")
class UnitSplit:
    units: list[Unit] = strawberry.field(description="Its successors, in the order given.")


SplitUnitResult = Annotated[
    UnitSplit | Problem, strawberry.union("SplitUnitResult", description=ANSWER)
]


@strawberry.input(description="The last of a unit.")
class EndUnitInput:
    id: strawberry.ID = strawberry.field(description="The unit.")
    on: date = strawberry.field(description="The first day without it.")


@strawberry.input(description="A successor that begins on the day of the reorganisation.")
class NewUnitInput:
    code: str = strawberry.field(description="Code in other systems, 1 to 40 signs.")
    name: str = strawberry.field(description="Name, 1 to 200 signs.")
    kind: UnitKind = strawberry.field(description="What the unit is.")
    parent_id: strawberry.ID | None = strawberry.field(
        default=None, description="The unit above; left out at the top."
    )


@strawberry.input(description="Units that become one. Give either `intoId` or `intoNew`.")
class MergeUnitsInput:
    predecessor_ids: list[strawberry.ID] = strawberry.field(description="The units that end.")
    from_date: date = strawberry.field(description="First day of the reorganisation.")
    into_id: strawberry.ID | None = strawberry.field(
        default=None, description="The standing unit that they go up in."
    )
    into_new: NewUnitInput | None = strawberry.field(
        default=None, description="The new unit that they go up in."
    )


@strawberry.input(description="One of the parts of a split. Give either `unitId` or `new`.")
class SplitPartInput:
    unit_id: strawberry.ID | None = strawberry.field(
        default=None, description="A standing unit that takes this part over."
    )
    new: NewUnitInput | None = strawberry.field(
        default=None, description="A new unit that takes this part over."
    )
    child_ids: list[strawberry.ID] = strawberry.field(
        default_factory=list, description="The units below the old one that go here."
    )


@strawberry.input(description="A unit that becomes several.")
class SplitUnitInput:
    id: strawberry.ID = strawberry.field(description="The unit that ends.")
    from_date: date = strawberry.field(description="First day of the reorganisation.")
    into: list[SplitPartInput] = strawberry.field(description="Its parts, at least two.")


@strawberry.type
class ReorganisingMutation:
    @mutation("End a unit that nothing stands below.")
    async def end_unit(self, info: Info, input: EndUnitInput) -> EndUnitResult:
        version = await reorganising.end_unit(
            info.context.work, local_id(input.id, Unit), on=input.on
        )
        return await fresh_unit(info, version.unit_id, version.valid_from)

    @mutation("Let units go up in one, which gets what stood below them.")
    async def merge_units(self, info: Info, input: MergeUnitsInput) -> MergeUnitsResult:
        unit = await reorganising.merge_units(
            info.context.work,
            [local_id(id, Unit, field="predecessorIds") for id in input.predecessor_ids],
            into=_successor(input.into_id, input.into_new, field="intoId"),
            from_date=input.from_date,
        )
        return await fresh_unit(info, unit.id, input.from_date)

    @mutation("Let a unit go up in several, and say where each unit below it goes.")
    async def split_unit(self, info: Info, input: SplitUnitInput) -> SplitUnitResult:
        units = await reorganising.split_unit(
            info.context.work,
            local_id(input.id, Unit),
            into=[
                reorganising.Part(
                    _successor(part.unit_id, part.new, field="into.unitId"),
                    [local_id(id, Unit, field="into.childIds") for id in part.child_ids],
                )
                for part in input.into
            ],
            from_date=input.from_date,
        )
        return UnitSplit(units=[await fresh_unit(info, unit.id, input.from_date) for unit in units])


def _successor(
    standing: strawberry.ID | None, new: NewUnitInput | None, *, field: str
) -> UUID | reorganising.NewUnit:
    if standing is not None and new is None:
        return local_id(standing, Unit, field=field)
    if new is not None and standing is None:
        above = new.parent_id
        return reorganising.NewUnit(
            code=new.code,
            name=new.name,
            kind=new.kind,
            parent_id=None if above is None else local_id(above, Unit, field="parentId"),
        )
    raise InvalidInput(_("Give either a standing unit or a new one."), field=field)
