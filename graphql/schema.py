"""The schema: the kit's own fields and those of every module, in one graph."""

from collections.abc import Iterable
from typing import Protocol, cast

import strawberry
from graphql import GraphQLError
from strawberry.extensions import SchemaExtension
from strawberry.schema.config import StrawberryConfig
from strawberry.tools import merge_types
from strawberry.types import ExecutionContext

from .context import Info
from .documents import KnownDocuments
from .nodes import Node, find_node
from .reporting import ReportErrors


class HasSchema(Protocol):
    """The part of a module's manifest that the schema is made of."""

    @property
    def query(self) -> tuple[type, ...]: ...
    @property
    def mutation(self) -> tuple[type, ...]: ...
    @property
    def subscription(self) -> tuple[type, ...]: ...
    @property
    def types(self) -> tuple[type, ...]: ...


@strawberry.type
class NodeQuery:
    @strawberry.field(description="Any record by its global id; null when there is none.")
    async def node(self, info: Info, id: strawberry.ID) -> Node | None:
        return await find_node(info, id)


class Schema(strawberry.Schema):
    def process_errors(
        self, errors: list[GraphQLError], execution_context: ExecutionContext | None = None
    ) -> None:
        """Nothing: `reporting` logs what is our fault, once; a refusal is nothing to log."""


def build_schema(modules: Iterable[HasSchema]) -> strawberry.Schema:
    modules = tuple(modules)
    queries = (NodeQuery, *(part for module in modules for part in module.query))
    mutations = tuple(part for module in modules for part in module.mutation)
    subscriptions = tuple(part for module in modules for part in module.subscription)
    extensions: list[type[SchemaExtension]] = [ReportErrors, KnownDocuments]
    return Schema(
        query=_merged("Query", queries, "What can be read.") or NodeQuery,
        mutation=_merged("Mutation", mutations, "What can be done."),
        subscription=_merged("Subscription", subscriptions, "What can be followed."),
        types=[type_ for module in modules for type_ in module.types],
        extensions=extensions,
        config=StrawberryConfig(auto_camel_case=True),
    )


def _merged(name: str, parts: tuple[type, ...], description: str) -> type | None:
    if not parts:
        return None
    merged = merge_types(name, parts)
    cast("_Defined", merged).__strawberry_definition__.description = description
    return merged


class _Definition(Protocol):
    description: str | None


class _Defined(Protocol):
    __strawberry_definition__: _Definition
