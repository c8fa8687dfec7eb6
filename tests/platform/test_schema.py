"""The schema is a contract: as committed, described, and with one shape for every mutation."""

from pathlib import Path

from graphql import (
    GraphQLInputObjectType,
    GraphQLObjectType,
    GraphQLUnionType,
    get_named_type,
    is_introspection_type,
)

import roder
from roder.platform.schema import product_schema

SCHEMA = product_schema()
CORE = SCHEMA._schema
TYPES = [type_ for type_ in CORE.type_map.values() if not is_introspection_type(type_)]
SNAPSHOT = Path(roder.__file__).with_name("graphql") / "schema.graphql"


def test_the_schema_is_the_committed_one():
    """Changed it on purpose? `roder schema --write` writes it anew, for the reviewer to read."""
    assert SCHEMA.as_str().rstrip("\n") + "\n" == SNAPSHOT.read_text("utf-8")


def test_every_type_and_field_says_what_it_is():
    silent = [
        f"{type_.name}.{name}"
        for type_ in TYPES
        if hasattr(type_, "fields")
        for name, field in type_.fields.items()
        if not field.description
    ]
    silent += [
        type_.name
        for type_ in TYPES
        if not type_.description and not isinstance(type_, GraphQLUnionType)
    ]

    assert silent == []


def test_every_mutation_answers_with_its_record_or_a_problem():
    assert CORE.mutation_type is not None
    for name, field in CORE.mutation_type.fields.items():
        answer = get_named_type(field.type)

        assert isinstance(answer, GraphQLUnionType), name
        assert answer.name == f"{name[:1].upper()}{name[1:]}Result"
        assert "Problem" in {member.name for member in answer.types}


def test_names_are_as_clients_expect():
    strange = [
        type_.name
        for type_ in TYPES
        if isinstance(type_, GraphQLObjectType | GraphQLInputObjectType)
        and not type_.name[:1].isupper()
    ]
    inputs = [
        type_.name
        for type_ in TYPES
        if isinstance(type_, GraphQLInputObjectType) and not type_.name.endswith("Input")
    ]

    assert (strange, inputs) == ([], [])
