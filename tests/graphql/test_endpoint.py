"""`POST /{tenant}/graphql`, through the real application server interface and database."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from roder.infra.runtime import Runtime


async def test_a_query_is_answered(api: Any):
    response = await api.query("{ me }")
    assert response.status_code == 200
    assert response.headers["content-type"] == "application/graphql-response+json; charset=utf-8"
    assert response.json() == {"data": {"me": "Asta Admin"}}


@pytest.mark.parametrize("method", ["GET", "HEAD", "PUT", "DELETE", "OPTIONS", "PATCH"])
async def test_only_post_is_spoken(api: Any, method: str):
    response = await api.http.request(method, f"/{api.town.tenant.slug}/graphql?query={{me}}")
    assert response.status_code == 405
    assert response.headers["allow"] == "POST"
    assert method == "HEAD" or api.code(response) == "METHOD_NOT_ALLOWED"


async def test_an_unknown_municipality_is_not_found(api: Any):
    for slug in ("atlantis", "%00", "a%20b", "å"):
        response = await api.post({"query": "{ me }"}, slug=slug)
        assert (response.status_code, api.code(response)) == (404, "NOT_FOUND")


async def test_a_token_of_another_municipality_is_unknown_here(api: Any, other_town: Any):
    response = await api.post({"query": "{ me }"}, slug=other_town.tenant.slug)
    assert (response.status_code, api.code(response)) == (401, "UNAUTHENTICATED")


@pytest.mark.parametrize(
    ("authorization", "challenge"),
    [
        (None, 'Bearer realm="roder"'),
        ("Bearer wrong", 'Bearer realm="roder", error="invalid_token"'),
        ("Bearer", 'Bearer realm="roder", error="invalid_token"'),
        ("Basic YTpi", 'Bearer realm="roder", error="invalid_token"'),
    ],
)
async def test_without_a_good_token_the_way_to_sign_in_is_told(
    api: Any, authorization: str | None, challenge: str
):
    response = await api.post({"query": "{ me }"}, headers={"Authorization": authorization})
    assert (response.status_code, api.code(response)) == (401, "UNAUTHENTICATED")
    assert response.headers["www-authenticate"] == challenge


async def test_an_expired_or_revoked_token_is_refused(api: Any):
    yesterday = datetime.now(UTC) - timedelta(days=1)
    for fields in ({"expires_at": yesterday}, {"revoked_at": yesterday}):
        token = await api.new_token(api.town, **fields)
        response = await api.post({"query": "{ me }"}, headers={"Authorization": f"Bearer {token}"})
        assert response.status_code == 401


async def test_refusals_before_we_know_who_asks_are_in_the_language_of_the_browser(api: Any):
    async def message(language: str) -> str:
        response = await api.http.get("/any/graphql", headers={"Accept-Language": language})
        return str(response.json()["errors"][0]["message"])

    assert await message("en") == "The API is spoken to with POST."
    assert await message("sv") == "API:t tar bara emot POST."


async def test_a_session_works_for_pages_of_our_own_only(api: Any, session: str):
    async def status(**headers: str) -> int:
        sent = {"Authorization": None, "Cookie": session, **headers}
        return (await api.post({"query": "{ me }"}, headers=sent)).status_code

    assert await status() == 200
    assert await status(Origin="http://127.0.0.1:8000") == 200
    assert await status(Origin="https://evil.example") == 403
    assert await status(Origin="null") == 403
    assert await status(**{"Content-Type": "text/plain"}) == 415


async def test_a_wrong_token_is_not_saved_by_a_session(api: Any, session: str):
    headers = {"Authorization": "Bearer wrong", "Cookie": session}
    assert (await api.post({"query": "{ me }"}, headers=headers)).status_code == 401


async def test_what_the_client_takes_and_sends_is_checked(api: Any):
    response = await api.post({"query": "{ me }"}, headers={"Accept": "text/html"})
    assert (response.status_code, api.code(response)) == (406, "NOT_ACCEPTABLE")
    response = await api.post(content=b"me", headers={"Content-Type": "text/plain"})
    assert (response.status_code, api.code(response)) == (415, "UNSUPPORTED_MEDIA_TYPE")


async def test_a_body_that_is_too_large_is_refused_before_it_is_read(api: Any):
    taken = 0

    async def endless() -> AsyncIterator[bytes]:
        nonlocal taken
        while taken < 10_000_000:
            taken += 100_000
            yield b" " * 100_000

    json = {"Content-Type": "application/json"}
    response = await api.post(content=endless(), headers=json)
    assert (response.status_code, api.code(response)) == (413, "TOO_LARGE")
    assert taken == 4_100_000


async def test_bodies_that_are_no_request_are_refused(api: Any):
    json = {"Content-Type": "application/json"}
    for body, status in ((b"NONSENSE", 400), (b"[]", 422), (b'{"query": 1}', 422)):
        response = await api.post(content=body, headers=json)
        assert response.status_code == status
        api.code(response)


@pytest.mark.parametrize(
    ("query", "status", "expected"),
    [
        ("{", 400, "SYNTAX_ERROR"),
        ("{ nothing }", 422, "INVALID_QUERY"),
        ("fragment F on Query { me }", 422, "INVALID_QUERY"),
        ("query A { me } query B { me }", 422, "INVALID_QUERY"),
        ('query($n: Int!) { echo(word: "a", number: $n) }', 422, "INVALID_QUERY"),
        ('{ echo(word: "a", number: 99999999999) }', 422, "INVALID_QUERY"),
        ("{ ...A } fragment A on Query { ...A }", 422, "CYCLIC_FRAGMENTS"),
        ('{ echo(word: "\\u0000") }', 422, "INVALID_INPUT"),
        ("{ " + "me " * 3_100 + "}", 422, "DOCUMENT_TOO_LARGE"),
    ],
)
async def test_a_document_that_cannot_be_executed_is_refused(
    api: Any, query: str, status: int, expected: str
):
    response = await api.query(query)
    assert (response.status_code, api.code(response)) == (status, expected)

    old = await api.post({"query": query}, headers={"Accept": "application/json"})
    assert (old.status_code, api.code(old)) == (200, expected)


async def test_a_number_outside_the_type_is_refused_with_its_variable(api: Any):
    query = 'query($n: Int) { echo(word: "a", number: $n) }'
    response = await api.query(query, n=2**40)
    assert (response.status_code, api.code(response)) == (422, "INVALID_QUERY")
    assert "$n" in response.json()["errors"][0]["message"]


async def test_a_text_with_the_character_nul_is_refused_by_its_place(api: Any):
    response = await api.query("query($w: String!) { echo(word: $w) }", w="a\0")
    assert (response.status_code, api.code(response)) == (422, "INVALID_INPUT")
    assert response.json()["errors"][0]["extensions"]["field"] == "variables.w"


async def test_the_named_operation_is_executed(api: Any):
    body = {"query": "query A { me } query B { people }", "operationName": "A"}
    assert (await api.post(body)).json() == {"data": {"me": "Asta Admin"}}
    response = await api.post(body | {"operationName": "C"})
    assert (response.status_code, api.code(response)) == (422, "INVALID_QUERY")


async def test_a_field_that_is_refused_leaves_the_others(api: Any):
    response = await api.query("{ me secret }")
    assert response.status_code == 294
    body = response.json()
    assert body["data"] == {"me": "Asta Admin", "secret": None}
    assert body["errors"][0]["path"] == ["secret"]
    assert body["errors"][0]["extensions"] == {"code": "FORBIDDEN"}


async def test_a_fault_of_ours_shows_an_incident_and_nothing_else(api: Any, one_way: None):
    response = await api.query("{ me broken }")
    [error] = response.json()["errors"]
    assert error["extensions"]["code"] == "INTERNAL"
    assert error["extensions"]["incident"] in error["message"]
    assert "planted" not in response.text


async def test_a_fault_outside_every_field_is_500_in_the_same_shape(api: Any):
    api.app.state.schema = None
    response = await api.query("{ me }")
    assert (response.status_code, api.code(response)) == (500, "INTERNAL")


async def test_a_value_that_the_database_cannot_hold_is_the_users_to_change(api: Any):
    query = "query($n: String!) { overflow(number: $n) }"
    assert (await api.query(query, n="7")).json() == {"data": {"overflow": "7"}}
    response = await api.query(query, n="99999999999")
    assert response.json()["errors"][0]["extensions"] == {"code": "INVALID_INPUT"}


async def test_a_mutation_is_committed(api: Any):
    response = await api.query('mutation { add(name: "Ny") { ... on Name { name } } }')
    assert response.json() == {"data": {"add": {"name": "Ny"}}}
    assert "Ny" in await api.people()


async def test_a_refused_mutation_is_undone_and_the_one_beside_it_stays(api: Any):
    response = await api.query(
        'mutation { a: add(name: "Kvar") { __typename } '
        'b: refuse(name: "Borta") { ... on Problem { code message field } } }'
    )
    assert response.status_code == 200
    assert response.json()["data"] == {
        "a": {"__typename": "Name"},
        "b": {"code": "CONFLICT", "message": "Upptaget.", "field": "name"},
    }
    people = await api.people()
    assert "Kvar" in people
    assert "Borta" not in people


async def test_a_fault_of_ours_in_a_mutation_undoes_the_whole_request(api: Any):
    response = await api.query(
        'mutation { a: add(name: "Borta") { __typename } b: fail { __typename } }'
    )
    assert response.json()["data"] is None
    assert response.json()["errors"][0]["extensions"]["code"] == "INTERNAL"
    assert "Borta" not in await api.people()


async def test_a_statement_that_fails_after_a_mutation_undoes_the_whole_request(api: Any):
    response = await api.query('mutation { add(name: "Borta") { ... on Name { name number } } }')
    assert response.json()["data"] is None
    assert response.json()["errors"][0]["extensions"] == {"code": "INVALID_INPUT"}
    assert "Borta" not in await api.people()


@pytest.mark.parametrize("fields", ["slow refused", "refused slow"])
async def test_a_refused_field_does_not_break_off_what_is_read_beside_it(api: Any, fields: str):
    answer = await api.query(f"{{ pair {{ {fields} }} }}")

    assert answer.status_code == 294
    assert answer.json()["data"] is None
    [error] = answer.json()["errors"]
    assert (error["path"], error["extensions"]["code"]) == (["pair", "refused"], "FORBIDDEN")


async def test_a_mutation_stays_when_a_field_of_its_answer_is_refused(api: Any):
    answer = await api.query(
        'mutation { add(name: "Ny") { ... on Name { pair { slow refused } } } }'
    )

    assert (answer.status_code, answer.json()["data"]) == (294, None)
    assert "Ny" in await api.people()


async def test_two_failing_fields_are_told_apart_from_a_fault_of_ours(api: Any):
    query = '{ a: overflow(number: "x") b: overflow(number: "y") }'
    codes = [e["extensions"]["code"] for e in (await api.query(query)).json()["errors"]]
    assert codes == ["INVALID_INPUT", "CONFLICT"]


async def test_numbers_of_any_length_are_refused_in_words(api: Any):
    digits = "9" * 5_000
    for query in (
        f'{{ echo(word: "a", number: {digits}) }}',
        f'query($n: Int = {digits}) {{ echo(word: "a", number: $n) }}',
    ):
        response = await api.query(query)
        assert (response.status_code, response.json().get("data")) == (422, None)
    content = (
        f'{{"query": "query($n: Int) {{ echo(number: $n) }}", "variables": {{"n": {digits}}}}}'
    )
    response = await api.post(
        content=content.encode(), headers={"Content-Type": "application/json"}
    )
    assert response.status_code in (400, 422)


async def test_a_query_cannot_write(api: Any):
    before = await api.people()
    response = await api.query(
        "query($n: String!) { overflow(number: $n) }", n="(insert into people default values)"
    )
    assert response.json()["errors"][0]["extensions"] == {"code": "INVALID_INPUT"}
    assert await api.people() == before


async def test_no_connection_is_left_open(api: Any, runtime: Runtime, one_way: None):
    for query in ("{ me }", "{", "{ broken }", "mutation { fail { __typename } }"):
        await api.query(query)
    assert runtime.engine.pool.checkedout() == 0  # type: ignore[attr-defined]
