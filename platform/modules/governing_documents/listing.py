"""Finding documents, and the tree in which they stand below one another."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final
from uuid import UUID

from sqlalchemy import ColumnElement, Row, Select, func, or_, select

from ....authz.permit import permit
from ....tenants import units
from ....tenants.below import below
from ....tenants.models import Unit, UnitKind
from ....tenants.work import Work
from .models import DocumentState, DocumentVersion, GoverningDocument
from .settings import document_settings
from .states import (
    Overdue,
    all_versions,
    left_by_owner,
    overdue_of,
    owner_left,
    standing,
    state_of,
)


@dataclass(frozen=True, slots=True)
class Filter:
    """Which documents: all that is given has to fit. `unit_id` takes those kept below it too."""

    words: str = ""
    type_key: str = ""
    body_id: UUID | None = None
    unit_id: UUID | None = None
    state: DocumentState | None = None
    overdue: bool = False
    ids: frozenset[UUID] = frozenset()


ALL: Final = Filter()


@dataclass(frozen=True, slots=True)
class Listed:
    """A document with where it stands today; `version` is the one to speak of, if any."""

    document: GoverningDocument
    state: DocumentState
    overdue: Overdue | None
    version: DocumentVersion | None


@dataclass(frozen=True, slots=True)
class Documents:
    rows: list[Listed]
    total: int


@dataclass(frozen=True, slots=True)
class Branch:
    """A document with those below it."""

    listed: Listed
    below: list[Branch] = field(default_factory=list)


@permit("governing_documents.read")
async def documents(
    work: Work, chosen: Filter = ALL, *, offset: int = 0, limit: int | None = 50
) -> Documents:
    """A part of those that fit, in the order of their titles; and how many fit."""
    conditions = await _fitting(work, chosen)
    rows = await work.rows(
        select(GoverningDocument, state_of(work), overdue_of(work))
        .where(*conditions)
        .order_by(func.sv_key(GoverningDocument.title), GoverningDocument.id)
        .offset(offset)
        .limit(limit)
    )
    total = await work.first(select(func.count()).select_from(GoverningDocument).where(*conditions))
    return Documents(await _listed(work, rows), total or 0)


@permit("governing_documents.read")
async def matching(work: Work, chosen: Filter = ALL) -> Select[GoverningDocument]:
    """A statement for all that fit, to be paged; in no order of its own."""
    return select(GoverningDocument).where(*await _fitting(work, chosen))


@permit("governing_documents.read")
async def listed(work: Work, document_id: UUID) -> Listed:
    """One document. Raises NotFound."""
    await work.get(GoverningDocument, document_id)
    rows = await work.rows(
        select(GoverningDocument, state_of(work), overdue_of(work)).where(
            GoverningDocument.id == document_id
        )
    )
    return (await _listed(work, rows))[0]


@permit("governing_documents.read")
async def hierarchy(work: Work) -> list[Branch]:
    """What is a draft, coming or in force, as it stands: the council's document that governs all
    at the top, below it what names no superior, by rank and title."""
    alive = (DocumentState.DRAFT, DocumentState.COMING, DocumentState.VALID)
    found = [row for row in (await documents(work, limit=None)).rows if row.state in alive]
    chosen = await document_settings(work)
    ranks = {each.key: each.rank for each in chosen.types}
    found.sort(key=lambda row: ranks.get(row.document.type_key, 99))  # titles are in order already
    branches = {row.document.id: Branch(row) for row in found}
    top = await _topmost(work, found, chosen.governing)
    roots = []
    for row in found:
        above = row.document.superior_id or (top.document.id if top else None)
        if above is not None and above in branches and above != row.document.id:
            branches[above].below.append(branches[row.document.id])
        else:
            roots.append(branches[row.document.id])
    return roots


async def topmost(work: Work) -> Listed | None:
    """The council's document that is superior to every other today."""
    rows = (await documents(work, limit=None)).rows
    return await _topmost(work, rows, (await document_settings(work)).governing)


async def _topmost(work: Work, rows: Sequence[Listed], keys: Sequence[str]) -> Listed | None:
    bodies = {row.document.body_id for row in rows if row.document.type_key in keys}
    councils = set(
        await work.scalars(
            select(Unit.id).where(Unit.id.in_(bodies), Unit.kind == UnitKind.COUNCIL)
        )
    )
    found = [
        row
        for row in rows
        if row.state is DocumentState.VALID
        and row.document.type_key in keys
        and row.document.body_id in councils
        and row.document.superior_id is None
    ]
    return max(found, key=lambda row: str(row.version and row.version.valid_from), default=None)


@permit("governing_documents.read")
async def inferiors(work: Work, document_id: UUID) -> Sequence[GoverningDocument]:
    return await work.scalars(
        select(GoverningDocument)
        .where(GoverningDocument.superior_id == document_id)
        .order_by(func.sv_key(GoverningDocument.title), GoverningDocument.id)
    )


async def _listed(
    work: Work, rows: Sequence[Row[GoverningDocument, str, str | None]]
) -> list[Listed]:
    ids = [row[0].id for row in rows]
    versions, left = await all_versions(work, ids), await left_by_owner(work, ids)
    found = []
    for document, state, late in rows:
        overdue = Overdue(late) if late else None
        if overdue is None and document.id in left:
            overdue = Overdue.OWNER
        version = standing(versions[document.id], work.today)
        found.append(Listed(document, DocumentState(state), overdue, version))
    return found


async def _fitting(work: Work, chosen: Filter) -> list[ColumnElement[bool]]:
    row = GoverningDocument
    found: list[ColumnElement[bool]] = []
    if chosen.words:
        like = [
            column.icontains(chosen.words, autoescape=True)
            for column in (row.title, row.number, row.summary)
        ]
        found.append(or_(*like))
    if chosen.ids:
        found.append(row.id.in_(chosen.ids))
    if chosen.type_key:
        found.append(row.type_key == chosen.type_key)
    if chosen.body_id is not None:
        found.append(row.body_id == chosen.body_id)
    if chosen.unit_id is not None:
        found.append(row.unit_id.in_(below(await units.tree(work), [chosen.unit_id])))
    if chosen.state is not None:
        found.append(state_of(work) == chosen.state.value)
    if chosen.overdue:
        found.append(or_(overdue_of(work).is_not(None), owner_left(work)))
    return found
