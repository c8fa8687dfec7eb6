"""Whether a text holds what looks like a personal identity number, or a coordination number.

The check digit is that of Skatteverket's SKV 704: the sum of the ten digits, each second one
doubled beginning with the first, is a multiple of ten. A coordination number has 60 added to the
day (SKV 707).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final
from unicodedata import normalize

from ....infra.errors import InvalidInput
from ....infra.i18n import _

LIKE: Final = re.compile(
    r"(?<!\d)(?:(?:18|19|20)\s?)?(\d\d)[-./\s]?(\d\d)[-./\s]?(\d\d)\s?[-+–−]?\s?(\d{4})(?!\d)"
)
COORDINATION: Final = 60
"""What a coordination number adds to the day of birth."""


def holds_personal_number(text: str) -> bool:
    """With or without century, dash or spaces, and with digits of any kind."""
    plain = normalize("NFKC", text)
    at = 0
    while found := LIKE.search(plain, at):
        if _is_number(*found.groups()):
            return True
        at = found.start() + 1
    return False


def refuse_personal_numbers(texts: Mapping[str, str]) -> None:
    """Raises InvalidInput for the first field whose text seems to hold one: it is taken out before
    anything is saved, since a case is never found by it."""
    for field, text in texts.items():
        if holds_personal_number(text):
            raise InvalidInput(
                _(
                    "The text looks as if it holds a personal identity number. Take it out before "
                    "you save."
                ),
                field=field,
            )


def _is_number(year: str, month: str, day: str, last: str) -> bool:
    born = int(day) - COORDINATION if int(day) > COORDINATION else int(day)
    if not (1 <= int(month) <= 12 and 1 <= born <= 31):
        return False
    digits = [int(digit) for digit in year + month + day + last]
    products = [digit * (2 - place % 2) for place, digit in enumerate(digits)]
    return sum(product // 10 + product % 10 for product in products) % 10 == 0
