"""How other modules tell of complaints; `told.py` takes it up."""

from __future__ import annotations

from ....infra.i18n import _
from ...module import SettingWords, TableWords, TaskWords
from ...tasks import TaskKind


def complaint_kinds_of_records() -> dict[str, str]:
    return {"school_complaints": _("Complaints against schools")}


def complaint_settings() -> dict[str, SettingWords]:
    days = _("Days from when it came in. No law gives a number.")
    return {
        "complaint_confirm_days": SettingWords(_("A complaint is confirmed within"), days),
        "complaint_answer_days": SettingWords(_("A complaint is answered within"), days),
        "complaint_smallest": SettingWords(
            _("The smallest number that statistics show"),
            _("Numbers below it are left out, and others where they would tell."),
        ),
        "complaint_routine": SettingWords(
            _("The written routine for complaints"),
            _("An address that begins with https://, or the id of a governing document."),
        ),
    }


def complaint_tasks_words() -> dict[TaskKind, TaskWords]:
    return {
        TaskKind.CONFIRM_COMPLAINT: TaskWords(
            _("Complaint to confirm"), lambda name: _("Confirm the complaint {name}", name=name)
        ),
        TaskKind.ANSWER_COMPLAINT: TaskWords(
            _("Complaint to answer"),
            lambda name: _("Investigate and answer the complaint {name}", name=name),
        ),
    }


def complaint_tables() -> dict[str, TableWords]:
    def words(title: str, told: str) -> TableWords:
        return TableWords("school_complaints", title, told)

    return {
        "school_complaints": words(
            _("Complaints against schools"), _("Complaints that you have registered or handle.")
        ),
        "school_complaint_steps": words(
            _("Steps of complaints"), _("What you have done about complaints.")
        ),
        "school_complaint_actions": words(
            _("Actions of complaints"), _("Which actions came of complaints; nothing about you.")
        ),
        "school_complaint_kinds": words(
            _("Kinds of complaints"), _("Kinds of complaints that you have ended.")
        ),
    }


def complaint_log_words() -> dict[str, str]:
    return {
        "school_complaint": _("a complaint against a school"),
        "school_complaint_step": _("a step of a complaint"),
        "school_complaint_action": _("that an action comes of a complaint"),
        "school_complaint_kind": _("a kind of complaints"),
        "school_complaint_number": _("figures of complaints"),
    }
