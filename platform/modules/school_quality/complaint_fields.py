"""What the forms of complaints ask for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import TypeVar
from uuid import UUID

from ....infra.i18n import _, in_language
from ....tenants.tree import units
from ....tenants.tree.responsible import may_answer
from ....tenants.work import Work
from ...web.fields import Field
from .complaint_kinds import complaint_kinds
from .complaint_words import complainant_words, outcome_words, way_words
from .complaints import WRITE, handlers_at

T = TypeVar("T", bound=StrEnum)
Options = Sequence[tuple[str, str]]
NONE = ("", "–")


async def registration_fields(work: Work, row_unit: UUID | None = None) -> list[Field]:
    """Of a complaint at a unit, which tells who may handle it; without one, nobody is chosen."""
    tree = await units.tree(work)
    places = [(str(unit.id), unit.name) for unit in tree if work.allows(WRITE, at=unit.id)]
    kinds = [(str(row.id), in_language(row.name)) for row in await complaint_kinds(work)]
    fields = [
        Field("unit_id", _("Which school, or the organiser?"), "record", True, options=places),
        Field("received_on", _("Came in"), "day", True),
        Field("way", _("How it came in"), "choice", True, options=_options(way_words())),
        Field("kind_id", _("What it is about"), "record", True, options=kinds),
        Field("complainant", _("Who complains"), "choice", True, options=_whose()),
        Field("name", _("Name"), hint=_("Leave it empty for somebody who wants to be nameless.")),
        Field("contact", _("How to reach them")),
        Field(
            "what",
            _("What the complaint says"),
            "text",
            True,
            hint=_("No personal identity numbers, and no more about others than is needed."),
        ),
        Field("registry_number", _("Registry number")),
    ]
    if row_unit is not None:
        people = [(str(each.id), each.name) for each in await handlers_at(work, row_unit)]
        fields.append(Field("handler_id", _("Handler"), "record", options=[NONE, *people]))
    return fields


def confirm_fields() -> list[Field]:
    return [Field("on", _("Day when it was confirmed"), "day", True), Field("note", _("Note"))]


def investigation_fields() -> list[Field]:
    outcomes = [NONE, *_options(outcome_words())]
    return [
        Field("text", _("What was found out"), "text"),
        Field("outcome", _("Was the complaint founded?"), "choice", options=outcomes),
    ]


def answer_fields() -> list[Field]:
    return [
        Field("told_back", _("What whoever complains was told"), "text", True),
        Field("on", _("Day when they were told"), "day", True),
    ]


def close_fields() -> list[Field]:
    return [Field("note", _("Note"))]


async def action_fields(work: Work, unit_id: UUID) -> list[Field]:
    people = await may_answer(work, unit_id, on=work.today)
    owners = [NONE, *((str(each.id), each.name) for each in people)]
    return [
        Field(
            "title",
            _("What is to be done?"),
            needed=True,
            hint=_("Every employee reads these words. Name nobody."),
        ),
        Field("owner_id", _("Who does it?"), "record", options=owners),
        Field("due_on", _("Last day"), "day"),
    ]


def _whose() -> Options:
    return _options(complainant_words())


def _options(words: Mapping[T, str]) -> Options:
    return [(str(value), word) for value, word in words.items()]
