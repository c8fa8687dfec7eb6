"""What people tell of faults on the pages. The law on accessibility (2018:1937) asks for a way."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, select

from ..authz.permit import permit
from ..infra.texts import at_most, one_line
from .log.access_log import Action
from .models import Feedback
from .work import Work

LONGEST = 4_000
LONGEST_ADDRESS = 300
SHOWN = 200


@permit("feedback.write")
async def tell_fault(work: Work, *, page: str, text: str) -> Feedback:
    """Keep what someone has told, for the administrators. Raises InvalidInput for no text."""
    one_line(text, field="text", most=LONGEST)
    told = Feedback(
        page=at_most(page, field="page", most=LONGEST_ADDRESS),
        text=at_most(text, field="text", most=LONGEST),
        person_id=work.actor.id,
    )
    work.add(told)
    await work.flush()
    return told


@permit("tenant.read")
async def faults_told(work: Work) -> Sequence[Feedback]:
    """The latest first, those that are dealt with last."""
    found = await work.scalars(select(Feedback).order_by(*in_order(Feedback)).limit(SHOWN))
    told_by = [row.person_id for row in found if row.person_id is not None]
    if found:
        work.note(Action.READ, "feedback", records=[row.id for row in found], about=told_by)
    return found


def in_order(told: type[Feedback]) -> tuple[ColumnElement[Any], ...]:
    """The order in which they are shown; `told` may be an alias."""
    return told.done_at.is_not(None), told.created_at.desc(), told.id.asc()


@permit("tenant.configure")
async def deal_with_fault(work: Work, feedback_id: UUID) -> Feedback:
    """Someone has seen to it. Nothing happens the second time."""
    told = await work.get(Feedback, feedback_id)
    if told.done_at is None:
        told.done_at, told.done_by = work.now, work.actor.id
        await work.flush()
        about = [] if told.person_id is None else [told.person_id]
        work.note(Action.CHANGE, "feedback", records=[told.id], about=about)
    return told
