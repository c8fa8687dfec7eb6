"""How other modules tell of internal control: its settings, its tasks and its tables."""

from __future__ import annotations

from typing import Final

from ....infra.i18n import _
from ...module import ModuleWords, SettingWords, TableWords, TaskWords
from ...tasks import TaskKind

KIND: Final = "goals"
"""As goals and their follow-up, plans and controls are public documents of the municipality."""


def control_words() -> ModuleWords:
    return ModuleWords(
        says=_("Risks, internal control plans, controls and what they have shown."),
        settings=_settings(),
        tasks=_tasks(),
        tables=_tables(),
        logged={
            "control_plan": _("an internal control plan"),
            "risk": _("the risk portfolio"),
        },
    )


def _settings() -> dict[str, SettingWords]:
    return {
        "least_items": SettingWords(
            _("Controls that a plan is expected to hold, at least"),
            _("The overview marks committees with fewer."),
        ),
        "assess_months": SettingWords(
            _("Months until a risk is to be assessed anew"),
            _("It then stands in My work of whoever answers for the risk."),
        ),
        "ahead_days": SettingWords(_("Days ahead that a control is asked for")),
    }


def _tasks() -> dict[TaskKind, TaskWords]:
    return {
        TaskKind.DO_CONTROL: TaskWords(
            _("Control to do"), lambda name: _("Do the control: {name}", name=name)
        ),
        TaskKind.SETTLE_CONTROL: TaskWords(
            _("Deviation to take care of"),
            lambda name: _("Say what is done about the deviation: {name}", name=name),
        ),
        TaskKind.ATTEST_CONTROLS: TaskWords(
            _("Plan to attest"), lambda name: _("Attest the plan: {name}", name=name)
        ),
        TaskKind.DECIDE_CONTROLS: TaskWords(
            _("Plan to decide on"),
            lambda name: _("Have the committee decide on the plan: {name}", name=name),
        ),
        TaskKind.FOLLOW_UP_CONTROLS: TaskWords(
            _("Plan to follow up"), lambda name: _("Follow up the plan: {name}", name=name)
        ),
        TaskKind.ASSESS_RISK: TaskWords(
            _("Risk to assess"), lambda name: _("Assess the risk: {name}", name=name)
        ),
    }


def _tables() -> dict[str, TableWords]:
    rows = (
        ("processes", _("Processes"), _("Processes that you answer for or have changed.")),
        ("risks", _("Risks"), _("Risks that you answer for, have assessed or changed.")),
        ("risk_assessments", _("Assessments of risks"), _("Assessments that you have made.")),
        ("risk_treatments", _("What is done about risks"), _("What you have decided of risks.")),
        ("control_plans", _("Internal control plans"), _("Plans that you have changed.")),
        ("control_plan_risks", _("Risks in plans"), _("Where you are named.")),
        ("control_items", _("Controls"), _("Controls that you do or have changed.")),
        ("control_attestations", _("Attestations"), _("What you have attested or withdrawn.")),
        ("control_changes", _("Changes of plans under way"), _("Changes that you have made.")),
        ("control_occasions", _("Results of controls"), _("What you have recorded of controls.")),
        ("control_occasion_files", _("Evidence of controls"), _("Where you are named.")),
        ("control_deviations", _("Deviations of controls"), _("What you have found.")),
        ("control_follow_ups", _("Follow-ups of plans"), _("Follow-ups that you have made.")),
    )
    return {table: TableWords(KIND, title, says) for table, title, says in rows}
