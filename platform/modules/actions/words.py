"""What pages and files call an action and how far it has come."""

from __future__ import annotations

from typing import Final, Literal

from ....infra.i18n import _
from ....tenants.terms import Term
from ...module import ModuleWords, TableWords, TaskWords
from ...tasks import TaskKind
from .models import ActionState, PlannedAction

ACTIONS: Final = Term("actions.actions", lambda: _("Actions"))


def state_words() -> dict[ActionState, str]:
    return {
        ActionState.OPEN: _("To be done"),
        ActionState.DONE: _("Done"),
        ActionState.DROPPED: _("Will not be done"),
    }


def lamp(action: PlannedAction, *, late: bool) -> tuple[Literal["green", "red", "none"], str]:
    """The light and the word of how far it has come."""
    if late:
        return "red", _("Late")
    light: Literal["green", "none"] = "green" if action.state is ActionState.DONE else "none"
    return light, state_words()[action.state]


def action_words() -> ModuleWords:
    """How other modules tell of this one. Actions are kept as what they follow from is."""
    return ModuleWords(
        says=_("What somebody is going to do about what was found elsewhere."),
        tasks={
            TaskKind.FINISH_ACTION: TaskWords(
                _("Planned action"), lambda name: _("Finish the action: {name}", name=name)
            )
        },
        tables={
            "planned_actions": TableWords(
                "goals",
                _("Actions"),
                _("Actions that you answer for, have changed or ended, or are named in."),
            )
        },
    )
