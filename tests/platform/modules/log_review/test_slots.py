"""Any day of a unit is in one list, whatever the dates and whatever lists there are."""

from __future__ import annotations

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from roder.infra.holidays import holidays
from roder.platform.modules.log_review.slots import Slot, month_of, plan, slot_for

days = st.dates(date(2019, 12, 1), date(2032, 3, 31))


@st.composite
def lists_of_a_unit(draw):
    """Lists that do not lie over one another, some signed, some with supplements."""
    at = draw(days)
    found = []
    for _each in range(draw(st.integers(0, 6))):
        begins = at + timedelta(draw(st.integers(0, 40)))
        ends = begins + timedelta(draw(st.integers(0, 60)))
        count = draw(st.integers(1, 3))
        for number in range(1, count + 1):
            is_open = number == count and draw(st.booleans())
            found.append(Slot(begins, ends, number, is_open))
        at = ends + timedelta(1)
    return found


@given(known=lists_of_a_unit(), wanted=st.lists(days, min_size=1, max_size=60))
def test_each_day_comes_into_one_open_list_that_holds_it(known, wanted):
    found = plan(wanted, known, last=max(wanted))
    everything = set(known) | set(found.values())

    assert set(found) == set(wanted)
    for day, slot in found.items():
        assert slot.open
        assert slot.holds(day)
        later = [one for one in everything if one.holds(day) and one.number > slot.number]
        assert later == []
    for one in everything:
        for other in everything:
            same = (one.begins, one.ends) == (other.begins, other.ends)
            assert same or not one.meets(other.begins, other.ends)


@given(known=lists_of_a_unit(), wanted=st.lists(days, min_size=1, max_size=30))
def test_a_run_again_finds_the_same_lists(known, wanted):
    first = plan(wanted, known, last=max(wanted))

    assert plan(wanted, [*known, *first.values()], last=max(wanted)) == first


@given(day=days)
def test_a_month_without_lists_is_one_list(day):
    begins, ends = month_of(day)

    assert slot_for(day, [], last=ends) == Slot(begins, ends)
    assert begins.day == 1
    assert (ends + timedelta(1)).day == 1
    assert begins <= day <= ends


def test_a_leap_day_is_in_february():
    assert month_of(date(2028, 2, 29)) == (date(2028, 2, 1), date(2028, 2, 29))


def test_what_a_shorter_list_leaves_of_its_month_is_a_list_of_its_own():
    signed = Slot(date(2026, 11, 1), date(2026, 11, 15), open=False)

    assert slot_for(date(2026, 11, 20), [signed], last=date(2026, 11, 30)) == Slot(
        date(2026, 11, 16), date(2026, 11, 30)
    )


def test_the_holidays_of_2026():
    assert sorted(holidays(2026)) == [
        date(2026, 1, 1),
        date(2026, 1, 6),
        date(2026, 4, 3),
        date(2026, 4, 5),
        date(2026, 4, 6),
        date(2026, 5, 1),
        date(2026, 5, 14),
        date(2026, 5, 24),
        date(2026, 6, 6),
        date(2026, 6, 19),
        date(2026, 6, 20),
        date(2026, 10, 31),
        date(2026, 12, 24),
        date(2026, 12, 25),
        date(2026, 12, 26),
        date(2026, 12, 31),
    ]
