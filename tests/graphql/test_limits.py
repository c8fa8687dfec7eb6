"""Limits: what a document may ask for, and that hostile ones are counted in linear time."""

import pytest
from graphql import build_schema

from roder.graphql.documents import find_operation, parse_document
from roder.graphql.limits import LIMITS, Limits, QueryRefused, Size, check_limits, measure

SCHEMA = build_schema("""
    type Query { goal: Goal goals(first: Int, after: String): GoalConnection! levels: [Goal!]! }
    type Mutation { close(id: ID!): Goal }
    type Goal { title: String parent: Goal goals(first: Int): GoalConnection! notes: [Goal] }
    type GoalConnection { nodes: [Goal!]! edges: [Edge!]! pageInfo: PageInfo! totalCount: Int! }
    type Edge { node: Goal! }
    type PageInfo { endCursor: String }
""")


def size(text: str, **variables: object) -> Size:
    document = parse_document(text)
    operation = find_operation(document, None)
    return measure(SCHEMA, document.ast, operation, variables)[id(operation)]


def check(text: str, limits: Limits = LIMITS, **variables: object) -> None:
    document = parse_document(text)
    check_limits(SCHEMA, document.ast, find_operation(document, None), variables, limits)


def refusal(text: str, limits: Limits = LIMITS, **variables: object) -> QueryRefused:
    with pytest.raises(QueryRefused) as refused:
        check(text, limits, **variables)
    return refused.value


def doubling(levels: int, leaf: str = "title") -> str:
    """A document in which each fragment spreads the next one twice."""
    parts = [f"fragment F{i} on Goal {{ ...F{i + 1} ...F{i + 1} }}" for i in range(levels)]
    return "\n".join(["{ goal { ...F0 } }", *parts, f"fragment F{levels} on Goal {{ {leaf} }}"])


def test_plain_fields_count_one_each():
    assert size("{ goal { title parent { title } } }") == Size(
        depth=3, selections=4, cost=4, roots=1
    )


def test_a_page_multiplies_what_stands_on_it():
    assert size("{ goals(first: 20) { nodes { title } } }").cost == 1 + 20 * 2
    assert size("{ goals { nodes { title } } }").cost == 1 + 50 * 2
    assert size("{ goals(first: 3) { nodes { goals(first: 4) { totalCount } } } }").cost == (
        1 + 3 * (1 + 1 + 4 * 1)
    )


def test_the_size_of_a_page_is_read_from_variables_and_their_defaults():
    assert size("query($n: Int) { goals(first: $n) { totalCount } }", n=7).cost == 8
    assert size("query($n: Int) { goals(first: $n) { totalCount } }", n=7.0).cost == 8
    assert size("query($n: Int = 9) { goals(first: $n) { totalCount } }").cost == 10
    assert size("query($n: Int) { goals(first: $n) { totalCount } }").cost == 51


@pytest.mark.parametrize("asked", [10**9, "many", True, None, -4])
def test_a_strange_page_size_is_left_to_the_list_to_refuse(asked: object):
    cost = size("query($n: Int) { goals(first: $n) { totalCount } }", n=asked).cost
    assert cost in (1 + 1_000, 1 + 50, 1 + 1)


def test_a_list_without_pages_is_taken_to_hold_ten():
    assert size("{ levels { title } }").cost == 1 + 10 * 1
    assert size("{ goal { notes { notes { title } } } }").cost == 1 + 1 + 10 * (1 + 10 * 1)


def test_a_fragment_weighs_the_same_as_its_fields_written_out():
    spread = size("{ goal { ...F } } fragment F on Goal { goals(first: 5) { nodes { title } } }")
    inline = size("{ goal { ... on Goal { goals(first: 5) { nodes { title } } } } }")
    plain = size("{ goal { goals(first: 5) { nodes { title } } } }")
    assert (spread.cost, spread.depth) == (inline.cost, inline.depth) == (plain.cost, plain.depth)
    assert spread.selections == inline.selections == plain.selections + 1


def test_fragments_that_double_thirty_times_are_counted_at_once_and_refused():
    assert size(doubling(30)).cost == 1 + 2**30
    assert refusal(doubling(30)).code == "TOO_MANY_FIELDS"
    assert "1000000000+" in refusal(doubling(100)).message


def test_doubling_fragments_without_any_field_are_refused_too():
    assert refusal(doubling(30, leaf="")).code == "TOO_MANY_FIELDS"


def test_doubling_fragments_that_nobody_spreads_are_refused_too():
    text = doubling(30).replace("{ goal { ...F0 } }", "{ goal { title } }")
    assert refusal(text).code == "TOO_MANY_FIELDS"


def test_a_long_chain_of_fragments_is_measured_without_recursion():
    parts = [f"fragment F{i} on Goal{{...F{i + 1}}}" for i in range(300)]
    text = "".join(["{goal{...F0}}", *parts, "fragment F300 on Goal{title}"])
    assert size(text).cost == 2


def test_depth_is_counted_through_fragments():
    text = "{ goal { ...A } } fragment A on Goal { parent { ...B } } fragment B on Goal { title }"
    assert size(text).depth == 3
    error = refusal(text, Limits(depth=2))
    assert (error.code, error.status) == ("TOO_DEEP", 422)
    assert "3" in error.message
    assert "2" in error.message
    check(text, Limits(depth=3))


def test_introspection_has_no_depth():
    text = "{ __schema { types { fields { type { ofType { ofType { ofType { name } } } } } } } }"
    assert size(text).depth == 1
    check(text, Limits(depth=1))


def test_a_query_over_the_cost_is_refused_with_both_numbers():
    text = (
        "{ goals(first: 200) { nodes { goals(first: 200) { nodes { goals { totalCount } } } } } }"
    )
    error = refusal(text)
    assert error.code == "TOO_COSTLY"
    assert str(size(text).cost) in error.message
    assert "200000" in error.message


def test_a_request_holds_at_most_25_mutations_even_in_fragments():
    def closing(count: int) -> str:
        fields = " ".join(f"a{i}: close(id: 1) {{ title }}" for i in range(count))
        return f"mutation {{ ...F }} fragment F on Mutation {{ {fields} }}"

    check(closing(25))
    assert refusal(closing(26)).code == "TOO_MANY_MUTATIONS"


def test_fragments_in_a_circle_are_refused_by_name():
    text = "{ goal { ...A } } fragment A on Goal { ...B } fragment B on Goal { parent { ...A } }"
    error = refusal(text)
    assert error.code == "CYCLIC_FRAGMENTS"
    assert "A" in error.message
    assert "B" in error.message


def test_unknown_types_fields_and_fragments_are_left_to_validation():
    check("{ goal { ...Gone nothing { title } ... on Nobody { title } } }")


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("{ goal { " + "title " * 3_000 + "} }", "DOCUMENT_TOO_LARGE"),
        ("# remark\n" * 1_001 + "{ goal { title } }", "DOCUMENT_TOO_LARGE"),
        ("{ goal { title } }" + " " * 100_000, "DOCUMENT_TOO_LARGE"),
        ("{ goal " * 400 + "}" * 400, "TOO_DEEP"),
        ("{ goal(x: " + "[" * 1_400 + "]" * 1_400 + ") }", "TOO_DEEP"),
        ("{ goal {", "SYNTAX_ERROR"),
        ("", "SYNTAX_ERROR"),
    ],
)
def test_text_that_is_too_large_or_no_document_is_refused(text: str, code: str):
    with pytest.raises(QueryRefused) as refused:
        parse_document(text)
    assert refused.value.code == code


@pytest.mark.parametrize("text", ['{ a(t: "x\\u0000") }', '{ a(t: "\\u{0}") }'])
def test_a_literal_with_the_character_nul_is_refused(text: str):
    with pytest.raises(QueryRefused) as refused:
        parse_document(text)
    assert refused.value.code == "INVALID_INPUT"
