"""The forms of the pages: what is asked of whoever reports, and the questions of a form."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final
from uuid import UUID

from ....infra.i18n import _, in_language
from ....tenants.tree import units
from ....tenants.work import Work
from ...web.fields import Field
from .forms import FormField
from .models import Concerns, Consequence, DeviationCategory, DeviationType, Law
from .reporting import Report
from .words import concerns_words, consequence_words, law_words, type_words

Options = list[tuple[str, str]]
ANSWER: Final = "svar_"
"""Before the keys of a form's own questions, so that none is taken for a field of ours."""
NONE: Final = ("", "–")
INDENT: Final = "\u2002"


@dataclass(frozen=True, slots=True)
class Step:
    """A part of the report, with a heading of its own."""

    heading: str
    fields: Sequence[Field]


def report_steps(places: Options, questions: Sequence[FormField]) -> list[Step]:
    """The four steps of a report: what it is, what happened, where and when, and whom it is
    about."""
    return [
        Step(_("What is it about?"), _about()),
        Step(_("What happened?"), _happened()),
        Step(_("Where and when?"), _where(places)),
        Step(_("Who is concerned?"), [*_whom(), *answer_fields(questions)]),
    ]


def all_fields(steps: Iterable[Step]) -> list[Field]:
    return [field for step in steps for field in step.fields]


def as_report(values: Mapping[str, Any], questions: Sequence[FormField]) -> Report:
    return Report(
        unit_id=values["unit_id"],
        type=DeviationType(values["type"] or DeviationType.DEVIATION),
        laws=tuple(Law(law) for law in values["laws"]),
        what=values["what"],
        occurred_at=values["occurred_at"],
        found_at=values["found_at"],
        concerns=Concerns(values["concerns"] or Concerns.INDIVIDUAL),
        whom=values["whom"],
        consequence=Consequence(values["consequence"] or Consequence.UNKNOWN),
        done=values["done"],
        on_behalf_of=values["on_behalf_of"],
        answers=read_answers(values, questions),
    )


def answer_fields(questions: Sequence[FormField]) -> list[Field]:
    """The questions of a version of a form."""
    return [
        Field(
            ANSWER + each.key,
            in_language(each.label),
            _kind(each),
            needed=each.needed,
            hint=in_language(each.hint) if each.hint else "",
            options=[NONE, *((choice.key, in_language(choice.label)) for choice in each.choices)],
        )
        for each in questions
    ]


def read_answers(values: Mapping[str, Any], questions: Sequence[FormField]) -> dict[str, object]:
    return {each.key: _plain(values[ANSWER + each.key]) for each in questions}


def shown_values(answers: Mapping[str, object]) -> dict[str, object]:
    """Answers as they stand, by the names of their fields."""
    return {ANSWER + key: answer for key, answer in answers.items()}


async def places_to_choose(work: Work) -> Options:
    """Every unit, as they stand below one another."""
    depth: dict[UUID, int] = {}
    options: Options = [("", _("Choose a unit"))]
    for unit in await units.tree(work):
        depth[unit.id] = depth.get(unit.parent_id, -1) + 1 if unit.parent_id else 0
        options.append((str(unit.id), f"{INDENT * 2 * depth[unit.id]}{unit.name}"))
    return options


def category_options(rows: Sequence[DeviationCategory]) -> Options:
    return [
        NONE,
        *(
            (str(row.id), f"{INDENT * 2 if row.parent_id else ''}{in_language(row.name)}")
            for row in rows
        ),
    ]


def law_options() -> Options:
    long = {
        Law.HSL: _("HSL: health and medical care"),
        Law.SOL: _("SoL: social services and care of the elderly"),
        Law.LSS: _("LSS: support for people with disabilities"),
    }
    return [(law.value, long[law]) for law in law_words()]


def _about() -> list[Field]:
    return [
        Field(
            "type",
            _("Type"),
            "choice",
            needed=True,
            options=[(type_.value, word) for type_, word in type_words().items()],
            hint=_(
                "A misconduct goes straight to an independent investigator. Your manager does not "
                "see it while it is investigated, and does not decide what comes of it."
            ),
        ),
        Field(
            "laws",
            _("By which law?"),
            "choices",
            options=law_options(),
            hint=_("Several may apply. Not sure? Choose the nearest: it can be changed later."),
        ),
    ]


def _happened() -> list[Field]:
    return [
        Field(
            "what",
            _("Tell what happened"),
            "text",
            needed=True,
            hint=_("In your own words. Write no personal identity numbers."),
        ),
        Field(
            "consequence",
            _("What did it come to for the individual?"),
            "choice",
            needed=True,
            options=[(each.value, word) for each, word in consequence_words().items()],
        ),
        Field("done", _("What did you do at once?"), "text"),
    ]


def _where(places: Options) -> list[Field]:
    return [
        Field("unit_id", _("Where did it happen?"), "record", needed=True, options=places),
        Field(
            "confirmed",
            _("Yes, it happened there"),
            "tick",
            needed=True,
            hint=_("The place decides who sees the case."),
        ),
        Field("found_at", _("When was it noticed?"), "clock"),
        Field("occurred_at", _("When did it happen?"), "clock"),
    ]


def _whom() -> list[Field]:
    return [
        Field(
            "concerns",
            _("Whom is it about?"),
            "choice",
            needed=True,
            options=[(each.value, word) for each, word in concerns_words().items()],
        ),
        Field(
            "whom", _("Name, or what makes clear who it is"), hint=_("Never an identity number.")
        ),
        Field("on_behalf_of", _("Do you report for a colleague? Write who it is")),
    ]


def _kind(question: FormField) -> Any:
    return question.kind


def _plain(value: Any) -> object:
    return value.isoformat() if isinstance(value, date) else value
