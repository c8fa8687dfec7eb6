"""Cases in the API, each part to those it is for. What is sealed is opened by the services, which
note every reading; no plan shows any of it."""

from datetime import date, datetime
from uuid import UUID

import strawberry

from ....graphql.context import Info
from ....graphql.nodes import Node, global_id, local_id
from ....infra.errors import NotFound
from ..organisation.people.schema import Person
from ..organisation.units.schema import Unit
from . import cases, handling, models
from .case_parts_schema import (
    DeviationAction,
    DeviationDecision,
    DeviationDocument,
    DeviationEvent,
    DeviationRisk,
)
from .catalogues_schema import DeviationCategory
from .sight import ASSIGN, HANDLE, READ
from .types_schema import (
    DeviationAnswer,
    DeviationConcerns,
    DeviationConsequence,
    DeviationLaw,
    DeviationPart,
    DeviationState,
    DeviationType,
    maybe_id,
    person,
    unit_at,
)


@strawberry.type(
    description="A case, with the parts that the reader may see; the others are empty."
)
class Deviation(Node):
    model = models.Deviation
    permission = READ

    row: strawberry.Private[cases.Case]

    @classmethod
    def of(cls, row: cases.Case) -> "Deviation":
        found = cls(id=global_id(cls, row.id), row=row)
        # Whom `whoCanSee` tells of: those of the place, or of a misconduct the Lex officer.
        hidden = row.seen.case.label is models.AccessLabel.LEX
        setattr(found, "register", ASSIGN if hidden else HANDLE)  # noqa: B010
        return found

    @classmethod
    async def find(cls, info: Info, id: UUID) -> "Deviation | None":
        info.context.work.require(cls.permission)
        try:
            return cls.of(await cases.get_case(info.context.work, id))
        except NotFound:
            return None

    @strawberry.field(description="What to call it by.")
    def reference(self) -> str:
        return self.row.seen.case.reference

    @strawberry.field(description="Send it along when you change the case.")
    def version(self) -> int:
        return self.row.seen.case.version

    @strawberry.field(description="A deviation, or a misconduct.")
    def type(self) -> DeviationType:
        return self.row.seen.case.type

    @strawberry.field(description="How far it has come.")
    def state(self) -> DeviationState:
        return self.row.seen.case.state

    @strawberry.field(description="The laws it is by.")
    def laws(self) -> list[DeviationLaw]:
        return list(self.row.report.laws)

    @strawberry.field(description="The parts that the reader sees.")
    def parts(self) -> list[DeviationPart]:
        return sorted(self.row.seen.parts)

    @strawberry.field(description="The parts that the reader may write.")
    def writable(self) -> list[DeviationPart]:
        return sorted(self.row.seen.writable)

    @strawberry.field(description="Where it happened.")
    async def unit(self, info: Info) -> Unit | None:
        return await unit_at(info, self.row.report.unit_id)

    @strawberry.field(description="What kind of event; null until one is chosen.")
    async def category(self, info: Info) -> DeviationCategory | None:
        id = self.row.report.category_id
        return None if id is None else await DeviationCategory.find(info, id)

    @strawberry.field(description="What happened.")
    def what(self) -> str:
        return self.row.report.what

    @strawberry.field(description="Whom it is about, in the reporter's words.")
    def whom(self) -> str:
        return self.row.report.whom

    @strawberry.field(description="Whom it concerns.")
    def concerns(self) -> DeviationConcerns:
        return self.row.report.concerns

    @strawberry.field(description="What it came to for the individual.")
    def consequence(self) -> DeviationConsequence:
        return self.row.report.consequence

    @strawberry.field(description="What was done at once.")
    def done(self) -> str:
        return self.row.report.done

    @strawberry.field(description="The answers to the form's own questions.")
    def answers(self) -> list[DeviationAnswer]:
        return [DeviationAnswer.of(each) for each in self.row.answered]

    @strawberry.field(description="When it happened.")
    def occurred_at(self) -> datetime | None:
        return self.row.report.occurred_at

    @strawberry.field(description="When it was found.")
    def found_at(self) -> datetime | None:
        return self.row.report.found_at

    @strawberry.field(description="When it was sent.")
    def sent_at(self) -> datetime | None:
        return self.row.seen.case.sent_at

    @strawberry.field(description="When the next step is due, by the municipality's own rule.")
    def due_on(self) -> date | None:
        return self.row.due_on

    @strawberry.field(description="Who reported it.")
    async def reported_by(self, info: Info) -> Person | None:
        return await person(info, self.row.seen.case.reported_by)

    @strawberry.field(description="The independent investigator, if it was given to one.")
    async def assigned_to(self, info: Info) -> Person | None:
        return await person(info, self.row.seen.case.assigned_to)

    @strawberry.field(description="Whether the risk asks for an event analysis.")
    def asks_event_analysis(self) -> bool:
        return self.row.asks_event_analysis

    @strawberry.field(description="What the reporter is told in the end.")
    def outcome(self) -> str:
        return self.row.outcome

    @strawberry.field(description="The risks that the reader sees.")
    def risks(self) -> list[DeviationRisk]:
        return [
            DeviationRisk(
                law=risk.row.law,
                severity=risk.row.severity,
                probability=risk.row.probability,
                value=risk.row.value,
                assessed_with=risk.assessed_with,
                assessed_at=risk.row.assessed_at,
                version=risk.row.version,
            )
            for risk in self.row.risks
        ]

    @strawberry.field(description="The documents that the reader sees, also those not begun.")
    def documents(self) -> list[DeviationDocument]:
        return [
            DeviationDocument(
                kind=each.kind,
                version=each.version,
                answers=[DeviationAnswer.of(answer) for answer in each.shown],
                written_at=each.written_at,
                completed_at=each.completed_at,
                written_by_id=each.written_by,
            )
            for each in self.row.documents
        ]

    @strawberry.field(description="The decisions that the reader sees.")
    def decisions(self) -> list[DeviationDecision]:
        return [
            DeviationDecision(
                part=each.row.part,
                finding=each.row.finding,
                reason=each.reason,
                notified=each.row.notified,
                notified_on=each.row.notified_on,
                authority_case_number=each.row.authority_case_number,
                registry_number=each.row.registry_number,
                decided_at=each.row.decided_at,
            )
            for each in self.row.decisions
        ]

    @strawberry.field(description="The actions, if the reader sees them.")
    def actions(self) -> list[DeviationAction]:
        return [
            DeviationAction(
                id=strawberry.ID(f"MyDeviationAction:{each.row.id}"),
                title=each.title,
                due_on=each.row.due_on,
                outcome=each.outcome,
                done_at=each.row.done_at,
                version=each.row.version,
                owner_id=each.row.owner_id,
            )
            for each in self.row.actions
        ]

    @strawberry.field(description="What was done, the first first, if the reader sees it.")
    def history(self) -> list[DeviationEvent]:
        return [
            DeviationEvent(
                what=each.row.what,
                at=each.row.created_at,
                note=each.note,
                done_by_id=each.row.done_by,
            )
            for each in self.row.history
        ]

    @strawberry.field(description="What has to be done before the manager can close it.")
    async def missing_to_close(self, info: Info) -> list[str]:
        return await handling.missing_to_close(info.context.work, self.row.id)


@strawberry.type(description="A line of the register of cases.")
class ListedDeviation:
    id: strawberry.ID = strawberry.field(description="Of the case.")
    reference: str = strawberry.field(description="What to call it by.")
    opening: str = strawberry.field(description="How the report begins.")
    type: DeviationType = strawberry.field(description="A deviation, or a misconduct.")
    state: DeviationState = strawberry.field(description="How far it has come.")
    laws: list[DeviationLaw] = strawberry.field(description="The laws it is by.")
    risk: int = strawberry.field(description="The highest risk value that one sees; 0 for none.")
    sent_at: datetime | None = strawberry.field(description="When it was sent.")
    due_on: date | None = strawberry.field(description="When the next step is due.")
    unit_id: strawberry.Private[UUID | None]

    @strawberry.field(description="Where it happened.")
    async def unit(self, info: Info) -> Unit | None:
        return await unit_at(info, self.unit_id)


@strawberry.type
class CaseQuery:
    @strawberry.field(
        description="The cases that one sees, the latest first, at most 100 at a time."
    )
    async def deviations(
        self,
        info: Info,
        unit_id: strawberry.ID | None = None,
        state: DeviationState | None = None,
        type: DeviationType | None = None,
        law: DeviationLaw | None = None,
        category_id: strawberry.ID | None = None,
        text: str = "",
        before: strawberry.ID | None = None,
        first: int = 50,
    ) -> list[ListedDeviation]:
        wanted = cases.Wanted(
            unit_id=maybe_id(unit_id, Unit, field="unitId"),
            state=state,
            type=type,
            law=law,
            category_id=maybe_id(category_id, DeviationCategory, field="categoryId"),
            text=text,
        )
        after = maybe_id(before, Deviation, field="before")
        found = await cases.cases(info.context.work, wanted, before=after, first=first)
        return [_listed(each) for each in found]

    @strawberry.field(description="A case; null for one that one does not see.")
    async def deviation(self, info: Info, id: strawberry.ID) -> Deviation | None:
        return await Deviation.find(info, local_id(id, Deviation))


def _listed(each: cases.Listed) -> ListedDeviation:
    case = each.seen.case
    return ListedDeviation(
        id=global_id(Deviation, case.id),
        reference=case.reference,
        opening=each.opening,
        type=case.type,
        state=case.state,
        laws=[models.Law(law) for law in case.laws],
        risk=each.risk,
        sent_at=case.sent_at,
        due_on=each.due_on,
        unit_id=case.unit_id,
    )
