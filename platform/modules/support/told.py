"""How other modules tell of support."""

from __future__ import annotations

from ....infra.i18n import _
from ...module import ModuleWords, SettingWords, TableWords, TaskWords
from ...tasks import TaskKind
from .models import FaultClass


def support_words() -> ModuleWords:
    return ModuleWords(
        says=_("Help nearby, faults and what becomes of them, and what there is to learn."),
        settings=_setting_words(),
        logged={
            "fault_report": _("a fault that was reported"),
            "course": _("a course"),
            "course_completion": _("a completed course"),
        },
        tasks={
            TaskKind.ANSWER_FAULT: TaskWords(
                _("Fault to answer"), lambda name: _("Answer the fault: {name}", name=name)
            ),
            TaskKind.SOLVE_FAULT: TaskWords(
                _("Fault to mend"), lambda name: _("See to the fault: {name}", name=name)
            ),
            TaskKind.CLOSE_FAULT: TaskWords(
                _("Fault that is solved"), lambda name: _("Does it work now? {name}", name=name)
            ),
        },
        tables={
            "fault_reports": TableWords(
                "service", _("Faults"), _("Faults that you have reported or answer for.")
            ),
            "fault_steps": TableWords(
                "service", _("What was said about faults"), _("What you have said about faults.")
            ),
            "support_contacts": TableWords(
                "service", _("Whom to ask"), _("Where you are named as somebody to ask.")
            ),
            "courses": TableWords("service", _("Courses"), _("Courses that you have described.")),
            "course_completions": TableWords(
                "register",
                _("Completed courses"),
                _("Courses that you have completed or confirmed."),
            ),
        },
    )


def _setting_words() -> dict[str, SettingWords]:
    hours = _("Open hours from when the fault was reported.")
    promised: dict[str, SettingWords] = {}
    for found in FaultClass:
        letter = found.value.upper()
        answered = _("Answer to a fault of class {letter}", letter=letter)
        solved = _("A fault of class {letter} is solved", letter=letter)
        promised[f"answer_{found.value}"] = SettingWords(answered, hours)
        promised[f"solve_{found.value}"] = SettingWords(solved, hours)
    return {
        "opens": SettingWords(_("Support opens, on the hour"), _("0 to 24, Monday to Friday.")),
        "closes": SettingWords(_("Support closes, on the hour"), _("0 to 24.")),
        **promised,
    }
