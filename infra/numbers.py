"""Numbers as Swedish people write them, exact: text in, `Decimal` out, and back."""

from __future__ import annotations

import re
from decimal import ROUND_HALF_UP, Decimal
from functools import cache

from .errors import InvalidInput
from .i18n import _

MAX_DIGITS = 15
MAX_DECIMALS = 6

MINUS = "\u2212"
NARROW_SPACE = "\u202f"
SPACES = " \u00a0\u2009\u202f"

NUMBER = re.compile(
    rf"(?P<sign>[-+{MINUS}]?)"
    rf"(?P<whole>[0-9]{{1,3}}(?:[{SPACES}][0-9]{{3}})+|[0-9]+)"
    r"(?:[.,](?P<decimals>[0-9]+))?"
    rf"[{SPACES}]?%?"
)
# English "1.234" may be a little over one or more than a thousand; "0.125" can only be small.
AMBIGUOUS = re.compile(rf"[-+{MINUS}]?[1-9][0-9]{{0,2}}\.[0-9]{{3}}[{SPACES}]?%?")


def parse_number(text: str) -> Decimal | None:
    """The number in `text`, None when it is blank; `9%` is 9.

    The comma is the decimal sign, a space (also no-break or thin) groups thousands, and a dot is
    taken as decimal where it cannot be a thousands sign: `8.5` is read, `1.234` is refused.
    At most 15 digits, of which 6 decimals; no exponents, no infinity. Raises InvalidInput.
    """
    text = text.strip()
    if not text:
        return None
    found = NUMBER.fullmatch(text)
    if not found:
        raise InvalidInput(
            _('"{text}" is not a number. Write for example 77 or 76.5.', text=_short(text))
        )
    if AMBIGUOUS.fullmatch(text):
        raise InvalidInput(
            _(
                '"{text}" can be read in two ways. Write {small} or {large}.',
                text=text,
                small=text.replace(".", ","),
                large=text.replace(".", ""),
            )
        )
    whole = re.sub(rf"[{SPACES}]", "", found["whole"]).lstrip("0") or "0"
    decimals = (found["decimals"] or "").rstrip("0")
    if len(decimals) > MAX_DECIMALS or len(whole + decimals) > MAX_DIGITS:
        raise InvalidInput(
            _(
                '"{text}" has too many digits. At most {digits} fit, of which {decimals} decimals.',
                text=_short(text),
                digits=MAX_DIGITS,
                decimals=MAX_DECIMALS,
            )
        )
    number = Decimal(f"{whole}.{decimals}" if decimals else whole)
    return -number if number and found["sign"] in ("-", MINUS) else number


def format_number(value: Decimal, decimals: int, locale: str) -> str:
    """`value` for a reader, rounded half up: sv `−1 234,5`, en `−1,234.5`.

    The Swedish thousands sign is a narrow no-break space, so that a number never breaks a line.
    """
    rounded = value.quantize(_last_place(decimals), rounding=ROUND_HALF_UP)
    text = f"{abs(rounded):,f}"
    if locale == "sv":
        text = text.replace(",", NARROW_SPACE).replace(".", ",")
    return f"{MINUS}{text}" if rounded < 0 else text


@cache
def _last_place(decimals: int) -> Decimal:
    return Decimal(1).scaleb(-decimals)


def _short(text: str) -> str:
    return text if len(text) <= 40 else f"{text[:39]}…"
