"""Reporting deviations in the API: one's own drafts and reports, and one's own actions."""

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

import strawberry

from ....graphql.context import Info
from ....graphql.nodes import Node, global_id, local_id
from ....graphql.problems import ANSWER, Problem, mutation
from ....infra.errors import NotFound
from ..organisation.units.schema import Unit
from . import acting, models, reporting
from .catalogues_schema import DeviationCategory
from .sight import REPORT
from .types_schema import (
    DeviationAnswer,
    DeviationAnswerInput,
    DeviationConcerns,
    DeviationConsequence,
    DeviationLaw,
    DeviationState,
    DeviationType,
    answers_in,
    maybe_id,
    moment,
    unit_at,
)


@strawberry.type(description="A report of one's own, and what came of it in the end.")
class MyDeviationReport(Node):
    model = models.Deviation
    permission = REPORT

    row: strawberry.Private[reporting.MyReport]
    reference: str = strawberry.field(description="What to call it by.")
    version: int = strawberry.field(description="Of a draft; 0 when it is sent.")
    state: DeviationState = strawberry.field(description="How far it has come.")
    created_at: datetime = strawberry.field(description="When it was begun.")
    sent_at: datetime | None = strawberry.field(description="When it was sent.")
    outcome: str = strawberry.field(description="What came of it; empty until that is told.")
    outcome_at: datetime | None = strawberry.field(description="When that was told.")

    @strawberry.field(description="As it was reported.")
    def type(self) -> DeviationType:
        return self.row.report.type

    @strawberry.field(description="The laws it is by.")
    def laws(self) -> list[DeviationLaw]:
        return list(self.row.report.laws)

    @strawberry.field(description="What happened.")
    def what(self) -> str:
        return self.row.report.what

    @strawberry.field(description="Whom it is about, in the reporter's words.")
    def whom(self) -> str:
        return self.row.report.whom

    @strawberry.field(description="What was done at once.")
    def done(self) -> str:
        return self.row.report.done

    @strawberry.field(description="The colleague whose observation it is; empty for one's own.")
    def on_behalf_of(self) -> str:
        return self.row.report.on_behalf_of

    @strawberry.field(description="The answers to the form's own questions.")
    def answers(self) -> list[DeviationAnswer]:
        return [DeviationAnswer.of(each) for each in self.row.answered]

    @strawberry.field(description="Where it happened.")
    async def unit(self, info: Info) -> Unit | None:
        return await unit_at(info, self.row.report.unit_id)

    @classmethod
    async def find(cls, info: Info, id: UUID) -> "MyDeviationReport | None":
        try:
            return cls.of(await reporting.my_report(info.context.work, id))
        except NotFound:
            return None


@strawberry.type(description="A report that was sent, and the thanks for it.")
class SentDeviation:
    thanks: str = strawberry.field(description="To show whoever sent it.")
    report: MyDeviationReport = strawberry.field(description="The report, read-only from now on.")


@strawberry.type(description="An action of one's own, without the case that it belongs to.")
class MyDeviationAction(Node):
    model = models.DeviationAction
    permission = REPORT

    row: strawberry.Private[acting.MyAction]
    title: str = strawberry.field(description="What is to be done.")
    outcome: str = strawberry.field(description="How it went; empty until it is done.")
    due_on: date = strawberry.field(description="Its last day.")
    done: bool = strawberry.field(description="Whether it is done.")
    version: int = strawberry.field(description="Send it along when you finish it.")

    @classmethod
    async def find(cls, info: Info, id: UUID) -> "MyDeviationAction | None":
        try:
            return cls.of(await acting.my_action(info.context.work, id))
        except NotFound:
            return None


@strawberry.input(description="What is reported, whole: what is left out is empty.")
class DeviationReportInput:
    unit_id: strawberry.ID | None = strawberry.field(
        default=None, description="Where it happened; decides who sees it. Needed to send."
    )
    type: DeviationType = strawberry.field(
        default=DeviationType.DEVIATION, description="A deviation, or a misconduct."
    )
    laws: list[DeviationLaw] = strawberry.field(
        default_factory=list, description="One or several; needed to send."
    )
    what: str = strawberry.field(default="", description="What happened; needed to send.")
    occurred_at: datetime | None = strawberry.field(default=None, description="When it happened.")
    found_at: datetime | None = strawberry.field(
        default=None, description="When it was found; when it is sent, if left out."
    )
    concerns: DeviationConcerns = strawberry.field(
        default=DeviationConcerns.INDIVIDUAL, description="Whom it is about."
    )
    whom: str = strawberry.field(default="", description="Who it is, without a personal number.")
    consequence: DeviationConsequence = strawberry.field(
        default=DeviationConsequence.UNKNOWN, description="What it came to for the individual."
    )
    done: str = strawberry.field(default="", description="What was done at once.")
    on_behalf_of: str = strawberry.field(
        default="", description="The colleague whose observation it is."
    )
    category_id: strawberry.ID | None = strawberry.field(
        default=None, description="What kind of event, if one knows."
    )
    answers: list[DeviationAnswerInput] = strawberry.field(
        default_factory=list, description="To the form's own questions."
    )

    def report(self) -> reporting.Report:
        return reporting.Report(
            unit_id=maybe_id(self.unit_id, Unit, field="unitId"),
            type=self.type,
            laws=tuple(self.laws),
            what=self.what,
            occurred_at=moment(self.occurred_at),
            found_at=moment(self.found_at),
            concerns=self.concerns,
            whom=self.whom,
            consequence=self.consequence,
            done=self.done,
            on_behalf_of=self.on_behalf_of,
            category_id=maybe_id(self.category_id, DeviationCategory, field="categoryId"),
            answers=answers_in(self.answers),
        )


@strawberry.input(description="What is reported and sent at once.")
class DeviationToSendInput(DeviationReportInput):
    unit_id: strawberry.ID = strawberry.field(description="Where it happened; decides who sees it.")
    laws: list[DeviationLaw] = strawberry.field(description="One or several.")
    what: str = strawberry.field(description="What happened.")


@strawberry.type(description="A draft that was taken away.")
class DiscardedDeviation:
    id: strawberry.ID = strawberry.field(description="Its id, which nothing has any more.")


SaveDeviationDraftResult = Annotated[
    MyDeviationReport | Problem,
    strawberry.union("SaveDeviationDraftResult", description=ANSWER),
]
ChangeDeviationDraftResult = Annotated[
    MyDeviationReport | Problem,
    strawberry.union("ChangeDeviationDraftResult", description=ANSWER),
]
SendDeviationResult = Annotated[
    SentDeviation | Problem, strawberry.union("SendDeviationResult", description=ANSWER)
]
ReportDeviationResult = Annotated[
    SentDeviation | Problem, strawberry.union("ReportDeviationResult", description=ANSWER)
]
DiscardDeviationDraftResult = Annotated[
    DiscardedDeviation | Problem,
    strawberry.union("DiscardDeviationDraftResult", description=ANSWER),
]
FinishDeviationActionResult = Annotated[
    MyDeviationAction | Problem,
    strawberry.union("FinishDeviationActionResult", description=ANSWER),
]


@strawberry.type
class ReportingQuery:
    @strawberry.field(description="One's own drafts and reports, the latest first.")
    async def my_deviation_reports(self, info: Info) -> list[MyDeviationReport]:
        found = await reporting.my_reports(info.context.work)
        return [MyDeviationReport.of(each) for each in found]

    @strawberry.field(description="One's own actions, the open ones first and by their day.")
    async def my_deviation_actions(self, info: Info) -> list[MyDeviationAction]:
        return [MyDeviationAction.of(each) for each in await acting.my_actions(info.context.work)]


@strawberry.type
class ReportingMutation:
    @mutation("Keep a new report that is not sent yet.")
    async def save_deviation_draft(
        self, info: Info, input: DeviationReportInput
    ) -> SaveDeviationDraftResult:
        work = info.context.work
        draft = await reporting.save_draft(work, input.report())
        return MyDeviationReport.of(await reporting.my_report(work, draft.id))

    @mutation("Change a report that is not sent yet.")
    async def change_deviation_draft(
        self, info: Info, id: strawberry.ID, version: int, input: DeviationReportInput
    ) -> ChangeDeviationDraftResult:
        work, draft_id = info.context.work, local_id(id, MyDeviationReport)
        await reporting.save_draft(work, input.report(), deviation_id=draft_id, version=version)
        return MyDeviationReport.of(await reporting.my_report(work, draft_id))

    @mutation("Send a draft; from then on nobody changes what it says.")
    async def send_deviation(
        self, info: Info, id: strawberry.ID, version: int
    ) -> SendDeviationResult:
        draft_id = local_id(id, MyDeviationReport)
        row = await reporting.send_report(info.context.work, draft_id, version=version)
        return await _sent(info, row)

    @mutation("Write and send a report in one go.")
    async def report_deviation(
        self, info: Info, input: DeviationToSendInput
    ) -> ReportDeviationResult:
        return await _sent(
            info, await reporting.report_deviation(info.context.work, input.report())
        )

    @mutation("Take a draft away for good.")
    async def discard_deviation_draft(
        self, info: Info, id: strawberry.ID
    ) -> DiscardDeviationDraftResult:
        draft_id = local_id(id, MyDeviationReport)
        await reporting.discard_draft(info.context.work, draft_id)
        return DiscardedDeviation(id=global_id(MyDeviationReport, draft_id))

    @mutation("Say that an action of one's own is done, and how.")
    async def finish_deviation_action(
        self, info: Info, id: strawberry.ID, version: int, outcome: str = ""
    ) -> FinishDeviationActionResult:
        work, action_id = info.context.work, local_id(id, MyDeviationAction)
        await acting.finish_action(work, action_id, outcome=outcome, version=version)
        return MyDeviationAction.of(await acting.shown_action(work, action_id))


async def _sent(info: Info, row: models.Deviation) -> SentDeviation:
    report = MyDeviationReport.of(await reporting.my_report(info.context.work, row.id))
    return SentDeviation(thanks=reporting.thanks(row), report=report)
