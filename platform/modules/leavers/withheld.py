"""What an extract is silent about: that something is being investigated, until it is closed."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import and_, or_, select

from ....tenants.work import Work
from ..log_review.models import (
    Decision,
    Investigation,
    InvestigationState,
    Review,
    ReviewEvent,
    ReviewFile,
    ReviewState,
)


@dataclass(frozen=True, slots=True)
class Withheld:
    """Ids of rows. `rows` are left out wherever they are told of; of `lists`, in which something is
    being investigated, only the words are."""

    rows: frozenset[UUID]
    lists: frozenset[UUID]


async def withheld(work: Work) -> Withheld:
    """Investigations that are open with their events and files, and events that are to be
    investigated while the review of their list goes on. In two statements."""
    open_ = await work.rows(
        select(Investigation.id, Investigation.event_id, Investigation.review_id, ReviewFile.id)
        .outerjoin(
            ReviewFile,
            and_(
                ReviewFile.investigation_id == Investigation.id,
                ReviewFile.tenant_id == Investigation.tenant_id,
            ),
        )
        .where(Investigation.state == InvestigationState.OPEN)
    )
    looked_into = select(Investigation.id).where(
        Investigation.tenant_id == work.tenant.id, Investigation.event_id == ReviewEvent.id
    )
    pending = await work.rows(
        select(ReviewEvent.id, ReviewEvent.review_id)
        .join(
            Review,
            and_(Review.id == ReviewEvent.review_id, Review.tenant_id == ReviewEvent.tenant_id),
        )
        .where(
            Review.state == ReviewState.OPEN,
            or_(
                ReviewEvent.decision == Decision.INVESTIGATE,
                ReviewEvent.decision == Decision.INTRUSION,
            ),
            ~looked_into.exists(),
        )
    )
    files: set[UUID | None] = {row[3] for row in open_}
    rows = {id for case, event, *_rest in open_ for id in (case, event)}
    rows |= {id for id in files if id is not None}
    lists = {row[2] for row in open_} | {row[1] for row in pending}
    return Withheld(frozenset(rows | {row[0] for row in pending}), frozenset(lists))
