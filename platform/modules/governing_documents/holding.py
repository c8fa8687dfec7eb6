"""Getting hold of a document to change it, and what the rules of the hierarchy are."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final
from uuid import UUID

from sqlalchemy import select

from ....infra.errors import Conflict, InvalidInput, NotFound
from ....infra.i18n import _
from ....tenants.models import Person, Tenant, Unit, UnitKind
from ....tenants.tree import units
from ....tenants.tree.below import below
from ....tenants.work import Work
from .models import GoverningDocument
from .settings import DocumentSettings

READ: Final = "governing_documents.read"
WRITE: Final = "governing_documents.write"
REPORT: Final = "governing_documents.report"
EXPORT: Final = "governing_documents.export"

FOR_ALL: Final = (UnitKind.COUNCIL, UnitKind.BOARD)
"""Whose documents are for the whole municipality; others' are for their own (source 004)."""


async def hold_document(
    work: Work, document_id: UUID, *, version: int | None = None
) -> GoverningDocument:
    """The document, which nobody else changes until the work ends. Raises NotFound, Forbidden, and
    Conflict for another version than the one that stands, or for one that is withdrawn."""
    document = await work.first(
        select(GoverningDocument)
        .where(GoverningDocument.id == document_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if document is None:
        raise NotFound()
    work.require(WRITE, at=document.unit_id)
    if version is not None and version != document.version:
        raise Conflict(_("Somebody else has changed this meanwhile. Load the page again."))
    if document.withdrawn_at is not None:
        raise Conflict(_("The document is withdrawn, and is kept as it was."))
    return document


async def hold_binding(work: Work, document_id: UUID) -> GoverningDocument:
    """To decide on a document, or to give units something to do by it: that belongs to those who
    write for the body which decides. Raises as `hold_document`."""
    document = await work.get(GoverningDocument, document_id)
    work.require(WRITE, at=document.body_id)
    return await hold_document(work, document_id)


async def touched(work: Work, document: GoverningDocument) -> GoverningDocument:
    """Saved, as a new version of the row."""
    document.version += 1
    document.changed_by, document.changed_at = work.actor.id, work.now
    await work.flush()
    return document


async def alone(work: Work) -> None:
    """Until the work ends nobody else adds a document, or moves one: two changes at once could
    make a circle that neither of them makes by itself."""
    await work.first(select(Tenant.id).where(Tenant.id == work.tenant.id).with_for_update())


async def check_superior(
    work: Work, document: GoverningDocument, superior_id: UUID | None, chosen: DocumentSettings
) -> None:
    """Raises NotFound, and InvalidInput for a circle, for a superior of a lower rank, and for any
    superior to what governs all."""
    if superior_id is None:
        return
    superior = await work.get(GoverningDocument, superior_id, field="superiorId")
    rows = await work.rows(select(GoverningDocument.id, GoverningDocument.superior_id))
    above = {row[0]: row[1] for row in rows}
    at: UUID | None = superior_id
    for _step in range(len(above) + 1):
        if at is None:
            break
        if at == document.id:
            raise InvalidInput(
                _("{title} stands below this document already.", title=superior.title),
                field="superiorId",
            )
        at = above.get(at)
    own, over = chosen.type(document.type_key), chosen.type(superior.type_key)
    body = await work.get(Unit, document.body_id)
    if own is not None and own.governs_all and body.kind is UnitKind.COUNCIL:
        raise InvalidInput(
            _("{type} is superior to all other documents.", type=own.name), field="superiorId"
        )
    if own is not None and over is not None and over.rank > own.rank:
        raise InvalidInput(
            _("{lower} cannot stand above {higher}.", lower=over.name, higher=own.name),
            field="superiorId",
        )


async def reach_of(work: Work, body_id: UUID) -> set[UUID]:
    """The units that a body's documents can be for: all of them for the council and the executive
    board, its own for any other."""
    tree = await units.tree(work)
    body = next((unit for unit in tree if unit.id == body_id), None)
    if body is None:
        return set()
    if body.kind in FOR_ALL:
        return {unit.id for unit in tree}
    return below(tree, [body_id])


async def check_units(work: Work, body_id: UUID, ids: Iterable[UUID]) -> list[UUID]:
    """Raises NotFound for an unknown unit, InvalidInput for one that the body cannot bind."""
    wanted = list(dict.fromkeys(ids))
    for id in wanted:
        await work.get(Unit, id, field="unitIds")
    if set(wanted) - await reach_of(work, body_id):
        raise InvalidInput(
            _("A committee's document is for its own units. Choose among those."), field="unitIds"
        )
    return wanted


async def check_owner(work: Work, person_id: UUID | None) -> UUID | None:
    if person_id is None:
        return None
    person = await work.get(Person, person_id, field="ownerId")
    if person.left_on is not None and person.left_on <= work.today:
        raise InvalidInput(
            _("{name} has left. Choose someone else.", name=person.name), field="ownerId"
        )
    return person.id
