"""The reports of a unit: the list, reading one, and having it made as a file."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from markupsafe import Markup
from sqlalchemy import or_, select
from starlette.responses import Response

from ....authz.permit import permit
from ....infra.errors import AppError, NotFound
from ....infra.i18n import _, current_locale
from ....infra.periods import Period, PeriodKind, periods_of
from ....tenants.terms import Term
from ....tenants.tree import units
from ....tenants.work import Work
from ...module import MenuItem
from ...web.exports import export_started
from ...web.page import View, action, page
from ..goals.service import locked_years, since
from .designs.columns import columns_of
from .designs.designing import templates
from .goal_chapter import goals_are_on, goals_of
from .jobs import ReportFormat, ask_for_export
from .models import (
    ChapterKind,
    Report,
    ReportApproval,
    ReportCompletion,
    ReportTemplate,
)
from .pictures.illustrated import page_html
from .pictures.images import images_of
from .reports import Progress, progress_of
from .writing.desk import desk_of
from .writing.desk_form import table_lines
from .writing.page_words import page_words, shown_goals

REPORTS_TERM: Final = Term("reports.reports", lambda: _("Reports"))
MENU = (MenuItem(REPORTS_TERM, page="reports", permission="reports.read", key="r"),)


@dataclass(frozen=True, slots=True)
class Listed:
    """A line of the list. `state` is running, done or approved."""

    report: Report
    progress: Progress
    state: str


@page("/{unit}/{year:int}/rapporter", name="reports")
async def reports(view: View) -> Response:
    return await show_list(view)


@page("/{unit}/{year:int}/rapporter/{report:uuid}/las", name="read_report")
async def read_report(view: View) -> Response:
    """The whole report as one text, for everyone who may read."""
    desk = await desk_of(view.work, view.id("report"), unit_id=view.here.unit.id, section_id=None)
    images = await images_of(view.work, desk.report.id)
    sections = [line.section for line in desk.contents]
    goals = next((s for s in sections if s.kind is ChapterKind.GOAL_ANALYSIS), None)
    return await view.render(
        "reports/read.html",
        desk=desk,
        texts={
            section.id: Markup(
                page_html(section.text, images, tenant=view.tenant.slug, today=view.work.today)
            )
            for section in sections
        },
        lines=table_lines,
        columns=lambda section: columns_of(section.columns),
        kinds=ChapterKind,
        goals=shown_goals(await goals_of(view.work, desk.report, goals) if goals else None),
        REPORTS_TERM=REPORTS_TERM,
        **page_words(),
    )


@action("/{unit}/{year:int}/rapporter/{report:uuid}/word", name="report_word")
async def report_word(view: View) -> Response:
    return await _export(view, ReportFormat.WORD)


@action("/{unit}/{year:int}/rapporter/{report:uuid}/pdf", name="report_pdf")
async def report_pdf(view: View) -> Response:
    return await _export(view, ReportFormat.PDF)


@permit("reports.read")
async def reports_of(work: Work, *, unit_id: UUID, year: int) -> Sequence[Listed]:
    """The unit's reports of a year, those that run first, in three statements."""
    rows = await work.rows(
        select(Report, ReportCompletion.id, ReportApproval.id)
        .outerjoin(
            ReportCompletion,
            (ReportCompletion.report_id == Report.id)
            & (ReportCompletion.tenant_id == Report.tenant_id)
            & ReportCompletion.reopened_at.is_(None),
        )
        .outerjoin(
            ReportApproval,
            (ReportApproval.report_id == Report.id)
            & (ReportApproval.tenant_id == Report.tenant_id)
            & ReportApproval.withdrawn_at.is_(None),
        )
        .where(
            Report.unit_id == unit_id,
            or_(Report.period == str(year), Report.period.startswith(f"{year}-")),
        )
        .order_by(ReportCompletion.id.is_not(None), Report.period.desc(), Report.title, Report.id)
    )
    progress = await progress_of(work, [row[0].id for row in rows])
    return [
        Listed(report, how_far, _state(done, approved))
        for (report, done, approved), how_far in zip(rows, progress, strict=True)
    ]


async def report_here(view: View) -> Report:
    """The report of the address. Raises NotFound for one of another unit."""
    report = await view.work.get(Report, view.id("report"))
    if report.unit_id != view.here.unit.id:
        raise NotFound()
    return report


async def show_list(view: View, *, problem: AppError | None = None) -> Response:
    chosen = view.query("visa")
    listed = await reports_of(view.work, unit_id=view.here.unit.id, year=view.here.year)
    shown = [each for each in listed if chosen in ("", each.state)]
    may = view.work.allows("reports.write", at=view.here.unit.id)
    known = await templates(view.work) if may else []
    below = await _right_below(view) if known else 0
    return await view.render(
        "reports/list.html",
        status=problem.status if problem else 200,
        listed=shown,
        count=len(listed),
        locked=await _locked_since(view),
        chosen=chosen,
        may=may,
        templates=known,
        periods=_periods(known, view.here.year),
        below=below,
        problem=problem,
        oversees=view.work.reach("reports.remind") != frozenset(),
        designs=view.work.reach("reports.design") != frozenset(),
        REPORTS_TERM=REPORTS_TERM,
    )


async def _locked_since(view: View) -> str:
    """The day, in words, that the year is locked since; empty for an open one."""
    locks = await locked_years(view.work) if goals_are_on(view.work) else []
    return next((since(view.work, lock) for lock in locks if lock.year == view.here.year), "")


async def _right_below(view: View) -> int:
    """How many units a report can be started for beside the unit's own."""
    day = Period(view.here.year).nearest(view.work.today)
    (below,) = await units.children(view.work, [view.here.unit.id], on=day)
    return len(below)


def _periods(known: Sequence[ReportTemplate], year: int) -> list[tuple[str, str]]:
    """The periods that the templates are made for, with their names."""
    kinds = {template.periodicity for template in known}
    return [
        (str(period), period.label(current_locale()))
        for kind in PeriodKind
        if kind.value in kinds
        for period in periods_of(year, kind)
    ]


async def _export(view: View, format: ReportFormat) -> Response:
    report = await report_here(view)
    return await export_started(view, await ask_for_export(view.work, report.id, format=format))


def _state(done: UUID | None, approved: UUID | None) -> str:
    if approved is not None:
        return "approved"
    return "running" if done is None else "done"


report_pages = (reports, read_report, report_word, report_pdf)
