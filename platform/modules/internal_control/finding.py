"""Search among risks and controls."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import and_, case, func, or_, select

from ....authz.permit import permit
from ....infra.i18n import _
from ....tenants.models import UnitVersion
from ....tenants.tree.versions import on_day
from ....tenants.work import Work
from ...finding import LIKENESS, MOST, Found
from .models import ControlItem, ControlPlan, Risk
from .places import ITEM_PAGE, RISK_PAGE


@permit("internal_control.read")
async def find_controls(work: Work, words: str, year: int) -> Sequence[Found]:
    """Risks of the portfolio, and controls of the year's plans, whose title holds the words, else
    those whose title resembles them. Best first."""
    risks, items = await _risks(work, words), await _items(work, words, year)
    found = [*risks, *items]
    exact = any(not each.near for each in found)
    return [each for each in found if not (exact and each.near)][:MOST]


async def _risks(work: Work, words: str) -> list[Found]:
    holds = or_(
        Risk.title.icontains(words, autoescape=True),
        func.concat("R", Risk.number) == words.strip().upper(),
    )
    alike = func.word_similarity(words, Risk.title)
    at = and_(UnitVersion.unit_id == Risk.unit_id, UnitVersion.tenant_id == work.tenant.id)
    rows = await work.rows(
        select(Risk.id, Risk.number, Risk.title, UnitVersion.name, holds)
        .join(UnitVersion, at)
        .where(on_day(work.today), or_(holds, alike >= LIKENESS))
        .order_by(case((holds, 0), else_=1), alike.desc(), Risk.number)
        .limit(MOST)
    )
    return [
        Found(
            title=f"R{number} {title}",
            kind=_("Risk"),
            page=RISK_PAGE,
            params={"risk": id},
            detail=unit,
            near=not held,
        )
        for id, number, title, unit, held in rows
    ]


async def _items(work: Work, words: str, year: int) -> list[Found]:
    holds = ControlItem.title.icontains(words, autoescape=True)
    alike = func.word_similarity(words, ControlItem.title)
    plan = and_(ControlPlan.id == ControlItem.plan_id, ControlPlan.tenant_id == work.tenant.id)
    at = and_(UnitVersion.unit_id == ControlItem.unit_id, UnitVersion.tenant_id == work.tenant.id)
    rows = await work.rows(
        select(ControlItem.id, ControlItem.title, UnitVersion.name, holds)
        .join(ControlPlan, plan)
        .join(UnitVersion, at)
        .where(on_day(work.today), ControlPlan.year == year, ControlItem.removed_at.is_(None))
        .where(or_(holds, alike >= LIKENESS))
        .order_by(case((holds, 0), else_=1), alike.desc(), ControlItem.id)
        .limit(MOST)
    )
    return [
        Found(
            title=title,
            kind=_("Control"),
            page=ITEM_PAGE,
            params={"item": id},
            detail=unit,
            near=not held,
        )
        for id, title, unit, held in rows
    ]
