"""The money of a grant: rows of what was paid, used and returned, with days."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from uuid import UUID

from sqlalchemy import select

from ....authz.permit import permit
from ....infra.errors import Conflict, InvalidInput
from ....infra.i18n import _
from ....infra.texts import at_most
from ....tenants.rows import uuid7
from ....tenants.work import Work
from .holding import WRITE, hold_grant, sums_of
from .models import Grant, GrantMoney, MoneyKind
from .rules import HAS_MONEY, check_money, read_amount
from .service import LONG


@permit("grants.read")
async def money_of(work: Work, grant_ids: Sequence[UUID]) -> Sequence[GrantMoney]:
    """By grant, the first day first."""
    return await work.scalars(
        select(GrantMoney)
        .where(GrantMoney.grant_id.in_(grant_ids))
        .order_by(GrantMoney.grant_id, GrantMoney.booked_on, GrantMoney.id)
    )


@permit(WRITE)
async def add_money(
    work: Work,
    grant_id: UUID,
    *,
    kind: MoneyKind,
    booked_on: date,
    amount: Decimal,
    note: str = "",
) -> GrantMoney:
    """Raises InvalidInput where the sums would not hang together, Conflict before a decision."""
    grant = await hold_grant(work, grant_id)
    if grant.state not in HAS_MONEY:
        raise Conflict(_("There is no money before the grant is granted. Take that step first."))
    if booked_on > work.today:
        raise InvalidInput(_("The day is still to come."), field="bookedOn")
    read = read_amount(amount, field="amount", above_zero=True)
    assert read is not None
    sums = (await sums_of(work, [grant.id]))[grant.id]
    check_money(grant, sums.plus(kind, read), field="amount")
    row = GrantMoney(
        id=uuid7(),
        grant_id=grant.id,
        kind=kind,
        booked_on=booked_on,
        amount=read,
        note=at_most(note, field="note", most=LONG),
        entered_by=work.actor.id,
        entered_at=work.now,
    )
    work.add(row)
    await work.flush()
    return row


@permit(WRITE)
async def remove_money(work: Work, money_id: UUID) -> Grant:
    """For a row entered by mistake. Raises InvalidInput where others rest on it."""
    row = await work.get(GrantMoney, money_id)
    grant = await hold_grant(work, row.grant_id)
    sums = (await sums_of(work, [grant.id]))[grant.id]
    check_money(grant, sums.plus(row.kind, -row.amount))
    await work.delete(row)
    await work.flush()
    return grant
