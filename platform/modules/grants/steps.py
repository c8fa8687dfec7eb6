"""How far a grant has come: each step has who and when, and is refused without what it needs."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Final
from uuid import UUID

from sqlalchemy import ColumnElement, delete, select, update

from ....authz.permit import permit
from ....infra.errors import Conflict, InvalidInput
from ....infra.i18n import _
from ....infra.texts import at_most
from ....tenants.decided import read_decided
from ....tenants.work import Work
from .deadlines import add_deadline
from .holding import WRITE, hold_grant, sums_of, touched
from .models import DeadlineKind, Grant, GrantDeadline, GrantState, GrantStep
from .rules import DONE_WITH, Sums, check_step, read_amount
from .service import LONG, SHORT


@permit("grants.read")
async def steps_of(work: Work, grant_id: UUID) -> Sequence[GrantStep]:
    """The steps of a grant, the first first."""
    return await work.scalars(
        select(GrantStep)
        .where(GrantStep.grant_id == grant_id)
        .order_by(GrantStep.taken_at, GrantStep.id)
    )


@permit(WRITE)
async def apply_for_grant(
    work: Work,
    grant_id: UUID,
    *,
    version: int | None = None,
    sought: Decimal | None = None,
    giver_case: str | None = None,
    note: str = "",
) -> Grant:
    """It is sought, or requisitioned. Without `sought` the amount that stands is sought."""
    grant = await hold_grant(work, grant_id, version=version)
    if sought is not None:
        grant.sought = read_amount(sought, field="sought", above_zero=True)
    _set_case(grant, giver_case)
    return await _take(work, grant, GrantState.APPLIED, note=note)


@permit(WRITE)
async def decide_grant(
    work: Work,
    grant_id: UUID,
    *,
    approved: bool,
    version: int | None = None,
    granted: Decimal | None = None,
    decided_by: str = "",
    decided_on: date | None = None,
    decided_paragraph: str = "",
    registry_number: str = "",
    giver_case: str | None = None,
    note: str = "",
) -> Grant:
    """What the giver has decided. Raises InvalidInput without its day and registry number, and
    without an amount where it is granted."""
    grant = await hold_grant(work, grant_id, version=version)
    decision = read_decided(
        {
            "decided_by": decided_by,
            "decided_on": decided_on,
            "decided_paragraph": decided_paragraph,
            "registry_number": registry_number,
        },
        today=work.today,
    )
    for name, value in decision.items():
        setattr(grant, name, value)
    if approved:
        grant.granted = read_amount(granted, field="granted", above_zero=True)
    elif granted:
        raise InvalidInput(_("What is refused has no amount."), field="granted")
    _set_case(grant, giver_case)
    to = GrantState.GRANTED if approved else GrantState.REFUSED
    return await _take(work, grant, to, note=note)


@permit(WRITE)
async def begin_use(
    work: Work, grant_id: UUID, *, version: int | None = None, note: str = ""
) -> Grant:
    """Raises InvalidInput when nobody answers for the grant."""
    grant = await hold_grant(work, grant_id, version=version)
    return await _take(work, grant, GrantState.IN_USE, note=note)


@permit(WRITE)
async def report_grant(
    work: Work, grant_id: UUID, *, version: int | None = None, note: str = ""
) -> Grant:
    """It is reported back to the giver; the deadline of the final report is done with that."""
    grant = await hold_grant(work, grant_id, version=version)
    return await _take(work, grant, GrantState.REPORTED, note=note)


@permit(WRITE)
async def claim_grant(
    work: Work,
    grant_id: UUID,
    *,
    claimed: Decimal | None,
    repay_by: date | None = None,
    version: int | None = None,
    note: str = "",
) -> Grant:
    """The giver wants money back; by a day, which becomes a deadline that somebody is reminded
    of."""
    grant = await hold_grant(work, grant_id, version=version)
    grant.claimed = read_amount(claimed, field="claimed", above_zero=True)
    grant = await _take(work, grant, GrantState.CLAIMED, note=note)
    if repay_by is not None:
        await add_deadline(work, grant.id, kind=DeadlineKind.REPAYMENT, due_on=repay_by)
    return grant


@permit(WRITE)
async def close_grant(
    work: Work, grant_id: UUID, *, version: int | None = None, note: str = ""
) -> Grant:
    """Nothing more is to be done. Raises InvalidInput while money is unaccounted for, without a
    note that says why."""
    grant = await hold_grant(work, grant_id, version=version)
    return await _take(work, grant, GrantState.CLOSED, note=note)


@permit(WRITE)
async def step_back(work: Work, grant_id: UUID, *, note: str, version: int | None = None) -> Grant:
    """Back to the state before, with the reason; what the step brought goes with it.

    Raises Conflict at the first state, and where money is entered that the state before has none.
    """
    grant = await hold_grant(work, grant_id, version=version, closed=True)
    why = at_most(note, field="note", most=LONG)
    if not why:
        raise InvalidInput(_("Write why the step is taken back."), field="note")
    before = state_before(await steps_of(work, grant.id))
    if before is None:
        raise Conflict(_("This is where the grant began."))
    if before in BEFORE_MONEY and (await sums_of(work, [grant.id]))[grant.id] != Sums():
        raise Conflict(_("Money is entered on the grant. Take the rows away first."))
    for name in BROUGHT.get(grant.state, ()):
        setattr(grant, name, None if name in ("granted", "claimed", "decided_on") else "")
    if grant.state is GrantState.CLAIMED:
        await work.execute(delete(GrantDeadline).where(*_open_ones(grant, DeadlineKind.REPAYMENT)))
    grant.state = before
    _add_step(work, grant, note=why, back=True)
    return await touched(work, grant)


DECISION: Final = ("decided_by", "decided_on", "decided_paragraph", "registry_number")
BROUGHT: Final = {
    GrantState.GRANTED: ("granted", *DECISION),
    GrantState.REFUSED: DECISION,
    GrantState.CLAIMED: ("claimed",),
}
"""What is cleared when a step is taken back."""
BEFORE_MONEY: Final = (GrantState.SEARCH, GrantState.APPLIED)


def state_before(steps: Sequence[GrantStep]) -> GrantState | None:
    """Where the grant was before its last step, with steps taken back left out."""
    standing: list[GrantState] = []
    for step in steps:
        if step.back:
            standing.pop()
        else:
            standing.append(step.state)
    return standing[-2] if len(standing) > 1 else None


async def _take(work: Work, grant: Grant, to: GrantState, *, note: str) -> Grant:
    note = at_most(note, field="note", most=LONG)
    sums = (await sums_of(work, [grant.id]))[grant.id]
    check_step(grant, to, sums, note=note)
    grant.state = to
    _add_step(work, grant, note=note)
    if kinds := DONE_WITH.get(to):
        done = (
            update(GrantDeadline)
            .where(*_open_ones(grant, *kinds))
            .values(
                done_on=work.today,
                done_by=work.actor.id,
                changed_by=work.actor.id,
                changed_at=work.now,
            )
        )
        await work.execute(done.execution_options(synchronize_session="fetch"))
    return await touched(work, grant)


def _open_ones(grant: Grant, *kinds: DeadlineKind) -> tuple[ColumnElement[bool], ...]:
    """Deadlines of some kinds that are not done."""
    return (
        GrantDeadline.grant_id == grant.id,
        GrantDeadline.kind.in_(kinds),
        GrantDeadline.done_on.is_(None),
    )


def _add_step(work: Work, grant: Grant, *, note: str, back: bool = False) -> None:
    work.add(
        GrantStep(
            grant_id=grant.id,
            state=grant.state,
            back=back,
            note=note,
            taken_by=work.actor.id,
            taken_at=work.now,
        )
    )


def _set_case(grant: Grant, giver_case: str | None) -> None:
    if giver_case is not None:
        grant.giver_case = at_most(giver_case, field="giverCase", most=SHORT)
