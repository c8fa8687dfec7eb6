"""Chapters of reports that other modules can fill: what each offers, and the content that it gives.

A module lists its sources in its manifest. Reports ask for them by key, and know none of them.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from uuid import UUID

from ..infra.i18n import in_language
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


def chapter_sources(work: Work) -> list[ChapterSource]:
    """All that the municipality's modules offer, in the modules' order."""
    from .modules import MODULES  # read when called: reports ask, and are among them

    # One that asks for a safer way in is there: whoever fetches from it is shown that way.
    on = work.tenant.modules | {demand.module for demand in work.tenant.locked}
    return [each for module in MODULES if module.name in on for each in module.fills]


def chapter_source(work: Work, key: str | None) -> ChapterSource | None:
    """None for what no module that is switched on offers."""
    return next((each for each in chapter_sources(work) if each.key == key), None)


def giver(key: str) -> str:
    """What the module of a source is called, also while it is switched off."""
    from .modules import MODULES

    name = key.partition(".")[0]
    return next((in_language(each.title) for each in MODULES if each.name == name), name)
