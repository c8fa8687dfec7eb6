"""What the pages call the roles, and the words of the menu that modules share."""

from __future__ import annotations

from ...infra.i18n import _
from ...tenants.terms import Term

FOLLOW_UP = Term("goals.follow_up", lambda: _("Follow up"))
MORE = Term("organisation.more", lambda: _("More"))
"""The last word of the menu, for what few need and seldom."""


def role_words() -> dict[str, str]:
    """The roles as people call them, in the order of what they may do."""
    return {
        "full_administrator": _("Full administrator"),
        "local_administrator": _("Local administrator"),
        "contributor": _("Contributor"),
        "reviewer": _("Log reviewer"),
        "deviation_handler": _("Deviation handler"),
        "lex_investigator": _("Lex Sarah investigator"),
        "lex_officer": _("Lex officer"),
        "medical_officer": _("Medical officer (MAS/MAR)"),
        "deviation_keeper": _("Keeper of the key to deviations"),
        "principal": _("Principal"),
        "complaint_handler": _("Complaint handler"),
        "auditor": _("Auditor"),
        "employee": _("Employee"),
    }


def weekdays() -> list[tuple[str, str]]:
    """Monday is 0."""
    words = (
        _("Monday"),
        _("Tuesday"),
        _("Wednesday"),
        _("Thursday"),
        _("Friday"),
        _("Saturday"),
        _("Sunday"),
    )
    return [(str(number), word) for number, word in enumerate(words)]
