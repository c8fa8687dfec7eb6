"""Finding plans and controls in the API, and what the executive board sees."""

from datetime import date
from typing import Annotated, Self
from uuid import UUID

import strawberry
from sqlalchemy import ColumnElement, and_, exists, true
from sqlalchemy.orm import aliased

from ....graphql.context import Info
from ....graphql.nodes import local_id
from ....graphql.paging import Connection
from ....graphql.stored import Place, Related, Row, by_id, page_of, planned
from ....tenants.models import Unit as UnitRow
from ..organisation.people.schema import Person
from ..organisation.units.schema import Unit
from . import models, overview, service
from .plans_schema import ControlFollowUp, ControlItem, ControlOccasion, ControlPlan, PlanState
from .risks_schema import BELOW, READ, ControlLight, Process, at_unit, unit_of


def _person(id: strawberry.ID) -> UUID:
    return local_id(id, Person, field="responsibleId")


def _plans(row: Row, place: Place) -> ColumnElement[bool]:
    given = place.arguments
    chosen = [
        getattr(row, name) == given[name] for name in ("year", "state") if given[name] is not None
    ]
    return and_(true(), *chosen, *at_unit(row, place))


def _occasions(row: Row, place: Place) -> ColumnElement[bool]:
    """Of controls that stand in plans under way."""
    given = place.arguments
    item, plan = aliased(models.ControlItem), aliased(models.ControlPlan)
    own = [
        item.tenant_id == place.given.tenant,
        item.id == row.item_id,
        item.removed_at.is_(None),
        *at_unit(item, place),
    ]
    if given["responsible_id"] is not None:
        own.append(item.responsible_id == given["responsible_id"])
    active = [
        plan.tenant_id == place.given.tenant,
        plan.id == item.plan_id,
        plan.state == models.PlanState.ACTIVE,
    ]
    chosen = [exists().where(*own, exists().where(*active))]
    if given["done"] is not None:
        chosen.append(row.done_on.is_not(None) == given["done"])
    if given["due_before"] is not None:
        chosen.append(row.due_on <= given["due_before"])
    return and_(row.missed_at.is_(None), *chosen)


PLANS = Related(
    _plans,
    lambda row, _place: (row.year,),
    asks=(READ,),
    reads={"unit_id": unit_of, "state": models.PlanState},
)
OCCASIONS = Related(
    _occasions,
    lambda row, _place: (row.due_on,),
    asks=(READ,),
    reads={"unit_id": unit_of, "responsible_id": _person},
)


@strawberry.type(description="How many controls have come to a light.")
class ControlLightCount:
    light: ControlLight = strawberry.field(description="The light.")
    items: int = strawberry.field(description="How many.")


@strawberry.type(description="How much of a category or a process a committee has.")
class ControlCover:
    category: str | None = strawberry.field(description="Key of the category, for one.")
    process: Process | None = strawberry.field(description="The process, for one.")
    risks: int = strawberry.field(description="Living risks, today.")
    items: int = strawberry.field(description="Controls in the year's plan.")


@strawberry.type(description="A committee's internal control during a year.")
class ControlCommittee:
    plan: ControlPlan | None = strawberry.field(description="Null where there is none.")
    follow_up: ControlFollowUp | None = strawberry.field(description="Null before there is one.")
    risks: int = strawberry.field(description="Living risks, with those of units below, today.")
    high_risks: int = strawberry.field(description="Those in a red cell.")
    items: int = strawberry.field(description="Controls in the plan.")
    occasions: int = strawberry.field(description="How many times they are to be done.")
    done: int = strawberry.field(description="How many of these are done.")
    overdue: int = strawberry.field(description="How many are late.")
    lights: list[ControlLightCount] = strawberry.field(
        description="Controls by the worst light of the year."
    )
    too_few: bool = strawberry.field(description="Whether there are fewer than is expected.")
    cover: list[ControlCover] = strawberry.field(description="By category, then by process.")
    unit_id: strawberry.Private[UUID]

    @strawberry.field(description="The committee, board or company.")
    async def unit(self, info: Info) -> Unit:
        row = await info.context.by_id(UnitRow, self.unit_id)
        return Unit.of(row)

    @classmethod
    def of(cls, row: service.CommitteeYear, processes: dict[UUID, models.Process]) -> Self:
        return cls(
            unit_id=row.unit.id,
            plan=ControlPlan.maybe(row.plan),
            follow_up=ControlFollowUp.maybe(row.follow_up),
            risks=row.risks,
            high_risks=row.high_risks,
            items=row.items,
            occasions=row.occasions,
            done=row.done,
            overdue=row.overdue,
            lights=[ControlLightCount(light=key, items=n) for key, n in row.lights.items()],
            too_few=row.too_few,
            cover=[
                *(
                    ControlCover(category=key, process=None, risks=each.risks, items=each.items)
                    for key, each in sorted(row.by_category.items())
                ),
                *(
                    ControlCover(
                        category=None,
                        process=Process.of(processes[id]),
                        risks=each.risks,
                        items=each.items,
                    )
                    for id, each in row.by_process.items()
                ),
            ],
        )


@strawberry.type(description="The committees of a year side by side.")
class ControlOverview:
    year: int = strawberry.field(description="Which year.")
    least_items: int = strawberry.field(description="Controls that a plan is expected to hold.")
    committees: list[ControlCommittee] = strawberry.field(description="In the tree's order.")

    @classmethod
    def of(cls, found: overview.Overview) -> Self:
        processes = {row.id: row for row in found.processes}
        return cls(
            year=found.year,
            least_items=found.least_items,
            committees=[ControlCommittee.of(row, processes) for row in found.committees],
        )


@strawberry.type
class ControlQuery:
    @strawberry.field(description="A plan; null when there is none.", metadata=by_id(ControlPlan))
    async def control_plan(self, info: Info, id: strawberry.ID) -> ControlPlan | None:
        return await ControlPlan.find(info, local_id(id, ControlPlan))

    @strawberry.field(
        description="A control; null when there is none.", metadata=by_id(ControlItem)
    )
    async def control_item(self, info: Info, id: strawberry.ID) -> ControlItem | None:
        return await ControlItem.find(info, local_id(id, ControlItem))

    @strawberry.field(
        description="Plans by year; what is left out does not narrow.", metadata=planned(PLANS)
    )
    async def control_plans(
        self,
        info: Info,
        unit_id: Annotated[strawberry.ID | None, BELOW] = None,
        year: int | None = None,
        state: PlanState | None = None,
        first: int | None = None,
        after: str | None = None,
    ) -> Connection[ControlPlan]:
        return await page_of(
            PLANS,
            info,
            ControlPlan,
            unit_id=unit_id,
            year=year,
            state=state,
            first=first,
            after=after,
        )

    @strawberry.field(
        description="Occasions of controls in plans under way, by day.",
        metadata=planned(OCCASIONS),
    )
    async def control_occasions(
        self,
        info: Info,
        unit_id: Annotated[strawberry.ID | None, BELOW] = None,
        responsible_id: strawberry.ID | None = None,
        done: bool | None = None,
        due_before: Annotated[
            date | None, strawberry.argument(description="With this last day, or an earlier.")
        ] = None,
        first: int | None = None,
        after: str | None = None,
    ) -> Connection[ControlOccasion]:
        return await page_of(
            OCCASIONS,
            info,
            ControlOccasion,
            unit_id=unit_id,
            responsible_id=responsible_id,
            done=done,
            due_before=due_before,
            first=first,
            after=after,
        )

    @strawberry.field(description="The committees side by side, and what they cover.")
    async def control_overview(self, info: Info, year: int) -> ControlOverview:
        return ControlOverview.of(await service.control_overview(info.context.work, year=year))
