"""The fields of the forms: a grant, its steps, its money and its deadlines."""

from __future__ import annotations

from collections.abc import Sequence

from ....infra.i18n import _
from ...web.fields import Field, decided_fields
from .models import Grant, GrantState
from .rules import DECIDED
from .words import deadline_words, money_words

Options = Sequence[tuple[str, str]]
S = GrantState


def grant_fields(
    grant: Grant | None, *, givers: Options, units: Options, people: Options
) -> list[Field]:
    """What is decided can be mended once it is decided."""
    fields = [
        Field("name", _("What the grant is called"), needed=True),
        Field("giver", _("Giver"), "choice", needed=True, options=givers),
        Field("year", _("Year that it is for"), "number", needed=True),
        Field("unit_id", _("Unit that answers for it"), "record", needed=True, options=units),
        Field(
            "responsible_id",
            _("Who answers for it"),
            "record",
            options=[("", _("Nobody yet")), *people],
            hint=_("Is reminded of the deadlines in My work."),
        ),
        Field("sought", _("Sought, kr"), "money"),
        Field("purpose", _("Purpose"), "text"),
        Field("ordinance", _("Ordinance"), "text", hint=_("What the grant rests on.")),
        Field("signer", _("Who may sign")),
        Field("agent", _("Agent"), hint=_("Whom the giver's service knows.")),
        Field("agent_on", _("Agent appointed"), "day"),
        Field("giver_case", _("The giver's case number")),
        Field("begins_on", _("Valid from"), "day"),
        Field("ends_on", _("Valid to"), "day"),
        Field(
            "code",
            _("Our own code"),
            hint=_("Made by itself when it is left empty."),
        ),
        Field("note", _("Note"), "text"),
    ]
    return fields if grant is None else [*fields, *_decided(grant)]


def step_fields(grant: Grant, to: GrantState) -> list[Field]:
    """What a step asks for."""
    case = Field("giver_case", _("The giver's case number"))
    note = Field("note", _("Note"), "text", hint=_("Stands in the history."))
    by_step = {
        S.APPLIED: [Field("sought", _("Sought, kr"), "money", needed=True), case],
        S.GRANTED: [Field("granted", _("Granted, kr"), "money", needed=True), *_decision(), case],
        S.REFUSED: [*_decision(), case],
        S.CLAIMED: [
            Field("claimed", _("Claimed back, kr"), "money", needed=True),
            Field("repay_by", _("To be paid back by"), "day", hint=_("You are reminded in time.")),
        ],
    }
    return [*by_step.get(to, []), note]


def back_fields() -> list[Field]:
    return [Field("note", _("Why the step is taken back"), "text", needed=True)]


def money_fields() -> list[Field]:
    kinds = [(kind.value, word) for kind, word in money_words().items()]
    return [
        Field("kind", _("What"), "choice", needed=True, options=kinds),
        Field("booked_on", _("Day"), "day", needed=True),
        Field("amount", _("Amount, kr"), "money", needed=True),
        Field("note", _("Note"), hint=_("For example what it was used for.")),
    ]


def deadline_fields() -> list[Field]:
    kinds = [(kind.value, word) for kind, word in deadline_words().items()]
    return [
        Field("kind", _("What is to be done"), "choice", needed=True, options=kinds),
        Field("name", _("In your own words"), hint=_("Needed for a deadline of your own.")),
        Field("due_on", _("Last day"), "day", needed=True),
    ]


def _decision() -> list[Field]:
    """Every decision on a grant is registered."""
    return [
        Field(each.name, each.label, each.kind, each.name != "decided_paragraph", each.hint)
        for each in decided_fields()
    ]


def _decided(grant: Grant) -> list[Field]:
    if grant.state not in DECIDED:
        return []
    fields = _decision()
    if grant.state is S.REFUSED:
        return fields
    amounts = [Field("granted", _("Granted, kr"), "money", needed=True)]
    if grant.state is S.CLAIMED:
        amounts.append(Field("claimed", _("Claimed back, kr"), "money", needed=True))
    reason = Field("overpaid_reason", _("Why more is paid than granted"), "text")
    return [*amounts, *fields, reason]
