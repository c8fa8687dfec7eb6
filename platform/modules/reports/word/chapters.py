"""Which part of a Word file belongs to which section of a report, and what it says there.

Pure: nothing is read or written here.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from unicodedata import normalize
from uuid import UUID

from .....infra.documents.word_reader import WordHeading, WordPart
from .....infra.errors import InvalidInput
from .....infra.i18n import _
from ..exporting import fetched_mark, section_mark
from ..models import ChapterKind, Section
from ..words import TITLE

NUMBER = re.compile(r"\s*\d+(?:\.\d+)*[.)]?\s+")
WORD = re.compile(r"\w+")
LIKE = 0.85
"""How alike two headings are when one is the other with a slip mended."""
MOST_HEADINGS = 2_000
MOST_ALIKE = 200
"""Headings of unknown title that are looked at one by one."""
LOOSE = 3
"""Headings from this level on stand within a section as often as they begin one."""


@dataclass(slots=True)
class Stretch:
    """What stands below a heading that is not known, up to the next that is."""

    title: str
    parts: list[WordPart] = field(default_factory=list)


@dataclass(slots=True)
class Divided:
    """The parts of a file by section, and what stands below other headings; apart from the own
    parts of a section what it has fetched."""

    found: dict[UUID, list[WordPart]] = field(default_factory=dict)
    fetched: dict[UUID, list[WordPart]] = field(default_factory=dict)
    unknown: list[Stretch] = field(default_factory=list)


def divide(parts: Sequence[WordPart], sections: Sequence[Section]) -> Divided:
    """A section begins at the heading that carries its hidden name, or else its title: without
    regard to its number, case, signs and spaces, or with a slip in it. What comes before the first
    such heading, the cover and the contents, is left out."""
    begins = _beginnings(parts, sections)
    fetched = {fetched_mark(section.id): section for section in sections}
    levels = _levels(sections)
    divided = Divided()
    target: list[WordPart] | None = None
    inside: Section | None = None
    for at, part in enumerate(parts):
        section = begins.get(at)
        if section is not None:
            inside, target = section, []
            divided.found[section.id] = target
        elif isinstance(part, WordHeading) and fetched.keys() & set(part.names):
            inside = next(fetched[name] for name in part.names if name in fetched)
            target = divided.fetched.setdefault(inside.id, [])
        elif isinstance(part, WordHeading):
            if target is not None and _stands_within(part, inside, levels):
                target.append(part)
                continue
            inside, target = None, []
            divided.unknown.append(Stretch(part.text.strip(), target))
        elif target is not None:
            target.append(part)
    return divided


def title_key(text: str) -> str:
    """A heading for comparing: without its number, in small letters, words only."""
    words = normalize("NFC", NUMBER.sub("", f"{text} ", count=1)).lower()
    return " ".join(WORD.findall(words))


def _beginnings(parts: Sequence[WordPart], sections: Sequence[Section]) -> Mapping[int, Section]:
    """The sections by the place of the heading that each begins at."""
    fetched = {fetched_mark(section.id) for section in sections}
    headings = [
        (at, part)
        for at, part in enumerate(parts)
        if isinstance(part, WordHeading) and not fetched & set(part.names)
    ]
    if len(headings) > MOST_HEADINGS:
        raise InvalidInput(_("The file has too many headings to be a report."), field="file")
    begins: dict[int, Section] = {}
    left = {section.id: section for section in sections}
    marks = {section_mark(section.id): section for section in sections}
    for at, heading in headings:
        section = next((marks[name] for name in heading.names if name in marks), None)
        if section is not None and section.id in left:
            begins[at] = left.pop(section.id)
    for at, section in _by_title([one for one in headings if one[0] not in begins], left):
        begins[at] = left.pop(section.id)
    for at, section in _by_likeness([one for one in headings if one[0] not in begins], left):
        begins[at] = left.pop(section.id)
    return begins


def _by_title(
    headings: Iterable[tuple[int, WordHeading]], left: Mapping[UUID, Section]
) -> Iterator[tuple[int, Section]]:
    """Of several sections with one title the one with the same number, else the first."""
    keys = {id: title_key(section.title) for id, section in left.items()}
    for at, heading in headings:
        key = title_key(heading.text)
        same = [section for section in left.values() if keys[section.id] == key]
        number = NUMBER.match(f"{heading.text} ")
        exact = number[0].strip().rstrip(".)") if number else ""
        chosen = next((section for section in same if section.number == exact), None)
        if same:
            yield at, chosen or same[0]


def _by_likeness(
    headings: Sequence[tuple[int, WordHeading]], left: Mapping[UUID, Section]
) -> Iterator[tuple[int, Section]]:
    keys = {id: title_key(section.title) for id, section in left.items()}
    for at, heading in headings[:MOST_ALIKE]:
        if heading.level >= LOOSE:
            continue
        key = title_key(heading.text[:TITLE])
        scored = [
            (SequenceMatcher(None, key, keys[section.id]).ratio(), section)
            for section in left.values()
        ]
        score, section = max(scored, key=lambda one: one[0], default=(0.0, None))
        if section is not None and score >= LIKE:
            yield at, section


def _levels(sections: Iterable[Section]) -> Mapping[UUID, int]:
    levels: dict[UUID, int] = {}
    for section in sections:
        levels[section.id] = levels.get(section.parent_id, 0) + 1 if section.parent_id else 1
    return levels


def _stands_within(
    heading: WordHeading, section: Section | None, levels: Mapping[UUID, int]
) -> bool:
    """Whether a heading that begins no section is one that the writer has put into the text."""
    if section is None:
        return heading.level >= LOOSE
    if section.kind is ChapterKind.HEADING:
        return False
    return heading.level >= LOOSE or heading.level > levels[section.id]
