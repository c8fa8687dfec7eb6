"""The schema: the kit's own fields and those of every module, in one graph."""

from collections.abc import Iterable
from typing import Protocol, cast

import strawberry
from strawberry.extensions import ParserCache, SchemaExtension, ValidationCache
from strawberry.schema.config import StrawberryConfig
from strawberry.tools import merge_types

from .context import Info
from .nodes import Node, find_node
from .reporting import ReportErrors

CACHED_DOCUMENTS = 512


class HasSchema(Protocol):
    """The part of a module's manifest that the schema is made of."""

    @property
    def query(self) -> type | None: ...
    @property
    def mutation(self) -> type | None: ...
    @property
    def subscription(self) -> type | None: ...
    @property
    def types(self) -> tuple[type, ...]: ...


@strawberry.type
class NodeQuery:
    @strawberry.field(description="Any record by its global id; null when there is none.")
    async def node(self, info: Info, id: strawberry.ID) -> Node | None:
        return await find_node(info, id)


def build_schema(modules: Iterable[HasSchema]) -> strawberry.Schema:
    modules = tuple(modules)
    queries = (NodeQuery, *(m.query for m in modules if m.query))
    mutations = tuple(m.mutation for m in modules if m.mutation)
    subscriptions = tuple(m.subscription for m in modules if m.subscription)
    extensions: list[type[SchemaExtension]] = [ReportErrors]
    return strawberry.Schema(
        query=_merged("Query", queries, "What can be read.") or NodeQuery,
        mutation=_merged("Mutation", mutations, "What can be done."),
        subscription=_merged("Subscription", subscriptions, "What can be followed."),
        types=[type_ for module in modules for type_ in module.types],
        extensions=[
            *extensions,
            lambda: ParserCache(maxsize=CACHED_DOCUMENTS),
            lambda: ValidationCache(maxsize=CACHED_DOCUMENTS),
        ],
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
