"""Periods of follow-up as values: `2019`, `2019-H1`, `2019-T2`, `2019-Q3`, `2019-05`."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from functools import lru_cache, total_ordering

from .errors import InvalidInput
from .i18n import LOCALES, _, use_locale

FIRST_YEAR = 1990
LAST_YEAR = 2100


class PeriodKind(StrEnum):
    YEAR = "year"
    HALF_YEAR = "half_year"
    TERTIAL = "tertial"
    QUARTER = "quarter"
    MONTH = "month"


PER_YEAR = {
    PeriodKind.YEAR: 1,
    PeriodKind.HALF_YEAR: 2,
    PeriodKind.TERTIAL: 3,
    PeriodKind.QUARTER: 4,
    PeriodKind.MONTH: 12,
}
LETTERS = {PeriodKind.HALF_YEAR: "H", PeriodKind.TERTIAL: "T", PeriodKind.QUARTER: "Q"}
KINDS = {letter: kind for kind, letter in LETTERS.items()}
CODE = re.compile(r"([0-9]{4})(?:-(?:([HTQ])([1-4])|(0[1-9]|1[0-2])))?")


@total_ordering
@dataclass(frozen=True, slots=True)
class Period:
    """One part of a calendar year; `number` counts from 1. Ordered by end, the shorter first."""

    year: int
    kind: PeriodKind = PeriodKind.YEAR
    number: int = 1

    def __post_init__(self) -> None:
        if not 1 <= self.number <= PER_YEAR[self.kind]:
            raise ValueError(f"a year has no {self.kind} number {self.number}")

    def __str__(self) -> str:
        if self.kind is PeriodKind.YEAR:
            return f"{self.year}"
        if self.kind is PeriodKind.MONTH:
            return f"{self.year}-{self.number:02}"
        return f"{self.year}-{LETTERS[self.kind]}{self.number}"

    def __lt__(self, other: Period) -> bool:
        return self._order < other._order

    def __le__(self, other: Period) -> bool:
        return self._order <= other._order

    @property
    def start(self) -> date:
        return date(self.year, (self.number - 1) * self._months + 1, 1)

    @property
    def end(self) -> date:
        """The last day, included."""
        last_month = self.number * self._months
        first_after = date(self.year + last_month // 12, last_month % 12 + 1, 1)
        return first_after - timedelta(days=1)

    def nearest(self, day: date) -> date:
        """The day itself, or the first or last of the period when it lies outside."""
        return min(max(day, self.start), self.end)

    def label(self, locale: str) -> str:
        """The name in running text: `tertial 2 2019`, `maj 2019`."""
        with use_locale(locale):
            return self._name(locale)

    def next(self) -> Period:
        years, index = divmod(self.number, PER_YEAR[self.kind])
        return Period(self.year + years, self.kind, index + 1)

    def same_last_year(self) -> Period:
        return Period(self.year - 1, self.kind, self.number)

    @property
    def _order(self) -> tuple[int, int]:
        """Months until its end, months it lasts."""
        months = 12 // PER_YEAR[self.kind]
        return self.year * 12 + self.number * months, months

    @property
    def _months(self) -> int:
        return 12 // PER_YEAR[self.kind]

    def _name(self, locale: str) -> str:
        match self.kind:
            case PeriodKind.YEAR:
                return f"{self.year}"
            case PeriodKind.HALF_YEAR:
                return _("half-year {number} {year}", number=self.number, year=self.year)
            case PeriodKind.TERTIAL:
                return _("tertial {number} {year}", number=self.number, year=self.year)
            case PeriodKind.QUARTER:
                return _("quarter {number} {year}", number=self.number, year=self.year)
            case PeriodKind.MONTH:
                return f"{_month_name(self.number, locale)} {self.year}"


@lru_cache(1000)
def parse_period(text: str) -> Period:
    """The period a canonical code names, years 1990 to 2100. Raises InvalidInput."""
    found = CODE.fullmatch(text.strip())
    if found:
        year, letter, number, month = found.groups()
        kind = KINDS[letter] if letter else PeriodKind.MONTH if month else PeriodKind.YEAR
        count = int(number or month or 1)
        if FIRST_YEAR <= int(year) <= LAST_YEAR and count <= PER_YEAR[kind]:
            return Period(int(year), kind, count)
    raise InvalidInput(
        _(
            '"{text}" is not a period. Write for example 2026, 2026-H1, 2026-T2, 2026-Q3 '
            "or 2026-05, with a year from {first} to {last}.",
            text=text[:40],
            first=FIRST_YEAR,
            last=LAST_YEAR,
        ),
        field="period",
    )


def check_year(year: int) -> None:
    """Raises InvalidInput unless the year is one that periods can have."""
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise InvalidInput(
            _("Choose a year from {first} to {last}.", first=FIRST_YEAR, last=LAST_YEAR),
            field="year",
        )


def periods_of(year: int, kind: PeriodKind) -> tuple[Period, ...]:
    """All periods of `kind` in `year`, in order."""
    return tuple(Period(year, kind, number + 1) for number in range(PER_YEAR[kind]))


@lru_cache(1000)
def due_period(kind: PeriodKind, within: Period) -> Period | None:
    """The last period of `kind` that has ended when `within` ends, in the same year.

    None when nothing is due yet: a yearly indicator has no value to give at the first tertial.
    """
    ended = [period for period in periods_of(within.year, kind) if period.end <= within.end]
    return ended[-1] if ended else None


def _month_name(number: int, locale: str) -> str:
    from babel.dates import get_month_names

    return str(get_month_names("wide", locale=locale if locale in LOCALES else "sv")[number])
