"""Starting reports from a template: one unit's, or those of many units at once."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import select

from .....authz.permit import permit
from .....infra.errors import Conflict, InvalidInput, NotFound
from .....infra.i18n import _, in_language
from .....infra.periods import Period, PeriodKind
from .....tenants.models import Unit
from .....tenants.municipality import settings_of
from .....tenants.rows import uuid7
from .....tenants.tree import units
from .....tenants.tree.units import Placed
from .....tenants.work import Work
from ...goals.service import require_open
from ..designs.designing import chapters_of
from ..designs.outline import Entry, outline
from ..models import Chapter, Report, ReportTemplate, Section
from ..settings import ReportSettings

MOST_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class Started:
    """The new reports, and those of the units that had theirs already; in the order asked for."""

    reports: tuple[Report, ...]
    standing: tuple[Report, ...]


@dataclass(frozen=True, slots=True)
class Candidate:
    """A unit that a report may be started for; `depth` is 0 for the topmost."""

    unit: Placed
    depth: int
    has: bool
    """It has this report already."""
    may: bool
    """The asker may write reports there."""


@permit("reports.write")
async def start_report(
    work: Work, *, template_id: UUID, unit_id: UUID, period: Period, due_on: date | None = None
) -> Report:
    """As `start_reports` for one unit. Raises Conflict if it has the report already."""
    started = await start_reports(
        work, template_id=template_id, unit_ids=[unit_id], period=period, due_on=due_on
    )
    if started.standing:
        title = started.standing[0].title
        raise Conflict(_("The unit has {title} already. Open that one.", title=title))
    return started.reports[0]


@permit("reports.write")
async def start_reports(
    work: Work,
    *,
    template_id: UUID,
    unit_ids: Collection[UUID],
    period: Period,
    due_on: date | None = None,
) -> Started:
    """A report for each unit, with a section for each chapter of the template, central and local to
    it; a unit that has the report already keeps that. All of it or nothing.

    Raises InvalidInput for a period of another kind or a template without chapters, NotFound,
    Forbidden, Conflict if a unit does not exist then, or the year is locked.
    """
    wanted = list(dict.fromkeys(unit_ids))
    if not 1 <= len(wanted) <= MOST_AT_ONCE:
        raise InvalidInput(_("Choose 1 to {most} units.", most=MOST_AT_ONCE), field="unitIds")
    for unit_id in wanted:
        work.require("reports.write", at=unit_id)
    template = await _held(work, template_id)
    found = {unit.id: unit for unit in await work.scalars(select(Unit).where(Unit.id.in_(wanted)))}
    if len(found) < len(wanted):
        raise NotFound(field="unitIds")
    _check_kind(template, period)
    await require_open(work, period.year)
    entries = await _entries(work, template, [found[id] for id in wanted], period)
    standing = await _standing(work, template_id, period, wanted)
    reports = await _new_reports(
        work, template, [id for id in wanted if id not in standing], period, due_on
    )
    await _add_sections(work, reports, entries, period)
    return Started(tuple(reports), tuple(standing[id] for id in wanted if id in standing))


@permit("reports.read")
async def candidates(
    work: Work, *, unit_id: UUID, template_id: UUID, period: Period
) -> list[Candidate]:
    """The unit and all below it in the order of the tree, as it is in the period."""
    depths: dict[UUID, int] = {}
    within: list[Placed] = []
    for place in await units.tree(work, on=period.nearest(work.today)):
        if place.id == unit_id or place.parent_id in depths:
            depths[place.id] = depths[place.parent_id] + 1 if place.parent_id in depths else 0
            within.append(place)
    standing = await _standing(work, template_id, period, list(depths))
    return [
        Candidate(
            unit=place,
            depth=depths[place.id],
            has=place.id in standing,
            may=work.allows("reports.write", at=place.id),
        )
        for place in within
    ]


async def _held(work: Work, template_id: UUID) -> ReportTemplate:
    """Of two that start the same report at once, the later waits, and sees what the first did."""
    held = select(ReportTemplate).where(ReportTemplate.id == template_id)
    template = await work.first(held.with_for_update(key_share=True))
    if template is None:
        raise NotFound(field="templateId")
    return template


def _check_kind(template: ReportTemplate, period: Period) -> None:
    if period.kind.value != template.periodicity:
        raise InvalidInput(
            _(
                "The report is made for one period of this kind: {kind}.",
                kind=_kind(template.periodicity),
            ),
            field="period",
        )


async def _entries(
    work: Work, template: ReportTemplate, wanted: Sequence[Unit], period: Period
) -> dict[UUID, list[Entry]]:
    """The chapters for each unit, by the tree of today or of the nearest day of the period."""
    day = period.nearest(work.today)
    parents = {place.id: place.parent_id for place in await units.tree(work, on=day)}
    for unit in wanted:
        if unit.id not in parents:
            raise _not_there(unit, day, alone=len(wanted) == 1)
    chapters = await chapters_of(work, template.id)
    entries = {unit.id: outline(_seen_from(unit.id, parents, chapters)) for unit in wanted}
    if not all(entries.values()):
        raise InvalidInput(
            _("The template has no chapters yet. Add them first."), field="templateId"
        )
    return entries


def _not_there(unit: Unit, day: date, *, alone: bool) -> Conflict:
    if alone:
        return Conflict(_("The unit does not exist on {day}.", day=day.isoformat()), field="unitId")
    return Conflict(
        _("The unit {code} does not exist on {day}.", code=unit.code, day=day.isoformat()),
        field="unitIds",
    )


def _seen_from(
    unit_id: UUID, parents: Mapping[UUID, UUID | None], chapters: Iterable[Chapter]
) -> list[Chapter]:
    """The central chapters, and the additions of the unit and those above it."""
    above: set[UUID | None] = {None}
    at: UUID | None = unit_id
    while at not in above:
        above.add(at)
        at = parents.get(at) if at else None
    return [chapter for chapter in chapters if chapter.unit_id in above]


async def _standing(
    work: Work, template_id: UUID, period: Period, unit_ids: Sequence[UUID]
) -> dict[UUID, Report]:
    rows = await work.scalars(
        select(Report).where(
            Report.template_id == template_id,
            Report.period == str(period),
            Report.unit_id.in_(unit_ids),
        )
    )
    return {row.unit_id: row for row in rows}


async def _new_reports(
    work: Work,
    template: ReportTemplate,
    unit_ids: Sequence[UUID],
    period: Period,
    due_on: date | None,
) -> list[Report]:
    language = work.tenant.languages[0]
    chosen = await settings_of(work, "reports", ReportSettings)
    reports = [
        Report(
            id=uuid7(),
            template_id=template.id,
            unit_id=unit_id,
            period=str(period),
            title=f"{in_language(template.title, language)} {period.label(language)}",
            due_on=due_on,
            show_instructions=chosen.show_instructions,
            started_by=work.actor.id,
        )
        for unit_id in unit_ids
    ]
    work.add(*reports)
    await work.flush()
    return reports


async def _add_sections(
    work: Work, reports: Sequence[Report], entries: Mapping[UUID, Sequence[Entry]], period: Period
) -> None:
    """In one statement a depth: a section refers to the one above it, which has to be there."""
    by_depth: dict[int, list[Section]] = {}
    for report in reports:
        own = entries[report.unit_id]
        ids = {entry.chapter.id: uuid7() for entry in own}
        for position, entry in enumerate(own, 1):
            section = _section(report, entry, ids, position, period)
            by_depth.setdefault(entry.depth, []).append(section)
    for depth in sorted(by_depth):
        work.add(*by_depth[depth])
        await work.flush()


def _section(
    report: Report, entry: Entry, ids: Mapping[UUID, UUID], position: int, period: Period
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
        source=chapter.source,
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
