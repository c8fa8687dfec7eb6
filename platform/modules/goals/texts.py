"""Words that people write, checked the same way everywhere in the module."""

from __future__ import annotations

import re
from collections.abc import Mapping
from html import escape

from ....infra.documents.richtext import clean, plain_text
from ....infra.errors import InvalidInput
from ....infra.i18n import LOCALES, _

TITLE = 500
DESCRIPTION = 20_000
COMMENT = 20_000
NAME = 200
REASON = 2_000
SOURCE = 500

MARKUP = re.compile(
    r"</?(?:p|h[1-6]|strong|em|b|i|ul|ol|li|table|tr|t[hd]|a|br|div|span)\b[^<>]*>", re.IGNORECASE
)


def one_line(text: str, *, field: str, most: int) -> str:
    """Text on one line, 1 to `most` signs. Raises InvalidInput."""
    line = " ".join(text.split())
    if not line:
        raise InvalidInput(_("Write something here: it cannot be empty."), field=field)
    return at_most(line, field=field, most=most)


def at_most(text: str, *, field: str, most: int) -> str:
    """Text without space around it, up to `most` signs. Raises InvalidInput."""
    text = text.strip()
    if len(text) > most:
        raise InvalidInput(
            _("The text has {count} signs. At most {most} fit.", count=len(text), most=most),
            field=field,
        )
    return text


def rich(text: str, *, field: str, most: int) -> str:
    """Text that can be read as the closed subset of HTML with nothing lost; blank becomes "".

    What holds marks of that subset is cleaned. Anything else is plain text: one plain line stays
    as it is written, several become paragraphs.
    """
    text = at_most(text, field=field, most=most)
    if MARKUP.search(text):
        cleaned = clean(text)
        return cleaned if plain_text(cleaned).strip() else ""
    if not re.search(r"[<>&\n]", text):
        return text
    return clean("".join(f"<p>{escape(line)}</p>" for line in text.splitlines() if line.strip()))


def in_languages(words: Mapping[str, str], *, field: str) -> dict[str, str]:
    """A name by language, Swedish required. Raises InvalidInput."""
    strange = sorted(set(words) - set(LOCALES))
    if strange:
        raise InvalidInput(_("The languages are sv and en."), field=field)
    if not words.get("sv", "").strip():
        raise InvalidInput(_("Write the name in Swedish."), field=field)
    return {
        language: one_line(word, field=field, most=NAME)
        for language, word in words.items()
        if word.strip()
    }
