"""How far the reports have come that somebody is asked to write in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import select

from ....tenants.work import Work
from ...tasks import ChapterToWrite, ReportToEnd, Task
from ..reports.models import Report
from ..reports.service import progress_of


@dataclass(frozen=True, slots=True)
class Running:
    report_id: UUID
    title: str
    unit_name: str
    unit_slug: str
    year: int
    done: int
    total: int
    due_on: date | None


@dataclass(frozen=True, slots=True)
class Chapters:
    """The sections that remain of one report, told of as one thing to do."""

    first: Task
    tasks: list[Task]


def grouped(tasks: Sequence[Task]) -> list[Task | Chapters]:
    """The tasks in their order, but the sections of a report together at the first of them."""
    lines: list[Task | Chapters] = []
    groups: dict[UUID, Chapters] = {}
    for task in tasks:
        if not isinstance(task.payload, ChapterToWrite):
            lines.append(task)
        elif task.payload.report_id in groups:
            groups[task.payload.report_id].tasks.append(task)
        else:
            groups[task.payload.report_id] = Chapters(task, [task])
            lines.append(groups[task.payload.report_id])
    return lines


async def running_reports(work: Work, tasks: Sequence[Task]) -> list[Running]:
    """Each report once, in the order of the tasks."""
    first: dict[UUID, Task] = {}
    for task in tasks:
        if isinstance(task.payload, ChapterToWrite | ReportToEnd):
            first.setdefault(task.payload.report_id, task)
    if not first:
        return []
    reports = await work.scalars(select(Report).where(Report.id.in_(first)))
    by_id = {report.id: report for report in reports}
    progress = dict(zip(first, await progress_of(work, list(first)), strict=True))
    return [
        Running(
            report_id=id,
            title=by_id[id].title,
            unit_name=task.unit_name,
            unit_slug=task.unit_slug,
            year=task.year,
            done=progress[id].done,
            total=progress[id].total,
            due_on=by_id[id].due_on,
        )
        for id, task in first.items()
        if id in by_id
    ]
