"""What the pages call the parts of complaints."""

from __future__ import annotations

from ....infra.i18n import _
from ....tenants.terms import Term
from .complaint_models import Complainant, ComplaintOutcome, ComplaintState, ComplaintWay

COMPLAINTS = Term("school_quality.complaints", lambda: _("Complaints"))


def state_words() -> dict[ComplaintState, str]:
    return {
        ComplaintState.RECEIVED: _("Has come in"),
        ComplaintState.CONFIRMED: _("Is being investigated"),
        ComplaintState.INVESTIGATED: _("Investigated"),
        ComplaintState.ANSWERED: _("Answered"),
        ComplaintState.CLOSED: _("Closed"),
    }


def step_words() -> dict[ComplaintState, str]:
    """What was done to get there."""
    return {
        ComplaintState.RECEIVED: _("Came in"),
        ComplaintState.CONFIRMED: _("Confirmed to whoever complains"),
        ComplaintState.INVESTIGATED: _("Investigated"),
        ComplaintState.ANSWERED: _("Told whoever complains what came of it"),
        ComplaintState.CLOSED: _("Closed"),
    }


def way_words() -> dict[ComplaintWay, str]:
    return {
        ComplaintWay.LETTER: _("Letter"),
        ComplaintWay.E_MAIL: _("E-mail"),
        ComplaintWay.PHONE: _("Phone"),
        ComplaintWay.IN_PERSON: _("In person"),
        ComplaintWay.E_SERVICE: _("E-service"),
    }


def complainant_words() -> dict[Complainant, str]:
    return {
        Complainant.GUARDIAN: _("Guardian"),
        Complainant.PUPIL: _("Child or pupil"),
        Complainant.OTHER: _("Somebody else"),
    }


def outcome_words() -> dict[ComplaintOutcome, str]:
    return {
        ComplaintOutcome.FOUNDED: _("Founded"),
        ComplaintOutcome.PARTLY: _("Partly founded"),
        ComplaintOutcome.UNFOUNDED: _("Not founded"),
    }


def year_word(year: int) -> str:
    """Of a school year, by the year in which it begins."""
    return f"{year}/{(year + 1) % 100:02}"
