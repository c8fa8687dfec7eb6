"""Counts in which no small number is shown, nor can be worked out from the others.

A count from 1 up to the smallest that may be shown is left out. Where counts add up to a sum that
is shown, one that is left out alone could be computed; so of the parts of such a sum at least two
are left out, and together they are no small number either (complementary suppression). A sum is
never left out to hide its parts, so that one in two tables is never shown in one of them only.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

K = TypeVar("K", bound=Hashable)


@dataclass(frozen=True, slots=True)
class Line(Generic[K]):
    """Parts that add up to a sum."""

    parts: tuple[K, ...]
    total: K


def masked(
    counts: Mapping[K, int], lines: Sequence[Line[K]], *, smallest: int
) -> dict[K, int | None]:
    """The counts, None for those that are left out: small ones, and as few parts of a line beside
    them as it takes."""
    hidden = {key for key, count in counts.items() if 0 < count < smallest}
    while (more := _lacking(counts, lines, hidden, smallest)) is not None:
        hidden.add(more)
    return {key: None if key in hidden else count for key, count in counts.items()}


def tree_lines(
    parents: Mapping[K, K | None],
) -> list[Line[tuple[str, K]]]:
    """Lines of a tree of units: what is at a unit itself (`own`) and below each unit under it add
    up to what is at it and `below`."""
    children: dict[K, list[K]] = {}
    for unit, parent in parents.items():
        if parent is not None:
            children.setdefault(parent, []).append(unit)
    return [
        Line(
            (("own", unit), *(("below", child) for child in children.get(unit, ()))),
            ("below", unit),
        )
        for unit in parents
    ]


def tree_counts(parents: Mapping[K, K | None], own: Mapping[K, int]) -> dict[tuple[str, K], int]:
    """The counts of those lines, from what is at each unit itself."""
    found: dict[tuple[str, K], int] = dict.fromkeys((("below", unit) for unit in parents), 0)
    for unit in parents:
        found["own", unit] = own.get(unit, 0)
        above: K | None = unit
        while above is not None:
            found["below", above] += own.get(unit, 0)
            above = parents[above]
    return found


def _lacking(
    counts: Mapping[K, int], lines: Sequence[Line[K]], hidden: set[K], smallest: int
) -> K | None:
    """The next part to leave out; None where every line is safe."""
    for line in lines:
        gone = [part for part in line.parts if part in hidden]
        left = [part for part in line.parts if part not in hidden]
        if left and not _is_safe(line, gone, counts, hidden, smallest):
            lacking = smallest - sum(counts[part] for part in gone)
            return _least(left, counts, enough=0 if line.total in hidden else lacking)
    return None


def _least(left: Sequence[K], counts: Mapping[K, int], *, enough: int) -> K:
    """The smallest part that is large enough, else the largest; of two alike, the first."""
    large = [part for part in left if counts[part] >= enough]
    return min(large, key=counts.__getitem__) if large else max(left, key=counts.__getitem__)


def _is_safe(
    line: Line[K], gone: Sequence[K], counts: Mapping[K, int], hidden: set[K], smallest: int
) -> bool:
    """With its sum left out, some part has to be too, else it could be added up; with the sum
    shown, none or several that are not small together."""
    if line.total in hidden:
        return bool(gone)
    return not gone or (len(gone) > 1 and sum(counts[part] for part in gone) >= smallest)
