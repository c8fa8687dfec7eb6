"""The fields of the forms: a document, a version, a decision, an assignment, an answer."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final
from uuid import UUID

from ....infra.i18n import _
from ....tenants.models import Person
from ....tenants.tree import units
from ....tenants.tree.responsible import may_answer
from ....tenants.tree.units import Placed
from ....tenants.work import Work
from ...web.fields import Field, decided_fields
from .holding import WRITE, reach_of
from .listing import documents
from .models import AnswerState, Applies, AssignmentKind, DocumentState, GoverningDocument
from .settings import document_settings
from .words import answer_words, applies_words, kind_words

Options = Sequence[tuple[str, str]]
INDENT: Final = "\u2002\u2002"
ALIVE: Final = (DocumentState.DRAFT, DocumentState.COMING, DocumentState.VALID)


async def document_fields(work: Work, document: GoverningDocument | None) -> list[Field]:
    tree = await units.tree(work)
    types = (await document_settings(work)).types
    return [
        Field("title", _("What the document is called"), needed=True),
        Field(
            "type_key",
            _("Type of document"),
            "choice",
            needed=True,
            options=[(each.key, each.name) for each in sorted(types, key=lambda each: each.rank)],
        ),
        Field("number", _("Our own number"), hint=_("Made by itself when it is left empty.")),
        Field("summary", _("What it is about"), "text", hint=_("Stands in the public list too.")),
        Field(
            "body_id",
            _("Which body decides"),
            "record",
            needed=True,
            options=indented(tree, tree),
            hint=_("The council and the executive board for all, others for their own."),
        ),
        Field(
            "applies",
            _("For whom"),
            "choice",
            needed=True,
            options=[(each.value, word) for each, word in applies_words().items()],
        ),
        Field(
            "unit_ids",
            _("Named units, with those below"),
            "choices",
            options=[(str(unit.id), unit.name) for unit in tree],
        ),
        *await _place_fields(work, document, tree),
    ]


async def _place_fields(
    work: Work, document: GoverningDocument | None, tree: Sequence[Placed]
) -> list[Field]:
    """Where it stands, who keeps it and who answers for it."""
    writable = [unit for unit in tree if work.allows(WRITE, at=unit.id)]
    at = document.unit_id if document else (writable[0].id if writable else None)
    return [
        Field(
            "superior_id",
            _("Superior document"),
            "record",
            options=[
                ("", _("None but the council's budget")),
                *await document_options(work, document),
            ],
        ),
        Field(
            "unit_id",
            _("Unit that keeps it"),
            "record",
            needed=True,
            options=indented(writable, tree),
        ),
        Field(
            "owner_id",
            _("Who answers for it"),
            "record",
            options=[("", _("Nobody yet")), *await _people(work, at, document)],
            hint=_("Is reminded of the review in My work."),
        ),
        Field("review_on", _("To be reviewed"), "day"),
    ]


def version_fields() -> list[Field]:
    return [
        Field("changes", _("What is new in this version"), "text"),
        Field("valid_from", _("Valid from"), "day"),
        Field("valid_to", _("Valid to"), "day", hint=_("Empty is until further notice.")),
    ]


def decision_fields() -> list[Field]:
    return [
        *decided_fields(),
        Field("valid_from", _("Valid from"), "day", hint=_("Empty is the day of the decision.")),
        Field("valid_to", _("Valid to"), "day", hint=_("Empty is until further notice.")),
        Field("review_on", _("To be reviewed"), "day"),
    ]


def end_fields() -> list[Field]:
    hint = _("Empty is until further notice.")
    return [Field("valid_to", _("Last day that it is in force"), "day", hint=hint)]


def withdraw_fields() -> list[Field]:
    return [Field("reason", _("Why it is withdrawn"), "text", needed=True)]


async def replace_fields(work: Work, document: GoverningDocument) -> list[Field]:
    options = [("", _("No other document")), *await document_options(work, document)]
    return [
        Field(
            "by_id",
            _("The document that comes after it"),
            "record",
            options=options,
            hint=_("It is replaced from the day when that one is in force."),
        )
    ]


async def assignment_fields(work: Work, document: GoverningDocument, *, new: bool) -> list[Field]:
    fields = [
        Field(
            "kind",
            _("Kind"),
            "choice",
            needed=True,
            options=[(kind.value, word) for kind, word in kind_words().items()],
        ),
        Field("text", _("What is to be reached or done"), "text", needed=True),
        Field("due_on", _("Last day"), "day"),
    ]
    return [*fields, await units_field(work, document, ())] if new else fields


async def units_field(work: Work, document: GoverningDocument, has: Sequence[UUID]) -> Field:
    """The units that can be given something, without those that have it."""
    reach = await reach_of(work, document.body_id)
    options = [
        (str(unit.id), unit.name)
        for unit in await units.tree(work)
        if unit.id in reach and unit.id not in has
    ]
    return Field(
        "unit_ids",
        _("Committees, companies and units that are to do it"),
        "choices",
        options=options,
    )


def answer_fields() -> list[Field]:
    return [
        Field(
            "state",
            _("How far it is"),
            "choice",
            needed=True,
            options=[(state.value, word) for state, word in answer_words().items()],
        ),
        Field("text", _("What you have done, or why not"), "text", needed=True),
    ]


async def action_fields(work: Work, unit_id: UUID) -> list[Field]:
    """What a unit is going to do, by whom and until when."""
    people = await may_answer(work, unit_id, on=work.today)
    options = [("", _("Whoever writes at the unit")), *((str(one.id), one.name) for one in people)]
    return [
        Field("title", _("What is to be done"), needed=True),
        Field("detail", _("More about it"), "text"),
        Field("owner_id", _("Responsible"), "record", options=options),
        Field("due_on", _("Last day"), "day"),
    ]


async def document_options(work: Work, but: GoverningDocument | None) -> list[tuple[str, str]]:
    found = (await documents(work, limit=None)).rows
    return [
        (str(row.document.id), row.document.title)
        for row in found
        if row.state in ALIVE and (but is None or row.document.id != but.id)
    ]


def indented(chosen: Sequence[Placed], tree: Sequence[Placed]) -> list[tuple[str, str]]:
    depth: dict[UUID, int] = {}
    for unit in tree:
        depth[unit.id] = depth.get(unit.parent_id, -1) + 1 if unit.parent_id else 0
    return [(str(unit.id), f"{INDENT * depth[unit.id]}{unit.name}") for unit in chosen]


async def _people(
    work: Work, unit_id: UUID | None, document: GoverningDocument | None
) -> list[tuple[str, str]]:
    """Those who may answer at the unit, and whoever does already."""
    found = list(await may_answer(work, unit_id, on=work.today)) if unit_id else []
    owner = document.owner_id if document else None
    if owner is not None and owner not in {person.id for person in found}:
        standing = await work.find(Person, owner)
        found += [standing] if standing else []
    return [(str(person.id), person.name) for person in found]


def typed(values: dict[str, Any]) -> dict[str, Any]:
    """What was read, with enums and ids for the services."""
    found = dict(values)
    if "applies" in found:
        found["applies"] = Applies(str(found["applies"]))
    if "kind" in found:
        found["kind"] = AssignmentKind(str(found["kind"]))
    if "state" in found:
        found["state"] = AnswerState(str(found["state"]))
    ids = found.get("unit_ids")
    if isinstance(ids, list):
        found["unit_ids"] = [UUID(id) for id in ids]
    return found
