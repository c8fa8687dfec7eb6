"""How long reviewed lists are kept, what was disposed of, and lists read in, in the API."""

from datetime import date, datetime
from typing import Annotated

import strawberry
from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import aliased

from ....graphql.context import Info
from ....graphql.nodes import Node, local_id
from ....graphql.problems import ANSWER, Problem, mutation
from ....graphql.stored import Place, Related, Row, one, planned, shown
from ..organisation.files.schema import StoredFile
from ..organisation.people.schema import Person
from ..organisation.units.schema import Unit
from . import importing, models, retention
from .import_columns import Field
from .reviews_schema import Review

ArchiveKind = models.ArchiveKind
strawberry.enum(
    ArchiveKind, name="ReviewArchiveKind", description="What is kept by a rule of its own."
)
ListField = Field
strawberry.enum(ListField, name="ReviewListField", description="What a column means.")


@strawberry.type(description="How long a kind of archive is kept, from a day on.")
class ReviewRetentionRule(Node):
    model = models.RetentionRule
    permission = "log_review.read"

    row: strawberry.Private[models.RetentionRule]
    years: int = strawberry.field(description="Years that it is kept.")
    floor: int = strawberry.field(description="Fewest years that the law allows.")
    authority: str = strawberry.field(description="The statute or plan.")
    valid_from: date = strawberry.field(description="From which day.")
    kind: ArchiveKind = shown(models.RetentionRule.kind, "Of what.")
    decided_by: Person | None = one(
        models.RetentionRule.decided_by, "Who decided it; null for those one begins with."
    )


@strawberry.type(description="A line of the disposal log.")
class ReviewDisposal(Node):
    model = models.ReviewDisposal
    permission = "log_review.read"

    row: strawberry.Private[models.ReviewDisposal]
    begins: date = strawberry.field(description="First day of the list.")
    ends: date = strawberry.field(description="Last day of the list.")
    number: int = strawberry.field(description="1, or more for a supplement.")
    years: int = strawberry.field(description="Years that it was kept.")
    authority: str = strawberry.field(description="By which rule.")
    events: int = strawberry.field(description="Events in it.")
    sha256: list[str] = strawberry.field(description="Hashes of its files, in hexadecimal.")
    disposed_at: datetime = strawberry.field(description="When.")
    unit: Unit | None = one(
        models.ReviewDisposal.unit_id, "The unit; null for what belonged to none."
    )


SetReviewRetentionResult = Annotated[
    ReviewRetentionRule | Problem, strawberry.union("SetReviewRetentionResult", description=ANSWER)
]
ProtectIdentityResult = Annotated[
    Person | Problem, strawberry.union("ProtectIdentityResult", description=ANSWER)
]
ReadReviewListResult = Annotated[
    Review | Problem, strawberry.union("ReadReviewListResult", description=ANSWER)
]


@strawberry.input(description="A rule from a day on.")
class SetReviewRetentionInput:
    kind: ArchiveKind = strawberry.field(description="Of what.")
    years: int = strawberry.field(description="Years that it is kept.")
    authority: str = strawberry.field(description="The statute or plan.")
    valid_from: date = strawberry.field(description="From which day.")


@strawberry.input(description="Which column says what.")
class ReviewListColumnInput:
    field: ListField = strawberry.field(description="What it says.")
    column: int = strawberry.field(description="Which column, from 0.")


@strawberry.input(description="Read the list of another system into a review.")
class ReadReviewListInput:
    review_id: strawberry.ID = strawberry.field(description="The list of the log review.")
    file_id: strawberry.ID = strawberry.field(
        description="The file, which you have sent in yourself."
    )
    system: str = strawberry.field(default="", description="Name of the other system.")
    health: bool = strawberry.field(default=False, description="Whether it is a health record.")
    columns: list[ReviewListColumnInput] = strawberry.field(
        default_factory=list, description="What the columns say; guessed by headings without."
    )


def _disposals(row: Row, place: Place) -> ColumnElement[bool]:
    line = aliased(models.ReviewDisposal)
    order = line.disposed_at.desc(), line.id
    latest = select(line.id).where(line.tenant_id == place.given.tenant).order_by(*order)
    return row.id.in_(latest.limit(retention.MOST_SHOWN))  # type: ignore[no-any-return]


RULES = Related(
    lambda row, place: row.tenant_id == place.given.tenant,
    lambda row, _place: (row.kind, row.valid_from.desc()),
    asks=(ReviewRetentionRule.permission,),
)
DISPOSALS = Related(
    _disposals,
    lambda row, _place: (row.disposed_at.desc(),),
    asks=(ReviewDisposal.permission,),
)


@strawberry.type
class RetentionQuery:
    @strawberry.field(
        description="The rules of how long reviewed lists are kept.", metadata=planned(RULES)
    )
    async def review_retention_rules(self, info: Info) -> list[ReviewRetentionRule]:
        return [
            ReviewRetentionRule.of(row) for row in await retention.read_rules(info.context.work)
        ]

    @strawberry.field(
        description="The disposal log of reviewed lists, the latest first.",
        metadata=planned(DISPOSALS),
    )
    async def review_disposals(self, info: Info) -> list[ReviewDisposal]:
        found = await retention.read_disposals(info.context.work)
        return [ReviewDisposal.of(row) for row in found]


@strawberry.type
class RetentionMutation:
    @mutation("Decide how long a kind of archive is kept, from a day on.")
    async def set_review_retention(
        self, info: Info, input: SetReviewRetentionInput
    ) -> SetReviewRetentionResult:
        rule = await retention.set_rule(
            info.context.work,
            kind=input.kind,
            years=input.years,
            authority=input.authority,
            valid_from=input.valid_from,
        )
        return ReviewRetentionRule.of(rule)

    @mutation("Say whether somebody's personal data are protected.")
    async def protect_identity(
        self,
        info: Info,
        person_id: Annotated[strawberry.ID, strawberry.argument(description="Whose.")],
        protected: Annotated[bool, strawberry.argument(description="Whether they are.")] = True,
    ) -> ProtectIdentityResult:
        id = local_id(person_id, Person, field="personId")
        return Person.of(
            await retention.protect_identity(info.context.work, id, protected=protected)
        )

    @mutation("Read the list of another system into a review, all of it or nothing.")
    async def read_review_list(
        self, info: Info, input: ReadReviewListInput
    ) -> ReadReviewListResult:
        review = await importing.read_stored_list(
            info.context.work,
            local_id(input.review_id, Review, field="reviewId"),
            file_id=local_id(input.file_id, StoredFile, field="fileId"),
            columns={each.field.value: each.column for each in input.columns},
            system=input.system,
            health=input.health,
        )
        return Review.of(review)
