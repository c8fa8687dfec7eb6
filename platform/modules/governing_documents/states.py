"""Where a document stands on a day, and why somebody should look at it: told by dates and rows."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, case, exists, or_, select
from sqlalchemy.orm import aliased

from ....authz.permit import permit
from ....tenants.log.access_log import Action
from ....tenants.models import Person
from ....tenants.work import Work
from .models import DocumentState, DocumentVersion, GoverningDocument

S = DocumentState


class Overdue(StrEnum):
    """Why a document is on the list of what nobody has seen to."""

    REVIEW = "review"
    """Its day of review has passed."""
    ENDED = "ended"
    """It is no longer in force, and nothing has come after it."""
    OWNER = "owner"
    """Who answers for it has left."""


def state_of(work: Work, row: Any = GoverningDocument) -> ColumnElement[str]:
    """A column with the state of each document today."""
    return state_sql(row, tenant_id=work.tenant.id, today=work.today)


def state_sql(row: Any, *, tenant_id: Any, today: Any) -> ColumnElement[str]:
    """The same as a part of another statement."""

    def decided(document_id: Any, *more: Any) -> ColumnElement[bool]:
        return exists().where(
            version.tenant_id == tenant_id,
            version.document_id == document_id,
            version.decided_on.is_not(None),
            *more,
        )

    version = aliased(DocumentVersion)
    begun = version.valid_from <= today
    lasting = or_(version.valid_to.is_(None), version.valid_to >= today)
    return case(
        (row.withdrawn_at.is_not(None), S.WITHDRAWN.value),
        (decided(row.replaced_by_id, begun), S.REPLACED.value),
        (decided(row.id, begun, lasting), S.VALID.value),
        (decided(row.id, version.valid_from > today), S.COMING.value),
        (decided(row.id), S.EXPIRED.value),
        else_=S.DRAFT.value,
    )


def overdue_of(work: Work, row: Any = GoverningDocument) -> ColumnElement[str | None]:
    """A column with why each document is overdue by its own days; null for one that is not."""
    state = state_of(work, row)
    return case(
        (and_(state == S.VALID.value, row.review_on < work.today), Overdue.REVIEW.value),
        (and_(state == S.EXPIRED.value, row.replaced_by_id.is_(None)), Overdue.ENDED.value),
        else_=None,
    )


def owner_left(work: Work, row: Any = GoverningDocument) -> ColumnElement[bool]:
    """Whether who answers for a document that governs, or is going to, has left."""
    return state_of(work, row).in_((S.DRAFT.value, S.COMING.value, S.VALID.value)) & exists().where(
        Person.tenant_id == work.tenant.id, Person.id == row.owner_id, Person.left_on <= work.today
    )


async def left_by_owner(work: Work, ids: Iterable[UUID]) -> set[UUID]:
    """The documents whose owner has left, which the access log is told of."""
    rows = await work.rows(
        select(GoverningDocument.id, GoverningDocument.owner_id).where(
            GoverningDocument.id.in_(set(ids)), owner_left(work)
        )
    )
    people = sorted({row[1] for row in rows if row[1] is not None})
    if people:
        work.note(Action.READ, "person", records=people, about=people)
    return {row[0] for row in rows}


@permit("governing_documents.read")
async def states(work: Work, ids: Iterable[UUID]) -> dict[UUID, DocumentState]:
    """Of documents, in one statement."""
    rows = await work.rows(
        select(GoverningDocument.id, state_of(work)).where(GoverningDocument.id.in_(set(ids)))
    )
    return {row[0]: DocumentState(row[1]) for row in rows}


@permit("governing_documents.read")
async def all_versions(work: Work, ids: Iterable[UUID]) -> dict[UUID, list[DocumentVersion]]:
    """Of documents, the latest version of each first."""
    wanted = set(ids)
    found: dict[UUID, list[DocumentVersion]] = {id: [] for id in wanted}
    for version in await work.scalars(
        select(DocumentVersion)
        .where(DocumentVersion.document_id.in_(wanted))
        .order_by(DocumentVersion.number.desc())
    ):
        found[version.document_id].append(version)
    return found


def in_force(versions: Sequence[DocumentVersion], on: date) -> DocumentVersion | None:
    """The latest of those that hold on a day; `versions` come with the latest first."""
    return next((each for each in versions if holds(each, on)), None)


def standing(versions: Sequence[DocumentVersion], on: date) -> DocumentVersion | None:
    """The one to speak of: what is in force, else what was decided last, else the draft."""
    decided = (each for each in versions if each.decided_on is not None)
    return in_force(versions, on) or next(decided, None) or next(iter(versions), None)


def holds(version: DocumentVersion, on: date) -> bool:
    if version.decided_on is None or version.valid_from is None or version.valid_from > on:
        return False
    return version.valid_to is None or version.valid_to >= on
