"""What a report says of a year: Lex Sarah as a text or that there was none, and half-year tables.

The numbers are those of the unit and all below it, masked for the whole municipality at once.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from html import escape
from typing import Final
from uuid import UUID

from sqlalchemy import ColumnElement, and_, select

from ....authz.permit import permit
from ....infra.errors import InvalidInput
from ....infra.i18n import _
from ....tenants import units
from ....tenants.access_log import Action
from ....tenants.masking import Line, masked, tree_counts, tree_lines
from ....tenants.models import Unit
from ....tenants.work import STOCKHOLM, Work
from ..reports.models import ChapterKind, Report, Section
from ..reports.service import ColumnKind, TableRow, write_section
from .models import DecisionPart, Deviation, DeviationDecision, Finding
from .nils import EXPORT, open_to_place, year_of
from .settings import deviation_settings


class Measure(StrEnum):
    """What is counted of a year; also the keys of the columns of a half-year table."""

    DEVIATIONS = "deviations"
    """Reports sent, by when they were sent."""
    MISCONDUCTS = "misconducts"
    """Lex Sarah cases, by when they were decided."""
    NOTIFIED = "lex_sarah_notified"
    """Of them those that the authority was told of."""
    CARE_INJURIES = "care_injuries"
    """HSL cases decided to be care injuries."""
    MARIA_NOTIFIED = "lex_maria_notified"


HALVES: Final = ("first_half", "second_half")
YEAR: Final = "year"


@dataclass(frozen=True, slots=True)
class HalfYears:
    """A measure by half-year, and in the whole year; None is too small to show, or would tell of a
    number that is."""

    measure: Measure
    first_half: int | None
    second_half: int | None
    year: int | None


@dataclass(frozen=True, slots=True)
class Summary:
    unit_id: UUID
    year: int
    measures: tuple[HalfYears, ...]
    smallest: int
    nothing: bool
    """Whether no Lex Sarah has been handled, which then is to be said."""

    def of(self, measure: Measure) -> HalfYears:
        return next(each for each in self.measures if each.measure is measure)


@permit(EXPORT)
async def yearly_summary(work: Work, *, unit_id: UUID, year: int) -> Summary:
    """The numbers of a unit and all below it. Raises NotFound, Forbidden."""
    await work.get(Unit, unit_id, field="unitId")
    work.require(EXPORT, at=unit_id)
    settings = await deviation_settings(work)
    work.note(Action.EXPORT, "deviation_statistics", unit_id=unit_id, detail={"year": str(year)})
    tree = await units.tree(work)
    parents: dict[UUID, UUID | None] = {unit.id: unit.parent_id for unit in tree}
    found = []
    nothing = True
    for measure in Measure:
        own = await _counted(work, measure, year)
        counts, shown = _masked(parents, own, smallest=settings.smallest)
        if measure is Measure.MISCONDUCTS:
            nothing = counts.get((YEAR, "below", unit_id), 0) == 0
        first, second, whole = (shown.get((p, "below", unit_id), 0) for p in (*HALVES, YEAR))
        found.append(HalfYears(measure, first, second, whole))
    return Summary(unit_id, year, tuple(found), settings.smallest, nothing)


@permit(EXPORT)
async def fill_lex_sarah(work: Work, section_id: UUID, *, version: int) -> Section:
    """Write the year's summary into a chapter of a report, or that there was nothing.

    Raises what `write_section` does; InvalidInput for a chapter of another kind.
    """
    section, report = await _section(work, section_id)
    summary = await yearly_summary(work, unit_id=report.unit_id, year=_year(report))
    if section.kind not in (ChapterKind.NIL_STATEMENT, ChapterKind.TEXT):
        raise InvalidInput(_("This chapter takes no summary of Lex Sarah."), field="sectionId")
    if summary.nothing and section.kind is ChapterKind.NIL_STATEMENT:
        return await write_section(work, section_id, version=version, nil=True)
    sentences = lex_sarah_sentences(summary)
    text = "".join(f"<p>{escape(sentence)}</p>" for sentence in sentences)
    return await write_section(work, section_id, version=version, text=text)


@permit(EXPORT)
async def fill_half_years(work: Work, section_id: UUID, *, version: int) -> Section:
    """Write the masked numbers into a half-year table: its rows `first_half` and `second_half`, its
    columns that are called as the measures; one that is left out is told in words where they are
    columns of text. Other columns keep what they hold.

    Raises what `write_section` does; InvalidInput for a table without such rows or columns.
    """
    section, report = await _section(work, section_id)
    keys = {
        str(column["key"]): str(column["kind"])
        for column in section.columns
        if column["key"] in [measure.value for measure in Measure]
    }
    rows = [row["key"] for row in section.fixed_rows]
    if not keys or sorted(rows) != sorted(HALVES):
        raise InvalidInput(
            _("This chapter has no half-year table of deviations."), field="sectionId"
        )
    summary = await yearly_summary(work, unit_id=report.unit_id, year=_year(report))
    kept = {str(row["row"]): row["cells"] for row in section.rows}
    filled = []
    for half in HALVES:
        before = kept.get(half)
        cells = dict(before) if isinstance(before, dict) else {}
        for key, kind in keys.items():
            number = getattr(summary.of(Measure(key)), half)
            hidden = in_words(None) if kind == ColumnKind.TEXT else ""
            cells[key] = hidden if number is None else str(number)
        filled.append(TableRow(row=half, cells=cells))
    return await write_section(work, section_id, version=version, rows=filled)


def lex_sarah_sentences(summary: Summary) -> list[str]:
    """The year in words, without a small number."""
    if summary.nothing:
        return [_("No Lex Sarah has been handled during the year.")]
    decided, notified = summary.of(Measure.MISCONDUCTS), summary.of(Measure.NOTIFIED)
    return [
        _(
            "Lex Sarah cases decided during {year}: {count}.",
            year=summary.year,
            count=in_words(decided.year),
        ),
        _(
            "Of them told to the authority as serious: {count}.",
            count=in_words(notified.year),
        ),
        _(
            "By half-year: {first} and {second}.",
            first=in_words(decided.first_half),
            second=in_words(decided.second_half),
        ),
    ]


def in_words(number: int | None) -> str:
    if number is None:
        return _("not shown (few)")
    return str(number)


Key = tuple[str, str, UUID]


def _masked(
    parents: dict[UUID, UUID | None], own: dict[tuple[str, UUID], int], *, smallest: int
) -> tuple[dict[Key, int], dict[Key, int | None]]:
    """Counts by half-year, kind and unit: the halves add up to the year, and units to those above
    them, in each half and in the year."""
    counts: dict[Key, int] = {}
    lines: list[Line[Key]] = []
    for half in HALVES:
        at = {unit: own.get((half, unit), 0) for unit in parents}
        for (kind, unit), count in tree_counts(parents, at).items():
            counts[half, kind, unit] = count
            counts[YEAR, kind, unit] = counts.get((YEAR, kind, unit), 0) + count
    for period in (YEAR, *HALVES):
        for line in tree_lines(parents):
            parts: list[Key] = [(period, kind, unit) for kind, unit in line.parts]
            lines.append(Line(tuple(parts), (period, *line.total)))
    for kind, unit in tree_counts(parents, {}):
        lines.append(Line(tuple((half, kind, unit) for half in HALVES), (YEAR, kind, unit)))
    return counts, masked(counts, lines, smallest=smallest)


async def _counted(work: Work, measure: Measure, year: int) -> dict[tuple[str, UUID], int]:
    """How many at each place itself in each half of the year."""
    if measure is Measure.DEVIATIONS:
        statement = select(Deviation.unit_id, Deviation.sent_at).where(
            open_to_place(), year_of(Deviation.sent_at) == year
        )
    else:
        statement = (
            select(Deviation.unit_id, DeviationDecision.decided_at)
            .join(
                DeviationDecision,
                and_(
                    DeviationDecision.deviation_id == Deviation.id,
                    DeviationDecision.tenant_id == Deviation.tenant_id,
                ),
            )
            .where(
                open_to_place(), _decided(measure), year_of(DeviationDecision.decided_at) == year
            )
        )
    found: dict[tuple[str, UUID], int] = {}
    for unit_id, moment in await work.rows(statement):
        assert unit_id is not None
        assert moment is not None
        half = HALVES[0] if moment.astimezone(STOCKHOLM).month <= 6 else HALVES[1]
        found[half, unit_id] = found.get((half, unit_id), 0) + 1
    return found


def _decided(measure: Measure) -> ColumnElement[bool]:
    social = DeviationDecision.part == DecisionPart.SOL_LSS
    medical = DeviationDecision.part == DecisionPart.HSL
    return {
        Measure.MISCONDUCTS: social,
        Measure.NOTIFIED: and_(social, DeviationDecision.notified),
        Measure.CARE_INJURIES: and_(medical, DeviationDecision.finding != Finding.NONE),
        Measure.MARIA_NOTIFIED: and_(medical, DeviationDecision.notified),
    }[measure]


async def _section(work: Work, section_id: UUID) -> tuple[Section, Report]:
    section = await work.get(Section, section_id, field="sectionId")
    return section, await work.get(Report, section.report_id, field="sectionId")


def _year(report: Report) -> int:
    return date.fromisoformat(f"{report.period[:4]}-01-01").year
