"""Fields that Python makes of columns: the statement fetches those, and what is made of them is
put in their place."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from typing import Any, Final
from uuid import UUID

from graphql import (
    GraphQLObjectType,
    GraphQLOutputType,
    SelectionSetNode,
    get_nullable_type,
    is_leaf_type,
    is_list_type,
    is_non_null_type,
)
from sqlalchemy import ARRAY, ColumnElement
from sqlalchemy.dialects.postgresql import JSONB

from ..stored import Computed, Place
from .selecting import Selecting
from .texts import (
    Fixed,
    SqlText,
    Unplannable,
    day,
    joined,
    moment,
    or_null,
    plain,
    quoted,
    text_of,
)
from .writing import Write

Shape = Callable[[Any], Any]
"""From what Python has made to what JSON shows of it."""

Holes = dict[str, Any]
"""By response key: holes further down, or the Fill of this one."""


@dataclass(frozen=True, slots=True)
class Fill:
    make: Callable[..., Any]
    readers: tuple[Callable[[Any], Any], ...]
    shape: Shape

    def __call__(self, fetched: list[Any]) -> Any:
        values = (
            None if value is None else read(value)
            for read, value in zip(self.readers, fetched, strict=True)
        )
        return self.shape(self.make(*values))


def fetched(plan: Computed, place: Place, write: Write) -> SqlText:
    """The columns as a JSON list."""
    pieces, separator = [], "["
    for column in plan.columns:
        pieces += [Fixed(separator), or_null(_written(plan.sql(column, place), write))]
        separator = ","
    return joined([*pieces, Fixed("]")])


def fill_of(
    plan: Computed, type_: GraphQLOutputType, sets: Iterable[SelectionSetNode], select: Selecting
) -> Fill:
    readers = tuple(_reader(column) for column in plan.columns)
    return Fill(plan.make, readers, shape_of(type_, list(sets), select))


def filled(value: Any, holes: Holes) -> None:
    """Fill the holes of an answer, or of a part of it, in place."""
    if isinstance(value, list):
        for part in value:
            filled(part, holes)
    elif isinstance(value, dict):
        for key, hole in holes.items():
            if isinstance(hole, Fill):
                if key in value:
                    value[key] = hole(value[key])
            else:
                filled(value.get(key), hole)


def shape_of(type_: GraphQLOutputType, sets: list[SelectionSetNode], select: Selecting) -> Shape:
    """How a value of the type is shown, as graphql-core would. Raises Unplannable for a field
    that only its resolver knows."""
    inner = _shape_of_some(get_nullable_type(type_), sets, select)
    if is_non_null_type(type_):
        return inner
    return lambda value: None if value is None else inner(value)


def _shape_of_some(type_: Any, sets: list[SelectionSetNode], select: Selecting) -> Shape:
    if is_leaf_type(type_):
        return type_.serialize
    if is_list_type(type_):
        item = shape_of(type_.of_type, sets, select)
        return lambda values: [item(value) for value in values]
    if not isinstance(type_, GraphQLObjectType):
        raise Unplannable(f"{type_} is told apart by its resolver")
    fields = {}
    for key, nodes in select.fields(sets, type_).items():
        below = [node.selection_set for node in nodes if node.selection_set]
        fields[key] = _part(type_, nodes[0].name.value, below, select)
    return lambda value: {key: part(value) for key, part in fields.items()}


def _part(
    type_: GraphQLObjectType, name: str, sets: list[SelectionSetNode], select: Selecting
) -> Shape:
    if name == "__typename":
        return lambda _value: type_.name
    definition = type_.fields[name]
    own = definition.extensions["strawberry-definition"]
    if own.base_resolver is not None:
        raise Unplannable(f"{type_.name}.{name} is computed by its resolver")
    shape, attribute = shape_of(definition.type, sets, select), own.python_name
    return lambda value: shape(getattr(value, attribute))


def _written(value: ColumnElement[Any], write: Write) -> SqlText:
    text = write(value)
    if isinstance(value.type, JSONB):
        return plain(text)
    if isinstance(value.type, ARRAY):
        return plain(f"to_json({text})")
    return _WRITERS.get(_kind(value), text_of)(text)


def _kind(column: Any) -> type:
    kind: type = column.type.python_type
    return kind


def _reader(column: Any) -> Callable[[Any], Any]:
    kind = _kind(column)
    return kind if issubclass(kind, Enum) else _READERS.get(kind, _as_it_is)


def _as_it_is(value: Any) -> Any:
    return value


_WRITERS: Final[Mapping[type, Callable[[str], SqlText]]] = {
    int: plain,
    bool: plain,
    UUID: lambda value: quoted(plain(value)),
    date: lambda value: quoted(day(value)),
    Decimal: lambda value: quoted(plain(value)),
    datetime: lambda value: quoted(moment(value)),
}

_READERS: Final[Mapping[type, Callable[[Any], Any]]] = {
    UUID: UUID,
    Decimal: Decimal,
    date: date.fromisoformat,
    datetime: datetime.fromisoformat,
}
