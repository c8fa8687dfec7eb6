"""The words of internal control: what the municipality may rename, and those of its choices."""

from __future__ import annotations

from ....infra.i18n import _
from ....infra.periods import PeriodKind
from ....tenants.terms import Term
from .models import ControlKind, ControlLight, PlanState, TreatmentKind

INTERNAL_CONTROL = Term("internal_control.name", lambda: _("Internal control"))
RISK = Term("internal_control.risk", lambda: _("Risk"))
PLAN = Term("internal_control.plan", lambda: _("Internal control plan"))
ITEM = Term("internal_control.item", lambda: _("Control item"))
TERMS = (INTERNAL_CONTROL, RISK, PLAN, ITEM)


def state_words() -> dict[PlanState, str]:
    return {
        PlanState.DRAFT: _("Draft"),
        PlanState.ATTESTED: _("Attested"),
        PlanState.DECIDED: _("Decided by the committee"),
        PlanState.ACTIVE: _("Under way"),
        PlanState.FOLLOWED_UP: _("Plan followed up"),
        PlanState.CLOSED: _("Closed"),
    }


def light_words() -> dict[ControlLight, str]:
    return {
        ControlLight.GREEN: _("No deviation"),
        ControlLight.YELLOW: _("Smaller deviation"),
        ControlLight.RED: _("Serious deviation"),
    }


def periodicity_words() -> dict[PeriodKind, str]:
    return {
        PeriodKind.MONTH: _("Every month"),
        PeriodKind.QUARTER: _("Every quarter"),
        PeriodKind.TERTIAL: _("Every four months"),
        PeriodKind.HALF_YEAR: _("Every half-year"),
        PeriodKind.YEAR: _("Every year"),
    }


def kind_words() -> dict[ControlKind, str]:
    return {
        ControlKind.CONTROL: _("Control"),
        ControlKind.SELF_INSPECTION: _("Self-inspection"),
    }


def treatment_words() -> dict[TreatmentKind, str]:
    return {
        TreatmentKind.ACCEPT: _("Accept"),
        TreatmentKind.REDUCE: _("Reduce"),
        TreatmentKind.SHARE: _("Share"),
        TreatmentKind.AVOID: _("Avoid"),
    }


def choice_words() -> dict[str, str]:
    return {
        **{value.value: word for value, word in periodicity_words().items()},
        **{value.value: word for value, word in kind_words().items()},
    }


def field_words() -> dict[str, str]:
    """What the history of changes calls the fields."""
    return {
        "title": _("What is controlled"),
        "method": _("How it is done"),
        "sample": _("How much is looked at"),
        "kind": _("Kind"),
        "periodicity": _("How often"),
        "responsible_id": _("Who does it"),
        "unit_id": _("Where"),
        "days": _("Days"),
        "risk": _("Risk"),
        "introduction": _("Introduction"),
        "attest_by": _("Attested at the latest"),
        "follow_up_by": _("Followed up at the latest"),
        "decided_by": _("Decided by"),
        "decided_on": _("Day of the decision"),
        "decided_paragraph": _("Paragraph in the minutes"),
        "registry_number": _("Registry number"),
    }
