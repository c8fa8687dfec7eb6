"""What running reports ask of people: chapters, the whole report, and what its goals lack."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from uuid import UUID

from sqlalchemy import and_, or_, select

from ....infra.periods import parse_period
from ....tenants.work import Work
from ...asked import Asked
from ...tasks import ChapterToWrite, ConsentToRenew, Payload, ReportToEnd, Task, TaskKind
from ..goals.service import Needed, locked_years, tasks_of_views
from .goal_chapter import goals_are_on
from .models import (
    ChapterKind,
    Report,
    ReportApproval,
    ReportCompletion,
    ReportImage,
    Section,
    SectionCompletion,
)

WRITE, COMPLETE, APPROVE = "reports.write", "reports.complete", "reports.approve"


@dataclass(frozen=True, slots=True)
class Chapter:
    """A section that is to be marked as done and is not; `begun` when something was written."""

    section_id: UUID
    report_id: UUID
    number: str
    title: str
    kind: ChapterKind
    nil_phrase: str
    begun: bool


async def report_tasks(work: Work, asked: Asked) -> list[Task]:
    """Chapters that are not done, reports of which all are, reports to approve, and consents.

    Also what the goal analysis of a running report warns of. Locked years ask for nothing.
    """
    locked = {lock.year for lock in await locked_years(work)}
    reports = [
        (report, done)
        for report, done in await _standing(work)
        if parse_period(report.period).year not in locked
    ]
    running = [report for report, done in reports if not done]
    chapters = await _unmarked(work, [report.id for report in running])
    found: list[Task] = []
    for report in running:
        found += _writing(asked, report, chapters.get(report.id, []))
    for report, done in reports:
        if done and asked.today.year - parse_period(report.period).year <= 1:
            found += _task(asked, report, TaskKind.APPROVE_REPORT, APPROVE, ReportToEnd(report.id))
    for image, report in await _ending(work, asked):
        if parse_period(report.period).year not in locked:
            found += _consent(asked, image, report)
    if goals_are_on(work):
        views = [
            Needed(report.unit_id, parse_period(report.period), report.due_on)
            for report in running
            if any(one.kind is ChapterKind.GOAL_ANALYSIS for one in chapters.get(report.id, []))
        ]
        found += _about(await tasks_of_views(work, asked, views), running)
    return found


async def _unmarked(work: Work, report_ids: Sequence[UUID]) -> dict[UUID, list[Chapter]]:
    """The sections not marked as done of each report, in order; one statement."""
    if not report_ids:
        return {}
    standing = and_(
        SectionCompletion.section_id == Section.id,
        SectionCompletion.tenant_id == Section.tenant_id,
        SectionCompletion.reopened_at.is_(None),
    )
    rows = await work.rows(
        select(
            Section.id,
            Section.report_id,
            Section.number,
            Section.title,
            Section.kind,
            Section.nil_phrase,
            Section.written_at.is_not(None),
        )
        .outerjoin(SectionCompletion, standing)
        .where(
            Section.report_id.in_(report_ids),
            Section.kind != ChapterKind.HEADING,
            SectionCompletion.id.is_(None),
        )
        .order_by(Section.report_id, Section.position)
    )
    found: dict[UUID, list[Chapter]] = {}
    for row in rows:
        chapter = Chapter(row[0], row[1], row[2], row[3], row[4], row[5], row[6])
        found.setdefault(chapter.report_id, []).append(chapter)
    return found


async def open_reports(work: Work, reports: Sequence[Report]) -> list[Report]:
    """Those of the reports that are not marked as done."""
    done = await work.scalars(
        select(ReportCompletion.report_id).where(
            ReportCompletion.report_id.in_([report.id for report in reports]),
            ReportCompletion.reopened_at.is_(None),
        )
    )
    return [report for report in reports if report.id not in set(done)]


async def _standing(work: Work) -> Sequence[tuple[Report, bool]]:
    """All reports that are not approved, and whether each is done; the first due first."""
    done = and_(
        ReportCompletion.report_id == Report.id,
        ReportCompletion.tenant_id == Report.tenant_id,
        ReportCompletion.reopened_at.is_(None),
    )
    approved = and_(
        ReportApproval.report_id == Report.id,
        ReportApproval.tenant_id == Report.tenant_id,
        ReportApproval.withdrawn_at.is_(None),
    )
    rows = await work.rows(
        select(Report, ReportCompletion.id)
        .outerjoin(ReportCompletion, done)
        .outerjoin(ReportApproval, approved)
        .where(ReportApproval.id.is_(None))
        .order_by(Report.due_on, Report.id)
    )
    return [(report, mark is not None) for report, mark in rows]


async def _ending(work: Work, asked: Asked) -> Sequence[tuple[ReportImage, Report]]:
    """Pictures whose consent ends within the days ahead, or has ended.

    Of an approved report not the ended ones: it is shown without them, and so it stays.
    """
    approved = and_(
        ReportApproval.report_id == Report.id,
        ReportApproval.tenant_id == Report.tenant_id,
        ReportApproval.withdrawn_at.is_(None),
    )
    own = and_(Report.id == ReportImage.report_id, Report.tenant_id == ReportImage.tenant_id)
    rows = await work.rows(
        select(ReportImage, Report)
        .join(Report, own)
        .outerjoin(ReportApproval, approved)
        .where(
            ReportImage.expires_on <= asked.today + timedelta(days=asked.ahead_days),
            or_(ReportApproval.id.is_(None), ReportImage.expires_on >= asked.today),
        )
        .order_by(ReportImage.expires_on, ReportImage.id)
    )
    return [(image, report) for image, report in rows]


def _consent(asked: Asked, image: ReportImage, report: Report) -> Iterator[Task]:
    payload = ConsentToRenew(report.id, image.id)
    for task in _task(asked, report, TaskKind.CONSENT, WRITE, payload, title=image.alt):
        last = image.expires_on
        late = last is not None and last < asked.today
        yield replace(task, key=f"consent:{image.id}", due_on=last, late=late)


def _writing(asked: Asked, report: Report, chapters: Sequence[Chapter]) -> Iterator[Task]:
    for chapter in chapters:
        payload = ChapterToWrite(
            report_id=report.id,
            section_id=chapter.section_id,
            number=chapter.number,
            section_kind=chapter.kind.value,
            nil_phrase=chapter.nil_phrase,
            begun=chapter.begun,
        )
        yield from _task(asked, report, TaskKind.CHAPTER, WRITE, payload, title=chapter.title)
    if not chapters:
        yield from _task(asked, report, TaskKind.COMPLETE_REPORT, COMPLETE, ReportToEnd(report.id))


def _task(
    asked: Asked,
    report: Report,
    kind: TaskKind,
    permission: str,
    payload: Payload,
    *,
    title: str = "",
) -> Iterator[Task]:
    whose = asked.whose(permission, report.unit_id)
    if whose is None:
        return
    people, because = whose
    place = asked.places[report.unit_id]
    chapter = payload.section_id if isinstance(payload, ChapterToWrite) else report.id
    # Who approves does so when the report is done, whatever day it was to be done by.
    due_on = None if kind is TaskKind.APPROVE_REPORT else report.due_on
    yield Task(
        key=f"{kind.value}:{chapter}",
        kind=kind,
        title=title or report.title,
        about=report.title if title else "",
        unit_id=report.unit_id,
        unit_name=place.name,
        unit_slug=place.slug,
        period=report.period,
        year=parse_period(report.period).year,
        due_on=due_on,
        late=due_on is not None and due_on < asked.today,
        people=people,
        because=because,
        payload=payload,
    )


def _about(tasks: Iterable[Task], reports: Sequence[Report]) -> Iterator[Task]:
    """The tasks with the report that needs them, where only one does."""
    titles: dict[tuple[UUID, int], str] = {}
    for report in reports:
        titles.setdefault((report.unit_id, parse_period(report.period).year), report.title)
    for task in tasks:
        yield replace(task, about=titles.get((task.unit_id, task.year), ""))
