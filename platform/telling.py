"""What the modules say of themselves, gathered: each thing by its name, in the current language.

Those who ask are modules themselves, and cannot import the list that they stand in. It is handed to
`gather` where it is written (`modules/__init__.py`), which runs before anything in it can ask.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from ..infra.i18n import in_language
from ..tenants.work import Work
from .filling import ChapterSource
from .module import Module, ModuleWords, SettingWords, TableWords, TaskWords
from .tasks import TaskKind

_modules: list[Module] = []


def gather(modules: Iterable[Module]) -> None:
    _modules[:] = modules


def task_words() -> dict[TaskKind, TaskWords]:
    return {kind: words for told in _all() for kind, words in told.tasks.items()}


def table_words() -> dict[str, TableWords]:
    return {table: words for told in _all() for table, words in told.tables.items()}


def record_kinds() -> dict[str, str]:
    """The kinds of records that modules have of their own."""
    return {kind: word for told in _all() for kind, word in told.kinds.items()}


def logged_words() -> dict[str, str]:
    return {kind: word for told in _all() for kind, word in told.logged.items()}


def what_modules_do() -> dict[str, str]:
    """By the name of the module."""
    return {module.name: module.words().says for module in _modules}


def setting_words(module: str, path: str) -> SettingWords | None:
    """By the path of the setting without the numbers of rows; None for one that has no words."""
    return next(each for each in _modules if each.name == module).words().settings.get(path)


def chapter_sources(work: Work) -> list[ChapterSource]:
    """All that the municipality's modules offer, in the modules' order."""
    # One that asks for a safer way in is there: whoever fetches from it is shown that way.
    on = work.tenant.modules | {demand.module for demand in work.tenant.locked}
    return [each for module in _modules if module.name in on for each in module.fills]


def chapter_source(work: Work, key: str | None) -> ChapterSource | None:
    """None for what no module that is switched on offers."""
    return next((each for each in chapter_sources(work) if each.key == key), None)


def giver(key: str) -> str:
    """What the module of a source is called, also while it is switched off."""
    name = key.partition(".")[0]
    return next((in_language(each.title) for each in _modules if each.name == name), name)


def _all() -> Iterator[ModuleWords]:
    for module in _modules:
        yield module.words()
