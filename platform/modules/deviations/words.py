"""What the parts of a case are called."""

from __future__ import annotations

from ....infra.i18n import _
from .models import (
    CaseState,
    Concerns,
    Consequence,
    DecisionPart,
    DeviationType,
    Finding,
    FormKind,
    Happened,
    Law,
)


def type_words() -> dict[DeviationType, str]:
    return {
        DeviationType.DEVIATION: _("Deviation"),
        DeviationType.MISCONDUCT: _("Misconduct"),
    }


def law_words() -> dict[Law, str]:
    return {Law.HSL: _("HSL"), Law.SOL: _("SoL"), Law.LSS: _("LSS")}


def state_words() -> dict[CaseState, str]:
    return {
        CaseState.DRAFT: _("Draft"),
        CaseState.SENT: _("Sent"),
        CaseState.INVESTIGATING: _("Under investigation"),
        CaseState.CLOSED: _("Closed"),
    }


def concerns_words() -> dict[Concerns, str]:
    return {
        Concerns.INDIVIDUAL: _("An individual"),
        Concerns.GROUP: _("A group, or the whole place"),
        Concerns.OTHER: _("Something else"),
    }


def consequence_words() -> dict[Consequence, str]:
    return {
        Consequence.NONE: _("No consequence"),
        Consequence.WORRY: _("Worry, discomfort, or a wish not respected"),
        Consequence.TRANSIENT: _("An injury or a loss that passes"),
        Consequence.CARE: _("More care or help than was planned"),
        Consequence.LASTING: _("A lasting injury or loss"),
        Consequence.DEATH: _("Death"),
        Consequence.UNKNOWN: _("Not known yet"),
    }


def form_words() -> dict[FormKind, str]:
    return {
        FormKind.REPORT: _("The report"),
        FormKind.MANAGER: _("Categorising and documentation"),
        FormKind.SOL_LSS: _("Investigation by SoL and LSS"),
        FormKind.HSL: _("Investigation by HSL"),
        FormKind.EVENT: _("Event analysis"),
    }


def finding_words(part: DecisionPart) -> dict[Finding, str]:
    if part is DecisionPart.HSL:
        return {
            Finding.NONE: _("No care injury"),
            Finding.MISCONDUCT: _("A care injury, or a risk of one"),
            Finding.SERIOUS: _("A serious care injury, or a risk of one"),
        }
    return {
        Finding.NONE: _("No misconduct"),
        Finding.MISCONDUCT: _("A misconduct, or a risk of one"),
        Finding.SERIOUS: _("A serious misconduct, or a clear risk of one"),
    }


def happened_words() -> dict[Happened, str]:
    return {
        Happened.SENT: _("Reported"),
        Happened.BEGUN: _("Begun with"),
        Happened.SUSPECTED: _("Suspected misconduct: handed to an investigator"),
        Happened.ASSIGNED: _("Given to an investigator"),
        Happened.DECLINED: _("Declined: back to the place"),
        Happened.DECIDED: _("Decided"),
        Happened.RETURNED: _("Back to the place with the outcome"),
        Happened.CLOSED: _("Closed"),
    }
