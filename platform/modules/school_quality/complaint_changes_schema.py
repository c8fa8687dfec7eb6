"""What can be done with complaints by the API."""

from datetime import date
from typing import Annotated, Any

import strawberry

from ....graphql.context import Info
from ....graphql.inputs import sent
from ....graphql.nodes import local_id
from ....graphql.problems import ANSWER, Problem, mutation
from ..actions.schema import PlannedAction
from ..organisation.files.jobs_schema import Job
from ..organisation.people.schema import Person
from ..organisation.units.schema import Unit
from . import complaint_kinds, complaint_models, complaint_steps, complaints
from .complaint_export import ask_for_complaints
from .complaint_schema import (
    SchoolComplainant,
    SchoolComplaint,
    SchoolComplaintKind,
    SchoolComplaintOutcome,
    SchoolComplaintState,
    SchoolComplaintWay,
    wanted,
)

IDS = {"unit_id": Unit, "kind_id": SchoolComplaintKind, "handler_id": Person}


@strawberry.input(description="A complaint that has come in.")
class RegisterSchoolComplaintInput:
    unit_id: strawberry.ID = strawberry.field(description="Against the education at which unit.")
    received_on: date = strawberry.field(description="When it came in.")
    way: SchoolComplaintWay = strawberry.field(description="How it came in.")
    kind_id: strawberry.ID = strawberry.field(description="What it is about.")
    complainant: SchoolComplainant = strawberry.field(description="Who complains.")
    what: str = strawberry.field(description="What it says. No personal identity numbers.")
    name: str = strawberry.field(default="", description="The name of whoever complains.")
    contact: str = strawberry.field(default="", description="How to reach them.")
    registry_number: str = strawberry.field(default="", description="In the registry.")
    handler_id: strawberry.ID | None = strawberry.field(
        default=None, description="Who sees to it; null for whoever may at the unit."
    )


@strawberry.input(description="What to put right in a complaint; what is left out stays.")
class ChangeSchoolComplaintInput:
    id: strawberry.ID = strawberry.field(description="Which complaint.")
    version: int | None = strawberry.field(default=None, description="The one you have read.")
    unit_id: strawberry.ID | None = strawberry.field(
        default=strawberry.UNSET, description="Against the education at which unit."
    )
    received_on: date | None = strawberry.field(
        default=strawberry.UNSET, description="When it came in."
    )
    way: SchoolComplaintWay | None = strawberry.field(
        default=strawberry.UNSET, description="How it came in."
    )
    kind_id: strawberry.ID | None = strawberry.field(
        default=strawberry.UNSET, description="What it is about."
    )
    complainant: SchoolComplainant | None = strawberry.field(
        default=strawberry.UNSET, description="Who complains."
    )
    what: str | None = strawberry.field(default=strawberry.UNSET, description="What it says.")
    name: str | None = strawberry.field(default=strawberry.UNSET, description="Their name.")
    contact: str | None = strawberry.field(
        default=strawberry.UNSET, description="How to reach them."
    )
    registry_number: str | None = strawberry.field(
        default=strawberry.UNSET, description="In the registry."
    )
    handler_id: strawberry.ID | None = strawberry.field(
        default=strawberry.UNSET, description="Who sees to it; null for nobody in particular."
    )


@strawberry.input(description="A step that a complaint takes.")
class SchoolComplaintStepInput:
    id: strawberry.ID = strawberry.field(description="Which complaint.")
    on: date | None = strawberry.field(default=None, description="When; null for today.")
    note: str = strawberry.field(default="", description="What to note.")
    version: int | None = strawberry.field(default=None, description="The one you have read.")


@strawberry.input(description="What was found out about a complaint so far.")
class WriteSchoolComplaintInvestigationInput:
    id: strawberry.ID = strawberry.field(description="Which complaint.")
    text: str = strawberry.field(description="What was found out.")
    outcome: SchoolComplaintOutcome | None = strawberry.field(
        default=None, description="Whether it was founded; null until that is known."
    )
    version: int | None = strawberry.field(default=None, description="The one you have read.")


@strawberry.input(description="What whoever complains has been told.")
class AnswerSchoolComplaintInput:
    id: strawberry.ID = strawberry.field(description="Which complaint.")
    told_back: str = strawberry.field(description="What they were told.")
    on: date | None = strawberry.field(default=None, description="When; null for today.")
    version: int | None = strawberry.field(default=None, description="The one you have read.")


@strawberry.input(description="Something to be done because of a complaint.")
class PlanSchoolComplaintActionInput:
    complaint_id: strawberry.ID = strawberry.field(description="Which complaint.")
    title: str = strawberry.field(description="What to do. Everybody reads it: name nobody.")
    owner_id: strawberry.ID | None = strawberry.field(default=None, description="Who does it.")
    due_on: date | None = strawberry.field(default=None, description="Its last day.")
    version: int | None = strawberry.field(default=None, description="The one you have read.")


@strawberry.input(description="A kind of complaints by language.")
class SchoolComplaintKindNameInput:
    sv: str = strawberry.field(description="In Swedish.")
    en: str = strawberry.field(default="", description="In English; may be empty.")

    def words(self) -> dict[str, str]:
        return {"sv": self.sv, "en": self.en}


@strawberry.input(description="Which complaints are written down: all that is given has to fit.")
class ExportSchoolComplaintsInput:
    unit_id: strawberry.ID | None = strawberry.field(default=None, description="At the unit.")
    state: SchoolComplaintState | None = strawberry.field(default=None, description="Their state.")
    kind_id: strawberry.ID | None = strawberry.field(default=None, description="Of the kind.")
    year: int | None = strawberry.field(default=None, description="The school year.")
    reference: str = strawberry.field(default="", description="How the reference begins.")


RegisterSchoolComplaintResult = Annotated[
    SchoolComplaint | Problem, strawberry.union("RegisterSchoolComplaintResult", description=ANSWER)
]
ChangeSchoolComplaintResult = Annotated[
    SchoolComplaint | Problem, strawberry.union("ChangeSchoolComplaintResult", description=ANSWER)
]
ConfirmSchoolComplaintResult = Annotated[
    SchoolComplaint | Problem, strawberry.union("ConfirmSchoolComplaintResult", description=ANSWER)
]
WriteSchoolComplaintInvestigationResult = Annotated[
    SchoolComplaint | Problem,
    strawberry.union("WriteSchoolComplaintInvestigationResult", description=ANSWER),
]
EndSchoolComplaintInvestigationResult = Annotated[
    SchoolComplaint | Problem,
    strawberry.union("EndSchoolComplaintInvestigationResult", description=ANSWER),
]
AnswerSchoolComplaintResult = Annotated[
    SchoolComplaint | Problem, strawberry.union("AnswerSchoolComplaintResult", description=ANSWER)
]
CloseSchoolComplaintResult = Annotated[
    SchoolComplaint | Problem, strawberry.union("CloseSchoolComplaintResult", description=ANSWER)
]
PlanSchoolComplaintActionResult = Annotated[
    PlannedAction | Problem,
    strawberry.union("PlanSchoolComplaintActionResult", description=ANSWER),
]
AddSchoolComplaintKindResult = Annotated[
    SchoolComplaintKind | Problem,
    strawberry.union("AddSchoolComplaintKindResult", description=ANSWER),
]
ChangeSchoolComplaintKindResult = Annotated[
    SchoolComplaintKind | Problem,
    strawberry.union("ChangeSchoolComplaintKindResult", description=ANSWER),
]
EndSchoolComplaintKindResult = Annotated[
    SchoolComplaintKind | Problem,
    strawberry.union("EndSchoolComplaintKindResult", description=ANSWER),
]
ExportSchoolComplaintsResult = Annotated[
    Job | Problem, strawberry.union("ExportSchoolComplaintsResult", description=ANSWER)
]


@strawberry.type
class ComplaintMutation:
    @mutation("Register a complaint that has come in.")
    async def register_school_complaint(
        self, info: Info, input: RegisterSchoolComplaintInput
    ) -> RegisterSchoolComplaintResult:
        row = await complaints.register_complaint(info.context.work, **sent(input, IDS))
        return await _shown(info, row)

    @mutation("Put right what was registered of a complaint.")
    async def change_school_complaint(
        self, info: Info, input: ChangeSchoolComplaintInput
    ) -> ChangeSchoolComplaintResult:
        values = sent(input, IDS, but=("id", "version"))
        # Only the handler can be nobody: null elsewhere is the same as left out.
        changes: Any = {
            name: value
            for name, value in values.items()
            if value is not None or name == "handler_id"
        }
        row = await complaints.change_complaint(
            info.context.work,
            local_id(input.id, SchoolComplaint),
            changes=changes,
            version=input.version,
        )
        return await _shown(info, row)

    @mutation("Tell that whoever complains has been told that the complaint has come in.")
    async def confirm_school_complaint(
        self, info: Info, input: SchoolComplaintStepInput
    ) -> ConfirmSchoolComplaintResult:
        values = sent(input, {}, but=("id",))
        id = local_id(input.id, SchoolComplaint)
        row = await complaint_steps.confirm_complaint(info.context.work, id, **values)
        return await _shown(info, row)

    @mutation("Write what was found out about a complaint, and whether it was founded.")
    async def write_school_complaint_investigation(
        self, info: Info, input: WriteSchoolComplaintInvestigationInput
    ) -> WriteSchoolComplaintInvestigationResult:
        values = sent(input, {}, but=("id",))
        id = local_id(input.id, SchoolComplaint)
        row = await complaint_steps.write_investigation(info.context.work, id, **values)
        return await _shown(info, row)

    @mutation("Tell that a complaint is investigated.")
    async def end_school_complaint_investigation(
        self, info: Info, input: SchoolComplaintStepInput
    ) -> EndSchoolComplaintInvestigationResult:
        values = sent(input, {}, but=("id",))
        id = local_id(input.id, SchoolComplaint)
        row = await complaint_steps.end_investigation(info.context.work, id, **values)
        return await _shown(info, row)

    @mutation("Tell what whoever complains has been told of the outcome.")
    async def answer_school_complaint(
        self, info: Info, input: AnswerSchoolComplaintInput
    ) -> AnswerSchoolComplaintResult:
        values = sent(input, {}, but=("id",))
        id = local_id(input.id, SchoolComplaint)
        row = await complaint_steps.answer_complaint(info.context.work, id, **values)
        return await _shown(info, row)

    @mutation("Close a complaint that is answered; it is changed no more.")
    async def close_school_complaint(
        self,
        info: Info,
        id: strawberry.ID,
        note: Annotated[str, strawberry.argument(description="What to note.")] = "",
        version: Annotated[
            int | None, strawberry.argument(description="The one you have read.")
        ] = None,
    ) -> CloseSchoolComplaintResult:
        row = await complaint_steps.close_complaint(
            info.context.work, local_id(id, SchoolComplaint), note=note, version=version
        )
        return await _shown(info, row)

    @mutation("Plan something to be done because of a complaint.")
    async def plan_school_complaint_action(
        self, info: Info, input: PlanSchoolComplaintActionInput
    ) -> PlanSchoolComplaintActionResult:
        values = sent(input, {"complaint_id": SchoolComplaint, "owner_id": Person})
        row = await complaint_steps.plan_complaint_action(info.context.work, **values)
        return PlannedAction.of(row)

    @mutation("Add a kind of complaints.")
    async def add_school_complaint_kind(
        self, info: Info, name: SchoolComplaintKindNameInput
    ) -> AddSchoolComplaintKindResult:
        row = await complaint_kinds.add_complaint_kind(info.context.work, name=name.words())
        return SchoolComplaintKind.of(row)

    @mutation("Give a kind of complaints another name.")
    async def change_school_complaint_kind(
        self, info: Info, id: strawberry.ID, name: SchoolComplaintKindNameInput
    ) -> ChangeSchoolComplaintKindResult:
        kind_id = local_id(id, SchoolComplaintKind)
        row = await complaint_kinds.change_complaint_kind(
            info.context.work, kind_id, name=name.words()
        )
        return SchoolComplaintKind.of(row)

    @mutation("End a kind of complaints; those that are of it keep it.")
    async def end_school_complaint_kind(
        self, info: Info, id: strawberry.ID
    ) -> EndSchoolComplaintKindResult:
        kind_id = local_id(id, SchoolComplaintKind)
        row = await complaint_kinds.end_complaint_kind(info.context.work, kind_id)
        return SchoolComplaintKind.of(row)

    @mutation("Have the register of complaints written to a workbook, without names and texts.")
    async def export_school_complaints(
        self, info: Info, input: ExportSchoolComplaintsInput
    ) -> ExportSchoolComplaintsResult:
        return Job.of(await ask_for_complaints(info.context.work, wanted(**vars(input))))


async def _shown(info: Info, row: complaint_models.Complaint) -> SchoolComplaint:
    """As it stands; also of one that has been moved to where the actor does not read."""
    (found,) = await complaints.opened(info.context.work, [row])
    return SchoolComplaint.of(found)
