"""How other modules tell of the schools' quality work."""

from __future__ import annotations

from ....infra.i18n import _
from ...module import ModuleWords, SettingWords, TableWords, TaskWords
from ...tasks import TaskKind
from .complaint_told import (
    complaint_kinds_of_records,
    complaint_log_words,
    complaint_settings,
    complaint_tables,
    complaint_tasks_words,
)
from .words import step_words


def school_words() -> ModuleWords:
    return ModuleWords(
        says=_("The quality work of preschools and schools, through the school year."),
        kinds=complaint_kinds_of_records(),
        settings={**_setting_words(), **complaint_settings()},
        logged=complaint_log_words(),
        tasks={
            TaskKind.SCHOOL_STEP: TaskWords(
                _("Step of the school year"),
                lambda name: _("Take the step of the school year: {name}", name=name),
            ),
            **complaint_tasks_words(),
        },
        tables={
            "school_units": TableWords(
                "organisation",
                _("Preschools and schools"),
                _("Preschools and schools that you have described."),
            ),
            "school_principals": TableWords(
                "organisation", _("Principals"), _("When you have been a principal, and where.")
            ),
            "school_participations": TableWords(
                "reports",
                _("Who took part in the quality work"),
                _("What you have noted about who took part."),
            ),
            **complaint_tables(),
        },
    )


def _setting_words() -> dict[str, SettingWords]:
    hint = _("Month and day, such as 09-30. Leave it empty if you do not take the step.")
    days = {
        step.value: SettingWords(_("Last day: {step}", step=word), hint)
        for step, word in step_words().items()
    }
    ahead = SettingWords(_("Days before its last day that a step is asked for"), "")
    return {**days, "ahead_days": ahead}
