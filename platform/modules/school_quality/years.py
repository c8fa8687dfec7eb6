"""School years, which go by the calendar year in which they begin."""

from __future__ import annotations

from datetime import date
from typing import Final

from ....infra.errors import InvalidInput
from ....infra.i18n import _
from ....infra.periods import FIRST_YEAR, LAST_YEAR

FIRST_MONTH: Final = 7
"""A school year is taken to begin on 1 July, in the middle of the summer."""


def year_of(day: date) -> int:
    return day.year if day.month >= FIRST_MONTH else day.year - 1


def begins(year: int) -> date:
    return date(year, FIRST_MONTH, 1)


def nearest(year: int, day: date) -> date:
    """The day itself, or the first or last of the school year when it lies outside."""
    return min(max(day, begins(year)), date(year + 1, FIRST_MONTH - 1, 30))


def label(year: int) -> str:
    """`2026/27`"""
    return f"{year}/{(year + 1) % 100:02}"


def checked(year: int, *, field: str = "year") -> int:
    """Raises InvalidInput for a year that nobody plans for."""
    if not FIRST_YEAR <= year < LAST_YEAR:
        raise InvalidInput(
            _("Choose a school year from {first} to {last}.", first=FIRST_YEAR, last=LAST_YEAR - 1),
            field=field,
        )
    return year
