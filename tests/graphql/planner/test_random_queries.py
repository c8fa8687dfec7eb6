"""The random queries are worth asking: valid, moderate, and all over the schema."""

from __future__ import annotations

from full_town import CORE
from graphql import (
    FieldNode,
    GraphQLInterfaceType,
    GraphQLObjectType,
    TypeInfo,
    TypeInfoVisitor,
    Visitor,
    get_named_type,
    parse,
    validate,
    visit,
)
from hypothesis import HealthCheck, given, settings
from random_queries import queries

from roder.graphql.documents import Document, find_operation
from roder.graphql.limits import check_limits

PLAIN = settings(
    deadline=None, database=None, derandomize=True, suppress_health_check=list(HealthCheck)
)


@settings(PLAIN, max_examples=300)
@given(queries(CORE))
def test_each_is_valid_and_below_the_limits(query):
    document = Document(query.text, parse(query.text))
    operation = find_operation(document, query.operation)

    assert validate(CORE, document.ast) == []
    check_limits(CORE, document.ast, operation, query.variables)


def test_together_they_ask_nearly_every_object_that_can_be_read():
    asked: set[str] = set()

    @settings(PLAIN, max_examples=900)
    @given(queries(CORE))
    def ask(query):
        types = TypeInfo(CORE)
        visit(parse(query.text), TypeInfoVisitor(types, _Asked(types, asked)))

    ask()

    missed = sorted(readable() - asked)
    assert len(missed) <= len(readable()) // 8, missed


class _Asked(Visitor):
    def __init__(self, types: TypeInfo, asked: set[str]) -> None:
        super().__init__()
        self.types, self.asked = types, asked

    def enter_field(self, node: FieldNode, *_where: object) -> None:
        parent = self.types.get_parent_type()
        assert parent
        objects = [parent] if isinstance(parent, GraphQLObjectType) else []
        if isinstance(parent, GraphQLInterfaceType):
            objects = list(CORE.get_possible_types(parent))
        self.asked |= {one.name for one in objects}


def readable() -> set[str]:
    """The objects that a query may come to."""
    found: set[str] = set()
    left = [CORE.query_type]
    seen = {CORE.query_type}
    while left:
        type_ = left.pop()
        if isinstance(type_, GraphQLInterfaceType):
            inner = list(CORE.get_possible_types(type_))
        elif isinstance(type_, GraphQLObjectType):
            found.add(type_.name)
            inner = [get_named_type(field.type) for field in type_.fields.values()]
        else:
            continue
        left += [one for one in inner if one not in seen]
        seen |= set(inner)
    return found
