"""The reports that somebody wrote in lately, and what others finished and approved there."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import (
    CTE,
    ColumnElement,
    Select,
    and_,
    func,
    literal,
    null,
    select,
    true,
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
from .models import (
    Report,
    ReportApproval,
    ReportCompletion,
    Section,
    SectionCompletion,
    SectionVersion,
)

PAGE = "write_report"


@permit("reports.read")
async def reports_lately(work: Work, since: datetime) -> Lately:
    return Lately(await _worked(work, since), await _acts(work, since))


async def _worked(work: Work, since: datetime) -> list[Worked]:
    """The reports that the actor wrote in, even where somebody else has written since."""
    own = work.tenant.id
    last = (
        select(Section.report_id, func.max(SectionVersion.written_at).label("at"))
        .join(
            SectionVersion,
            and_(
                SectionVersion.section_id == Section.id,
                SectionVersion.tenant_id == Section.tenant_id,
            ),
        )
        .where(
            Section.tenant_id == own,
            SectionVersion.tenant_id == own,
            SectionVersion.written_by == work.actor.id,
            SectionVersion.written_at >= since,
        )
        .group_by(Section.report_id)
        .cte("last")
        .prefix_with("materialized")
    )
    rows = await work.rows(
        select(Report, UnitVersion.name, Unit.slug, last.c.at)
        .join(last, last.c.report_id == Report.id)
        .join(Unit, and_(Unit.id == Report.unit_id, Unit.tenant_id == Report.tenant_id))
        .join(
            UnitVersion,
            and_(UnitVersion.unit_id == Unit.id, UnitVersion.tenant_id == Unit.tenant_id),
        )
        .where(on_day(work.today))
        .order_by(last.c.at.desc(), Report.id)
        .limit(MOST)
    )
    return [
        Worked(PageKind.REPORT, report.title, at, _spot(report, name, slug))
        for report, name, slug, at in rows
    ]


async def _acts(work: Work, since: datetime) -> list[Act]:
    """What others marked as done, or approved, at the actor's units."""
    parts = _ended_by_others(work, since)
    own = work.tenant.id
    rows = await work.rows(
        select(
            parts.c.kind,
            parts.c.at,
            Report,
            parts.c.section_id,
            parts.c.number,
            parts.c.title,
            Person.id,
            Person.name,
            UnitVersion.name,
            Unit.slug,
        )
        .join(Report, and_(Report.id == parts.c.report_id, Report.tenant_id == own))
        .join(Person, and_(Person.id == parts.c.by, Person.tenant_id == Report.tenant_id))
        .join(Unit, and_(Unit.id == Report.unit_id, Unit.tenant_id == Report.tenant_id))
        .join(
            UnitVersion,
            and_(UnitVersion.unit_id == Unit.id, UnitVersion.tenant_id == Unit.tenant_id),
        )
        .where(on_day(work.today))
        .order_by(parts.c.at.desc(), Report.id, parts.c.section_id, parts.c.kind)
        .limit(LOOKED_AT)
    )
    return together(
        Act(
            ActKind(kind),
            f"{number} {title}".strip() if section_id else report.title,
            person_id,
            person,
            at,
            _spot(report, unit_name, slug, section_id),
            section_id=section_id,
        )
        for kind, at, report, section_id, number, title, person_id, person, unit_name, slug in rows
    )


def _ended_by_others(work: Work, since: datetime) -> CTE:
    report, approval = ReportCompletion, ReportApproval
    return (
        union_all(
            _sections_done(work, since),
            _reports_ended(
                *(work, since, ActKind.REPORT_DONE),
                *(report.completed_by, report.completed_at, report.reopened_at),
            ),
            _reports_ended(
                *(work, since, ActKind.REPORT_APPROVED),
                *(approval.approved_by, approval.approved_at, approval.withdrawn_at),
            ),
        )
        .cte("parts")
        .prefix_with("materialized")
    )


def _sections_done(work: Work, since: datetime) -> Select[*tuple[object, ...]]:
    """Those that are still marked as done."""
    mark = SectionCompletion
    return (
        select(
            literal(ActKind.SECTION_DONE.value).label("kind"),
            Section.report_id.label("report_id"),
            Section.id.label("section_id"),
            Section.number.label("number"),
            Section.title.label("title"),
            mark.completed_by.label("by"),
            mark.completed_at.label("at"),
        )
        .join(Section, and_(Section.id == mark.section_id, Section.tenant_id == mark.tenant_id))
        .join(Report, and_(Report.id == Section.report_id, Report.tenant_id == Section.tenant_id))
        .where(
            mark.tenant_id == work.tenant.id,
            Section.tenant_id == work.tenant.id,
            Report.tenant_id == work.tenant.id,
            mark.completed_at >= since,
            mark.completed_by != work.actor.id,
            mark.reopened_at.is_(None),
            _at_own_units(work),
        )
        .order_by(mark.completed_at.desc(), mark.id)
        .limit(LOOKED_AT)
    )


def _reports_ended(
    work: Work,
    since: datetime,
    kind: ActKind,
    by: InstrumentedAttribute[UUID | None],
    at: InstrumentedAttribute[datetime],
    undone_at: InstrumentedAttribute[datetime | None],
) -> Select[*tuple[object, ...]]:
    """Those that are still done, or still approved."""
    mark = at.class_
    return (
        select(
            literal(kind.value),
            mark.report_id,
            null(),
            literal(""),
            literal(""),
            by,
            at.label("at"),
        )
        .join(Report, and_(Report.id == mark.report_id, Report.tenant_id == mark.tenant_id))
        .where(
            mark.tenant_id == work.tenant.id,
            Report.tenant_id == work.tenant.id,
            at >= since,
            by != work.actor.id,
            undone_at.is_(None),
            _at_own_units(work),
        )
        .order_by(at.desc(), mark.id)
        .limit(LOOKED_AT)
    )


def _at_own_units(work: Work) -> ColumnElement[bool]:
    units = own_units(work, "reports.write")
    return true() if units is None else Report.unit_id.in_(units)


def _spot(report: Report, unit: str, slug: str, section_id: UUID | None = None) -> Spot:
    return Spot(
        PAGE,
        *(report.unit_id, unit, slug, int(report.period[:4])),
        report_id=report.id,
        query={"avsnitt": str(section_id)} if section_id else {},
    )
