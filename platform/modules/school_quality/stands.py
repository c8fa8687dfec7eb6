"""How far a step has come: read off the reports that are its plan, its report or its chapter."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Final
from uuid import UUID

from sqlalchemy import and_, or_, select

from ....tenants.work import Work
from ..reports.models import (
    Report,
    ReportApproval,
    ReportCompletion,
    ReportTemplate,
    Section,
    SectionCompletion,
)
from .models import Step
from .preloaded import KEYS

WITHIN: Final = (Step.FOLLOW_UP, Step.ANALYSIS)
"""Steps that are a chapter of the quality report, by its key."""


class Stage(StrEnum):
    NOT_BEGUN = "not_begun"
    BEGUN = "begun"
    DONE = "done"
    APPROVED = "approved"


@dataclass(frozen=True, slots=True)
class Taken:
    """A step of somebody's year. `late` says that its last day is over and it is not done."""

    step: Step
    due_on: date
    stage: Stage
    late: bool
    report: Report | None = None

    @property
    def done(self) -> bool:
        return self.stage in (Stage.DONE, Stage.APPROVED)


@dataclass(slots=True)
class Stands:
    """The reports of some units by unit, template key and period, with how far each has come."""

    reports: dict[tuple[UUID, str, str], Report] = field(default_factory=dict)
    stages: dict[UUID, Stage] = field(default_factory=dict)
    sections: dict[tuple[UUID, str], Stage] = field(default_factory=dict)


async def what_stands(
    work: Work, unit_ids: Collection[UUID], *, school_years: Collection[int]
) -> Stands:
    """Two statements; nothing where reports are switched off."""
    found = Stands()
    if "reports" not in work.tenant.modules:
        return found
    periods = {str(each) for year in school_years for each in (year, year + 1)}
    rows = await work.rows(
        select(ReportTemplate.key, Report, ReportCompletion.id, ReportApproval.id)
        .join(
            Report,
            and_(
                Report.template_id == ReportTemplate.id,
                Report.tenant_id == ReportTemplate.tenant_id,
            ),
        )
        .outerjoin(
            ReportCompletion,
            and_(
                ReportCompletion.report_id == Report.id,
                ReportCompletion.tenant_id == Report.tenant_id,
                ReportCompletion.reopened_at.is_(None),
            ),
        )
        .outerjoin(
            ReportApproval,
            and_(
                ReportApproval.report_id == Report.id,
                ReportApproval.tenant_id == Report.tenant_id,
                ReportApproval.withdrawn_at.is_(None),
            ),
        )
        .where(
            ReportTemplate.key.in_(KEYS.values()),
            Report.unit_id.in_(unit_ids),
            Report.period.in_(periods),
        )
    )
    for key, report, completion, approval in rows:
        found.reports[report.unit_id, key, report.period] = report
        found.stages[report.id] = _stage(completion, approval)
    await _add_sections(work, found)
    return found


def taken(work: Work, unit_id: UUID, step: Step, day: date, year: int, stands: Stands) -> Taken:
    report = stands.reports.get((unit_id, key_of(step), str(period_of(step, year))))
    stage = Stage.NOT_BEGUN if report is None else stands.stages[report.id]
    if report is not None and step in WITHIN and stage is Stage.BEGUN:
        # A chapter that the municipality has taken away is as far as its report.
        stage = stands.sections.get((report.id, step.value), stage)
    late = day < work.today and stage not in (Stage.DONE, Stage.APPROVED)
    return Taken(step, day, stage, late, report)


def period_of(step: Step, year: int) -> int:
    """Of the report that a step is: a plan belongs to the year in which the school year begins, a
    report to the one in which it ends, so that a year that is locked closes nothing too early."""
    return year if step is Step.PLAN else year + 1


def key_of(step: Step) -> str:
    return KEYS[Step.REPORT] if step in WITHIN else KEYS[step]


async def _add_sections(work: Work, found: Stands) -> None:
    mark = and_(
        SectionCompletion.section_id == Section.id,
        SectionCompletion.tenant_id == Section.tenant_id,
        SectionCompletion.reopened_at.is_(None),
    )
    holds = or_(Section.text != "", Section.nil, Section.rows != [])
    rows = await work.rows(
        select(Section.report_id, Section.key, holds, SectionCompletion.id)
        .outerjoin(SectionCompletion, mark)
        .where(Section.report_id.in_(list(found.stages)), Section.key.in_(WITHIN))
    )
    for report_id, key, begun, marked in rows:
        stage = _stage(marked, None)
        if stage is Stage.BEGUN and not begun:
            stage = Stage.NOT_BEGUN
        found.sections[report_id, key] = stage


def _stage(marked: UUID | None, approved: UUID | None) -> Stage:
    if approved is not None:
        return Stage.APPROVED
    return Stage.BEGUN if marked is None else Stage.DONE
