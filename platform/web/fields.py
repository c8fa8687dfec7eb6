"""Typed fields of a form: what each is called, what it shows, and what was sent of it.

`parts/fields.html` draws them. What is read goes to a service as it is; a refusal of the service
that names a field is told beside it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from typing import Any, Literal
from uuid import UUID

from ...infra.errors import InvalidInput
from ...infra.i18n import _, current_locale
from ...infra.numbers import format_number, parse_number
from ...tenants.work import STOCKHOLM
from .forms import Form

Kind = Literal[
    "line", "text", "day", "clock", "choice", "choices", "record", "number", "money", "tick"
]
"""A record is a choice whose values are ids; it is read as a UUID."""


@dataclass(frozen=True, slots=True)
class Field:
    """`options` are (value, word) of a choice; an empty value among them is none."""

    name: str
    label: str
    kind: Kind = "line"
    needed: bool = False
    hint: str = ""
    options: Sequence[tuple[str, str]] = ()

    @property
    def told(self) -> str:
        """As a service names it when it refuses: `signed_on` is `signedOn`."""
        first, *rest = self.name.split("_")
        return first + "".join(word.capitalize() for word in rest)


def decided_fields(*, needed: bool = True) -> list[Field]:
    """Of what a body has decided (`tenants/decided.py`)."""
    return [
        Field("decided_by", _("Decided by"), needed=needed),
        Field("decided_on", _("Day of the decision"), "day", needed=needed),
        Field("decided_paragraph", _("Paragraph in the minutes"), hint=_("For example: § 42.")),
        Field("registry_number", _("Registry number")),
    ]


def read_fields(form: Form, fields: Sequence[Field]) -> dict[str, Any]:
    """By name: str, date, datetime, Decimal, int, bool, UUID, a list for `choices`; None where a
    day, a number or a record is left empty. Raises InvalidInput that names the field."""
    return {field.name: _read(form, field) for field in fields}


def shown(row: object | None, fields: Sequence[Field], form: Form | None = None) -> dict[str, Any]:
    """What stands in the fields: what was sent, else what the row has; a list for `choices`."""
    if form is not None and form.fields:
        return {
            field.name: form.all(field.name) if field.kind == "choices" else form.get(field.name)
            for field in fields
        }
    return {field.name: _shown(getattr(row, field.name, None), field) for field in fields}


def _shown(value: Any, field: Field) -> Any:
    if field.kind == "choices":
        return [_as_text(each) for each in value or ()]
    if field.kind == "tick":
        return "on" if value else ""
    if field.kind == "clock" and value is not None:
        return f"{value.astimezone(STOCKHOLM):%Y-%m-%dT%H:%M}"
    if field.kind == "money" and value is not None:
        return format_number(value, 2 if value % 1 else 0, current_locale())
    return _as_text(value)


def _as_text(value: Any) -> str:
    if isinstance(value, Enum):
        return str(value.value)
    return "" if value is None else str(value)


def _read(form: Form, field: Field) -> Any:
    if field.kind == "choices":
        return [text for text in form.all(field.name) if _offered(text, field)]
    if field.kind == "tick":
        return field.name in form
    text = form.get(field.name).strip()
    if field.kind in ("line", "text"):
        return text
    if not text:
        if field.needed:
            raise InvalidInput(_missing(field), field=field.told)
        return "" if field.kind == "choice" else None
    return _typed(text, field)


def _typed(text: str, field: Field) -> Any:
    if field.kind in ("choice", "record"):
        _offered(text, field)
        return text if field.kind == "choice" else UUID(text)
    if field.kind in ("number", "money"):
        return _number(text, field)
    try:
        if field.kind == "day":
            return date.fromisoformat(text)
        return datetime.fromisoformat(text).replace(tzinfo=STOCKHOLM)
    except ValueError:
        raise InvalidInput(_("Write the day as 2026-01-31."), field=field.told) from None


def _offered(text: str, field: Field) -> bool:
    """Raises InvalidInput for what was not among the options."""
    if text not in {value for value, _word in field.options}:
        raise InvalidInput(_("Choose one from the list."), field=field.told)
    return True


def _number(text: str, field: Field) -> int | Decimal | None:
    try:
        value = parse_number(text)
    except InvalidInput as problem:
        raise InvalidInput(problem.message, field=field.told) from None
    if value is None or field.kind == "money":
        return value
    if value != value.to_integral_value():
        raise InvalidInput(_("Write a whole number."), field=field.told)
    return int(value)


def _missing(field: Field) -> str:
    if field.kind in ("day", "clock"):
        return _("Choose a day.")
    if field.kind in ("number", "money"):
        return _("Write a number.")
    return _("Choose one from the list.")
