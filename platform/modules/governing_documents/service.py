"""The register of governing documents: added, changed, made public, replaced, withdrawn."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, Final
from uuid import UUID

from sqlalchemy import delete, func, select

from ....authz.permit import permit
from ....infra.errors import Conflict, InvalidInput
from ....infra.i18n import _
from ....infra.texts import at_most, one_line
from ....tenants.models import Unit
from ....tenants.rows import uuid7
from ....tenants.work import Work
from .holding import (
    FOR_ALL,
    WRITE,
    alone,
    check_owner,
    check_superior,
    check_units,
    hold_document,
    touched,
)
from .listing import Filter as Filter
from .listing import documents as documents
from .models import Applies, DocumentUnit, DocumentVersion, GoverningDocument
from .settings import DocumentSettings
from .settings import document_settings as document_settings
from .words import LIGHTS as LIGHTS
from .words import state_words as state_words

SHORT: Final = 200
LONG: Final = 4_000
NUMBER: Final = 40


@permit("governing_documents.read")
async def get_document(work: Work, document_id: UUID) -> GoverningDocument:
    return await work.get(GoverningDocument, document_id)


@permit("governing_documents.read")
async def units_of(work: Work, document_ids: Iterable[UUID]) -> dict[UUID, list[UUID]]:
    """The units that documents name as those they are for."""
    wanted = set(document_ids)
    found: dict[UUID, list[UUID]] = {id: [] for id in wanted}
    for row in await work.scalars(
        select(DocumentUnit).where(DocumentUnit.document_id.in_(wanted)).order_by(DocumentUnit.id)
    ):
        found[row.document_id].append(row.unit_id)
    return found


@permit(WRITE)
async def add_document(
    work: Work,
    /,
    *,
    unit_id: UUID,
    body_id: UUID,
    title: str,
    type_key: str,
    number: str = "",
    applies: Applies = Applies.UNITS,
    unit_ids: Sequence[UUID] = (),
    **values: Any,
) -> GoverningDocument:
    """A document without any wording yet; without a number it gets the next of the year.

    For units of which none is named, it is for the body's own. Raises InvalidInput, NotFound,
    Forbidden, and Conflict for a number that is taken.
    """
    unit = await work.get(Unit, unit_id, field="unitId")
    work.require(WRITE, at=unit.id)
    await alone(work)
    body = await work.get(Unit, body_id, field="bodyId")
    document = GoverningDocument(
        id=uuid7(),
        number="",
        unit_id=unit.id,
        body_id=body.id,
        applies=applies,
        withdrawn_reason="",
        version=0,
    )
    given = {"title": title, "type_key": type_key, "summary": ""} | values
    await _set(work, document, given, await document_settings(work))
    document.number = await _number(work, number)
    await _check_for_whom(work, document)
    document.changed_by, document.changed_at = work.actor.id, work.now
    work.add(document)
    await work.flush()
    await _name_units(work, document, unit_ids)
    return await touched(work, document)


@permit(WRITE)
async def change_document(
    work: Work, /, document_id: UUID, *, version: int | None = None, **values: Any
) -> GoverningDocument:
    """What is left out stays. Raises as `add_document`, and Conflict for another version."""
    await alone(work)
    document = await hold_document(work, document_id, version=version)
    unit_id, body_id = values.pop("unit_id", None), values.pop("body_id", None)
    if unit_id is not None and unit_id != document.unit_id:
        unit = await work.get(Unit, unit_id, field="unitId")
        work.require(WRITE, at=unit.id)
        document.unit_id = unit.id
    decided = await _is_decided(work, document)
    if body_id is not None and body_id != document.body_id:
        if decided:
            raise Conflict(_("What is decided is kept as it is. Begin a new document."))
        document.body_id = (await work.get(Unit, body_id, field="bodyId")).id
    unit_ids = values.pop("unit_ids", None)
    applies = values.pop("applies", document.applies)
    if decided and not await _same_units(work, document, applies, unit_ids):
        work.require(WRITE, at=document.body_id)
    document.applies = applies
    number = values.pop("number", None)
    if number and number != document.number:
        document.number = await _number(work, number)
    await _set(work, document, values, await document_settings(work))
    await _check_for_whom(work, document)
    if unit_ids is not None or document.applies is not Applies.UNITS:
        await _name_units(work, document, unit_ids or ())
    return await touched(work, document)


@permit(WRITE)
async def publish_document(
    work: Work, document_id: UUID, *, public: bool, version: int | None = None
) -> GoverningDocument:
    """Whether anybody may read it and its files without signing in, while it is in force."""
    document = await hold_document(work, document_id, version=version)
    if public == (document.published_at is not None):
        raise Conflict(_("It is so already."))
    document.published_at = work.now if public else None
    document.published_by = work.actor.id if public else None
    return await touched(work, document)


@permit(WRITE)
async def withdraw_document(
    work: Work, document_id: UUID, *, reason: str, version: int | None = None
) -> GoverningDocument:
    """It no longer governs, from now on; it is kept, and cannot be changed again."""
    document = await hold_document(work, document_id, version=version)
    work.require(WRITE, at=document.body_id)
    told = at_most(reason, field="reason", most=LONG)
    if not told:
        raise InvalidInput(_("Write something here: it cannot be empty."), field="reason")
    document.withdrawn_at, document.withdrawn_by = work.now, work.actor.id
    document.withdrawn_reason = told
    return await touched(work, document)


@permit(WRITE)
async def replace_document(
    work: Work, document_id: UUID, *, by_id: UUID | None, version: int | None = None
) -> GoverningDocument:
    """Another document comes after it, from when that one is in force; None takes it back.

    Raises InvalidInput for itself, or for one that it comes after itself.
    """
    await alone(work)
    document = await hold_document(work, document_id, version=version)
    work.require(WRITE, at=document.body_id)
    if by_id is not None:
        at = await work.get(GoverningDocument, by_id, field="byId")
        rows = await work.rows(select(GoverningDocument.id, GoverningDocument.replaced_by_id))
        after = {row[0]: row[1] for row in rows}
        next_id: UUID | None = at.id
        for _step in range(len(after) + 1):
            if next_id == document.id:
                raise InvalidInput(_("A document cannot come after itself."), field="byId")
            next_id = after.get(next_id) if next_id else None
    document.replaced_by_id = by_id
    return await touched(work, document)


async def _set(
    work: Work, document: GoverningDocument, values: dict[str, Any], chosen: DocumentSettings
) -> None:
    if "title" in values:
        document.title = one_line(values["title"], field="title", most=SHORT)
    if "type_key" in values and values["type_key"] != document.type_key:
        if chosen.type(values["type_key"]) is None:
            raise InvalidInput(_("Choose one from the list."), field="typeKey")
        document.type_key = values["type_key"]
    if "summary" in values:
        document.summary = at_most(values["summary"] or "", field="summary", most=LONG)
    if "owner_id" in values and values["owner_id"] != document.owner_id:
        document.owner_id = await check_owner(work, values["owner_id"])
    if "review_on" in values:
        document.review_on = values["review_on"]
    superior_id = values.get("superior_id", document.superior_id)
    await check_superior(work, document, superior_id, chosen)
    document.superior_id = superior_id


async def _check_for_whom(work: Work, document: GoverningDocument) -> None:
    """The council and the executive board decide for all, others for their own (source 004)."""
    body = await work.get(Unit, document.body_id, field="bodyId")
    if document.applies is not Applies.UNITS and body.kind not in FOR_ALL:
        raise InvalidInput(
            _("Only the council and the executive board decide for the whole municipality."),
            field="applies",
        )


async def _is_decided(work: Work, document: GoverningDocument) -> bool:
    decided = select(DocumentVersion.id).where(
        DocumentVersion.document_id == document.id, DocumentVersion.decided_on.is_not(None)
    )
    return await work.first(decided) is not None


async def _same_units(
    work: Work, document: GoverningDocument, applies: Applies, ids: Sequence[UUID] | None
) -> bool:
    if applies is not document.applies:
        return False
    if ids is None or applies is not Applies.UNITS:
        return True
    return set(ids) == set((await units_of(work, [document.id]))[document.id])


async def _name_units(work: Work, document: GoverningDocument, ids: Sequence[UUID]) -> None:
    wanted = ids or [document.body_id]
    if document.applies is not Applies.UNITS:
        wanted = []
    checked = await check_units(work, document.body_id, wanted)
    await work.execute(delete(DocumentUnit).where(DocumentUnit.document_id == document.id))
    work.add(*(DocumentUnit(document_id=document.id, unit_id=id) for id in checked))
    await work.flush()


async def _number(work: Work, number: str) -> str:
    """One's own, or the next of the year. Raises Conflict for one that is taken."""
    if number.strip():
        own = one_line(number, field="number", most=NUMBER)
        same = select(GoverningDocument.id).where(GoverningDocument.number == own)
        if await work.first(same):
            raise Conflict(_("There is a document with the number {number}.", number=own))
        return own
    begins = f"{(await document_settings(work)).number_prefix}-{work.today.year}-"
    taken = await work.scalars(
        select(func.substr(GoverningDocument.number, len(begins) + 1)).where(
            GoverningDocument.number.startswith(begins, autoescape=True)
        )
    )
    last = max((int(text) for text in taken if text.isdecimal() and len(text) < 9), default=0)
    return f"{begins}{last + 1:02d}"
