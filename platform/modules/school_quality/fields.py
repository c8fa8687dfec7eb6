"""What is asked about a school, its principal, and who took part."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ....infra.i18n import _
from ....tenants.models import Person
from ....tenants.tree.units import Placed
from ...web.fields import Field
from . import years
from .models import SchoolForm, Step, TakingPart
from .schools import School
from .words import form_words, step_words, who_words


def school_fields(bodies: Sequence[Placed], places: Sequence[Placed] = ()) -> list[Field]:
    """`places` are the units to choose from for a new one."""
    unit = Field("unit_id", _("Unit"), "record", needed=True, options=_named(places))
    return [
        *([unit] if places else []),
        Field(
            "forms",
            _("What the unit runs"),
            "choices",
            needed=True,
            options=[(form.value, word) for form, word in form_words().items()],
        ),
        Field("code", _("School unit code"), hint=_("Eight digits. Leave it empty without one.")),
        Field("organiser_id", _("Organiser"), "record", needed=True, options=_named(bodies)),
        Field(
            "first_year",
            _("Followed from the school year that begins"),
            "number",
            needed=True,
            hint=_("The calendar year, such as 2026 for 2026/27."),
        ),
        Field("last_year", _("Followed to the school year that begins"), "number"),
    ]


def school_of(values: dict[str, Any]) -> School:
    return School(
        forms=[SchoolForm(form) for form in values["forms"]],
        organiser_id=values["organiser_id"],
        code=values["code"],
        first_year=values["first_year"] or 0,
        last_year=values["last_year"],
    )


def principal_fields(people: Sequence[Person] = ()) -> list[Field]:
    """`people` are those to choose from for a new one."""
    who = Field(
        "person_id",
        _("Principal"),
        "record",
        needed=True,
        options=[(str(person.id), person.name) for person in people],
    )
    return [
        *([who] if people else []),
        Field("from_on", _("From"), "day", needed=True),
        Field("until_on", _("To and with"), "day"),
    ]


def part_fields(year: int) -> list[Field]:
    return [
        Field(
            "who",
            _("Who took part"),
            "choice",
            needed=True,
            options=[(who.value, word) for who, word in who_words().items()],
        ),
        Field(
            "step",
            _("In which step"),
            "choice",
            needed=True,
            options=[
                (step.value, word)
                for step, word in step_words().items()
                if step is not Step.ORGANISER_REPORT
            ],
        ),
        Field("how", _("How"), "text", needed=True, hint=_("Name groups, never a child.")),
        Field("held_on", _("When, in {year}", year=years.label(year)), "day", needed=True),
    ]


def part_of(values: dict[str, Any]) -> dict[str, Any]:
    return {**values, "who": TakingPart(values["who"]), "step": Step(values["step"])}


def _named(places: Sequence[Placed]) -> list[tuple[str, str]]:
    return [(str(place.id), place.name) for place in places]
