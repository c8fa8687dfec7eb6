"""Grants in the API: what is stored of each."""

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Any
from uuid import UUID

import strawberry
from sqlalchemy import ColumnElement, cast, func, select
from sqlalchemy.orm import aliased

from ....graphql.context import Info
from ....graphql.nodes import Node
from ....graphql.paging import Connection
from ....graphql.stored import Place, Related, Row, Value, many, one, page_of, planned
from ..goals.planning.nodes_schema import PlanNode
from ..organisation.files.schema import StoredFile
from ..organisation.people.schema import Person
from ..organisation.units.schema import Unit
from . import models
from .holding import sums_of
from .rules import Sums

READ, WRITE = "grants.read", "grants.write"

GrantState = models.GrantState
MoneyKind = models.MoneyKind
DeadlineKind = models.DeadlineKind
strawberry.enum(GrantState, description="How far a grant has come.", name="GrantState")
strawberry.enum(MoneyKind, description="What was done with money.", name="GrantMoneyKind")
strawberry.enum(DeadlineKind, description="What has to be done.", name="GrantDeadlineKind")


def _sum(place: Place, kind: models.MoneyKind) -> ColumnElement[Any]:
    money = aliased(models.GrantMoney)
    own = (
        money.tenant_id == place.given.tenant,
        money.grant_id == place.row.id,
        money.kind == kind,
    )
    total = cast(func.coalesce(func.sum(money.amount), 0), models.Kronor)
    return place.alone(select(total).where(*own))


def _left(place: Place) -> ColumnElement[Any]:
    paid, used, returned = (_sum(place, kind) for kind in models.MoneyKind)
    return cast(paid - used - returned, models.Kronor)


async def _sums(info: Info, grant_id: UUID) -> Sums:
    async def load(ids: list[UUID]) -> list[Sums]:
        found = await sums_of(info.context.work, ids)
        return [found[id] for id in ids]

    return await info.context.batch("grants.sums", grant_id, load)


def _kind_sum(kind: models.MoneyKind, description: str) -> Any:
    async def resolve(root: Any, info: Info) -> Decimal:
        return Decimal(getattr(await _sums(info, root.row.id), kind.value))

    plan = Value(lambda place: _sum(place, kind))
    return strawberry.field(resolver=resolve, description=description, metadata=planned(plan))


def _linked(row: Row, place: Place) -> ColumnElement[bool]:
    link = aliased(models.GrantNode)
    own = (link.tenant_id == place.given.tenant, link.grant_id == place.row.id)
    linked: ColumnElement[bool] = row.id.in_(place.alone(select(link.node_id).where(*own)))
    return linked


NODES = Related(_linked, asks=("goals.read",))


@strawberry.type(description="A public body that gives grants.")
class GrantGiver(Node):
    model = models.GrantGiver
    permission = READ
    change = "grants.design"

    row: strawberry.Private[models.GrantGiver]
    name: str = strawberry.field(description="What it is called.")
    ended_on: date | None = strawberry.field(
        description="When it was taken off the list of those to choose among."
    )


@strawberry.type(description="A grant came to a state.")
class GrantStep(Node):
    model = models.GrantStep
    permission = READ

    row: strawberry.Private[models.GrantStep]
    state: GrantState = strawberry.field(description="The state.")
    back: bool = strawberry.field(description="Whether it came there by taking a step back.")
    note: str = strawberry.field(description="What was written about it.")
    taken_at: datetime = strawberry.field(description="When.")

    taken_by: Person | None = one(models.GrantStep.taken_by, "Who took the step.")


@strawberry.type(description="Money of a grant that was paid, used or returned on a day.")
class GrantMoney(Node):
    model = models.GrantMoney
    permission = READ
    change = WRITE

    row: strawberry.Private[models.GrantMoney]
    kind: MoneyKind = strawberry.field(description="What was done with it.")
    booked_on: date = strawberry.field(description="Which day.")
    amount: Decimal = strawberry.field(description="Swedish kronor.")
    note: str = strawberry.field(description="What for.")
    entered_at: datetime = strawberry.field(description="When it was entered.")

    entered_by: Person | None = one(models.GrantMoney.entered_by, "Who entered it.")


@strawberry.type(description="A document of a grant.")
class GrantFile(Node):
    model = models.GrantFile
    permission = READ
    change = WRITE

    row: strawberry.Private[models.GrantFile]
    title: str = strawberry.field(description="What it is.")

    file: StoredFile | None = one(models.GrantFile.file_id, "The file.")


@strawberry.type(description="The last day of something that a grant asks for.")
class GrantDeadline(Node):
    model = models.GrantDeadline
    permission = READ
    change = WRITE

    row: strawberry.Private[models.GrantDeadline]
    kind: DeadlineKind = strawberry.field(description="What has to be done.")
    name: str = strawberry.field(description="Its own name; empty where the kind says it.")
    due_on: date = strawberry.field(description="The last day.")
    done_on: date | None = strawberry.field(description="When it was done.")

    done_by: Person | None = one(models.GrantDeadline.done_by, "Who said that it was done.")
    grant: Annotated["Grant", strawberry.lazy(__name__)] = one(
        models.GrantDeadline.grant_id, "The grant."
    )


@strawberry.type(description="A government grant that a unit seeks or has, for a year.")
class Grant(Node):
    model = models.Grant
    permission = READ
    change = WRITE

    row: strawberry.Private[models.Grant]
    code: str = strawberry.field(description="The municipality's own key of it.")
    name: str = strawberry.field(description="What it is called.")
    ordinance: str = strawberry.field(description="What it rests on.")
    purpose: str = strawberry.field(description="What it is for.")
    signer: str = strawberry.field(description="Who may sign for the municipality.")
    agent: str = strawberry.field(description="Whom the giver knows as the agent.")
    agent_on: date | None = strawberry.field(description="When the agent was appointed.")
    giver_case: str = strawberry.field(description="The giver's own case number.")
    year: int = strawberry.field(description="The year it is for.")
    begins_on: date | None = strawberry.field(description="First day that it is for.")
    ends_on: date | None = strawberry.field(description="Last day that it is for.")
    state: GrantState = strawberry.field(description="How far it has come.")
    sought: Decimal | None = strawberry.field(description="Kronor that were sought.")
    granted: Decimal | None = strawberry.field(description="Kronor that were granted.")
    claimed: Decimal | None = strawberry.field(description="Kronor that the giver wants back.")
    overpaid_reason: str = strawberry.field(description="Why more is paid than granted.")
    decided_by: str = strawberry.field(description="Who decided.")
    decided_on: date | None = strawberry.field(description="The day of the decision.")
    decided_paragraph: str = strawberry.field(description="The paragraph of the minutes.")
    registry_number: str = strawberry.field(description="The decision in our registry.")
    note: str = strawberry.field(description="Anything more.")
    version: int = strawberry.field(description="Send it along with a change.")
    changed_at: datetime = strawberry.field(description="When it was changed last.")

    giver: GrantGiver = one(models.Grant.giver_id, "Who gives it.")
    unit: Unit = one(models.Grant.unit_id, "The unit that answers for it.")
    responsible: Person | None = one(models.Grant.responsible_id, "Who answers for it.")
    changed_by: Person | None = one(models.Grant.changed_by, "Who changed it last.")

    paid: Decimal = _kind_sum(models.MoneyKind.PAID, "Kronor paid by the giver so far.")
    used: Decimal = _kind_sum(models.MoneyKind.USED, "Kronor used so far.")
    returned: Decimal = _kind_sum(models.MoneyKind.RETURNED, "Kronor returned so far.")

    @strawberry.field(
        description="Kronor paid that are neither used nor returned; below zero when more was "
        "used than has come in.",
        metadata=planned(Value(_left)),
    )
    async def left(self, info: Info) -> Decimal:
        return (await _sums(info, self.row.id)).left

    money: list[GrantMoney] = many(
        models.GrantMoney.grant_id,
        "What was paid, used and returned, by day.",
        order=lambda row: (row.booked_on,),
    )
    deadlines: list[GrantDeadline] = many(
        models.GrantDeadline.grant_id,
        "What has to be done by which day.",
        order=lambda row: (row.due_on,),
    )
    steps: list[GrantStep] = many(
        models.GrantStep.grant_id,
        "How it has come to its state.",
        order=lambda row: (row.taken_at,),
    )
    files: list[GrantFile] = many(models.GrantFile.grant_id, "Its documents.")

    @strawberry.field(
        description="The goals and activities that it is for.", metadata=planned(NODES)
    )
    async def plan_nodes(
        self, info: Info, first: int | None = None, after: str | None = None
    ) -> Connection[PlanNode]:
        return await page_of(NODES, info, PlanNode, self, first=first, after=after)
