"""How long texts may be in the module, and those that may be HTML."""

from __future__ import annotations

import re
from html import escape

from ....infra.documents.richtext import clean, plain_text
from ....infra.texts import at_most

TITLE = 500
DESCRIPTION = 20_000
COMMENT = 20_000
NAME = 200
REASON = 2_000
SOURCE = 500

MARKUP = re.compile(
    r"</?(?:p|h[1-6]|strong|em|b|i|ul|ol|li|table|tr|t[hd]|a|br|div|span)\b[^<>]*>", re.IGNORECASE
)


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
