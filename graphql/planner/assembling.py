"""Answers with parts that services make: their objects are shown level by level, all siblings at
once, and the records among them are fetched as texts, one statement for those of a field."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from inspect import isawaitable
from typing import Any, cast
from uuid import UUID

import orjson
from graphql import (
    FieldNode,
    GraphQLField,
    GraphQLNamedType,
    GraphQLObjectType,
    GraphQLOutputType,
    GraphQLResolveInfo,
    GraphQLSchema,
    OperationDefinitionNode,
    SelectionSetNode,
    get_argument_values,
    get_nullable_type,
    is_leaf_type,
    is_list_type,
    is_non_null_type,
)
from graphql.execution.values import VariableValues
from sqlalchemy import inspect

from ..context import Context
from ..documents import Document
from ..nodes import Node
from .compiling import BACKREF
from .filling import filled
from .marks import is_marked, text_of_row, unmarked
from .plans import IDS, Asking, Planned, plan_records
from .selecting import Selecting
from .texts import Unplannable

Sets = list[SelectionSetNode]

META = ("__schema", "__type")


@dataclass(slots=True)
class Assembly:
    """What is remembered of an operation for callers with one profile: the statements of its
    records, by where in the document they stand."""

    document: Document
    operation: OperationDefinitionNode
    records: dict[tuple[str, tuple[int, ...]], Planned | None] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Assembler:
    """One answer. Whatever is refused raises, and is left to Strawberry to tell."""

    schema: GraphQLSchema
    assembly: Assembly
    variables: VariableValues
    allows: Callable[[str], bool]
    modules: frozenset[str]
    asking: Asking
    context: Context

    async def body(self) -> bytes:
        """The whole body. Raises Unplannable, or what a resolver raises."""
        root = self.schema.query_type
        assert root is not None
        sets = [self.assembly.operation.selection_set]
        selecting = Selecting.of(self.schema, self.assembly.document.ast, self.variables)
        if any(nodes[0].name.value in META for nodes in selecting.fields(sets, root).values()):
            raise Unplannable("introspection")  # before anything else is done in vain
        (data,) = await self._objects(root, sets, [None])
        return orjson.dumps({"data": data})

    async def _values(self, type_: GraphQLOutputType, sets: Sets, values: list[Any]) -> list[Any]:
        """The JSON of each value of a field."""
        bare = get_nullable_type(type_)
        there = [value for value in values if value is not None]
        if len(there) < len(values) and is_non_null_type(type_):
            raise Unplannable(f"null where {type_} is promised")
        shown: list[Any]
        if is_list_type(bare):
            inner = [part for some in there for part in some]
            parts = iter(await self._values(bare.of_type, sets, inner))
            shown = [[next(parts) for _part in some] for some in there]
        elif is_leaf_type(bare):
            shown = [bare.serialize(value) for value in there]
        else:
            shown = await self._shown(cast("GraphQLNamedType", bare), sets, there)
        found = iter(shown)
        return [None if value is None else next(found) for value in values]

    async def _shown(self, type_: GraphQLNamedType, sets: Sets, values: list[Any]) -> list[Any]:
        if values and all(_is_record(value) for value in values):
            plan = self._plan(type_, sets)
            if plan is not None:
                return await self._records(plan, [value.row.id for value in values])
        if isinstance(type_, GraphQLObjectType):
            return await self._objects(type_, sets, values)
        names = [type(value).__strawberry_definition__.name for value in values]
        shown: dict[str, Any] = {}
        for name in dict.fromkeys(names):
            alike = [value for value, own in zip(values, names, strict=True) if own == name]
            concrete = self.schema.type_map[name]
            shown[name] = iter(await self._shown(concrete, sets, alike))
        return [next(shown[name]) for name in names]

    async def _objects(self, type_: GraphQLObjectType, sets: Sets, values: list[Any]) -> list[Any]:
        shown: list[dict[str, Any]] = [{} for _value in values]
        selecting = Selecting.of(self.schema, self.assembly.document.ast, self.variables)
        for key, nodes in selecting.fields(sets, type_).items():
            for part, object_ in zip(await self._field(type_, nodes, values), shown, strict=True):
                object_[key] = part
        return shown

    async def _field(
        self, type_: GraphQLObjectType, nodes: list[FieldNode], values: list[Any]
    ) -> list[Any]:
        name = nodes[0].name.value
        if name == "__typename":
            return [type_.name] * len(values)
        if name.startswith("__"):
            raise Unplannable("introspection")
        definition = type_.fields[name]
        own = definition.extensions[BACKREF]
        sets = [node.selection_set for node in nodes if node.selection_set]
        if own.base_resolver is None:
            found = [getattr(value, own.python_name) for value in values]
        else:
            found = await self._resolved(type_, definition, nodes, values)
        return await self._values(definition.type, sets, found)

    async def _resolved(
        self,
        type_: GraphQLObjectType,
        definition: GraphQLField,
        nodes: list[FieldNode],
        values: list[Any],
    ) -> list[Any]:
        """What the resolver gives for each value; those that wait do so together."""
        arguments = get_argument_values(definition, nodes[0], self.variables)
        info = self._info(type_, definition, nodes)
        assert definition.resolve is not None
        found = [definition.resolve(value, info, **arguments) for value in values]
        waiting = [one for one in found if isawaitable(one)]
        if not waiting:
            return found
        came = iter(await _together(waiting))
        return [next(came) if isawaitable(one) else one for one in found]

    def _info(
        self, type_: GraphQLObjectType, definition: GraphQLField, nodes: list[FieldNode]
    ) -> GraphQLResolveInfo[Context]:
        """As much of it as the resolvers of this service look at."""
        known = dict.fromkeys(GraphQLResolveInfo._fields)
        known |= {
            "field_name": nodes[0].name.value,
            "field_nodes": nodes,
            "return_type": definition.type,
            "parent_type": type_,
            "schema": self.schema,
            "operation": self.assembly.operation,
            "variable_values": self.variables,
            "context": self.context,
        }
        return GraphQLResolveInfo(**cast("dict[str, Any]", known))

    def _plan(self, type_: GraphQLNamedType, sets: Sets) -> Planned | None:
        key = (type_.name, tuple(id(one) for one in sets))
        if key not in self.assembly.records:
            try:
                plan = plan_records(
                    self.schema,
                    self.assembly.document,
                    self.variables,
                    self.allows,
                    self.modules,
                    type_,
                    sets,
                )
            except Unplannable:
                plan = None
            self.assembly.records[key] = plan
        return self.assembly.records[key]

    async def _records(self, plan: Planned, ids: Sequence[UUID]) -> list[Any]:
        variables: Mapping[str, Any] = {**self.variables.coerced, IDS: list(dict.fromkeys(ids))}
        rows = await self.context.work.raw(plan.sql, plan.parameters(self.asking, variables))
        if is_marked(plan.sql):
            tell = self.context.saw_one
            rows = [(id, unmarked(text_of_row(text), tell)) for id, text in rows]
        if plan.holes:
            texts = {id: orjson.loads(text) for id, text in rows}
            filled(list(texts.values()), plan.holes)
        else:
            texts = {id: orjson.Fragment(text) for id, text in rows}
        return [texts[id] for id in ids]


def _is_record(value: Any) -> bool:
    """Whether all that is shown of it stands in its row, as it is now: what comes with the service
    may be no row of the database yet."""
    own = isinstance(value, Node) and type(value.row) is type(value).model
    return own and not inspect(value.row).transient


async def _together(waiting: list[Awaitable[Any]]) -> list[Any]:
    """All of them, also when one is refused, so that none goes on by itself."""
    came = await asyncio.gather(*waiting, return_exceptions=True)
    for one in came:
        if isinstance(one, BaseException):
            raise one
    return came
