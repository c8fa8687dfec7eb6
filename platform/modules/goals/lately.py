"""In whose goal analyses somebody worked lately, and what others entered and wrote there."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import (
    CTE,
    ColumnElement,
    Integer,
    Select,
    and_,
    cast,
    func,
    literal,
    select,
    union,
    union_all,
)
from sqlalchemy.orm import InstrumentedAttribute

from ....authz.permit import permit
from ....tenants.models import Person, Unit, UnitVersion
from ....tenants.tree.versions import on_day
from ....tenants.work import Work
from ...lately import (
    LOOKED_AT,
    MOST,
    Act,
    ActKind,
    Lately,
    PageKind,
    Spot,
    Worked,
    own_units,
    together,
)
from .models import NodeComment, Outcome, PlanNode
from .terms import ANALYSIS

PAGE = "goal_analysis"


@permit("goals.read")
async def goals_lately(work: Work, since: datetime) -> Lately:
    return Lately(await _worked(work, since), await _acts(work, since))


async def _worked(work: Work, since: datetime) -> list[Worked]:
    """The units and years that the actor entered values or wrote comments for."""
    parts = union_all(
        *(
            select(kept.unit_id, _year(kept.period).label("year"), at.label("at")).where(
                kept.tenant_id == work.tenant.id, by == work.actor.id, at >= since
            )
            for kept, by, at in (
                (Outcome, Outcome.entered_by, Outcome.entered_at),
                (NodeComment, NodeComment.written_by, NodeComment.written_at),
            )
        )
    ).subquery("parts")
    last = func.max(parts.c.at)
    rows = await work.rows(
        select(parts.c.unit_id, UnitVersion.name, Unit.slug, parts.c.year, last)
        .join(Unit, and_(Unit.id == parts.c.unit_id, Unit.tenant_id == work.tenant.id))
        .join(
            UnitVersion,
            and_(UnitVersion.unit_id == Unit.id, UnitVersion.tenant_id == Unit.tenant_id),
        )
        .where(on_day(work.today))
        .group_by(parts.c.unit_id, UnitVersion.name, Unit.slug, parts.c.year)
        .order_by(last.desc(), parts.c.unit_id, parts.c.year)
        .limit(MOST)
    )
    return [
        Worked(PageKind.GOAL_ANALYSIS, ANALYSIS, at, Spot(PAGE, unit_id, name, slug, year))
        for unit_id, name, slug, year, at in rows
    ]


async def _acts(work: Work, since: datetime) -> list[Act]:
    """What others entered and wrote at the actor's units, and of what the actor answers for."""
    parts = _by_others(work, since)
    rows = await work.rows(
        select(
            parts.c.kind,
            parts.c.at,
            parts.c.period,
            PlanNode.id,
            PlanNode.title,
            Person.id,
            Person.name,
            parts.c.unit_id,
            UnitVersion.name,
            Unit.slug,
        )
        .join(PlanNode, and_(PlanNode.id == parts.c.node_id, PlanNode.tenant_id == work.tenant.id))
        .join(Person, and_(Person.id == parts.c.by, Person.tenant_id == PlanNode.tenant_id))
        .join(Unit, and_(Unit.id == parts.c.unit_id, Unit.tenant_id == PlanNode.tenant_id))
        .join(
            UnitVersion,
            and_(UnitVersion.unit_id == Unit.id, UnitVersion.tenant_id == Unit.tenant_id),
        )
        .where(on_day(work.today))
        .order_by(parts.c.at.desc(), PlanNode.id, parts.c.unit_id, parts.c.kind, parts.c.period)
        .limit(LOOKED_AT)
    )
    return together(
        Act(
            ActKind(kind),
            title,
            person_id,
            person,
            at,
            Spot(
                PAGE,
                *(unit_id, unit_name, slug, int(period[:4])),
                query={"period": period},
                anchor=f"r-{node_id}",
            ),
            node_id=node_id,
        )
        for kind, at, period, node_id, title, person_id, person, unit_id, unit_name, slug in rows
    )


def _by_others(work: Work, since: datetime) -> CTE:
    """Materialized, so that it is found once and not once a unit."""
    return (
        union(
            *_acts_of(work, since, ActKind.VALUES, Outcome.entered_by, Outcome.entered_at),
            *_acts_of(work, since, ActKind.COMMENT, NodeComment.written_by, NodeComment.written_at),
        )
        .cte("parts")
        .prefix_with("materialized")
    )


def _acts_of(
    work: Work,
    since: datetime,
    kind: ActKind,
    by: InstrumentedAttribute[UUID | None],
    at: InstrumentedAttribute[datetime],
) -> list[Select[*tuple[object, ...]]]:
    """At the actor's units, and of what the actor answers for wherever it is."""
    kept = at.class_
    found = (
        select(
            literal(kind.value).label("kind"),
            kept.node_id.label("node_id"),
            kept.unit_id.label("unit_id"),
            kept.period.label("period"),
            by.label("by"),
            at.label("at"),
        )
        .where(kept.tenant_id == work.tenant.id, at >= since, by != work.actor.id)
        .order_by(at.desc(), kept.id)
        .limit(LOOKED_AT)
    )
    units = own_units(work, "goals.edit")
    if units is None:
        return [found]
    answered_for = select(PlanNode.id).where(
        PlanNode.tenant_id == work.tenant.id, PlanNode.responsible_id == work.actor.id
    )
    return [found.where(kept.unit_id.in_(units)), found.where(kept.node_id.in_(answered_for))]


def _year(period: InstrumentedAttribute[str]) -> ColumnElement[int]:
    return cast(func.left(period, 4), Integer)
