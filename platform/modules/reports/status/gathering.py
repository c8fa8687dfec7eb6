"""What many units have written in the same chapter, to be put together at a level above."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from uuid import UUID

from sqlalchemy import func, or_, select

from .....authz.permit import permit
from .....infra.periods import Period, parse_period
from .....tenants.work import Work
from ..models import Report, ReportImage, ReportTemplate, Section


@dataclass(frozen=True, slots=True)
class Round:
    """The reports of one template for one period."""

    template: ReportTemplate
    period: Period
    reports: int


@dataclass(frozen=True, slots=True)
class Gathered:
    """A section by its report, and the pictures that may stand in its text."""

    sections: dict[UUID, Section] = field(default_factory=dict)
    images: Sequence[ReportImage] = ()


@permit("reports.read")
async def rounds_of(work: Work, *, year: int) -> list[Round]:
    """What is reported in a year, those that most units write first."""
    rows = await work.rows(
        select(ReportTemplate, Report.period, func.count(Report.id))
        .join(
            Report,
            (Report.template_id == ReportTemplate.id)
            & (Report.tenant_id == ReportTemplate.tenant_id),
        )
        .where(or_(Report.period == str(year), Report.period.startswith(f"{year}-")))
        .group_by(ReportTemplate.tenant_id, ReportTemplate.id, Report.period)
        .order_by(
            func.count(Report.id).desc(),
            func.max(Report.due_on).nulls_last(),
            ReportTemplate.key,
            Report.period,
        )
    )
    return [Round(template, parse_period(period), count) for template, period, count in rows]


@permit("reports.read")
async def gathered(work: Work, report_ids: Sequence[UUID], *, key: str) -> Gathered:
    """The section with the key in each of the reports that has one."""
    sections = await work.scalars(
        select(Section).where(Section.report_id.in_(report_ids), Section.key == key)
    )
    images = await work.scalars(select(ReportImage).where(ReportImage.report_id.in_(report_ids)))
    return Gathered({section.report_id: section for section in sections}, images)
