"""Numbers of deviations in the API: statistics, the year for a report, and that there was none."""

from typing import Annotated

import strawberry

from ....graphql.context import Info
from ....graphql.nodes import Node, local_id
from ....graphql.problems import ANSWER, Problem, mutation
from ....graphql.stored import one
from ..organisation.units.schema import Unit
from . import models, nils, statistics, summary
from .types_schema import NilKind, maybe_id

DeviationDimension = statistics.Dimension
strawberry.enum(
    DeviationDimension, name="DeviationDimension", description="What deviations are counted by."
)
DeviationMeasure = summary.Measure
strawberry.enum(DeviationMeasure, name="DeviationMeasure", description="What is counted of a year.")


@strawberry.type(description="How many there are of something.")
class DeviationCount:
    key: str = strawberry.field(description="Of what is counted.")
    label: str = strawberry.field(description="In the reader's language.")
    count: int | None = strawberry.field(
        description="Null where it is small, or would tell of a number that is."
    )


@strawberry.type(description="Deviations counted, without persons.")
class DeviationStatistics:
    counts: list[DeviationCount] = strawberry.field(description="In order.")
    total: int | None = strawberry.field(description="All that are counted; null as above.")
    smallest: int = strawberry.field(description="Numbers from 1 to below this are left out.")


@strawberry.type(description="A measure by half-year; null where a number is left out.")
class DeviationHalfYears:
    measure: DeviationMeasure = strawberry.field(description="What is counted.")
    first_half: int | None = strawberry.field(description="January to June.")
    second_half: int | None = strawberry.field(description="July to December.")
    year: int | None = strawberry.field(description="The whole year.")


@strawberry.type(description="What a report says of a year.")
class DeviationSummary:
    measures: list[DeviationHalfYears] = strawberry.field(description="Of the unit and below.")
    nothing: bool = strawberry.field(description="Whether no Lex Sarah has been handled.")
    sentences: list[str] = strawberry.field(description="Lex Sarah in words.")


@strawberry.type(description="That there was nothing of a kind at a unit in a year.")
class DeviationNil(Node):
    model = models.NilStatement
    permission = nils.EXPORT

    row: strawberry.Private[models.NilStatement]
    year: int = strawberry.field(description="Which year.")
    kind: NilKind = strawberry.field(description="Of what there was nothing.")

    unit: Unit | None = one(models.NilStatement.unit_id, "Where.")


SayNoDeviationsResult = Annotated[
    DeviationNil | Problem, strawberry.union("SayNoDeviationsResult", description=ANSWER)
]
TakeBackNoDeviationsResult = Annotated[
    DeviationNil | Problem, strawberry.union("TakeBackNoDeviationsResult", description=ANSWER)
]


@strawberry.type
class NumbersQuery:
    @strawberry.field(description="Deviations of a year by one thing, where one may count them.")
    async def deviation_statistics(
        self, info: Info, year: int, by: DeviationDimension
    ) -> DeviationStatistics:
        found = await statistics.statistics(info.context.work, year=year, dimension=by)
        return DeviationStatistics(
            counts=[
                DeviationCount(key=each.key, label=each.label, count=each.count)
                for each in found.counts
            ],
            total=found.total,
            smallest=found.smallest,
        )

    @strawberry.field(description="What the report of a unit says of a year.")
    async def deviation_summary(
        self, info: Info, unit_id: strawberry.ID, year: int
    ) -> DeviationSummary:
        at = local_id(unit_id, Unit, field="unitId")
        found = await summary.yearly_summary(info.context.work, unit_id=at, year=year)
        return DeviationSummary(
            measures=[
                DeviationHalfYears(
                    measure=each.measure,
                    first_half=each.first_half,
                    second_half=each.second_half,
                    year=each.year,
                )
                for each in found.measures
            ],
            nothing=found.nothing,
            sentences=summary.lex_sarah_sentences(found),
        )

    @strawberry.field(description="The statements of a year that there was nothing.")
    async def deviation_nils(
        self, info: Info, year: int, unit_id: strawberry.ID | None = None
    ) -> list[DeviationNil]:
        at = maybe_id(unit_id, Unit, field="unitId")
        found = await nils.nil_statements(info.context.work, year=year, unit_id=at)
        return [DeviationNil.of(row) for row in found]


@strawberry.type
class NumbersMutation:
    @mutation("Say that there was nothing of a kind at a unit in a year.")
    async def say_no_deviations(
        self, info: Info, unit_id: strawberry.ID, year: int, kind: NilKind
    ) -> SayNoDeviationsResult:
        at = local_id(unit_id, Unit, field="unitId")
        row = await nils.say_nothing(info.context.work, unit_id=at, year=year, kind=kind)
        return DeviationNil.of(row)

    @mutation("Take back that there was nothing.")
    async def take_back_no_deviations(
        self, info: Info, id: strawberry.ID
    ) -> TakeBackNoDeviationsResult:
        row = await nils.take_back_nothing(info.context.work, local_id(id, DeviationNil))
        return DeviationNil.of(row)
