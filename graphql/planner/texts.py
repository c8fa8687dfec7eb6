"""How a value is written in JSON by PostgreSQL, sign for sign as `orjson` writes it in Python."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date
from typing import Any, Final, TypeAlias

from graphql import (
    GraphQLEnumType,
    GraphQLOutputType,
    get_nullable_type,
    is_list_type,
    is_non_null_type,
)
from sqlalchemy import (
    ARRAY,
    BinaryExpression,
    Case,
    ColumnClause,
    ColumnElement,
    Date,
    DateTime,
    ScalarSelect,
    Select,
    String,
    Text,
    case,
    cast,
    column,
    func,
    literal_column,
    select,
)
from sqlalchemy.dialects.postgresql import JSONB, aggregate_order_by
from sqlalchemy.sql.elements import Grouping
from sqlalchemy.sql.functions import coalesce
from sqlalchemy.sql.operators import custom_op
from strawberry.types.enum import StrawberryEnumDefinition

SqlText: TypeAlias = ColumnElement[str]

_JOIN: Final = custom_op("||", return_type=Text())

MOMENT: Final = 'YYYY-MM-DD"T"HH24:MI:SS.US"+00:00"'


class Unplannable(Exception):
    """The planner cannot write this in SQL; Strawberry answers, and the reason is told."""


class Fixed(ColumnClause[str]):
    """A piece of JSON that is the same in every answer."""

    inherit_cache = True
    _constructor = ColumnClause  # of what a select above names it by

    def __init__(self, said: str) -> None:
        escaped = said.replace("'", "''")
        super().__init__(f"'{escaped}'", Text(), is_literal=True)
        self.said = said


def fixed(text: str) -> SqlText:
    return Fixed(text)


_OPEN: Final = (Fixed, coalesce, Case, ScalarSelect)
"""Texts that take up what is fixed beside them."""


def joined(pieces: Iterable[SqlText]) -> SqlText:
    """One text of as few parts as can be, since PostgreSQL copies what it has for each: what is
    fixed goes into what stands beside it.

    The parts are joined by halves: a chain of a thousand fields would nest as deep, which neither
    Python's stack nor PostgreSQL's holds.
    """
    ahead: list[SqlText] = []
    for part in (part for piece in pieces for part in _parts(piece)):
        if ahead and isinstance(ahead[-1], Fixed) and isinstance(part, _OPEN):
            part = _within(ahead.pop().said, part, "")
        ahead.append(part)
    left: list[SqlText] = []
    for part in ahead:
        if left and isinstance(part, Fixed) and isinstance(left[-1], _OPEN):
            part = _within("", left.pop(), part.said)
        left.append(part)
    while len(left) > 1:
        pairs = [_pair(*left[at : at + 2]) for at in range(0, len(left) - 1, 2)]
        left = pairs + left[2 * len(pairs) :]
    return left[0]


def _pair(one: SqlText, other: SqlText) -> SqlText:
    return one.operate(_JOIN, other)


def _parts(text: Any) -> list[Any]:
    if isinstance(text, Grouping):
        return _parts(text.element)
    if isinstance(text, BinaryExpression) and text.operator is _JOIN:
        return [*_parts(text.left), *_parts(text.right)]
    return [text]


def _within(before: str, text: Any, after: str) -> SqlText:
    """The text between two that are fixed. They go to where it comes from, and are part of it
    only where it is not null: it is null just where it was."""
    if isinstance(text, Fixed):
        return Fixed(before + text.said + after)
    if isinstance(text, coalesce):
        return func.coalesce(*(_within(before, part, after) for part in text.clauses))
    if isinstance(text, Case):
        whens = ((when, _within(before, part, after)) for when, part in text.whens)
        other = None if text.else_ is None else _within(before, text.else_, after)
        return case(*whens, else_=other)
    if isinstance(text, ScalarSelect):
        assert isinstance(text.element, Select)
        (part,) = text.element.selected_columns
        return text.element.with_only_columns(_within(before, part, after)).scalar_subquery()
    ends = [fixed(before)] if before else [], [fixed(after)] if after else []
    return joined([*ends[0], text, *ends[1]])


def quoted(value: ColumnElement[Any]) -> SqlText:
    """What holds no sign that JSON would escape, in quotation marks."""
    return joined([fixed('"'), cast(value, Text), fixed('"')])


def text_of(value: ColumnElement[Any]) -> SqlText:
    return cast(func.to_json(cast(value, Text)), Text)


def value_of(value: ColumnElement[Any], type_: GraphQLOutputType) -> SqlText:
    """The JSON of a column or an expression, as a field of the type shows it.

    It is NULL for a value that is null where none may be; then nothing of the answer is used.
    """
    bare = get_nullable_type(type_)
    if is_list_type(bare):
        written = _list(value, bare.of_type)
    elif isinstance(bare, GraphQLEnumType):
        written = quoted(_name(value, bare))
    else:
        writer = _WRITERS.get(bare.name)  # type: ignore[union-attr]
        if writer is None:
            raise Unplannable(f"{bare} is not written by the database")
        written = writer(value)
    return written if is_non_null_type(type_) else or_null(written)


def or_null(written: SqlText) -> SqlText:
    return func.coalesce(written, fixed("null"))


def listed(items: SqlText) -> SqlText:
    """`items` is what `string_agg` made: NULL for no rows."""
    return joined([fixed("["), func.coalesce(items, fixed("")), fixed("]")])


def gathered(item: SqlText, *order: Any) -> SqlText:
    return func.string_agg(item, aggregate_order_by(fixed(","), *order) if order else fixed(","))


def moment(value: ColumnElement[Any]) -> SqlText:
    """A moment in UTC as `datetime.isoformat` has it, which leaves out a fraction of zero."""
    utc = func.timezone(fixed("UTC"), value, type_=DateTime)
    return func.replace(func.to_char(utc, fixed(MOMENT)), fixed(".000000"), fixed(""))


def day(value: ColumnElement[Any]) -> SqlText:
    """The driver reads and writes the first and the last day that Python has as infinities."""
    first, last = (fixed(end.isoformat()) for end in (date.min, date.max))
    before = value < literal_column("date '2000-01-01'", Date)
    return case((func.isfinite(value), cast(value, Text)), (before, first), (~before, last))


def _list(value: ColumnElement[Any], of_type: Any) -> SqlText:
    if isinstance(value.type, ARRAY):
        parts = func.unnest(value)
    elif isinstance(value.type, JSONB):
        parts = func.jsonb_array_elements_text(value)
    else:
        raise Unplannable(f"a list cannot be made of {value.type}")
    part = parts.table_valued(
        column("part", Text), with_ordinality="place", joins_implicitly=True
    ).render_derived()
    item = value_of(part.c.part, of_type)
    return listed(select(gathered(item, part.c.place)).scalar_subquery())


def _name(value: ColumnElement[Any], type_: GraphQLEnumType) -> SqlText:
    """The name that GraphQL has for a stored value."""
    definition = type_.extensions["strawberry-definition"]
    assert isinstance(definition, StrawberryEnumDefinition)
    names = {
        str(getattr(member.value, "value", member.value)): member.name
        for member in definition.values
    }
    stored = cast(value, String)
    if all(name == kept.upper() for kept, name in names.items()):
        return func.upper(stored)
    return case(*((stored == fixed(kept), fixed(name)) for kept, name in names.items()))


def _plain(value: ColumnElement[Any]) -> SqlText:
    return cast(value, Text)


_WRITERS: Final[dict[str, Callable[[ColumnElement[Any]], SqlText]]] = {
    "String": text_of,
    "ID": quoted,
    "Int": _plain,
    "Boolean": _plain,
    "Decimal": quoted,
    "Date": lambda value: quoted(day(value)),
    "DateTime": lambda value: quoted(moment(value)),
}
