from __future__ import annotations

from decimal import Decimal
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from roder.infra.charts.scales import spread, ticks


def test_labels_far_from_each_other_stay():
    assert spread([10, 50, 30], low=0, high=100) == [10, 50, 30]


def test_labels_that_meet_move_apart_around_their_middle():
    assert spread([50, 52], low=0, high=100) == [43.5, 58.5]


def test_labels_stay_within_their_room():
    assert spread([99, 100, 1], low=0, high=100) == [85, 100, 1]


@given(st.lists(st.floats(0, 200), min_size=1, max_size=8))
def test_no_labels_meet_and_none_pass_each_other(wanted):
    placed = spread(wanted, low=0, high=200)

    order = sorted(range(len(wanted)), key=lambda index: (wanted[index], placed[index]))
    ranked = [placed[index] for index in order]
    assert all(below - above > 15 - 1e-6 for above, below in pairwise(ranked))
    assert min(ranked) >= 0
    assert max(ranked) <= 200 + 1e-6


def test_ticks_are_round_and_enclose_the_values():
    assert ticks([Decimal("8.4"), Decimal("9.9")]) == [
        Decimal(text) for text in ("8.0", "8.5", "9.0", "9.5", "10.0")
    ]
    assert ticks([Decimal(1), Decimal(4321)]) == [0, 2000, 4000, 6000]
    assert ticks([Decimal(-3), Decimal(1)]) == [-3, -2, -1, 0, 1]


def test_equal_values_get_room_on_both_sides():
    assert ticks([Decimal(0)]) == [Decimal(text) for text in ("-1.0", "-0.5", "0", "0.5", "1.0")]
