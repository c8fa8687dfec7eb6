"""Faults in the API: reported, answered, solved."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

import strawberry
from sqlalchemy import ColumnElement, Text, and_, cast, func, or_

from ....graphql.context import Info, Logged
from ....graphql.nodes import Node, local_id
from ....graphql.paging import Connection
from ....graphql.problems import ANSWER, Problem, mutation
from ....graphql.stored import Place, Related, Row, by_id, many, one, page_of, planned
from ..organisation.people.schema import Person
from ..organisation.units.schema import Unit
from . import faults, models
from .rules import Answers

FaultClass = models.FaultClass
strawberry.enum(FaultClass, description="How grave a fault is, A the gravest.")
FaultState = models.FaultState
strawberry.enum(FaultState, description="How far a fault has come.")
FaultEffect = models.Effect
strawberry.enum(FaultEffect, name="FaultEffect", description="What does not work.")
Workaround = models.Workaround
strawberry.enum(Workaround, description="Whether one can get it done in another way meanwhile.")

REPORT = "support.report"


@strawberry.type(description="Something that was said or done about a fault.")
class FaultStep(Node):
    model = models.FaultStep
    permission = REPORT

    row: strawberry.Private[models.FaultStep]
    said: str = strawberry.field(description="What was said; empty when nothing was.")
    state: FaultState = strawberry.field(description="Its state from then on.")
    fault_class: FaultClass = strawberry.field(description="Its class from then on.")
    taken_at: datetime = strawberry.field(description="When.")

    taken_by: Person | None = one(models.FaultStep.taken_by, "Who.")

    @classmethod
    async def find(cls, info: Info, id: UUID) -> "FaultStep | None":
        info.context.work.require(cls.permission)
        row = await info.context.by_id(models.FaultStep, id)
        if row is None or await FaultReport.find(info, row.fault_id) is None:
            return None
        return cls.of(row)


@strawberry.type(description="A fault that somebody has reported.")
class FaultReport(Node):
    model = models.FaultReport
    permission = REPORT
    logged = Logged("fault_report", "reported_by", own=True)

    row: strawberry.Private[models.FaultReport]
    number: int = strawberry.field(description="Its number in the municipality.")
    area: str = strawberry.field(description="The module it was met in; empty for all of it.")
    page: str = strawberry.field(description="The address it was met at.")
    title: str = strawberry.field(description="In a few words.")
    what: str = strawberry.field(description="What happens, and what should.")
    in_production: bool = strawberry.field(description="Whether it was met in daily use.")
    effect: FaultEffect = strawberry.field(description="What does not work.")
    critical: bool = strawberry.field(description="Whether it holds up critical duties.")
    workaround: Workaround = strawberry.field(description="Whether there is another way.")
    workaround_is: str = strawberry.field(description="The other way; empty without one.")
    fault_class: FaultClass = strawberry.field(description="Computed of the four answers.")
    state: FaultState = strawberry.field(description="How far it has come.")
    created_at: datetime = strawberry.field(description="When it was reported.")
    answer_by: datetime = strawberry.field(description="When the first answer is promised.")
    solve_by: datetime = strawberry.field(description="When it is promised to be solved.")
    answered_at: datetime | None = strawberry.field(description="When the first answer came.")
    solved_at: datetime | None = strawberry.field(description="When it was solved.")
    version: int = strawberry.field(description="Send it along when you change the fault.")

    unit: Unit | None = one(models.FaultReport.unit_id, "The unit of whoever met it.")
    reported_by: Person | None = one(models.FaultReport.reported_by, "Who reported it.")
    handler: Person | None = one(models.FaultReport.handler_id, "Who answered first.")

    steps: list[FaultStep] = many(
        models.FaultStep.fault_id, "What was said and done, the first first."
    )

    @classmethod
    async def find(cls, info: Info, id: UUID) -> "FaultReport | None":
        work = info.context.work
        work.require(cls.permission)
        row = await info.context.by_id(models.FaultReport, id)
        if row is None or not faults.may_see(work, row):
            return None
        faults.note_read(work, [row])
        return cls.of(row)

    @staticmethod
    def found(row: Row, place: Place) -> ColumnElement[bool]:
        own: ColumnElement[bool] = row.reported_by == place.given.actor
        return own | place.allows_at("support.answer", row.unit_id)


@strawberry.input(description="A fault, with what is asked about it.")
class FaultReportInput:
    title: str = strawberry.field(description="In a few words.")
    what: str = strawberry.field(description="What happens, and what should.")
    effect: FaultEffect = strawberry.field(description="What does not work.")
    critical: bool = strawberry.field(description="Whether it holds up critical duties.")
    workaround: Workaround = strawberry.field(
        default=models.Workaround.NONE, description="Whether there is another way."
    )
    workaround_is: str = strawberry.field(default="", description="The other way.")
    in_production: bool = strawberry.field(default=True, description="False where one only tries.")
    area: str = strawberry.field(default="", description="The module it was met in.")
    page: str = strawberry.field(default="", description="The address it was met at.")
    unit_id: strawberry.ID | None = strawberry.field(default=None, description="At which unit.")


@strawberry.input(description="Something said about a fault.")
class FaultWordInput:
    id: strawberry.ID = strawberry.field(description="The fault.")
    said: str = strawberry.field(description="What to tell.")
    version: int | None = strawberry.field(default=None, description="The one you have read.")


@strawberry.input(description="Another way to get it done, until the fault is solved.")
class FoundWorkaroundInput:
    id: strawberry.ID = strawberry.field(description="The fault.")
    workaround: Workaround = strawberry.field(description="What the other way costs; NONE for no.")
    how: str = strawberry.field(default="", description="The other way.")
    version: int | None = strawberry.field(default=None, description="The one you have read.")


ReportFaultResult = Annotated[
    FaultReport | Problem, strawberry.union("ReportFaultResult", description=ANSWER)
]
AnswerFaultResult = Annotated[
    FaultReport | Problem, strawberry.union("AnswerFaultResult", description=ANSWER)
]
TellMoreOfFaultResult = Annotated[
    FaultReport | Problem, strawberry.union("TellMoreOfFaultResult", description=ANSWER)
]
FoundWorkaroundResult = Annotated[
    FaultReport | Problem, strawberry.union("FoundWorkaroundResult", description=ANSWER)
]
SolveFaultResult = Annotated[
    FaultReport | Problem, strawberry.union("SolveFaultResult", description=ANSWER)
]
CloseFaultResult = Annotated[
    FaultReport | Problem, strawberry.union("CloseFaultResult", description=ANSWER)
]
ReopenFaultResult = Annotated[
    FaultReport | Problem, strawberry.union("ReopenFaultResult", description=ANSWER)
]


def _fit(row: Row, place: Place) -> ColumnElement[bool]:
    sent = place.arguments
    words = func.lower(cast(sent["words"], Text))
    found = [
        FaultReport.found(row, place),
        or_(*(func.strpos(func.lower(text), words) > 0 for text in (row.title, row.what))),
    ]
    found += [row.state == sent["state"]] if sent["state"] is not None else []
    found += [row.fault_class == sent["fault_class"]] if sent["fault_class"] is not None else []
    return and_(*found)


FAULTS = Related(
    _fit,
    lambda row, _place: faults.in_order(row),
    asks=(REPORT,),
    reads={"state": models.FaultState, "fault_class": models.FaultClass},
)


@strawberry.type
class FaultQuery:
    @strawberry.field(
        description="A fault by id; null when there is none that you may see.",
        metadata=by_id(FaultReport),
    )
    async def fault_report(self, info: Info, id: strawberry.ID) -> FaultReport | None:
        return await FaultReport.find(info, local_id(id, FaultReport))

    @strawberry.field(
        description="Faults you may see: your own, and all at units whose faults you answer; what "
        "is open first, the gravest of it first.",
        metadata=planned(FAULTS),
    )
    async def fault_reports(
        self,
        info: Info,
        state: Annotated[
            FaultState | None, strawberry.argument(description="How far they have come.")
        ] = None,
        fault_class: Annotated[
            FaultClass | None, strawberry.argument(description="How grave they are.")
        ] = None,
        words: Annotated[str, strawberry.argument(description="Words in title or text.")] = "",
        first: int | None = None,
        after: str | None = None,
    ) -> Connection[FaultReport]:
        sent = {"state": state, "fault_class": fault_class, "words": words}
        return await page_of(FAULTS, info, FaultReport, first=first, after=after, **sent)


@strawberry.type
class FaultMutation:
    @mutation("Report a fault; its class follows from what is asked.")
    async def report_fault(self, info: Info, input: FaultReportInput) -> ReportFaultResult:
        unit_id = local_id(input.unit_id, Unit, field="unitId") if input.unit_id else None
        asked = Answers(input.in_production, input.effect, input.critical, input.workaround)
        return FaultReport.of(
            await faults.report_fault(
                info.context.work,
                title=input.title,
                what=input.what,
                asked=asked,
                workaround_is=input.workaround_is,
                area=input.area,
                page=input.page,
                unit_id=unit_id,
            )
        )

    @mutation("Say something to whoever reported a fault.")
    async def answer_fault(self, info: Info, input: FaultWordInput) -> AnswerFaultResult:
        id = local_id(input.id, FaultReport)
        return FaultReport.of(
            await faults.answer_fault(info.context.work, id, said=input.said, version=input.version)
        )

    @mutation("Add something to a fault that you reported.")
    async def tell_more_of_fault(self, info: Info, input: FaultWordInput) -> TellMoreOfFaultResult:
        id = local_id(input.id, FaultReport)
        return FaultReport.of(
            await faults.tell_more(info.context.work, id, said=input.said, version=input.version)
        )

    @mutation("Tell of another way to get it done; an A or B becomes a C or D by that.")
    async def found_workaround(
        self, info: Info, input: FoundWorkaroundInput
    ) -> FoundWorkaroundResult:
        return FaultReport.of(
            await faults.found_workaround(
                info.context.work,
                local_id(input.id, FaultReport),
                workaround=input.workaround,
                how=input.how,
                version=input.version,
            )
        )

    @mutation("Tell that a fault is solved, and how.")
    async def solve_fault(self, info: Info, input: FaultWordInput) -> SolveFaultResult:
        id = local_id(input.id, FaultReport)
        return FaultReport.of(
            await faults.solve_fault(info.context.work, id, said=input.said, version=input.version)
        )

    @mutation("Agree that a fault you reported is solved.")
    async def close_fault(self, info: Info, id: strawberry.ID) -> CloseFaultResult:
        return FaultReport.of(
            await faults.close_fault(info.context.work, local_id(id, FaultReport))
        )

    @mutation("Tell that a fault is there still.")
    async def reopen_fault(self, info: Info, input: FaultWordInput) -> ReopenFaultResult:
        id = local_id(input.id, FaultReport)
        return FaultReport.of(
            await faults.reopen_fault(info.context.work, id, said=input.said, version=input.version)
        )
