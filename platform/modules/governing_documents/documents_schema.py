"""Governing documents in the API: what they are, their versions, and what they ask of units."""

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

import strawberry
from sqlalchemy import ColumnElement

from ....graphql.context import Info
from ....graphql.nodes import Node
from ....graphql.stored import Place, Value, many, one, planned
from ..actions.schema import PlannedAction
from ..goals.planning.nodes_schema import PlanNode
from ..organisation.files.schema import StoredFile
from ..organisation.people.schema import Person
from ..organisation.units.schema import Unit
from . import models
from .states import state_sql, states

READ, WRITE = "governing_documents.read", "governing_documents.write"

DocumentAim = models.Aim
strawberry.enum(DocumentAim, name="DocumentAim", description="What documents of a type are for.")
DocumentApplies = models.Applies
strawberry.enum(DocumentApplies, name="DocumentApplies", description="For whom a document is.")
GoverningDocumentState = models.DocumentState
strawberry.enum(
    GoverningDocumentState,
    name="GoverningDocumentState",
    description="Where a document stands, as its dates and rows tell.",
)
DocumentAssignmentKind = models.AssignmentKind
strawberry.enum(
    DocumentAssignmentKind, name="DocumentAssignmentKind", description="What a document asks."
)
DocumentAnswerState = models.AnswerState
strawberry.enum(
    DocumentAnswerState, name="DocumentAnswerState", description="How far a unit has come."
)


@strawberry.type(description="A kind of governing document, as the municipality has chosen.")
class GoverningDocumentType:
    key: str = strawberry.field(description="Its key, which documents name.")
    name: str = strawberry.field(description="What it is called.")
    aim: DocumentAim = strawberry.field(description="What documents of it are for.")
    rank: int = strawberry.field(description="1 is highest.")
    governs_all: bool = strawberry.field(
        description="Whether the council's is superior to all other documents."
    )


@strawberry.type(description="A file of a version.")
class GoverningDocumentFile(Node):
    model = models.DocumentFile
    permission = READ
    change = WRITE

    row: strawberry.Private[models.DocumentFile]
    title: str = strawberry.field(description="What it is.")

    file: StoredFile | None = one(models.DocumentFile.file_id, "The file.")


@strawberry.type(description="A wording of a document; a draft until it is decided.")
class GoverningDocumentVersion(Node):
    model = models.DocumentVersion
    permission = READ
    change = WRITE

    row: strawberry.Private[models.DocumentVersion]
    number: int = strawberry.field(description="1, 2, 3 and so on.")
    changes: str = strawberry.field(description="What is new in it.")
    decided_by: str = strawberry.field(description="The body that decided.")
    decided_on: date | None = strawberry.field(description="The day; null for a draft.")
    decided_paragraph: str = strawberry.field(description="The paragraph of the minutes.")
    registry_number: str = strawberry.field(description="The decision in the registry.")
    valid_from: date | None = strawberry.field(description="First day in force.")
    valid_to: date | None = strawberry.field(
        description="Last day in force; null until further notice."
    )
    made_at: datetime = strawberry.field(description="When it was begun.")

    made_by: Person | None = one(models.DocumentVersion.made_by, "Who began it.")
    document: Annotated["GoverningDocument", strawberry.lazy(__name__)] = one(
        models.DocumentVersion.document_id, "The document."
    )
    files: list[GoverningDocumentFile] = many(models.DocumentFile.version_id, "Its files.")


@strawberry.type(description="What a unit told at one time.")
class DocumentAnswerStep(Node):
    model = models.AnswerStep
    permission = READ

    row: strawberry.Private[models.AnswerStep]
    state: DocumentAnswerState = strawberry.field(description="How far it had come.")
    text: str = strawberry.field(description="What it told.")
    told_at: datetime = strawberry.field(description="When.")

    told_by: Person | None = one(models.AnswerStep.told_by, "Who told.")


@strawberry.type(description="How far a unit has come with what a document asks of it.")
class DocumentAnswer(Node):
    model = models.DocumentAnswer
    permission = READ
    change = "governing_documents.report"

    row: strawberry.Private[models.DocumentAnswer]
    state: DocumentAnswerState = strawberry.field(description="How far it has come.")
    text: str = strawberry.field(description="What it told last.")
    asked_at: datetime = strawberry.field(description="When it was given to the unit.")
    told_at: datetime | None = strawberry.field(description="When it told last.")
    version: int = strawberry.field(description="Send it along when you tell more.")

    unit: Unit = one(models.DocumentAnswer.unit_id, "The unit.")
    told_by: Person | None = one(models.DocumentAnswer.told_by, "Who told last.")
    assignment: Annotated["DocumentAssignment", strawberry.lazy(__name__)] = one(
        models.DocumentAnswer.assignment_id, "What is asked."
    )
    action: PlannedAction | None = one(
        models.DocumentAnswer.action_id, "What the unit is going to do, as it planned last."
    )
    steps: list[DocumentAnswerStep] = many(
        models.AnswerStep.answer_id, "What it has told, the first first."
    )


@strawberry.type(description="A goal or an assignment of the plan that carries something out.")
class DocumentAssignmentNode(Node):
    model = models.AssignmentNode
    permission = READ
    change = WRITE

    row: strawberry.Private[models.AssignmentNode]
    node: PlanNode | None = one(models.AssignmentNode.node_id, "It, for those who may see goals.")


@strawberry.type(description="A goal that a document sets, or something that it tells units to do.")
class DocumentAssignment(Node):
    model = models.DocumentAssignment
    permission = READ
    change = WRITE

    row: strawberry.Private[models.DocumentAssignment]
    position: int = strawberry.field(description="Its place in the document.")
    kind: DocumentAssignmentKind = strawberry.field(description="A goal, or an assignment.")
    text: str = strawberry.field(description="What is to be reached or done.")
    due_on: date | None = strawberry.field(description="The last day.")
    ended_at: datetime | None = strawberry.field(description="When it was taken off the follow-up.")
    version: int = strawberry.field(description="Send it along with a change.")

    document: Annotated["GoverningDocument", strawberry.lazy(__name__)] = one(
        models.DocumentAssignment.document_id, "The document."
    )
    answers: list[DocumentAnswer] = many(
        models.DocumentAnswer.assignment_id, "How far each unit has come."
    )
    links: list[DocumentAssignmentNode] = many(
        models.AssignmentNode.assignment_id, "What of the plan carries it out."
    )


@strawberry.type(description="A unit that a document is for, with what stands below it.")
class GoverningDocumentUnit(Node):
    model = models.DocumentUnit
    permission = READ
    change = WRITE

    row: strawberry.Private[models.DocumentUnit]
    unit: Unit = one(models.DocumentUnit.unit_id, "The unit.")


def _state(place: Place) -> ColumnElement[str]:
    return state_sql(place.row, tenant_id=place.given.tenant, today=place.given.today)


@strawberry.type(description="A document that governs: who decided it, for whom, for how long.")
class GoverningDocument(Node):
    model = models.GoverningDocument
    permission = READ
    change = WRITE

    row: strawberry.Private[models.GoverningDocument]
    number: str = strawberry.field(description="The municipality's own number of it.")
    title: str = strawberry.field(description="What it is called.")
    type_key: str = strawberry.field(description="Key of one of governingDocumentTypes.")
    summary: str = strawberry.field(description="What it is about.")
    applies: DocumentApplies = strawberry.field(description="For whom it is.")
    review_on: date | None = strawberry.field(description="When it is to be reviewed.")
    published_at: datetime | None = strawberry.field(
        description="When it was made public; null for one that is not."
    )
    withdrawn_at: datetime | None = strawberry.field(description="When it was withdrawn.")
    withdrawn_reason: str = strawberry.field(description="Why it was withdrawn.")
    version: int = strawberry.field(description="Send it along with a change.")
    changed_at: datetime = strawberry.field(description="When it was changed last.")

    body: Unit = one(models.GoverningDocument.body_id, "The unit that decides on it.")
    unit: Unit = one(models.GoverningDocument.unit_id, "The unit that keeps it.")
    owner: Person | None = one(models.GoverningDocument.owner_id, "Who answers for it.")
    changed_by: Person | None = one(models.GoverningDocument.changed_by, "Who changed it last.")
    superior: Annotated["GoverningDocument", strawberry.lazy(__name__)] | None = one(
        models.GoverningDocument.superior_id, "The document that it stands below."
    )
    replaced_by: Annotated["GoverningDocument", strawberry.lazy(__name__)] | None = one(
        models.GoverningDocument.replaced_by_id, "The document that comes after it."
    )
    inferiors: list[Annotated["GoverningDocument", strawberry.lazy(__name__)]] = many(
        models.GoverningDocument.superior_id, "The documents that stand below it."
    )
    units: list[GoverningDocumentUnit] = many(
        models.DocumentUnit.document_id, "The units that it names as those it is for."
    )
    versions: list[GoverningDocumentVersion] = many(
        models.DocumentVersion.document_id, "Its wordings.", order=lambda row: (row.number,)
    )
    assignments: list[DocumentAssignment] = many(
        models.DocumentAssignment.document_id, "What it asks.", order=lambda row: (row.position,)
    )

    @strawberry.field(description="Where it stands today.", metadata=planned(Value(_state)))
    async def state(self, info: Info) -> GoverningDocumentState:
        async def load(ids: list[UUID]) -> list[models.DocumentState]:
            found = await states(info.context.work, ids)
            return [found[id] for id in ids]

        return await info.context.batch("governing_documents.states", self.row.id, load)
