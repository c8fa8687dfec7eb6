"""How far the reports of many units have come: units by chapters, for whoever leads the work."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from sqlalchemy import ScalarSelect, Select, and_, case, func, select

from .....authz.permit import permit
from .....infra.periods import Period, parse_period
from .....tenants.models import Unit
from .....tenants.tree import units
from .....tenants.tree.units import Placed
from .....tenants.work import Work
from ....asked import who_is_asked
from ....tasks import TaskKind
from ...goals.service import Needed, tasks_of_views
from ..designs.columns import filled
from ..goal_chapter import goals_are_on
from ..models import (
    ChapterKind,
    Report,
    ReportApproval,
    ReportCompletion,
    ReportTemplate,
    Section,
    SectionCompletion,
    SectionFile,
)
from ..reports import Progress

WARNED_OF = (TaskKind.OUTCOME, TaskKind.TARGET, TaskKind.COMMENT, TaskKind.ACTIVITY)


class CellState(StrEnum):
    DONE = "done"
    DONE_EMPTY = "done_empty"
    """Marked as done, and said to be empty."""
    BEGUN = "begun"
    EMPTY = "empty"
    MISSING = "missing"
    """Made of the goals, where values or words are missing."""


@dataclass(frozen=True, slots=True)
class StatusCell:
    """A section in one report. `missing` counts values and words that the goals lack, or rows of a
    table with fixed rows that are not filled in."""

    section_id: UUID
    state: CellState
    missing: int = 0


@dataclass(frozen=True, slots=True)
class StatusColumn:
    """A chapter that some report has, by the key it has in all of them; `number` and `title` are
    those of the first report."""

    key: str
    number: str
    title: str
    kind: ChapterKind
    local: bool


@dataclass(frozen=True, slots=True)
class StatusRow:
    """One unit's report; `cells` by the keys of the columns, without those that it lacks.

    `late` says that its last day is over and it is not done.
    """

    report: Report
    unit: Placed
    progress: Progress
    completion: ReportCompletion | None
    approval: ReportApproval | None
    late: bool
    cells: Mapping[str, StatusCell]


@dataclass(frozen=True, slots=True)
class ReportStatus:
    """Units by chapters; rows in the order of the tree. `not_started` are units that had the report
    a year before, and have none now."""

    template: ReportTemplate
    period: Period
    columns: tuple[StatusColumn, ...] = ()
    rows: tuple[StatusRow, ...] = ()
    not_started: tuple[Placed, ...] = ()


@dataclass(slots=True)
class _Line:
    """A section as far as its state is told by the database."""

    section_id: UUID
    column: StatusColumn
    begun: bool
    marked: bool
    empty: bool
    missing: int


@permit("reports.read")
async def status_of(
    work: Work, *, template_id: UUID, period: Period, unit_id: UUID | None = None
) -> ReportStatus:
    """The reports of a template for a period, of a unit and those below it (all when None), in a
    fixed number of statements. Raises NotFound for an absent template or unit."""
    template = await work.get(ReportTemplate, template_id)
    places = await _places(work, period, unit_id)
    reports = {
        report.unit_id: report
        for report in await work.scalars(
            select(Report).where(Report.template_id == template_id, Report.period == str(period))
        )
        if report.unit_id in places
    }
    before = select(Report.unit_id).where(
        Report.template_id == template_id, Report.period == str(period.same_last_year())
    )
    had = set(await work.scalars(before))
    ids = [report.id for report in reports.values()]
    lines = await _lines(work, ids)
    done = await _standing_completions(work, ids)
    approved = await _standing_approvals(work, ids)
    lacking = await _lacking(work, [one for one in reports.values() if one.id not in done], lines)
    rows = [
        StatusRow(
            report=report,
            unit=place,
            progress=_progress(lines.get(report.id, ())),
            completion=done.get(report.id),
            approval=approved.get(report.id),
            late=(
                report.due_on is not None and report.due_on < work.today and report.id not in done
            ),
            cells={
                line.column.key: _cell(line, lacking.get(place.id, 0))
                for line in lines.get(report.id, ())
            },
        )
        for place in places.values()
        if (report := reports.get(place.id)) is not None
    ]
    return ReportStatus(
        template=template,
        period=period,
        columns=_columns(lines[row.report.id] for row in rows if row.report.id in lines),
        rows=tuple(rows),
        not_started=tuple(
            place for place in places.values() if place.id in had and place.id not in reports
        ),
    )


async def _places(work: Work, period: Period, unit_id: UUID | None) -> dict[UUID, Placed]:
    """The units in the order of the tree, on the day of the period that is nearest to today."""
    tree = await units.tree(work, on=period.nearest(work.today))
    if unit_id is None:
        return {place.id: place for place in tree}
    await work.get(Unit, unit_id)
    within = {unit_id}
    for place in tree:
        if place.parent_id in within:
            within.add(place.id)
    return {place.id: place for place in tree if place.id in within}


async def _lines(work: Work, report_ids: Sequence[UUID]) -> dict[UUID, list[_Line]]:
    """The sections that can be marked, by report, in order."""
    found: dict[UUID, list[_Line]] = {}
    for row in await work.rows(_sections(report_ids)):
        report_id, section_id, key, number, title, kind, local, holds, marked, empty = row[:10]
        fixed, rows, files = row[10:]
        line = _Line(
            section_id,
            StatusColumn(key, number, title, kind, local),
            begun=holds or files > 0,
            marked=marked is not None,
            empty=bool(empty),
            missing=len(fixed) - sum(filled(one) for one in rows or []),
        )
        found.setdefault(report_id, []).append(line)
    return found


def _sections(
    report_ids: Sequence[UUID],
) -> Select[
    UUID,
    UUID,
    str,
    str,
    str,
    ChapterKind,
    bool,
    bool,
    UUID | None,
    bool | None,
    list[dict[str, str]],
    list[dict[str, object]] | None,
    int,
]:
    standing = and_(
        SectionCompletion.section_id == Section.id,
        SectionCompletion.tenant_id == Section.tenant_id,
        SectionCompletion.reopened_at.is_(None),
    )
    own = (Section.text != "") | Section.nil | (Section.rows != [])
    holds = own | Section.fetched.is_not(None)
    # Only rows of tables with fixed rows are counted, so only those are read.
    counted = case((Section.fixed_rows != [], Section.rows), else_=None)
    return (
        select(
            Section.report_id,
            Section.id,
            Section.key,
            Section.number,
            Section.title,
            Section.kind,
            Section.local,
            holds,
            SectionCompletion.id,
            SectionCompletion.empty,
            Section.fixed_rows,
            counted,
            _files(),
        )
        .outerjoin(SectionCompletion, standing)
        .where(Section.report_id.in_(report_ids), Section.kind != ChapterKind.HEADING)
        .order_by(Section.report_id, Section.position)
    )


def _files() -> ScalarSelect[int]:
    """How many files belong to the section of the statement around it."""
    own = and_(SectionFile.section_id == Section.id, SectionFile.tenant_id == Section.tenant_id)
    return select(func.count(SectionFile.id)).where(own).correlate(Section).scalar_subquery()


async def _standing_completions(
    work: Work, report_ids: Sequence[UUID]
) -> dict[UUID, ReportCompletion]:
    rows = await work.scalars(
        select(ReportCompletion).where(
            ReportCompletion.report_id.in_(report_ids), ReportCompletion.reopened_at.is_(None)
        )
    )
    return {row.report_id: row for row in rows}


async def _standing_approvals(work: Work, report_ids: Sequence[UUID]) -> dict[UUID, ReportApproval]:
    rows = await work.scalars(
        select(ReportApproval).where(
            ReportApproval.report_id.in_(report_ids), ReportApproval.withdrawn_at.is_(None)
        )
    )
    return {row.report_id: row for row in rows}


async def _lacking(
    work: Work, running: Sequence[Report], lines: Mapping[UUID, Sequence[_Line]]
) -> dict[UUID, int]:
    """How much the goals of each running report with such a chapter lack, by unit."""
    views = [
        Needed(report.unit_id, parse_period(report.period), report.due_on)
        for report in running
        if any(line.column.kind is ChapterKind.GOAL_ANALYSIS for line in lines.get(report.id, ()))
    ]
    if not views or not goals_are_on(work):
        return {}
    asked = await who_is_asked(work, people=None, outcome_days=0, ahead_days=10_000)
    found: dict[UUID, int] = {}
    for task in await tasks_of_views(work, asked, views):
        if task.kind in WARNED_OF:
            found[task.unit_id] = found.get(task.unit_id, 0) + 1
    return found


def _progress(lines: Sequence[_Line]) -> Progress:
    return Progress(sum(line.marked for line in lines), len(lines))


def _cell(line: _Line, lacking: int) -> StatusCell:
    generated = line.column.kind is ChapterKind.GOAL_ANALYSIS
    missing = lacking if generated else line.missing
    if line.marked:
        state = CellState.DONE_EMPTY if line.empty else CellState.DONE
        return StatusCell(line.section_id, state, missing if generated else 0)
    if generated:
        state = CellState.MISSING if missing else CellState.BEGUN
    else:
        state = CellState.BEGUN if line.begun else CellState.EMPTY
    return StatusCell(line.section_id, state, missing)


def _columns(reports: Iterable[Sequence[_Line]]) -> tuple[StatusColumn, ...]:
    """Every chapter once; one that only some have comes after the one that it follows there."""
    columns: list[StatusColumn] = []
    places: dict[str, int] = {}
    for lines in reports:
        after = -1
        for line in lines:
            if line.column.key not in places:
                columns.insert(after + 1, line.column)
                places = {column.key: at for at, column in enumerate(columns)}
            after = places[line.column.key]
    return tuple(columns)
