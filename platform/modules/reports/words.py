"""Keys, reasons and HTML that people write, and how long their words may be."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection

from ....infra.documents.richreader import parse_illustrated
from ....infra.documents.richtext import clean, plain_text, to_html
from ....infra.errors import InvalidInput
from ....infra.i18n import _
from ....infra.texts import at_most, one_line

TITLE = 200
REASON = 2_000
INSTRUCTION = 20_000
DEEPEST = 40
KEY = re.compile(r"[a-z][a-z0-9_]{0,59}")


def rich(html: str, *, field: str, most: int, illustrated: bool = False) -> str:
    """HTML cleaned to the closed subset, with pictures only if `illustrated`; without a word in it
    "". Raises InvalidInput."""
    # What is pasted from a word processor can be longer than what is left of it.
    at_most(html, field=field, most=2 * most)
    _refuse_deep_lists(html, field=field)
    cleaned = to_html(parse_illustrated(html)) if illustrated else clean(html)
    at_most(cleaned, field=field, most=most)
    return cleaned if plain_text(cleaned).strip() else ""


def _refuse_deep_lists(html: str, *, field: str) -> None:
    """Cleaning takes the square of the time for lists within lists within lists."""
    depth = 0
    for tag in re.finditer(r"<(/?)(?:ul|ol|li|table|blockquote|div)\b", html, re.IGNORECASE):
        depth += -1 if tag[1] else 1
        if depth > DEEPEST:
            raise InvalidInput(
                _("The lists lie too deep in each other. Make them flatter."), field=field
            )


def reason(text: str) -> str:
    if not text.strip():
        raise InvalidInput(
            _("Write why you open it again. The reason is kept in the history."), field="reason"
        )
    return one_line(text, field="reason", most=REASON)


def key(text: str, *, field: str = "key") -> str:
    if not KEY.fullmatch(text):
        raise InvalidInput(
            _("A key has 1 to 60 small letters a-z, digits and _, and begins with a letter."),
            field=field,
        )
    return text


def free_key(title: str, *, taken: Collection[str]) -> str:
    """A key made of a title ("Genomförda satsningar": genomforda_satsningar), not yet taken."""
    plain = unicodedata.normalize("NFKD", title.lower()).encode("ascii", "ignore").decode()
    stem = re.sub(r"[^a-z0-9]+", "_", plain).strip("_")[:50].rstrip("_")
    if not re.match(r"[a-z]", stem):
        stem = f"chapter_{stem}".rstrip("_")
    numbered = (f"{stem}_{number}" for number in range(2, len(taken) + 3))
    return next(name for name in (stem, *numbered) if name not in taken)
