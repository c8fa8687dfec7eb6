"""How other modules tell of goals."""

from __future__ import annotations

from ....infra.i18n import _
from ...module import ModuleWords, SettingWords, TableWords, TaskWords
from ...tasks import TaskKind


def goal_words() -> ModuleWords:
    return ModuleWords(
        says=_("Goals, indicators and activities, planned and followed up with lights."),
        kinds={"goals": _("Goals, outcomes and comments")},
        settings=_settings(),
        tasks=_tasks(),
        tables=_tables(),
    )


def _settings() -> dict[str, SettingWords]:
    return {
        "activity_states": SettingWords(
            _("States of an activity"),
            _(
                "The first is where an activity begins. A key has small letters a–z, and does not "
                "change once it is used."
            ),
        ),
        "activity_states.key": SettingWords(
            _("Key"), _("Small letters a–z, digits and _, beginning with a letter.")
        ),
        "activity_states.word": SettingWords(_("Its word")),
        "activity_states.closed": SettingWords(_("Closed: asks for nothing more")),
        "comments_in_report": SettingWords(
            _("New comments are shown in the report"),
            _("Whoever writes the comment can choose otherwise."),
        ),
    }


def _tasks() -> dict[TaskKind, TaskWords]:
    return {
        TaskKind.OUTCOME: TaskWords(
            _("Enter the outcome"), lambda name: _("Enter the outcome: {name}", name=name)
        ),
        TaskKind.TARGET: TaskWords(
            _("Enter the target"), lambda name: _("Enter the target: {name}", name=name)
        ),
        TaskKind.COMMENT: TaskWords(_("Comment"), lambda name: _("Comment on: {name}", name=name)),
        TaskKind.ACTIVITY: TaskWords(
            _("Activity"), lambda name: _("Close the activity: {name}", name=name)
        ),
    }


def _tables() -> dict[str, TableWords]:
    return {
        "steering_models": TableWords("goals", _("Steering models"), _("How a year is steered.")),
        "levels": TableWords("goals", _("Levels"), _("The columns of the red thread.")),
        "plan_nodes": TableWords(
            "goals",
            _("Goals, indicators and activities"),
            _("What you answer for, and what you changed last."),
        ),
        "indicators": TableWords("goals", _("Indicators"), _("How goals are measured.")),
        "activities": TableWords(
            "goals", _("States of activities"), _("Activities whose state you have set.")
        ),
        "checkpoints": TableWords(
            "goals", _("Checkpoints"), _("Checkpoints that you have ticked off.")
        ),
        "outcomes": TableWords("goals", _("Outcomes"), _("Values that you have entered.")),
        "outcome_versions": TableWords(
            "goals", _("History of outcomes"), _("Values that you have entered earlier.")
        ),
        "node_comments": TableWords(
            "goals", _("Comments on goals"), _("Comments that you have written.")
        ),
        "hand_lights": TableWords(
            "goals", _("Lights set by hand"), _("Lights that you have set, and why.")
        ),
        "year_locks": TableWords("goals", _("Locked years"), _("Years that you have locked.")),
    }
