"""The words of a municipality: what it calls the parts of the service."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from pydantic import BaseModel, Field

from ..authz.permit import permit
from ..infra.errors import InvalidInput
from ..infra.i18n import _, current_locale
from ..infra.texts import in_languages
from .municipality import save_settings, settings_of
from .work import Work

LONGEST = 60
STORED = "terms"
"""The key that the words are kept under, beside the settings of the modules."""


@dataclass(frozen=True, slots=True)
class Term:
    """A word that a municipality may replace. `word` gives ours, in the reader's language."""

    key: str
    word: Callable[[], str]


class Terms(BaseModel):
    """What has been renamed: by the key of the term, the word by language."""

    words: dict[str, dict[str, str]] = Field(default_factory=dict)

    def word(self, term: Term) -> str:
        """The municipality's word in the reader's language, else ours."""
        return self.words.get(term.key, {}).get(current_locale()) or term.word()


async def terms_of(work: Work) -> Terms:
    return await settings_of(work, STORED, Terms)


@permit("tenant.configure")
async def rename_terms(
    work: Work, words: Mapping[str, Mapping[str, str]], *, known: Iterable[Term]
) -> Terms:
    """Replace the words of a municipality; a term that is left out, or empty, gets ours back.

    Raises InvalidInput for a key that is not `known`, or a word that is no single line.
    """
    keys = {term.key for term in known}
    chosen: dict[str, dict[str, str]] = {}
    for key, by_language in words.items():
        if key not in keys:
            raise InvalidInput(_("There is no term {name}.", name=key), field="words")
        filled = {language: word for language, word in by_language.items() if word.strip()}
        if filled:
            chosen[key] = in_languages(filled, field=key, most=LONGEST)
    return await save_settings(work, STORED, Terms, values={"words": chosen})
