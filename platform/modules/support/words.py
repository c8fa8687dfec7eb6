"""What the pages call the parts of support."""

from __future__ import annotations

from typing import Literal

from ....infra.i18n import _, in_language
from ....tenants.terms import Term
from ...module import Module, ModuleWords, SettingWords, TableWords, TaskWords
from ...tasks import TaskKind
from .models import CourseKind, Effect, FaultClass, FaultState, Workaround

SUPPORT = Term("support.support", lambda: _("Support"))

LIGHTS: dict[FaultClass, Literal["red", "yellow", "none"]] = {
    FaultClass.A: "red",
    FaultClass.B: "red",
    FaultClass.C: "yellow",
    FaultClass.D: "none",
}


def class_words() -> dict[FaultClass, str]:
    return {
        FaultClass.A: _("A: stops the work"),
        FaultClass.B: _("B: hits critical work"),
        FaultClass.C: _("C: daily work goes on"),
        FaultClass.D: _("D: not grave"),
    }


def state_words() -> dict[FaultState, str]:
    return {
        FaultState.OPEN: _("Not answered"),
        FaultState.ANSWERED: _("Being mended"),
        FaultState.SOLVED: _("Solved"),
        FaultState.CLOSED: _("Closed"),
    }


def effect_words() -> dict[Effect, str]:
    return {
        Effect.DOWN: _("Nothing, or almost nothing, can be done"),
        Effect.BROKEN: _("Something does not work, or works wrongly"),
        Effect.AWKWARD: _("It works, but not as it should"),
        Effect.BLEMISH: _("A blemish that hardly matters"),
    }


def workaround_words() -> dict[Workaround, str]:
    return {
        Workaround.NONE: _("No"),
        Workaround.CUMBERSOME: _("Yes, but it costs time"),
        Workaround.EASY: _("Yes, easily"),
    }


def course_words() -> dict[CourseKind, str]:
    return {
        CourseKind.MANUAL: _("Manual"),
        CourseKind.FILM: _("Film"),
        CourseKind.EXERCISE: _("Exercise"),
        CourseKind.MEETING: _("Training on site"),
    }


def areas(modules: tuple[Module, ...], on: frozenset[str]) -> list[tuple[str, str]]:
    """The parts of the service that one can mean, the whole of it first."""
    named = [
        (module.name, in_language(module.title))
        for module in modules
        if module.core or module.name in on
    ]
    return [("", _("The whole service")), *named]


def support_words() -> ModuleWords:
    """How other modules tell of this one."""
    return ModuleWords(
        says=_("Help nearby, faults and what becomes of them, and what there is to learn."),
        settings=_setting_words(),
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
