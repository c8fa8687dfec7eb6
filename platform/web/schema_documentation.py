"""The manual of the API, made from the schema: every type, its fields, and where it is used."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import cast

from graphql import (
    GraphQLArgument,
    GraphQLEnumType,
    GraphQLField,
    GraphQLInputField,
    GraphQLInputObjectType,
    GraphQLInterfaceType,
    GraphQLNamedType,
    GraphQLObjectType,
    GraphQLSchema,
    GraphQLUnionType,
    Undefined,
    get_named_type,
    print_ast,
)
from graphql.utilities import ast_from_value

KINDS = ("operation", "object", "interface", "union", "input", "enum", "scalar")
ROOTS = ("Query", "Mutation", "Subscription")


@dataclass(frozen=True, slots=True)
class Shape:
    """A type as it is written, such as `[Unit!]!`: the name in it is a link."""

    before: str
    name: str
    after: str


@dataclass(frozen=True, slots=True)
class Argument:
    name: str
    shape: Shape
    text: str
    otherwise: str = ""


@dataclass(frozen=True, slots=True)
class FieldText:
    name: str
    text: str
    shape: Shape | None = None
    """None for the value of an enum."""
    arguments: tuple[Argument, ...] = ()
    otherwise: str = ""
    deprecated: str = ""


@dataclass(frozen=True, slots=True)
class Use:
    """`argument` is set where a field takes the type, and empty where it gives it."""

    type: str
    field: str
    argument: str = ""


@dataclass(frozen=True, slots=True)
class TypeText:
    name: str
    kind: str
    text: str
    fields: tuple[FieldText, ...]
    members: tuple[str, ...]
    """Of a union, and what implements an interface."""
    interfaces: tuple[str, ...]
    uses: tuple[Use, ...]


@lru_cache(maxsize=2)
def documented(schema: GraphQLSchema) -> Mapping[str, TypeText]:
    """Every type but those of introspection, by name in order of the alphabet."""
    uses: dict[str, list[Use]] = defaultdict(list)
    types = {name: type_ for name, type_ in schema.type_map.items() if not name.startswith("__")}
    for type_ in types.values():
        for used, use in _uses(type_):
            uses[used].append(use)
    return {
        name: TypeText(
            name,
            _kind(types[name]),
            types[name].description or "",
            tuple(_fields(types[name])),
            _members(schema, types[name]),
            tuple(each.name for each in getattr(types[name], "interfaces", ())),
            tuple(uses[name]),
        )
        for name in sorted(types, key=str.lower)
    }


def _kind(type_: GraphQLNamedType) -> str:
    if type_.name in ROOTS:
        return "operation"
    kinds: dict[type, str] = {
        GraphQLObjectType: "object",
        GraphQLInterfaceType: "interface",
        GraphQLUnionType: "union",
        GraphQLInputObjectType: "input",
        GraphQLEnumType: "enum",
    }
    return kinds.get(type(type_), "scalar")


def _fields(type_: GraphQLNamedType) -> Iterator[FieldText]:
    if isinstance(type_, GraphQLEnumType):
        for name, value in type_.values.items():
            yield FieldText(
                name, value.description or "", deprecated=value.deprecation_reason or ""
            )
    for name, field in _fields_of(type_).items():
        yield FieldText(
            name,
            field.description or "",
            _shape(str(field.type)),
            tuple(
                Argument(key, _shape(str(each.type)), each.description or "", _default(each))
                for key, each in getattr(field, "args", {}).items()
            ),
            _default(field) if isinstance(field, GraphQLInputField) else "",
            field.deprecation_reason or "",
        )


def _fields_of(type_: GraphQLNamedType) -> Mapping[str, GraphQLField | GraphQLInputField]:
    return cast("Mapping[str, GraphQLField | GraphQLInputField]", getattr(type_, "fields", {}))


def _shape(text: str) -> Shape:
    name = text.strip("[]!")
    before, _name, after = text.partition(name)
    return Shape(before, name, after)


def _default(of: GraphQLArgument | GraphQLInputField) -> str:
    if of.default_value is Undefined:
        return ""
    written = ast_from_value(of.default_value, of.type)
    return print_ast(written) if written else ""


def _members(schema: GraphQLSchema, type_: GraphQLNamedType) -> tuple[str, ...]:
    if isinstance(type_, GraphQLUnionType):
        return tuple(each.name for each in type_.types)
    if isinstance(type_, GraphQLInterfaceType):
        return tuple(sorted(each.name for each in schema.get_possible_types(type_)))
    return ()


def _uses(type_: GraphQLNamedType) -> Iterator[tuple[str, Use]]:
    if isinstance(type_, GraphQLUnionType):
        for member in type_.types:
            yield member.name, Use(type_.name, "")
    for name, field in _fields_of(type_).items():
        yield get_named_type(field.type).name, Use(type_.name, name)
        for argument, each in getattr(field, "args", {}).items():
            yield get_named_type(each.type).name, Use(type_.name, name, argument)
