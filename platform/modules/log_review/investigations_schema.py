"""Investigations, files and notices of the log review in the API."""

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

import strawberry

from ....authz.permit import NOWHERE
from ....graphql.context import Info
from ....graphql.nodes import Node, local_id
from ....graphql.problems import ANSWER, Problem, mutation
from ....graphql.stored import one, shown
from ..organisation.files.jobs_schema import Job
from ..organisation.people.schema import Person
from . import investigating, jobs, models
from .reviews import READ

InvestigationState = models.InvestigationState
strawberry.enum(InvestigationState, description="Whether an investigation is under way.")
ReviewFileKind = models.FileKind
strawberry.enum(ReviewFileKind, name="ReviewFileKind", description="What a file of a review is.")
ReviewNoticeKind = models.NoticeKind
strawberry.enum(ReviewNoticeKind, name="ReviewNoticeKind", description="What somebody is told of.")


@strawberry.type(description="A file of a log review. Its content is fetched from its page.")
class ReviewFile(Node):
    model = models.ReviewFile
    permission = READ

    row: strawberry.Private[models.ReviewFile]
    name: str = strawberry.field(description="File name.")
    media_type: str = strawberry.field(description="Kind of content, such as application/pdf.")
    size: int = strawberry.field(description="Bytes.")
    sha256: str = strawberry.field(description="SHA-256 of the content, in hexadecimal.")
    created_at: datetime = strawberry.field(description="When it was made.")

    kind: ReviewFileKind = shown(models.ReviewFile.kind, "What it is.")

    @strawberry.field(description="Path of the page that gives the content.")
    def path(self, info: Info) -> str:
        return f"/{info.context.work.tenant.slug}/loggranskning/filer/{self.row.id}"

    @classmethod
    async def find(cls, info: Info, id: UUID) -> "ReviewFile | None":
        info.context.work.require(cls.permission)
        row = await info.context.by_id(models.ReviewFile, id)
        return cls.of(row) if row is not None and await _visible(info, row.review_id) else None


@strawberry.type(description="What is looked into further after an event of a list.")
class Investigation(Node):
    model = models.Investigation
    permission = READ

    row: strawberry.Private[models.Investigation]
    case_number: str = strawberry.field(description="Case number.")
    notes: str = strawberry.field(description="Notes.")
    outcome: str = strawberry.field(description="What it came to.")
    opened_at: datetime = strawberry.field(description="When it was opened.")
    closed_at: datetime | None = strawberry.field(description="When it was closed.")
    crime_note: str = strawberry.field(description="Why a crime is suspected.")
    crime_at: datetime | None = strawberry.field(description="When an extract was asked for.")
    extract_from: date | None = strawberry.field(description="First day of that extract.")
    extract_to: date | None = strawberry.field(description="Last day of that extract.")
    state: InvestigationState = shown(models.Investigation.state, "Whether it is under way.")
    opened_by: Person | None = one(models.Investigation.opened_by, "Who opened it.")

    @classmethod
    async def find(cls, info: Info, id: UUID) -> "Investigation | None":
        info.context.work.require(cls.permission)
        row = await info.context.by_id(models.Investigation, id)
        return cls.of(row) if row is not None and await _visible(info, row.review_id) else None


@strawberry.type(description="Something that somebody was told of, and says that they have seen.")
class ReviewNotice(Node):
    model = models.ReviewNotice
    permission = "log_review.acknowledge"

    row: strawberry.Private[models.ReviewNotice]
    told_at: datetime = strawberry.field(description="When they were told.")
    acknowledged_at: datetime | None = strawberry.field(description="When they had seen it.")
    kind: ReviewNoticeKind = shown(models.ReviewNotice.kind, "What it is about.")

    @classmethod
    async def find(cls, info: Info, id: UUID) -> "ReviewNotice | None":
        work = info.context.work
        work.require(cls.permission)
        row = await info.context.by_id(models.ReviewNotice, id)
        own = row is not None and row.person_id == work.actor.id
        return cls.of(row) if own else None


OpenInvestigationResult = Annotated[
    Investigation | Problem, strawberry.union("OpenInvestigationResult", description=ANSWER)
]
ChangeInvestigationResult = Annotated[
    Investigation | Problem, strawberry.union("ChangeInvestigationResult", description=ANSWER)
]
CloseInvestigationResult = Annotated[
    Investigation | Problem, strawberry.union("CloseInvestigationResult", description=ANSWER)
]
SuspectCrimeResult = Annotated[
    Investigation | Problem, strawberry.union("SuspectCrimeResult", description=ANSWER)
]
MakeExtractResult = Annotated[
    Job | Problem, strawberry.union("MakeExtractResult", description=ANSWER)
]
TellHealthOfficerResult = Annotated[
    Investigation | Problem, strawberry.union("TellHealthOfficerResult", description=ANSWER)
]
AcknowledgeNoticeResult = Annotated[
    ReviewNotice | Problem, strawberry.union("AcknowledgeNoticeResult", description=ANSWER)
]


@strawberry.input(description="Look further into an event.")
class OpenInvestigationInput:
    review_event_id: strawberry.ID = strawberry.field(description="The event.")
    case_number: str = strawberry.field(description="Case number.")
    notes: str = strawberry.field(default="", description="Notes.")


@strawberry.input(description="Write in an investigation; what is null stays.")
class ChangeInvestigationInput:
    id: strawberry.ID = strawberry.field(description="The investigation.")
    case_number: str | None = strawberry.field(default=None, description="Case number.")
    notes: str | None = strawberry.field(default=None, description="Notes.")
    outcome: str | None = strawberry.field(default=None, description="What it came to.")


@strawberry.input(description="Close an investigation.")
class CloseInvestigationInput:
    id: strawberry.ID = strawberry.field(description="The investigation.")
    outcome: str = strawberry.field(description="What it came to.")


@strawberry.input(description="Suspect a crime, and ask for an extended extract of the log.")
class SuspectCrimeInput:
    id: strawberry.ID = strawberry.field(description="The investigation.")
    note: str = strawberry.field(description="Why.")
    begins: date = strawberry.field(description="First day of the extract.")
    ends: date = strawberry.field(description="Last day of the extract.")


@strawberry.type
class InvestigationQuery:
    @strawberry.field(description="An investigation by id; null when there is none.")
    async def investigation(self, info: Info, id: strawberry.ID) -> Investigation | None:
        return await Investigation.find(info, local_id(id, Investigation))


@strawberry.type
class InvestigationMutation:
    @mutation("Look further into an event of a list.")
    async def open_investigation(
        self, info: Info, input: OpenInvestigationInput
    ) -> OpenInvestigationResult:
        from .reviews_schema import ReviewEvent

        id = local_id(input.review_event_id, ReviewEvent, field="reviewEventId")
        made = await investigating.open_investigation(
            info.context.work, id, case_number=input.case_number, notes=input.notes
        )
        return Investigation.of(made)

    @mutation("Write in an investigation.")
    async def change_investigation(
        self, info: Info, input: ChangeInvestigationInput
    ) -> ChangeInvestigationResult:
        changed = await investigating.change_investigation(
            info.context.work,
            local_id(input.id, Investigation),
            case_number=input.case_number,
            notes=input.notes,
            outcome=input.outcome,
        )
        return Investigation.of(changed)

    @mutation("Close an investigation with its outcome.")
    async def close_investigation(
        self, info: Info, input: CloseInvestigationInput
    ) -> CloseInvestigationResult:
        id = local_id(input.id, Investigation)
        closed = await investigating.close_investigation(
            info.context.work, id, outcome=input.outcome
        )
        return Investigation.of(closed)

    @mutation("Suspect a crime, and ask for an extended extract of what the person has done.")
    async def suspect_crime(self, info: Info, input: SuspectCrimeInput) -> SuspectCrimeResult:
        asked = await investigating.suspect_crime(
            info.context.work,
            local_id(input.id, Investigation),
            note=input.note,
            begins=input.begins,
            ends=input.ends,
        )
        return Investigation.of(asked)

    @mutation("Have the extended extract made that an investigation asks for.")
    async def make_extract(self, info: Info, id: strawberry.ID) -> MakeExtractResult:
        return Job.of(await jobs.ask_for_extract(info.context.work, local_id(id, Investigation)))

    @mutation("Tell the named officer of an intrusion into a health record.")
    async def tell_health_officer(self, info: Info, id: strawberry.ID) -> TellHealthOfficerResult:
        work, local = info.context.work, local_id(id, Investigation)
        await investigating.tell_health_officer(work, local)
        return Investigation.of(await work.get(models.Investigation, local))

    @mutation("Say that one has seen what one was told of.")
    async def acknowledge_notice(self, info: Info, id: strawberry.ID) -> AcknowledgeNoticeResult:
        seen = await investigating.acknowledge(info.context.work, local_id(id, ReviewNotice))
        return ReviewNotice.of(seen)


async def _visible(info: Info, review_id: UUID) -> bool:
    review = await info.context.by_id(models.Review, review_id)
    if review is None:
        return False
    return info.context.work.allows(READ, at=review.unit_id or NOWHERE)
