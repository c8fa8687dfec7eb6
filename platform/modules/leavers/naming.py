"""Where somebody is named in a text, and the same text with a pseudonym in their place. Pure.

A whole name counts wherever it stands, also in the genitive, with the surname first, and where
markup cuts it in two; so does an e-mail address. A first name or a surname alone counts only in a
text that has the whole name too: there is more than one Anna.
"""

from __future__ import annotations

import hashlib
import html
import re
from array import array
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property, lru_cache
from typing import Final
from unicodedata import normalize
from uuid import UUID

AROUND: Final = 40
"""Signs on each side of a name by which its place is known, and shown."""
FEW: Final = 25
"""People who are looked for one by one sooner than by the words of a text."""
DOMAIN: Final = "pseudonym.invalid"
"""RFC 2606 keeps .invalid for addresses that lead nowhere."""


class How(StrEnum):
    NAME = "name"
    EMAIL = "email"
    PART = "part"
    """A first name or a surname, beside the whole name."""


@dataclass(frozen=True, slots=True)
class Named:
    """Somebody as texts may name them, and what is to stand there instead, such as "7f3a"."""

    id: UUID
    name: str
    email: str
    pseudonym: str

    @property
    def words(self) -> tuple[str, ...]:
        return tuple(normalize("NFC", self.name).split())

    @property
    def known_as(self) -> str:
        return known_as(self.pseudonym)

    @property
    def address(self) -> str:
        return pseudonym_address(self.pseudonym)


class Crowd(tuple[Named, ...]):
    """Many people, found by the words of their names: to look for some hundred of them in a text
    costs no more than for one."""

    @cached_property
    def _by_word(self) -> dict[str, list[int]]:
        """Where those stand whose name or mailbox has a word; "" for whoever has none to go by."""
        places: dict[str, list[int]] = {}
        for at, person in enumerate(self):
            for word in _telling_words(person):
                places.setdefault(word, []).append(at)
        return places

    def with_words_in(self, *texts: str) -> list[Named]:
        """Those of whom the telling word stands in a text in small letters, in their own order;
        whoever is named in one is among them."""
        known = self._by_word
        words = {
            word for text in texts for each in _WORD.finditer(text) if (word := each[0]) in known
        }
        if not words and "" not in known:
            return []
        return [
            self[at] for at in sorted({at for word in (*words, "") for at in known.get(word, ())})
        ]


def known_as(pseudonym: str) -> str:
    """In Swedish whatever the reader's language: it becomes part of texts that are kept."""
    return f"Tidigare medarbetare {pseudonym}"


def pseudonym_address(pseudonym: str) -> str:
    return f"tidigare-{pseudonym}@{DOMAIN}"


@dataclass(frozen=True, slots=True)
class Found:
    """One place in a text where `person` is named. `mark` knows it again while the text stands."""

    person: UUID
    how: How
    start: int
    end: int
    before: str
    text: str
    after: str
    instead: str
    mark: str


def find_names(text: str, people: Sequence[Named]) -> list[Found]:
    """All places, in order, none of them overlapping."""
    text = normalize("NFC", text)
    likely = _likely(text, people)
    if not likely:
        return []
    plain, places = _projected(text)
    spans: dict[tuple[int, int], tuple[Named, How, str]] = {}
    for person in likely:
        for how, start, end, ending in _spans(text, plain, places, person):
            spans.setdefault((start, end), (person, how, ending))
    found: list[Found] = []
    seen: dict[str, int] = {}
    for (start, end), (person, how, ending) in sorted(
        spans.items(), key=lambda each: (each[0][0], -each[0][1])
    ):
        if found and start < found[-1].end:
            continue
        before, after = text[max(0, start - AROUND) : start], text[end : end + AROUND]
        context = f"{person.id}\0{before}\0{text[start:end]}\0{after}"
        nth = seen[context] = seen.get(context, 0) + 1
        mark = hashlib.sha256(f"{context}\0{nth}".encode()).hexdigest()[:24]
        instead = (person.address if how is How.EMAIL else person.known_as) + ending
        kept = "".join(_TAG.findall(text[start:end]))
        found.append(
            Found(person.id, how, start, end, before, text[start:end], after, instead + kept, mark)
        )
    return found


def rewrite(
    text: str, people: Sequence[Named], *, keep: Callable[[Found], bool] = lambda _found: False
) -> tuple[str, list[Found]]:
    """The text with pseudonyms, and what was replaced; as it was when there is nothing to do."""
    found = [each for each in find_names(text, people) if not keep(each)]
    if not found:
        return text, []
    pieces: list[str] = []
    last = 0
    composed = normalize("NFC", text)
    for each in found:
        pieces += (composed[last : each.start], each.instead)
        last = each.end
    return "".join([*pieces, composed[last:]]), found


def rewrite_value(
    value: object, people: Sequence[Named], *, keep: Callable[[Found], bool]
) -> tuple[object, list[Found]]:
    """As `rewrite`, for all texts within a JSON value; keys are left as they are."""
    if isinstance(value, str):
        return rewrite(value, people, keep=keep)
    if isinstance(value, list):
        pairs = [rewrite_value(each, people, keep=keep) for each in value]
        return [new for new, _found in pairs], [each for _new, found in pairs for each in found]
    if isinstance(value, dict):
        named = {name: rewrite_value(each, people, keep=keep) for name, each in value.items()}
        new = {name: each for name, (each, _found) in named.items()}
        return new, [each for _new, found in named.values() for each in found]
    return value, []


def likely_named(values: Iterable[object], people: Sequence[Named]) -> list[Named]:
    """Those whom texts within JSON values may name; nobody else is named there. A first sieve: of
    many people few are, and it looks at all texts of a row at once."""
    return _likely(normalize("NFC", "\n".join(_texts_in(values))), people)


def _texts_in(values: Iterable[object]) -> Iterator[str]:
    for value in values:
        if isinstance(value, str):
            yield value
        elif isinstance(value, list):
            yield from _texts_in(value)
        elif isinstance(value, dict):
            yield from _texts_in(value.values())


_TAG = re.compile(r"<[A-Za-z/!?][^<>]*>")
_ENTITY = re.compile(r"&(?:#\d{1,7}|#x[0-9a-fA-F]{1,6}|[A-Za-z]{2,8});")
_MARKUP = re.compile(f"{_TAG.pattern}|{_ENTITY.pattern}")
_BLOCK = re.compile(
    r"</?(?:p|h[1-6]|li|ul|ol|t[rdh]|table|br|div|blockquote|"
    r"w:p|w:br|w:tab|w:cr|w:tc|w:tr|si|is|c|row|v|a:p|a:br)\b",
    re.I,
)
Places = tuple["array[int]", "array[int]"]
"""Where each sign begins and ends: four bytes each, since a sheet of a workbook has millions."""
_BETWEEN = r"[\s\u00a0_.\-]{1,6}"
_LEFT, _RIGHT = r"(?<![^\W_])", r"(?![^\W_])"
_WORD = re.compile(r"[^\W_]+")


def _likely(text: str, people: Sequence[Named]) -> list[Named]:
    """Those whose longest name or mailbox stands in the text, with its markup or without it: of
    many people few do, and to look for a part costs next to nothing."""
    low = text.lower()
    marked = _MARKUP.search(text) is not None
    if isinstance(people, Crowd) and len(people) > FEW:
        people = people.with_words_in(low, *((_shown(text).lower(),) if marked else ()))
        if not people:
            return []
    bare = html.unescape(_TAG.sub("", text)).lower() if marked else low
    found = []
    for person in people:
        longest, mailbox = _likely_parts(person.name, person.email)
        if longest in low or longest in bare or (mailbox and mailbox in low):
            found.append(person)
    return found


def _telling_words(person: Named) -> Iterator[str]:
    """By which somebody is found: the longest word of the name and of the mailbox. Nothing but a
    genitive's s can stand between such a word and what is no letter: see `_patterns`."""
    for text in (normalize("NFC", person.name), person.email.rpartition("@")[0]):
        words = _WORD.findall(text.lower())
        if words:
            longest = max(words, key=len)
            yield longest
            yield longest + "s"
        elif text.strip():
            yield ""


@lru_cache(2000)
def _likely_parts(name: str, email: str) -> tuple[str, str]:
    words = normalize("NFC", name).split()
    return max(words or [name], key=len).lower(), email.rpartition("@")[0].lower()


def _shown(text: str) -> str:
    """The words of a text with markup, as `_projected` tells them."""
    return _MARKUP.sub(_shown_of, text)


def _shown_of(found: re.Match[str]) -> str:
    if found[0][0] == "<":
        return "\n\n" if _BLOCK.match(found[0]) else ""
    sign = html.unescape(found[0])
    return sign if len(sign) == 1 else found[0]


def _projected(text: str) -> tuple[str, Places | None]:
    """The words of a text with markup, and for each sign where it stands; None is just there."""
    pieces: list[str] = []
    starts, ends = array("I"), array("I")
    at = 0

    def keep(until: int) -> None:
        pieces.append(text[at:until])
        starts.extend(range(at, until))
        ends.extend(range(at + 1, until + 1))

    for found in _MARKUP.finditer(text):
        if found[0][0] == "<":
            keep(found.start())
            if _BLOCK.match(text, found.start()):
                pieces.append("\n\n")
                starts.extend([found.start()] * 2)
                ends.extend([found.start()] * 2)
        else:
            shown = html.unescape(found[0])
            if len(shown) != 1:
                continue
            keep(found.start())
            pieces.append(shown)
            starts.append(found.start())
            ends.append(found.end())
        at = found.end()
    if not at:
        return text, None
    keep(len(text))
    return "".join(pieces), (starts, ends)


def _spans(
    text: str, plain: str, places: Places | None, person: Named
) -> Iterable[tuple[How, int, int, str]]:
    address, name, parts = _patterns(person.name, person.email)
    for match in address.finditer(text) if address else ():
        yield How.EMAIL, match.start(), match.end(), ""
    if name is None:
        return
    whole = False
    for source, where in ((text, None), *(((plain, places),) if places else ())):
        for match in name.finditer(source):
            if "\n\n" not in match[0]:
                whole = True
                start, end = _place(match.start(), match.end(), where)
                yield How.NAME, start, end, _ending(match)
    if whole and parts is not None:
        for match in parts.finditer(text):
            if not _within_tag(text, match.start()):
                yield How.PART, match.start(), match.end(), _ending(match)


def _ending(match: re.Match[str]) -> str:
    return ":s" if match.lastgroup and match[match.lastgroup] else ""


def _place(start: int, end: int, places: Places | None) -> tuple[int, int]:
    return (start, end) if places is None else (places[0][start], places[1][end - 1])


def _within_tag(text: str, at: int) -> bool:
    opened = text.rfind("<", max(0, at - 500), at)
    return opened > text.rfind(">", max(0, at - 500), at) and bool(_TAG.match(text, opened))


@lru_cache(1000)
def _patterns(
    name: str, email: str
) -> tuple[re.Pattern[str] | None, re.Pattern[str] | None, re.Pattern[str] | None]:
    address = None
    local, sign, domain = email.rpartition("@")
    if sign:
        address = re.compile(
            rf"(?<![\w.+%\-]){re.escape(local)}(?:@|%40|&#64;){re.escape(domain)}(?![\w\-]|\.\w)",
            re.I,
        )
    words = [re.escape(word) for word in normalize("NFC", name).split()]
    if not words:
        return address, None, None
    in_order = _BETWEEN.join(words)
    orders = [in_order]
    if len(words) > 1:
        orders.append(rf"{words[-1]},[\s\u00a0]{{0,3}}{_BETWEEN.join(words[:-1])}")
    whole = re.compile(rf"{_LEFT}(?:{'|'.join(orders)}){_own(words[-1])}{_RIGHT}", re.I)
    parts = None
    if len(words) > 1:
        alone = "|".join(
            f"{word}{_own(word).replace('own', f'own{nth}')}"
            for nth, word in enumerate((words[0], words[-1]))
            if len(word) > 1
        )
        parts = re.compile(rf"{_LEFT}(?:{alone}){_RIGHT}")
    return address, whole, parts


def _own(word: str) -> str:
    """The genitive: an s, with none where the name ends in one."""
    return "(?P<own>)" if word[-1:].lower() in "sxz" else "(?P<own>:?s|[’']s)?"
