"""What pages and files call the parts of governing documents."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import TYPE_CHECKING, Final
from uuid import UUID

from ....infra.documents.model import Light
from ....infra.i18n import _
from ....tenants.terms import Term
from ...web.register import Lamp
from .models import Aim, AnswerState, Applies, AssignmentKind, DocumentState
from .states import Overdue

if TYPE_CHECKING:
    from .overview import Followed

DOCUMENTS: Final = Term("governing_documents.documents", lambda: _("Governing documents"))

LIGHTS: Final[Mapping[DocumentState, Light]] = {
    DocumentState.DRAFT: "none",
    DocumentState.COMING: "none",
    DocumentState.VALID: "green",
    DocumentState.EXPIRED: "yellow",
    DocumentState.REPLACED: "none",
    DocumentState.WITHDRAWN: "none",
}
ANSWER_LIGHTS: Final[Mapping[AnswerState, Light]] = {
    AnswerState.NOT_BEGUN: "none",
    AnswerState.UNDER_WAY: "yellow",
    AnswerState.DONE: "green",
    AnswerState.WILL_NOT: "red",
}


def state_words() -> dict[DocumentState, str]:
    return {
        DocumentState.DRAFT: _("Draft"),
        DocumentState.COMING: _("Decided, not in force yet"),
        DocumentState.VALID: _("In force"),
        DocumentState.EXPIRED: _("No longer in force"),
        DocumentState.REPLACED: _("Replaced"),
        DocumentState.WITHDRAWN: _("Withdrawn for good"),
    }


def overdue_words() -> dict[Overdue, str]:
    return {
        Overdue.REVIEW: _("The review is late"),
        Overdue.ENDED: _("Has ended, and nothing comes after it"),
        Overdue.OWNER: _("Who answers for it has left"),
    }


def aim_words() -> dict[Aim, str]:
    return {
        Aim.GOALS: _("Sets goals"),
        Aim.CONDUCT: _("Says how we go about it"),
        Aim.NEITHER: _("Neither of the two"),
    }


def applies_words() -> dict[Applies, str]:
    return {
        Applies.ALL: _("The whole municipality with its companies"),
        Applies.COMPANIES: _("The municipality's companies"),
        Applies.UNITS: _("The units that are named, with those below"),
    }


def kind_words() -> dict[AssignmentKind, str]:
    return {
        AssignmentKind.GOAL: _("Goal of the document"),
        AssignmentKind.ASSIGNMENT: _("To be carried out"),
    }


def answer_words() -> dict[AnswerState, str]:
    return {
        AnswerState.NOT_BEGUN: _("Not begun"),
        AnswerState.UNDER_WAY: _("Under way"),
        AnswerState.DONE: _("Done"),
        AnswerState.WILL_NOT: _("Will not be done"),
    }


def lamp(state: DocumentState) -> Lamp:
    return Lamp(LIGHTS[state], state_words()[state])


def overdue_lamp(overdue: Overdue | None) -> Lamp | None:
    return Lamp("red", overdue_words()[overdue]) if overdue else None


def answer_lamp(row: Followed, today: date) -> Lamp:
    """Late is red, whatever has been told."""
    word = answer_words()[row.answer.state]
    if row.late(today):
        return Lamp("red", _("{state}, late", state=word))
    return Lamp(ANSWER_LIGHTS[row.answer.state], word)


def for_whom(applies: Applies, unit_ids: list[UUID], names: Mapping[UUID, str]) -> str:
    if applies is not Applies.UNITS:
        return applies_words()[applies]
    return ", ".join(names[id] for id in unit_ids if id in names)
