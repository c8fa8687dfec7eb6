"""The order and the numbers of chapters: 1, 2.1, 2.1.3. Pure functions over rows."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from uuid import UUID

from ..models import Chapter

DEEPEST = 3


@dataclass(frozen=True, slots=True)
class Entry:
    """A chapter at its place. `number` is "" for one without, and for all below such a one."""

    chapter: Chapter
    number: str
    depth: int


def outline(chapters: Iterable[Chapter]) -> list[Entry]:
    """The chapters depth first; one whose parent is not among them is left out."""
    below: dict[UUID | None, list[Chapter]] = {}
    for chapter in chapters:
        below.setdefault(chapter.parent_id, []).append(chapter)
    entries: list[Entry] = []
    _visit(below, None, "", True, 1, entries)
    return entries


def siblings(chapters: Iterable[Chapter], parent_id: UUID | None) -> list[Chapter]:
    return sorted((row for row in chapters if row.parent_id == parent_id), key=_place)


def subtree(chapters: Sequence[Chapter], top: Chapter) -> list[Entry]:
    """A chapter and all below it; `depth` counts from 1 at the top."""
    below: dict[UUID | None, list[Chapter]] = {}
    for chapter in chapters:
        below.setdefault(chapter.parent_id, []).append(chapter)
    entries = [Entry(top, "", 1)]
    _visit(below, top.id, "", False, 2, entries)
    return entries


def _visit(
    below: dict[UUID | None, list[Chapter]],
    parent_id: UUID | None,
    number: str,
    numbered: bool,
    depth: int,
    entries: list[Entry],
) -> None:
    count = 0
    for chapter in sorted(below.get(parent_id, []), key=_place):
        own, counts = "", numbered and chapter.numbered
        if counts:
            count += 1
            own = f"{number}.{count}" if number else f"{count}"
        entries.append(Entry(chapter, own, depth))
        _visit(below, chapter.id, own, counts, depth + 1, entries)


def _place(chapter: Chapter) -> tuple[int, bool, UUID]:
    return chapter.position, chapter.unit_id is not None, chapter.id
