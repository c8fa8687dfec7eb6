from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from roder.infra.errors import InvalidInput
from roder.infra.periods import PER_YEAR, Period, PeriodKind, due_period, parse_period, periods_of

MONTHS = [f"2019-{number:02}" for number in range(1, 13)]
PERIODS = st.builds(
    lambda year, kind, number: periods_of(year, kind)[number % PER_YEAR[kind]],
    st.integers(1991, 2099),
    st.sampled_from(PeriodKind),
    st.integers(0, 11),
)


@pytest.mark.parametrize(
    ("code", "kind", "start", "end"),
    [
        ("2019", "year", date(2019, 1, 1), date(2019, 12, 31)),
        ("2019-H1", "half_year", date(2019, 1, 1), date(2019, 6, 30)),
        ("2019-H2", "half_year", date(2019, 7, 1), date(2019, 12, 31)),
        ("2019-T1", "tertial", date(2019, 1, 1), date(2019, 4, 30)),
        ("2019-T2", "tertial", date(2019, 5, 1), date(2019, 8, 31)),
        ("2019-Q3", "quarter", date(2019, 7, 1), date(2019, 9, 30)),
        ("2019-05", "month", date(2019, 5, 1), date(2019, 5, 31)),
        ("2019-12", "month", date(2019, 12, 1), date(2019, 12, 31)),
        ("2020-02", "month", date(2020, 2, 1), date(2020, 2, 29)),
    ],
)
def test_a_code_names_its_days(code: str, kind: str, start: date, end: date) -> None:
    period = parse_period(code)
    assert (str(period), period.kind, period.start, period.end) == (code, kind, start, end)
    assert period.year == start.year


@pytest.mark.parametrize(
    "code",
    [
        *("", "19", "1989", "2101", "2019-H3", "2019-T4", "2019-Q5", "2019-13", "2019-00"),
        *(
            "2019-5",
            "2019-h1",
            "2019H1",
            "2019-H1-05",
            "2019-05-01",
            "T2 2019",
            "２０１９",
            "2019\n-05",
        ),
    ],
)
def test_any_other_code_is_refused(code: str) -> None:
    with pytest.raises(InvalidInput, match="är inte en period"):
        parse_period(code)


def test_the_refusal_shows_the_forms() -> None:
    with pytest.raises(InvalidInput) as refusal:
        parse_period("2019-H3")
    assert refusal.value.message == (
        '"2019-H3" är inte en period. Skriv till exempel 2026, 2026-H1, 2026-T2, 2026-Q3 '
        "eller 2026-05, med ett år från 1990 till 2100."
    )


def test_a_period_that_no_year_has_cannot_be_made() -> None:
    with pytest.raises(ValueError, match="half_year number 3"):
        Period(2019, PeriodKind.HALF_YEAR, 3)


@pytest.mark.parametrize(
    ("code", "swedish", "english"),
    [
        ("2019", "2019", "2019"),
        ("2019-H1", "halvår 1 2019", "half-year 1 2019"),
        ("2019-T2", "tertial 2 2019", "tertial 2 2019"),
        ("2019-Q3", "kvartal 3 2019", "quarter 3 2019"),
        ("2019-05", "maj 2019", "May 2019"),
    ],
)
def test_a_period_has_a_name_in_each_language(code: str, swedish: str, english: str) -> None:
    period = parse_period(code)
    assert (period.label("sv"), period.label("en")) == (swedish, english)


@pytest.mark.parametrize(
    ("code", "following"),
    [
        ("2019", "2020"),
        ("2019-H1", "2019-H2"),
        ("2019-H2", "2020-H1"),
        ("2019-T3", "2020-T1"),
        ("2019-Q4", "2020-Q1"),
        ("2019-12", "2020-01"),
    ],
)
def test_periods_follow_on_each_other(code: str, following: str) -> None:
    assert str(parse_period(code).next()) == following


def test_the_same_period_last_year() -> None:
    assert str(parse_period("2020-T2").same_last_year()) == "2019-T2"


@pytest.mark.parametrize(
    ("kind", "codes"),
    [
        ("year", ["2019"]),
        ("half_year", ["2019-H1", "2019-H2"]),
        ("tertial", ["2019-T1", "2019-T2", "2019-T3"]),
        ("quarter", ["2019-Q1", "2019-Q2", "2019-Q3", "2019-Q4"]),
        ("month", MONTHS),
    ],
)
def test_a_year_has_its_periods(kind: str, codes: list[str]) -> None:
    assert [str(period) for period in periods_of(2019, PeriodKind(kind))] == codes


@pytest.mark.parametrize(
    ("kind", "within", "due"),
    [
        ("year", "2019-T1", None),
        ("year", "2019-T3", "2019"),
        ("half_year", "2019-T1", None),
        ("half_year", "2019-T2", "2019-H1"),
        ("quarter", "2019-T1", "2019-Q1"),
        ("quarter", "2019-T2", "2019-Q2"),
        ("month", "2019-T2", "2019-08"),
        ("tertial", "2019-03", None),
        ("tertial", "2019-H1", "2019-T1"),
        ("tertial", "2019", "2019-T3"),
        ("month", "2019-01", "2019-01"),
    ],
)
def test_what_is_due_has_ended_in_the_same_year(kind: str, within: str, due: str | None) -> None:
    found = due_period(PeriodKind(kind), parse_period(within))
    assert (str(found) if found else None) == due


def test_periods_are_ordered_by_their_end_and_the_shorter_first() -> None:
    codes = ["2019", "2019-H2", "2019-12", "2019-T1", "2019-Q4", "2018", "2019-T3", "2019-11"]
    ordered = [str(period) for period in sorted(map(parse_period, codes))]
    expected = ["2018", "2019-T1", "2019-11", "2019-12", "2019-Q4", "2019-T3", "2019-H2", "2019"]
    assert ordered == expected


@given(PERIODS)
def test_a_period_is_its_code_and_meets_its_neighbours(period: Period) -> None:
    assert parse_period(str(period)) == period
    assert (period.next().start - period.end).days == 1
    assert period < period.next()
