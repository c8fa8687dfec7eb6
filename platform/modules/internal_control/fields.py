"""The fields of the forms of internal control, and what they offer to choose from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from enum import Enum
from typing import TypeVar
from uuid import UUID

from ....infra.i18n import _, in_language
from ....tenants.names import names_of
from ....tenants.tree import units
from ....tenants.tree.below import below as units_below
from ....tenants.tree.responsible import may_answer
from ....tenants.work import Work
from ...web.fields import Field
from .design import Design, Step
from .holding import WRITE
from .models import ControlItem, ControlPlan, PlanState, Risk
from .processes import processes
from .words import kind_words, light_words, periodicity_words, treatment_words

Options = list[tuple[str, str]]
E = TypeVar("E", bound=Enum)


async def risk_fields(work: Work, design: Design, unit_id: UUID, risk: Risk | None) -> list[Field]:
    """`unit_id` is where the risk is, or is begun; the units where one may write are offered."""
    tree = await units.tree(work)
    places = [(str(unit.id), unit.name) for unit in tree if work.allows(WRITE, at=unit.id)]
    begun = [(str(row.id), row.name) for row in await processes(work)]
    if risk and risk.process_id and str(risk.process_id) not in dict(begun):
        ended = await processes(work, ended=True)
        begun += [(str(row.id), row.name) for row in ended if row.id == risk.process_id]
    people = await people_of(work, unit_id, beside=risk.owner_id if risk else None)
    return [
        Field(
            "title",
            _("What may happen"),
            needed=True,
            hint=_("In one sentence, such as: Wages are paid to those who have left."),
        ),
        Field("category", _("Category"), "choice", True, options=_categories(design, risk)),
        Field("unit_id", _("Unit"), "record", True, options=places),
        Field("process_id", _("Process"), "record", options=[("", _("None")), *begun]),
        Field("cause", _("Cause"), "text"),
        Field("effect", _("Effect"), "text"),
        Field("description", _("More about it"), "text"),
        Field("comment", _("Comment"), "text"),
        Field("owner_id", _("Responsible"), "record", options=[("", _("Nobody yet")), *people]),
    ]


def assess_fields(design: Design, *, needed: bool = True) -> list[Field]:
    """The steps of the matrix in the municipality's own words; the value follows from them."""
    nothing = [] if needed else [("", _("Not assessed yet"))]
    return [
        Field(
            "probability",
            _("Probability"),
            "choice",
            needed,
            options=[*nothing, *_steps(design.probability)],
        ),
        Field(
            "consequence",
            _("Consequence"),
            "choice",
            needed,
            options=[*nothing, *_steps(design.consequence)],
        ),
    ]


def reason_field(label: str = "", *, needed: bool = True) -> Field:
    return Field("reason", label or _("Why"), "text", needed)


async def treatment_fields(work: Work, unit_id: UUID) -> list[Field]:
    return [
        Field("kind", _("Treatment"), "choice", True, options=options_of(treatment_words())),
        Field("what", _("What is decided"), "text", True),
        Field(
            "action_title",
            _("Action to be done"),
            hint=_("Comes up in My work for whoever is chosen. Leave it empty for none."),
        ),
        *await action_fields(work, unit_id),
    ]


async def action_fields(work: Work, unit_id: UUID) -> list[Field]:
    people = await people_of(work, unit_id)
    return [
        Field("owner_id", _("Who does it"), "record", options=[("", _("Nobody yet")), *people]),
        Field("due_on", _("Last day"), "day"),
    ]


def plan_fields(plan: ControlPlan) -> list[Field]:
    fields = [
        Field("introduction", _("Introduction"), "text"),
        Field("attest_by", _("Attested at the latest"), "day"),
        Field("follow_up_by", _("Followed up at the latest"), "day"),
    ]
    return [*fields, *reason_under_way(plan)]


def reason_under_way(plan: ControlPlan) -> list[Field]:
    if plan.state is not PlanState.ACTIVE:
        return []
    return [reason_field(_("Why the plan is changed while it is under way"))]


async def item_fields(work: Work, plan: ControlPlan, item: ControlItem | None) -> list[Field]:
    tree = await units.tree(work)
    below = units_below(tree, [plan.unit_id])
    places = [(str(unit.id), unit.name) for unit in tree if unit.id in below]
    beside = item.responsible_id if item else None
    people = await people_of(work, item.unit_id if item else plan.unit_id, beside=beside)
    return [
        Field("title", _("What is controlled"), needed=True),
        Field("method", _("How it is done"), "text", True),
        Field("sample", _("How much is looked at"), hint=_("For example: 20 of 200 invoices.")),
        Field("kind", _("Kind"), "choice", True, options=options_of(kind_words())),
        Field(
            "periodicity", _("How often"), "choice", True, options=options_of(periodicity_words())
        ),
        Field(
            "days",
            _("Days of your own"),
            hint=_("Such as 2026-03-15, 2026-10-15. Without any, the days follow how often."),
        ),
        Field("unit_id", _("Where"), "record", True, options=places),
        Field(
            "responsible_id", _("Who does it"), "record", options=[("", _("Nobody yet")), *people]
        ),
        *reason_under_way(plan),
    ]


def result_fields() -> list[Field]:
    lights = [(light.value, word) for light, word in light_words().items()]
    return [
        Field("done_on", _("Done on"), "day", True),
        Field("sample", _("What was looked at"), hint=_("For example: 20 of 200 invoices.")),
        Field("result", _("What it showed"), "text", True),
        Field("light", _("Result light"), "choice", True, options=[("", _("Choose")), *lights]),
    ]


async def remedy_fields(work: Work, unit_id: UUID) -> list[Field]:
    """What is done about a deviation: an action with an owner and a day, or why none is needed."""
    return [
        Field("action_title", _("Action to be done")),
        *await action_fields(work, unit_id),
        Field("no_action_reason", _("Or why no action is needed"), "text"),
    ]


async def process_fields(work: Work, unit_id: UUID | None, owner_id: UUID | None) -> list[Field]:
    tree = await units.tree(work)
    places = [unit for unit in tree if work.allows(WRITE, at=unit.id)]
    at = unit_id or (places[0].id if places else None)
    people = await people_of(work, at, beside=owner_id) if at else []
    options = [(str(unit.id), unit.name) for unit in places]
    return [
        Field("name", _("Name"), needed=True),
        Field("description", _("Description"), "text"),
        Field("unit_id", _("Unit"), "record", True, options=options),
        Field("owner_id", _("Responsible"), "record", options=[("", _("Nobody yet")), *people]),
    ]


async def people_of(work: Work, unit_id: UUID, *, beside: UUID | None = None) -> Options:
    """Those who may answer at a unit, and whoever does already."""
    found = await may_answer(work, unit_id, on=work.today)
    people = [(str(person.id), person.name) for person in found]
    if beside and str(beside) not in dict(people):
        people.append((str(beside), (await names_of(work, [beside]))[beside]))
    return people


def options_of(words: Mapping[E, str]) -> Options:
    return [(str(value.value), word) for value, word in words.items()]


def _categories(design: Design, risk: Risk | None) -> Options:
    return [
        (each.key, in_language(each.word))
        for each in design.categories
        if not each.ended or (risk and each.key == risk.category)
    ]


def _steps(steps: Sequence[Step]) -> Options:
    return [
        (str(number), f"{number} – {in_language(step.word)}{_more(step)}")
        for number, step in enumerate(steps, 1)
    ]


def _more(step: Step) -> str:
    return f": {in_language(step.description)}" if step.description.get("sv") else ""
