"""What a module says of itself. Each lives in its own folder below `modules/`."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeAlias
from uuid import UUID

from pydantic import BaseModel
from starlette.routing import Route

from ..tenants.terms import Term
from ..tenants.work import Work
from ..workers.jobs import JobKind
from ..workers.timetable import Every
from .asked import TaskSource
from .events import EventSource
from .filling import ChapterSource
from .finding import Found
from .lately import LatelySource
from .tasks import TaskKind
from .topics import Topic


class NoSettings(BaseModel):
    """A module without anything to choose."""


@dataclass(frozen=True, slots=True)
class MenuItem:
    """A word in the menu that leads to a page, shown to those who hold `permission` somewhere.

    `page` is the name of the page's route. Items with the same `group` stand together under that
    group's word, where the last of them has its place.
    """

    term: Term
    page: str
    permission: str
    group: Term | None = None
    key: str = ""
    """The letter that goes there after `g`."""


@dataclass(frozen=True, slots=True, order=True)
class Year:
    """A year that can be looked at, and whether it is closed for changes. `planned` tells whether
    a module has something for it; one that is only near in time has not."""

    number: int
    locked: bool = False
    planned: bool = True


@dataclass(frozen=True, slots=True)
class SettingWords:
    """What a setting is called. `choices` gives a word for each value it can have."""

    label: str
    hint: str = ""
    choices: Sequence[tuple[str, str]] = ()


@dataclass(frozen=True, slots=True)
class TaskWords:
    """What is asked for in a word or two, and in a sentence about what has a name."""

    short: str
    sentence: Callable[[str], str]


@dataclass(frozen=True, slots=True)
class TableWords:
    """What a table is called, what stands in it about whoever reads, and the kind of records it
    belongs to when somebody is erased (`leavers/retention.json`)."""

    kind: str
    title: str
    told: str


@dataclass(frozen=True, slots=True)
class ModuleWords:
    """How other modules tell of this one, in the language of the moment.

    `says` is what it does. `kinds` are those of records that it has of its own, as rules of erasure
    name them. `settings` go by their path without the numbers of rows, `tasks` by their kind,
    `tables` by name, `logged` by the kinds that `Work.note` is told.
    """

    says: str = ""
    kinds: Mapping[str, str] = field(default_factory=dict)
    settings: Mapping[str, SettingWords] = field(default_factory=dict)
    tasks: Mapping[TaskKind, TaskWords] = field(default_factory=dict)
    tables: Mapping[str, TableWords] = field(default_factory=dict)
    logged: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class HelpLine:
    """Something beside a manual, with more about it, and where it leads: an address elsewhere, or
    the name of a page."""

    text: str
    hints: Sequence[str] = ()
    address: str = ""
    page: str = ""


@dataclass(frozen=True, slots=True)
class HelpBox:
    title: str
    lines: Sequence[HelpLine]


HelpSource: TypeAlias = Callable[[Work, str, UUID | None], Awaitable[Sequence[HelpBox]]]
"""Given the module that the manual is about, empty for all of it, and the unit one is at."""


@dataclass(frozen=True, slots=True)
class Module:
    """The manifest of one module.

    `name` is the prefix of its permissions, its switch and the key of its settings. A module that
    is `core` cannot be switched off. `query`, `mutation` and `subscription` are classes of GraphQL
    fields, `types` are GraphQL types that are reached only through an interface or by id. `pages`
    are routes made by `web.page`; templates and help lie in the module's own folder. `terms` are
    the words, beside those of the menu, that a municipality may rename. `years` tells which years
    the module has something for. `find` looks for words in what the module holds. `tasks` find
    what is asked of people; `timetable` says which jobs run by themselves, and when.
    """

    name: str
    title: dict[str, str]
    core: bool = False
    settings: type[BaseModel] = NoSettings
    query: tuple[type, ...] = ()
    mutation: tuple[type, ...] = ()
    subscription: tuple[type, ...] = ()
    types: tuple[type, ...] = ()
    tasks: tuple[TaskSource, ...] = ()
    topics: tuple[Topic, ...] = ()
    """What can be followed while a page is open (`web/live.py`)."""
    jobs: tuple[JobKind[Any], ...] = ()
    pages: tuple[Route, ...] = ()
    menu: tuple[MenuItem, ...] = ()
    terms: tuple[Term, ...] = ()
    years: Callable[[Work], Awaitable[Sequence[Year]]] | None = None
    find: Callable[[Work, str, int], Awaitable[Sequence[Found]]] | None = None
    """Given the words and a year."""
    lately: LatelySource | None = None
    """What the actor worked on since a moment, and what others did in what is the actor's."""
    fills: tuple[ChapterSource, ...] = ()
    """What chapters of reports can be fetched from it."""
    events: EventSource | None = None
    """What the actor takes part in, for their calendar."""
    beside_help: HelpSource | None = None
    """What it has to tell beside the manual of any module."""
    timetable: tuple[Every, ...] = ()
    words: Callable[[], ModuleWords] = ModuleWords
