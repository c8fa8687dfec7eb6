"""What a module says of itself. Each lives in its own folder below `modules/`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel

from ..workers.jobs import JobKind
from ..workers.timetable import Every
from .tasks import TaskSource


class NoSettings(BaseModel):
    """A module without anything to choose."""


@dataclass(frozen=True, slots=True)
class Module:
    """The manifest of one module.

    `name` is the prefix of its permissions, its switch and the key of its settings. A module that
    is `core` cannot be switched off. `query`, `mutation` and `subscription` are classes of GraphQL
    fields, `types` are GraphQL types that are reached only through an interface or by id. `tasks`
    find what is asked of people; `timetable` says which jobs run by themselves, and when.
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
    jobs: tuple[JobKind[Any], ...] = ()
    timetable: tuple[Every, ...] = ()
