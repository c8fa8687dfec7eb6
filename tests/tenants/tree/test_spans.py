"""What may stand where, on every day at once."""

from datetime import date

import pytest

from roder.tenants.rows import uuid7
from roder.tenants.tree.spans import MOST_LEVELS, Fault, FaultKind, Span, faults

A, B, C = (uuid7() for _ in range(3))
START, MIDDLE, END = date(2020, 1, 1), date(2026, 1, 1), date(2030, 1, 1)


def test_a_tree_that_hangs_together_has_no_fault():
    tree = [Span(A, None, START), Span(B, A, START), Span(C, B, MIDDLE, END)]

    assert list(faults(tree, [A, B, C])) == []


def test_a_loop_is_one_only_while_both_places_hold():
    apart = [
        Span(A, None, START, MIDDLE),
        Span(A, B, MIDDLE),
        Span(B, A, START, MIDDLE),
        Span(B, None, MIDDLE),
    ]
    assert list(faults(apart, [A, B])) == []

    together = [Span(A, B, MIDDLE), Span(B, A, START, END), Span(B, None, END)]
    [fault, _other] = faults([*together, Span(A, None, START, MIDDLE)], [A, B])
    assert fault == Fault(FaultKind.LOOP, A, (A, B, A), MIDDLE)


def test_a_unit_below_itself_is_a_loop():
    assert list(faults([Span(A, A, START)], [A])) == [Fault(FaultKind.LOOP, A, (A, A), START)]


@pytest.mark.parametrize(
    ("above", "kind", "day"),
    [
        (Span(A, None, MIDDLE), FaultKind.PARENT_BEGINS, MIDDLE),
        (Span(A, None, START, END), FaultKind.PARENT_ENDS, END),
    ],
)
def test_a_unit_stands_below_another_only_while_that_one_is_there(above, kind, day):
    assert list(faults([above, Span(B, A, START)], [B])) == [Fault(kind, B, (B, A), day)]


def test_a_tree_is_not_deeper_than_anyone_can_read():
    units = [uuid7() for _ in range(MOST_LEVELS + 1)]
    chain = [Span(unit, above, START) for unit, above in zip(units, [None, *units], strict=False)]

    assert list(faults(chain, units[:-1])) == []
    [fault] = faults(chain, units)
    assert (fault.kind, fault.unit_id) == (FaultKind.DEPTH, units[-1])
