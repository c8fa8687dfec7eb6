"""Finding grants in the API: the register, what is to be done by when, and the sums."""

from datetime import date
from decimal import Decimal
from typing import Annotated, Self
from uuid import UUID

import strawberry
from sqlalchemy import ColumnElement, and_, exists, true
from sqlalchemy.orm import aliased

from ....graphql.context import Info
from ....graphql.nodes import Node, global_id, local_id
from ....graphql.paging import Connection
from ....graphql.stored import Place, Related, Row, by_id, page_of, planned
from ....tenants.tree.below import below_sql
from ..organisation.units.schema import Unit
from . import givers, models
from .deadlines import OVER
from .grants_schema import READ, Grant, GrantDeadline, GrantGiver, GrantState
from .overview import Total, overview, unscheduled
from .service import Filter


def _unit(id: strawberry.ID) -> UUID:
    return local_id(id, Unit, field="unitId")


def _giver(id: strawberry.ID) -> UUID:
    return local_id(id, GrantGiver, field="giverId")


def _of_unit(row: Row, place: Place) -> list[ColumnElement[bool]]:
    unit = place.arguments["unit_id"]
    if unit is None:
        return []
    return [row.unit_id.in_(below_sql(unit, tenant_id=place.given.tenant, today=place.given.today))]


def _due(row: Row, place: Place) -> list[ColumnElement[bool]]:
    day = place.arguments["due_before"]
    if day is None:
        return []
    deadline = aliased(models.GrantDeadline)
    return [
        exists().where(
            deadline.tenant_id == place.given.tenant,
            deadline.grant_id == row.id,
            deadline.done_on.is_(None),
            deadline.due_on <= day,
        )
    ]


def _grants(row: Row, place: Place) -> ColumnElement[bool]:
    given = place.arguments
    same = [
        column == given[name]
        for name, column in (("giver_id", row.giver_id), ("year", row.year), ("state", row.state))
        if given[name] is not None
    ]
    return and_(true(), *same, *_of_unit(row, place), *_due(row, place))


def _open_deadlines(row: Row, place: Place) -> ColumnElement[bool]:
    day = place.arguments["due_before"]
    grant = aliased(models.Grant)
    alive = exists().where(
        grant.tenant_id == place.given.tenant,
        grant.id == row.grant_id,
        *(grant.state != state for state in OVER),
        *_of_unit(grant, place),
    )
    late = [] if day is None else [row.due_on <= day]
    return and_(row.done_on.is_(None), alive, *late)


GRANTS = Related(
    _grants,
    lambda row, _place: (row.code,),
    reads={"unit_id": _unit, "giver_id": _giver, "state": models.GrantState},
    asks=(READ,),
)
DEADLINES = Related(
    _open_deadlines, lambda row, _place: (row.due_on,), reads={"unit_id": _unit}, asks=(READ,)
)
GIVERS = Related(
    lambda row, place: row.tenant_id == place.given.tenant,
    lambda row, _place: (row.ended_on.is_not(None), row.name),
    asks=(READ,),
)


@strawberry.type(description="The sums of some grants, in kronor.")
class GrantTotal:
    key: str = strawberry.field(
        description="What they have in common: the id of a giver or unit, or a year; empty for all."
    )
    name: str = strawberry.field(description="That in words.")
    count: int = strawberry.field(description="How many grants.")
    sought: Decimal = strawberry.field(description="Sought in all.")
    waiting: Decimal = strawberry.field(description="Sought and not decided yet.")
    granted: Decimal = strawberry.field(description="Granted.")
    paid: Decimal = strawberry.field(description="Paid by the givers.")
    used: Decimal = strawberry.field(description="Used.")
    returned: Decimal = strawberry.field(description="Returned.")
    left: Decimal = strawberry.field(description="Paid, and neither used nor returned.")
    unpaid: Decimal = strawberry.field(description="Granted and not paid yet.")

    @classmethod
    def of(cls, total: Total, type_: type[Node] | None = None) -> Self:
        names = ("sought", "waiting", "granted", "paid", "used", "returned", "left", "unpaid")
        key = global_id(type_, UUID(total.key)) if type_ and total.key else total.key
        amounts = {name: getattr(total, name) for name in names}
        return cls(key=key, name=total.name, count=total.count, **amounts)


@strawberry.type(description="Which grants there are: sums of all, by giver, by unit and by year.")
class GrantOverview:
    whole: GrantTotal = strawberry.field(description="All of them.")
    givers: list[GrantTotal] = strawberry.field(description="The largest grants first.")
    units: list[GrantTotal] = strawberry.field(description="The largest grants first.")
    years: list[GrantTotal] = strawberry.field(description="The latest year first.")
    unscheduled: list[Grant] = strawberry.field(
        description="Those granted or in use that have no day for their final report, by code."
    )


@strawberry.type
class GrantsQuery:
    @strawberry.field(description="A grant; null when there is none.", metadata=by_id(Grant))
    async def grant(self, info: Info, id: strawberry.ID) -> Grant | None:
        return await Grant.find(info, local_id(id, Grant))

    @strawberry.field(
        description="Grants by code. All that is given has to fit.", metadata=planned(GRANTS)
    )
    async def grants(
        self,
        info: Info,
        giver_id: strawberry.ID | None = None,
        unit_id: Annotated[
            strawberry.ID | None, strawberry.argument(description="With those below it.")
        ] = None,
        year: int | None = None,
        state: GrantState | None = None,
        due_before: Annotated[
            date | None,
            strawberry.argument(description="With something open by that day."),
        ] = None,
        first: int | None = None,
        after: str | None = None,
    ) -> Connection[Grant]:
        return await page_of(
            GRANTS,
            info,
            Grant,
            giver_id=giver_id,
            unit_id=unit_id,
            year=year,
            state=state,
            due_before=due_before,
            first=first,
            after=after,
        )

    @strawberry.field(
        description="What is still to be done of grants that are alive, the first day first.",
        metadata=planned(DEADLINES),
    )
    async def grant_deadlines(
        self,
        info: Info,
        unit_id: Annotated[
            strawberry.ID | None, strawberry.argument(description="With those below it.")
        ] = None,
        due_before: Annotated[
            date | None, strawberry.argument(description="Up to and with this day.")
        ] = None,
        first: int | None = None,
        after: str | None = None,
    ) -> Connection[GrantDeadline]:
        return await page_of(
            DEADLINES,
            info,
            GrantDeadline,
            unit_id=unit_id,
            due_before=due_before,
            first=first,
            after=after,
        )

    @strawberry.field(
        description="The municipality's list of givers by name, those taken off it last.",
        metadata=planned(GIVERS),
    )
    async def grant_givers(self, info: Info) -> list[GrantGiver]:
        return [GrantGiver.of(row) for row in await givers.givers(info.context.work)]

    @strawberry.field(
        description="Names that a new grant's giver can have: the list and well known bodies."
    )
    async def grant_giver_names(self, info: Info) -> list[str]:
        return await givers.giver_names(info.context.work)

    @strawberry.field(description="Sums of the grants that fit, by giver, unit and year.")
    async def grant_overview(
        self,
        info: Info,
        giver_id: strawberry.ID | None = None,
        unit_id: Annotated[
            strawberry.ID | None, strawberry.argument(description="With those below it.")
        ] = None,
        year: int | None = None,
    ) -> GrantOverview:
        chosen = Filter(
            giver_id=None if giver_id is None else _giver(giver_id),
            unit_id=None if unit_id is None else _unit(unit_id),
            year=year,
        )
        found = await overview(info.context.work, chosen)
        return GrantOverview(
            whole=GrantTotal.of(found.whole),
            givers=[GrantTotal.of(each, GrantGiver) for each in found.givers],
            units=[GrantTotal.of(each, Unit) for each in found.units],
            years=[GrantTotal.of(each) for each in found.years],
            unscheduled=[Grant.of(row) for row in await unscheduled(info.context.work, chosen)],
        )
