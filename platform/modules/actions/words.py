"""What pages and files call an action and how far it has come."""

from __future__ import annotations

from typing import Final

from ....infra.documents.model import Light
from ....infra.i18n import _
from ....tenants.terms import Term
from ...module import ModuleWords, SettingWords, TableWords, TaskWords
from ...tasks import TaskKind
from .listing import Due
from .models import ActionState, ActionStep, PlannedAction

KIND: Final = "actions"
"""Its own rule of erasure: see `leavers/retention.json`."""
ACTIONS: Final = Term("actions.actions", lambda: _("Actions"))


def state_words() -> dict[ActionState, str]:
    return {
        ActionState.OPEN: _("To be done"),
        ActionState.DONE: _("Done"),
        ActionState.DROPPED: _("Will not be done"),
    }


def due_words() -> dict[Due, str]:
    return {
        Due.LATE: _("Late"),
        Due.SOON: _("Due soon"),
        Due.NEVER: _("No last day"),
    }


def step_words() -> dict[ActionStep, str]:
    """What somebody did, in a history."""
    return {
        ActionStep.PLANNED: _("Planned"),
        ActionStep.CHANGED: _("Changed in part"),
        ActionStep.DONE: _("Done"),
        ActionStep.DROPPED: _("Will not be done"),
        ActionStep.REOPENED: _("Opened again"),
    }


def field_words() -> dict[str, str]:
    """What changed, in the order that a history tells it."""
    return {
        "title": _("What is to be done"),
        "owner": _("Responsible"),
        "due_on": _("Last day"),
        "detail": _("More about it"),
        "outcome": _("What came of it"),
    }


def lamp(action: PlannedAction, due: Due | None) -> tuple[Light, str]:
    """The light and the word of how far it has come."""
    if due is Due.LATE:
        return "red", due_words()[due]
    if due is Due.SOON:
        return "yellow", due_words()[due]
    light: Light = "green" if action.state is ActionState.DONE else "none"
    return light, state_words()[action.state]


def action_words() -> ModuleWords:
    """How other modules tell of this one."""
    return ModuleWords(
        kinds={KIND: _("Actions")},
        says=_("What somebody is going to do about what was found elsewhere."),
        settings={
            "soon_days": SettingWords(
                _("Days before its last day that an action is due soon"),
                _("It is then shown in yellow, and is found under Due soon."),
            )
        },
        tasks={
            TaskKind.FINISH_ACTION: TaskWords(
                _("Planned action"), lambda name: _("Finish the action: {name}", name=name)
            )
        },
        tables={
            "planned_actions": TableWords(
                KIND,
                _("Actions"),
                _("Actions that you answer for, have changed or ended, or are named in."),
            ),
            "action_changes": TableWords(
                KIND,
                _("History of actions"),
                _("Changes of actions that you have made, or are named in."),
            ),
        },
    )
