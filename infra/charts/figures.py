"""Numbers as the charts write them, and the table that says the same as the picture."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from ..i18n import _, current_locale
from ..numbers import format_number

NO_BREAK_SPACE = "\u00a0"


@dataclass(frozen=True)
class ChartTable:
    """The picture as a table of written values; the first column names the row."""

    headers: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


def written(value: Decimal | None, *, unit: str, decimals: int) -> str:
    """`8,5 %` in the reader's language, or that the value is missing."""
    if value is None:
        return _("missing")
    figure = format_number(value, decimals, current_locale())
    return f"{figure}{NO_BREAK_SPACE}{unit}" if unit else figure


def brief(unit: str) -> str:
    """The unit where it is short enough to stand at every number of a picture: %, mnkr, dagar."""
    return unit if len(unit) <= 5 else ""


def shortly(value: Decimal, *, unit: str = "", most: int) -> str:
    """As `written`, without zeros at the end: a target of 9 % where outcomes have a decimal."""
    decimals = max(0, -int(value.normalize().as_tuple().exponent))
    return written(value, unit=unit, decimals=min(decimals, most))


def span(labels: Iterable[str]) -> str:
    """The first and the last: `2018–2020`, `2019-T1 – 2019-T3`."""
    first, *_between, last = (*labels,)
    return f"{first}–{last}" if (first + last).isdigit() else f"{first} – {last}"
