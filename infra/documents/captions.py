"""The fixed words of a document, in its own language."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from babel.dates import format_date

from ..i18n import _, use_locale

LOCALES = {"sv": "sv-SE", "en": "en-GB"}


@dataclass(frozen=True)
class Captions:
    """`page_of` keeps its places `{page}` and `{total}`, for fields to be set in."""

    contents: str
    attachments: str
    instruction: str
    warning: str
    page_of: str
    date: str
    locale: str


def captions(language: str, *, on: date) -> Captions:
    """The words in `language`, with `on` written out ("31 december 2026")."""
    with use_locale(language):
        return Captions(
            contents=_("Contents"),
            attachments=_("Attachments"),
            instruction=_("Instruction"),
            warning=_("Please note"),
            page_of=_("Page {page} of {total}", page="{page}", total="{total}"),
            date=format_date(on, "long", locale=LOCALES[language].replace("-", "_")),
            locale=LOCALES[language],
        )
