"""What the states, the money and the deadlines are called, and the colours of the states."""

from __future__ import annotations

from typing import Final, Literal

from ....infra.i18n import _
from ....tenants.terms import Term
from .models import DeadlineKind, GrantDeadline, GrantState, MoneyKind

GRANTS: Final = Term("grants.grants", lambda: _("Government grants"))
GRANT: Final = Term("grants.grant", lambda: _("Grant"))

Light = Literal["green", "yellow", "red", "none"]
LIGHTS: Final[dict[GrantState, Light]] = {
    GrantState.SEARCH: "none",
    GrantState.APPLIED: "yellow",
    GrantState.GRANTED: "green",
    GrantState.REFUSED: "red",
    GrantState.IN_USE: "green",
    GrantState.REPORTED: "yellow",
    GrantState.CLAIMED: "red",
    GrantState.CLOSED: "none",
}


def state_words() -> dict[GrantState, str]:
    return {
        GrantState.SEARCH: _("Looked into"),
        GrantState.APPLIED: _("Applied for"),
        GrantState.GRANTED: _("Granted"),
        GrantState.REFUSED: _("Refused"),
        GrantState.IN_USE: _("Being used"),
        GrantState.REPORTED: _("Reported back"),
        GrantState.CLAIMED: _("Claimed back"),
        GrantState.CLOSED: _("Brought to an end"),
    }


def money_words() -> dict[MoneyKind, str]:
    return {
        MoneyKind.PAID: _("Paid out to us"),
        MoneyKind.USED: _("Used"),
        MoneyKind.RETURNED: _("Paid back"),
    }


def deadline_words() -> dict[DeadlineKind, str]:
    return {
        DeadlineKind.AGENT: _("Appoint the agent"),
        DeadlineKind.APPLY: _("Apply"),
        DeadlineKind.REQUISITION: _("Requisition"),
        DeadlineKind.INTERIM: _("Interim report"),
        DeadlineKind.FINAL: _("Final report"),
        DeadlineKind.REPAYMENT: _("Pay back"),
        DeadlineKind.OWN: _("A deadline of our own"),
    }


def name_of(deadline: GrantDeadline) -> str:
    """What has to be done by it: its own name, or that of its kind."""
    return deadline.name or deadline_words()[deadline.kind]
