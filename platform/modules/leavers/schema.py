"""Those who have left, extracts and the rules of erasure in the API."""

from datetime import date, datetime
from typing import Annotated, cast
from uuid import UUID

import strawberry
from sqlalchemy import ColumnElement
from strawberry.scalars import JSON

from ....authz.permit import NOWHERE
from ....graphql.context import Info
from ....graphql.nodes import Node, local_id
from ....graphql.problems import ANSWER, Problem, mutation
from ....graphql.stored import Place, Row, by_id, computed, latest, many, one, planned
from ....infra.errors import AppError
from ..organisation.files.jobs_schema import Job
from ..organisation.people.schema import Person
from . import extracts, jobs, letters, looking, models, retention, runs
from .waiting import MOST, waiting

Because = models.Because
RunState = models.RunState
Why = models.Why
Kept = models.Kept
Effect = models.Effect
strawberry.enum(Because, name="PurgeCause", description="Why a purge was prepared.")
strawberry.enum(RunState, name="PurgeState", description="How far a purge has come.")
strawberry.enum(Why, name="LeaverWhy", description="Why somebody is to be purged.")
strawberry.enum(Kept, name="NameKept", description="Why a name stays where it stands.")
strawberry.enum(Effect, name="ErasureEffect", description="What erasure does with a kind of data.")


@strawberry.type(description="Somebody in a purge, and who takes over after them.")
class Leaver(Node):
    model = models.Leaver
    permission = "leavers.run"

    row: strawberry.Private[models.Leaver]
    pseudonym: str = strawberry.field(description="What is to stand for the name, such as 7f3a.")
    why: Why = strawberry.field(description="Why they are in the purge.")

    @classmethod
    async def find(cls, info: Info, id: UUID) -> "Leaver | None":
        found = await super().find(info, id)
        run = found and await LeaverRun.find(info, found.row.run_id)
        return found if run else None

    person: Person | None = one(models.Leaver.person_id, "Who it is.")
    heir: Person | None = one(
        models.Leaver.heir_id, "Who takes over; null is the nearest manager of each unit."
    )


@strawberry.type(description="A purge of people who have left, or an erasure on request.")
class LeaverRun(Node):
    model = models.LeaverRun
    permission = "leavers.run"

    row: strawberry.Private[models.LeaverRun]
    because: Because = strawberry.field(description="Why it was prepared.")
    state: RunState = strawberry.field(description="How far it has come.")
    motivation: str = strawberry.field(description="Why it was decided as it was.")
    created_at: datetime = strawberry.field(description="When it was prepared.")
    decided_at: datetime | None = strawberry.field(description="When it was decided.")
    done_at: datetime | None = strawberry.field(description="When everything was done.")
    receipt_hash: str = strawberry.field(description="SHA-256 of the receipt as JSON.")

    @classmethod
    async def find(cls, info: Info, id: UUID) -> "LeaverRun | None":
        try:
            return cls.of(await runs.get_run(info.context.work, id))
        except AppError:
            return None

    @staticmethod
    def found(row: Row, place: Place) -> ColumnElement[bool]:
        own: ColumnElement[bool] = row.opened_by == place.given.actor
        return place.allows_at(LeaverRun.permission) | own

    decided_by: Person | None = one(models.LeaverRun.decided_by, "Who decided it.")
    leavers: list[Leaver] = many(models.Leaver.run_id, "Those it is about.")

    @computed(
        models.LeaverRun.receipt,
        description="The receipt; null until it is done. It names nobody.",
    )
    def receipt(receipt: dict[str, object] | None) -> JSON | None:
        return cast("JSON | None", receipt)


@strawberry.type(description="Somebody who could be purged.")
class WaitingPerson:
    person_id: strawberry.Private[UUID]
    why: Why = strawberry.field(description="Why.")
    left_on: date | None = strawberry.field(description="The day on which they left.")
    seen_at: datetime | None = strawberry.field(description="Their last sign-in that is known.")

    @strawberry.field(description="Who it is.")
    async def person(self, info: Info) -> Person | None:
        return await Person.find(info, self.person_id)


@strawberry.type(description="A place in a text that names somebody in a purge.")
class NamedPlace:
    place: str = strawberry.field(description="Table, row and mark: pass it to keepNames.")
    title: str = strawberry.field(description="What kind of text it is.")
    before: str = strawberry.field(description="Words before the name.")
    text: str = strawberry.field(description="The name as it stands there.")
    after: str = strawberry.field(description="Words after it.")
    kept: Kept | None = strawberry.field(description="Why it stays; null when it is replaced.")
    kept_by_rule: bool = strawberry.field(description="Whether the rules keep such texts.")


@strawberry.type(description="What a purge that is prepared would do.")
class LeaverPreview:
    places: list[NamedPlace] = strawberry.field(description="Where they are named, at most 300.")
    more: bool = strawberry.field(description="Whether there are more places.")
    files: list[str] = strawberry.field(description="Names of the files that name them.")
    reports: list[str] = strawberry.field(description="Titles of done reports that name them.")


@strawberry.type(description="What erasure does with a kind of data from a day on, and why.")
class RetentionRule:
    kind: str = strawberry.field(description="The kind of data, such as reports.")
    effect: Effect = strawberry.field(description="What happens.")
    reason: str = strawberry.field(description="Why, as the letter to the person says.")
    law: str = strawberry.field(description="Which law or decision says so.")
    valid_from: date = strawberry.field(description="From when it is in force.")


@strawberry.type(description="An extract of everything about a person (article 15).")
class PersonExtract(Node):
    model = models.PersonExtract
    permission = "leavers.extract"

    row: strawberry.Private[models.PersonExtract]
    created_at: datetime = strawberry.field(description="When it was asked for.")

    @classmethod
    async def find(cls, info: Info, id: UUID) -> "PersonExtract | None":
        found = await super().find(info, id)
        work = info.context.work
        own = found and work.actor.id in (found.row.asked_by, found.row.person_id)
        if not found or not (own or work.allows("leavers.run", at=NOWHERE)):
            return None
        return found

    person: Person | None = one(models.PersonExtract.person_id, "Whom it is about.")

    pdf: Job | None = one(models.PersonExtract.pdf_job, "The work that makes the PDF.")
    json: Job | None = one(models.PersonExtract.json_job, "The work that makes the JSON.")


RUNS = latest(LeaverRun, MOST, LeaverRun.found)
OWN_EXTRACTS = latest(
    PersonExtract, extracts.MOST_OWN, lambda row, place: row.person_id == place.given.actor
)


OpenLeaverRunResult = Annotated[
    LeaverRun | Problem, strawberry.union("OpenLeaverRunResult", description=ANSWER)
]
AskErasureResult = Annotated[
    LeaverRun | Problem, strawberry.union("AskErasureResult", description=ANSWER)
]
ChooseHeirResult = Annotated[
    Leaver | Problem, strawberry.union("ChooseHeirResult", description=ANSWER)
]
LeaveOutResult = Annotated[
    LeaverRun | Problem, strawberry.union("LeaveOutResult", description=ANSWER)
]
KeepNamesResult = Annotated[
    LeaverRun | Problem, strawberry.union("KeepNamesResult", description=ANSWER)
]
DecideLeaverRunResult = Annotated[
    LeaverRun | Problem, strawberry.union("DecideLeaverRunResult", description=ANSWER)
]
WithdrawLeaverRunResult = Annotated[
    LeaverRun | Problem, strawberry.union("WithdrawLeaverRunResult", description=ANSWER)
]
WriteLeaverLetterResult = Annotated[
    Job | Problem, strawberry.union("WriteLeaverLetterResult", description=ANSWER)
]
AskExtractResult = Annotated[
    PersonExtract | Problem, strawberry.union("AskExtractResult", description=ANSWER)
]
AskOwnExtractResult = Annotated[
    PersonExtract | Problem, strawberry.union("AskOwnExtractResult", description=ANSWER)
]
ChangeRetentionRuleResult = Annotated[
    RetentionRule | Problem, strawberry.union("ChangeRetentionRuleResult", description=ANSWER)
]


@strawberry.input(description="Who takes over after somebody in a purge.")
class ChooseHeirInput:
    leaver_id: strawberry.ID = strawberry.field(description="Whom they follow.")
    heir_id: strawberry.ID | None = strawberry.field(
        default=None, description="Who; left out, the nearest manager of each unit."
    )


@strawberry.input(description="Places where names stay as they are.")
class KeepNamesInput:
    run_id: strawberry.ID = strawberry.field(description="The purge.")
    places: list[str] = strawberry.field(description="As the preview tells them.")
    reason: Kept = strawberry.field(description="Why they stay.")


@strawberry.input(description="A decision to do what the preview shows. It cannot be undone.")
class DecideLeaverRunInput:
    id: strawberry.ID = strawberry.field(description="The purge.")
    motivation: str = strawberry.field(
        default="", description="Why; required for an erasure on request."
    )


@strawberry.input(description="A request from a person about what is held about them.")
class PersonRequestInput:
    person_id: strawberry.ID = strawberry.field(description="Who has asked.")
    identity_check: str = strawberry.field(
        description="How it was made sure that it came from them."
    )


@strawberry.input(description="A rule from today on; the one before ends.")
class ChangeRetentionRuleInput:
    kind: str = strawberry.field(description="The kind of data, such as reports.")
    effect: Effect = strawberry.field(description="What happens.")
    reason: str = strawberry.field(description="Why, as the letter to the person says.")
    law: str = strawberry.field(default="", description="Which law or decision says so.")


@strawberry.type
class LeaverQuery:
    @strawberry.field(description="Those who have left or have been silent, and are in no purge.")
    async def waiting_for_purge(self, info: Info) -> list[WaitingPerson]:
        found = await waiting(info.context.work)
        info.context.take(len(found))
        return [
            WaitingPerson(
                person_id=each.id, why=each.why, left_on=each.left_on, seen_at=each.seen_at
            )
            for each in found
        ]

    @strawberry.field(description="Purges, the latest first.", metadata=planned(RUNS))
    async def leaver_runs(self, info: Info) -> list[LeaverRun]:
        found = await runs.list_runs(info.context.work)
        info.context.take(len(found))
        return [LeaverRun.of(row) for row in found]

    @strawberry.field(
        description="A purge by id; null when there is none.", metadata=by_id(LeaverRun)
    )
    async def leaver_run(self, info: Info, id: strawberry.ID) -> LeaverRun | None:
        return await LeaverRun.find(info, local_id(id, LeaverRun))

    @strawberry.field(description="What a purge that is prepared would do.")
    async def leaver_preview(self, info: Info, id: strawberry.ID) -> LeaverPreview:
        found = await looking.preview_run(info.context.work, local_id(id, LeaverRun))
        info.context.take(len(found.places))
        return LeaverPreview(
            places=[_place(each) for each in found.places],
            more=found.more,
            files=[file.name for file in found.files],
            reports=[report.title for report in found.reports],
        )

    @strawberry.field(description="What erasure does with each kind of data today.")
    async def retention_rules(self, info: Info) -> list[RetentionRule]:
        return [_rule(row) for row in await retention.retention_rules(info.context.work)]

    @strawberry.field(
        description="Extracts about oneself, the latest first.", metadata=planned(OWN_EXTRACTS)
    )
    async def my_extracts(self, info: Info) -> list[PersonExtract]:
        found = await extracts.own_extracts(info.context.work)
        return [PersonExtract.of(row) for row in found]


@strawberry.type
class LeaverMutation:
    @mutation("Prepare a purge of some people. Nothing happens to them until it is decided.")
    async def open_leaver_run(
        self, info: Info, person_ids: list[strawberry.ID]
    ) -> OpenLeaverRunResult:
        ids = [local_id(id, Person, field="personIds") for id in person_ids]
        run = await runs.open_run(info.context.work, ids)
        await jobs.look_in_files.later(info.context.work, run_id=str(run.id))
        return LeaverRun.of(run)

    @mutation("Prepare the erasure that a person has asked for (article 17).")
    async def ask_erasure(self, info: Info, input: PersonRequestInput) -> AskErasureResult:
        person_id = local_id(input.person_id, Person, field="personId")
        return LeaverRun.of(
            await runs.ask_erasure(
                info.context.work, person_id, identity_check=input.identity_check
            )
        )

    @mutation("Choose who takes over after somebody.")
    async def choose_heir(self, info: Info, input: ChooseHeirInput) -> ChooseHeirResult:
        work = info.context.work
        leaver = await work.get(models.Leaver, local_id(input.leaver_id, Leaver, field="leaverId"))
        heir_id = local_id(input.heir_id, Person, field="heirId") if input.heir_id else None
        return Leaver.of(
            await runs.choose_heir(work, leaver.run_id, leaver.person_id, heir_id=heir_id)
        )

    @mutation("Take somebody out of a purge that is not decided.")
    async def leave_out(self, info: Info, leaver_id: strawberry.ID) -> LeaveOutResult:
        work = info.context.work
        leaver = await work.get(models.Leaver, local_id(leaver_id, Leaver, field="leaverId"))
        return LeaverRun.of(await runs.leave_out(work, leaver.run_id, leaver.person_id))

    @mutation("Let names stay where they stand.")
    async def keep_names(self, info: Info, input: KeepNamesInput) -> KeepNamesResult:
        run_id = local_id(input.run_id, LeaverRun, field="runId")
        return LeaverRun.of(
            await runs.keep_places(
                info.context.work, run_id, input.places, reason=Kept(input.reason)
            )
        )

    @mutation("Decide a purge, and have it done.")
    async def decide_leaver_run(
        self, info: Info, input: DecideLeaverRunInput
    ) -> DecideLeaverRunResult:
        return LeaverRun.of(
            await jobs.decide_and_purge(
                info.context.work, local_id(input.id, LeaverRun), motivation=input.motivation
            )
        )

    @mutation("Withdraw a purge that is not decided.")
    async def withdraw_leaver_run(self, info: Info, id: strawberry.ID) -> WithdrawLeaverRunResult:
        return LeaverRun.of(await runs.withdraw_run(info.context.work, local_id(id, LeaverRun)))

    @mutation("Have the letter, or the receipt, of a purge that is done written.")
    async def write_leaver_letter(self, info: Info, id: strawberry.ID) -> WriteLeaverLetterResult:
        return Job.of(await letters.ask_letter(info.context.work, local_id(id, LeaverRun)))

    @mutation("Have everything about a person written to files, for one who has asked for it.")
    async def ask_extract(self, info: Info, input: PersonRequestInput) -> AskExtractResult:
        person_id = local_id(input.person_id, Person, field="personId")
        return PersonExtract.of(
            await extracts.ask_extract(
                info.context.work, person_id, identity_check=input.identity_check
            )
        )

    @mutation("Have everything about oneself written to files.")
    async def ask_own_extract(self, info: Info) -> AskOwnExtractResult:
        return PersonExtract.of(await extracts.ask_own_extract(info.context.work))

    @mutation("Change what erasure does with a kind of data.")
    async def change_retention_rule(
        self, info: Info, input: ChangeRetentionRuleInput
    ) -> ChangeRetentionRuleResult:
        return _rule(
            await retention.change_rule(
                info.context.work,
                input.kind,
                effect=input.effect,
                reason=input.reason,
                law=input.law,
            )
        )


def _place(each: looking.Place) -> NamedPlace:
    return NamedPlace(
        place=f"{each.place}:{each.row_id}:{each.mark}",
        title=each.title,
        before=each.before,
        text=each.text,
        after=each.after,
        kept=Kept(each.kept) if each.kept else None,
        kept_by_rule=each.by_rule,
    )


def _rule(row: models.RetentionRule) -> RetentionRule:
    return RetentionRule(
        kind=row.kind,
        effect=row.effect,
        reason=row.reason,
        law=row.law,
        valid_from=row.valid_from,
    )
