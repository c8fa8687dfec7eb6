"""Where values land on a picture."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal

STEPS = (Decimal(1), Decimal(2), Decimal(5), Decimal(10))
APART = 15.0


@dataclass(frozen=True)
class Scale:
    """Values from `low` to `high` laid out from `start` to `end`."""

    low: Decimal
    high: Decimal
    start: float
    end: float

    def at(self, value: Decimal) -> float:
        share = float((value - self.low) / (self.high - self.low))
        return self.start + share * (self.end - self.start)

    def within(self, value: Decimal) -> float:
        """As `at`, held between the ends."""
        return self.at(min(max(value, self.low), self.high))


def ticks(values: Sequence[Decimal], *, most: int = 4) -> list[Decimal]:
    """Round numbers evenly apart, from below the least value to above the greatest."""
    low, high = min(values), max(values)
    if low == high:
        margin = abs(low) / 10 or Decimal(1)
        low, high = low - margin, high + margin
    rough = (high - low) / most
    power = Decimal(1).scaleb(rough.adjusted())
    step = next(power * step for step in STEPS if power * step >= rough)
    first = (low / step).to_integral_value(ROUND_FLOOR)
    last = (high / step).to_integral_value(ROUND_CEILING)
    return [step * index for index in range(int(first), int(last) + 1)]


def spread(
    wanted: Sequence[float], *, low: float, high: float, apart: float = APART
) -> list[float]:
    """Places as near those wanted as can be, in the same order, `apart` from each other.

    They stay between `low` and `high` as long as there is room.
    """
    order = sorted(range(len(wanted)), key=lambda index: wanted[index])
    groups: list[list[float]] = []
    for rank, index in enumerate(order):
        groups.append([wanted[index] - rank * apart])
        while len(groups) > 1 and _mean(groups[-2]) > _mean(groups[-1]):
            groups[-2:] = [groups[-2] + groups[-1]]
    level = [_mean(group) for group in groups for _each in group]
    last = max(low, high - (len(wanted) - 1) * apart)
    placed = [0.0] * len(wanted)
    for rank, index in enumerate(order):
        placed[index] = min(max(level[rank], low), last) + rank * apart
    return placed


def _mean(values: list[float]) -> float:
    return sum(values) / len(values)
