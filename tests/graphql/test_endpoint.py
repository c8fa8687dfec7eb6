"""`POST /{tenant}/graphql`, through the real application server interface and database."""

import asyncio
import secrets
from collections.abc import AsyncGenerator, AsyncIterator
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from types import SimpleNamespace
from typing import Annotated, Any

import httpx
import pytest
import strawberry
from sqlalchemy import select, text
from starlette.applications import Starlette
from starlette.types import Message

from roder.graphql.context import Info, SubscriptionContext
from roder.graphql.endpoint import graphql_routes
from roder.graphql.problems import Problem, mutation
from roder.graphql.schema import build_schema
from roder.infra.errors import Conflict, Forbidden
from roder.infra.i18n import _
from roder.infra.runtime import Runtime
from roder.tenants.keys import digest
from roder.tenants.models import ApiToken, Person, UserSession

CLOSED: list[str] = []


@strawberry.type
class Name:
    name: str


NameResult = Annotated[Name | Problem, strawberry.union("NameResult")]


@strawberry.type
class Query:
    @strawberry.field
    async def me(self, info: Info) -> str:
        return info.context.work.actor.name

    @strawberry.field
    async def echo(self, word: str, number: int | None = None) -> str:
        return f"{word} {number}"

    @strawberry.field
    async def secret(self, info: Info) -> str | None:
        raise Forbidden(
            _("You do not have the right to do this here. An administrator can give it to you.")
        )

    @strawberry.field
    async def broken(self) -> str | None:
        raise RuntimeError("planted, never shown")

    @strawberry.field
    async def overflow(self, info: Info, number: str) -> str | None:
        found = await info.context.work.execute(text("select (:n)::text::int").bindparams(n=number))
        return str(found.scalar())

    @strawberry.field
    async def people(self, info: Info) -> list[str]:
        return list(await info.context.work.scalars(select(Person.name).order_by(Person.name)))


@strawberry.type
class Mutation:
    @mutation("Add a person.")
    async def add(self, info: Info, name: str) -> NameResult:
        info.context.work.add(Person(name=name, email=f"{name}@example"))
        return Name(name=name)

    @mutation("Add a person, then be refused.")
    async def refuse(self, info: Info, name: str) -> NameResult:
        info.context.work.add(Person(name=name, email=f"{name}@example"))
        await info.context.work.flush()
        raise Conflict("Upptaget.", field="name")

    @mutation("Fail for a reason of our own.")
    async def fail(self, info: Info) -> NameResult:
        raise RuntimeError("planted, never shown")


@strawberry.type
class Subscription:
    @strawberry.subscription
    async def names(self, info: strawberry.Info[SubscriptionContext, None]) -> AsyncGenerator[str]:
        for place in range(2):
            async with info.context.look():
                names = select(Person.name).order_by(Person.name)
                yield (await info.context.work.scalars(names))[place]

    @strawberry.subscription
    async def forbidden(self) -> AsyncGenerator[str]:
        raise Forbidden("Nej.")
        yield ""

    @strawberry.subscription
    async def endless(self) -> AsyncGenerator[str]:
        try:
            yield "first"
            await asyncio.Event().wait()
        finally:
            CLOSED.append("endless")


MODULE = SimpleNamespace(
    query=(Query,), mutation=(Mutation,), subscription=(Subscription,), types=(Name,)
)
SCHEMA = build_schema([MODULE])


class Api:
    """A client of one town with its administrator's token."""

    def __init__(self, app: Starlette, town: Any, token: str) -> None:
        self.app, self.town, self.token = app, town, token
        transport = httpx.ASGITransport(app, raise_app_exceptions=True)
        self.http = httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1:8000")

    async def post(self, body: object = None, **options: Any) -> httpx.Response:
        headers = {
            "Authorization": f"Bearer {self.token}",
            "Accept": "application/graphql-response+json",
            **options.pop("headers", {}),
        }
        headers = {name: value for name, value in headers.items() if value is not None}
        slug = options.pop("slug", self.town.tenant.slug)
        if "content" not in options:
            options["json"] = body
        return await self.http.post(f"/{slug}/graphql", headers=headers, **options)

    async def query(self, query: str, **variables: object) -> httpx.Response:
        return await self.post({"query": query, "variables": variables})

    async def people(self) -> list[str]:
        answer = await self.query("{ people }")
        return list(answer.json()["data"]["people"])


async def new_token(town: Any, **fields: Any) -> str:
    key = f"test_{secrets.token_urlsafe(16)}"
    async with await town.work() as work:
        person = await work.first(select(Person).where(Person.name == "Asta Admin"))
        row = {
            "name": "test",
            "person_id": person.id,
            "digest": digest(key),
            "scopes": [],
            "expires_at": datetime.now(UTC) + timedelta(hours=1),
            "revoked_at": None,
        }
        work.add(ApiToken(**(row | fields)))
    return key


@pytest.fixture
async def api(runtime: Runtime, town: Any) -> AsyncIterator[Api]:
    app = Starlette(routes=graphql_routes())
    app.state.runtime, app.state.schema = runtime, SCHEMA
    api = Api(app, town, await new_token(town))
    async with api.http:
        yield api


@pytest.fixture
async def session(town: Any) -> str:
    key = secrets.token_urlsafe(16)
    async with await town.work() as work:
        person = await work.first(select(Person).where(Person.name == "Asta Admin"))
        expires = datetime.now(UTC) + timedelta(hours=1)
        work.add(UserSession(person_id=person.id, digest=digest(key), expires_at=expires))
    return f"roder_session={key}"


def code(response: httpx.Response) -> str:
    assert "data" not in response.json()
    [error] = response.json()["errors"]
    assert error["message"]
    return str(error["extensions"]["code"])


async def test_a_query_is_answered(api: Api):
    response = await api.query("{ me }")
    assert response.status_code == 200
    assert response.headers["content-type"] == "application/graphql-response+json; charset=utf-8"
    assert response.json() == {"data": {"me": "Asta Admin"}}


@pytest.mark.parametrize("method", ["GET", "HEAD", "PUT", "DELETE", "OPTIONS", "PATCH"])
async def test_only_post_is_spoken(api: Api, method: str):
    response = await api.http.request(method, f"/{api.town.tenant.slug}/graphql?query={{me}}")
    assert response.status_code == 405
    assert response.headers["allow"] == "POST"
    assert method == "HEAD" or code(response) == "METHOD_NOT_ALLOWED"


async def test_an_unknown_municipality_is_not_found(api: Api):
    for slug in ("atlantis", "%00", "a%20b", "å"):
        response = await api.post({"query": "{ me }"}, slug=slug)
        assert (response.status_code, code(response)) == (404, "NOT_FOUND")


async def test_a_token_of_another_municipality_is_unknown_here(api: Api, other_town: Any):
    response = await api.post({"query": "{ me }"}, slug=other_town.tenant.slug)
    assert (response.status_code, code(response)) == (401, "UNAUTHENTICATED")


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
    api: Api, authorization: str | None, challenge: str
):
    response = await api.post({"query": "{ me }"}, headers={"Authorization": authorization})
    assert (response.status_code, code(response)) == (401, "UNAUTHENTICATED")
    assert response.headers["www-authenticate"] == challenge


async def test_an_expired_or_revoked_token_is_refused(api: Api):
    yesterday = datetime.now(UTC) - timedelta(days=1)
    for fields in ({"expires_at": yesterday}, {"revoked_at": yesterday}):
        token = await new_token(api.town, **fields)
        response = await api.post({"query": "{ me }"}, headers={"Authorization": f"Bearer {token}"})
        assert response.status_code == 401


async def test_refusals_before_we_know_who_asks_are_in_the_language_of_the_browser(api: Api):
    async def message(language: str) -> str:
        response = await api.http.get("/any/graphql", headers={"Accept-Language": language})
        return str(response.json()["errors"][0]["message"])

    assert await message("en") == "The API is spoken to with POST."
    assert await message("sv") == "API:t tar bara emot POST."


async def test_a_session_works_for_pages_of_our_own_only(api: Api, session: str):
    async def status(**headers: str) -> int:
        sent = {"Authorization": None, "Cookie": session, **headers}
        return (await api.post({"query": "{ me }"}, headers=sent)).status_code

    assert await status() == 200
    assert await status(Origin="http://127.0.0.1:8000") == 200
    assert await status(Origin="https://evil.example") == 403
    assert await status(Origin="null") == 403
    assert await status(**{"Content-Type": "text/plain"}) == 415


async def test_a_wrong_token_is_not_saved_by_a_session(api: Api, session: str):
    headers = {"Authorization": "Bearer wrong", "Cookie": session}
    assert (await api.post({"query": "{ me }"}, headers=headers)).status_code == 401


async def test_what_the_client_takes_and_sends_is_checked(api: Api):
    response = await api.post({"query": "{ me }"}, headers={"Accept": "text/html"})
    assert (response.status_code, code(response)) == (406, "NOT_ACCEPTABLE")
    response = await api.post(content=b"me", headers={"Content-Type": "text/plain"})
    assert (response.status_code, code(response)) == (415, "UNSUPPORTED_MEDIA_TYPE")


async def test_a_body_that_is_too_large_is_refused_before_it_is_read(api: Api):
    taken = 0

    async def endless() -> AsyncIterator[bytes]:
        nonlocal taken
        while taken < 10_000_000:
            taken += 100_000
            yield b" " * 100_000

    json = {"Content-Type": "application/json"}
    response = await api.post(content=endless(), headers=json)
    assert (response.status_code, code(response)) == (413, "TOO_LARGE")
    assert taken == 1_100_000


async def test_bodies_that_are_no_request_are_refused(api: Api):
    json = {"Content-Type": "application/json"}
    for body, status in ((b"NONSENSE", 400), (b"[]", 422), (b'{"query": 1}', 422)):
        response = await api.post(content=body, headers=json)
        assert response.status_code == status
        code(response)


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
    api: Api, query: str, status: int, expected: str
):
    response = await api.query(query)
    assert (response.status_code, code(response)) == (status, expected)

    old = await api.post({"query": query}, headers={"Accept": "application/json"})
    assert (old.status_code, code(old)) == (200, expected)


async def test_a_number_outside_the_type_is_refused_with_its_variable(api: Api):
    query = 'query($n: Int) { echo(word: "a", number: $n) }'
    response = await api.query(query, n=2**40)
    assert (response.status_code, code(response)) == (422, "INVALID_QUERY")
    assert "$n" in response.json()["errors"][0]["message"]


async def test_a_text_with_the_character_nul_is_refused_by_its_place(api: Api):
    response = await api.query("query($w: String!) { echo(word: $w) }", w="a\0")
    assert (response.status_code, code(response)) == (422, "INVALID_INPUT")
    assert response.json()["errors"][0]["extensions"]["field"] == "variables.w"


async def test_the_named_operation_is_executed(api: Api):
    body = {"query": "query A { me } query B { people }", "operationName": "A"}
    assert (await api.post(body)).json() == {"data": {"me": "Asta Admin"}}
    response = await api.post(body | {"operationName": "C"})
    assert (response.status_code, code(response)) == (422, "INVALID_QUERY")


async def test_a_field_that_is_refused_leaves_the_others(api: Api):
    response = await api.query("{ me secret }")
    assert response.status_code == 294
    body = response.json()
    assert body["data"] == {"me": "Asta Admin", "secret": None}
    assert body["errors"][0]["path"] == ["secret"]
    assert body["errors"][0]["extensions"] == {"code": "FORBIDDEN"}


async def test_a_fault_of_ours_shows_an_incident_and_nothing_else(api: Api):
    response = await api.query("{ me broken }")
    [error] = response.json()["errors"]
    assert error["extensions"]["code"] == "INTERNAL"
    assert error["extensions"]["incident"] in error["message"]
    assert "planted" not in response.text


async def test_a_fault_outside_every_field_is_500_in_the_same_shape(api: Api):
    api.app.state.schema = None
    response = await api.query("{ me }")
    assert (response.status_code, code(response)) == (500, "INTERNAL")


async def test_a_value_that_the_database_cannot_hold_is_the_users_to_change(api: Api):
    query = "query($n: String!) { overflow(number: $n) }"
    assert (await api.query(query, n="7")).json() == {"data": {"overflow": "7"}}
    response = await api.query(query, n="99999999999")
    assert response.json()["errors"][0]["extensions"] == {"code": "INVALID_INPUT"}


async def test_a_mutation_is_committed(api: Api):
    response = await api.query('mutation { add(name: "Ny") { ... on Name { name } } }')
    assert response.json() == {"data": {"add": {"name": "Ny"}}}
    assert "Ny" in await api.people()


async def test_a_refused_mutation_is_undone_and_the_one_beside_it_stays(api: Api):
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


async def test_a_fault_of_ours_in_a_mutation_undoes_the_whole_request(api: Api):
    response = await api.query(
        'mutation { a: add(name: "Borta") { __typename } b: fail { __typename } }'
    )
    assert response.json()["data"] is None
    assert response.json()["errors"][0]["extensions"]["code"] == "INTERNAL"
    assert "Borta" not in await api.people()


async def test_a_query_cannot_write(api: Api):
    before = await api.people()
    response = await api.query(
        "query($n: String!) { overflow(number: $n) }", n="(insert into people default values)"
    )
    assert response.json()["errors"][0]["extensions"] == {"code": "INVALID_INPUT"}
    assert await api.people() == before


async def test_a_document_is_kept_by_its_hash_and_asked_for_by_it(api: Api, other_town: Any):
    query = f"query A{secrets.token_hex(4)} {{ me }}"
    id_ = f"sha256:{sha256(query.encode()).hexdigest()}"

    response = await api.post({"documentId": id_})
    assert (response.status_code, code(response)) == (404, "PERSISTED_DOCUMENT_NOT_FOUND")
    response = await api.post({"documentId": id_, "query": query + " "})
    assert (response.status_code, code(response)) == (422, "PERSISTED_DOCUMENT_MISMATCH")
    assert code(await api.post({"documentId": id_})) == "PERSISTED_DOCUMENT_NOT_FOUND"

    data = {"data": {"me": "Asta Admin"}}
    assert (await api.post({"documentId": id_, "query": query})).json() == data
    assert (await api.post({"documentId": id_})).json() == data

    token = await new_token(other_town)
    response = await api.post(
        {"documentId": id_},
        slug=other_town.tenant.slug,
        headers={"Authorization": f"Bearer {token}"},
    )
    assert code(response) == "PERSISTED_DOCUMENT_NOT_FOUND"


EVENTS = {"Accept": "text/event-stream"}


async def test_a_subscription_is_a_stream_of_events(api: Api):
    response = await api.post({"query": "subscription { names }"}, headers=EVENTS)
    assert response.status_code == 200
    assert response.headers["content-type"].startswith("text/event-stream")
    assert response.text == (
        'event: next\ndata: {"data":{"names":"Asta Admin"}}\n\n'
        'event: next\ndata: {"data":{"names":"Elis Anställd"}}\n\n'
        "event: complete\ndata:\n\n"
    )


async def test_a_query_over_a_stream_is_one_event(api: Api):
    response = await api.post({"query": "{ me }"}, headers=EVENTS)
    assert response.text == (
        'event: next\ndata: {"data":{"me":"Asta Admin"}}\n\nevent: complete\ndata:\n\n'
    )


async def test_what_is_refused_before_the_stream_is_told_in_json(api: Api):
    response = await api.post({"query": "subscription { nothing }"}, headers=EVENTS)
    assert (response.status_code, code(response)) == (422, "INVALID_QUERY")
    response = await api.post({"query": "subscription { forbidden }"}, headers=EVENTS)
    assert (response.status_code, code(response)) == (403, "FORBIDDEN")
    response = await api.post({"query": "subscription { names }"})
    assert (response.status_code, code(response)) == (406, "NOT_ACCEPTABLE")


async def test_a_subscription_ends_when_the_client_goes_away(api: Api):
    CLOSED.clear()
    slug = api.town.tenant.slug
    headers = {
        "authorization": f"Bearer {api.token}",
        "content-type": "application/json",
        "accept": "text/event-stream",
    }
    scope = {
        "type": "http",
        "method": "POST",
        "path": f"/{slug}/graphql",
        "query_string": b"",
        "headers": [(name.encode(), value.encode()) for name, value in headers.items()],
    }
    got = asyncio.Event()
    messages = [{"type": "http.request", "body": b'{"query": "subscription { endless }"}'}]

    async def receive() -> Message:
        if messages:
            return messages.pop()
        await got.wait()
        return {"type": "http.disconnect"}

    async def send(message: Message) -> None:
        if b"first" in message.get("body", b""):
            got.set()

    await asyncio.wait_for(api.app(scope, receive, send), 10)

    assert CLOSED == ["endless"]


async def test_no_connection_is_left_open(api: Api, runtime: Runtime):
    for query in ("{ me }", "{", "{ broken }", "mutation { fail { __typename } }"):
        await api.query(query)
    assert runtime.engine.pool.checkedout() == 0  # type: ignore[attr-defined]
