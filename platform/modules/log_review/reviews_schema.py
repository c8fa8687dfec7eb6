"""The review of the log in the API: lists, their events, investigations and files."""

from datetime import date, datetime
from typing import Annotated, Any
from uuid import UUID

import strawberry
from sqlalchemy import Text, any_, cast, func

from ....authz.permit import NOWHERE
from ....graphql.context import Info
from ....graphql.nodes import Node, local_id
from ....graphql.problems import ANSWER, Problem, mutation
from ....graphql.stored import Related, Value, many, one, planned, shown
from ..organisation.files.jobs_schema import Job
from ..organisation.people.schema import Person
from ..organisation.units.schema import Unit
from . import deciding, intervals, jobs, models, reviews, signing
from .investigations_schema import Investigation, ReviewFile

ReviewState = models.ReviewState
strawberry.enum(ReviewState, description="How far a list has come.")
ReviewMark = models.Mark
strawberry.enum(ReviewMark, name="ReviewMark", description="Why an event stands out.")
ReviewDecision = models.Decision
strawberry.enum(
    ReviewDecision, name="ReviewDecision", description="What a reviewer thinks of an event."
)
ReviewShow = reviews.Show
strawberry.enum(ReviewShow, name="ReviewShow", description="Which events of a list are shown.")


@strawberry.type(description="How many events a list has, and what was decided about them.")
class ReviewCounts:
    events: int = strawberry.field(description="All.")
    marked: int = strawberry.field(description="Those that stand out.")
    undecided: int = strawberry.field(description="Without a decision.")
    left: int = strawberry.field(description="Stand out, without a decision.")
    no_remark: int = strawberry.field(description="Reviewed without remark.")
    legitimate: int = strawberry.field(description="Legitimate.")
    investigate: int = strawberry.field(description="To be investigated.")
    intrusion: int = strawberry.field(description="Intrusions.")


@strawberry.type(description="Somebody whose doings are in a list, and how much of it there is.")
class ReviewReader:
    reader: str = strawberry.field(description="To narrow the events by.")
    name: str = strawberry.field(description="Name.")
    events: int = strawberry.field(description="Events.")
    marked: int = strawberry.field(description="Of them stand out.")
    left: int = strawberry.field(description="Of those without a decision.")


def _number(root: Any) -> str | None:
    return None if root.row.seq is None else str(root.row.seq)


ABOUT = Related(
    lambda row, place: row.id == any_(place.row.about),
    lambda row, place: (func.array_position(place.row.about, row.id),),
    find=True,
)


@strawberry.type(description="One event of a list: an entry of the log, or a row read in.")
class ReviewEvent(Node):
    model = models.ReviewEvent
    permission = reviews.READ

    row: strawberry.Private[models.ReviewEvent]
    at: datetime = strawberry.field(description="When it happened.")
    who: str = strawberry.field(description="Who it was, as another system names them.")
    action: str = strawberry.field(description="What was done.")
    kind: str = strawberry.field(description="With what.")
    subjects: list[str] = strawberry.field(
        description="Whom it was about, as another system names them; confidential."
    )
    process: str = strawberry.field(description="By which part of the service.")
    way: str = strawberry.field(description="By which way: page, api, job and so on.")
    address: str = strawberry.field(description="From where.")
    marked: bool = strawberry.field(description="Whether it stands out.")
    comment: str = strawberry.field(description="The reviewer's comment.")
    decided_at: datetime | None = strawberry.field(description="When it was decided.")
    number: str | None = strawberry.field(
        resolver=_number,
        description="Its number in the log; null for a row that was read in.",
        metadata=planned(Value(lambda place: cast(place.row.seq, Text))),
    )
    marks: list[ReviewMark] = shown(models.ReviewEvent.marks, "Why it stands out.")
    decision: ReviewDecision | None = shown(
        models.ReviewEvent.decision, "What the reviewer thinks; null while undecided."
    )
    person: Person | None = one(
        models.ReviewEvent.person_id, "Who it was, where they are in our register."
    )
    behind: Person | None = one(
        models.ReviewEvent.behind_id, "The administrator who saw as them, if somebody did."
    )
    investigation: Investigation | None = many(
        models.Investigation.event_id, "The investigation of it, if there is one."
    )

    @strawberry.field(description="Whom it was about.", metadata=planned(ABOUT))
    async def about(self, info: Info) -> list[Person]:
        found = [await Person.find(info, id) for id in self.row.about]
        return [person for person in found if person is not None]

    @classmethod
    async def find(cls, info: Info, id: UUID) -> "ReviewEvent | None":
        info.context.work.require(cls.permission)
        row = await info.context.by_id(models.ReviewEvent, id)
        if row is None:
            return None
        review = await info.context.by_id(models.Review, row.review_id)
        return cls.of(row) if review is not None and _visible(info, review) else None


@strawberry.input(description="Which events of a list; what is left out does not narrow.")
class ReviewFilterInput:
    show: ReviewShow = strawberry.field(default=reviews.Show.ALL, description="Which.")
    mark: ReviewMark | None = strawberry.field(default=None, description="Standing out by this.")
    reader: str = strawberry.field(default="", description="Of one, by the key of a reader.")
    words: str = strawberry.field(default="", description="With these words.")

    def chosen(self) -> reviews.Filter:
        return reviews.Filter(self.show, self.mark, self.reader, " ".join(self.words.split()))


@strawberry.type(description="A list of what was read and done in some days, to be reviewed.")
class Review(Node):
    model = models.Review
    permission = reviews.READ

    row: strawberry.Private[models.Review]
    begins: date = strawberry.field(description="Its first day.")
    ends: date = strawberry.field(description="Its last day.")
    number: int = strawberry.field(description="1, or more for a supplement.")
    due_on: date = strawberry.field(description="Last day to review it.")
    health: bool = strawberry.field(description="Whether it has a list of a health journal.")
    result: str = strawberry.field(description="What the review came to.")
    signed_at: datetime | None = strawberry.field(description="When it was signed.")
    archived_at: datetime | None = strawberry.field(description="When it was archived.")
    state: ReviewState = shown(models.Review.state, "How far it has come.")
    unit: Unit | None = one(models.Review.unit_id, "The unit; null for what belongs to none.")
    reviewer: Person | None = one(
        models.Review.reviewer_id, "Who was asked to review it, if it is one person."
    )
    signed_by: Person | None = one(models.Review.signed_by, "Who signed it.")
    files: list[ReviewFile] = many(
        models.ReviewFile.review_id,
        "The files that were made of it, the newest first.",
        order=lambda row: (row.id.desc(),),
    )

    @strawberry.field(description="Its counts, fixed when it is signed.")
    async def counts(self, info: Info) -> ReviewCounts:
        async def load(ids: list[UUID]) -> list[reviews.Counts]:
            found = await reviews.counts_of(info.context.work, ids)
            return [found[id] for id in ids]

        counts = await info.context.batch("log_review.counts", self.row.id, load)
        return ReviewCounts(
            **{name: getattr(counts, name) for name in reviews.Counts.__dataclass_fields__}
        )

    @strawberry.field(description="A page of 100 of its events, those that stand out first.")
    async def events(
        self,
        info: Info,
        filter: Annotated[
            ReviewFilterInput | None, strawberry.argument(description="Which events.")
        ] = None,
        page: Annotated[int, strawberry.argument(description="From 1.")] = 1,
    ) -> list[ReviewEvent]:
        chosen = filter.chosen() if filter else reviews.Filter()
        number = min(max(page, 1), 100_000)
        rows = await reviews.read_rows(info.context.work, self.row, chosen, page=number)
        return [ReviewEvent.of(row) for row in rows]

    @strawberry.field(description="Those whose doings are in it.")
    async def readers(self, info: Info) -> list[ReviewReader]:
        return [
            ReviewReader(
                reader=group.reader,
                name=group.name,
                events=group.events,
                marked=group.marked,
                left=group.left,
            )
            for group in await reviews.read_groups(info.context.work, self.row)
        ]

    @classmethod
    async def find(cls, info: Info, id: UUID) -> "Review | None":
        info.context.work.require(cls.permission)
        row = await info.context.by_id(models.Review, id)
        return cls.of(row) if row is not None and _visible(info, row) else None


@strawberry.type(description="How many events were decided about at once.")
class Passed:
    events: int = strawberry.field(description="How many.")


StartReviewResult = Annotated[
    Review | Problem, strawberry.union("StartReviewResult", description=ANSWER)
]
ChangeReviewDaysResult = Annotated[
    Review | Problem, strawberry.union("ChangeReviewDaysResult", description=ANSWER)
]
GiveReviewResult = Annotated[
    Review | Problem, strawberry.union("GiveReviewResult", description=ANSWER)
]
DecideReviewEventResult = Annotated[
    ReviewEvent | Problem, strawberry.union("DecideReviewEventResult", description=ANSWER)
]
PassReviewEventsResult = Annotated[
    Passed | Problem, strawberry.union("PassReviewEventsResult", description=ANSWER)
]
MarkReviewAgainResult = Annotated[
    Review | Problem, strawberry.union("MarkReviewAgainResult", description=ANSWER)
]
SignReviewResult = Annotated[
    Review | Problem, strawberry.union("SignReviewResult", description=ANSWER)
]
ArchiveReviewResult = Annotated[
    Job | Problem, strawberry.union("ArchiveReviewResult", description=ANSWER)
]


@strawberry.input(description="Make a list of chosen days.")
class StartReviewInput:
    unit_id: strawberry.ID | None = strawberry.field(
        default=None, description="The unit; null for what belongs to none."
    )
    begins: date = strawberry.field(description="First day.")
    ends: date = strawberry.field(description="Last day, yesterday at the latest.")


@strawberry.input(description="Give a list other days.")
class ChangeReviewDaysInput:
    id: strawberry.ID = strawberry.field(description="The list.")
    begins: date = strawberry.field(description="First day.")
    ends: date = strawberry.field(description="Last day.")


@strawberry.input(description="Name who reviews a list.")
class GiveReviewInput:
    id: strawberry.ID = strawberry.field(description="The list.")
    person_id: strawberry.ID | None = strawberry.field(
        default=None, description="Who; null for all who review the unit."
    )


@strawberry.input(description="Decide about an event, comment on it, or both.")
class DecideReviewEventInput:
    id: strawberry.ID = strawberry.field(description="The event.")
    decision: ReviewDecision | None = strawberry.field(
        default=None, description="What you think; null takes it back."
    )
    comment: str | None = strawberry.field(default=None, description="Null leaves it as it is.")


@strawberry.input(description="Say of many events that they are reviewed without remark.")
class PassReviewEventsInput:
    id: strawberry.ID = strawberry.field(description="The list.")
    filter: ReviewFilterInput | None = strawberry.field(default=None, description="Which events.")
    take_back: bool = strawberry.field(default=False, description="Make them undecided again.")


@strawberry.input(description="Sign a list, which then stays as it is.")
class SignReviewInput:
    id: strawberry.ID = strawberry.field(description="The list.")
    result: str = strawberry.field(description="What the review came to.")


@strawberry.type
class ReviewQuery:
    @strawberry.field(description="A list of the log review by id; null when there is none.")
    async def log_review(self, info: Info, id: strawberry.ID) -> Review | None:
        return await Review.find(info, local_id(id, Review))

    @strawberry.field(description="Lists of the log review, open ones first, at most 500.")
    async def log_reviews(
        self,
        info: Info,
        state: Annotated[
            ReviewState | None, strawberry.argument(description="How far they have come.")
        ] = None,
    ) -> list[Review]:
        found = await reviews.find_reviews(info.context.work, state=state)
        return [Review.of(each.review) for each in found]


@strawberry.type
class ReviewMutation:
    @mutation("Make a list of the log of chosen days.")
    async def start_review(self, info: Info, input: StartReviewInput) -> StartReviewResult:
        unit_id = local_id(input.unit_id, Unit, field="unitId") if input.unit_id else None
        work = info.context.work
        return Review.of(
            await intervals.start_list(work, unit_id=unit_id, begins=input.begins, ends=input.ends)
        )

    @mutation("Give a list that is open other days.")
    async def change_review_days(
        self, info: Info, input: ChangeReviewDaysInput
    ) -> ChangeReviewDaysResult:
        id = local_id(input.id, Review)
        return Review.of(
            await intervals.change_interval(
                info.context.work, id, begins=input.begins, ends=input.ends
            )
        )

    @mutation("Name who reviews a list.")
    async def give_review(self, info: Info, input: GiveReviewInput) -> GiveReviewResult:
        person = local_id(input.person_id, Person, field="personId") if input.person_id else None
        id = local_id(input.id, Review)
        return Review.of(await intervals.give_to(info.context.work, id, person_id=person))

    @mutation("Decide about an event of a list.")
    async def decide_review_event(
        self, info: Info, input: DecideReviewEventInput
    ) -> DecideReviewEventResult:
        id, work = local_id(input.id, ReviewEvent), info.context.work
        if input.comment is not None:
            await deciding.write_comment(work, id, text=input.comment)
        return ReviewEvent.of(await deciding.decide(work, id, decision=input.decision))

    @mutation("Say of all that does not stand out that it is reviewed without remark.")
    async def pass_review_events(
        self, info: Info, input: PassReviewEventsInput
    ) -> PassReviewEventsResult:
        chosen = input.filter.chosen() if input.filter else reviews.Filter()
        call = deciding.take_back_passed if input.take_back else deciding.pass_unmarked
        return Passed(
            events=await call(info.context.work, local_id(input.id, Review), chosen=chosen)
        )

    @mutation("Find what stands out in a list anew, by the rules as they are now.")
    async def mark_review_again(self, info: Info, id: strawberry.ID) -> MarkReviewAgainResult:
        return Review.of(await intervals.mark_again(info.context.work, local_id(id, Review)))

    @mutation("Sign a list; all that stands out has to be decided about.")
    async def sign_review(self, info: Info, input: SignReviewInput) -> SignReviewResult:
        id = local_id(input.id, Review)
        return Review.of(await signing.sign_review(info.context.work, id, result=input.result))

    @mutation("Have a signed list made into PDF/A and Excel, and archived.")
    async def archive_review(self, info: Info, id: strawberry.ID) -> ArchiveReviewResult:
        return Job.of(await jobs.ask_for_archive(info.context.work, local_id(id, Review)))


def _visible(info: Info, review: models.Review) -> bool:
    return info.context.work.allows(reviews.READ, at=review.unit_id or NOWHERE)
