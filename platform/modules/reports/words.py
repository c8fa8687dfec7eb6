"""Words that people write, checked the same way everywhere in the module."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Mapping

from ....infra.documents.richreader import printable
from ....infra.documents.richtext import clean, plain_text
from ....infra.errors import InvalidInput
from ....infra.i18n import LOCALES, _

TITLE = 200
REASON = 2_000
INSTRUCTION = 20_000
KEY = re.compile(r"[a-z][a-z0-9_]{0,59}")


def one_line(text: str, *, field: str, most: int = TITLE) -> str:
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


def rich(html: str, *, field: str, most: int) -> str:
    """HTML cleaned to the closed subset; without a word in it "". Raises InvalidInput."""
    # What is pasted from a word processor can be ten times as long as what is left of it.
    at_most(html, field=field, most=10 * most)
    cleaned = at_most(clean(html), field=field, most=most)
    return cleaned if plain_text(cleaned).strip() else ""


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


def in_languages(words: Mapping[str, str], *, field: str) -> dict[str, str]:
    """A name by language, Swedish required. Raises InvalidInput."""
    if set(words) - set(LOCALES):
        raise InvalidInput(_("The languages are sv and en."), field=field)
    if not words.get("sv", "").strip():
        raise InvalidInput(_("Write the name in Swedish."), field=field)
    return {
        language: one_line(word, field=field) for language, word in words.items() if word.strip()
    }


def spoken(words: Mapping[str, str], language: str) -> str:
    """A name in a language, in Swedish where it has none in that one."""
    return words.get(language) or words["sv"]
