"""A validated query as one statement: every object a text that is joined, every list gathered."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import Enum
from itertools import pairwise
from typing import Any, cast

from graphql import (
    FieldNode,
    GraphQLField,
    GraphQLInterfaceType,
    GraphQLNamedType,
    GraphQLObjectType,
    GraphQLSchema,
    OperationDefinitionNode,
    SelectionSetNode,
    VariableNode,
    get_named_type,
    get_nullable_type,
    is_list_type,
    is_non_null_type,
    value_from_ast,
)
from graphql.pyutils import Undefined
from sqlalchemy import ColumnElement, and_, bindparam
from strawberry.types.field import StrawberryField

from ..given import Given
from ..nodes import Node
from ..rows import columns_of, model_of
from ..stored import LOGGED, PLAN, Computed, Place, Plan, Related, Value
from .filling import Fill, Holes, fetched, fill_of
from .marks import mark
from .pages import paged
from .places import below, equals, joined_to, names_one, rows_of
from .selecting import Selecting, in_common
from .texts import (
    Case,
    Fixed,
    Selected,
    SqlText,
    Unplannable,
    gathered,
    joined,
    listed,
    or_null,
    plain,
    quoted,
    value_of,
)
from .writing import Read, Writing

BACKREF = "strawberry-definition"

MOST_RETURNS = 1
"""From a list by way of one record to another list, such as the children of a child's parent."""

MOST_FIELDS = 300
"""Fields of a statement. PostgreSQL takes some milliseconds to plan each that has a select of its
own."""


@dataclass(frozen=True, slots=True)
class Compiler:
    """One operation for callers with one profile. `variables` decide only what is there at all."""

    schema: GraphQLSchema
    selecting: Selecting
    variables: Mapping[str, Any]
    allows: Callable[[str], bool]
    modules: frozenset[str]
    writing: Writing = field(default_factory=Writing)
    holes: Holes = field(default_factory=dict)

    def operation(self, node: OperationDefinitionNode, given: Given) -> SqlText:
        """The whole answer's JSON. Raises Unplannable."""
        root = self.schema.query_type
        assert root is not None
        place = Place(None, given, self.allows, self.modules)
        data = self.object(root, [node.selection_set], place)
        return joined([Fixed('{"data":'), data, Fixed("}")])

    def object(
        self,
        type_: GraphQLObjectType,
        sets: Iterable[SelectionSetNode],
        place: Place,
        name: SqlText | None = None,
    ) -> SqlText:
        """Its selected fields. `name` is that of its type where only the row tells it."""
        name = Fixed(type_.name) if name is None else name
        fields = self.selecting.fields(sets, type_)
        if place.path:
            self.writing.record_with(fields)
        pieces, separator = self._marks(type_, fields.values(), place), "{"
        for key, nodes in fields.items():
            written = self._field(type_, name, key, nodes, place)
            pieces += [Fixed(f'{separator}"{key}":'), written]
            separator = ","
        return joined([*pieces, Fixed("}")]) if fields else Fixed("{}")

    def _marks(
        self, type_: GraphQLObjectType, fields: Iterable[list[FieldNode]], place: Place
    ) -> list[SqlText]:
        """What the access log is to be told of a record that is shown: see `marks`."""
        if place.row is None:
            return []
        names = [nodes[0].name.value for nodes in fields]
        own = [type_.fields[name].extensions[BACKREF] for name in names if name in type_.fields]
        declared = [
            getattr(origin_of(type_), "logged", None),
            *(field.metadata.get(LOGGED) for field in own),
        ]
        marks = [
            mark(logged, place, self.writing.sql)
            for logged in dict.fromkeys(declared)
            if logged is not None
        ]
        return [one for one in marks if one is not None]

    def record(
        self, type_: GraphQLNamedType, sets: Sequence[SelectionSetNode], place: Place
    ) -> SqlText:
        """An object of a type that has rows; of an interface, by what the row tells it is."""
        if isinstance(type_, GraphQLObjectType):
            return self.object(type_, sets, place)
        if not isinstance(type_, GraphQLInterfaceType):
            raise Unplannable(f"{type_} is no type of records")
        shown = shapes(self.schema, type_)
        if any(getattr(origin_of(one), "logged", None) for one in shown.values()):
            raise Unplannable("the log is told of records whose type only the row tells")
        column = getattr(place.row, origin_of(type_).told_by.key)
        known = shown.get(getattr(place.equals.get(column.key), "value", None))
        if known is not None:
            return self.object(known, sets, place)
        is_of = {kind: self.writing.sql(column == kind) for kind in shown}
        name = Case(tuple((is_of[kind], Fixed(one.name)) for kind, one in shown.items()))
        if not self.selecting.conditions(sets):
            return self.object(next(iter(shown.values())), sets, place, name)
        return self._told_apart(is_of, name, shown, sets, place)

    def _told_apart(
        self,
        is_of: Mapping[Any, str],
        name: SqlText,
        shown: Mapping[Any, GraphQLObjectType],
        sets: Sequence[SelectionSetNode],
        place: Place,
    ) -> SqlText:
        """What all types show is written once; between, what only some of them do."""
        fields = {kind: self.selecting.fields(sets, one) for kind, one in shown.items()}
        common = in_common(list(fields.values()))
        if common is None:
            return Case(
                tuple((is_of[kind], self.object(one, sets, place)) for kind, one in shown.items())
            )
        self.writing.record_with(common)
        first = next(iter(shown.values()))
        pieces, separator, left = [], "{", {kind: list(own) for kind, own in fields.items()}
        for key, nodes in common.items():
            pieces += self._between(is_of, shown, fields, left, key, place)
            written = self._field(first, name, key, nodes, place)
            pieces += [Fixed(f'{separator}"{key}":'), written]
            separator = ","
        pieces += self._between(is_of, shown, fields, left, None, place)
        return joined([*pieces, Fixed("}")])

    def _between(
        self,
        is_of: Mapping[Any, str],
        shown: Mapping[Any, GraphQLObjectType],
        fields: Mapping[Any, dict[str, list[FieldNode]]],
        left: dict[Any, list[str]],
        until: str | None,
        place: Place,
    ) -> list[SqlText]:
        """What types show of their own before the next field that all of them have."""
        own = []
        for kind, keys in left.items():
            upto = len(keys) if until is None else keys.index(until)
            pieces = []
            for key in keys[:upto]:
                type_ = shown[kind]
                written = self._field(type_, Fixed(type_.name), key, fields[kind][key], place)
                pieces += [Fixed(f',"{key}":'), written]
            if pieces:
                own.append((is_of[kind], joined(pieces)))
            left[kind] = keys[upto + 1 :]
        return [Case(tuple(own), Fixed(""))] if own else []

    def _field(
        self,
        type_: GraphQLObjectType,
        type_name: SqlText,
        key: str,
        nodes: list[FieldNode],
        place: Place,
    ) -> SqlText:
        self.writing.fields += 1
        if self.writing.fields > MOST_FIELDS:
            raise Unplannable("too many fields for one statement")
        name = nodes[0].name.value
        if name == "__typename":
            return quoted(type_name)
        if name.startswith("__"):
            raise Unplannable("introspection")
        definition = type_.fields[name]
        own: StrawberryField = definition.extensions[BACKREF]
        if own.python_name == "id" and place.row is not None:
            id = plain(self.writing.sql(place.row.id))
            return joined([Fixed('"'), type_name, Fixed(":"), id, Fixed('"')])
        plan = _plan_of(own, place.row)
        if plan is None:
            raise Unplannable(f"{type_.name}.{name} is computed by its resolver")
        if isinstance(plan, Value):
            arguments = self._arguments(definition, nodes[0], {})
            at = replace(place, arguments=arguments) if arguments else place
            return value_of(plan.sql(at), definition.type, self.writing.sql)
        if isinstance(plan, Computed):
            sets = [node.selection_set for node in nodes if node.selection_set]
            self._hole((*place.path, key), fill_of(plan, definition.type, sets, self.selecting))
            return fetched(plan, place, self.writing.sql)
        return self._related(plan, definition, key, nodes, place)

    def _related(
        self,
        plan: Related,
        definition: GraphQLField,
        key: str,
        nodes: list[FieldNode],
        place: Place,
    ) -> SqlText:
        named = get_named_type(definition.type)
        sets = [node.selection_set for node in nodes if node.selection_set]
        arguments = self._arguments(definition, nodes[0], plan.reads)
        many = is_connection(named) or is_list_type(get_nullable_type(definition.type))
        path, lists = (*place.path, key), (*place.lists, many)
        place = replace(place, arguments=arguments, lists=lists, path=path)
        if returns(place.lists) > MOST_RETURNS:
            raise Unplannable("lists that lead back to where they came from")
        if is_connection(named):
            written = paged(self, plan, definition, nodes, place)
        else:
            self.ask(plan, named)
            if not plan.seen(place):
                return Fixed("[]" if is_list_type(get_nullable_type(definition.type)) else "null")
            written = self._written(plan, definition, sets, place)
        if plan.holds is None:
            return written
        return Case(((self.writing.sql(plan.holds(place)), written),))

    def _written(
        self,
        plan: Related,
        definition: GraphQLField,
        sets: Sequence[SelectionSetNode],
        place: Place,
    ) -> SqlText:
        named = get_named_type(definition.type)
        row, condition, order = self.rows(plan, named, place)
        at = below(plan, row, place, equals(row, condition))
        item = self.record(named, sets, at)
        write, many = self.writing.sql, is_list_type(get_nullable_type(definition.type))
        rest = f" FROM {joined_to(at, rows_of(row), write)} WHERE {write(condition)}"
        if many:
            item = gathered(item, *map(write, order))
        elif not plan.find and not names_one(at):
            rest += f" ORDER BY {', '.join(map(write, order))} LIMIT 1"
        found = Selected(item, lambda _made: rest)
        if many:
            return listed(found)
        return found if is_non_null_type(definition.type) else or_null(found)

    def ask(self, plan: Related, named: Any) -> None:
        """What is refused is told by the resolver, in its own words."""
        asked = (*plan.asks, *([origin_of(named).permission] if plan.find else []))
        if plan.find and not _found_by_id(origin_of(named)):
            raise Unplannable(f"{named} is found in its own way")
        for permission in asked:
            if not self.allows(permission):
                raise Unplannable(f"{permission} is not held")

    def rows(self, plan: Related, named: Any, place: Place) -> tuple[Any, Any, tuple[Any, ...]]:
        """A row of the target, which ones, and their order."""
        origin = origin_of(named)
        row = self.writing.row(origin.model)
        condition = and_(row.tenant_id == place.given.tenant, plan.chosen(row, place))
        kind = getattr(origin, "shows", None)
        if kind is not None:
            condition = and_(condition, getattr(row, origin.told_by.key) == kind)
        if plan.find and hasattr(origin, "found"):
            condition = and_(condition, origin.found(row, place))
        return row, condition, (*plan.order(row, place), row.id)

    def _hole(self, path: tuple[str, ...], fill: Fill) -> None:
        holes = self.holes
        for key in path[:-1]:
            holes = holes.setdefault(key, {})
        known = holes.setdefault(path[-1], fill)
        if known is not fill and (known.make, known.readers) != (fill.make, fill.readers):
            raise Unplannable("one key for what is computed in different ways")

    def _arguments(
        self, definition: GraphQLField, node: FieldNode, reads: Mapping[str, Callable[[Any], Any]]
    ) -> dict[str, ColumnElement[Any] | None]:
        sent = {argument.name.value: argument.value for argument in node.arguments or ()}
        values = {
            argument.extensions[BACKREF].python_name: self.constant(sent.get(name), argument)
            for name, argument in definition.args.items()
            if name not in ("first", "after")
        }
        return {
            name: self._argument(values[name.partition(".")[0]], reads.get(name, _same))
            for name in {**values, **reads}
        }

    def _argument(self, value: Any, read: Callable[[Any], Any]) -> ColumnElement[Any] | None:
        if value is None:
            return None
        if isinstance(value, Enum) or (isinstance(value, int) and read is _same):
            return bindparam(None, read(value))  # no text that somebody has sent
        reading = _reading(value, read) if callable(value) else _always(read, value)
        return self.writing.parameter(reading)

    def constant(self, node: Any, argument: Any) -> Any:
        """The value of an argument: None, a constant, or a Read for one that a variable holds."""
        default = None if argument.default_value is Undefined else argument.default_value
        if node is None:
            return default
        if isinstance(node, VariableNode):
            name = node.name.value
            if name not in self.variables:
                return default
            if self.variables[name] is not None:
                return _variable(name)
            if is_non_null_type(argument.type):
                raise Unplannable("null where the argument takes none")
            return None
        value = value_from_ast(node, argument.type)
        if value is Undefined:
            raise Unplannable("variables within lists or objects")
        return value


def returns(lists: Sequence[bool]) -> int:
    """How often one record below a list leads to a list again: each time all of it is written once
    more, while the resolvers stop at so many records."""
    lists = lists[lists.index(True) :] if True in lists else ()
    return sum(many and not above for above, many in pairwise(lists))


def is_connection(type_: object) -> bool:
    return isinstance(type_, GraphQLObjectType) and {"pageInfo", "edges"} <= type_.fields.keys()


def origin_of(type_: Any) -> Any:
    """The class that declares a type of the schema."""
    return type_.extensions[BACKREF].origin


def shapes(schema: GraphQLSchema, type_: GraphQLInterfaceType) -> dict[Any, GraphQLObjectType]:
    """The types of an interface's records, by what the column `told_by` holds for them."""
    if not hasattr(origin_of(type_), "told_by"):
        raise Unplannable(f"no column tells which {type_} a row is")
    return {origin_of(one).shows: one for one in schema.get_possible_types(type_)}


def _found_by_id(origin: Any) -> bool:
    own = getattr(origin.find, "__func__", None) is getattr(Node.find, "__func__", None)
    return own or hasattr(origin, "told_by") or hasattr(origin, "found")


def _plan_of(own: StrawberryField, row: Any) -> Plan | None:
    declared = own.metadata.get(PLAN)
    if declared is not None:
        return cast("Plan", declared)
    name = own.python_name
    if own.base_resolver is not None or row is None or name not in columns_of(model_of(row)):
        return None
    return Value(lambda place: getattr(place.row, name))


def _same(value: Any) -> Any:
    return value


def _always(read: Callable[[Any], Any], value: Any) -> Read:
    return lambda _variables: read(value)


def _variable(name: str) -> Read:
    return lambda variables: variables[name]


def _reading(value: Read, read: Callable[[Any], Any]) -> Read:
    return lambda variables: read(value(variables))
