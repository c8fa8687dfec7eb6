"""Faults on the pages in the API: told by anyone, read and dealt with by administrators."""

from datetime import datetime
from typing import Annotated

import strawberry
from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import aliased

from .....graphql.context import Info, Logged
from .....graphql.nodes import Node, local_id
from .....graphql.problems import ANSWER, Problem, mutation
from .....graphql.stored import Place, Related, Row, one, planned
from .....tenants import feedback, models
from ..people.schema import Person


@strawberry.type(description="A fault on a page that someone has told of.")
class Fault(Node):
    model = models.Feedback
    permission = "tenant.read"
    change = "tenant.configure"
    logged = Logged("feedback", "person_id", own=True)

    row: strawberry.Private[models.Feedback]
    page: str = strawberry.field(description="The page it is about, as its address was told.")
    text: str = strawberry.field(description="What is wrong, in the words of who told it.")
    created_at: datetime = strawberry.field(description="When it was told.")
    done_at: datetime | None = strawberry.field(
        description="When it was dealt with; null until it is."
    )

    person: Person | None = one(models.Feedback.person_id, "Who told it.")

    done_by: Person | None = one(models.Feedback.done_by, "Who dealt with it.")


@strawberry.type(description="The fault is with the administrators.")
class FaultTold:
    told_at: datetime = strawberry.field(description="When it was told.")


TellFaultResult = Annotated[
    FaultTold | Problem, strawberry.union("TellFaultResult", description=ANSWER)
]
DealWithFaultResult = Annotated[
    Fault | Problem, strawberry.union("DealWithFaultResult", description=ANSWER)
]


@strawberry.input(description="A fault on a page.")
class TellFaultInput:
    page: str = strawberry.field(description="Which page, such as its address.")
    text: str = strawberry.field(description="What is wrong.")


def _shown(row: Row, place: Place) -> ColumnElement[bool]:
    told = aliased(models.Feedback)
    first = feedback.in_order(told)
    own = told.tenant_id == place.given.tenant
    few = select(told.id).where(own).order_by(*first).limit(feedback.SHOWN)
    return row.id.in_(place.alone(few))  # type: ignore[no-any-return]


FAULTS = Related(_shown, lambda row, _place: feedback.in_order(row), asks=("tenant.read",))


@strawberry.type
class FeedbackQuery:
    @strawberry.field(
        description="The latest 200 faults told of, those that are dealt with last; for full "
        "administrators.",
        metadata=planned(FAULTS),
    )
    async def faults_told(self, info: Info) -> list[Fault]:
        return [Fault.of(row) for row in await feedback.faults_told(info.context.work)]


@strawberry.type
class FeedbackMutation:
    @mutation("Tell the administrators of a fault on a page.")
    async def tell_fault(self, info: Info, input: TellFaultInput) -> TellFaultResult:
        told = await feedback.tell_fault(info.context.work, page=input.page, text=input.text)
        return FaultTold(told_at=told.created_at)

    @mutation("Mark a fault as dealt with.")
    async def deal_with_fault(self, info: Info, id: strawberry.ID) -> DealWithFaultResult:
        return Fault.of(await feedback.deal_with_fault(info.context.work, local_id(id, Fault)))
