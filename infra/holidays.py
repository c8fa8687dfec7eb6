"""Days off in Sweden: the public holidays (lagen 1989:253) and the eves that most have off."""

from __future__ import annotations

from datetime import date, timedelta

FRIDAY, SATURDAY = 4, 5


def holidays(year: int) -> frozenset[date]:
    easter = easter_day(year)
    midsummer = _first(SATURDAY, date(year, 6, 20))
    fixed = ((1, 1), (1, 6), (5, 1), (6, 6), (12, 24), (12, 25), (12, 26), (12, 31))
    return frozenset(
        {
            *(date(year, month, day) for month, day in fixed),
            *(easter + timedelta(days) for days in (-2, 0, 1, 39, 49)),
            midsummer - timedelta(1),
            midsummer,
            _first(SATURDAY, date(year, 10, 31)),
        }
    )


def between(first: date, last: date) -> list[date]:
    years = range(first.year, last.year + 1)
    return sorted(day for year in years for day in holidays(year) if first <= day <= last)


def easter_day(year: int) -> date:
    """By the Gregorian rule, as Meeus, Jones and Butcher compute it."""
    golden = year % 19
    century, in_century = divmod(year, 100)
    leaps, left = divmod(century, 4)
    correction = (century - (century + 8) // 25 + 1) // 3
    moon = (19 * golden + century - leaps - correction + 15) % 30
    four, over = divmod(in_century, 4)
    week = (32 + 2 * left + 2 * four - moon - over) % 7
    late = (golden + 11 * moon + 22 * week) // 451
    month, day = divmod(moon + week - 7 * late + 114, 31)
    return date(year, month, day + 1)


def _first(weekday: int, since: date) -> date:
    return since + timedelta((weekday - since.weekday()) % 7)
