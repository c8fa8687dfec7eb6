"""What a request asks to be executed, once it has passed every check."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from graphql import OperationDefinitionNode, OperationType
from strawberry import Schema

from ..infra.runtime import Runtime
from ..tenants.entry import Entered
from .documents import Document, core_schema, find_operation, parse_document, validate_aside
from .http import Asked
from .limits import QueryRefused, check_limits
from .persisted import find_text, keep_text
from .reporting import shown

MOST_SIZES = 100
"""Sizes of pages that a document is remembered to be moderate with."""


@dataclass(slots=True)
class Operation:
    """What passed every check and can be executed."""

    document: Document
    node: OperationDefinitionNode
    name: str | None
    variables: dict[str, Any]
    fields: int
    """How many it may fetch, as the limits count them."""

    @property
    def kind(self) -> OperationType:
        return self.node.operation

    @property
    def of(self) -> tuple[Document, OperationDefinitionNode, dict[str, Any]]:
        """What a plan is made of."""
        return self.document, self.node, self.variables


async def prepare(runtime: Runtime, schema: Schema, entered: Entered, asked: Asked) -> Operation:
    """Parse, count, validate, in this order: no step sees what the one before it refuses."""
    known = asked.document_id is not None
    text = await find_text(runtime, entered, asked) if known else asked.query or ""
    document = parse_document(text)
    node: OperationDefinitionNode = find_operation(document, asked.operation_name)
    core = core_schema(schema)
    numbers = [pair for pair in asked.variables.items() if isinstance(pair[1], (int, float))]
    sizes = (asked.operation_name, *numbers)
    fields = document.moderate.get(sizes)
    if fields is None:
        fields = check_limits(core, document.ast, node, asked.variables)
        if len(document.moderate) < MOST_SIZES:
            document.moderate[sizes] = fields
    faults = document.faults.get(core)
    if faults is None:
        faults = await validate_aside(core, document)
    if faults:
        raise QueryRefused(faults[0].message, errors=[shown(fault) for fault in faults])
    if known:
        await keep_text(runtime, entered, asked)
    return Operation(document, node, asked.operation_name, asked.variables, fields)
