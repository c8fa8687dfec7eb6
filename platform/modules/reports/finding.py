"""Search among the reports."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import and_, func, select

from ....authz.permit import permit
from ....infra.i18n import _
from ....tenants.models import Unit, UnitVersion
from ....tenants.tree.versions import on_day
from ....tenants.work import Work
from ...finding import MOST, Found
from .models import Report


@permit("reports.read")
async def find_reports(work: Work, words: str, year: int) -> Sequence[Found]:
    """Reports of any year whose title holds the words, those of the year first."""
    rows = await work.rows(
        select(Report.id, Report.title, Report.period, Unit.slug, UnitVersion.name)
        .join(Unit, and_(Unit.id == Report.unit_id, Unit.tenant_id == Report.tenant_id))
        .join(
            UnitVersion,
            and_(UnitVersion.unit_id == Unit.id, UnitVersion.tenant_id == Unit.tenant_id),
        )
        .where(Report.title.icontains(words, autoescape=True), on_day(work.today))
        .order_by(
            Report.period.startswith(str(year)).desc(),
            Report.period.desc(),
            func.sv_key(Report.title),
            Report.id,
        )
        .limit(MOST)
    )
    return [
        Found(
            title=title,
            kind=_("Report"),
            page="write_report",
            params={"unit": slug, "year": int(period[:4]), "report": id},
            detail=f"{unit_name}, {period}",
        )
        for id, title, period, slug, unit_name in rows
    ]
