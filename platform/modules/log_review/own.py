"""What whoever reviews did themselves: somebody else decides about that."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, func, or_, select, true

from ....infra.errors import Forbidden
from ....infra.i18n import _
from ....tenants.work import Work
from .models import ReviewEvent


def is_own(work: Work, event: ReviewEvent) -> bool:
    """Whether the actor did it, or was behind who did."""
    return work.actor.id is not None and work.actor.id in (event.person_id, event.behind_id)


def of_others(work: Work) -> ColumnElement[bool]:
    """The opposite, of a row."""
    if work.actor.id is None:
        return true()
    means = (ReviewEvent.person_id, ReviewEvent.behind_id)
    return and_(*(column.is_distinct_from(work.actor.id) for column in means))


def refuse_own(work: Work, event: ReviewEvent) -> None:
    if is_own(work, event):
        raise Forbidden(
            _(
                "This is something you did yourself. Another reviewer or a full administrator "
                "decides about it, and has it in My work."
            ),
            field="decision",
        )


async def own_left(
    work: Work, review_ids: Collection[UUID], people: Collection[UUID]
) -> dict[UUID, dict[UUID, int]]:
    """By list, how much of what each of these people did nobody else has decided about."""
    if not review_ids or not people:
        return {}
    event: Any = ReviewEvent
    whose = (event.person_id, event.behind_id)
    rows = await work.rows(
        select(event.review_id, *whose, func.count())
        .where(
            event.review_id.in_(review_ids),
            or_(*(column.in_(people) for column in whose)),
            or_(event.decision.is_(None), *(event.decided_by == column for column in whose)),
        )
        .group_by(event.review_id, *whose)
    )
    found: dict[UUID, dict[UUID, int]] = {}
    for review_id, person_id, behind_id, count in rows:
        left = found.setdefault(review_id, {})
        for id in {person_id, behind_id} & set(people):
            left[id] = left.get(id, 0) + count
    return found
