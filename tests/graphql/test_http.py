"""HTTP: what is read from a request, and the status and shape of each answer."""

import contextlib
import json

import orjson
import pytest
from graphql import GraphQLError
from hypothesis import given
from hypothesis.strategies import (
    booleans,
    dictionaries,
    floats,
    integers,
    lists,
    none,
    recursive,
    sampled_from,
)
from hypothesis.strategies import text as strings
from starlette.types import Message

from roder.graphql import http
from roder.graphql.documents import parse_document
from roder.infra.errors import AppError, Forbidden, InvalidInput, NotFound, TooLarge

NAMES = sampled_from(["query", "documentId", "variables", "operationName", "extensions"])


@pytest.mark.parametrize(
    ("accept", "media"),
    [
        (None, http.GRAPHQL),
        ("", http.GRAPHQL),
        ("*/*", http.GRAPHQL),
        ("application/*", http.GRAPHQL),
        ("application/json", http.JSON),
        ("application/json; charset=utf-8", http.JSON),
        ("application/graphql-response+json, application/json;q=0.9", http.GRAPHQL),
        ("application/graphql-response+json;q=0.1, application/json", http.JSON),
        ("application/json, text/plain, */*", http.JSON),
        ("Application/GraphQL-Response+JSON", http.GRAPHQL),
        ("text/event-stream", http.EVENTS),
        ("application/json, text/event-stream", http.JSON),
        ("text/html, */*;q=0.1", http.GRAPHQL),
    ],
)
def test_the_answer_has_the_type_that_the_client_wants_most(accept: str | None, media: str):
    assert http.negotiate(accept) == media


@pytest.mark.parametrize("accept", ["text/html", "application/json;q=0", "image/*", "text/*"])
def test_a_client_that_takes_nothing_of_ours_is_refused(accept: str):
    with pytest.raises(http.NotAcceptable):
        http.negotiate(accept)


def test_a_stream_has_to_be_asked_for_by_name():
    assert http.takes_events("application/json, text/event-stream")
    assert not http.takes_events("*/*")
    assert not http.takes_events(None)


@pytest.mark.parametrize(
    ("header", "locale"),
    [
        (None, "sv"),
        ("en-GB,en;q=0.9", "en"),
        ("de, en;q=0.5", "en"),
        ("sv-SE, en", "sv"),
        ("en;q=0.3, sv;q=0.8", "sv"),
        ("fi", "sv"),
        (";;q=x,,", "sv"),
    ],
)
def test_the_language_of_the_browser_is_spoken_until_we_know_who_asks(
    header: str | None, locale: str
):
    assert http.language(header) == locale


@pytest.mark.parametrize(
    ("content_type", "encoding"),
    [
        (None, None),
        ("text/plain", None),
        ("multipart/form-data; boundary=x", None),
        ("application/x-www-form-urlencoded", None),
        ("application/json; charset=latin-1", None),
        ("application/json", "gzip"),
    ],
)
def test_only_plain_json_in_utf_8_is_read(content_type: str | None, encoding: str | None):
    with pytest.raises(http.UnsupportedMedia):
        http.check_content(content_type, encoding)


@pytest.mark.parametrize(
    "content_type",
    ["application/json", "Application/JSON", 'application/json; charset="UTF-8"'],
)
def test_json_is_read_however_it_is_spelled(content_type: str):
    http.check_content(content_type, "identity")


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"origin": "https://roder.example"},
        {"origin": "https://roder.example:443", "host": "roder"},
        {"origin": "https://inside.example", "host": "inside.example"},
        {"origin": "https://roder.example", "sec-fetch-site": "same-origin"},
        {"sec-fetch-site": "none"},
    ],
)
def test_a_page_of_our_own_may_use_the_session(headers: dict[str, str]):
    http.check_origin(headers, "https://roder.example")


@pytest.mark.parametrize(
    "headers",
    [
        {"origin": "null"},
        {"origin": "null", "host": ""},
        {"origin": ""},
        {"origin": "http://roder.example"},
        {"origin": "http://roder.example", "host": "roder.example"},
        {"origin": "https://roder.example:8443"},
        {"origin": "https://roder.example.evil.example"},
        {"origin": "https://evil.example", "host": "roder.example"},
        {"origin": "https://roder.example:x"},
        {"origin": "https://roder.example", "sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "cross-site"},
    ],
)
def test_a_page_of_another_site_may_not_use_the_session(headers: dict[str, str]):
    with pytest.raises(Forbidden):
        http.check_origin(headers, "https://roder.example")


async def test_reading_stops_as_soon_as_the_body_is_too_large():
    taken = 0

    async def endless() -> Message:
        nonlocal taken
        taken += 1
        return {"type": "http.request", "body": b"x" * 100, "more_body": True}

    with pytest.raises(TooLarge):
        await http.read_body(endless, None, most=1_000)
    assert taken == 11

    with pytest.raises(TooLarge):
        await http.read_body(endless, "1001", most=1_000)
    assert taken == 11


def refusal(body: bytes) -> AppError:
    with pytest.raises(AppError) as refused:
        http.read_request(body)
    return refused.value


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"NONSENSE",
        b'{"query":',
        b'{"query": NaN}',
        b'{"query": "\xff"}',
        b'"\\ud800"',
        b"[" * 5_000,
    ],
)
def test_what_is_not_json_in_utf_8_is_answered_400(body: bytes):
    error = refusal(body)
    assert (error.code, error.status) == ("MALFORMED_JSON", 400)


@pytest.mark.parametrize(
    ("body", "field"),
    [
        (b"7", None),
        (b"null", None),
        (b'[{"query": "{a}"}]', None),
        (b"{}", "query"),
        (b'{"qeury": "{a}"}', "query"),
        (b'{"query": 7}', "query"),
        (b'{"query": ["{a}"]}', "query"),
        (b'{"query": "{a}", "variables": [7]}', "variables"),
        (b'{"query": "{a}", "variables": "{}"}', "variables"),
        (b'{"query": "{a}", "operationName": 7}', "operationName"),
        (b'{"query": "{a}", "extensions": []}', "extensions"),
        (b'{"documentId": 7}', "documentId"),
    ],
)
def test_json_that_is_no_request_is_answered_422(body: bytes, field: str | None):
    error = refusal(body)
    assert (error.code, error.status, error.field) == ("INVALID_REQUEST", 422, field)


def test_a_request_is_read_with_its_defaults():
    assert http.read_request(b'{"query": "{a}", "operationName": "", "other": 1}') == http.Asked(
        query="{a}"
    )
    assert http.read_request(
        b'{"documentId": "sha256:x", "variables": {"a": [1]}, "operationName": "B"}'
    ) == http.Asked(document_id="sha256:x", variables={"a": [1]}, operation_name="B")


def test_a_variable_with_the_character_nul_is_refused_by_its_place():
    body = orjson.dumps({"query": "{a}", "variables": {"input": {"rows": ["ok", "a\0b"]}}})
    with pytest.raises(InvalidInput) as refused:
        http.read_request(body)
    assert refused.value.field == "variables.input.rows.1"


def test_variables_are_nested_at_most_32_levels():
    def body(levels: int) -> bytes:
        return orjson.dumps({"query": "{a}", "variables": {"a": nested(levels - 1)}})

    def nested(levels: int) -> list[object]:
        value: list[object] = []
        for _level in range(levels - 1):
            value = [value]
        return value

    http.read_request(body(32))
    with pytest.raises(InvalidInput) as refused:
        http.read_request(body(33))
    assert refused.value.field == "variables"


@given(
    recursive(
        none() | booleans() | integers() | floats() | strings(),
        lambda inner: lists(inner) | dictionaries(NAMES | strings(), inner),
    )
)
def test_no_json_whatever_is_a_fault_of_ours(value: object):
    with contextlib.suppress(AppError):
        asked = http.read_request(json.dumps(value).encode())
        if asked.query is not None:
            parse_document(asked.query)


def test_a_full_answer_is_200_in_either_type():
    for media in (http.GRAPHQL, http.JSON):
        response = http.answered({"a": 1}, None, media)
        assert response.status_code == 200
        assert response.headers["content-type"] == f"{media}; charset=utf-8"
        assert response.body == b'{"data":{"a":1}}'


def test_data_beside_errors_is_294_and_200_for_older_clients():
    errors = [GraphQLError("no", path=["a"], extensions={"code": "NOT_FOUND"})]
    assert http.answered({"a": None}, errors, http.GRAPHQL).status_code == 294
    assert http.answered(None, errors, http.GRAPHQL).status_code == 294
    old = http.answered({"a": None}, errors, http.JSON)
    assert old.status_code == 200
    assert orjson.loads(old.body) == {
        "data": {"a": None},
        "errors": [{"message": "no", "path": ["a"], "extensions": {"code": "NOT_FOUND"}}],
    }


def test_an_answer_to_what_was_not_executed_has_no_data():
    errors = [GraphQLError("Variable '$n' …", extensions={"code": "INVALID_QUERY"})]
    response = http.answered(None, errors, http.GRAPHQL)
    assert response.status_code == 422
    assert "data" not in orjson.loads(response.body)
    assert http.answered(None, errors, http.JSON).status_code == 200

    errors = [GraphQLError("no", original_error=Forbidden("no"), extensions={"code": "FORBIDDEN"})]
    assert http.answered(None, errors, http.GRAPHQL).status_code == 403


@pytest.mark.parametrize("media", [http.GRAPHQL, http.JSON, http.EVENTS])
def test_a_refusal_has_one_shape(media: str):
    response = http.refused(NotFound("Finns inte.", field="id"), media)
    assert response.status_code == 404
    assert orjson.loads(response.body) == {
        "errors": [{"message": "Finns inte.", "extensions": {"code": "NOT_FOUND", "field": "id"}}]
    }


def test_a_refused_document_is_422_and_200_for_older_clients():
    error = http.QueryRefused("too deep", code="TOO_DEEP")
    assert http.refused(error, http.GRAPHQL).status_code == 422
    assert http.refused(error, http.JSON).status_code == 200
    assert orjson.loads(http.refused(error, http.JSON).body) == {
        "errors": [{"message": "too deep", "extensions": {"code": "TOO_DEEP"}}]
    }
