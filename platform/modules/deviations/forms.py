"""Versions of the forms, and the check of what is answered in one.

A case, and each of its documents, keeps the version that it was begun with: it is checked and shown
by that, whatever has come since. Labels are translated; what is stored are keys.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError
from sqlalchemy import func, select

from ....authz.permit import permit
from ....infra.errors import InvalidInput
from ....infra.i18n import _, in_language
from ....infra.texts import at_most, in_languages
from ....tenants.log.access_log import Action
from ....tenants.work import Work
from .models import DeviationForm, FormKind, Law
from .personal_numbers import refuse_personal_numbers
from .shipped import plant, shipped_forms

LABEL: Final = 300
LINE: Final = 500
LONG: Final = 20_000
MOST_FIELDS: Final = 40
KEY: Final = r"^[a-z][a-z0-9_]{0,39}$"


class FieldChoice(BaseModel):
    model_config = ConfigDict(extra="forbid")

    key: str = Field(pattern=KEY)
    label: dict[str, str]


class FormField(BaseModel):
    """A question of a form; `kind` is line, text, day, choice or tick."""

    model_config = ConfigDict(extra="forbid")

    key: str = Field(pattern=KEY)
    label: dict[str, str]
    kind: str = Field(pattern="^(line|text|day|choice|tick)$")
    needed: bool = False
    hint: dict[str, str] = {}
    choices: list[FieldChoice] = []
    laws: list[Law] = []
    """Asked where one of these applies; always where there is none."""

    def asked(self, laws: Collection[str]) -> bool:
        return not self.laws or any(law.value in laws for law in self.laws)


_FIELDS: Final = TypeAdapter(list[FormField])


@dataclass(frozen=True, slots=True)
class Answered:
    """A question as it was asked, and the answer in words; empty where there is none."""

    key: str
    label: str
    answer: str


def fields_of(form: DeviationForm) -> list[FormField]:
    return fields_in(form.fields)


def fields_in(stored: object) -> list[FormField]:
    return _FIELDS.validate_python(stored)


@permit("deviations.report")
async def standing_form(work: Work, kind: FormKind) -> DeviationForm:
    """The version that is in force today."""
    found = await work.first(
        select(DeviationForm)
        .where(DeviationForm.kind == kind, DeviationForm.valid_from <= work.today)
        .order_by(DeviationForm.number.desc())
        .limit(1)
    )
    return found or next(form for form in shipped_forms(work) if form.kind is kind)


@permit("deviations.report")
async def form_versions(work: Work, kind: FormKind) -> Sequence[DeviationForm]:
    """All versions of a form, the latest first."""
    found = await work.scalars(
        select(DeviationForm)
        .where(DeviationForm.kind == kind)
        .order_by(DeviationForm.number.desc())
    )
    return found or [form for form in shipped_forms(work) if form.kind is kind]


@permit("deviations.design")
async def add_form_version(
    work: Work,
    kind: FormKind,
    *,
    fields: object,
    valid_from: date | None = None,
) -> DeviationForm:
    """A new version from a day on, today when None, with `fields` as `FormField` has them. Cases
    that have been begun keep theirs.

    Raises InvalidInput for what is no form, and for a day before that of the version before it.
    """
    await plant(work)
    read = _checked_fields(_listed(fields))
    day = valid_from or work.today
    last = await work.rows(
        select(func.max(DeviationForm.number), func.max(DeviationForm.valid_from)).where(
            DeviationForm.kind == kind
        )
    )
    number, begins = last[0]
    if day < max(begins, work.today):
        raise InvalidInput(
            _("There is a version that begins later. Choose {day} or later.", day=begins),
            field="validFrom",
        )
    form = DeviationForm(
        kind=kind,
        number=number + 1,
        valid_from=day,
        fields=[each.model_dump(mode="json", exclude_defaults=True) for each in read],
        made_by=work.actor.id,
    )
    work.add(form)
    await work.flush()
    work.note(Action.ADD, "deviation_form", records=[form.id])
    return form


async def form_of(work: Work, form_id: UUID) -> DeviationForm:
    """The version that a case keeps."""
    return await work.get(DeviationForm, form_id)


def checked_answers(
    form: DeviationForm, given: Mapping[str, object], *, laws: Collection[str], whole: bool
) -> dict[str, object]:
    """Answers by key, without those that are empty. With `whole`, what is needed has to be there.

    Raises InvalidInput with the field's key, also for what looks like a personal identity number.
    """
    fields = {field.key: field for field in fields_of(form) if field.asked(laws)}
    strange = given.keys() - {field.key for field in fields_of(form)}
    if strange:
        raise InvalidInput(
            _("The form has no field {key}.", key=min(strange)[:60]), field=min(strange)[:60]
        )
    kept: dict[str, object] = {
        key: answer
        for key, field in fields.items()
        if (answer := _answer(field, given.get(key))) not in ("", False)
    }
    refuse_personal_numbers({key: text for key, text in kept.items() if isinstance(text, str)})
    if whole:
        for key, field in fields.items():
            if field.needed and key not in kept:
                raise InvalidInput(_("Write something here: it cannot be empty."), field=key)
    return kept


def shown_answers(
    form: DeviationForm, answers: Mapping[str, object], *, laws: Collection[str]
) -> list[Answered]:
    """The questions of the form in order with their answers, in the reader's language."""
    return [
        Answered(field.key, in_language(field.label), _in_words(field, answers.get(field.key)))
        for field in fields_of(form)
        if field.asked(laws) or field.key in answers
    ]


def _answer(field: FormField, given: object) -> str | bool:
    if field.kind == "tick":
        return bool(given) and given != "false"
    text = at_most(
        "" if given is None else str(given),
        field=field.key,
        most=LONG if field.kind == "text" else LINE,
    )
    if text and field.kind == "choice" and text not in {each.key for each in field.choices}:
        raise InvalidInput(_("Choose one of those that are there."), field=field.key)
    if text and field.kind == "day":
        try:
            date.fromisoformat(text)
        except ValueError:
            raise InvalidInput(_("Write the day as 2026-01-31."), field=field.key) from None
    return text


def _in_words(field: FormField, answer: object) -> str:
    if field.kind == "tick":
        return _("Yes") if answer else ""
    if field.kind == "choice":
        labels = {each.key: in_language(each.label) for each in field.choices}
        return labels.get(str(answer), "") if answer else ""
    return str(answer or "")


def _listed(given: object) -> list[Mapping[str, object]]:
    """What came from a client as the fields of a form. Raises InvalidInput."""
    if not isinstance(given, list) or not all(isinstance(each, dict) for each in given):
        raise InvalidInput(
            _("The form does not hold together at {place}.", place="fields"), field="fields"
        )
    return given


def _checked_fields(fields: Sequence[Mapping[str, object]]) -> list[FormField]:
    try:
        read = _FIELDS.validate_python([dict(field) for field in fields])
    except ValidationError as error:
        place = ".".join(str(part) for part in error.errors()[0]["loc"])
        raise InvalidInput(
            _("The form does not hold together at {place}.", place=place), field="fields"
        ) from None
    keys = [field.key for field in read]
    if not 1 <= len(read) <= MOST_FIELDS or len(set(keys)) < len(keys):
        raise InvalidInput(
            _("A form has 1 to {most} fields, each with a key of its own.", most=MOST_FIELDS),
            field="fields",
        )
    for field in read:
        field.label = in_languages(field.label, field="fields", most=LABEL)
        if (field.kind == "choice") != bool(field.choices):
            raise InvalidInput(
                _("A field to choose in has choices, and no other has."), field="fields"
            )
        for choice in field.choices:
            choice.label = in_languages(choice.label, field="fields", most=LABEL)
    return read
