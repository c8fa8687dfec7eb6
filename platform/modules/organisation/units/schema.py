"""The organisation tree in the API, on any day."""

from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING, Annotated, Any
from uuid import UUID

import strawberry
from sqlalchemy import ColumnElement, exists, func, select
from sqlalchemy.orm import aliased

from .....graphql.context import Info
from .....graphql.nodes import Node, local_id
from .....graphql.problems import ANSWER, Problem, mutation
from .....graphql.rows import another
from .....graphql.stored import Place, Related, Row, Value, planned, shown
from .....tenants import models
from .....tenants.grants import stands
from .....tenants.tree import undoing, units
from .....tenants.tree.versions import on_day

if TYPE_CHECKING:
    from ..people.schema import RoleGrant

UnitKind = models.UnitKind
strawberry.enum(UnitKind, description="What a unit is in the municipality.")


def _day_at(place: Place) -> Any:
    return place.handed.get("day", place.given.today)


def _nearest(unit_id: Any, column: str, place: Place) -> Any:
    """What the version says that `units.placed` tells of: the day's, or else the last."""
    version = another(models.UnitVersion)
    own = (version.tenant_id == place.given.tenant) & (version.unit_id == unit_id)
    nearest = (on_day(_day_at(place), version).desc(), version.valid_from.desc())
    return place.alone(select(getattr(version, column)).where(own).order_by(*nearest).limit(1))


def _name(unit_id: Any, place: Place) -> Any:
    """The nearest name without a sort: no versions overlap, and none is without a name."""
    version = another(models.UnitVersion)
    own = (version.tenant_id == place.given.tenant) & (version.unit_id == unit_id)
    named = select(version.name).where(own)
    last = named.order_by(version.valid_from.desc()).limit(1)
    then = named.where(on_day(_day_at(place), version))
    return func.coalesce(place.alone(then), place.alone(last))


def _below(row: Row, place: Place) -> Any:
    version = another(models.UnitVersion)
    own = (version.tenant_id == place.given.tenant) & (version.parent_id == place.row.id)
    return row.id.in_(place.alone(select(version.unit_id).where(own, on_day(_on(place), version))))


def _on(place: Place) -> Any:
    day = place.arguments.get("on")
    return _day_at(place) if day is None else day


def _name_then(row: Row, place: Place) -> list[Any]:
    then = replace(place, handed={"day": _on(place)})
    return [func.sv_key(_name(row.id, then))]


def _same_day(_row: Row, place: Place) -> dict[str, Any]:
    return {"day": _on(place)}


ABOVE = Related(
    lambda row, place: row.id == _nearest(place.row.id, "parent_id", place),
    find=True,
    hands=_same_day,
)
BELOW = Related(_below, _name_then, hands=_same_day)
VERSIONS = Related(
    lambda row, place: row.unit_id == place.row.id, lambda row, _place: (row.valid_from,)
)
PREDECESSORS = Related(
    lambda row, place: row.successor_id == place.row.id,
    hands=lambda row, _place: {"other": row.predecessor_id},
)
SUCCESSORS = Related(
    lambda row, place: row.predecessor_id == place.row.id,
    hands=lambda row, _place: {"other": row.successor_id},
)
ROLES_HERE = Related(
    lambda row, place: (
        (row.unit_id == place.row.id) & stands(func.now(), row, tenant=place.given.tenant)
    ),
    seen=lambda place: place.allows("people.read"),
)
ABOVE_THEN = Related(
    lambda row, place: row.id == place.row.parent_id,
    find=True,
    hands=lambda _row, place: {"day": place.row.valid_from},
)
OTHER = Related(
    lambda row, place: row.id == place.handed["other"],
    find=True,
    hands=lambda _row, place: {"day": place.row.from_date},
)


@strawberry.type(description="A part of the organisation, as it is on one day.")
class Unit(Node):
    model = models.Unit
    permission = "organisation.read"
    change = "organisation.edit"

    row: strawberry.Private[models.Unit | units.Placed]
    code: str = strawberry.field(description="Code in other systems; never changes.")
    slug: str = strawberry.field(description="What the addresses of pages call it; never changes.")
    kind: UnitKind = strawberry.field(description="What the unit is.")

    @strawberry.field(
        description="Name on the day that was asked for, today if none was. A unit that has ended "
        "keeps its last name.",
        metadata=planned(Value(lambda place: _name(place.row.id, place))),
    )
    async def name(self, info: Info) -> str:
        return (await self._placed(info)).name

    @strawberry.field(
        description="The unit above on the same day; null at the top.", metadata=planned(ABOVE)
    )
    async def parent(self, info: Info) -> Annotated["Unit", strawberry.lazy(__name__)] | None:
        own = await self._placed(info)
        return None if own.parent_id is None else await unit_on(info, own.parent_id, own.day)

    @strawberry.field(description="The units right below, by name.", metadata=planned(BELOW))
    async def children(
        self,
        info: Info,
        on: Annotated[
            date | None, strawberry.argument(description="Day; the unit's own if left out.")
        ] = None,
    ) -> list[Annotated["Unit", strawberry.lazy(__name__)]]:
        day = on or _day(info, self.row)

        async def load(ids: list[UUID]) -> list[list[units.Placed]]:
            return await units.children(info.context.work, ids, on=day)

        below = await info.context.batch(("units.children", day), self.row.id, load)
        return [Unit.of(unit) for unit in below]

    @strawberry.field(
        description="What it was called and where it stood, oldest first.",
        metadata=planned(VERSIONS),
    )
    async def versions(
        self, info: Info
    ) -> list[Annotated["UnitVersion", strawberry.lazy(__name__)]]:
        rows = await info.context.children(
            models.UnitVersion,
            models.UnitVersion.unit_id,
            self.row.id,
            order=(models.UnitVersion.valid_from,),
        )
        return [UnitVersion(row=row) for row in rows]

    @strawberry.field(
        description="The units that it carries on, after a merger or a split.",
        metadata=planned(PREDECESSORS),
    )
    async def predecessors(
        self, info: Info
    ) -> list[Annotated["UnitSuccession", strawberry.lazy(__name__)]]:
        links = await info.context.children(
            models.UnitSuccession, models.UnitSuccession.successor_id, self.row.id
        )
        return [
            UnitSuccession(from_date=link.from_date, other_id=link.predecessor_id) for link in links
        ]

    @strawberry.field(
        description="The units that carry it on, after a merger or a split.",
        metadata=planned(SUCCESSORS),
    )
    async def successors(
        self, info: Info
    ) -> list[Annotated["UnitSuccession", strawberry.lazy(__name__)]]:
        links = await info.context.children(
            models.UnitSuccession, models.UnitSuccession.predecessor_id, self.row.id
        )
        return [
            UnitSuccession(from_date=link.from_date, other_id=link.successor_id) for link in links
        ]

    @strawberry.field(
        description="The roles held right here, which do not follow when the unit ends; empty for "
        "all but administrators.",
        metadata=planned(ROLES_HERE),
    )
    async def role_grants(
        self, info: Info
    ) -> list[Annotated["RoleGrant", strawberry.lazy("..people.schema")]]:
        from ..people.schema import RoleGrant

        if not info.context.work.allows("people.read"):
            return []
        rows = await info.context.children(
            models.RoleGrant,
            models.RoleGrant.unit_id,
            self.row.id,
            where=stands(info.context.work.now),
        )
        info.context.saw(RoleGrant.logged, *rows)
        return [RoleGrant.of(row) for row in rows]

    async def _placed(self, info: Info) -> units.Placed:
        if isinstance(self.row, units.Placed):
            return self.row
        return await placed_on(info, self.row.id, info.context.work.today)


@strawberry.type(description="What a unit was called and where it stood in some time.")
class UnitVersion:
    model = models.UnitVersion

    row: strawberry.Private[models.UnitVersion]
    name: str = shown(models.UnitVersion.name, "Name.")
    valid_from: date = shown(models.UnitVersion.valid_from, "First day.")
    valid_to: date | None = shown(
        models.UnitVersion.valid_to, "The day after the last one; null while it goes on."
    )

    @strawberry.field(
        description="The unit above, as it was on the first day; null at the top.",
        metadata=planned(ABOVE_THEN),
    )
    async def parent(self, info: Info) -> Unit | None:
        above = self.row.parent_id
        return None if above is None else await unit_on(info, above, self.row.valid_from)


@strawberry.type(description="A unit that came before or after another one.")
class UnitSuccession:
    model = models.UnitSuccession

    from_date: date = strawberry.field(description="The successor's first day as such.")
    other_id: strawberry.Private[UUID]

    @strawberry.field(
        description="The other unit, as it is on that day or last was.", metadata=planned(OTHER)
    )
    async def unit(self, info: Info) -> Unit:
        return await unit_on(info, self.other_id, self.from_date)


AddUnitResult = Annotated[Unit | Problem, strawberry.union("AddUnitResult", description=ANSWER)]
ChangeUnitResult = Annotated[
    Unit | Problem, strawberry.union("ChangeUnitResult", description=ANSWER)
]


@strawberry.type(description="What was planned is undone.")
class ChangeCancelled:
    day: date = strawberry.field(description="The day that it was planned for.")
    unit: Unit | None = strawberry.field(
        description="The unit; null when it was to begin that day, and so is gone."
    )


CancelChangeResult = Annotated[
    ChangeCancelled | Problem, strawberry.union("CancelChangeResult", description=ANSWER)
]


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


@strawberry.input(description="A new name or place for a unit from a day on.")
class ChangeUnitInput:
    id: strawberry.ID = strawberry.field(description="The unit.")
    from_date: date = strawberry.field(description="First day of the change.")
    name: str | None = strawberry.field(
        default=None, description="New name; the old one stays if left out."
    )
    parent_id: strawberry.ID | None = strawberry.field(
        default=strawberry.UNSET,
        description="New unit above; null moves it to the top, and left out it stays.",
    )


def _one(row: Row, place: Place) -> ColumnElement[bool]:
    named: ColumnElement[bool] = row.id == place.arguments["id"]
    day = place.arguments["on"]
    if day is None:
        return named
    version = aliased(models.UnitVersion)
    own = (version.tenant_id == place.given.tenant) & (version.unit_id == row.id)
    return named & exists().where(own, on_day(day, version))


@strawberry.type
class UnitQuery:
    @strawberry.field(
        description="One unit; null when there is none, or none on the day.",
        metadata=planned(
            Related(_one, find=True, reads={"id": lambda id: local_id(id, Unit)}, hands=_same_day)
        ),
    )
    async def unit(
        self,
        info: Info,
        id: strawberry.ID,
        on: Annotated[
            date | None, strawberry.argument(description="Day; today if left out.")
        ] = None,
    ) -> Unit | None:
        unit_id = local_id(id, Unit)
        if on is None:
            return await Unit.find(info, unit_id)
        then = await units.placed(info.context.work, [unit_id], on=on)
        return next((Unit.of(unit) for unit in then if unit.stands), None)

    @strawberry.field(description="All units on a day, parents before their children.")
    async def units(
        self,
        info: Info,
        on: Annotated[
            date | None, strawberry.argument(description="Day; today if left out.")
        ] = None,
    ) -> list[Unit]:
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

    @mutation("Rename or move a unit from a day on. The days before keep what they had.")
    async def change_unit(self, info: Info, input: ChangeUnitInput) -> ChangeUnitResult:
        above = input.parent_id
        version = await units.change_unit(
            info.context.work,
            local_id(input.id, Unit),
            from_date=input.from_date,
            name=input.name,
            parent_id=local_id(above, Unit, field="parentId") if above else None,
            to_top=above is None,
        )
        return await fresh_unit(info, version.unit_id, input.from_date)

    @mutation("Undo the last change that is planned for a unit, as a whole.")
    async def cancel_change(self, info: Info, id: strawberry.ID) -> CancelChangeResult:
        unit_id = local_id(id, Unit)
        day = await undoing.cancel_change(info.context.work, unit_id)
        return ChangeCancelled(day=day, unit=await Unit.find(info, unit_id))


async def unit_on(info: Info, unit_id: UUID, day: date) -> Unit:
    """A unit that is known to be there, on a day."""
    return Unit.of(await placed_on(info, unit_id, day))


async def fresh_unit(info: Info, unit_id: UUID, day: date) -> Unit:
    """A unit as it was just written."""
    info.context.forget()
    return await unit_on(info, unit_id, day)


async def placed_on(info: Info, unit_id: UUID, day: date) -> units.Placed:
    async def load(ids: list[UUID]) -> list[units.Placed]:
        return await units.placed(info.context.work, ids, on=day)

    return await info.context.batch(("units.placed", day), unit_id, load)


def _day(info: Info, row: models.Unit | units.Placed) -> date:
    return row.day if isinstance(row, units.Placed) else info.context.work.today
