"""Documents: parsed, judged and remembered, so that a known one costs next to nothing."""

import asyncio
from collections import OrderedDict
from collections.abc import Hashable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from graphql import (
    DocumentNode,
    GraphQLError,
    GraphQLSchema,
    GraphQLSyntaxError,
    OperationDefinitionNode,
    StringValueNode,
    Visitor,
    parse,
    specified_rules,
    visit,
)
from strawberry import Schema
from strawberry.extensions import SchemaExtension
from strawberry.schema.schema import validate_document

from ..infra.i18n import _
from .limits import LIMITS, QueryRefused

V = TypeVar("V")


class Bounded(Generic[V]):
    """The values used last, up to a total weight."""

    def __init__(self, weight: int) -> None:
        self._left = weight
        self._kept: OrderedDict[Hashable, tuple[V, int]] = OrderedDict()

    def get(self, key: Hashable) -> V | None:
        found = self._kept.get(key)
        if found is None:
            return None
        self._kept.move_to_end(key)
        return found[0]

    def keep(self, key: Hashable, value: V, *, weight: int) -> None:
        if key in self._kept:
            self._left += self._kept.pop(key)[1]
        self._kept[key] = (value, weight)
        self._left -= weight
        while self._left < 0:
            self._left += self._kept.popitem(last=False)[1][1]


@dataclass(slots=True)
class Document:
    """A document that parses. `faults` is filled in by the first validation."""

    text: str
    ast: DocumentNode
    faults: dict[GraphQLSchema, list[GraphQLError]] = field(default_factory=dict)
    moderate: dict[Hashable, int] = field(default_factory=dict)
    """The operations, with the sizes of their pages, that have been counted and let through, and
    how many fields each may fetch."""
    texts: dict[str | None, Mapping[str, bool] | None] = field(default_factory=dict)
    """By operation, what `variables` has found out of it."""


# A document takes up to about 700 times its text in memory, so this is at most some 150 MB.
_documents: Bounded[Document] = Bounded(200_000)


def parse_document(text: str) -> Document:
    """The document in `text`. Raises QueryRefused, status 400, for text that is not one."""
    known = _documents.get(text)
    if known is None:
        known = Document(text, _parse(text))
        if "\\u" in text or "\0" in text:
            visit(known.ast, _Nul())
        _documents.keep(text, known, weight=len(text))
    return known


def validate(schema: GraphQLSchema, document: Document) -> list[GraphQLError]:
    """What the document asks for that the schema does not have; limits must be checked first."""
    if schema not in document.faults:
        document.faults[schema] = validate_document(schema, document.ast, tuple(specified_rules))
    return document.faults[schema]


async def validate_aside(schema: GraphQLSchema, document: Document) -> list[GraphQLError]:
    """The same in a thread, unless it is known: the worst documents take most of a second."""
    if schema in document.faults:
        return document.faults[schema]
    return await asyncio.to_thread(validate, schema, document)


def find_operation(document: Document, name: str | None) -> OperationDefinitionNode:
    """The operation to execute: the one with this name, or the only one there is."""
    operations = [
        node for node in document.ast.definitions if isinstance(node, OperationDefinitionNode)
    ]
    if not operations:
        raise QueryRefused(_("The document holds no operation: write query, mutation or so."))
    if name is None:
        if len(operations) > 1:
            raise QueryRefused(
                _(
                    "The document holds {count} operations. Say which one with operationName.",
                    count=len(operations),
                ),
                field="operationName",
            )
        return operations[0]
    for operation in operations:
        if operation.name and operation.name.value == name:
            return operation
    raise QueryRefused(
        _('The document holds no operation named "{name}".', name=name[:100]),
        field="operationName",
    )


class KnownDocuments(SchemaExtension):
    """Have Strawberry use the documents above in place of parsing and validating again."""

    def on_parse(self) -> Iterator[None]:
        if self.execution_context.query:
            document = parse_document(self.execution_context.query)
            self.execution_context.graphql_document = document.ast
        yield

    def on_validate(self) -> Iterator[None]:
        if self.execution_context.query:
            schema = core_schema(self.execution_context.schema)
            document = parse_document(self.execution_context.query)
            self.execution_context.pre_execution_errors = validate(schema, document)
        yield


def core_schema(schema: Schema) -> GraphQLSchema:
    return schema._schema


def _parse(text: str) -> DocumentNode:
    if len(text) > LIMITS.characters:
        raise QueryRefused(
            _(
                "The query has {count} characters, and {most} are allowed. Send values as "
                "variables.",
                count=len(text),
                most=LIMITS.characters,
            ),
            code="DOCUMENT_TOO_LARGE",
        )
    try:
        return parse(text, max_lexical_tokens=LIMITS.tokens, max_comments=LIMITS.comments)
    except GraphQLSyntaxError as error:
        raise _syntax(error) from None


def _syntax(error: GraphQLSyntaxError) -> QueryRefused:
    if "Parsing aborted" not in error.message:
        return QueryRefused(error.message, code="SYNTAX_ERROR", status=400, errors=[error])
    if "nested too deeply" in error.message:
        return QueryRefused(_("The query is nested too deeply to be read."), code="TOO_DEEP")
    return QueryRefused(
        _(
            "The query has more than {most} words and signs, or {comments} comments. Send values "
            "as variables.",
            most=LIMITS.tokens,
            comments=LIMITS.comments,
        ),
        code="DOCUMENT_TOO_LARGE",
    )


class _Nul(Visitor):
    """The database cannot hold U+0000 in text, so it is refused where it comes in."""

    def enter_string_value(self, node: StringValueNode, *_args: object) -> None:
        if "\0" in node.value:
            error = GraphQLError(nul_sentence(), nodes=node)
            raise QueryRefused(error.message, code="INVALID_INPUT", errors=[error])


def nul_sentence() -> str:
    return _("The text holds the character U+0000, which cannot be stored. Take it out.")
