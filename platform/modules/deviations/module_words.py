"""How other parts of the service tell of deviations."""

from __future__ import annotations

from ....infra.i18n import _
from ...module import ModuleWords, SettingWords, TableWords, TaskWords
from ...tasks import TaskKind


def deviation_words() -> ModuleWords:
    days = _("Days")
    return ModuleWords(
        says=_("Deviations and misconduct in care: report, investigate, learn. Confidential."),
        kinds={"deviations": _("Deviations in care")},
        settings={
            "risk_from": SettingWords(_("Event analysis from this risk value"), _("1 to 16.")),
            "severity_from": SettingWords(_("Event analysis from this severity"), _("1 to 4.")),
            "days_to_begin": SettingWords(_("A new report is begun with within"), days),
            "days_to_close": SettingWords(_("A deviation is closed within"), days),
            "days_to_decide": SettingWords(
                _("A suspected misconduct is investigated within"), days
            ),
            "days_ahead": SettingWords(_("My work asks this long before"), days),
            "years_kept": SettingWords(
                _("Closed cases are weeded after"),
                _(
                    "Years from when it was closed: as your archive rules say. Nothing is weeded "
                    "by itself."
                ),
            ),
            "smallest": SettingWords(
                _("The smallest number that statistics show"),
                _("Numbers below it are left out, and others where they would tell."),
            ),
        },
        tasks=_tasks(),
        tables=_tables(),
        logged=_logged(),
    )


def _tasks() -> dict[TaskKind, TaskWords]:
    return {
        TaskKind.NEW_DEVIATION: TaskWords(
            _("New report"), lambda name: _("Begin with the report {name}", name=name)
        ),
        TaskKind.CLOSE_DEVIATION: TaskWords(
            _("Case to close"), lambda name: _("Finish the case {name}", name=name)
        ),
        TaskKind.ANALYSE_EVENT: TaskWords(
            _("Event analysis"), lambda name: _("Make the event analysis of {name}", name=name)
        ),
        TaskKind.ASSIGN_MISCONDUCT: TaskWords(
            _("Case without an investigator"),
            lambda name: _("Give the case {name} to an investigator", name=name),
        ),
        TaskKind.INVESTIGATE_MISCONDUCT: TaskWords(
            _("Case to investigate"), lambda name: _("Investigate the case {name}", name=name)
        ),
        TaskKind.ASSESS_MEDICALLY: TaskWords(
            _("HSL part"), lambda name: _("See to the HSL part of {name}", name=name)
        ),
        TaskKind.DEVIATION_ACTION: TaskWords(
            _("Action"), lambda _name: _("An action of yours is due. Open it to read it.")
        ),
    }


def _tables() -> dict[str, TableWords]:
    def words(title: str, told: str) -> TableWords:
        return TableWords("deviations", title, told)

    return {
        "deviations": words(
            _("Deviations"), _("Reports that you have sent, and cases given to you.")
        ),
        "deviation_risks": words(_("Risks of deviations"), _("Risks that you have assessed.")),
        "deviation_documents": words(
            _("Documents of investigations"), _("Documents that you have written or completed.")
        ),
        "deviation_decisions": words(
            _("Decisions on deviations"), _("Decisions that you have made.")
        ),
        "deviation_actions": words(
            _("Actions of deviations"), _("Actions that you own, planned or did.")
        ),
        "deviation_events": words(
            _("History of deviations"), _("What you did in a case, and cases given to you.")
        ),
        "deviation_forms": words(_("Forms of deviations"), _("Forms that you have made.")),
        "deviation_categories": words(
            _("Categories of deviations"), _("Categories that you have ended.")
        ),
        "deviation_disposals": words(
            _("Weeding of deviations"), _("That you decided to weed closed cases.")
        ),
        "recovery_keys": words(
            _("Keys to sealed texts"),
            _("That you took out the key that opens sealed texts in another installation."),
        ),
        "deviation_nils": words(
            _("Statements that there was nothing"), _("What you have said for a unit and a year.")
        ),
    }


def _logged() -> dict[str, str]:
    return {
        "deviation": _("a deviation"),
        "deviation_risk": _("the risk of a deviation"),
        "deviation_document": _("a document of a deviation"),
        "deviation_decision": _("a decision on a deviation"),
        "deviation_action": _("an action against a deviation"),
        "deviation_event": _("what has happened with a deviation"),
        "deviation_form": _("a form for deviations"),
        "deviation_category": _("a category of deviations"),
        "deviation_nil": _("that there was no deviation"),
        "deviation_statistics": _("figures of deviations"),
        "deviation_disposal": _("the weeding of deviations"),
        "recovery_key": _("the key to sealed texts"),
    }
