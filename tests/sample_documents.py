"""GraphQL documents made from the schema itself: a new field is tested from its first day."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from graphql import (
    GraphQLEnumType,
    GraphQLField,
    GraphQLInputObjectType,
    GraphQLInputType,
    GraphQLInterfaceType,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLScalarType,
    GraphQLSchema,
    GraphQLUnionType,
    get_named_type,
    get_nullable_type,
    is_leaf_type,
    is_list_type,
    is_required_argument,
    is_required_input_field,
)

DEPTH = 3

Path = tuple[str, ...]
Ids = Mapping[Path, str | list[str]]
"""What stands where: an id, or in a list several. An empty one is left out of its list."""


class Root(NamedTuple):
    """A field of Query or Mutation."""

    kind: str
    name: str
    field: GraphQLField

    @property
    def label(self) -> str:
        return f"{self.kind}.{self.name}"


def roots(schema: GraphQLSchema) -> list[Root]:
    return [
        Root(kind, name, field)
        for kind, type_ in (("query", schema.query_type), ("mutation", schema.mutation_type))
        if type_
        for name, field in type_.fields.items()
    ]


def id_paths(root: Root) -> list[Path]:
    """Each place in the field's arguments where a client writes an id."""
    return [
        path
        for name, argument in root.field.args.items()
        for path in _id_paths(argument.type, (name,), frozenset())
    ]


def required_id_paths(root: Root) -> list[Path]:
    """Those of `id_paths` that a client cannot leave out."""
    return [
        path
        for name, argument in root.field.args.items()
        if is_required_argument(argument)
        for path in _id_paths(argument.type, (name,), frozenset(), required=True)
    ]


def _id_paths(
    type_: GraphQLInputType, path: Path, seen: frozenset[str], *, required: bool = False
) -> Iterator[Path]:
    named = get_named_type(type_)
    if named.name == "ID":
        yield path
    elif isinstance(named, GraphQLInputObjectType) and named.name not in seen:
        for name, field in named.fields.items():
            if is_required_input_field(field) or not required:
                inner = (*path, name)
                yield from _id_paths(field.type, inner, seen | {named.name}, required=required)


def leaf_paths(root: Root) -> list[tuple[Path, str]]:
    """Each place where a client writes something else than an id, with the scalar's name."""
    return [
        leaf
        for name, argument in root.field.args.items()
        for leaf in _leaf_paths(argument.type, (name,), frozenset())
    ]


def _leaf_paths(
    type_: GraphQLInputType, path: Path, seen: frozenset[str]
) -> Iterator[tuple[Path, str]]:
    named = get_named_type(type_)
    if isinstance(named, GraphQLScalarType) and named.name != "ID":
        yield path, named.name
    elif isinstance(named, GraphQLInputObjectType) and named.name not in seen:
        for name, field in named.fields.items():
            yield from _leaf_paths(field.type, (*path, name), seen | {named.name})


def variables(root: Root, ids: Ids, samples: dict[str, Any]) -> dict[str, Any]:
    """Values for what is required, and for every place that `ids` names.

    `samples` gives values by the argument's name, else by its type; its `twice` names the lists
    that are too short with one of them.
    """
    return {
        name: _value(name, argument.type, (name,), ids, samples)
        for name, argument in root.field.args.items()
        if is_required_argument(argument) or any(path[0] == name for path in ids)
    }


def _value(
    name: str,
    type_: GraphQLInputType,
    path: Path,
    ids: Ids,
    samples: dict[str, Any],
) -> Any:
    bare = get_nullable_type(type_)
    if is_list_type(bare):
        if isinstance(given := ids.get(path), list):
            return given
        if given == "":
            return []
        count = 2 if name in samples["twice"] else 1
        return [_value(name, bare.of_type, path, _nth(ids, at), samples) for at in range(count)]
    if bare.name == "ID":
        return ids[path]
    if isinstance(bare, GraphQLInputObjectType):
        return {
            inner: _value(inner, field.type, (*path, inner), ids, samples)
            for inner, field in bare.fields.items()
            if is_required_input_field(field)
            or any(given[: len(path) + 1] == (*path, inner) for given in ids)
        }
    if name in samples:
        return samples[name]
    if isinstance(bare, GraphQLEnumType):
        return next(iter(bare.values))
    return samples[bare.name]


def _nth(ids: Ids, at: int) -> Ids:
    """The ids for one of the things in a list."""
    return {path: given if isinstance(given, str) else given[at] for path, given in ids.items()}


def document(root: Root, *, depth: int = DEPTH) -> str:
    """The operation for one field, asking for all that its answer can hold, `depth` levels in."""
    # What may be left out is declared so that it can be: `String! = ""` takes a `String`.
    declared = ", ".join(
        f"${name}: {arg.type if is_required_argument(arg) else get_nullable_type(arg.type)}"
        for name, arg in root.field.args.items()
    )
    passed = ", ".join(f"{name}: ${name}" for name in root.field.args)
    selection = selected(root.field.type, depth)
    return (
        f"{root.kind} Sample{f'({declared})' if declared else ''} "
        f"{{ {root.name}{f'({passed})' if passed else ''} {selection} }}"
    )


def selected(type_: Any, depth: int) -> str:
    named = get_named_type(type_)
    if is_leaf_type(named):
        return ""
    if isinstance(named, GraphQLUnionType):
        parts = [f"... on {member.name} {selected(member, depth)}" for member in named.types]
        return f"{{ __typename {' '.join(parts)} }}"
    assert isinstance(named, GraphQLObjectType | GraphQLInterfaceType)
    fields = [
        f"{_alias(named.name, name, field)}{name} {selected(field.type, depth - 1)}"
        for name, field in named.fields.items()
        if not any(is_required_argument(argument) for argument in field.args.values())
        and (depth > 0 or is_leaf_type(get_named_type(field.type)))
    ]
    return f"{{ __typename {' '.join(fields)} }}"


def _alias(owner: str, name: str, field: GraphQLField) -> str:
    """Two members of a union may have a field of one name and two types: they get two keys."""
    nullable = "" if isinstance(field.type, GraphQLNonNull) else "Maybe"
    named = get_named_type(field.type).name
    return "" if name in ("id", "name") else f"{name}{nullable}{named}{owner}: "
