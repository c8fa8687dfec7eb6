"""Random valid queries over the whole of a schema, with their variables, for Hypothesis."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from graphql import (
    ArgumentNode,
    BooleanValueNode,
    DirectiveNode,
    DocumentNode,
    EnumValueNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLArgument,
    GraphQLEnumType,
    GraphQLField,
    GraphQLInputType,
    GraphQLNamedType,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLSchema,
    InlineFragmentNode,
    IntValueNode,
    ListValueNode,
    NamedTypeNode,
    NameNode,
    NullValueNode,
    OperationDefinitionNode,
    OperationType,
    SelectionNode,
    SelectionSetNode,
    StringValueNode,
    ValueNode,
    VariableDefinitionNode,
    VariableNode,
    get_named_type,
    get_nullable_type,
    is_composite_type,
    is_leaf_type,
    is_list_type,
    is_object_type,
    is_required_argument,
    is_union_type,
    parse_type,
    print_ast,
)
from graphql.type import GraphQLBoolean
from graphql.utilities import do_types_overlap
from hypothesis import strategies as st
from random_routes import Step, kept_apart, overlaps_of, routes_of
from random_values import values

from roder.graphql.limits import LIST
from roder.graphql.paging import PAGE

DEPTH = 9
WIDTH = 5
FIELDS = 60
"""Selections of one query before fragments are written out; no new ones are begun after that."""

FAR = 12
"""Selections left, at least, for an object that few queries would come to by chance."""

RECORDS = 600
"""How many records a place may stand for, by the counting of graphql/limits.py."""

LONG = ("goalAnalysis", "stateOfUnit", "reportStatus", "myTasks", "rows")
"""Fields that stand for more records than a list without pages is counted as."""

ALIASES = ("a", "b", "id", "title", "node", "nodes", "data", "_", "A1", "x" * 70)

KINDS = ("leaf", *["deep"] * 4, "inline", "spread", "leaf", "typename")
ROOT_KINDS = ("leaf", *["deep"] * 10, "inline", "spread")


@dataclass(frozen=True, slots=True)
class Query:
    """A request; its ids are signs (see random_values)."""

    text: str
    variables: dict[str, object]
    operation: str | None = None


def queries(schema: GraphQLSchema) -> st.SearchStrategy[Query]:
    """Queries that are valid, and well below the limits."""
    overlaps, routes = overlaps_of(schema), routes_of(schema)

    @st.composite
    def made(draw: st.DrawFn) -> Query:
        return _Making(schema, overlaps, routes, draw).query()

    return made()


_between = cache(st.integers)  # quicker than Hypothesis' own, and there are thousands of draws


@dataclass(slots=True)
class _Variable:
    type_: str
    default: ValueNode | None
    given: tuple[object, ...]
    """Nothing, when it is left out."""


@dataclass(slots=True)
class _Fragment:
    node: FragmentDefinitionNode
    type_: GraphQLNamedType
    depth: int
    times: int


@dataclass(slots=True)
class _Making:
    """One query while it is made. What Hypothesis shrinks to stands first in each choice."""

    schema: GraphQLSchema
    overlaps: dict[str, list[GraphQLNamedType]]
    routes: dict[str, tuple[Step, ...]]
    draw: st.DrawFn
    left: int = FIELDS
    variables: dict[str, _Variable] = field(default_factory=dict)
    fragments: list[_Fragment] = field(default_factory=list)

    def query(self) -> Query:
        root = self.schema.query_type
        assert root
        selections = self._selections(root, 0, 1)
        if self._chance(75):
            self.left = max(self.left, FAR)
            far = self._far(self._one(list(self.routes.values())))
            selections = SelectionSetNode(selections=(*selections.selections, far))
        name = self._one((None, "Q", "query")) if self._chance(30) else None
        operations = [self._operation(selections, name)]
        if name and self._chance(30):
            other = SelectionSetNode(selections=(FieldNode(name=_name("__typename")),))
            operations.append(_operation(other, "Other", ()))
        fragments = (part.node for part in self.fragments)
        document = kept_apart(self.schema, DocumentNode(definitions=(*operations, *fragments)))
        given = {key: part.given[0] for key, part in self.variables.items() if part.given}
        if self._chance(5):
            given["nobodyAsked"] = 1
        return Query(print_ast(document), given, name if len(operations) > 1 else None)

    def _operation(self, selections: SelectionSetNode, name: str | None) -> OperationDefinitionNode:
        definitions = tuple(
            VariableDefinitionNode(
                variable=VariableNode(name=_name(key)),
                type=parse_type(part.type_),
                default_value=part.default,
                directives=(),
            )
            for key, part in self.variables.items()
        )
        return _operation(selections, name, definitions)

    # What is selected.

    def _selections(self, parent: Any, depth: int, times: int) -> SelectionSetNode:
        made: list[SelectionNode] = []
        for place in range(WIDTH):
            if place and not self._chance(60):
                break
            one = self._selection(parent, depth, times)
            if one is not None:
                made.append(one)
            if self.left <= 0:
                break
        return SelectionSetNode(selections=tuple(made or [self._leaf(parent)]))

    def _far(self, route: Sequence[Step]) -> SelectionNode:
        """Fields of an object, with all that leads there."""
        end = route[-1].object
        whole = self._chance(50)
        selected = self._all(end) if whole else self._selections(end, len(route), RECORDS)
        for step in reversed(route):
            if get_named_type(step.definition.type) is not step.object:
                inline = InlineFragmentNode(
                    type_condition=_type(step.object), selection_set=selected, directives=()
                )
                selected = SelectionSetNode(selections=(inline,))
            field = self._field(step.name, step.definition, selected)
            selected = SelectionSetNode(selections=(field,))
        return field

    def _all(self, parent: GraphQLObjectType) -> SelectionSetNode:
        """Every field of an object, and one of each of those below it."""
        fields = []
        for name, definition in parent.fields.items():
            inner = get_named_type(definition.type)
            below = (self._leaf(inner),) if is_composite_type(inner) else ()
            selected = SelectionSetNode(selections=below) if below else None
            fields.append(self._field(name, definition, selected))
        return SelectionSetNode(selections=tuple(fields))

    def _selection(self, parent: Any, depth: int, times: int) -> SelectionNode | None:
        self.left -= 1
        kind = self._one(KINDS if depth else ROOT_KINDS)
        if kind == "typename":
            return self._field("__typename")
        if kind in ("inline", "spread") and depth < DEPTH:
            return self._fragment(kind, parent, depth, times)
        if kind == "deep" and depth < DEPTH and (deep := list(self._deep(parent, times))):
            name, definition, more = self._one(deep)
            inner = get_named_type(definition.type)
            selected = self._selections(inner, depth + 1, times * more)
            return self._field(name, definition, selected)
        return self._leaf(parent)

    def _leaf(self, parent: Any) -> FieldNode:
        leaves = [
            (name, definition)
            for name, definition in getattr(parent, "fields", {}).items()
            if is_leaf_type(get_named_type(definition.type))
        ]
        if not leaves:
            return self._field("__typename")
        return self._field(*self._one(leaves))

    def _deep(self, parent: Any, times: int) -> Iterator[tuple[str, GraphQLField, int]]:
        for name, definition in getattr(parent, "fields", {}).items():
            if is_composite_type(get_named_type(definition.type)):
                more = 1
                if "first" in definition.args:
                    more = PAGE // 5
                elif name in LONG:
                    more = 4 * LIST
                elif is_list_type(get_nullable_type(definition.type)):
                    more = LIST
                if times == 1 or times * more <= RECORDS:
                    yield name, definition, more

    def _field(
        self,
        name: str,
        definition: GraphQLField | None = None,
        selected: SelectionSetNode | None = None,
    ) -> FieldNode:
        alias = self._one(ALIASES) if self._chance(20) else None
        arguments = self._arguments(name, definition) if definition else ()
        return FieldNode(
            name=_name(name),
            alias=_name(alias) if alias else None,
            arguments=tuple(arguments),
            directives=self._directives(),
            selection_set=selected,
        )

    def _fragment(self, kind: str, parent: Any, depth: int, times: int) -> SelectionNode:
        conditions = self.overlaps[parent.name]
        union = self._chance(8)
        common = [type_ for type_ in conditions if is_union_type(type_) == union]
        common = common or conditions
        if kind == "inline":
            on = self._one((None, *common))
            inner = self._selections(on or parent, depth, times)
            return InlineFragmentNode(
                type_condition=_type(on) if on else None,
                selection_set=inner,
                directives=self._directives(),
            )
        fits = [
            known
            for known in self.fragments
            if known.type_ in conditions and known.depth >= depth and known.times >= times
        ]
        if not fits or self._chance(50):
            on = self._one(common)
            inner = self._selections(on, depth, times)
            node = FragmentDefinitionNode(
                name=_name(f"F{len(self.fragments)}"),
                type_condition=_type(on),
                selection_set=inner,
                directives=(),
                variable_definitions=(),
            )
            self.fragments.append(_Fragment(node, on, depth, times))
            fits = [self.fragments[-1]]
        chosen = self._one(fits)
        return FragmentSpreadNode(
            name=chosen.node.name, directives=self._directives(), arguments=()
        )

    def _directives(self) -> tuple[DirectiveNode, ...]:
        found = []
        for name in ("skip", "include"):
            if self._chance(6):
                argument = GraphQLArgument(GraphQLNonNull(GraphQLBoolean))
                value = self._value("if", argument, st.just(name == "include") | st.booleans())
                given = (ArgumentNode(name=_name("if"), value=value),)
                found.append(DirectiveNode(name=_name(name), arguments=given))
        return tuple(found)

    # What is written as arguments.

    def _arguments(self, place: str, definition: GraphQLField) -> Iterator[ArgumentNode]:
        inner = get_named_type(definition.type)
        node = self.schema.type_map["Node"]
        types: list[str] = []
        if is_composite_type(inner) and do_types_overlap(self.schema, inner, node):
            possible = [inner] if is_object_type(inner) else self.schema.get_possible_types(inner)
            types = [type_.name for type_ in possible]
        for name, argument in definition.args.items():
            if is_required_argument(argument) or self._chance(80 if name == "first" else 20):
                pool = values(self.schema, types, place, name, argument.type)
                yield ArgumentNode(name=_name(name), value=self._value(name, argument, pool))

    def _value(
        self, name: str, argument: GraphQLArgument, pool: st.SearchStrategy[object]
    ) -> ValueNode:
        nullable = not isinstance(argument.type, GraphQLNonNull)
        if self._chance(40):
            return VariableNode(name=_name(self._variable(name, argument, pool)))
        if nullable and self._chance(10):
            return NullValueNode()
        return self._literal(argument.type, self.draw(pool))

    def _variable(
        self, name: str, argument: GraphQLArgument, pool: st.SearchStrategy[object]
    ) -> str:
        """The name of a variable for this place: a new one, or one of just its type."""
        strict = str(get_nullable_type(argument.type)) + "!"
        for known, part in self.variables.items():
            same = re.fullmatch(rf"{name}\d*", known) and part.type_ == strict
            if same and self._chance(40):
                return known
        needed = isinstance(argument.type, GraphQLNonNull)
        default = self._chance(30)
        type_ = strict if (needed and not default) or self._chance(30) else strict[:-1]
        null = NullValueNode() if not needed and type_ != strict and self._chance(20) else None
        given: tuple[object, ...] = (self.draw(pool),)
        if self._chance(8) and type_ != strict:
            given = (None,)
        elif self._chance(15) and (default or type_ != strict):
            given = ()
        elif self._chance(1):
            given = ({"odd": [1]},)
        key = f"{name}{len(self.variables)}"
        self.variables[key] = _Variable(
            type_,
            (null or self._literal(argument.type, self.draw(pool))) if default else None,
            given,
        )
        return key

    def _literal(self, type_: GraphQLInputType, value: object) -> ValueNode:
        named = get_named_type(type_)
        if isinstance(value, list):
            if len(value) == 1 and self._chance(20):
                return self._literal(type_, value[0])
            return ListValueNode(values=tuple(self._literal(type_, one) for one in value))
        if isinstance(value, bool):
            return BooleanValueNode(value=value)
        if isinstance(value, int):
            return IntValueNode(value=str(value))
        if isinstance(named, GraphQLEnumType):
            return EnumValueNode(value=str(value))
        return StringValueNode(value=str(value))

    # How it is chosen.

    def _one(self, choices: Sequence[Any]) -> Any:
        return choices[self._up_to(0, len(choices) - 1)]

    def _up_to(self, least: int, most: int) -> int:
        return self.draw(_between(least, most))

    def _chance(self, percent: int) -> bool:
        return self._up_to(0, 99) >= 100 - percent


def _operation(
    selections: SelectionSetNode,
    name: str | None,
    definitions: tuple[VariableDefinitionNode, ...],
) -> OperationDefinitionNode:
    return OperationDefinitionNode(
        operation=OperationType.QUERY,
        name=_name(name) if name else None,
        variable_definitions=definitions,
        directives=(),
        selection_set=selections,
    )


def _name(value: str) -> NameNode:
    return NameNode(value=value)


def _type(type_: GraphQLNamedType) -> NamedTypeNode:
    return NamedTypeNode(name=_name(type_.name))
