"""The class of a fault follows from what is asked, and its times from the class (source 003)."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from roder.platform.modules.support.models import Effect, FaultClass, Workaround
from roder.platform.modules.support.rules import Answers, OfficeHours, fault_class
from roder.tenants.work import STOCKHOLM

NONE, SLOW, EASY = Workaround.NONE, Workaround.CUMBERSOME, Workaround.EASY
A, B, C, D = FaultClass


@pytest.mark.parametrize(
    ("effect", "critical", "workaround", "found"),
    [
        (Effect.DOWN, True, NONE, A),
        (Effect.DOWN, True, SLOW, C),
        (Effect.DOWN, True, EASY, D),
        (Effect.DOWN, False, NONE, B),
        (Effect.BROKEN, True, NONE, B),
        (Effect.BROKEN, True, SLOW, C),
        (Effect.BROKEN, True, EASY, D),
        (Effect.BROKEN, False, NONE, C),
        (Effect.BROKEN, False, SLOW, C),
        (Effect.BROKEN, False, EASY, C),
        (Effect.AWKWARD, True, NONE, C),
        (Effect.AWKWARD, False, NONE, C),
        (Effect.AWKWARD, True, EASY, C),
        (Effect.BLEMISH, True, NONE, D),
        (Effect.BLEMISH, True, EASY, D),
    ],
)
def test_the_class_follows_from_what_is_asked(effect, critical, workaround, found):
    assert fault_class(Answers(True, effect, critical, workaround)) is found


@given(st.sampled_from(Effect), st.booleans(), st.sampled_from(Workaround))
def test_what_was_met_in_a_trial_is_never_grave(effect, critical, workaround):
    assert fault_class(Answers(False, effect, critical, workaround)) is D


@given(st.sampled_from(Effect), st.booleans(), st.booleans())
def test_an_a_or_b_with_a_workaround_is_a_c_or_d(effect, critical, production):
    for workaround in (SLOW, EASY):
        found = fault_class(Answers(production, effect, critical, workaround))
        assert found in (C, D)
        assert found >= fault_class(Answers(production, effect, critical, NONE))


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=STOCKHOLM)


@pytest.mark.parametrize(
    ("reported", "hours", "by"),
    [
        ("2026-03-02T09:00", 4, "2026-03-02T13:00"),  # a Monday
        ("2026-03-02T06:00", 1, "2026-03-02T09:00"),  # before it opens
        ("2026-03-02T16:00", 1, "2026-03-02T17:00"),
        ("2026-03-02T16:30", 1, "2026-03-03T08:30"),
        ("2026-03-06T16:00", 10, "2026-03-09T17:00"),  # over a weekend
        ("2026-03-07T12:00", 1, "2026-03-09T09:00"),  # on a Saturday
        ("2026-04-02T16:00", 2, "2026-04-07T09:00"),  # over Easter
        ("2026-12-23T16:00", 2, "2026-12-28T09:00"),  # over Christmas
        ("2026-03-27T16:00", 2, "2026-03-30T09:00"),  # the clock changes on the Sunday
    ],
)
def test_times_run_in_open_hours(reported, hours, by):
    assert OfficeHours(8, 17).after(at(reported), hours) == at(by)


@given(
    st.integers(0, 2 * 365 * 24 * 60),
    st.integers(1, 200),
    st.integers(0, 22),
    st.integers(1, 24),
)
def test_more_hours_are_never_sooner_and_always_when_it_is_open(minutes, hours, opens, length):
    office = OfficeHours(opens, min(24, opens + length))
    since = at("2026-01-01T00:00") + timedelta(minutes=minutes)
    by = office.after(since, hours)
    assert by >= since
    assert by <= office.after(since, hours + 1)
    assert by.weekday() < 5 or (by.weekday() == 5 and by.time().hour == 0)
    assert by - since >= timedelta(0)
