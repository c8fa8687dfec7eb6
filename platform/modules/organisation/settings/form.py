"""A form for any module's settings, made from its pydantic model, and what it sends read back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from types import UnionType
from typing import Annotated, Any, Final, Literal, Union, get_args, get_origin

from annotated_types import Ge, Le
from pydantic import BaseModel
from pydantic.fields import FieldInfo

from .....infra.i18n import LOCALES, _
from .....tenants.municipality import SettingFault
from ....telling import setting_words
from ....web.forms import Form

ROWS: Final = "antal"
"""The end of the field that says how many rows were sent."""
MOST_ROWS: Final = 100
LANGUAGES: Final = dict(zip(LOCALES, ("Svenska", "English"), strict=True))


@dataclass(frozen=True, slots=True)
class Choice:
    """One thing to choose: `kind` is tick, number, text, choice, group or rows.

    `name` is the path that the service names in a refusal: `activity_states.0.key`. A group has
    `parts`; rows have a group or a single choice each.
    """

    name: str
    label: str
    kind: str
    value: str = ""
    hint: str = ""
    on: bool = False
    options: Sequence[tuple[str, str]] = ()
    parts: tuple[Choice, ...] = ()
    low: int | None = None
    high: int | None = None


def describe(module: str, model: type[BaseModel], values: Mapping[str, Any]) -> tuple[Choice, ...]:
    """The choices of a model, with the values that stand or were written."""
    return tuple(
        _choice(module, name, name, _kind_of(info), values.get(name, ""))
        for name, info in model.model_fields.items()
    )


def read_values(model: type[BaseModel], form: Form) -> dict[str, Any]:
    """What a form sent, shaped as the model is; the model itself says whether it fits."""
    return {name: _read(form, name, _kind_of(info)) for name, info in model.model_fields.items()}


def add_row(module: str, model: type[BaseModel], values: dict[str, Any], name: str) -> None:
    """An empty row at the end of the rows called `name`; nothing when there are none."""
    if isinstance(values.get(name), list) and len(values[name]) < MOST_ROWS:
        _outer, inner = _unwrapped(_kind_of(model.model_fields[name]))
        values[name].append({} if _is_model(inner) else "")


def remove_row(values: dict[str, Any], place: str) -> None:
    """The row at `name.number`; nothing when there is none."""
    name, _dot, number = place.rpartition(".")
    rows = values.get(name)
    if isinstance(rows, list) and number.isdecimal() and int(number[:4]) < len(rows):
        del rows[int(number[:4])]


def without_blanks(values: dict[str, Any]) -> dict[str, Any]:
    """Rows in which nothing is written are left out."""
    return {
        name: [row for row in value if not _blank(row)] if isinstance(value, list) else value
        for name, value in values.items()
    }


def changes(
    module: str, model: type[BaseModel], before: Mapping[str, Any], after: Mapping[str, Any]
) -> list[str]:
    """What differs, in words."""
    told = []
    for choice in describe(module, model, after):
        old, new = before.get(choice.name), after.get(choice.name)
        if old != new:
            words = dict(choice.options)
            told.append(
                _(
                    "{what}: {before} becomes {after}",
                    what=choice.label,
                    before=_in_words(old, words),
                    after=_in_words(new, words),
                )
            )
    return told


def mend(choices: Sequence[Choice], faults: Sequence[SettingFault]) -> dict[str, str]:
    """What to mend, by the name of the field to mend it in; "" for what concerns them all."""
    told: dict[str, str] = {}
    for fault in faults:
        choice = _find_choice(choices, fault.field)
        if choice is None:
            told.setdefault("", fault.message)
        else:
            told.setdefault(choice.name, _mending(choice, fault))
    return told


def _find_choice(choices: Sequence[Choice], name: str) -> Choice | None:
    """The choice that one writes in: of a group, its first."""
    for choice in choices:
        if choice.name == name:
            while choice.kind == "group":
                choice = choice.parts[0]
            return choice
        if (found := _find_choice(choice.parts, name)) is not None:
            return found
    return None


def _mending(choice: Choice, fault: SettingFault) -> str:
    """In the words of the label, with the limits, which the service does not tell."""
    row = next((part for part in choice.name.split(".") if part.isdecimal()), None)
    if row is not None and not choice.name.endswith(f".{row}"):
        number = _("Row {number}", number=int(row) + 1)
        choice = replace(choice, label=f"{number}, {choice.label}")
    if choice.kind == "number" and choice.low is not None:
        return _(
            "{what}: write a whole number from {low} to {high}.",
            what=choice.label,
            low=choice.low,
            high=choice.high,
        )
    if choice.options:
        return f"{choice.label}: {_('Choose one from the list.')}"
    if fault.reason or choice.hint:
        return f"{choice.label}: {(fault.reason or choice.hint).removesuffix('.')}."
    return _("The value of {name} does not fit the setting.", name=choice.label)


def _choice(module: str, name: str, path: str, kind: Any, value: Any) -> Choice:
    words = setting_words(module, path)
    label = words.label if words else path.rpartition(".")[2].replace("_", " ").capitalize()
    hint = words.hint if words else ""
    outer, inner = _unwrapped(kind)
    if outer is tuple:
        rows = value if isinstance(value, list | tuple) else ()
        parts = tuple(
            _row(module, f"{name}.{index}", path, inner, row, index + 1)
            for index, row in enumerate(rows)
        )
        return Choice(name, label, "rows", str(len(parts)), hint, parts=parts)
    if outer is dict:
        given = value if isinstance(value, Mapping) else {}
        parts = tuple(
            Choice(f"{name}.{locale}", f"{label} ({language})", "text", str(given.get(locale, "")))
            for locale, language in LANGUAGES.items()
        )
        return Choice(name, label, "group", hint=hint, parts=parts)
    if _is_model(inner):
        given = value if isinstance(value, Mapping) else {}
        parts = tuple(
            _choice(module, f"{name}.{each}", f"{path}.{each}", _kind_of(info), given.get(each, ""))
            for each, info in inner.model_fields.items()
        )
        return Choice(name, label, "group", hint=hint, parts=parts)
    return _simple(name, label, hint, kind, inner, value, words.choices if words else ())


def _row(module: str, name: str, path: str, kind: Any, value: Any, number: int) -> Choice:
    """A row of single values is called by its number: the rows have the words."""
    choice = _choice(module, name, path, kind, value)
    if choice.kind == "group":
        return choice
    return replace(choice, label=_("Row {number}", number=number), hint="")


def _simple(
    name: str,
    label: str,
    hint: str,
    kind: Any,
    inner: Any,
    value: Any,
    options: Sequence[tuple[str, str]],
) -> Choice:
    text = "" if value is None else str(value)
    if inner is bool:
        return Choice(name, label, "tick", hint=hint, on=value is True)
    if isinstance(inner, type) and issubclass(inner, StrEnum):
        options = options or [(each.value, each.value) for each in inner]
    if get_origin(inner) is Literal:
        options = options or [(str(each), str(each)) for each in get_args(inner)]
    if options:
        return Choice(name, label, "choice", text, hint, options=options)
    if inner is int:
        low, high = _limits(kind)
        return Choice(name, label, "number", text, hint, low=low, high=high)
    return Choice(name, label, "text", text, hint)


def _read(form: Form, name: str, kind: Any) -> Any:
    outer, inner = _unwrapped(kind)
    if outer is tuple:
        count = form.get(f"{name}.{ROWS}", "0")
        rows = min(int(count[:4]), MOST_ROWS) if count.isdecimal() else 0
        return [_read(form, f"{name}.{index}", inner) for index in range(rows)]
    if outer is dict:
        given = {locale: form.get(f"{name}.{locale}").strip() for locale in LOCALES}
        return {locale: word for locale, word in given.items() if word}
    if _is_model(inner):
        return {
            each: _read(form, f"{name}.{each}", _kind_of(info))
            for each, info in inner.model_fields.items()
        }
    if inner is bool:
        return name in form
    text = form.get(name).strip()
    return None if not text and _optional(kind) else text


def _kind_of(info: FieldInfo) -> Any:
    """The type of a field with its limits, which pydantic keeps apart."""
    return Annotated[(info.annotation, *info.metadata)] if info.metadata else info.annotation


def _unwrapped(kind: Any) -> tuple[Any, Any]:
    """`tuple`, `dict` or None, and the type of what is in it, or the type itself."""
    if get_origin(kind) is Annotated:
        kind = get_args(kind)[0]
    if _optional(kind):
        kind = next(each for each in get_args(kind) if each is not type(None))
    if get_origin(kind) in (tuple, list):
        return tuple, get_args(kind)[0]
    if get_origin(kind) is dict:
        return dict, str
    if get_origin(kind) is Annotated:
        return _unwrapped(kind)
    return None, kind


def _optional(kind: Any) -> bool:
    if get_origin(kind) is Annotated:
        return _optional(get_args(kind)[0])
    return get_origin(kind) in (Union, UnionType) and type(None) in get_args(kind)


def _is_model(kind: Any) -> bool:
    return isinstance(kind, type) and issubclass(kind, BaseModel)


def _limits(kind: Any) -> tuple[int | None, int | None]:
    found: list[Any] = []
    for each in getattr(kind, "__metadata__", ()):
        found += each.metadata if isinstance(each, FieldInfo) else [each]
    low = next((each.ge for each in found if isinstance(each, Ge)), None)
    high = next((each.le for each in found if isinstance(each, Le)), None)
    return low if isinstance(low, int) else None, high if isinstance(high, int) else None


def _blank(row: Any) -> bool:
    if isinstance(row, Mapping):
        return all(_blank(value) for value in row.values())
    return row in ("", None, False)


def _in_words(value: Any, words: Mapping[str, str]) -> str:
    if isinstance(value, bool):
        return _("on") if value else _("off")
    if isinstance(value, list | tuple):
        return ", ".join(_in_words(each, words) for each in value) or _("nothing")
    if isinstance(value, Mapping):
        word = value.get("word")
        first = word.get("sv", "") if isinstance(word, Mapping) else next(iter(value.values()), "")
        return str(first)
    return words.get(str(value), str(value)) if value not in ("", None) else _("nothing")
