"""What the pages call the parts of support."""

from __future__ import annotations

from typing import Literal

from ....infra.i18n import _, in_language
from ....tenants.terms import Term
from ...module import Module
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
