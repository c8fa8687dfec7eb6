"""Where a random query can go in a schema, and how its fields are kept from each other's places."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import count
from typing import Any, NamedTuple

from graphql import (
    DocumentNode,
    FieldNode,
    GraphQLField,
    GraphQLNamedType,
    GraphQLObjectType,
    GraphQLSchema,
    NameNode,
    OverlappingFieldsCanBeMergedRule,
    Visitor,
    get_named_type,
    is_abstract_type,
    is_composite_type,
    is_object_type,
    validate,
    visit,
)
from graphql.utilities import do_types_overlap


class Step(NamedTuple):
    """A field, and the object that is meant by it."""

    name: str
    definition: GraphQLField
    object: GraphQLObjectType


def routes_of(schema: GraphQLSchema) -> dict[str, tuple[Step, ...]]:
    """The shortest way from the root to each object, by the object's name."""
    assert schema.query_type
    found: dict[str, tuple[Step, ...]] = {}
    left: list[tuple[GraphQLObjectType, tuple[Step, ...]]] = [(schema.query_type, ())]
    for type_, route in left:
        for name, definition in type_.fields.items():
            inner = get_named_type(definition.type)
            objects = [inner] if is_object_type(inner) else []
            if is_abstract_type(inner):
                objects = list(schema.get_possible_types(inner))
            for one in objects:
                if one.name not in found:
                    found[one.name] = (*route, Step(name, definition, one))
                    left.append((one, found[one.name]))
    return found


def overlaps_of(schema: GraphQLSchema) -> dict[str, list[GraphQLNamedType]]:
    """For each type that has fields, the type conditions that are valid on it."""
    types = [type_ for type_ in schema.type_map.values() if is_composite_type(type_)]
    types = [type_ for type_ in types if not type_.name.startswith("__")]
    return {
        one.name: [other for other in types if do_types_overlap(schema, one, other)]
        for one in types
    }


def kept_apart(schema: GraphQLSchema, document: DocumentNode) -> DocumentNode:
    """With names of their own for fields that would stand at the same place of an answer."""
    rules: list[Any] = [OverlappingFieldsCanBeMergedRule]
    numbers = count()
    while faults := validate(schema, document, rules):
        wrong = {id(node) for fault in faults for node in fault.nodes or ()}
        document = visit(document, _Renaming(wrong, numbers))
    return document


class _Renaming(Visitor):
    def __init__(self, wrong: set[int], numbers: Iterator[int]) -> None:
        super().__init__()
        self.wrong, self.numbers = wrong, numbers

    def enter_field(self, node: FieldNode, *_where: object) -> FieldNode | None:
        if id(node) not in self.wrong:
            return None
        return replace(
            node, alias=NameNode(value=f"{node.name.value.lstrip('_')}{next(self.numbers)}")
        )
