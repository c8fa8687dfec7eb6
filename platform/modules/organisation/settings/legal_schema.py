"""What laws say, in the API: read by every employee, changed by full administrators."""

from datetime import date, datetime
from typing import Annotated

import strawberry
from sqlalchemy import ColumnElement, and_, true

from .....graphql.context import Info
from .....graphql.nodes import Node
from .....graphql.paging import Connection
from .....graphql.problems import ANSWER, Problem, mutation
from .....graphql.stored import Place, Related, Row, one, page_of, planned
from .....tenants import legal
from ..people.schema import Person


@strawberry.type(description="What a law says about one thing, from a day on.")
class LegalReference(Node):
    model = legal.LegalReference
    permission = "organisation.read"
    change = "tenant.configure"

    row: strawberry.Private[legal.LegalReference]
    key: str = strawberry.field(description="What it is about, such as minutes.adjust.")
    name: str = strawberry.field(description="How it is cited.")
    says: str = strawberry.field(description="The rule in plain words.")
    source: str = strawberry.field(description="Where it stands.")
    days: int | None = strawberry.field(description="The time that it sets, if it sets one.")
    yearly_day: str | None = strawberry.field(
        description="The last day of each year that it sets, as 03-01, if it sets one."
    )
    valid_from: date | None = strawberry.field(
        description="Since when it holds; null for as long as is known here."
    )
    valid_to: date | None = strawberry.field(
        description="The day that it no longer holds; null while it does."
    )
    changed_at: datetime = strawberry.field(description="When it was written last.")

    changed_by: Person | None = one(
        legal.LegalReference.changed_by, "Who wrote it; null as it came with the service."
    )


@strawberry.input(description="What a law says from a day on; the same day again corrects it.")
class ChangeLegalReferenceInput:
    key: str = strawberry.field(description="What it is about.")
    valid_from: date = strawberry.field(description="Since when it holds.")
    name: str = strawberry.field(description="How it is cited.")
    says: str = strawberry.field(description="The rule in plain words.")
    source: str = strawberry.field(description="Where it stands.")
    days: int | None = strawberry.field(default=None, description="The time that it sets.")
    yearly_day: str | None = strawberry.field(
        default=None, description="The last day of each year that it sets, as 03-01."
    )


def _chosen(row: Row, place: Place) -> ColumnElement[bool]:
    key, on = place.arguments["key"], place.arguments["on"]
    chosen = [] if key is None else [row.key == key]
    return and_(true(), *chosen, *([] if on is None else [legal.in_force(on, row)]))


REFERENCES = Related(_chosen, lambda row, _place: (row.key,), asks=("organisation.read",))

ChangeLegalReferenceResult = Annotated[
    LegalReference | Problem,
    strawberry.union("ChangeLegalReferenceResult", description=ANSWER),
]


@strawberry.type
class LegalQuery:
    @strawberry.field(
        description="What laws say: on a day, or all that there is and has been if none is given.",
        metadata=planned(REFERENCES),
    )
    async def legal_references(
        self,
        info: Info,
        on: date | None = None,
        key: str | None = None,
        first: int | None = None,
        after: str | None = None,
    ) -> Connection[LegalReference]:
        return await page_of(
            REFERENCES, info, LegalReference, on=on, key=key, first=first, after=after
        )


@strawberry.type
class LegalMutation:
    @mutation("Write what a law says from a day on; what held until then is kept.")
    async def change_legal_reference(
        self, info: Info, input: ChangeLegalReferenceInput
    ) -> ChangeLegalReferenceResult:
        row = await legal.change_legal_reference(
            info.context.work,
            input.key,
            valid_from=input.valid_from,
            name=input.name,
            says=input.says,
            source=input.source,
            days=input.days,
            yearly_day=input.yearly_day,
        )
        return LegalReference.of(row)
