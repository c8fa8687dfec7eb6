"""Carrying texts and tables on: from a report to next year's plan, from a plan to its report.

Source: the instruction of Östhammar's social services (2020): the tables of 2.4 and 2.5 stand in
the plan too, and chapters 4 and 5 are used again in the plan of the coming year.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from sqlalchemy import select

from .....authz.permit import permit
from .....infra.documents.richtext import clean
from .....infra.errors import Conflict, InvalidInput
from .....infra.i18n import _
from .....infra.periods import Period, PeriodKind, parse_period
from .....tenants.changes import tell_changed
from .....tenants.work import Work
from ..designs.columns import Column, ColumnKind, Value, cell_of, columns_of, filled
from ..holding import hold_open_report
from ..live import report_topic
from ..models import ChapterKind, Report, ReportTemplate, Section, SectionCompletion
from ..reports import find_report
from ..writing.sections import Written, keep, written
from .starting import start_report


@dataclass(slots=True)
class Carried:
    """Where it was carried to, and the sections (of the source) by what became of them.

    `kept` already held something in the target, or was done there, and was left as it is;
    `missing` has no section of the same key and kind there; `blank` had nothing to carry.
    """

    report: Report
    carried: list[Section] = field(default_factory=list)
    kept: list[Section] = field(default_factory=list)
    missing: list[Section] = field(default_factory=list)
    blank: list[Section] = field(default_factory=list)


@permit("reports.write")
async def carry_forward(
    work: Work,
    report_id: UUID,
    *,
    keys: Collection[str] | None = None,
    to_period: Period | None = None,
) -> Carried:
    """Copy sections into the report that continues this one, which is started if it is absent.

    `keys` None means those that the template marks for it. Only empty sections are filled, so
    nothing that somebody has written is lost. Of a table the columns are carried that both have.
    The period is the next one, or the same, as the template says. Raises InvalidInput, NotFound,
    Conflict if the template does not continue or the target is closed.
    """
    source = await work.get(Report, report_id)
    work.require("reports.write", at=source.unit_id)
    sections = await _chosen(work, source, keys)
    target = await _target(work, source, to_period)
    waiting = await _sections(work, target, held=True)
    done = await _done(work, target)
    result = Carried(target)
    for section in sections:
        _carry(work, section, waiting.get(section.key), done, result)
    await work.flush()
    if result.carried:
        filled_in = (waiting[section.key].id for section in result.carried)
        await tell_changed(work, report_topic(target.id), *filled_in)
    return result


async def _chosen(work: Work, source: Report, keys: Collection[str] | None) -> Sequence[Section]:
    standing = await _sections(work, source)
    if keys is None:
        return [section for section in standing.values() if section.carried_forward]
    strange = sorted(set(keys) - set(standing))
    if strange:
        raise InvalidInput(
            _('The report has no section "{key}".', key=strange[0][:60]), field="sectionKeys"
        )
    chosen = [section for key, section in standing.items() if key in keys]
    for section in chosen:
        if section.kind not in (ChapterKind.TEXT, ChapterKind.TABLE):
            raise InvalidInput(_("Only texts and tables are carried forward."), field="sectionKeys")
    return chosen


async def _target(work: Work, source: Report, to_period: Period | None) -> Report:
    template = await work.get(ReportTemplate, source.template_id)
    onward = await work.first(
        select(ReportTemplate).where(ReportTemplate.key == template.continues_in)
    )
    if onward is None:
        raise Conflict(
            _("The template does not say where the report continues. An administrator can set it.")
        )
    own = parse_period(source.period)
    period = to_period or _onward_period(template, onward, own)
    if period.end < own.end:
        raise InvalidInput(
            _("A report is carried forward, not back: choose {period} or later.", period=own),
            field="toPeriod",
        )
    standing = await find_report(work, template_id=onward.id, unit_id=source.unit_id, period=period)
    if standing is None:
        return await start_report(
            work, template_id=onward.id, unit_id=source.unit_id, period=period
        )
    return await hold_open_report(work, standing.id, "reports.write")


def _onward_period(template: ReportTemplate, onward: ReportTemplate, period: Period) -> Period:
    """The same or the next period; where the kinds differ, the year or the next one."""
    if onward.periodicity == template.periodicity:
        return period if template.continues_same_period else period.next()
    year = period.year if template.continues_same_period else period.year + 1
    return Period(year, PeriodKind(onward.periodicity))


async def _sections(work: Work, report: Report, *, held: bool = False) -> dict[str, Section]:
    statement = select(Section).where(Section.report_id == report.id).order_by(Section.position)
    if held:
        statement = statement.with_for_update().execution_options(populate_existing=True)
    return {section.key: section for section in await work.scalars(statement)}


async def _done(work: Work, report: Report) -> Collection[UUID]:
    marked = select(SectionCompletion.section_id).where(
        SectionCompletion.reopened_at.is_(None),
        SectionCompletion.section_id == Section.id,
        Section.tenant_id == SectionCompletion.tenant_id,
        Section.report_id == report.id,
    )
    return set(await work.scalars(marked))


def _carry(
    work: Work,
    section: Section,
    target: Section | None,
    done: Collection[UUID],
    result: Carried,
) -> None:
    if written(section).empty:
        result.blank.append(section)
    elif target is None or target.kind is not section.kind:
        result.missing.append(section)
    elif not written(target).empty or target.id in done:
        result.kept.append(section)
    else:
        # Its pictures stay: a consent is given for one report.
        content = Written(clean(section.text), _rows(section, target))
        if content.empty:
            result.missing.append(section)
        else:
            keep(work, target, content)
            result.carried.append(section)


def _rows(section: Section, target: Section) -> list[dict[str, object]]:
    """The rows in the shape of the target's table. A fixed row goes to that of the same key."""
    theirs = {column.key: column for column in columns_of(section.columns)}
    columns = columns_of(target.columns)
    rows = [
        {
            "row": row["row"],
            "cells": {column.key: _cell(row, theirs.get(column.key), column) for column in columns},
        }
        for row in section.rows
    ]
    if not target.fixed_rows:
        return [{**row, "row": None} for row in rows if filled(row)]
    by_key = {row["row"]: row for row in rows}
    empty: dict[str, Value] = {column.key: None for column in columns}
    return [
        by_key.get(fixed["key"]) or {"row": fixed["key"], "cells": empty}
        for fixed in target.fixed_rows
    ]


def _cell(row: dict[str, object], theirs: Column | None, ours: Column) -> Value:
    """A value of a column of the same kind; a choice only if it can be chosen here too."""
    if theirs is None or theirs.kind is not ours.kind:
        return None
    value = cell_of(row, ours.key)
    if ours.kind is ColumnKind.CHOICE and value not in ours.choices:
        return None
    return value
