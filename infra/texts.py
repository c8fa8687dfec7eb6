"""Words that people write, checked the same way everywhere."""

from __future__ import annotations

from collections.abc import Mapping

from .documents.richreader import printable
from .errors import InvalidInput
from .i18n import LOCALES, _


def one_line(text: str, *, field: str, most: int) -> str:
    """Text on one line, 1 to `most` signs. Raises InvalidInput."""
    line = " ".join(printable(text).split())
    if not line:
        raise InvalidInput(_("Write something here: it cannot be empty."), field=field)
    return at_most(line, field=field, most=most)


def at_most(text: str, *, field: str, most: int) -> str:
    """Text without space around it, up to `most` signs. Raises InvalidInput."""
    text = printable(text).strip()
    if len(text) > most:
        raise InvalidInput(
            _("The text has {count} signs. At most {most} fit.", count=len(text), most=most),
            field=field,
        )
    return text


def in_languages(words: Mapping[str, str], *, field: str, most: int) -> dict[str, str]:
    """A name by language, Swedish required. Raises InvalidInput."""
    if set(words) - set(LOCALES):
        raise InvalidInput(_("The languages are sv and en."), field=field)
    if not words.get("sv", "").strip():
        raise InvalidInput(_("Write the name in Swedish."), field=field)
    return {
        language: one_line(word, field=field, most=most)
        for language, word in words.items()
        if word.strip()
    }
