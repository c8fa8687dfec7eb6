"""What follows from the numbers: colours of cells, the light of many, the days of a control."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Final

from ....infra.periods import PeriodKind, periods_of
from .models import ControlLight

LEAST, MOST = 3, 6
"""Steps on each side of a matrix."""

WORST: Final = (ControlLight.RED, ControlLight.YELLOW, ControlLight.GREEN)


def worst(lights: Iterable[ControlLight | None]) -> ControlLight | None:
    """The light of many: the worst there is, None where there is none."""
    found = set(lights)
    return next((light for light in WORST if light in found), None)


def colour_of(
    value: int, *, yellow_from: int, red_from: int, cell: ControlLight | None = None
) -> ControlLight:
    """A value on a limit belongs to the worse colour; a cell with a colour of its own has that."""
    if cell is not None:
        return cell
    if value >= red_from:
        return ControlLight.RED
    return ControlLight.YELLOW if value >= yellow_from else ControlLight.GREEN


def days_of(year: int, periodicity: PeriodKind) -> list[date]:
    """When a control that is done so often is due: the last day of each period."""
    return [period.end for period in periods_of(year, periodicity)]
