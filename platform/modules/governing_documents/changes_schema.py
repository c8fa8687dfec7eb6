"""Changing governing documents in the API: the register and the versions."""

from datetime import date
from typing import Annotated, Any
from uuid import UUID

import strawberry

from ....graphql.context import Info
from ....graphql.inputs import sent
from ....graphql.nodes import local_id
from ....graphql.problems import ANSWER, Problem, mutation
from ..organisation.files.schema import StoredFile
from ..organisation.people.schema import Person
from ..organisation.units.schema import Unit
from . import models, service, versions
from .documents_schema import (
    DocumentApplies,
    GoverningDocument,
    GoverningDocumentFile,
    GoverningDocumentVersion,
)

UNSET: Any = strawberry.UNSET
IDS = {
    "unit_id": Unit,
    "unit_ids": Unit,
    "body_id": Unit,
    "owner_id": Person,
    "superior_id": GoverningDocument,
}


def _left(description: str) -> Any:
    return strawberry.field(default=UNSET, description=description)


@strawberry.input(description="A new governing document; without a number it gets the next.")
class AddGoverningDocumentInput:
    unit_id: strawberry.ID = strawberry.field(description="The unit that keeps it.")
    body_id: strawberry.ID = strawberry.field(description="The unit that decides on it.")
    title: str = strawberry.field(description="What it is called.")
    type_key: str = strawberry.field(description="Key of one of governingDocumentTypes.")
    number: str = strawberry.field(default="", description="The municipality's own number.")
    applies: DocumentApplies = strawberry.field(
        default=models.Applies.UNITS, description="For whom it is."
    )
    unit_ids: list[strawberry.ID] = strawberry.field(
        default_factory=list, description="For units: which; the body's own when none is named."
    )
    superior_id: strawberry.ID | None = _left("The document that it stands below.")
    owner_id: strawberry.ID | None = _left("Who answers for it.")
    summary: str = strawberry.field(default="", description="What it is about.")
    review_on: date | None = _left("When it is to be reviewed.")


@strawberry.input(description="Changes to a governing document; what is left out stays.")
class ChangeGoverningDocumentInput:
    id: strawberry.ID = strawberry.field(description="Which document.")
    version: int | None = strawberry.field(default=None, description="The one you have read.")
    unit_id: strawberry.ID | None = _left("The unit that keeps it.")
    body_id: strawberry.ID | None = _left("The unit that decides, until it has decided.")
    title: str | None = _left("What it is called.")
    type_key: str | None = _left("Key of one of governingDocumentTypes.")
    number: str | None = _left("The municipality's own number.")
    applies: DocumentApplies | None = _left("For whom it is.")
    unit_ids: list[strawberry.ID] | None = _left("For units: which.")
    superior_id: strawberry.ID | None = _left("The document it stands below; null for none.")
    owner_id: strawberry.ID | None = _left("Who answers for it; null for nobody.")
    summary: str | None = _left("What it is about.")
    review_on: date | None = _left("When it is to be reviewed.")


@strawberry.input(description="Whether anybody may read a document without signing in.")
class PublishGoverningDocumentInput:
    id: strawberry.ID = strawberry.field(description="Which document.")
    public: bool = strawberry.field(description="True to show it while it is in force.")
    version: int | None = strawberry.field(default=None, description="The one you have read.")


@strawberry.input(description="A document that no longer governs.")
class WithdrawGoverningDocumentInput:
    id: strawberry.ID = strawberry.field(description="Which document.")
    reason: str = strawberry.field(description="Why.")
    version: int | None = strawberry.field(default=None, description="The one you have read.")


@strawberry.input(description="A document that comes after another.")
class ReplaceGoverningDocumentInput:
    id: strawberry.ID = strawberry.field(description="The one that is replaced.")
    by_id: strawberry.ID | None = strawberry.field(
        default=None, description="The one that comes after it; null takes it back."
    )
    version: int | None = strawberry.field(default=None, description="The one you have read.")


@strawberry.input(description="A new wording, to be decided.")
class DraftGoverningDocumentVersionInput:
    document_id: strawberry.ID = strawberry.field(description="Of which document.")
    changes: str = strawberry.field(default="", description="What is new in it.")
    valid_from: date | None = strawberry.field(default=None, description="First day in force.")
    valid_to: date | None = strawberry.field(default=None, description="Last day in force.")


@strawberry.input(description="Changes to a draft; what is left out stays.")
class ChangeGoverningDocumentVersionInput:
    id: strawberry.ID = strawberry.field(description="Which version.")
    changes: str | None = _left("What is new in it.")
    valid_from: date | None = _left("First day in force.")
    valid_to: date | None = _left("Last day in force.")


@strawberry.input(description="What the body has decided.")
class DecideGoverningDocumentVersionInput:
    id: strawberry.ID = strawberry.field(description="Which version.")
    decided_by: str = strawberry.field(description="The body that decided.")
    decided_on: date = strawberry.field(description="The day of the decision.")
    decided_paragraph: str = strawberry.field(default="", description="Paragraph of the minutes.")
    registry_number: str = strawberry.field(default="", description="It in the registry.")
    valid_from: date | None = strawberry.field(
        default=None, description="First day in force; that of the decision when left out."
    )
    valid_to: date | None = strawberry.field(
        default=None, description="Last day in force; until further notice when left out."
    )
    review_on: date | None = strawberry.field(
        default=None, description="When the document is to be reviewed."
    )


@strawberry.input(description="Another last day of a version that is decided.")
class EndGoverningDocumentVersionInput:
    id: strawberry.ID = strawberry.field(description="Which version.")
    valid_to: date | None = strawberry.field(
        default=None, description="Last day in force; null until further notice."
    )


@strawberry.input(description="A file of a version.")
class AttachGoverningDocumentFileInput:
    version_id: strawberry.ID = strawberry.field(description="Of which version.")
    file_id: strawberry.ID = strawberry.field(description="The file that was sent in.")
    title: str = strawberry.field(default="", description="What it is; its name when left out.")


AddGoverningDocumentResult = Annotated[
    GoverningDocument | Problem, strawberry.union("AddGoverningDocumentResult", description=ANSWER)
]
ChangeGoverningDocumentResult = Annotated[
    GoverningDocument | Problem,
    strawberry.union("ChangeGoverningDocumentResult", description=ANSWER),
]
AttachGoverningDocumentFileResult = Annotated[
    GoverningDocumentFile | Problem,
    strawberry.union("AttachGoverningDocumentFileResult", description=ANSWER),
]
PublishGoverningDocumentResult = Annotated[
    GoverningDocument | Problem,
    strawberry.union("PublishGoverningDocumentResult", description=ANSWER),
]
WithdrawGoverningDocumentResult = Annotated[
    GoverningDocument | Problem,
    strawberry.union("WithdrawGoverningDocumentResult", description=ANSWER),
]
ReplaceGoverningDocumentResult = Annotated[
    GoverningDocument | Problem,
    strawberry.union("ReplaceGoverningDocumentResult", description=ANSWER),
]
DraftGoverningDocumentVersionResult = Annotated[
    GoverningDocumentVersion | Problem,
    strawberry.union("DraftGoverningDocumentVersionResult", description=ANSWER),
]
ChangeGoverningDocumentVersionResult = Annotated[
    GoverningDocumentVersion | Problem,
    strawberry.union("ChangeGoverningDocumentVersionResult", description=ANSWER),
]
DecideGoverningDocumentVersionResult = Annotated[
    GoverningDocumentVersion | Problem,
    strawberry.union("DecideGoverningDocumentVersionResult", description=ANSWER),
]
EndGoverningDocumentVersionResult = Annotated[
    GoverningDocumentVersion | Problem,
    strawberry.union("EndGoverningDocumentVersionResult", description=ANSWER),
]
DetachGoverningDocumentFileResult = Annotated[
    GoverningDocumentVersion | Problem,
    strawberry.union("DetachGoverningDocumentFileResult", description=ANSWER),
]


@strawberry.type
class GoverningDocumentMutation:
    @mutation("Add a governing document to the register.")
    async def add_governing_document(
        self, info: Info, input: AddGoverningDocumentInput
    ) -> AddGoverningDocumentResult:
        document = await service.add_document(info.context.work, **given(input))
        return GoverningDocument.of(document)

    @mutation("Change what stands about a governing document.")
    async def change_governing_document(
        self, info: Info, input: ChangeGoverningDocumentInput
    ) -> ChangeGoverningDocumentResult:
        id = local_id(input.id, GoverningDocument)
        values = given(input, but=("id", "version"))
        document = await service.change_document(
            info.context.work, id, version=input.version, **values
        )
        return GoverningDocument.of(document)

    @mutation("Put a governing document on the public list, or take it off.")
    async def publish_governing_document(
        self, info: Info, input: PublishGoverningDocumentInput
    ) -> PublishGoverningDocumentResult:
        id = local_id(input.id, GoverningDocument)
        document = await service.publish_document(
            info.context.work, id, public=input.public, version=input.version
        )
        return GoverningDocument.of(document)

    @mutation("Withdraw a governing document; it is kept, and cannot be changed again.")
    async def withdraw_governing_document(
        self, info: Info, input: WithdrawGoverningDocumentInput
    ) -> WithdrawGoverningDocumentResult:
        id = local_id(input.id, GoverningDocument)
        document = await service.withdraw_document(
            info.context.work, id, reason=input.reason, version=input.version
        )
        return GoverningDocument.of(document)

    @mutation("Have another document come after one, from when that is in force.")
    async def replace_governing_document(
        self, info: Info, input: ReplaceGoverningDocumentInput
    ) -> ReplaceGoverningDocumentResult:
        id = local_id(input.id, GoverningDocument)
        by_id = local_id(input.by_id, GoverningDocument, field="byId") if input.by_id else None
        document = await service.replace_document(
            info.context.work, id, by_id=by_id, version=input.version
        )
        return GoverningDocument.of(document)

    @mutation("Begin a new wording of a governing document.")
    async def draft_governing_document_version(
        self, info: Info, input: DraftGoverningDocumentVersionInput
    ) -> DraftGoverningDocumentVersionResult:
        id = local_id(input.document_id, GoverningDocument, field="documentId")
        version = await versions.draft_version(
            info.context.work,
            id,
            changes=input.changes,
            valid_from=input.valid_from,
            valid_to=input.valid_to,
        )
        return GoverningDocumentVersion.of(version)

    @mutation("Change a wording that is not decided yet.")
    async def change_governing_document_version(
        self, info: Info, input: ChangeGoverningDocumentVersionInput
    ) -> ChangeGoverningDocumentVersionResult:
        id = local_id(input.id, GoverningDocumentVersion)
        values = given(input, but=("id",))
        return GoverningDocumentVersion.of(
            await versions.change_version(info.context.work, id, **values)
        )

    @mutation("Note that a wording is decided; it is not altered again.")
    async def decide_governing_document_version(
        self, info: Info, input: DecideGoverningDocumentVersionInput
    ) -> DecideGoverningDocumentVersionResult:
        id = local_id(input.id, GoverningDocumentVersion)
        values = given(input, but=("id",))
        return GoverningDocumentVersion.of(
            await versions.decide_version(info.context.work, id, **values)
        )

    @mutation("Give a decided wording another last day.")
    async def end_governing_document_version(
        self, info: Info, input: EndGoverningDocumentVersionInput
    ) -> EndGoverningDocumentVersionResult:
        id = local_id(input.id, GoverningDocumentVersion)
        return GoverningDocumentVersion.of(
            await versions.end_version(info.context.work, id, valid_to=input.valid_to)
        )

    @mutation("Add a file to a wording.")
    async def attach_governing_document_file(
        self, info: Info, input: AttachGoverningDocumentFileInput
    ) -> AttachGoverningDocumentFileResult:
        id = local_id(input.version_id, GoverningDocumentVersion, field="versionId")
        file_id = local_id(input.file_id, StoredFile, field="fileId")
        return GoverningDocumentFile.of(
            await versions.attach_file(info.context.work, id, file_id=file_id, title=input.title)
        )

    @mutation("Take a file off a wording that is not decided yet.")
    async def detach_governing_document_file(
        self, info: Info, id: strawberry.ID
    ) -> DetachGoverningDocumentFileResult:
        return GoverningDocumentVersion.of(
            await versions.detach_file(info.context.work, local_id(id, GoverningDocumentFile))
        )


def given(input: Any, but: tuple[str, ...] = ()) -> dict[str, Any]:
    """What was sent, with local ids; what was left out is left out here too."""
    values = sent(input, IDS, but=but)
    if values.get("title", "") is None or values.get("applies", "") is None:
        values = {name: value for name, value in values.items() if value is not None}
    return values


def units(ids: list[strawberry.ID]) -> list[UUID]:
    return [local_id(id, Unit, field="unitIds") for id in ids]
