"""What documents ask, in the API: given to units, told of, and taken out as files."""

from datetime import date
from enum import StrEnum
from typing import Annotated

import strawberry

from ....graphql.context import Info
from ....graphql.inputs import sent
from ....graphql.nodes import local_id
from ....graphql.problems import ANSWER, Problem, mutation
from ..goals.planning.nodes_schema import node_id
from ..organisation.files.jobs_schema import Job
from ..organisation.people.schema import Person
from ..organisation.units.schema import Unit
from . import assignments, exporting
from .answer_actions import plan_answer_action
from .changes_schema import units
from .documents_schema import (
    DocumentAnswer,
    DocumentAnswerState,
    DocumentAssignment,
    DocumentAssignmentKind,
    GoverningDocument,
    GoverningDocumentState,
)
from .listing import Filter


@strawberry.enum(description="As what a file is written.")
class FollowUpForm(StrEnum):
    WORD = "word"
    EXCEL = "excel"


@strawberry.input(description="A goal or an assignment of a document.")
class AddDocumentAssignmentInput:
    document_id: strawberry.ID = strawberry.field(description="Of which document.")
    kind: DocumentAssignmentKind = strawberry.field(description="A goal, or an assignment.")
    text: str = strawberry.field(description="What is to be reached or done.")
    due_on: date | None = strawberry.field(default=None, description="The last day.")
    unit_ids: list[strawberry.ID] = strawberry.field(
        default_factory=list, description="The units that it is given to at once."
    )


@strawberry.input(description="What a document asks, as it is to read from now on.")
class ChangeDocumentAssignmentInput:
    id: strawberry.ID = strawberry.field(description="Which one.")
    kind: DocumentAssignmentKind = strawberry.field(description="A goal, or an assignment.")
    text: str = strawberry.field(description="What is to be reached or done.")
    due_on: date | None = strawberry.field(default=None, description="The last day; null for none.")
    version: int | None = strawberry.field(default=None, description="The one you have read.")


@strawberry.input(description="Units that get something to do.")
class GiveDocumentAssignmentInput:
    id: strawberry.ID = strawberry.field(description="What they get.")
    unit_ids: list[strawberry.ID] = strawberry.field(description="Which units.")


@strawberry.input(description="A goal or an assignment of the plan that carries it out.")
class LinkDocumentAssignmentInput:
    id: strawberry.ID = strawberry.field(description="What the document asks.")
    node_id: strawberry.ID = strawberry.field(description="What of the plan carries it out.")


@strawberry.input(description="How far a unit has come.")
class TellDocumentAnswerInput:
    id: strawberry.ID = strawberry.field(description="The unit's row.")
    state: DocumentAnswerState = strawberry.field(description="How far it has come.")
    text: str = strawberry.field(description="What it has done, or why not.")
    version: int | None = strawberry.field(default=None, description="The one you have read.")


@strawberry.input(description="What a unit is going to do about what a document asks of it.")
class PlanDocumentAnswerActionInput:
    id: strawberry.ID = strawberry.field(description="The unit's row.")
    title: str = strawberry.field(description="What is to be done.")
    detail: str = strawberry.field(default="", description="More about it.")
    owner_id: strawberry.ID | None = strawberry.field(
        default=None, description="Who answers for it; null for whoever writes at the unit."
    )
    due_on: date | None = strawberry.field(default=None, description="Its last day, if any.")
    version: int | None = strawberry.field(default=None, description="The one you have read.")


@strawberry.input(description="Which documents to write: all that is given has to fit.")
class ExportGoverningDocumentsInput:
    words: str = strawberry.field(default="", description="Words in title, number or summary.")
    type_key: str = strawberry.field(default="", description="Key of a type.")
    body_id: strawberry.ID | None = strawberry.field(
        default=None, description="The unit that decides."
    )
    unit_id: strawberry.ID | None = strawberry.field(
        default=None, description="Kept by this unit or one below it."
    )
    state: GoverningDocumentState | None = strawberry.field(
        default=None, description="Where they stand."
    )
    overdue: bool = strawberry.field(default=False, description="Only those that are overdue.")


@strawberry.input(description="Which follow-up to write.")
class ExportDocumentFollowUpInput:
    form: FollowUpForm = strawberry.field(description="As what.")
    document_id: strawberry.ID | None = strawberry.field(
        default=None, description="Of one document."
    )
    unit_id: strawberry.ID | None = strawberry.field(
        default=None, description="Of a unit, with those below it."
    )


TellDocumentAnswerResult = Annotated[
    DocumentAnswer | Problem, strawberry.union("TellDocumentAnswerResult", description=ANSWER)
]
PlanDocumentAnswerActionResult = Annotated[
    DocumentAnswer | Problem,
    strawberry.union("PlanDocumentAnswerActionResult", description=ANSWER),
]
ExportGoverningDocumentsResult = Annotated[
    Job | Problem, strawberry.union("ExportGoverningDocumentsResult", description=ANSWER)
]
AddDocumentAssignmentResult = Annotated[
    DocumentAssignment | Problem,
    strawberry.union("AddDocumentAssignmentResult", description=ANSWER),
]
ChangeDocumentAssignmentResult = Annotated[
    DocumentAssignment | Problem,
    strawberry.union("ChangeDocumentAssignmentResult", description=ANSWER),
]
EndDocumentAssignmentResult = Annotated[
    DocumentAssignment | Problem,
    strawberry.union("EndDocumentAssignmentResult", description=ANSWER),
]
GiveDocumentAssignmentResult = Annotated[
    DocumentAssignment | Problem,
    strawberry.union("GiveDocumentAssignmentResult", description=ANSWER),
]
TakeDocumentAssignmentResult = Annotated[
    DocumentAssignment | Problem,
    strawberry.union("TakeDocumentAssignmentResult", description=ANSWER),
]
LinkDocumentAssignmentResult = Annotated[
    DocumentAssignment | Problem,
    strawberry.union("LinkDocumentAssignmentResult", description=ANSWER),
]
UnlinkDocumentAssignmentResult = Annotated[
    DocumentAssignment | Problem,
    strawberry.union("UnlinkDocumentAssignmentResult", description=ANSWER),
]
ExportDocumentFollowUpResult = Annotated[
    Job | Problem, strawberry.union("ExportDocumentFollowUpResult", description=ANSWER)
]


@strawberry.type
class DocumentAssignmentMutation:
    @mutation("Write down what a document asks, and give it to units.")
    async def add_document_assignment(
        self, info: Info, input: AddDocumentAssignmentInput
    ) -> AddDocumentAssignmentResult:
        assignment = await assignments.add_assignment(
            info.context.work,
            local_id(input.document_id, GoverningDocument, field="documentId"),
            kind=input.kind,
            text=input.text,
            due_on=input.due_on,
            unit_ids=units(input.unit_ids),
        )
        return DocumentAssignment.of(assignment)

    @mutation("Change what a document asks.")
    async def change_document_assignment(
        self, info: Info, input: ChangeDocumentAssignmentInput
    ) -> ChangeDocumentAssignmentResult:
        assignment = await assignments.change_assignment(
            info.context.work,
            local_id(input.id, DocumentAssignment),
            kind=input.kind,
            text=input.text,
            due_on=input.due_on,
            version=input.version,
        )
        return DocumentAssignment.of(assignment)

    @mutation("Ask no more of it; what units have told is kept.")
    async def end_document_assignment(
        self, info: Info, id: strawberry.ID, version: int | None = None
    ) -> EndDocumentAssignmentResult:
        local = local_id(id, DocumentAssignment)
        return DocumentAssignment.of(
            await assignments.end_assignment(info.context.work, local, version=version)
        )

    @mutation("Give what a document asks to more units.")
    async def give_document_assignment(
        self, info: Info, input: GiveDocumentAssignmentInput
    ) -> GiveDocumentAssignmentResult:
        id = local_id(input.id, DocumentAssignment)
        return DocumentAssignment.of(
            await assignments.give_assignment(info.context.work, id, unit_ids=units(input.unit_ids))
        )

    @mutation("Take it from a unit that has told nothing of it yet.")
    async def take_document_assignment(
        self, info: Info, id: strawberry.ID
    ) -> TakeDocumentAssignmentResult:
        return DocumentAssignment.of(
            await assignments.take_assignment(info.context.work, local_id(id, DocumentAnswer))
        )

    @mutation("Link what a document asks to what carries it out.")
    async def link_document_assignment(
        self, info: Info, input: LinkDocumentAssignmentInput
    ) -> LinkDocumentAssignmentResult:
        id = local_id(input.id, DocumentAssignment)
        node = await node_id(info, input.node_id, field="nodeId")
        return DocumentAssignment.of(
            await assignments.link_assignment(info.context.work, id, node_id=node)
        )

    @mutation("Take such a link away.")
    async def unlink_document_assignment(
        self, info: Info, input: LinkDocumentAssignmentInput
    ) -> UnlinkDocumentAssignmentResult:
        id = local_id(input.id, DocumentAssignment)
        node = await node_id(info, input.node_id, field="nodeId")
        return DocumentAssignment.of(
            await assignments.unlink_assignment(info.context.work, id, node_id=node)
        )

    @mutation("Tell how far a unit has come; what was told before is kept.")
    async def tell_document_answer(
        self, info: Info, input: TellDocumentAnswerInput
    ) -> TellDocumentAnswerResult:
        answer = await assignments.report_back(
            info.context.work,
            local_id(input.id, DocumentAnswer),
            state=input.state,
            text=input.text,
            version=input.version,
        )
        return DocumentAnswer.of(answer)

    @mutation("Plan what a unit is going to do about what a document asks of it.")
    async def plan_document_answer_action(
        self, info: Info, input: PlanDocumentAnswerActionInput
    ) -> PlanDocumentAnswerActionResult:
        id = local_id(input.id, DocumentAnswer)
        values = sent(input, {"owner_id": Person}, but=("id",))
        return DocumentAnswer.of(await plan_answer_action(info.context.work, id, **values))

    @mutation("Have the register written to a workbook; follow the job to its end.")
    async def export_governing_documents(
        self, info: Info, input: ExportGoverningDocumentsInput
    ) -> ExportGoverningDocumentsResult:
        chosen = Filter(
            words=input.words,
            type_key=input.type_key,
            body_id=local_id(input.body_id, Unit, field="bodyId") if input.body_id else None,
            unit_id=local_id(input.unit_id, Unit, field="unitId") if input.unit_id else None,
            state=input.state,
            overdue=input.overdue,
        )
        return Job.of(await exporting.ask_for_documents(info.context.work, chosen))

    @mutation("Have the follow-up written as a file; follow the job to its end.")
    async def export_document_follow_up(
        self, info: Info, input: ExportDocumentFollowUpInput
    ) -> ExportDocumentFollowUpResult:
        document_id = (
            local_id(input.document_id, GoverningDocument, field="documentId")
            if input.document_id
            else None
        )
        unit_id = local_id(input.unit_id, Unit, field="unitId") if input.unit_id else None
        made = await exporting.ask_for_follow_up(
            info.context.work,
            form="word" if input.form is FollowUpForm.WORD else "excel",
            document_id=document_id,
            unit_id=unit_id,
        )
        return Job.of(made)
