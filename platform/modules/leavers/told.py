"""How other modules tell of those who have left."""

from __future__ import annotations

from ....infra.i18n import _
from ...module import ModuleWords, TableWords, TaskWords
from ...tasks import TaskKind


def leaver_words() -> ModuleWords:
    return ModuleWords(
        tasks=_tasks(),
        tables=_tables(),
        logged=_logged(),
    )


def _tasks() -> dict[TaskKind, TaskWords]:
    return {
        TaskKind.DECIDE_PURGE: TaskWords(
            _("Purge to decide on, prepared"),
            lambda name: _("Decide on the purge that was prepared {day}", day=name),
        ),
    }


def _tables() -> dict[str, TableWords]:
    return {
        "person_extracts": TableWords(
            "register",
            _("Extracts about a person"),
            _("Extracts that were made about you, and who asked."),
        ),
        "leaver_runs": TableWords(
            "decisions", _("Purges"), _("Purges and erasures that you have decided.")
        ),
        "leavers": TableWords(
            "decisions",
            _("Those of a purge"),
            _("That you are or were in a purge, and who takes over."),
        ),
        "retention_rules": TableWords(
            "decisions", _("Rules of erasure"), _("Rules that you have decided.")
        ),
    }


def _logged() -> dict[str, str]:
    return {
        "person_extract": _("an extract about a person"),
        "leaver": _("those who wait for a purge"),
        "leaver_run": _("a purge of those who have left"),
        "leaver_duties": _("what somebody who has left answered for"),
        "leaver_own": _("what belonged to somebody who has left"),
        "leaver_text": _("a text that names somebody who has left"),
        "leaver_file": _("a file that names somebody who has left"),
        "leaver_letter": _("a letter about what is kept of somebody"),
        "retention_rule": _("a rule of how long things are kept"),
    }
