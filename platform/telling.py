"""What the modules say of themselves, gathered: each thing by its name, in the current language."""

from __future__ import annotations

from collections.abc import Iterator

from .module import ModuleWords, SettingWords, TableWords, TaskWords
from .tasks import TaskKind


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
    from .modules import MODULES

    return {module.name: module.words().says for module in MODULES}


def setting_words(module: str, path: str) -> SettingWords | None:
    """By the path of the setting without the numbers of rows; None for one that has no words."""
    from .modules import MODULES

    return next(each for each in MODULES if each.name == module).words().settings.get(path)


def _all() -> Iterator[ModuleWords]:
    from .modules import MODULES  # read when called: modules ask, and are among them

    for module in MODULES:
        yield module.words()
