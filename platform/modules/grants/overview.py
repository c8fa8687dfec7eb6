"""Which grants there are and what must be reported when: sums by giver, unit and year."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final, Literal
from uuid import UUID

from sqlalchemy import ColumnElement, case, exists, func, select
from sqlalchemy.orm import InstrumentedAttribute

from ....authz.permit import permit
from ....infra.i18n import _
from ....tenants.tree import units
from ....tenants.work import Work
from .givers import givers
from .models import ORE, DeadlineKind, Grant, GrantDeadline, GrantMoney, GrantState, MoneyKind
from .rules import NOTHING
from .service import Filter, fitting

By = Literal["giver", "unit", "year"]
TO_REPORT: Final = (GrantState.GRANTED, GrantState.IN_USE)
LIVE = (GrantState.SEARCH, GrantState.APPLIED, GrantState.GRANTED, GrantState.IN_USE)


@dataclass(frozen=True, slots=True)
class Total:
    """The sums of some grants. `key` is the id or the year that they have in common, "" for all;
    `waiting` is what is sought and not decided yet."""

    key: str
    name: str
    count: int = 0
    sought: Decimal = NOTHING
    waiting: Decimal = NOTHING
    granted: Decimal = NOTHING
    paid: Decimal = NOTHING
    used: Decimal = NOTHING
    returned: Decimal = NOTHING

    @property
    def left(self) -> Decimal:
        return self.paid - self.used - self.returned

    @property
    def unpaid(self) -> Decimal:
        """Granted and not paid yet."""
        return max(self.granted - self.paid, NOTHING)


@dataclass(frozen=True, slots=True)
class Overview:
    whole: Total
    givers: tuple[Total, ...]
    units: tuple[Total, ...]
    years: tuple[Total, ...]


@permit("grants.read")
async def overview(work: Work, chosen: Filter) -> Overview:
    """Of the grants that fit; five statements whatever their number."""
    names = {str(row.id): row.name for row in await givers(work)}
    by_giver = await _totals(work, chosen, Grant.giver_id, lambda key: names[key])
    found = await _totals(work, chosen, Grant.unit_id, lambda key: key)
    placed = await units.placed(work, [UUID(total.key) for total in found])
    called = {str(unit.id): unit.name for unit in placed}
    by_unit = await _named(found, called)
    by_year = await _totals(work, chosen, Grant.year, lambda key: key)
    return Overview(
        whole=_sum(by_giver),
        givers=tuple(sorted(by_giver, key=lambda total: (-total.granted, total.name))),
        units=tuple(sorted(by_unit, key=lambda total: (-total.granted, total.name))),
        years=tuple(sorted(by_year, key=lambda total: total.key, reverse=True)),
    )


@permit("grants.read")
async def unscheduled(work: Work, chosen: Filter) -> Sequence[Grant]:
    """Grants whose money is to be accounted for, without a day for that: nobody is reminded."""
    final = exists().where(
        GrantDeadline.tenant_id == work.tenant.id,
        GrantDeadline.grant_id == Grant.id,
        GrantDeadline.kind == DeadlineKind.FINAL,
    )
    return await work.scalars(
        select(Grant)
        .where(Grant.state.in_(TO_REPORT), ~final, *fitting(work, chosen))
        .order_by(Grant.code)
    )


async def _totals(
    work: Work,
    chosen: Filter,
    key: InstrumentedAttribute[UUID] | InstrumentedAttribute[int],
    name: Callable[[str], str],
) -> list[Total]:
    """By what the grants have in common. Money is summed beside them, so that no grant counts
    twice."""
    money = (
        select(
            GrantMoney.grant_id,
            *(_of(kind) for kind in MoneyKind),
        )
        .where(GrantMoney.tenant_id == work.tenant.id)
        .group_by(GrantMoney.grant_id)
        .subquery()
    )
    undecided = case((Grant.state == GrantState.APPLIED, Grant.sought), else_=None)
    amounts = (Grant.sought, undecided, Grant.granted, *(money.c[kind] for kind in MoneyKind))
    rows = await work.rows(
        select(key, func.count(), *(func.coalesce(func.sum(each), 0) for each in amounts))
        .select_from(Grant)
        .outerjoin(money, money.c.grant_id == Grant.id)
        .where(*fitting(work, chosen))
        .group_by(key)
    )
    return [
        Total(str(row[0]), name(str(row[0])), row[1], *(_exact(each) for each in row[2:]))
        for row in rows
    ]


def _of(kind: MoneyKind) -> ColumnElement[Decimal]:
    return func.sum(GrantMoney.amount).filter(GrantMoney.kind == kind).label(kind.value)


async def _named(found: Sequence[Total], called: dict[str, str]) -> list[Total]:
    return [
        Total(
            each.key,
            called[each.key],
            each.count,
            *(each.sought, each.waiting, each.granted, each.paid, each.used, each.returned),
        )
        for each in found
    ]


def _sum(totals: Sequence[Total]) -> Total:
    return Total(
        "",
        _("All of them"),
        sum(each.count for each in totals),
        *(
            sum((getattr(each, name) for each in totals), NOTHING)
            for name in ("sought", "waiting", "granted", "paid", "used", "returned")
        ),
    )


def _exact(value: object) -> Decimal:
    return Decimal(str(value)).quantize(ORE)
