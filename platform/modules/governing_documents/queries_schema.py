"""Finding governing documents in the API, and how far what they ask has come."""

from typing import Annotated, Any
from uuid import UUID

import strawberry
from sqlalchemy import Boolean, ColumnElement, Text, cast, func

from ....graphql.context import Info
from ....graphql.nodes import global_id, local_id
from ....graphql.paging import Connection, page
from ....graphql.stored import Place, Related, Row, by_id, page_of, planned
from ..organisation.units.schema import Unit
from .documents_schema import (
    DocumentAnswer,
    DocumentAssignment,
    GoverningDocument,
    GoverningDocumentState,
    GoverningDocumentType,
)
from .listing import Filter, fitting, like, matching
from .models import DocumentState
from .overview import Progress, follow_up
from .service import get_document
from .settings import document_settings
from .states import left_by_owner


@strawberry.type(description="How far what documents ask has come, in numbers.")
class DocumentProgress:
    id: strawberry.ID | None = strawberry.field(
        description="The document or the unit; null for all together."
    )
    name: str = strawberry.field(description="That in words; empty for all together.")
    not_begun: int = strawberry.field(description="Not begun.")
    under_way: int = strawberry.field(description="Under way.")
    done: int = strawberry.field(description="Done.")
    will_not: int = strawberry.field(description="Will not be done.")
    late: int = strawberry.field(description="Of those that are not ended: past the last day.")
    total: int = strawberry.field(description="All of them.")


@strawberry.type(description="How far what documents ask has come.")
class DocumentFollowUp:
    whole: DocumentProgress = strawberry.field(description="All together.")
    documents: list[DocumentProgress] = strawberry.field(description="By document.")
    units: list[DocumentProgress] = strawberry.field(description="By unit.")
    answers: list[DocumentAnswer] = strawberry.field(description="What each unit tells.")


def _unit(id: strawberry.ID) -> UUID:
    return local_id(id, Unit, field="unitId")


def _body(id: strawberry.ID) -> UUID:
    return local_id(id, Unit, field="bodyId")


def _fit(row: Row, place: Place) -> ColumnElement[bool]:
    given, sent = place.given, place.arguments
    return fitting(
        row,
        tenant_id=given.tenant,
        today=given.today,
        pattern=sent["words"],
        type_key=sent["type_key"],
        body_id=sent["body_id"],
        unit_id=sent["unit_id"],
        state=sent["state"],
    )


def _in_time(place: Place) -> ColumnElement[bool]:
    """Whose owner has left is for the resolver, which tells it to the access log."""
    overdue = place.arguments["overdue"]
    assert overdue is not None
    return cast(overdue, Boolean).is_(False)


DOCUMENTS = Related(
    _fit,
    lambda row, _place: (func.sv_key(row.title, type_=Text),),
    asks=(GoverningDocument.permission,),
    reads={
        "words": like,
        "body_id": _body,
        "unit_id": _unit,
        "state": lambda state: DocumentState(state).value,
    },
    holds=_in_time,
)


def _progress(found: Progress, kind: type[GoverningDocument] | type[Unit]) -> DocumentProgress:
    return DocumentProgress(
        id=global_id(kind, found.id) if found.id else None,
        name=found.name,
        late=found.late,
        total=found.total,
        **{state.value: count for state, count in found.counts.items()},
    )


async def _overdue(
    info: Info, sent: dict[str, Any], *, first: int | None, after: str | None
) -> Connection[GoverningDocument]:
    """Only those that nobody has seen to in time."""
    body_id, unit_id = sent["body_id"], sent["unit_id"]
    chosen = Filter(
        words=sent["words"],
        type_key=sent["type_key"],
        body_id=_body(body_id) if body_id else None,
        unit_id=_unit(unit_id) if unit_id else None,
        state=sent["state"],
        overdue=True,
    )
    work = info.context.work
    found = await page(
        *(info, GoverningDocument, await matching(work, chosen)),
        order=(func.sv_key(GoverningDocument.model.title, type_=Text),),
        first=first,
        after=after,
    )
    # The filter is told of those whose owner has left, too.
    await left_by_owner(work, [edge.node.row.id for edge in found.edges])
    return found


@strawberry.type
class GoverningDocumentQuery:
    @strawberry.field(
        description="A governing document by id; null when there is none.",
        metadata=by_id(GoverningDocument),
    )
    async def governing_document(self, info: Info, id: strawberry.ID) -> GoverningDocument | None:
        return await GoverningDocument.find(info, local_id(id, GoverningDocument))

    @strawberry.field(
        description="Something that a document asks, by id; null for none.",
        metadata=by_id(DocumentAssignment),
    )
    async def document_assignment(self, info: Info, id: strawberry.ID) -> DocumentAssignment | None:
        return await DocumentAssignment.find(info, local_id(id, DocumentAssignment))

    @strawberry.field(description="The types of governing documents, the highest rank first.")
    async def governing_document_types(self, info: Info) -> list[GoverningDocumentType]:
        info.context.work.require("governing_documents.read")
        types = (await document_settings(info.context.work)).types
        return [
            GoverningDocumentType(**each.model_dump())
            for each in sorted(types, key=lambda each: each.rank)
        ]

    @strawberry.field(
        description="Governing documents, in the order of their titles.",
        metadata=planned(DOCUMENTS),
    )
    async def governing_documents(
        self,
        info: Info,
        words: Annotated[
            str, strawberry.argument(description="Words in title, number or summary.")
        ] = "",
        type_key: Annotated[str, strawberry.argument(description="Key of a type.")] = "",
        body_id: Annotated[
            strawberry.ID | None, strawberry.argument(description="The unit that decides.")
        ] = None,
        unit_id: Annotated[
            strawberry.ID | None,
            strawberry.argument(description="Kept by this unit or one below it."),
        ] = None,
        state: Annotated[
            GoverningDocumentState | None, strawberry.argument(description="Where they stand.")
        ] = None,
        overdue: Annotated[
            bool, strawberry.argument(description="Only those that nobody has seen to in time.")
        ] = False,
        first: int | None = None,
        after: str | None = None,
    ) -> Connection[GoverningDocument]:
        sent = {
            "words": words,
            "type_key": type_key,
            "body_id": body_id,
            "unit_id": unit_id,
            "state": state,
            "overdue": overdue,
        }
        if overdue:
            return await _overdue(info, sent, first=first, after=after)
        return await page_of(DOCUMENTS, info, GoverningDocument, first=first, after=after, **sent)

    @strawberry.field(
        description="How far what documents ask has come: of all, of one, or of a unit with those "
        "below it."
    )
    async def document_follow_up(
        self,
        info: Info,
        document_id: Annotated[
            strawberry.ID | None, strawberry.argument(description="Of one document.")
        ] = None,
        unit_id: Annotated[
            strawberry.ID | None, strawberry.argument(description="Of a unit, with those below.")
        ] = None,
    ) -> DocumentFollowUp:
        document = None
        if document_id:
            id = local_id(document_id, GoverningDocument, field="documentId")
            document = await get_document(info.context.work, id)
        found = await follow_up(
            info.context.work,
            document_id=document.id if document else None,
            unit_id=_unit(unit_id) if unit_id else None,
        )
        return DocumentFollowUp(
            whole=_progress(found.whole, GoverningDocument),
            documents=[_progress(each, GoverningDocument) for each in found.documents],
            units=[_progress(each, Unit) for each in found.units],
            answers=[DocumentAnswer.of(row.answer) for row in found.rows],
        )
