"""Complaints in the API, each with what is sealed in it: the services open that, and note every
reading. No plan shows any of it."""

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

import strawberry

from ....graphql.context import Info
from ....graphql.nodes import Node, global_id, local_id
from ....graphql.stored import word
from ....infra.errors import NotFound
from ....tenants.legal import law
from ..actions.schema import PlannedAction
from ..organisation.people.schema import Person
from ..organisation.units.schema import Unit
from . import complaint_kinds, complaint_models, complaint_numbers, complaint_steps, complaints

SchoolComplaintState = complaint_models.ComplaintState
strawberry.enum(
    SchoolComplaintState,
    name="SchoolComplaintState",
    description="How far a complaint has come.",
)
SchoolComplaintWay = complaint_models.ComplaintWay
strawberry.enum(
    SchoolComplaintWay, name="SchoolComplaintWay", description="How a complaint came in."
)
SchoolComplainant = complaint_models.Complainant
strawberry.enum(SchoolComplainant, name="SchoolComplainant", description="Who complains.")
SchoolComplaintOutcome = complaint_models.ComplaintOutcome
strawberry.enum(
    SchoolComplaintOutcome,
    name="SchoolComplaintOutcome",
    description="Whether a complaint was founded.",
)

FAR = 1_000_000


@strawberry.type(description="What complaints are about, as the municipality divides them.")
class SchoolComplaintKind(Node):
    model = complaint_models.ComplaintKind
    permission = complaint_kinds.EXPORT
    change = complaint_kinds.DESIGN

    row: strawberry.Private[complaint_models.ComplaintKind]
    key: str = strawberry.field(description="Stays the same whatever it is called.")
    ended_at: datetime | None = strawberry.field(description="When it ended, if it has.")

    name: str = word(complaint_models.ComplaintKind.name, "Its name in the reader's language.")

    @classmethod
    async def find(cls, info: Info, id: UUID) -> "SchoolComplaintKind | None":
        """Also those that came with the service and are no rows yet."""
        work = info.context.work
        work.require(cls.permission)
        rows = {row.id: row for row in await complaint_kinds.all_kinds(work)}
        return cls.maybe(rows.get(id))


@strawberry.type(description="A step that a complaint has taken.")
class SchoolComplaintStep:
    state: SchoolComplaintState = strawberry.field(description="Its state from then on.")
    taken_on: date = strawberry.field(description="The day on which it was done.")
    taken_at: datetime = strawberry.field(description="When that was written down.")
    note: str = strawberry.field(description="What was noted; may be empty.")
    taken_by_id: strawberry.Private[UUID | None]

    @strawberry.field(description="Who wrote it down.")
    async def taken_by(self, info: Info) -> Person | None:
        return await Person.find(info, self.taken_by_id) if self.taken_by_id else None


@strawberry.type(description="A complaint against the education at a school or at its organiser.")
class SchoolComplaint(Node):
    model = complaint_models.Complaint
    permission = complaints.READ
    change = complaints.WRITE

    row: strawberry.Private[complaints.Opened]
    reference: str = strawberry.field(description="What to call it by.")
    registry_number: str = strawberry.field(description="In the municipality's registry, if any.")
    year: int = strawberry.field(description="The school year it counts in, as that begins.")
    received_on: date = strawberry.field(description="When it came in.")
    way: SchoolComplaintWay = strawberry.field(description="How it came in.")
    complainant: SchoolComplainant = strawberry.field(description="Who complains.")
    state: SchoolComplaintState = strawberry.field(description="How far it has come.")
    confirm_by: date = strawberry.field(description="The last day to confirm it.")
    answer_by: date = strawberry.field(description="The last day to answer it.")
    confirmed_on: date | None = strawberry.field(description="When it was confirmed.")
    answered_on: date | None = strawberry.field(description="When it was answered.")
    outcome: SchoolComplaintOutcome | None = strawberry.field(
        description="Whether it was founded; null until that is known."
    )
    version: int = strawberry.field(description="Send it along when you change the complaint.")

    @classmethod
    def of(cls, row: complaints.Opened) -> "SchoolComplaint":
        stored = row.row
        return cls(
            id=global_id(cls, stored.id),
            row=row,
            reference=stored.reference,
            registry_number=stored.registry_number,
            year=stored.year,
            received_on=stored.received_on,
            way=stored.way,
            complainant=stored.complainant,
            state=stored.state,
            confirm_by=stored.confirm_by,
            answer_by=stored.answer_by,
            confirmed_on=stored.confirmed_on,
            answered_on=stored.answered_on,
            outcome=stored.outcome,
            version=stored.version,
        )

    @classmethod
    async def find(cls, info: Info, id: UUID) -> "SchoolComplaint | None":
        info.context.work.require(cls.permission)
        try:
            return cls.of(await complaints.get_complaint(info.context.work, id))
        except NotFound:
            return None

    @strawberry.field(description="Against the education at which unit.")
    async def unit(self, info: Info) -> Unit | None:
        return await Unit.find(info, self.row.row.unit_id)

    @strawberry.field(description="What it is about.")
    async def kind(self, info: Info) -> SchoolComplaintKind | None:
        return await SchoolComplaintKind.find(info, self.row.row.kind_id)

    @strawberry.field(description="Who sees to it; null for whoever may at the unit.")
    async def handler(self, info: Info) -> Person | None:
        id = self.row.row.handler_id
        return await Person.find(info, id) if id else None

    @strawberry.field(description="What whoever complains is called; may be empty.")
    def name(self) -> str:
        return self.row.name

    @strawberry.field(description="How to reach whoever complains; may be empty.")
    def contact(self) -> str:
        return self.row.contact

    @strawberry.field(description="What the complaint says.")
    def what(self) -> str:
        return self.row.what

    @strawberry.field(description="What was found out; empty until it is written.")
    def investigation(self) -> str:
        return self.row.investigation

    @strawberry.field(description="What whoever complains was told in the end.")
    def told_back(self) -> str:
        return self.row.told_back

    @strawberry.field(description="The steps it has taken, the first first.")
    def steps(self) -> list[SchoolComplaintStep]:
        return [
            SchoolComplaintStep(
                state=step.state,
                taken_on=step.taken_on,
                taken_at=step.taken_at,
                note=note,
                taken_by_id=step.taken_by,
            )
            for step, note in self.row.steps
        ]

    @strawberry.field(description="What is done because of it.")
    async def actions(self, info: Info) -> list[PlannedAction]:
        info.context.work.require(PlannedAction.permission)
        found = await complaint_steps.actions_of_complaint(info.context.work, self.row.row.id)
        return [PlannedAction.of(row) for row in found]

    @strawberry.field(description="The law that it is handled by; null where none is known.")
    async def law(self, info: Info) -> str | None:
        found = await law(info.context.work, "school.complaints", on=self.row.row.received_on)
        return found.name if found else None


@strawberry.type(description="Complaints that fit, a part of them at a time.")
class SchoolComplaints:
    rows: list[SchoolComplaint] = strawberry.field(description="This part of them.")
    total: int = strawberry.field(description="How many fit in all.")


@strawberry.type(description="How many, or null where that is too few to be shown.")
class SchoolComplaintCount:
    key: str = strawberry.field(description="What is counted, by its key or id.")
    label: str = strawberry.field(description="The same in the reader's language.")
    count: int | None = strawberry.field(description="Null where it is too small to be shown.")

    @classmethod
    def of(cls, each: complaint_numbers.ComplaintCount) -> "SchoolComplaintCount":
        return cls(key=each.key, label=each.label, count=each.count)


@strawberry.type(description="Numbers of complaints in a school year, without persons.")
class SchoolComplaintNumbers:
    total: int | None = strawberry.field(description="All; null where too few.")
    by_unit: list[SchoolComplaintCount] = strawberry.field(description="At each unit itself.")
    by_kind: list[SchoolComplaintCount] = strawberry.field(description="By what they are about.")
    by_outcome: list[SchoolComplaintCount] = strawberry.field(description="By their outcome.")
    days_to_confirm: float | None = strawberry.field(description="The median; null with too few.")
    days_to_answer: float | None = strawberry.field(description="The median; null with too few.")
    smallest: int = strawberry.field(description="The smallest number that is shown.")


def wanted(
    *,
    unit_id: strawberry.ID | None,
    state: SchoolComplaintState | None,
    kind_id: strawberry.ID | None,
    year: int | None,
    reference: str,
) -> complaints.Wanted:
    return complaints.Wanted(
        unit_id=local_id(unit_id, Unit, field="unitId") if unit_id else None,
        state=state,
        kind_id=local_id(kind_id, SchoolComplaintKind, field="kindId") if kind_id else None,
        year=year,
        reference=reference,
    )


@strawberry.type
class ComplaintQuery:
    @strawberry.field(description="A complaint; null for one that you do not see.")
    async def school_complaint(self, info: Info, id: strawberry.ID) -> SchoolComplaint | None:
        return await SchoolComplaint.find(info, local_id(id, SchoolComplaint))

    @strawberry.field(
        description="The complaints that you see, those to answer first; 50 at a time. Reading "
        "them is noted in the access log."
    )
    async def school_complaints(
        self,
        info: Info,
        unit_id: Annotated[
            strawberry.ID | None, strawberry.argument(description="At the unit.")
        ] = None,
        state: Annotated[
            SchoolComplaintState | None, strawberry.argument(description="Its state.")
        ] = None,
        kind_id: Annotated[
            strawberry.ID | None, strawberry.argument(description="Of the kind.")
        ] = None,
        year: Annotated[int | None, strawberry.argument(description="The school year.")] = None,
        reference: Annotated[
            str, strawberry.argument(description="How the reference begins.")
        ] = "",
        offset: Annotated[int, strawberry.argument(description="How many to pass over.")] = 0,
    ) -> SchoolComplaints:
        work = info.context.work
        chosen = wanted(
            unit_id=unit_id, state=state, kind_id=kind_id, year=year, reference=reference
        )
        found = await complaints.complaints(work, chosen, offset=min(max(offset, 0), FAR))
        rows = await complaints.opened(work, found.rows, glance=True)
        return SchoolComplaints(rows=[SchoolComplaint.of(row) for row in rows], total=found.total)

    @strawberry.field(description="What complaints can be about.")
    async def school_complaint_kinds(
        self,
        info: Info,
        ended: Annotated[
            bool, strawberry.argument(description="Also those that have ended.")
        ] = False,
    ) -> list[SchoolComplaintKind]:
        rows = await complaint_kinds.complaint_kinds(info.context.work, ended=ended)
        return [SchoolComplaintKind.of(row) for row in rows]

    @strawberry.field(description="Numbers of a school year, where you may take them out.")
    async def school_complaint_numbers(
        self,
        info: Info,
        year: Annotated[int, strawberry.argument(description="In which the year begins.")],
    ) -> SchoolComplaintNumbers:
        found = await complaint_numbers.complaint_numbers(info.context.work, year=year)
        return SchoolComplaintNumbers(
            total=found.total,
            by_unit=[SchoolComplaintCount.of(each) for each in found.by_unit],
            by_kind=[SchoolComplaintCount.of(each) for each in found.by_kind],
            by_outcome=[SchoolComplaintCount.of(each) for each in found.by_outcome],
            days_to_confirm=found.days_to_confirm,
            days_to_answer=found.days_to_answer,
            smallest=found.smallest,
        )
