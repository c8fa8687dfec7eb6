"""Words in the language of the reader. The English sentence in the code is the key in both."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import AbstractContextManager
from contextvars import ContextVar, Token
from functools import cache
from importlib.resources import files

LOCALES = ("sv", "en")

_locale: ContextVar[str] = ContextVar("locale", default="sv")


def _(message: str, /, **values: object) -> str:
    """`message` in the current language, with `{name}` places filled from `values`."""
    text = catalogue(_locale.get()).get(message, message)
    return text.format(**values) if values else text


def current_locale() -> str:
    return _locale.get()


def use_locale(locale: str) -> AbstractContextManager[None]:
    """Speak `locale` within the block; one we do not have becomes Swedish."""
    return _Spoken(locale)


class _Spoken:
    """A third of what a generator costs: there is one a request."""

    def __init__(self, locale: str) -> None:
        self.locale = locale

    def __enter__(self) -> None:
        self.token = speak(self.locale)

    def __exit__(self, *_fault: object) -> None:
        _locale.reset(self.token)


def speak(locale: str) -> Token[str]:
    """The same from now on, until the block of `use_locale` ends that this stands in."""
    return _locale.set(locale if locale in LOCALES else "sv")


def in_language(words: Mapping[str, str], locale: str | None = None) -> str:
    """The word in `locale`, the reader's when None; in Swedish where there is none in that one."""
    return words.get(locale or _locale.get()) or words["sv"]


@cache
def catalogue(locale: str) -> dict[str, str]:
    """All messages of one language, read once from `infra/locale/<locale>.po`."""
    from babel.messages.pofile import read_po

    with (files(__package__) / "locale" / f"{locale}.po").open("rb") as file:
        return {
            message.id: message.string
            for message in read_po(file, locale=locale, abort_invalid=True)
            if isinstance(message.id, str)
            and isinstance(message.string, str)
            and message.id
            and message.string
        }
