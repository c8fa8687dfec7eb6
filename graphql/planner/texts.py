"""How a value is written in JSON by PostgreSQL, sign for sign as `orjson` writes it in Python."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any, ClassVar, Final

from graphql import (
    GraphQLEnumType,
    GraphQLOutputType,
    get_nullable_type,
    is_list_type,
    is_non_null_type,
)
from sqlalchemy import ARRAY, ColumnElement
from sqlalchemy.dialects.postgresql import JSONB
from strawberry.types.enum import StrawberryEnumDefinition

from .writing import Write

MOMENT: Final = 'YYYY-MM-DD"T"HH24:MI:SS.US"+00:00"'


class Unplannable(Exception):
    """The planner cannot write this in SQL; Strawberry answers, and the reason is told."""


class SqlText:
    """An expression of PostgreSQL whose value is a text."""

    __slots__ = ()
    opens: ClassVar[bool] = True
    """Whether it takes up what is fixed beside it."""

    def sql(self) -> str:
        raise NotImplementedError

    def within(self, before: str, after: str) -> SqlText:
        """The text between two that are fixed. They go to where it comes from, and are part of it
        only where it is not null: it is null just where it was."""
        ends = [Fixed(before)] if before else [], [Fixed(after)] if after else []
        return joined([*ends[0], self, *ends[1]])


@dataclass(frozen=True, slots=True)
class Fixed(SqlText):
    """A piece of JSON that is the same in every answer."""

    said: str

    def sql(self) -> str:
        return literal(self.said)

    def within(self, before: str, after: str) -> SqlText:
        return Fixed(before + self.said + after)


@dataclass(frozen=True, slots=True)
class Made(SqlText):
    """A piece that PostgreSQL makes."""

    opens = False
    text: str

    def sql(self) -> str:
        return self.text


@dataclass(frozen=True, slots=True)
class Joined(SqlText):
    """Joined by halves: a chain of a thousand fields would nest as deep, which neither Python's
    stack nor PostgreSQL's holds."""

    opens = False
    parts: tuple[SqlText, ...]

    def sql(self) -> str:
        left = [part.sql() for part in self.parts]
        while len(left) > 1:
            pairs = [f"({left[at]} || {left[at + 1]})" for at in range(0, len(left) - 1, 2)]
            left = pairs + left[2 * len(pairs) :]
        return left[0]


@dataclass(frozen=True, slots=True)
class First(SqlText):
    """The first that is not null."""

    parts: tuple[SqlText, ...]

    def sql(self) -> str:
        return f"coalesce({', '.join(part.sql() for part in self.parts)})"

    def within(self, before: str, after: str) -> SqlText:
        return First(tuple(part.within(before, after) for part in self.parts))


@dataclass(frozen=True, slots=True)
class Case(SqlText):
    """The text beside the first condition that holds; else the other, if any."""

    whens: tuple[tuple[str, SqlText], ...]
    other: SqlText | None = None

    def sql(self) -> str:
        whens = " ".join(f"WHEN {condition} THEN {text.sql()}" for condition, text in self.whens)
        other = "" if self.other is None else f" ELSE {self.other.sql()}"
        return f"CASE {whens}{other} END"

    def within(self, before: str, after: str) -> SqlText:
        whens = tuple((when, part.within(before, after)) for when, part in self.whens)
        return Case(whens, self.other and self.other.within(before, after))


@dataclass(frozen=True, slots=True)
class Selected(SqlText):
    """What a select of its own makes; `rest` is what stands behind, which may depend on the text of
    what is made."""

    made: SqlText
    rest: Callable[[str], str]

    def sql(self) -> str:
        made = self.made.sql()
        return f"(SELECT {made}{self.rest(made)})"

    def within(self, before: str, after: str) -> SqlText:
        return Selected(self.made.within(before, after), self.rest)


def joined(pieces: Iterable[SqlText]) -> SqlText:
    """One text of as few parts as can be, since PostgreSQL copies what it has for each: what is
    fixed goes into what stands beside it."""
    ahead: list[SqlText] = []
    for part in (part for piece in pieces for part in _parts(piece)):
        if part.opens and ahead and isinstance(beside := ahead[-1], Fixed):
            ahead[-1] = part.within(beside.said, "")
        else:
            ahead.append(part)
    left: list[SqlText] = []
    for part in ahead:
        if isinstance(part, Fixed) and left and left[-1].opens:
            left[-1] = left[-1].within("", part.said)
        else:
            left.append(part)
    return left[0] if len(left) == 1 else Joined(tuple(left))


def _parts(text: SqlText) -> tuple[SqlText, ...]:
    return text.parts if isinstance(text, Joined) else (text,)


def literal(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def plain(value: str) -> SqlText:
    return Made(f"CAST({value} AS TEXT)")


def quoted(text: SqlText) -> SqlText:
    """What holds no sign that JSON would escape, in quotation marks."""
    return joined([Fixed('"'), text, Fixed('"')])


def text_of(value: str) -> SqlText:
    return Made(f"CAST(to_json(CAST({value} AS TEXT)) AS TEXT)")


def value_of(value: ColumnElement[Any], type_: GraphQLOutputType, write: Write) -> SqlText:
    """The JSON of a column or an expression, as a field of the type shows it.

    It is NULL for a value that is null where none may be; then nothing of the answer is used.
    """
    bare = get_nullable_type(type_)
    if is_list_type(bare):
        written = _list(value, bare.of_type, write)
    else:
        written = _scalar(write(value), bare)
    return written if is_non_null_type(type_) else or_null(written)


def or_null(written: SqlText) -> SqlText:
    return First((written, Fixed("null")))


def listed(items: SqlText) -> SqlText:
    """`items` is what `string_agg` made: NULL for no rows."""
    return joined([Fixed("["), First((items, Fixed(""))), Fixed("]")])


def gathered(item: SqlText, *order: str) -> SqlText:
    ordered = f" ORDER BY {', '.join(order)}" if order else ""
    return Made(f"string_agg({item.sql()}, ','{ordered})")


def moment(value: str) -> SqlText:
    """A moment in UTC as `datetime.isoformat` has it, which leaves out a fraction of zero."""
    return Made(f"replace(to_char(timezone('UTC', {value}), '{MOMENT}'), '.000000', '')")


def day(value: str) -> SqlText:
    """The driver reads and writes the first and the last day that Python has as infinities."""
    first, last = (Fixed(end.isoformat()) for end in (date.min, date.max))
    ahead = f"({value}) < date '2000-01-01'"
    return Case(
        ((f"isfinite({value})", plain(value)), (ahead, first), (f"NOT ({ahead})", last)),
    )


def _list(value: ColumnElement[Any], of_type: Any, write: Write) -> SqlText:
    if isinstance(value.type, ARRAY):
        parts = "unnest"
    elif isinstance(value.type, JSONB):
        parts = "jsonb_array_elements_text"
    else:
        raise Unplannable(f"a list cannot be made of {value.type}")
    item = _scalar("parts.part", get_nullable_type(of_type))
    item = item if is_non_null_type(of_type) else or_null(item)
    rest = f" FROM {parts}({write(value)}) WITH ORDINALITY AS parts(part, place)"
    return listed(Selected(gathered(item, "parts.place"), lambda _made: rest))


def _scalar(value: str, type_: Any) -> SqlText:
    if isinstance(type_, GraphQLEnumType):
        return quoted(_name(value, type_))
    writer = _WRITERS.get(type_.name)
    if writer is None:
        raise Unplannable(f"{type_} is not written by the database")
    return writer(value)


def _name(value: str, type_: GraphQLEnumType) -> SqlText:
    """The name that GraphQL has for a stored value."""
    definition = type_.extensions["strawberry-definition"]
    assert isinstance(definition, StrawberryEnumDefinition)
    names = {
        str(getattr(member.value, "value", member.value)): member.name
        for member in definition.values
    }
    stored = f"CAST({value} AS VARCHAR)"
    if all(name == kept.upper() for kept, name in names.items()):
        return Made(f"upper({stored})")
    whens = ((f"{stored} = {literal(kept)}", Fixed(name)) for kept, name in names.items())
    return Case(tuple(whens))


_WRITERS: Final[dict[str, Callable[[str], SqlText]]] = {
    "String": text_of,
    "ID": lambda value: quoted(plain(value)),
    "Int": plain,
    "Boolean": plain,
    "Decimal": lambda value: quoted(plain(value)),
    "Date": lambda value: quoted(day(value)),
    "DateTime": lambda value: quoted(moment(value)),
}
