"""Weeding of closed cases in the API."""

from datetime import date
from typing import Annotated

import strawberry

from ....graphql.context import Info
from ....graphql.problems import ANSWER, Problem, mutation
from . import weeding


@strawberry.type(description="Closed cases whose time is over, by the municipality's rule.")
class DeviationsToWeed:
    years: int = strawberry.field(description="How long cases are kept after they were closed.")
    closed_before: date = strawberry.field(description="Those closed before this day are due.")
    cases: int = strawberry.field(description="How many there are.")


WeedDeviationsResult = Annotated[
    DeviationsToWeed | Problem, strawberry.union("WeedDeviationsResult", description=ANSWER)
]


@strawberry.type
class WeedingQuery:
    @strawberry.field(description="The cases of deviations that are due to be weeded.")
    async def deviations_to_weed(self, info: Info) -> DeviationsToWeed:
        due = await weeding.due_for_weeding(info.context.work)
        return DeviationsToWeed(years=due.years, closed_before=due.closed_before, cases=due.cases)


@strawberry.type
class WeedingMutation:
    @mutation("Weed the closed cases that are due, for good; the answer tells what was weeded.")
    async def weed_deviations(self, info: Info, cases: int) -> WeedDeviationsResult:
        row = await weeding.weed(info.context.work, cases=cases)
        return DeviationsToWeed(years=row.years, closed_before=row.closed_before, cases=row.cases)
