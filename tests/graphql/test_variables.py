import pytest
from graphql import build_schema, get_variable_values

from roder.graphql.documents import find_operation, parse_document
from roder.graphql.variables import coerced

SCHEMA = build_schema("type Query { one(id: ID!, text: String, number: Int): String }")
TEXTS = "query Q($id: ID!, $text: String) { one(id: $id, text: $text) }"
OTHERS = 'query Q($id: ID = "x", $number: Int) { one(id: $id, number: $number) }'


@pytest.mark.parametrize("text", [TEXTS, OTHERS])
@pytest.mark.parametrize(
    "sent",
    [
        {"id": "Unit:1", "text": "åäö"},
        {"id": "Unit:1", "text": None, "number": 3},
        {"id": "Unit:1", "number": "3"},
        {"id": 7, "text": "x"},
        {"id": 7.5},
        {"id": True},
        {"id": None},
        {"id": ["Unit:1"]},
        {"id": "Unit:1", "text": 5},
        {"id": "Unit:1", "text": {"a": "b"}},
        {"id": "Unit:1", "unasked": "x"},
        {"number": 2**40},
        {},
    ],
)
def test_variables_are_read_as_graphql_core_reads_them(text, sent):
    document = parse_document(text)
    operation = find_operation(document, None)
    known = get_variable_values(SCHEMA, operation.variable_definitions or (), sent)
    expected = None if isinstance(known, list) else known.coerced

    found = coerced(SCHEMA, document, operation, sent)

    assert found == expected
    assert found is None or list(found) == list(expected)


def test_each_operation_of_a_document_has_variables_of_its_own():
    document = parse_document(TEXTS + " query N($id: Int) { one(id: 1, number: $id) }")
    first, second = find_operation(document, "Q"), find_operation(document, "N")

    assert coerced(SCHEMA, document, first, {"id": "7"}) == {"id": "7"}
    assert coerced(SCHEMA, document, second, {"id": "7"}) is None
