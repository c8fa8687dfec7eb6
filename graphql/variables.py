"""The variables of a request, as the types of its operation read them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from graphql import (
    GraphQLSchema,
    NamedTypeNode,
    NonNullTypeNode,
    OperationDefinitionNode,
    TypeNode,
    get_variable_values,
)

from .documents import Document


def coerced(
    schema: GraphQLSchema,
    document: Document,
    operation: OperationDefinitionNode,
    sent: dict[str, Any],
) -> dict[str, Any] | None:
    """Their values by name; None where one is refused.

    Most queries have ids and texts only, which stand as they are sent: to have graphql-core look
    at them costs more than to find who asks.
    """
    name = operation.name.value if operation.name else None
    if name not in document.texts:
        document.texts[name] = _texts(operation)
    texts = document.texts[name]
    found = None if texts is None else _as_sent(texts, sent)
    if found is None:
        values = get_variable_values(schema, operation.variable_definitions or (), sent)
        return None if isinstance(values, list) else values.coerced
    return found


def _texts(operation: OperationDefinitionNode) -> Mapping[str, bool] | None:
    """The variables by name, and whether they must be there; None unless all are ids or texts
    without a default."""
    found = {}
    for definition in operation.variable_definitions or ():
        type_ = definition.type
        needed = isinstance(type_, NonNullTypeNode)
        if isinstance(type_, NonNullTypeNode):
            type_ = type_.type
        if not _is_text(type_) or definition.default_value:
            return None
        found[definition.variable.name.value] = needed
    return found


def _is_text(type_: TypeNode) -> bool:
    return isinstance(type_, NamedTypeNode) and type_.name.value in ("ID", "String")


def _as_sent(texts: Mapping[str, bool], sent: Mapping[str, Any]) -> dict[str, Any] | None:
    found = {}
    for name, needed in texts.items():
        if name not in sent and not needed:
            continue
        value = sent.get(name)
        if not isinstance(value, str) and (needed or value is not None):
            return None
        found[name] = value
    return found
