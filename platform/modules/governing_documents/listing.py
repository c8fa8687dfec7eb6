"""Finding documents, and the tree in which they stand below one another."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ColumnElement, Row, Select, Text, and_, cast, func, or_, select

from ....authz.permit import permit
from ....tenants.models import Unit, UnitKind
from ....tenants.tree.below import below_sql
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
    state_sql,
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
    conditions = _fitting(work, chosen)
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
    return select(GoverningDocument).where(*_fitting(work, chosen))


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


def like(words: str) -> str:
    """The pattern of texts that hold words, for `fitting`; without words, of every text."""
    escaped = words.replace("/", "//").replace("%", "/%").replace("_", "/_")
    return f"%{escaped}%"


def fitting(
    row: Any,
    *,
    tenant_id: Any,
    today: Any,
    pattern: Any,
    type_key: Any,
    body_id: Any = None,
    unit_id: Any = None,
    state: Any = None,
) -> ColumnElement[bool]:
    """Which documents, as a part of a statement: `pattern` comes from `like`, an empty `type_key`
    stands for every type, and None for what does not narrow."""
    kind, pattern = cast(type_key, Text), func.lower(cast(pattern, Text))
    found: list[ColumnElement[bool]] = [
        or_(*(func.lower(text).like(pattern, escape="/") for text in _texts(row))),
        (kind == "") | (row.type_key == kind),
    ]
    if body_id is not None:
        found.append(row.body_id == body_id)
    if unit_id is not None:
        found.append(row.unit_id.in_(below_sql(unit_id, tenant_id=tenant_id, today=today)))
    if state is not None:
        found.append(state_sql(row, tenant_id=tenant_id, today=today) == state)
    return and_(*found)


def _texts(row: Any) -> tuple[Any, ...]:
    return row.title, row.number, row.summary


def _fitting(work: Work, chosen: Filter) -> list[ColumnElement[bool]]:
    found = [
        fitting(
            GoverningDocument,
            tenant_id=work.tenant.id,
            today=work.today,
            pattern=like(chosen.words),
            type_key=chosen.type_key,
            body_id=chosen.body_id,
            unit_id=chosen.unit_id,
            state=None if chosen.state is None else chosen.state.value,
        )
    ]
    if chosen.ids:
        found.append(GoverningDocument.id.in_(chosen.ids))
    if chosen.overdue:
        found.append(or_(overdue_of(work).is_not(None), owner_left(work)))
    return found
