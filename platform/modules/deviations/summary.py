"""What a report says of a year: Lex Sarah as a text or that there was none, and half-year tables.

The numbers are those of the unit and all below it, masked for the whole municipality at once.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final
from uuid import UUID

from sqlalchemy import ColumnElement, and_, select

from ....authz.permit import permit
from ....infra.i18n import _
from ....tenants.log.access_log import Action
from ....tenants.masking import Line, masked, tree_counts, tree_lines
from ....tenants.models import Unit
from ....tenants.tree import units
from ....tenants.work import STOCKHOLM, Work
from ...filling import ChapterSource, FilledColumn, FilledTable, Filling
from .models import DecisionPart, Deviation, DeviationDecision, Finding
from .nils import EXPORT, open_to_place, year_of
from .settings import deviation_settings


class Measure(StrEnum):
    """What is counted of a year; in the order of the half-year table."""

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
STATISTICS: Final = "deviation_statistics"


@dataclass(frozen=True, slots=True)
class HalfYears:
    """A measure by half-year, and in the whole year; None is too small to show, or would tell of a
    number that is. `few` where it is known to be too small: of all of the municipality, beside
    which nothing is shown that it could be reckoned from."""

    measure: Measure
    first_half: int | None
    second_half: int | None
    year: int | None
    few: bool = False


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
    work.note(Action.EXPORT, STATISTICS, unit_id=unit_id, detail={"year": str(year)})
    return await _summary(work, unit_id, year)


async def _summary(work: Work, unit_id: UUID, year: int) -> Summary:
    settings = await deviation_settings(work)
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
        all_ = counts.get((YEAR, "below", unit_id), 0)
        few = parents.get(unit_id) is None and 0 < all_ < settings.smallest
        found.append(HalfYears(measure, first, second, whole, few))
    return Summary(unit_id, year, tuple(found), settings.smallest, nothing)


async def lex_sarah_chapter(work: Work, unit_id: UUID, year: int) -> Filling:
    """The year's Lex Sarah for a chapter of a report, or that there was none."""
    summary = await _summary(work, unit_id, year)
    return Filling(
        title=_("Lex Sarah in {year}", year=year),
        sentences=tuple(lex_sarah_sentences(summary)),
        nothing=summary.nothing,
    )


async def half_years_chapter(work: Work, unit_id: UUID, year: int) -> Filling:
    """The masked numbers by half-year for a chapter of a report."""
    summary = await _summary(work, unit_id, year)
    title = _("Deviations in {year} by half-year", year=year)
    columns = (
        FilledColumn(_("What is counted")),
        FilledColumn(_("January–June"), number=True),
        FilledColumn(_("July–December"), number=True),
        FilledColumn(_("Whole year"), number=True),
    )
    rows = tuple(
        (
            measure_words()[each.measure],
            in_words(each.first_half, each, summary),
            in_words(each.second_half, each, summary),
            in_words(each.year, each, summary),
        )
        for each in summary.measures
    )
    return Filling(title=title, tables=(FilledTable(title, columns, rows),))


def deviation_chapters() -> tuple[ChapterSource, ...]:
    """What reports can fetch from here; the access log is told of it as of the statistics."""
    return (
        ChapterSource(
            key="deviations.half_years",
            title=lambda: _("Deviations by half-year"),
            permission=EXPORT,
            give=half_years_chapter,
            logged=STATISTICS,
        ),
        ChapterSource(
            key="deviations.lex_sarah",
            title=lambda: _("Lex Sarah during the year"),
            permission=EXPORT,
            give=lex_sarah_chapter,
            logged=STATISTICS,
        ),
    )


def measure_words() -> dict[Measure, str]:
    return {
        Measure.DEVIATIONS: _("Deviations reported"),
        Measure.MISCONDUCTS: _("Lex Sarah cases decided"),
        Measure.NOTIFIED: _("Lex Sarah told to the authority"),
        Measure.CARE_INJURIES: _("Care injuries in health care"),
        Measure.MARIA_NOTIFIED: _("Lex Maria told to the authority"),
    }


def lex_sarah_sentences(summary: Summary) -> list[str]:
    """The year in words, without a small number."""
    if summary.nothing:
        return [_("No Lex Sarah has been handled during the year.")]
    decided, notified = summary.of(Measure.MISCONDUCTS), summary.of(Measure.NOTIFIED)
    return [
        _(
            "Lex Sarah cases decided during {year}: {count}.",
            year=summary.year,
            count=in_words(decided.year, decided, summary),
        ),
        _(
            "Of them told to the authority as serious: {count}.",
            count=in_words(notified.year, notified, summary),
        ),
        _(
            "By half-year: {first} and {second}.",
            first=in_words(decided.first_half, decided, summary),
            second=in_words(decided.second_half, decided, summary),
        ),
    ]


def in_words(number: int | None, of: HalfYears, summary: Summary) -> str:
    if number is not None:
        return str(number)
    if of.few:
        return _("fewer than {smallest}", smallest=summary.smallest)
    return _("not shown (few)")


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
