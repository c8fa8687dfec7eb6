"""The deadlines of grants: what has to be done by which day, and when it was done."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Final
from uuid import UUID

from sqlalchemy import and_, select

from ....authz.permit import permit
from ....infra.errors import Conflict, InvalidInput
from ....infra.i18n import _
from ....infra.periods import check_year
from ....infra.texts import at_most, one_line
from ....tenants.rows import uuid7
from ....tenants.work import Work
from .holding import WRITE, hold_grant
from .models import DeadlineKind, Grant, GrantDeadline, GrantState
from .service import SHORT, Filter, fitting

MOST: Final = 50
OVER: Final = (GrantState.REFUSED, GrantState.CLOSED)
"""Nothing more is asked of such a grant."""


@permit("grants.read")
async def deadlines_of(work: Work, grant_ids: Sequence[UUID]) -> Sequence[GrantDeadline]:
    """By grant, the first day first."""
    return await work.scalars(
        select(GrantDeadline)
        .where(GrantDeadline.grant_id.in_(grant_ids))
        .order_by(GrantDeadline.grant_id, GrantDeadline.due_on, GrantDeadline.id)
    )


@permit("grants.read")
async def open_deadlines(
    work: Work, chosen: Filter, *, limit: int | None = None
) -> list[tuple[GrantDeadline, Grant]]:
    """What is still to be done of the grants that fit, the first day first."""
    statement = (
        select(GrantDeadline, Grant)
        .join(
            Grant,
            and_(Grant.id == GrantDeadline.grant_id, Grant.tenant_id == GrantDeadline.tenant_id),
        )
        .where(GrantDeadline.done_on.is_(None), Grant.state.not_in(OVER), *fitting(work, chosen))
        .order_by(GrantDeadline.due_on, GrantDeadline.id)
    )
    if chosen.due_before is not None:
        statement = statement.where(GrantDeadline.due_on <= chosen.due_before)
    rows = await work.rows(statement.limit(limit))
    return [(row[0], row[1]) for row in rows]


@permit(WRITE)
async def add_deadline(
    work: Work, grant_id: UUID, *, kind: DeadlineKind, due_on: date, name: str = ""
) -> GrantDeadline:
    """One of the municipality's own has a name. Raises InvalidInput, Conflict."""
    check_year(due_on.year)
    grant = await hold_grant(work, grant_id)
    others = select(GrantDeadline.id).where(GrantDeadline.grant_id == grant.id).limit(MOST)
    if len(await work.scalars(others)) >= MOST:
        raise Conflict(_("A grant has at most {most} deadlines.", most=MOST))
    row = GrantDeadline(
        id=uuid7(),
        grant_id=grant.id,
        kind=kind,
        name=_name(kind, name),
        due_on=due_on,
        changed_by=work.actor.id,
        changed_at=work.now,
    )
    work.add(row)
    await work.flush()
    return row


@permit(WRITE)
async def move_deadline(work: Work, deadline_id: UUID, *, due_on: date) -> GrantDeadline:
    """Another day, such as when the giver gives more time. Raises Conflict for one that is done."""
    row = await _hold(work, deadline_id)
    if row.done_on is not None:
        raise Conflict(_("This is done already. Undo that first."))
    check_year(due_on.year)
    row.due_on = due_on
    return await _saved(work, row)


@permit(WRITE)
async def tick_deadline(
    work: Work, deadline_id: UUID, *, done_on: date | None = None
) -> GrantDeadline:
    """It is done, today or on an earlier day. Raises InvalidInput for a day to come."""
    row = await _hold(work, deadline_id)
    day = done_on or work.today
    if row.done_on is not None:
        raise Conflict(_("This is done already. Undo that first."))
    if day > work.today:
        raise InvalidInput(_("The day is still to come."), field="doneOn")
    row.done_on, row.done_by = day, work.actor.id
    return await _saved(work, row)


@permit(WRITE)
async def untick_deadline(work: Work, deadline_id: UUID) -> GrantDeadline:
    """It was not done after all."""
    row = await _hold(work, deadline_id)
    row.done_on, row.done_by = None, None
    return await _saved(work, row)


@permit(WRITE)
async def remove_deadline(work: Work, deadline_id: UUID) -> Grant:
    """For one added by mistake. Raises Conflict for one that is done."""
    row = await _hold(work, deadline_id)
    if row.done_on is not None:
        raise Conflict(_("This is done already. Undo that first."))
    await work.delete(row)
    await work.flush()
    return await work.get(Grant, row.grant_id)


async def _hold(work: Work, deadline_id: UUID) -> GrantDeadline:
    row = await work.get(GrantDeadline, deadline_id)
    await hold_grant(work, row.grant_id)
    return row


async def _saved(work: Work, row: GrantDeadline) -> GrantDeadline:
    row.changed_by, row.changed_at = work.actor.id, work.now
    await work.flush()
    return row


def _name(kind: DeadlineKind, name: str) -> str:
    if kind is DeadlineKind.OWN:
        return one_line(name, field="name", most=SHORT)
    return at_most(name, field="name", most=SHORT)
