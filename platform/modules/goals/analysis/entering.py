"""What is written in a field of the goal analysis: read and weighed before it is kept."""

from __future__ import annotations

from decimal import Decimal
from typing import Final

from .....infra.errors import Conflict, InvalidInput
from .....infra.i18n import _, current_locale
from .....infra.numbers import format_number, parse_number
from ..models import Indicator
from ..values.outcomes import PERCENT_MOST

WHOLE: Final = Decimal(100)


class Doubtful(InvalidInput):
    """A number that is most likely a slip. `instead` is what was meant; `insist` says that the
    number may be kept all the same by whoever says so."""

    def __init__(self, message: str, *, instead: str, insist: bool) -> None:
        super().__init__(message)
        self.instead = instead
        self.insist = insist


class Changed(Conflict):
    """Somebody else has saved in the same field; `theirs` is what stands there now."""

    def __init__(self, message: str, *, theirs: str) -> None:
        super().__init__(message)
        self.theirs = theirs


def number_text(value: Decimal | None, decimals: int) -> str:
    """As it stands in a field: empty for None."""
    return "" if value is None else format_number(value, decimals, current_locale())


def short_text(value: Decimal | None, decimals: int) -> str:
    """Without zeros at its end: a target of 9 % where outcomes have a decimal."""
    if value is None:
        return ""
    needed = max(0, -int(value.normalize().as_tuple().exponent))
    return number_text(value, min(needed, decimals))


def read_value(text: str, indicator: Indicator, *, sure: bool) -> Decimal | None:
    """The number in a field, None for none. Raises InvalidInput, or Doubtful for a share of more
    than the whole unless the writer is `sure`."""
    value = parse_number(text)
    if value is None or indicator.measure_unit != "%" or value <= WHOLE:
        return value
    insist = value <= PERCENT_MOST
    if sure and insist:
        return value
    meant = _meant(value)
    raise Doubtful(
        _(
            "The share cannot be larger than 100 %. You wrote {written}. Did you mean {meant}?",
            written=text.strip(),
            meant=meant,
        ),
        instead=meant,
        insist=insist,
    )


def parts_do_not_fit(
    indicator: Indicator, *, total: Decimal | None, women: Decimal | None, men: Decimal | None
) -> str:
    """What to look at when women and men cannot give the total; empty when they can.

    A share or a mean lies between its parts; a number of people may also be their sum.
    """
    if total is None or women is None or men is None:
        return ""
    between = min(women, men) <= total <= max(women, men)
    if between or (indicator.measure_unit != "%" and total == women + men):
        return ""
    shown = {"women": women, "men": men, "total": total}
    return _(
        "Women {women} and men {men} cannot give the total {total}. Check the numbers.",
        **{name: short_text(value, indicator.decimals) for name, value in shown.items()},
    )


def _meant(value: Decimal) -> str:
    while value > WHOLE:
        value /= 10
    return short_text(value, 6)
