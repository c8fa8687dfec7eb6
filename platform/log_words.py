"""The access log in words: what was done, with what, and by which way."""

from __future__ import annotations

from ..infra.i18n import _
from ..tenants.access_log import Action
from ..tenants.actors import Way


def action_words() -> dict[str, str]:
    return {
        Action.READ: _("Has read"),
        Action.SEARCH: _("Searched"),
        Action.ADD: _("Has added"),
        Action.CHANGE: _("Changed"),
        Action.REMOVE: _("Removed"),
        Action.EXPORT: _("Took out"),
        Action.IMPORT: _("Took in"),
        Action.GRANT: _("Gave a right"),
        Action.WITHDRAW: _("Took a right back"),
        Action.SIGN_IN: _("Has signed in"),
        Action.SIGN_OUT: _("Signed out"),
        Action.REFUSED: _("Was refused"),
        Action.SUPPORT: _("Support"),
        Action.DISPOSE: _("Disposed of"),
    }


def kind_words() -> dict[str, str]:
    """Of what is read or changed, by the kinds that `Work.note` is told."""
    return {**_people(), **_service(), **_personal_data(), **_modules()}


def way_words() -> dict[str, str]:
    return {
        Way.PAGE: _("Page"),
        Way.API: _("API"),
        Way.JOB: _("Task"),
        Way.EXPORT: _("Export"),
        Way.SEARCH: _("A search"),
        Way.SUPPORT: _("Support"),
        Way.COMMAND: _("Command"),
        Way.SCIM: _("Directory"),
    }


def _people() -> dict[str, str]:
    """Of people, what they may, and how they come in."""
    return {
        "person": _("the register of people"),
        "left_on": _("who has left"),
        "locale": _("what language somebody reads"),
        "person_identity": _("an account to sign in with"),
        "person_extract": _("an extract about a person"),
        "role_grant": _("a role"),
        "see_as": _("the service, seen as somebody else"),
        "session": _("a sign-in"),
        "sign_in_claims": _("what the sign-in tells of somebody"),
        "sign_in_provider": _("settings of the sign-in"),
        "sign_in_settings": _("settings of the sign-in"),
        "claim_rule": _("a rule that gives roles at sign-in"),
        "group": _("a group of the directory"),
        "group_role": _("the role that a group gives"),
        "api_token": _("an API key"),
        "support_consent": _("the consent to support"),
        "support_link": _("a link for support"),
        "support_visit": _("a visit of support"),
        "write": _("a change, where one may only look"),
    }


def _service() -> dict[str, str]:
    """Of the service itself."""
    return {
        "calendar_feed": _("a calendar of tasks"),
        "notification_choice": _("what somebody wants to be reminded of"),
        "mail": _("a mail"),
        "feedback": _("what somebody told"),
        "file": _("a file"),
        "job": _("a task"),
        "module": _("a module"),
        "settings": _("settings"),
        "tenant": _("all of the municipality"),
        "tenant_erasure": _("the erasure of the municipality"),
        "access_log": _("the access log"),
        "log_review": _("the review of the log"),
        "journal": _("a journal"),
    }


def _personal_data() -> dict[str, str]:
    """Of the registers of data protection, and of those who have left."""
    return {
        "processor_agreement": _("an agreement with a processor"),
        "sub_processor": _("a sub-processor"),
        "processing": _("the record of treatments"),
        "breach": _("a breach"),
        "leaver": _("those who wait for a purge"),
        "leaver_run": _("a purge of those who have left"),
        "leaver_duties": _("what somebody who has left answered for"),
        "leaver_own": _("what belonged to somebody who has left"),
        "leaver_text": _("a text that names somebody who has left"),
        "leaver_file": _("a file that names somebody who has left"),
        "leaver_letter": _("a letter about what is kept of somebody"),
        "retention_rule": _("a rule of how long things are kept"),
    }


def _modules() -> dict[str, str]:
    """Of the modules."""
    return {
        "legal_reference": _("a reference to the law"),
        "deviation": _("a deviation"),
        "deviation_form": _("a form for deviations"),
        "deviation_category": _("a category of deviations"),
        "deviation_risk": _("the risk of a deviation"),
        "deviation_document": _("a document of a deviation"),
        "deviation_decision": _("a decision on a deviation"),
        "deviation_action": _("an action against a deviation"),
        "deviation_event": _("what has happened with a deviation"),
        "deviation_nil": _("that there was no deviation"),
        "fault_report": _("a fault that was reported"),
        "course": _("a course"),
        "course_completion": _("a completed course"),
        "deviation_statistics": _("figures of deviations"),
        "control_plan": _("a plan of internal control"),
        "risk": _("a risk"),
    }
