"""A unit's report for a period: started from its template, and how far it has come."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import Select, and_, exists, func, select

from ....authz.permit import permit
from ....infra.errors import Conflict, InvalidInput
from ....infra.i18n import _, in_language
from ....infra.periods import Period, PeriodKind, parse_period
from ....tenants import units
from ....tenants.models import Unit
from ....tenants.municipality import settings_of
from ....tenants.rows import uuid7
from ....tenants.work import Work
from ..goals.service import require_open
from .designing import chapters_of
from .holding import hold_open_report
from .models import (
    ChapterKind,
    Report,
    ReportCompletion,
    ReportTemplate,
    Section,
    SectionCompletion,
)
from .outline import Entry, outline
from .settings import ReportSettings


@dataclass(frozen=True, slots=True)
class Progress:
    """Sections marked as done, of all that can be; headings cannot."""

    done: int
    total: int


@permit("reports.write")
async def start_report(
    work: Work, *, template_id: UUID, unit_id: UUID, period: Period, due_on: date | None = None
) -> Report:
    """A report with a section for each chapter of the template, central and local to the unit.

    Raises InvalidInput for a period of another kind or a template without chapters, NotFound,
    Conflict if the unit has that report already, does not exist then, or the year is locked.
    """
    work.require("reports.write", at=unit_id)
    template = await work.get(ReportTemplate, template_id)
    await work.get(Unit, unit_id)
    if period.kind.value != template.periodicity:
        raise InvalidInput(
            _(
                "The report is made for one period of this kind: {kind}.",
                kind=_kind(template.periodicity),
            ),
            field="period",
        )
    await require_open(work, period.year)
    entries = await _chapters_for(work, template, unit_id, period)
    language = work.tenant.languages[0]
    title = f"{in_language(template.title, language)} {period.label(language)}"
    if await find_report(work, template_id=template_id, unit_id=unit_id, period=period):
        raise Conflict(_("The unit has {title} already. Open that one.", title=title))
    chosen = await settings_of(work, "reports", ReportSettings)
    report = Report(
        id=uuid7(),
        template_id=template_id,
        unit_id=unit_id,
        period=str(period),
        title=title,
        due_on=due_on,
        show_instructions=chosen.show_instructions,
        started_by=work.actor.id,
    )
    work.add(report)
    await work.flush()
    await _add_sections(work, report, entries, period)
    return report


@permit("reports.write")
async def change_report(
    work: Work,
    report_id: UUID,
    *,
    show_instructions: bool | None = None,
    due_on: date | None = None,
    without_due_date: bool = False,
) -> Report:
    """Show or hide the instructions, or set another last day. What is None stays."""
    report = await hold_open_report(work, report_id, "reports.write", alone=True)
    if show_instructions is not None:
        report.show_instructions = show_instructions
    if due_on is not None or without_due_date:
        report.due_on = None if without_due_date else due_on
    await work.flush()
    return report


@permit("reports.read")
async def find_report(
    work: Work, *, template_id: UUID, unit_id: UUID, period: Period
) -> Report | None:
    return await work.first(
        select(Report).where(
            Report.template_id == template_id,
            Report.unit_id == unit_id,
            Report.period == str(period),
        )
    )


def list_reports(
    *,
    template_id: UUID | None = None,
    unit_id: UUID | None = None,
    period: Period | None = None,
    done: bool | None = None,
) -> Select[Report]:
    """A select of reports; what is None does not narrow it."""
    statement = select(Report)
    if template_id is not None:
        statement = statement.where(Report.template_id == template_id)
    if unit_id is not None:
        statement = statement.where(Report.unit_id == unit_id)
    if period is not None:
        statement = statement.where(Report.period == str(period))
    if done is not None:
        standing = exists().where(
            ReportCompletion.tenant_id == Report.tenant_id,
            ReportCompletion.report_id == Report.id,
            ReportCompletion.reopened_at.is_(None),
        )
        statement = statement.where(standing if done else ~standing)
    return statement


@permit("reports.read")
async def progress_of(work: Work, report_ids: Sequence[UUID]) -> list[Progress]:
    """The progress of each report, in the order asked for, in one statement."""
    standing = and_(
        SectionCompletion.section_id == Section.id,
        SectionCompletion.tenant_id == Section.tenant_id,
        SectionCompletion.reopened_at.is_(None),
    )
    counted = await work.rows(
        select(Section.report_id, func.count(SectionCompletion.id), func.count())
        .outerjoin(SectionCompletion, standing)
        .where(Section.report_id.in_(report_ids), Section.kind != ChapterKind.HEADING)
        .group_by(Section.report_id)
    )
    found = {id: Progress(done, total) for id, done, total in counted}
    return [found.get(id, Progress(0, 0)) for id in report_ids]


@permit("reports.read")
async def last_years_sections(work: Work, report_ids: Sequence[UUID]) -> list[dict[str, Section]]:
    """For each report what the same one held a year before, by the keys of the sections."""
    reports = await work.scalars(select(Report).where(Report.id.in_(report_ids)))
    wanted = {_identity(row, parse_period(row.period).same_last_year()): row.id for row in reports}
    earlier = await work.rows(
        select(Report, Section)
        .join(
            Section,
            and_(Section.report_id == Report.id, Section.tenant_id == Report.tenant_id),
        )
        .where(
            Report.template_id.in_({row.template_id for row in reports}),
            Report.unit_id.in_({row.unit_id for row in reports}),
            Report.period.in_({period for _template, _unit, period in wanted}),
        )
    )
    found: dict[UUID, dict[str, Section]] = {id: {} for id in report_ids}
    for report, section in earlier:
        later = wanted.get(_identity(report, parse_period(report.period)))
        if later is not None:
            found[later][section.key] = section
    return [found[id] for id in report_ids]


def _identity(report: Report, period: Period) -> tuple[UUID, UUID, str]:
    return report.template_id, report.unit_id, str(period)


async def _chapters_for(
    work: Work, template: ReportTemplate, unit_id: UUID, period: Period
) -> list[Entry]:
    """The tree is that of today, or of the nearest day of the period."""
    day = period.nearest(work.today)
    above = await units.ancestors(work, unit_id, on=day)
    if not above:
        raise Conflict(_("The unit does not exist on {day}.", day=day.isoformat()), field="unitId")
    entries = outline(await chapters_of(work, template.id, seen_from=above))
    if not entries:
        raise InvalidInput(
            _("The template has no chapters yet. Add them first."), field="templateId"
        )
    return entries


async def _add_sections(
    work: Work, report: Report, entries: Sequence[Entry], period: Period
) -> None:
    ids = {entry.chapter.id: uuid7() for entry in entries}
    sections = [
        _section(report, entry, ids, position, period) for position, entry in enumerate(entries, 1)
    ]
    # A section refers to the one above it, which has to be there first.
    for depth in sorted({entry.depth for entry in entries}):
        work.add(
            *(
                section
                for section, entry in zip(sections, entries, strict=True)
                if entry.depth == depth
            )
        )
        await work.flush()


def _section(
    report: Report, entry: Entry, ids: dict[UUID, UUID], position: int, period: Period
) -> Section:
    chapter = entry.chapter

    def dated(text: str) -> str:
        return text.replace("{year}", str(period.year))

    return Section(
        id=ids[chapter.id],
        report_id=report.id,
        parent_id=ids[chapter.parent_id] if chapter.parent_id else None,
        key=chapter.key,
        position=position,
        number=entry.number,
        title=dated(chapter.title),
        kind=chapter.kind,
        local=chapter.unit_id is not None,
        instruction=dated(chapter.instruction),
        columns=[{**column, "title": dated(str(column["title"]))} for column in chapter.columns],
        fixed_rows=[{**row, "title": dated(row["title"])} for row in chapter.fixed_rows],
        nil_phrase=dated(chapter.nil_phrase),
        phrases=[dated(phrase) for phrase in chapter.phrases],
        carried_forward=chapter.carried_forward,
    )


def _kind(periodicity: str) -> str:
    names = {
        PeriodKind.YEAR: _("year (2026)"),
        PeriodKind.HALF_YEAR: _("half-year (2026-H1)"),
        PeriodKind.TERTIAL: _("tertial (2026-T1)"),
        PeriodKind.QUARTER: _("quarter (2026-Q1)"),
        PeriodKind.MONTH: _("month (2026-05)"),
    }
    return names[PeriodKind(periodicity)]
