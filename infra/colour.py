"""Contrast between colours, as WCAG 2.1 computes it."""

from __future__ import annotations

import re

from .errors import InvalidInput
from .i18n import _

WHITE = "#ffffff"
READABLE = 4.5
"""Least contrast of text against what is behind it (WCAG 2.1, success criterion 1.4.3, AA)."""


def contrast(one: str, other: str) -> float:
    """Contrast ratio of two colours `#rrggbb`, from 1 (the same) to 21 (black on white)."""
    lighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def check_colour(colour: str, *, field: str) -> None:
    """Raises InvalidInput unless `colour` is `#rrggbb`."""
    if not re.fullmatch(r"#[0-9a-fA-F]{6}", colour):
        raise InvalidInput(
            _("Write the colour as # and six signs, for example #1f5f8b."), field=field
        )


def readable_accent(colour: str, *, field: str) -> str:
    """`colour` in lower case; InvalidInput unless it is `#rrggbb` and readable against white."""
    check_colour(colour, field=field)
    ratio = contrast(colour, WHITE)
    if ratio < READABLE:
        raise InvalidInput(
            _(
                "The colour is too light: its contrast against white is {ratio}:1 and has to be "
                "at least 4.5:1. Choose a darker one.",
                ratio=f"{ratio:.1f}",
            ),
            field=field,
        )
    return colour.lower()


def _luminance(colour: str) -> float:
    red, green, blue = (_linear(int(colour[at : at + 2], 16) / 255) for at in (1, 3, 5))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(value: float) -> float:
    return value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4
