"""Chapters of reports that other modules can fill: what each offers, and the content that it gives.

A module lists its sources in its manifest. Reports ask for them by key (`telling.chapter_source`),
and know none of them.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from uuid import UUID

from ..tenants.work import Work


@dataclass(frozen=True, slots=True)
class FilledColumn:
    title: str
    number: bool = False


@dataclass(frozen=True, slots=True)
class FilledTable:
    """Rows as long as `columns`; the first cell names its row."""

    title: str
    columns: tuple[FilledColumn, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class Filling:
    """What stands in a chapter, as plain words: sentences first, then tables.

    `nothing` says that there was nothing of what is asked for, as the sentences tell; a chapter
    that can state that says it in its own words.
    """

    title: str
    sentences: tuple[str, ...] = ()
    tables: tuple[FilledTable, ...] = ()
    nothing: bool = False

    @property
    def empty(self) -> bool:
        return not self.sentences and not self.tables


@dataclass(frozen=True, slots=True)
class ChapterSource:
    """What a module can fill a chapter with.

    `key` begins with the module's name and a dot. `give` is asked for a unit, with all below it,
    and a year, in the municipality's first language, once `permission` is held at the unit. Where
    the access log is told of what is given, `logged` is the kind that it is told.
    """

    key: str
    title: Callable[[], str]
    permission: str
    give: Callable[[Work, UUID, int], Awaitable[Filling]]
    logged: str = ""

    @property
    def module(self) -> str:
        return self.key.partition(".")[0]
